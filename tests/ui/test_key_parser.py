"""Parsing of terminal input as keys: the kitty keyboard protocol and other input."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, Paste

if TYPE_CHECKING:
    from textual.message import Message

if sys.platform == "win32":
    pytest.skip("the driver that reads these is for POSIX terminals", allow_module_level=True)

from retro_timer.ui.key_parser import PASTE_END, KeyParser, kitty_keys

PASTE_BEGIN = "\x1b[200~"


def parsed(data: str, parser: KeyParser | None = None) -> list[Message]:
    """The messages parsed from some data, including those after a timeout."""
    parser = parser or KeyParser()
    found = list(parser.read(data))
    parser._timeout_time = time.monotonic() - 1 if parser._timeout_time is not None else None
    return found + list(parser.tick())


def keys(data: str) -> list[tuple[str, str | None]]:
    return [(message.key, message.character) for message in parsed(data) if isinstance(message, Key)]


@pytest.mark.parametrize(
    ("data", "key", "character"),
    [
        ("\x1b[120;;120u", "x", "x"),
        ("\x1b[57413;;43u", "add", "+"),
        ("\x1b[57405;129;54u", "6", "6"),
        ("\x1b[57414u", "enter", "\r"),
        ("\x1b[57417u", "left", None),
        ("\x1b[57441;2u", "shift+left_shift", None),
        ("\x1b[98:66;2u", "B", "B"),
        ("\x1b[98;2u", "B", "B"),
        ("\x1b[98:66:98;2;66u", "B", "B"),
        ("\x1b[49;2u", "shift+1", None),
        ("\x1b[63:63;2;63u", "question_mark", "?"),
        ("\x1b[32;;32u", "space", " "),
        ("\x1b[120;5u", "ctrl+x", None),
        ("\x1b[1095::120;5u", "ctrl+ч", None),
        ("\x1b[A", "up", None),
        ("\x1b[1;5A", "ctrl+up", None),
        ("\x1b[9;2u", "shift+tab", None),
        ("\x1b[[A", "f1", None),
        ("\x1bOA", "up", None),
        ("\x1bOk", "plus", "+"),
        ("\x1b[3~", "delete", None),
        ("ч", "ч", "ч"),
        ("\x1b", "escape", "\x1b"),
    ],
)
def test_a_sequence_is_the_key_that_was_pressed(data: str, key: str, character: str | None) -> None:
    assert keys(data) == [(key, character)]


@pytest.mark.parametrize(
    ("data", "key"),
    [("\x1b[98;65;66u", "b"), ("\x1b[98;66;98u", "B"), ("\x1b[98;66;66u", "B"), ("\x1b[1095;65;1063u", "ч")],
)
def test_caps_lock_is_distinguished_from_shift(data: str, key: str) -> None:
    ((found, typed),) = keys(data)
    assert found == key
    assert typed == chr(int(data.rpartition(";")[2][:-1]))  # a field still gets the typed text


def test_the_base_key_of_a_letter_is_reported() -> None:
    (key,) = kitty_keys("\x1b[1591::120;;1591u") or []
    assert (key.key, key.character, getattr(key, "base", "")) == ("ط", "ط", "x")


@pytest.mark.parametrize(
    "data",
    [
        "\x1b[120;1:3u",  # a released key
        "\x1b[9;9;9;9n",  # unrequested reports
        "\x1b[?62;22c",
        "\x1b[3;1;1t",
        "\x1b[999999999999u",  # codes that are not characters
        "\x1b[55296;;55296u",
        "\x1b[57999u",
        "\x1b[::;;:u",
        "\x1b[9~",
    ],
)
def test_other_control_sequences_press_no_key(data: str) -> None:
    assert keys(data + "n") == [("n", "n")]


@given(
    st.lists(st.integers(0, 2**40), max_size=4),
    st.lists(st.integers(0, 512), max_size=3),
    st.text("0123:;", max_size=8),
)
def test_no_field_of_the_protocol_raises(codes: list[int], modifiers: list[int], text: str) -> None:
    kitty_keys(f"\x1b[{':'.join(map(str, codes))};{':'.join(map(str, modifiers))};{text}u")


@given(st.text(st.sampled_from("\x1b[[;:<>?0123456789uMmtRy$~ABCx\x9b\u0447"), min_size=1, max_size=40))
def test_no_control_sequence_blocks_the_next_key(data: str) -> None:
    parser = KeyParser()
    parsed(data, parser)
    if parser.pasting:
        parsed(PASTE_END, parser)
    assert [message.key for message in parsed("x", parser) if isinstance(message, Key)][-1:] == ["x"]


def test_a_paste_is_recognized_by_its_ends_wherever_they_are_split() -> None:
    for cut in range(1, 6):
        parser = KeyParser()
        pieces = ("a" + PASTE_BEGIN[:cut], PASTE_BEGIN[cut:] + "b", "c" + PASTE_END[:cut], PASTE_END[cut:] + "d")
        found = [message for piece in pieces for message in parser.read(piece)]
        assert [getattr(message, "key", None) or getattr(message, "text", None) for message in found] == [
            "a",
            "bc",
            "d",
        ]


def test_nothing_in_a_paste_presses_a_key() -> None:
    (paste,) = parsed(f"{PASTE_BEGIN}a\x1b[57414u\x1b[<0;1;1Mx\x1b[120;;120u\x1b\x1bn{PASTE_END}")
    assert isinstance(paste, Paste)


def test_an_unfinished_paste_is_complete_once_its_end_arrives() -> None:
    parser = KeyParser()
    assert not parsed(f"{PASTE_BEGIN}abc", parser)
    assert parser.pasting
    (paste, key) = parsed(PASTE_END + "x", parser)
    assert isinstance(paste, Paste)
    assert paste.text == "abc"
    assert isinstance(key, Key)


def test_a_mouse_in_pixels_needs_a_size_in_pixels() -> None:
    parser = KeyParser()
    parsed("\x1b[48;24;80;0;0t", parser)
    assert len(parsed("\x1b[<0;5;5M", parser)) == 1
