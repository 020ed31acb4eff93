"""Reading external files: regular files of bounded size, as text in a known encoding."""

from __future__ import annotations

import codecs
import os
import stat
from typing import TYPE_CHECKING, Final

from retro_timer.formats.errors import FormatError
from retro_timer.text import file_name

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 1_000_000
"""Size limit of a workout file: far more than 10,000 intervals need."""

_ENCODINGS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_file(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The contents of a regular file.

    Type and size are checked before reading, so that a pipe, a device or a huge file never blocks.

    Raises:
        FormatError: if the file is missing, not a regular file, larger than `limit` bytes or unreadable.
    """
    source = file_name(path)
    try:
        _check(path.stat(), limit, source)
        # Open without blocking, then check again: a pipe may have replaced the file in the meantime.
        with os.fdopen(os.open(path, _reading_flags()), "rb") as file:
            _check(os.fstat(file.fileno()), limit, source)
            data = file.read(limit + 1)
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or type(error).__name__}", source=source) from error
    except FormatError:
        raise
    except ValueError as error:
        # The name contains a NUL.
        raise FormatError("this is not a file name", source=source) from error
    if len(data) > limit:
        raise FormatError(_too_large(limit), source=source)
    return data


def decode(data: bytes) -> str:
    """Decode a file: UTF-8, or UTF-16 with a byte order mark.

    Raises:
        FormatError: if it is neither, or contains a NUL character.
    """
    encoding = next((name for mark, name in _ENCODINGS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        kind = encoding.removesuffix("-sig").upper()
        raise FormatError(f"this is not {kind} text", place=f"byte {error.start + 1}") from error
    if "\0" in text:
        raise FormatError("this is not text: it contains NUL characters")
    return text


def _check(status: os.stat_result, limit: int, source: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise FormatError("this is a directory, not a file", source=source)
    if not stat.S_ISREG(status.st_mode):
        raise FormatError("this is not a regular file", source=source)
    if status.st_size > limit:
        raise FormatError(_too_large(limit), source=source)


def _too_large(limit: int) -> str:
    return f"larger than {limit / 1_000_000:g} MB: no workout is that long"


def _reading_flags() -> int:
    """Flags for `os.open`, as far as the system has them."""
    return os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
