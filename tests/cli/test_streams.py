"""Standard streams that are closed, full, or cannot show every character."""

from __future__ import annotations

import codecs
import errno
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from retro_timer.cli import streams
from retro_timer.cli.streams import (
    ErrorOutput,
    OutputError,
    SafeOutput,
    json_text,
    prepare_streams,
    release_streams,
    shows_unicode,
)

FULL = Path("/dev/full")


class Broken(io.RawIOBase):
    """A stream that cannot be written to."""

    def __init__(self, error: OSError) -> None:
        self.error: OSError | None = error

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401  (whatever io writes)
        if self.error:
            raise self.error
        return len(data)


def output_in_latin_1(monkeypatch: pytest.MonkeyPatch) -> io.TextIOWrapper:
    """Standard output in Latin-1, without input and without standard error."""
    output = io.TextIOWrapper(io.BytesIO(), "latin-1")
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr(sys, "stderr", None)
    return output


def safe(target: io.BytesIO | io.RawIOBase, encoding: str = "utf-8", kind: type[SafeOutput] = SafeOutput) -> SafeOutput:
    codecs.register_error(streams._ESCAPES, streams._escaped)
    return kind(target, encoding, line_buffering=True)


def test_prepared_streams_take_any_text_and_ignore_a_closed_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    output = output_in_latin_1(monkeypatch)
    prepare_streams()
    assert sys.stdin.read() == ""
    sys.stdin.close()
    print("caf\u00e9 \u25b6 \x1b[2J")
    sys.stdout.flush()
    assert isinstance(output.buffer, io.BytesIO)
    assert output.buffer.getvalue() == b"caf\xe9 > ?[2J\n"
    print("nobody hears it", file=sys.stderr)
    sys.stderr.flush()


def test_writing_to_a_closed_output_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    output_in_latin_1(monkeypatch)
    monkeypatch.setattr(sys, "stdout", None)
    prepare_streams()
    sys.stdin.close()
    with pytest.raises(OutputError, match="the output cannot be written: it is closed"):
        print("something")


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252", "utf-8"])
def test_every_output_carries_json_unchanged(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    target = io.BytesIO()
    output = safe(target, encoding)
    monkeypatch.setattr(sys, "stdout", output)
    value = {"text": "walk \u2192 \U0001f6b6 \u773c caf\u00e9"}
    output.write(json_text(value))
    output.flush()
    assert json.loads(target.getvalue()) == value
    assert output.ascii_only == (encoding == "ascii")


@pytest.mark.parametrize(
    ("encoding", "text", "shown"),
    [
        ("ascii", "\u2022 back \u2192 caf\u00e9\u2026 \u2500\u2500", "* back > cafe. --"),
        ("cp437", "\u773c\u775b caf\u00e9", "\\u773c\\u775b caf\u00e9"),
        ("cp1252", "\u25b2 \U0001f6b6 \u2026", "^ \\ud83d\\udeb6 \u2026"),
    ],
)
def test_what_cannot_be_encoded_is_replaced_or_escaped(encoding: str, text: str, shown: str) -> None:
    target = io.BytesIO()
    output = safe(target, encoding)
    output.write(text)
    output.flush()
    assert target.getvalue().decode(encoding) == shown


def test_bytes_are_refused_as_click_expects() -> None:
    with pytest.raises(TypeError):
        safe(io.BytesIO()).write(b"")  # type: ignore[arg-type]


def test_a_write_error_is_one_line() -> None:
    output = safe(Broken(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(OutputError, match=r"^the output cannot be written: .*[Nn]o space left on device"):
        output.write("line\n")
    _forget(output)


def test_a_broken_pipe_is_passed_on() -> None:
    output = safe(Broken(BrokenPipeError(errno.EPIPE, "Broken pipe")))
    with pytest.raises(BrokenPipeError):
        output.write("line\n")
    _forget(output)


def test_a_pipe_closed_as_on_windows_is_a_broken_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_CLOSED_PIPE", (errno.EINVAL,))
    output = safe(Broken(OSError(errno.EINVAL, "Invalid argument")))
    with pytest.raises(BrokenPipeError):
        output.write("line\n")
    _forget(output)


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), BrokenPipeError(errno.EPIPE, "Broken pipe")])
def test_write_errors_of_standard_error_are_ignored(error: OSError) -> None:
    output = safe(Broken(error), kind=ErrorOutput)
    assert output.write("line\n") == 5
    output.flush()
    _forget(output)


def _forget(output: SafeOutput) -> None:
    """Drop what could not be written, so that nothing tries to when the stream is thrown away."""
    broken = output.buffer
    assert isinstance(broken, Broken)
    broken.error = None
    output.flush()


@pytest.mark.skipif(not FULL.exists(), reason="there is no full device here")
def test_a_full_disk_is_reported_at_the_end_and_unwritten_text_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_at = sys.stderr
    with FULL.open("wb", buffering=0) as full:
        output = SafeOutput(io.BufferedWriter(full), "utf-8", line_buffering=False)
        monkeypatch.setattr(sys, "stdout", output)
        print("something")
        assert "the output cannot be written: " in release_streams()
        print("more")
        assert release_streams() == ""
    assert sys.stderr is prepare_at


@pytest.mark.parametrize(
    ("encoding", "ascii_only", "shown"),
    [("UTF-8", False, True), ("utf8", False, True), ("utf-8", True, False), ("latin-1", False, False)],
)
def test_shows_unicode_only_where_the_output_can_encode_everything(
    monkeypatch: pytest.MonkeyPatch, encoding: str, ascii_only: bool, shown: bool
) -> None:
    output = safe(io.BytesIO(), "ascii" if ascii_only else encoding)
    monkeypatch.setattr(sys, "stdout", output)
    assert shows_unicode() is shown


def test_nothing_else_is_escaped() -> None:
    broken = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    with pytest.raises(UnicodeDecodeError):
        streams._escaped(broken)
