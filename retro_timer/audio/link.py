"""One child process and its pipes, as threads that may wait so that nobody else has to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final

from retro_timer.audio import wire

if TYPE_CHECKING:
    from collections.abc import Callable

_PACKAGE_ROOT: Final = Path(__file__).parents[2]
# -P: nothing in the directory the walker happens to be in is imported. The root goes last, and matters only where the
# package is not installed.
_PROGRAM: Final = (
    "import sys; sys.path.append(sys.argv[1]); from retro_timer.audio.child import main; main()"
)  # fmt: skip


def command() -> list[str]:
    """How the child is started."""
    return [sys.executable, "-P", "-c", _PROGRAM, str(_PACKAGE_ROOT)]


class Link:
    """A child process; it ends by itself when its stdin does, so it never outlives us.

    Args:
        hear: is handed each message of the child, and None when there will be no more; called from a thread.
        argv: how to start the child.

    Raises:
        OSError: the child could not be started.
    """

    def __init__(self, hear: Callable[[wire.Message | None], None], argv: list[str] | None = None) -> None:
        self._hear = hear
        self._unsent: SimpleQueue[bytes | None] = SimpleQueue()
        self._process = subprocess.Popen(
            argv or command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            close_fds=True,
            # Ctrl+C in the terminal is for the program, not for its player.
            start_new_session=True,
            creationflags=_windows_flags(),
        )
        Thread(target=self._write, name="player-write", daemon=True).start()
        Thread(target=self._read, name="player-read", daemon=True).start()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def send(self, line: bytes) -> None:
        """Queue a line for the child; never blocks, never raises."""
        self._unsent.put(line)

    def end(self, patience_s: float) -> None:
        """Close the child's stdin so that it ends by itself; kill it when it has not within `patience_s`."""
        self._unsent.put(None)
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the child at once."""
        self._unsent.put(None)
        self._process.kill()
        try:
            self._process.wait(0.3)
        except subprocess.TimeoutExpired:
            return  # it hangs in the kernel; it will end when that lets go

    def _write(self) -> None:
        """Write what is queued. A child that reads nothing makes this thread wait, and only this one."""
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101  # it was asked for
        try:
            while (line := self._unsent.get()) is not None:
                pipe.write(line)
                if self._unsent.empty():
                    pipe.flush()
        except OSError:
            pass  # the child is gone: its other pipe tells
        finally:
            _close(pipe)

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101  # it was asked for
        with pipe:
            while line := pipe.readline(wire.MAX_LINE + 1):
                message = wire.decode(line)
                if message is not None:
                    self._hear(message)
        self._hear(None)


def _close(pipe: object) -> None:
    """Close a pipe whose other end may be gone."""
    try:
        pipe.close()  # type: ignore[attr-defined]  # typeshed knows Popen's pipes only as IO
    except OSError:
        return


def _windows_flags() -> int:
    """No console window, and no share in the console's Ctrl+C."""
    if os.name != "nt":
        return 0
    return int(getattr(subprocess, "CREATE_NO_WINDOW", 0)) | int(getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0))
