"""Shared code of the processes beside a session: they give way to its sound, and read what it sends.

A session starts these processes with a pipe to their standard input, which closes when the session ends.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from threading import Thread
from typing import Final

_NICENESS: Final = 5


def give_way() -> None:
    """Lower the priority of this process, where the system has one."""
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(_NICENESS)


def lines_of_session(longest: int) -> asyncio.Queue[bytes]:
    """The lines that the session sends, as they arrive; an empty one at the end.

    Args:
        longest: the limit of a line in bytes; a longer one comes in parts.
    """
    lines: asyncio.Queue[bytes] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        # In a thread: on Windows, asyncio cannot read from a pipe that it did not make.
        while line := sys.stdin.buffer.readline(longest):
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, b"")

    Thread(target=read, name="session", daemon=True).start()
    return lines
