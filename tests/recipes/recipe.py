"""Reads the recipes of docs/recipes.md, and applies them to a copy of the repository."""

from __future__ import annotations

import ast
import re
import shutil
import textwrap
from pathlib import Path
from typing import Final, NamedTuple

REPOSITORY: Final = Path(__file__).parents[2]
PAGE: Final = REPOSITORY / "docs" / "recipes.md"
COPIED: Final = ("retro_timer", "tests", "scripts", "docs", "pyproject.toml", "README.md", "CHANGELOG.md")

_SECTION = re.compile(r"^## (?P<title>.+)\n(?P<text>(?:(?!## ).*\n?)*)", re.MULTILINE)
_STEP = re.compile(
    r"^(?:New file|In) `(?P<path>[^`]+)`(?:,.*? (?P<where>below|at the end of|in place of) `(?P<anchor>[^`]+)`)?:\n\n"
    r"```python\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_COMMANDS = re.compile(r"^```sh\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL)


class Step(NamedTuple):
    """One step of a recipe.

    Attributes:
        path: the path of the file in the repository.
        where: `below`, `at the end of` or `in place of` the anchor; empty for a new file.
        anchor: the beginning of a line, the name of what the code is put into, or the whole line it replaces.
        code: the code to write.
    """

    path: str
    where: str
    anchor: str
    code: str


class Recipe(NamedTuple):
    """One recipe: the code to write, then the commands to run."""

    title: str
    steps: tuple[Step, ...]
    commands: tuple[str, ...]


class Touched(NamedTuple):
    """The extent of a recipe's changes.

    Attributes:
        new: the number of new files.
        changed: the number of changed files.
        entries: the number of places in all files.
    """

    new: int
    changed: int
    entries: int


def recipes() -> dict[str, Recipe]:
    """The recipes of the page, by title."""
    found = {}
    for section in _SECTION.finditer(PAGE.read_text(encoding="utf-8")):
        text = section["text"]
        steps = tuple(Step(**step.groupdict(default="")) for step in _STEP.finditer(text))
        commands = tuple(line for block in _COMMANDS.finditer(text) for line in block["commands"].splitlines())
        assert text.count("```python") == len(steps), f"{section['title']}: a block of code without its place"
        found[section["title"]] = Recipe(section["title"], steps, commands)
    return found


def copy_repository(target: Path) -> None:
    """Copy the parts of the repository that recipes and their tests need."""
    for name in COPIED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, target / name)  # with what is compiled already
        else:
            shutil.copy(source, target / name)


def apply(recipe: Recipe, copy: Path) -> Touched:
    """Apply a recipe to a copy of the repository.

    Raises:
        AssertionError: if a place that it names is missing or not unique.
    """
    new = {step.path for step in recipe.steps if not step.where}
    for step in recipe.steps:
        file = copy / step.path
        if step.path in new:
            assert not file.exists(), f"{step.path} is there already"
            file.write_text(step.code, encoding="utf-8")
        else:
            file.write_text(_with(step, file.read_text(encoding="utf-8")), encoding="utf-8")
    return Touched(len(new), len({step.path for step in recipe.steps} - new), len(recipe.steps))


def _with(step: Step, source: str) -> str:
    """The text of a file after a step."""
    lines = source.splitlines(keepends=True)
    if step.where == "at the end of":
        after, indent = _end_of(step.anchor, source)
        until = after
    else:
        whole = step.where == "in place of"
        found = [
            number
            for number, line in enumerate(lines)
            if (line.strip() == step.anchor if whole else line.strip().startswith(step.anchor))
        ]
        assert len(found) == 1, f"{step.path}: {step.anchor!r} is there {len(found)} times"
        line = lines[found[0]]
        indent = len(line) - len(line.lstrip())
        after, until = (found[0], found[0] + 1) if whole else (found[0] + 1, found[0] + 1)
    code = textwrap.indent(step.code, " " * indent)
    if lines[after - 1].rstrip().endswith(",") and step.where != "in place of":
        code = f"{code.rstrip()},\n"  # an element of a table
    return "".join([*lines[:after], code, *lines[until:]])


def _end_of(name: str, source: str) -> tuple[int, int]:
    """The line at which a table, class or function of a module ends, and the indentation of its contents."""
    found = [node for node in ast.walk(ast.parse(source)) if _is_called(node, name)]
    assert len(found) == 1, f"{name!r} is there {len(found)} times"
    node = found[0]
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        last: ast.stmt | ast.expr = node.body[-1]
    else:
        assert isinstance(node, ast.AnnAssign)
        assert isinstance(node.value, ast.Tuple)
        last = node.value.elts[-1]
    assert last.end_lineno is not None
    first = source.splitlines()[last.lineno - 1]
    return last.end_lineno, len(first) - len(first.lstrip())


def _is_called(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name == name
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name
