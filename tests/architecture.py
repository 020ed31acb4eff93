"""The layers of the package, and a check of the imports between them. `python -m tests.architecture` prints both."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import retro_timer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Layers: TypeAlias = tuple[tuple[str, ...], ...]
PACKAGE: Final = Path(retro_timer.__file__).parent
UI: Final = PACKAGE / "ui"
LAYERS: Final = (
    ("text", "clock", "structs", "processes"),
    ("errors", "extras", "files"),
    ("scheduling",),
    ("session",),
    ("training",),
    ("config", "formats", "audio"),
    ("storage",),
    ("runtime", "help"),
    ("remote",),
    ("desktop", "page", "sensors"),
    ("serving",),
    ("ui",),
    ("cli",),
)
"""The packages and single modules of each layer, lowest first. Each imports only from layers below its own."""
UI_LAYERS: Final = (
    (
        "bridge", "context", "drawing", "exports", "key_parser", "measured_text", "preferences", "repainting",
        "run_in_thread", "setting_labels", "themes",
        "view_model", "workout_files",
    ),
    (
        "desktop_link", "facts", "key_path", "keys", "pending_settings", "session_page", "sharing",
        "sound_check", "terminal",
    ),
    ("widgets",),
    ("setting_values",),
    ("screens",),
    ("look", "palette"),
    ("app",),
)  # fmt: skip
"""The same inside `ui`."""
UNLAYERED: Final = {"testing": 5}
"""Modules outside the layers: the shipped fakes may import from the layers up to this one."""
PURE: Final = ("scheduling", "session", "training")
"""Packages without effects: no I/O, no clock, no thread, no global state."""


class Import(NamedTuple):
    """One import within the package: which module imports which, and where."""

    source: str
    target: str
    where: str


def layer(part: str, layers: Layers = LAYERS) -> int | None:
    """The layer of a package or single module; None for `__main__`, which is above all layers."""
    if part in UNLAYERED:
        return UNLAYERED[part]
    return next((number for number, parts in enumerate(layers) if part in parts), None)


def sources(part: str, package: Path = PACKAGE) -> list[Path]:
    """The files of a package, or the one of a single module."""
    single = package / f"{part}.py"
    return [single] if single.exists() else sorted((package / part).rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, also inside functions and for types, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from ((f"{node.module}.{name.name}", node.lineno) for name in node.names)


def part_of(module: str, package: Path = PACKAGE) -> str | None:
    """The part of a package that a dotted name belongs to; None for what is not in that package."""
    inside = ".".join((*package.relative_to(PACKAGE.parent).parts, ""))
    return module.removeprefix(inside).split(".")[0] if module.startswith(inside) else None


def imports(package: Path = PACKAGE, layers: Layers = LAYERS) -> list[Import]:
    """Every import between two parts of a package."""
    found = []
    for path in sorted(package.rglob("*.py")):
        source = path.relative_to(package).parts[0].removesuffix(".py")
        for module, line in imported(path):
            target = part_of(module, package)
            if target is not None and target != source and layer(target, layers) is not None:
                found.append(Import(source, target, f"{path.relative_to(PACKAGE)}:{line}"))
    return found


def module_imports() -> dict[str, set[str]]:
    """Every module with the modules of `retro_timer` that it imports, also inside functions and for types."""
    names = {_module_name(path): path for path in PACKAGE.rglob("*.py")}
    graph = {}
    for name, path in names.items():
        targets = {_known(module, names) for module, _ in imported(path)}
        graph[name] = {target for target in targets if target}
    return graph


def cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """A cycle of modules that import each other, with the first one repeated at the end; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def _module_name(path: Path) -> str:
    dotted = ".".join((PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts))
    return dotted.removesuffix(".__init__")


def _known(dotted: str, names: Mapping[str, Path]) -> str:
    """The module of `retro_timer` that a dotted name is, or is part of; empty for anything else."""
    while dotted and dotted not in names:
        dotted = dotted.rpartition(".")[0]
    return dotted


def wrong(found: list[Import], layers: Layers = LAYERS) -> list[str]:
    """The imports that do not point to a lower layer, one line each."""
    lines = []
    for each in found:
        own, other = layer(each.source, layers), layer(each.target, layers)
        if own is not None and other is not None and other >= own:
            lines.append(f"{each.where}: {each.source} (layer {own}) imports {each.target} (layer {other})")
    return lines


def table(layers: Layers = LAYERS, title: str = "packages") -> str:
    """Layers as a table of docs/architecture.md."""
    rows = [f"| {number} | {', '.join(f'`{part}`' for part in parts)} |" for number, parts in enumerate(layers)]
    return "\n".join((f"| layer | {title} |", "|---|---|", *rows))


def main() -> None:
    """Print the layers, what each part imports, and what is wrong; then the same inside `ui`."""
    for package, layers, title in ((PACKAGE, LAYERS, "packages"), (UI, UI_LAYERS, "inside `ui`")):
        found = imports(package, layers)
        print(table(layers, title))
        for parts in layers:
            for part in parts:
                targets = sorted({each.target for each in found if each.source == part})
                print(f"{part}: {', '.join(targets) or '-'}")
        print(*wrong(found, layers) or ["Every import points to a lower layer."], sep="\n")
    print(" -> ".join(cycle(module_imports())) or "No modules import each other.")


if __name__ == "__main__":
    main()
