"""Textual's private names: all that the program uses are listed here, and exist."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest
from textual.app import App
from textual.command import CommandPalette
from textual.drivers.linux_driver import LinuxDriver
from textual.message_pump import MessagePump
from textual.widget import Widget

import retro_timer

PACKAGE = Path(retro_timer.__file__).parent
MODULES = {
    "textual._ansi_sequences": {"ANSI_SEQUENCES_KEYS"},
    "textual._compositor": {"Compositor", "CompositorUpdate"},
    "textual._keyboard_protocol": {"FUNCTIONAL_KEYS"},
    "textual._time": {"get_time"},
    "textual._xterm_parser": {
        "BRACKETED_PASTE_END", "BRACKETED_PASTE_START", "SPECIAL_KEY_TO_CHARACTER", "XTermParser",
    },
}  # fmt: skip
"""Private modules, and the names imported from them."""
ATTRIBUTES = {
    App: {"_driver"},
    MessagePump: {"_parent"},
    Widget: {"_clear_arrangement_cache"},
    CommandPalette: {"_GATHER_COMMANDS_GROUP", "_gather_commands"},
    LinuxDriver: {
        "_get_terminal_size", "attrs_before", "exit_event", "fileno", "process_message", "run_input_thread",
        "start_application_mode", "stop_application_mode",
    },
}  # fmt: skip
"""Undocumented attributes of public classes that the program uses."""


def imported() -> dict[str, set[str]]:
    """The private modules of Textual that the program imports from, and the imported names."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual._"):
                found.setdefault(node.module or "", set()).update(each.name for each in node.names)
    return found


def test_all_private_modules_are_listed() -> None:
    assert imported() == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_what_is_imported_from_a_private_module_exists(module: str) -> None:
    found = import_module(module)
    assert {name for name in MODULES[module] if not hasattr(found, name)} == set()


@pytest.mark.parametrize("kind", ATTRIBUTES, ids=lambda kind: kind.__name__)
def test_what_is_used_of_a_class_exists(kind: type) -> None:
    source = "".join(inspect.getsource(each) for each in kind.__mro__ if each.__module__.startswith("textual"))
    assert {name for name in ATTRIBUTES[kind] if name not in source} == set()
