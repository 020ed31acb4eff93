"""The house: which way imports point, what the pure parts may touch, and what quick commands never load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import retro_timer

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(retro_timer.__file__).parent
PURE = ("scheduling", "session")
ARROWS = {
    "scheduling": {"scheduling"},
    "session": {"session", "scheduling"},
    "audio": {"audio", "clock", "session", "scheduling"},
    "formats": {"formats", "clock", "session", "scheduling"},
    "storage": {"storage", "clock", "keymap", "session", "scheduling", "formats", "__version__"},
    "clock": set[str](),
    "keymap": set[str](),
    "testing": {"clock", "session", "scheduling"},
}
"""What each part may import of ours; `ui`, `cli` and its commands stand above all of them."""
LANGUAGE = {
    "__future__", "bisect", "collections", "copy", "dataclasses", "datetime", "difflib", "enum", "functools",
    "itertools", "math", "re", "types", "typing", "unicodedata",
}  # fmt: skip
"""What the pure parts may import of Python's library: nothing that reads, writes, waits, or differs from run to run."""
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "compile", "__import__", "globals", "breakpoint"}
IMPURE_METHODS = {"now", "today", "utcnow", "fromtimestamp"}
"""Of `datetime`: the wall clock is handed in."""


def sources(part: str) -> list[Path]:
    """The modules of a part, which is a package or a single module."""
    single = PACKAGE / f"{part}.py"
    return [single] if single.exists() else sorted((PACKAGE / part).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Everything a module imports, wherever in it, for types only or not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            module = node.module or ""
            yield from (f"{module}.{name.name}" if module == "retro_timer" else module for name in node.names)


def ours(module: str) -> str | None:
    """Which part of ours a module belongs to."""
    package, _, rest = module.partition(".")
    return rest.split(".")[0] if package == "retro_timer" else None


@pytest.mark.parametrize("part", ARROWS)
def test_imports_point_one_way(part: str) -> None:
    assert sources(part)
    for path in sources(part):
        parts = {found for module in imports(path) if (found := ours(module)) is not None}
        assert parts <= ARROWS[part], f"{path.relative_to(PACKAGE)} imports {parts - ARROWS[part]}"


def test_only_what_stands_above_the_screens_imports_them() -> None:
    above = {"ui", "commands", "cli.py", "serving", "__main__.py"}
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[0] in above:
            continue
        found = {ours(module) for module in imports(path)}
        assert not found & {"ui", "commands", "cli", "serving"}, f"{path.relative_to(PACKAGE)} imports {found}"


@pytest.mark.parametrize("part", PURE)
def test_the_pure_parts_touch_nothing_outside(part: str) -> None:
    for path in sources(part):
        library = {module.split(".")[0] for module in imports(path) if ours(module) is None}
        assert library <= LANGUAGE, f"{path.relative_to(PACKAGE)} imports {library - LANGUAGE}"


@pytest.mark.parametrize("part", PURE)
def test_the_pure_parts_read_no_clock_and_keep_no_globals(part: str) -> None:
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


HEAVY = {"textual", "asyncio", "sqlite3", "miniaudio", "simpleaudio", "rich", "multiprocessing"}
NO_SCREEN = {"textual", "miniaudio", "simpleaudio", "rich"}


def loaded(arguments: list[str], data: Path) -> set[str]:
    """The packages that a command has loaded when it is done."""
    program = (
        "import sys\n"
        "from retro_timer.cli import run_command_line\n"
        "code = run_command_line(sys.argv[1:])\n"
        "print('\\n--', code, *{name.split('.')[0] for name in sys.modules})\n"
        "print(*(name for name in sys.modules if name.startswith('retro_timer.')))\n"
    )
    environment = {
        "RETRO_TIMER_DATA_DIR": str(data),
        "RETRO_TIMER_CONFIG_DIR": str(data),
        "PYTHONPATH": str(PACKAGE.parent),
    }
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True, text=True, timeout=60, check=True, env=environment,
    )  # fmt: skip
    modules, own = done.stdout.splitlines()[-2:]
    dashes, code, *names = modules.split()
    assert (dashes, code) == ("--", "0"), done.stdout + done.stderr
    return {*names, *own.split()}


@pytest.mark.parametrize(
    "arguments", ["--help", "--version", "presets", "show builder", "show builder --json", "run --help"]
)
def test_a_quick_command_loads_nothing_heavy(arguments: str, tmp_path: Path) -> None:
    found = loaded(arguments.split(), tmp_path)
    assert "retro_timer.cli" in found
    assert not found & HEAVY
    assert not {
        name for name in found if name.startswith(("retro_timer.ui", "retro_timer.audio", "retro_timer.storage"))
    }


@pytest.mark.parametrize("arguments", ["history", "plan"])
def test_a_command_without_a_screen_loads_none(arguments: str, tmp_path: Path) -> None:
    found = loaded(arguments.split(), tmp_path)
    assert not found & NO_SCREEN
    assert not {name for name in found if name.startswith(("retro_timer.ui", "retro_timer.audio"))}


def test_a_rehearsal_on_plain_lines_loads_no_screen(tmp_path: Path) -> None:
    """Sound is off in a rehearsal; the screen is not there."""
    arguments = ["run", "back 2s", "--plain", "--json", "--rehearse", "60", "--lead-in", "0"]
    assert not loaded(arguments, tmp_path) & NO_SCREEN
