"""Imports point to lower layers, the pure packages are pure, and docs/architecture.md agrees."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.architecture import (
    LAYERS,
    PACKAGE,
    PURE,
    UI,
    UI_LAYERS,
    Import,
    Layers,
    cycle,
    imported,
    imports,
    layer,
    module_imports,
    part_of,
    sources,
    table,
    wrong,
)

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGE = {
    "__future__", "bisect", "collections", "copy", "dataclasses", "datetime", "difflib", "enum", "functools",
    "itertools", "math", "msgspec", "re", "struct", "types", "typing", "unicodedata", "zlib",
}  # fmt: skip
"""The imports allowed in the pure packages: nothing that reads, writes, waits, or varies between runs."""
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "compile", "__import__", "globals", "breakpoint"}
IMPURE_METHODS = {"now", "today", "utcnow", "fromtimestamp"}
"""Methods of `datetime`: the wall clock is passed in."""
UNLAYERED = {"__init__", "__main__", "__version__"}


@pytest.mark.parametrize(("package", "layers"), [(PACKAGE, LAYERS), (UI, UI_LAYERS)])
def test_every_module_has_a_layer(package: Path, layers: Layers) -> None:
    parts = {path.relative_to(package).parts[0].removesuffix(".py") for path in package.rglob("*.py")}
    assert {part for part in parts if layer(part, layers) is None} <= UNLAYERED
    assert all(sources(part, package) for parts in layers for part in parts), "a layer names what is not there"


@pytest.mark.parametrize(("package", "layers", "least"), [(PACKAGE, LAYERS, 500), (UI, UI_LAYERS, 150)])
def test_imports_point_to_lower_layers(package: Path, layers: Layers, least: int) -> None:
    """Screens are above widgets, widgets above drawing; the app is above all of `ui`."""
    found = imports(package, layers)
    assert len(found) > least, "the imports were not found"
    assert wrong(found, layers) == []


def test_a_widget_that_imports_a_screen_is_found() -> None:
    upward = Import("widgets", "screens", "ui/widgets/today.py:1")
    assert wrong([upward], UI_LAYERS) == ["ui/widgets/today.py:1: widgets (layer 2) imports screens (layer 4)"]
    assert wrong([Import("screens", "widgets", "")], UI_LAYERS) == []


def test_no_modules_import_each_other() -> None:
    """Not even for types or inside a function."""
    graph = module_imports()
    assert sum(map(len, graph.values())) > 1000, "the imports were not found"
    assert " -> ".join(cycle(graph)) == ""


def test_a_cycle_is_found() -> None:
    assert set(cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}})) == {"b", "c"}
    assert cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_nothing_in_the_app_imports_it() -> None:
    """Screens and widgets use the app through `ui.context`."""
    graph = module_imports()
    assert {name for name, targets in graph.items() if "retro_timer.ui.app" in targets} == {"retro_timer.cli.walk"}


@pytest.mark.parametrize("folder", ["screens", "widgets"])
def test_no_screen_keeps_the_services(folder: str) -> None:
    """Changed settings replace them: `services_of` reads them at each use."""
    for path in sorted((PACKAGE / "ui" / folder).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            kept = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and "services" in node.attr
            assert not kept, f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}"


def test_no_covered_screen_acts_as_the_top_one() -> None:
    """Textual's `is_current` is also true for the screen below the top one; `is_active` is not."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            asked = isinstance(node, ast.Attribute) and node.attr == "is_current"
            assert not asked, f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}"


@pytest.mark.parametrize(("mark", "expected"), [("layers", table()), ("layers of ui", table(UI_LAYERS, "inside `ui`"))])
def test_the_page_shows_the_layers_in_the_code(mark: str, expected: str) -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    _, _, rest = page.partition(f"<!-- {mark} -->\n")
    shown, _, _ = rest.partition(f"\n<!-- /{mark} -->")
    assert shown == expected, "copy the table that `python -m tests.architecture` prints"


@pytest.mark.parametrize("part", PURE)
def test_a_pure_package_imports_nothing_with_effects(part: str) -> None:
    for path in sources(part):
        library = {module.split(".")[0] for module, _ in imported(path) if part_of(module) is None}
        assert library <= LANGUAGE | {"retro_timer"}, f"{path.relative_to(PACKAGE)} imports {library - LANGUAGE}"


@pytest.mark.parametrize("part", PURE)
def test_a_pure_package_reads_no_clock_and_keeps_no_globals(part: str) -> None:
    for path in sources(part):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            where = f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}"
            assert not isinstance(node, ast.Global), f"{where}: a global"
            assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), f"{where}: waits"
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            assert not (isinstance(called, ast.Name) and called.id in IMPURE_CALLS), f"{where}: {ast.unparse(called)}"
            is_method = isinstance(called, ast.Attribute) and called.attr in IMPURE_METHODS
            assert not is_method, f"{where}: {ast.unparse(called)} reads the wall clock"


def test_a_language_is_handed_in_and_its_module_is_imported_nowhere_else() -> None:
    languages = {f"{PACKAGE.name}.session.languages"}
    inside = {name for name in module_imports() if name.rpartition(".")[0] in languages}
    assert inside
    importing = {name: found & inside for name, found in module_imports().items() if found & inside}
    assert set(importing) == languages
