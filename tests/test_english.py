"""Plain English: no text of the program has a construction that reads as translated."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any, Final

import pytest

SCRIPTS: Final = Path(__file__).parent.parent / "scripts"
DOCUMENTS: Final = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/glossary.md",
    "docs/recipes.md",
    "docs/api.md",
    "docs/voice.md",
)
STIFF: Final = {
    r"\bin all\b": "total",
    r"\bof it (backward|forward)": "2:00 backward",
    r"\b(goes|going) on\b": "resumes, continues",
    r"\b(take|taken|takes) up (the|a|where)\b": "resume",
    r"(?<!there )\bis no (?!longer\b|more\b)[a-z]+": "is not a …",
    r"\bthis is not (XML|JSON|TOML)\b": "not valid XML",
    r"(?<!what )\b(is|are) (not )?walked\b": "you have walked",
    r"\b(is|was|are) not noted\b": "you did not rate",
    r"\bas (long|many|much) as it may\b": "it cannot be longer",
    r"\b(running|next|last|first|rounds) already\b": "already before the verb",
    r"\bcannot be (asked|looked)\b": "is not available",
    r"\ball the same\b|\btoo\. It\b": "anyway",
    r"\bnot there any more\b": "no longer exists",
    r"\bof its own is\b|\bwith [a-z]+ of its own\b": "that defines its own",
    r"\bleft (in)?complete\b": "you left part of it out",
    r"\bthe chosen\b(?! voice)": "the selected",
    r"\bto hand on\b": "export",
    r"\bwhich is all that\b": "which is the goal",
    r"\bit is \S+ days since\b": "… days ago",
    r"\bundone change\b": "redo",
    r"\bstands on the screen\b": "is shown on the screen",
    r"\bnever blocks\b": "only advises",
    r"\bcomes? to an end\b": "stops, ends",
    r"\bfor (one|this) (walk|run) alone\b": "only",
    r"\bso much, with\b": "an approximate figure",
}
"""Constructions, and what to say instead."""


@pytest.fixture
def strings(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401  (scripts are no package)
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("strings")


def stiff(text: str) -> list[str]:
    """The stiff constructions in a text, each with the words to use."""
    found = ((re.search(words, text, re.IGNORECASE), instead) for words, instead in STIFF.items())
    return [f"{match[0]!r}: {instead}" for match, instead in found if match]


def test_the_texts_of_the_program_are_plain_english(strings: Any) -> None:  # noqa: ANN401
    found = [f"{text.where}: {text.says}: {wrong}" for text in strings.texts() for wrong in stiff(text.says)]
    assert found == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_documents_are_plain_english(document: str) -> None:
    lines = (SCRIPTS.parent / document).read_text(encoding="utf-8").splitlines()
    assert [f"{number}: {wrong}" for number, line in enumerate(lines, 1) for wrong in stiff(line)] == []


@pytest.mark.parametrize(
    "text",
    [
        "8:00 in all, 2:00 of it backward", "space goes on", "Take up the session", "that interval is walked already",
        "An interval was left incomplete", "How hard the last sessions were is not noted",
        "It advises, and never blocks", "Make the undone change again", "this is no XML",
    ],
)  # fmt: skip
def test_a_construction_of_the_kind_is_found(text: str) -> None:
    assert stiff(text)


def test_every_kind_of_text_is_listed_and_code_is_not(strings: Any, tmp_path: Path) -> None:  # noqa: ANN401
    (tmp_path / "module.py").write_text(
        '"""A docstring here."""\n'
        'SAID = "Walk backward."\n'
        'made = f"{1} rounds of {2}"\n'
        'SQL = "SELECT a FROM b"\n'
        'CSS = "Line { height: 1; width: 2; }"\n'
        'FOUND = r"\\bcool down\\b"\n'
        'KEY = "ctrl+x"\n'
    )
    assert [tuple(text) for text in strings.texts(tmp_path)] == [
        ("module.py:2", "Walk backward."),
        ("module.py:3", "{…} rounds of {…}"),
    ]
