"""Contents of files and streams: bounded in size, decoded as what they are."""

from __future__ import annotations

import io
from typing import Never

import pytest

from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import decode, decode_foreign, marked_encoding, read_bounded, read_file, windows_1252

GUESSED = ("it is read as Windows-1252: it is not UTF-8",)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        ("后 wët".encode(), "后 wët"),
        ("后 wët".encode("utf-8-sig"), "后 wët"),
        ("后 wët".encode("utf-16"), "后 wët"),
        (b"\xfe\xff" + "后 wët".encode("utf-16-be"), "后 wët"),
    ],
)
def test_own_files_are_utf_8_or_marked(data: bytes, text: str) -> None:
    assert decode(data) == text
    assert decode_foreign(data) == (text, ())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"ab\xff", "byte 3: this is not UTF-8 text"),
        (b"\xef\xbb\xbfa\xff", "byte 5: this is not UTF-8 text"),
        (b"\xff\xfeab\x00", "byte 5: this is not UTF-16 text"),
        (b"a\x00b", "this is not text: it contains NUL characters"),
    ],
)
def test_anything_else_is_refused_with_the_place(data: bytes, says: str) -> None:
    with pytest.raises(FormatError) as refused:
        decode(data)
    assert str(refused.value) == says


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_high_bytes(encoding: str) -> None:
    assert decode_foreign("ab后".encode(encoding)) == ("ab后", ())
    with pytest.raises(FormatError):
        decode_foreign("a后".encode(encoding))  # only half of its characters are western
    with pytest.raises(FormatError, match="NUL"):
        decode_foreign("ab\0".encode(encoding))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Gr\xfc\xdfe", None),  # two of five bytes: too many for a western language
        (b"Viele Gr\xfc\xdfe", "Viele Grüße"),
        (b"1234567\xe9\xe9\xe9", "1234567ééé"),  # three of ten
        (b"123456\xe9\xe9\xe9", None),
        (b"\x80 as in Euro", "€ as in Euro"),
        (b"12\x80", None),
        (b"123\x7e\x80", "123~€"),
        (b"\x7f as in Delete", None),
        (b"caf\xe9 or so\x08", None),
        (b"caf\xe9 or so\t\r\n", "café or so\t\r\n"),
        (b"caf\xe9 or so\x0e", None),
        (b"unknown in it: \x81", None),
    ],
)
def test_windows_1252_is_read_if_it_is_likely(data: bytes, text: str | None) -> None:
    assert windows_1252(data) == (None if text is None else (text, GUESSED))


def test_what_is_not_utf_8_and_likely_windows_1252_is_read_with_a_note() -> None:
    assert decode_foreign(b"Viele Gr\xfc\xdfe") == ("Viele Grüße", GUESSED)
    with pytest.raises(FormatError, match="byte 3: this is not UTF-8 text"):
        decode_foreign(b"Gr\xfc\xdfe")


def test_a_mark_says_what_the_encoding_is() -> None:
    marks = {b"\xef\xbb\xbfa": "utf-8-sig", b"\xff\xfea": "utf-16", b"\xfe\xffa": "utf-16", b"a\xff\xfe": None}
    assert {data: marked_encoding(data) for data in marks} == marks


def test_a_stream_is_read_as_far_as_it_may_be() -> None:
    assert read_bounded(io.BytesIO(b"12345"), 5) == b"12345"
    stream = io.BytesIO(b"123456" + b"7" * 100)
    with pytest.raises(FormatError, match=r"^larger than 5e-06 MB: no workout is that long$"):
        read_bounded(stream, 5)
    assert stream.tell() == 6
    assert len(read_bounded(io.BytesIO(b" " * 1_000_000))) == 1_000_000
    with pytest.raises(FormatError, match=r"^larger than 1 MB: no workout is that long$"):
        read_bounded(io.BytesIO(b" " * 1_000_001))
    with pytest.raises(FormatError, match="a zip archive"):
        read_bounded(io.BytesIO(b"PK\x03\x04" + b" " * 1_000_000))


def test_a_stream_that_fails_is_refused_with_the_reason() -> None:
    class Broken(io.BytesIO):
        def read(self, _: int | None = -1) -> Never:
            raise OSError(5, "Input/output error")

    with pytest.raises(FormatError, match=r"^cannot be read: "):
        read_bounded(Broken())


def test_a_file_name_with_a_nul_is_refused() -> None:
    from pathlib import Path

    with pytest.raises(FormatError, match=r"^a\?b: this is not a file name$"):
        read_file(Path("a\0b"))
