"""Concepts that exist only once in the package: for each, the only files that may contain its mark."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import pytest

from tests.architecture import PACKAGE


class Once(NamedTuple):
    """A pattern that gives a concept away, and the files that may contain it."""

    mark: str
    files: tuple[str, ...]


ONCE: Final = {
    "export to a file": Once(r"\bexport\.data\b|\.write_(bytes|text)\(", ("cli/export.py", "formats/export.py")),
    "SSH detection": Once(r"\bSSH_[A-Z]", ("runtime/terminal.py",)),
    "the list of backends": Once(r"miniaudio\W+simpleaudio", ("session/ports.py",)),
    "the scale of effort": Once(r"short sentences[\"':]", ("training/energy.py",)),
    "the energy of walking": Once(r"\b173(17|4\d|5\d)\b", ("training/energy.py",)),
    "the list of themes": Once(r"palette\.name for palette", ("ui/themes.py",)),
    "whether a widget draws in ASCII": Once(r"def __init__\([^)]*\bascii_only", ()),  # `DrawsAscii` asks the services
    "numbers with what they count": Once(
        r"(''|\"\"|'[a-z]+'|\"[a-z]+\") if [\w.()]+ == 1 else (['\"]s['\"]|'[a-z]+s'|\"[a-z]+s\")",
        ("session/languages/english.py", "training/plan.py", "training/rules.py"),
    ),
    "the scale from 0 to 10": Once(
        r"\brange\((0, )?11\b|\bge=0, le=10\b|IntRange\(0, 10|\b0 <= \w+ <= 10\b", ("session/bounds.py",)
    ),
    "a workout with too many intervals": Once(r"at most \{MAX_INTERVALS\S* intervals", ("scheduling/model.py",)),
    "reading up to a limit": Once(r"\.read\(\w+ \+ 1\)", ("files/bounded.py", "formats/files.py")),  # a file, a stream
    "why the system refuses something": Once(r"\berror\.strerror\b", ("errors.py",)),
    "starting a process that talks by pipes": Once(r"\bPopen\(", ("processes.py",)),
    "the day of a moment": Once(r"\.date\(\)", ("session/history.py",)),  # the walker's own ends at `plan.day_ends`
    "the workout of a session": Once(r"parse\([^)]*\bname=", ("session/record.py",)),
}


@pytest.mark.parametrize("concept", ONCE)
def test_it_is_written_once(concept: str) -> None:
    once = ONCE[concept]
    files = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    assert {name for name, text in files.items() if re.search(once.mark, text)} == set(once.files)
