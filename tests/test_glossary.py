"""One concept, one term: names in the code use the terms of docs/glossary.md, and no two classes share a name."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest

from tests.architecture import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INSTEAD = {
    "adapt": "override", "agenda": "cue queue", "dressed": "theme applied", "hush": "stop speech", "keeper": "store",
    "knob": "adjustment field", "ledger": "outstanding cues", "practice": "training entry", "rung": "level or preset",
    "surroundings": "dependencies", "timebase": "clock model", "wear": "apply theme",
    "heed": "handle", "lasting": "durable, or duration", "overhear": "on_message", "unsaid": "pending",
    "beneath": "below, or ducked", "beside": "next to, or switch", "complain": "report", "complaint": "problem",
    "deaf": "ignore keys", "doubt": "possible", "foreseen": "of the timeline", "having": "with",
    "linger": "delay", "nudge": "correction", "obstacle": "problem", "patience": "timeout", "spare": "memory, or kept",
    "stood": "standing", "stranded": "without input", "stray": "off_level, or deviation",
    "tell": "call, or report", "told": "reported, or rated", "truth": "as_bool", "unasked": "due",
    "unheard": "missed", "unlisten": "remove listener", "untold": "unanswered", "wander": "drift",
}  # fmt: skip
"""Words that names do not contain, and the term to use."""
STORED = {"rung": "storage/", "action_adapt": "ui/", "effort_not_told": "training/"}
"""Names that are already in users' files, or follow from those (`keys.home.adapt`), and where they may be used."""
TESTS: Final = PACKAGE.parent / "tests"
"""Tests use the same terms, for everything that has a name: functions, classes, arguments, variables, modules."""


def defined(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every name that a module defines, with its line."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, line
        elif isinstance(node, ast.arg):
            yield node.arg, line
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, line
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, line


@cache
def words(name: str) -> set[str]:
    """The words of a name, in lower case and in the singular: `_KeeperFile` has `keeper` and `file`."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    return {part.lower() for part in parts} | {part.lower().removesuffix("s") for part in parts}


def modules(root: Path = PACKAGE) -> list[tuple[Path, ast.Module]]:
    """Every module under a directory, by default of the package."""
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(root.rglob("*.py"))]


@pytest.mark.parametrize("root", [PACKAGE, TESTS], ids=["retro_timer", "tests"])
def test_names_use_the_terms_of_the_glossary(root: Path) -> None:
    found = []
    for path, tree in modules(root):
        relative = str(path.relative_to(root))
        for name, line in [*defined(tree), (path.stem, 1)]:
            found += [
                f"{relative}:{line}: {name}: say {INSTEAD[word]}"
                for word in words(name) & INSTEAD.keys()
                if not relative.startswith(STORED.get(name, "/"))
            ]  # fmt: skip
    assert found == []


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict(list)
    for path, tree in modules():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(PACKAGE)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
