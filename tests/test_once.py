"""What exists only once in the package: for each, the one file that may hold its marks."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.architecture import PACKAGE

ONCE: Final = {"export to a file": (r"\bexport\.data\b|\.write_(bytes|text)\(", ("formats/export.py", "cli/export.py"))}
"""By concept: what gives it away, and the files that may hold it."""


@pytest.mark.parametrize("concept", ONCE)
def test_it_is_written_once(concept: str) -> None:
    mark, places = ONCE[concept]
    files = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    assert {name for name, text in files.items() if re.search(mark, text)} == set(places)
