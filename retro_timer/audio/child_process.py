"""A child process with threads for its pipes, so that callers never block."""

from __future__ import annotations

import subprocess
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from retro_timer.audio import protocol
from retro_timer.processes import command, start_child

if TYPE_CHECKING:
    from collections.abc import Callable


class ChildProcess:
    """A child process, which exits at the end of its stdin and so never outlives this process.

    Args:
        on_message: called in a thread with each message from the child, and with None at the end.
        argv: the command line of the child.

    Raises:
        OSError: if the child could not be started.
    """

    def __init__(self, on_message: Callable[[protocol.Message | None], None], argv: list[str] | None = None) -> None:
        self._on_message = on_message
        self._unsent: SimpleQueue[bytes | None] = SimpleQueue()
        self._process = start_child(argv or command("retro_timer.audio.child"))
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
    """Close a pipe whose other end may already be closed."""
    try:
        pipe.close()  # type: ignore[attr-defined]  # typeshed knows Popen's pipes only as IO
    except OSError:
        return
