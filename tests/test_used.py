"""The program uses every public function, class, method and constant it defines; nothing is there for the tests alone.

A name of a module counts as used if it is read in that module or where it is imported; a method, and a name of the
module of a language, which is passed in, if any attribute of that name is read.
"""

from __future__ import annotations

import ast
from fnmatch import fnmatch
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

import retro_timer
from retro_timer.config.keymap import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE: Final = Path(retro_timer.__file__).parent
ROOT: Final = PACKAGE.parent
CALLED_BY_TEXTUAL: Final = ("action_*", "on_*", "watch_*", "validate_*", "compute_*", "key_*")
"""Methods that Textual finds by name."""
CALLED_BY_CLICK: Final = ("command", "group")
"""Decorators of functions that Click calls."""


class Definition(NamedTuple):
    """A public name.

    Attributes:
        module: the module that defines it.
        owner: the class, for a method; otherwise empty.
        name: its name.
    """

    module: str
    owner: str
    name: str

    def __str__(self) -> str:
        return ".".join(filter(None, self))


@cache
def modules() -> dict[str, ast.Module]:
    """The modules of the program and the scripts, but not the published fakes, which are for tests."""
    files = [*PACKAGE.rglob("*.py"), *ROOT.glob("scripts/*.py")]
    return {module_of(path): ast.parse(path.read_text("utf-8")) for path in files if path != PACKAGE / "testing.py"}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def definitions(module: str, tree: ast.Module) -> Iterator[Definition]:
    """The public names that a module defines."""
    for node in tree.body:
        for name in names_of(node):
            yield Definition(module, "", name)
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and not inner.name.startswith("_"):
                    yield Definition(module, node.name, inner.name)


def names_of(node: ast.stmt) -> Iterator[str]:
    """The public names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        decorators = {getattr(getattr(each, "func", each), "attr", "") for each in node.decorator_list}
        targets = [] if decorators.intersection(CALLED_BY_CLICK) else [node.name]
    elif isinstance(node, ast.AnnAssign | ast.Assign):
        given = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
        targets = [target.id for target in given if isinstance(target, ast.Name)]
    else:
        targets = []
    yield from (name for name in targets if not name.startswith("_"))


@cache
def asked_for() -> frozenset[str]:
    """The names that are read with `getattr`."""
    calls = [node for tree in modules().values() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return frozenset(
        argument.value
        for call in calls
        if getattr(call.func, "id", "") == "getattr"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )


@cache
def screens() -> frozenset[str]:
    """The classes of the screens that the keymap opens by name."""
    return frozenset(action.opens.partition(":")[2] for action in ACTIONS if action.opens)


@cache
def used_names() -> frozenset[tuple[str, str]]:
    """Every module and name that is read outside its own definition, and the public API."""
    used = {(getattr(retro_timer, name).__module__, name) for name in retro_timer.__all__}
    for module, tree in modules().items():
        homes = {name: (module, name) for node in tree.body for name in names_of(node)} | imported(tree)
        for statement in tree.body:
            own = {(module, name) for name in names_of(statement)}
            used |= {read for read in reads(statement, homes) if read not in own}
    return frozenset(used)


def imported(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Each name that a module imports, with the module it comes from and its name there; empty for a whole module."""
    homes: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            homes |= {name.asname or name.name: (node.module, name.name) for name in node.names}
        elif isinstance(node, ast.Import):
            homes |= {name.asname or name.name: (name.name, "") for name in node.names}
    return homes


def reads(statement: ast.stmt, homes: dict[str, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The modules and names that a statement reads, also in the type of a `cast`."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in homes:
            yield homes[node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in homes:
            yield ".".join(filter(None, homes[node.value.id])), node.attr
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "cast":
            kind = node.args[0]
            if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                yield from reads(ast.parse(kind.value).body[0], homes)


@cache
def used_attributes() -> frozenset[str]:
    """The names of all attributes that are read."""
    return frozenset(
        node.attr
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    )


def is_used(definition: Definition) -> bool:
    """Whether the program uses it, or a library calls it."""
    if not definition.owner:
        named = definition.name in asked_for() or definition.name in screens()
        if definition.module.startswith("retro_timer.session.languages."):
            named = named or definition.name in used_attributes()
        return (definition.module, definition.name) in used_names() or named
    return (
        definition.name in used_attributes() | asked_for()
        or any(fnmatch(definition.name, pattern) for pattern in CALLED_BY_TEXTUAL)
        or overrides(definition)
    )


def overrides(definition: Definition) -> bool:
    """Whether a method overrides one of a library."""
    owner = getattr(import_module(definition.module), definition.owner)
    return any(definition.name in vars(base) for base in owner.__mro__[1:] if not is_ours(base))


def is_ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == retro_timer.__name__


def test_everything_public_has_a_user_in_the_program() -> None:
    program = ((module, tree) for module, tree in modules().items() if module.startswith("retro_timer"))
    defined = [definition for module, tree in program for definition in definitions(module, tree)]
    assert len(defined) > 1000
    unused = [str(definition) for definition in defined if not is_used(definition)]
    assert not unused, f"only tests use {', '.join(unused)}"


@pytest.mark.parametrize(
    "unused",
    [
        Definition("retro_timer.text", "", "left_over"),
        Definition("retro_timer.session.languages.english", "", "LEFT_OVER"),
        Definition("retro_timer.training.weeks", "WeekTotals", "left_over"),
    ],
    ids=str,
)
def test_a_name_that_nothing_reads_is_found(unused: Definition) -> None:
    assert not is_used(unused)
