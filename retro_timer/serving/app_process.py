"""One app process per browser; it always ends with its connection."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from textual_serve.app_service import AppService

if TYPE_CHECKING:
    from collections.abc import Sequence

if sys.platform == "linux":
    import resource

MAX_WIDTH: Final = 500
MAX_HEIGHT: Final = 200
"""Limits of the screen size in cells: more than a wall of monitors shows."""
MAX_MEMORY: Final = 2_000_000_000
"""Limit of an app's address space in bytes, where the system supports it."""
MAX_PACKET: Final = 16_000_000
QUIT: Final = 0.9
"""Seconds that an app has to quit by itself and save its session."""
TERMINATE: Final = 0.5
"""Seconds between SIGTERM and SIGKILL."""


def screen_size(width: object, height: object) -> tuple[int, int]:
    """Validate a size sent by a browser and clamp it.

    Raises:
        ValueError: if it is not a size.
    """
    if type(width) is not int or type(height) is not int:
        raise ValueError("a size is two whole numbers")
    return min(max(width, 1), MAX_WIDTH), min(max(height, 1), MAX_HEIGHT)


class AppProcess(AppService):
    """A running app.

    Args:
        arguments: the program and its arguments.
        fields: as `AppService` takes them.
    """

    def __init__(self, arguments: Sequence[str], **fields: Any) -> None:  # noqa: ANN401  (textual-serve's)
        super().__init__("", **fields)
        self._arguments = arguments

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Any:  # noqa: ANN401  (the same)
        self._process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=self._build_environment(width=width, height=height),
            start_new_session=True,  # one process group for the app and its audio child, to kill them together
        )
        if sys.platform == "linux":
            with suppress(OSError):  # the process has already ended
                resource.prlimit(self._process.pid, resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        self._stdin = self._process.stdin
        return self._process

    async def run(self) -> None:
        """Forward the app's output until it ends."""
        if self._process is None:
            return  # stopped before this began
        assert self._process.stdout is not None  # noqa: S101  (a pipe)
        output = self._process.stdout
        handlers = {b"D": self.on_data, b"M": self.on_meta, b"P": self.on_packed}
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await output.readline() not in (b"__GANGLION__\n", b""):
                pass
            while True:
                kind = await output.readexactly(1)
                size = int.from_bytes(await output.readexactly(4), "big")
                if kind not in handlers or size > MAX_PACKET:
                    break
                await handlers[kind](await output.readexactly(size))
        await self.remote_close()

    async def stop(self) -> None:
        """Stop the app: ask it to quit, then terminate it, then kill it. Returns within two seconds."""
        process, self._process = self._process, None
        if process is None:
            return
        await self._download_manager.cancel_app_downloads(app_service_id=self.app_service_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIT):
                await self.send_meta({"type": "quit"})
                await process.wait()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), TERMINATE)
        _kill(process)
        await process.wait()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None


def _kill(process: asyncio.subprocess.Process) -> None:
    """Kill what remains of an app and its child processes."""
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform != "win32":
            os.killpg(process.pid, signal.SIGKILL)
        elif process.returncode is None:
            process.kill()
