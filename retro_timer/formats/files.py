"""Read external files: regular files of bounded size, as text in a known encoding."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.errors import reason
from retro_timer.files.bounded import NotRegularError, read_regular
from retro_timer.formats.errors import FormatError
from retro_timer.formats.foreign import refuse_bytes
from retro_timer.text import file_name

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

MAX_BYTES: Final = 1_000_000
"""Size limit of a workout file: far more than 10,000 intervals need."""

_FIRST_HIGH: Final = 0x80
_MOST_HIGH: Final = 0.3
"""The highest share of bytes outside ASCII: text in a western language has far fewer."""
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_ENCODINGS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Decoded(NamedTuple):
    """A text, with a note if its encoding had to be guessed."""

    text: str
    notes: tuple[str, ...] = ()


def read_file(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The contents of a regular file.

    Raises:
        FormatError: if the file is missing, not a regular file, larger than `limit` bytes or unreadable.
    """
    source = file_name(path)
    try:
        return _within(limit, read_regular(path, limit))
    except NotRegularError as error:
        raise FormatError(reason(error), source=source) from error
    except OSError as error:
        raise FormatError(f"cannot be read: {reason(error)}", source=source) from error
    except FormatError as error:
        raise error.named(source) from error
    except ValueError as error:
        # The name contains a NUL.
        raise FormatError("this is not a file name", source=source) from error


def read_bounded(stream: BinaryIO, limit: int = MAX_BYTES) -> bytes:
    """The contents of a stream; no more than `limit` bytes of it are read.

    Raises:
        FormatError: if it has more, or cannot be read; names the kind of file, if known.
    """
    try:
        return _within(limit, stream.read(limit + 1))
    except OSError as error:
        raise FormatError(f"cannot be read: {reason(error)}") from error


def _within(limit: int, data: bytes) -> bytes:
    if len(data) > limit:
        refuse_bytes(data)
        raise FormatError(too_large(limit))
    return data


def too_large(limit: int) -> str:
    """The reason for refusing contents of more than `limit` bytes."""
    return f"larger than {limit / 1_000_000:g} MB: no workout is that long"


def decode(data: bytes) -> str:
    """Decode a file: UTF-8, or UTF-16 with a byte order mark.

    Raises:
        FormatError: if it is neither, or contains a NUL character.
    """
    encoding = marked_encoding(data) or "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        kind = encoding.removesuffix("-sig").upper()
        start = len(data) - len(error.object) + error.start  # a mark is not in `object`
        raise FormatError(f"this is not {kind} text", place=f"byte {start + 1}") from error
    if "\0" in text:
        raise FormatError("this is not text: it contains NUL characters")
    return text


def decode_foreign(data: bytes) -> Decoded:
    """Decode a file of another program, which may also be UTF-16 without a byte order mark, or Windows-1252.

    Raises:
        FormatError: if it is not text in any of these encodings.
    """
    if marked_encoding(data) is None:
        for encoding, high in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
            # Most characters of a western language have a high byte of 0.
            if high.count(0) * 2 > len(high) and (text := _decoded(data, encoding)) and "\0" not in text:
                return Decoded(text)
        try:
            data.decode()
        except UnicodeDecodeError:
            if (western := windows_1252(data)) is not None:
                return western
    return Decoded(decode(data))


def marked_encoding(data: bytes) -> str | None:
    """The encoding that a byte order mark indicates; None without one."""
    return next((name for mark, name in _ENCODINGS if data.startswith(mark)), None)


def windows_1252(data: bytes) -> Decoded | None:
    """The data decoded as Windows-1252, with a note; None if they are probably not text."""
    text = _decoded(data, "cp1252")
    letters = sum(byte >= _FIRST_HIGH for byte in data)
    if text is None or _CONTROLS.search(text) or letters > len(data) * _MOST_HIGH:
        return None
    return Decoded(text, ("it is read as Windows-1252: it is not UTF-8",))


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
