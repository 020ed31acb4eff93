"""Any text from outside is made safe for a terminal."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import retro_timer
from retro_timer.text import (
    clock_time,
    drawable,
    file_name,
    one_line,
    printable,
    printable_path,
    quoted,
    unsafe_character,
)

HOSTILE = {
    "title": "\x1b]0;PWNED\x07",
    "clear": "\x1b[2J\x1b[H",
    "c1": "\x9b31mred\x9d0;title\x9c",
    "bidi override": "walk\u202egnp.exe",
    "bidi isolate": "\u2066back\u2069ward",
    "zero width": "pay\u200bpal\ufeff",
    "tag letters": "a\U000e0041\U000e0042",
    "joiner in plain letters": "ab\u200dcd",
    "blank letters": "a\u3164\u2800b",
    "surrogate": os.fsdecode(b"caf\xe9\xff"),
    "lines": "one\r\ntwo\x85three\u2028four\u2029five",
    "backspace": "yes\b\b\bno\x7f",
    "null": "a\0b",
    "unassigned": "a\u0378b",
}
BIDI_AND_INVISIBLE = re.compile("[\u034f\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def obeyed(text: str) -> list[str]:
    """The parts of a text that a terminal would interpret or not show."""
    return [
        f"U+{ord(character):04X}"
        for character in text
        if not (character.isprintable() or character == "\u200d") or unsafe_character(character)
    ]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_shown_without_effect(text: str) -> None:
    for shown in (
        printable(text),
        quoted(text),
        one_line(text),
        printable_path(PurePath(text)),
        file_name(PurePath(text)),
    ):
        assert obeyed(shown) == []
        assert not BIDI_AND_INVISIBLE.search(shown)
        shown.encode("utf-8")


@given(st.text(st.characters(codec=None, categories=None)), st.integers(1, 50))
def test_no_text_has_an_effect_or_is_too_long(text: str, longest: int) -> None:
    for shown in (printable(text, longest), one_line(text, longest), printable_path(PurePath(text), longest)):
        assert obeyed(shown) == []
        assert len(shown) <= longest


@pytest.mark.parametrize("text", ["Hügel & Täler", "朝の散歩", "क्ष", "a b", "e\u0301"])
def test_ordinary_text_of_any_script_stays(text: str) -> None:
    assert printable(text) == one_line(text) == text


def test_a_line_keeps_joined_emoji_together() -> None:
    assert one_line("👩\u200d🦰 walk") == "👩\u200d🦰 walk"


def test_a_pile_of_combining_marks_is_reduced() -> None:
    assert printable("a" + "\u0301" * 50 + "b") == "a" + "\u0301" * 4 + "b"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_sanitized_text_keeps_its_width_and_has_no_effect(text: str) -> None:
    (drawn,) = drawable([text], cell_len)
    assert obeyed(drawn) == []
    assert "\u200d" not in drawn
    assert sum(map(cell_len, drawn)) == cell_len(text)


def test_a_pile_of_combining_marks_is_reduced_across_the_parts_of_a_line() -> None:
    parts = ["眼a", *["\u0301"] * 3, "\u200d\u0301b", "c"]
    assert list(drawable(parts, cell_len)) == ["眼a", "\u0301", "\u0301", "\u0301", "b", "c"]


def test_a_long_text_keeps_its_beginning_and_a_long_path_its_end() -> None:
    assert printable("x" * 500, 10) == "x" * 9 + "…"
    assert printable_path(PurePath("/a/" + "b" * 500 + "/walk.zwo"), 12) == "…bb/walk.zwo"


@pytest.mark.parametrize(("seconds", "shown"), [(45, "0:45"), (725, "12:05"), (3750, "1:02:30"), (0, "0:00")])
def test_clock_time(seconds: int, shown: str) -> None:
    assert clock_time(seconds) == shown


def test_nothing_else_makes_text_safe() -> None:
    own = re.compile(r"if \w+\.isprintable\(\) else|unicodedata\.category")
    package = Path(retro_timer.__file__).parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if own.search(path.read_text(encoding="utf-8"))
    }
    # These choose the characters that a voice can speak and a key can type.
    assert found == {"text.py", "audio/speech.py", "ui/key_parser.py"}
