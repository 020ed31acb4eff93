"""Nothing is declared without being used: settings, phrases and kinds of cues."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import retro_timer
from retro_timer.config.schema import GROUPS, SETTINGS, Cues, Hooks, SettingsGroup, SoundFiles, field_name
from retro_timer.desktop.events import EVENTS
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.languages import english as phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(retro_timer.__file__).parent
BY_NAME = {"cues": CueKind, "sound_files": Sound, "hooks": EVENTS}
"""Groups whose settings are all read at once, by the names of something else."""


@cache
def _trees() -> dict[str, ast.Module]:
    return {str(path.relative_to(PACKAGE)): ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}


@cache
def _attributes() -> tuple[tuple[str, str, str], ...]:
    """Every `owner.name` in the package, with the file: of `a.b.name` the owner is `b`, of an argument its type."""
    found: set[tuple[str, str, str]] = set()
    for file, tree in _trees().items():
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for function in (tree, *functions):
            typed = _typed(function) if isinstance(function, ast.FunctionDef) else {}
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                    owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                    found.add((file, typed.get(owner, owner), node.attr))
    return tuple(found)


def _typed(function: ast.FunctionDef) -> dict[str, str]:
    """The arguments of a function that are groups of settings, and which."""
    groups = {group.__name__: name for name, group in GROUPS.items()}
    arguments = [(argument.arg, getattr(argument.annotation, "id", "")) for argument in function.args.args]
    return {name: groups[annotation] for name, annotation in arguments if annotation in groups}


@cache
def _used() -> frozenset[tuple[str, str]]:
    return frozenset((owner, name) for _, owner, name in _attributes())


@pytest.mark.parametrize("key", [setting.key for setting in SETTINGS.values() if setting.group not in BY_NAME])
def test_every_setting_is_used(key: str) -> None:
    group, _, name = key.partition(".")
    assert (group, name) in _used(), f"nothing asks for {key}"


@pytest.mark.parametrize(("group", "fields"), [(Cues, CueKind), (SoundFiles, Sound)])
def test_every_kind_and_every_sound_has_its_setting(group: type[SettingsGroup], fields: type[CueKind | Sound]) -> None:
    assert set(group.__struct_fields__) == {field_name(kind) for kind in fields}


def test_every_hook_has_its_event() -> None:
    assert Hooks.__struct_fields__ == EVENTS


@cache
def _made() -> frozenset[str]:
    """The names in calls of `Cue`."""
    calls = [node for tree in _trees().values() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = [call for call in calls if getattr(call.func, "id", "") == "Cue"]
    return frozenset(name.attr for call in made for name in call.args if isinstance(name, ast.Attribute))


@pytest.mark.parametrize("kind", CueKind)
def test_every_kind_of_cue_is_made_somewhere(kind: CueKind) -> None:
    assert kind.name in _made()


@pytest.mark.parametrize("sound", [sound for sound in Sound if sound.value not in set(phrases.NAMED)])
def test_every_sound_is_played_somewhere(sound: Sound) -> None:
    assert any(
        (owner, name) == ("Sound", sound.name) and not file.endswith("tones.py") for file, owner, name in _attributes()
    )


def _constants() -> list[str]:
    """The names of the phrases, and of the tables of them."""
    return [name for name, value in vars(phrases).items() if name.isupper() and _is_speech(value)]


def _is_speech(value: object) -> bool:
    every = set(phrases.every_phrase())
    return value in every if isinstance(value, str) else isinstance(value, dict) and set(value.values()) <= every


@cache
def _said() -> frozenset[str]:
    """The names of phrases that are read anywhere but in the list of what is to be rendered."""
    said: set[str] = set()
    for tree in _trees().values():
        for node in _unlisted(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                said.add(node.id)
            elif isinstance(node, ast.Attribute) and _name_of(node.value) in ("phrases", "_phrases"):
                said.add(node.attr)
    return frozenset(said)


def _name_of(node: ast.expr) -> str:
    """The last part of a name: `phrases` of `self.settings.phrases`."""
    return str(getattr(node, "id", "") or getattr(node, "attr", ""))


def _unlisted(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below one, but for the lists of all phrases."""
    if getattr(getattr(node, "target", None), "id", "") == "_FIXED" or getattr(node, "name", "") == "every_phrase":
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _unlisted(child)


@pytest.mark.parametrize("constant", _constants())
def test_every_phrase_has_a_caller(constant: str) -> None:
    assert constant in _said(), f"nothing says {constant}"
