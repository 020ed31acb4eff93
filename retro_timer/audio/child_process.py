"""A child process with threads for its pipes, so that callers never block."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING, Final

from retro_timer.audio import protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PACKAGE_ROOT: Final = Path(__file__).parents[2]
# The package is loaded from where this one is: another `retro_timer` may come first in the search path.
_PROGRAM: Final = """\
import sys
from importlib import import_module, util
from importlib.machinery import PathFinder
_, root, module, *sys.argv[1:] = sys.argv
spec = PathFinder.find_spec("retro_timer", [root])
sys.modules["retro_timer"] = util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["retro_timer"])
sys.path.append(root)
sys.exit(import_module(module).main())
"""
_SEARCH: Final = {"ignore_environment": "-E", "no_user_site": "-s", "no_site": "-S"}
"""Options that say where Python looks for modules, by their flags: a child looks where its parent does."""


def command(module: str = "retro_timer.audio.child", *arguments: str) -> list[str]:
    """The command line of a child that runs the `main` of a module of this package.

    Nothing is imported from the current directory (`-P`).
    """
    search = [option for flag, option in _SEARCH.items() if getattr(sys.flags, flag)]
    return [sys.executable, "-P", *search, "-c", _PROGRAM, str(_PACKAGE_ROOT), module, *arguments]


def start_child(
    argv: Sequence[str], *, reads: int | IO[bytes] = subprocess.PIPE, reports: bool = True
) -> subprocess.Popen[bytes]:
    """Start a child with a pipe to its standard input, and one from its standard output if it reports something.

    Ctrl+C in the terminal does not reach it, and it has no window.

    Args:
        argv: its command line.
        reads: what it reads instead of a pipe: a file, or `subprocess.DEVNULL`.
        reports: whether its output is read.

    Raises:
        OSError: if it could not be started.
    """
    return subprocess.Popen(
        argv,
        stdin=reads,
        stdout=subprocess.PIPE if reports else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=_windows_flags(),
    )


def run_apart(module: str, data: bytes, seconds: float) -> subprocess.CompletedProcess[bytes]:
    """Run the `main` of a module in a child, with `data` on its standard input, to its end.

    Raises:
        OSError: if the child could not be started.
        subprocess.TimeoutExpired: if it did not end within some seconds; it is then killed.
    """
    return subprocess.run(
        command(module),
        input=data,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        check=False,
        start_new_session=True,
        creationflags=_windows_flags(),
    )


class ChildProcess:
    """A child process, which exits at the end of its stdin and so never outlives us.

    Args:
        on_message: called in a thread with each message of the child, and with None at the end.
        argv: the command line of the child.

    Raises:
        OSError: if the child could not be started.
    """

    def __init__(self, on_message: Callable[[protocol.Message | None], None], argv: list[str] | None = None) -> None:
        self._on_message = on_message
        self._unsent: SimpleQueue[bytes | None] = SimpleQueue()
        self._process = start_child(argv or command())
        Thread(target=self._write, name="player-write", daemon=True).start()
        Thread(target=self._read, name="player-read", daemon=True).start()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def send(self, line: bytes) -> None:
        """Queue a line for the child; never blocks, never raises."""
        self._unsent.put(line)

    def end(self, timeout_s: float) -> None:
        """Close the child's stdin so that it exits; kill it after `timeout_s`."""
        self._unsent.put(None)
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill the child."""
        self._unsent.put(None)
        self._process.kill()
        try:
            self._process.wait(0.3)
        except subprocess.TimeoutExpired:
            return  # it hangs in a system call and will end after that

    def _write(self) -> None:
        """Write queued lines. If the child does not read, only this thread blocks."""
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101  # it was asked for
        try:
            while (line := self._unsent.get()) is not None:
                pipe.write(line)
                if self._unsent.empty():
                    pipe.flush()
        except OSError:
            pass  # the child has ended: the reader thread notices
        finally:
            _close(pipe)

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101  # it was asked for
        with pipe:
            while line := pipe.readline(protocol.MAX_LINE + 1):
                message = protocol.decode(line)
                if message is not None:
                    self._on_message(message)
        self._on_message(None)


def _close(pipe: object) -> None:
    """Close a pipe whose other end may be closed."""
    try:
        pipe.close()  # type: ignore[attr-defined]  # typeshed knows Popen's pipes only as IO
    except OSError:
        return


def _windows_flags() -> int:
    """Flags for no console window and no Ctrl+C from the console."""
    if os.name != "nt":
        return 0
    return int(getattr(subprocess, "CREATE_NO_WINDOW", 0)) | int(getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0))
