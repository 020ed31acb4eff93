"""Temporary files named after their process; those of killed processes are deleted at the next start."""

from __future__ import annotations

import os
import re
import stat
import sys
import time
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

OLD: Final = 24 * 3600
"""Seconds after which a file counts as left over, even if its process id is in use again."""
_NAME: Final = r"\.(.+)\.([0-9a-f]{8})-([0-9]{1,10})-[0-9]+\.tmp(-journal|-wal|-shm)?"


def temporary(path: Path) -> Path:
    """A temporary name next to a file, which identifies the machine and process that writes it."""
    return path.with_name(f".{path.name}.{_machine()}-{os.getpid()}-{time.monotonic_ns()}.tmp")


def clear_leftovers(directory: Path, name: str = "") -> list[Path]:
    """Delete the temporary files of processes that have ended. Never raises: files that cannot be deleted stay.

    Args:
        directory: the directory to clear.
        name: only temporary files for this file; empty for all.

    Returns:
        The deleted files.
    """
    cleared: list[Path] = []
    with suppress(OSError):
        for path in directory.iterdir():
            found = re.fullmatch(_NAME, path.name)
            if found and name in ("", found[1]) and _is_left(path, found[2], int(found[3])):
                path.unlink()
                cleared.append(path)
    return cleared


def _is_left(path: Path, machine: str, process: int) -> bool:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode) or (sys.platform != "win32" and status.st_uid != os.geteuid()):
        return False
    gone = machine == _machine() and not is_alive(process)
    return gone or time.time() - status.st_mtime > OLD


def is_alive(process: int) -> bool:
    """Whether a process of this machine is running; always assumed on Windows."""
    if sys.platform == "win32":
        return True  # on Windows, os.kill would terminate it
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _machine() -> str:
    """A short id of this machine: the directory may be shared with machines whose processes are invisible here."""
    if sys.platform == "win32":
        name = os.environ.get("COMPUTERNAME", "")
    else:
        name = os.uname().nodename
    return f"{zlib.crc32(name.encode(errors='replace')):08x}"
