"""Keeps the machine and its screen awake from the helper process; everything that does so ends with that process.

Linux: systemd-logind (https://systemd.io/INHIBITOR_LOCKS/) against suspending, `org.freedesktop.ScreenSaver` against
blanking. macOS: `caffeinate`. Windows: `SetThreadExecutionState`, for as long as the thread lives.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Protocol

from retro_timer.desktop.bus import TRIED_AGAIN, BusError, call, connect, disconnect, lost, wait_to_try_again
from retro_timer.desktop.kept_awake import KeptAwake
from retro_timer.errors import reason
from retro_timer.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dbus_fast.aio import MessageBus

WHO: Final = "Retro Timer"
WHY: Final = "a session is running"
REFUSED_WITHIN: Final = 1.0
"""Seconds within which a program exits if it is not allowed to keep the machine awake."""
_LOGIND: Final = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
_SCREEN_SAVER: Final = ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver")
_ON, _OFF = 0x80000003, 0x80000000
"""ES_CONTINUOUS, with ES_SYSTEM_REQUIRED and ES_DISPLAY_REQUIRED, and alone."""


class NotHeldError(Exception):
    """The machine cannot be kept awake. The message is one clause."""


class Inhibitor(Protocol):
    """Something that keeps the machine awake."""

    @property
    def name(self) -> str:
        """Its name in messages."""

    async def hold(self) -> None:
        """Start keeping the machine awake.

        Raises:
            NotHeldError: if that is not possible.
            BusError: if D-Bus does not allow it.
        """

    async def lost(self) -> None:
        """Wait until it stops keeping the machine awake by itself."""

    async def release(self) -> None:
        """Let the machine sleep again, if it was kept awake."""


class Logind:
    """The inhibitor lock of systemd-logind: the machine does not suspend, and does not count as idle."""

    name = "logind"

    def __init__(self) -> None:
        self._bus: MessageBus | None = None
        self._lock: int | None = None

    async def hold(self) -> None:
        """Take the lock, which is a file descriptor."""
        self._bus = await connect(system=True)
        answer = await call(self._bus, *_LOGIND, "Inhibit", "ssss", "idle:sleep", WHO, WHY, "block")
        if not answer.unix_fds:
            raise NotHeldError("logind gives no lock")
        self._lock = answer.unix_fds[0]

    async def lost(self) -> None:
        """Wait until the connection to the bus ends, and with it logind."""
        if self._bus is not None:
            await lost(self._bus)

    async def release(self) -> None:
        """Close the lock."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)
        disconnect(self._bus)


class ScreenSaver:
    """`org.freedesktop.ScreenSaver`: the desktop does not blank the screen while the connection lasts."""

    name = "the screen saver"

    def __init__(self) -> None:
        self._bus: MessageBus | None = None
        self._cookie: int | None = None

    async def hold(self) -> None:
        """Ask the desktop not to blank the screen."""
        self._bus = await connect()
        self._cookie = (await call(self._bus, *_SCREEN_SAVER, "Inhibit", "ss", WHO, WHY)).body[0]

    async def lost(self) -> None:
        """Wait until the connection to the bus ends."""
        if self._bus is not None:
            await lost(self._bus)

    async def release(self) -> None:
        """Let the desktop blank the screen again."""
        cookie, self._cookie = self._cookie, None
        if self._bus is not None and cookie is not None and self._bus.connected:
            with suppress(BusError):
                await call(self._bus, *_SCREEN_SAVER, "UnInhibit", "u", cookie)
        disconnect(self._bus)


class AwakeProgram:
    """A program that keeps the machine awake while it runs.

    Args:
        name: its name in messages.
        argv: its command line. The program must exit when its standard input closes or the process it watches ends.
    """

    def __init__(self, name: str, argv: Sequence[str]) -> None:
        self.name = name
        self._argv = argv
        self._process: asyncio.subprocess.Process | None = None

    async def hold(self) -> None:
        """Start the program, and check that it keeps running."""
        pipe = asyncio.subprocess.PIPE
        try:
            self._process = process = await asyncio.create_subprocess_exec(
                *self._argv, stdin=pipe, stdout=asyncio.subprocess.DEVNULL, stderr=pipe
            )
        except OSError as error:
            raise NotHeldError(f"{self.name}: {reason(error)}") from error
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), REFUSED_WITHIN)
        if process.returncode is not None:
            assert process.stderr is not None  # noqa: S101  (it was asked for)
            said = one_line((await process.stderr.read(1000)).decode(errors="replace"), 100)
            raise NotHeldError(f"{self.name}: {said or f'ended with {process.returncode}'}")

    async def lost(self) -> None:
        """Wait for the program to exit."""
        if self._process is not None:
            await self._process.wait()

    async def release(self) -> None:
        """Terminate the program."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


class ExecutionState:
    """Windows keeps the machine and the display on for as long as the thread that asked for it lives.

    https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setthreadexecutionstate; not tested on Windows.
    """

    name = "Windows"

    async def hold(self) -> None:
        """Ask Windows to keep them on."""
        if not _execution_state(_ON):
            raise NotHeldError("Windows refuses")

    async def lost(self) -> None:
        """Wait forever: Windows does not stop by itself."""
        await asyncio.Event().wait()

    async def release(self) -> None:
        """Let Windows turn them off again."""
        _execution_state(_OFF)


def inhibitors(platform: str = sys.platform, pid: int | None = None) -> list[Inhibitor]:
    """The inhibitors for this machine.

    Args:
        platform: as `sys.platform`.
        pid: the session's process, with which `caffeinate` ends; by default this process.
    """
    if platform == "darwin":
        return [AwakeProgram("caffeinate", ("/usr/bin/caffeinate", "-d", "-i", "-w", str(pid or os.getpid())))]
    if platform == "win32":
        return [ExecutionState()]
    if find_spec("dbus_fast") is None and shutil.which("systemd-inhibit"):
        # Without the extra: logind's lock, but not the screen saver. cat exits when our pipe to it closes.
        what = ("--what=idle:sleep", f"--who={WHO}", f"--why={WHY}", "--mode=block")
        return [AwakeProgram("systemd-inhibit", ("systemd-inhibit", *what, "cat"))]
    return [Logind(), ScreenSaver()]


class Awake:
    """Keeps the machine awake until released; a lost inhibitor is taken again.

    Args:
        found: the inhibitors.
        report: called with the result, once all inhibitors have answered.
        again: delays in seconds before a lost inhibitor is tried again; the last one repeats.
    """

    def __init__(
        self, found: Sequence[Inhibitor], report: Callable[[KeptAwake], None], again: Sequence[float] = TRIED_AGAIN
    ) -> None:
        self._found = found
        self._report = report
        self._again = again
        self._task = asyncio.get_running_loop().create_task(self._keep_all())

    async def release(self) -> None:
        """Let the machine sleep again."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await asyncio.gather(*(one.release() for one in self._found))

    async def _keep_all(self) -> None:
        answers = await asyncio.gather(*(_hold(one) for one in self._found))
        why = "; ".join(answer for answer in answers if answer)
        by = tuple(one.name for one, answer in zip(self._found, answers, strict=True) if not answer)
        self._report(KeptAwake(by, why))
        kept = (one for one, answer in zip(self._found, answers, strict=True) if not answer)
        await asyncio.gather(*(self._keep(one) for one in kept))

    async def _keep(self, one: Inhibitor) -> None:
        while True:
            await one.lost()
            tries = 0
            while True:
                await one.release()
                await wait_to_try_again(tries, self._again)
                if not await _hold(one):
                    break
                tries += 1


async def _hold(one: Inhibitor) -> str:
    """Take an inhibitor; returns why that failed, as one clause, or an empty string.

    If this is cancelled, the answer may already be on its way, with a lock that nobody else would close: the inhibitor
    is released once it has answered.
    """
    unwanted = asyncio.Event()
    try:
        return await asyncio.shield(_take(one, unwanted))
    except asyncio.CancelledError:
        unwanted.set()
        raise


async def _take(one: Inhibitor, unwanted: asyncio.Event) -> str:
    try:
        await one.hold()
    except (NotHeldError, BusError) as error:
        await one.release()
        return str(error)
    if unwanted.is_set():
        await one.release()
    return ""


def _execution_state(flags: int) -> int:
    import ctypes

    windows: Any = getattr(ctypes, "windll", None)
    return 0 if windows is None else int(windows.kernel32.SetThreadExecutionState(flags))
