"""Standard streams that always exist, sanitize output, and report write errors.

Python leaves a closed stream (`>&-`) as None, fails on characters outside the encoding, and writes control characters.
`prepare_streams` fixes all three before anything is printed.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, TextIO, cast

from retro_timer.errors import UserError, reason
from retro_timer.text import for_terminal, similar_ascii

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPES = "retro-timer-escapes"
_CLOSED_PIPE = (errno.EPIPE, errno.EINVAL) if sys.platform == "win32" else (errno.EPIPE,)
"""The errors of writing to a pipe that its reader has closed. Windows: https://bugs.python.org/issue35754"""


class OutputError(UserError):
    """Output could not be written, for example to a full disk or a closed stream."""


class SafeOutput(io.TextIOWrapper):
    r"""Standard output without control characters and encoding errors.

    Characters outside the encoding are replaced by similar ASCII ones, or become escapes such as `\u773c`.

    Raises:
        OutputError: from `write` and `flush`, if the text cannot be written.
        BrokenPipeError: if the reader has closed the pipe.
    """

    def __init__(self, target: IO[bytes] | io.RawIOBase, encoding: str, *, line_buffering: bool) -> None:
        # click considers an ASCII stream misconfigured and bypasses it.
        self.ascii_only = codecs.lookup(encoding).name == "ascii"
        encoding = "utf-8" if self.ascii_only else encoding
        super().__init__(cast("IO[bytes]", target), encoding, _ESCAPES, line_buffering=line_buffering)

    def write(self, text: str) -> int:
        """Write text; returns its length in characters."""
        if not isinstance(text, str):
            return super().write(text)  # raises TypeError: click tests this way whether a stream takes bytes
        safe = for_terminal(text)
        if self.ascii_only:
            safe = safe.encode("ascii", _ESCAPES).decode()
        with _as_output_error():
            super().write(safe)
        return len(text)

    def flush(self) -> None:
        """Flush the buffer."""
        with _as_output_error():
            super().flush()


class ErrorOutput(SafeOutput):
    """Standard error: like standard output, but write errors are ignored, since they cannot be reported."""

    def write(self, text: str) -> int:
        """Write text, if possible."""
        try:
            return super().write(text)
        except (OutputError, BrokenPipeError):
            return len(text)

    def flush(self) -> None:
        """Flush the buffer, if possible."""
        try:
            super().flush()
        except (OutputError, BrokenPipeError):
            return


class _Closed(io.RawIOBase):
    """A raw stream in place of a closed standard output."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:  # noqa: ARG002  (io's signature)
        raise OSError(errno.EBADF, "it is closed")


def prepare_streams() -> None:
    """Replace Python's streams with safe ones. Textual draws through `sys.__stdout__` and is not affected."""
    codecs.register_error(_ESCAPES, _escaped)
    # A file opened later must not get the descriptor of a closed stream: output would be written into it.
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    # Typeshed does not model closed streams.
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115  (open until the program ends)
    sys.stdout = _output(sys.stdout, SafeOutput)
    sys.stderr = _output(sys.stderr, ErrorOutput)


def release_streams() -> str:
    """Flush the streams; returns the error, empty if there was none.

    Unwritten text is dropped, so that Python does not fail on it again at exit.
    """
    problem = ""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, OutputError) as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            problem = str(error) if isinstance(error, OutputError) else ""
    return problem


def shows_unicode() -> bool:
    """Whether standard output can encode every character."""
    stream = sys.stdout
    return not getattr(stream, "ascii_only", False) and (stream.encoding or "").lower().replace("-", "") == "utf8"


def json_text(value: object, indent: int | None = 2) -> str:
    """A value as JSON that standard output can write unchanged."""
    import json

    return json.dumps(value, indent=indent, ensure_ascii=not shows_unicode())


def _output(stream: TextIO | None, kind: type[SafeOutput]) -> SafeOutput:
    if stream is None:
        return kind(_Closed(), "utf-8", line_buffering=True)
    encoding = stream.encoding or "utf-8"
    if isinstance(stream, io.TextIOWrapper) and not _takes_escapes(encoding):
        encoding = "utf-8"
        stream.reconfigure(encoding=encoding)  # Textual writes to this one
    return kind(stream.buffer, encoding, line_buffering=getattr(stream, "line_buffering", True))


def _takes_escapes(encoding: str) -> bool:
    """Whether characters that an encoding lacks can be replaced; a few, such as idna, ignore error handlers."""
    try:
        "\N{CHECK MARK}".encode(encoding, _ESCAPES)
    except UnicodeError:
        return False
    return True


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(similar_ascii(each) or _escape(each) for each in error.object[error.start : error.end]), error.end


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[start : start + 2].hex()}" for start in range(0, len(units), 2))


@contextmanager
def _as_output_error() -> Iterator[None]:
    """Turn an `OSError` into an `OutputError`."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno in _CLOSED_PIPE:
            raise BrokenPipeError(*error.args) from error
        raise OutputError(f"the output cannot be written: {reason(error)}") from error
