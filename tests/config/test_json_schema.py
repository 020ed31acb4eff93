"""The JSON Schema of the settings file accepts the same values as the program."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.config.json_schema import json_schema
from retro_timer.config.keymap import ACTIONS
from retro_timer.config.schema import SETTINGS, Setting
from retro_timer.config.setting_kinds import File, KindError
from retro_timer.config.settings_text import template

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = json_schema()
TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,), "integer": (int,), "number": (int, float), "string": (str,), "array": (list,), "object": (dict,)
}  # fmt: skip
OLD_FILE = Path(__file__).parent / "data" / "settings-2026-11.toml"


def takes(schema: dict[str, Any], value: Any) -> bool:  # noqa: ANN401  (whatever a file says)
    """Whether a value is valid; supports only the keywords in our schema."""
    known = {"$schema", "title", "description", "default"}
    checks: dict[str, Callable[[Any], bool]] = {
        "type": lambda name: isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool)),
        "minimum": lambda least: value >= least,
        "maximum": lambda most: value <= most,
        "enum": lambda words: value in words,
        "pattern": lambda pattern: re.fullmatch(pattern, value) is not None,
        "minLength": lambda least: len(value) >= least,
        "maxLength": lambda most: len(value) <= most,
        "minItems": lambda least: len(value) >= least,
        "maxItems": lambda most: len(value) <= most,
        "items": lambda each: all(takes(each, item) for item in value),
        "oneOf": lambda options: sum(takes(option, value) for option in options) == 1,
        "additionalProperties": lambda _: set(value) <= set(schema["properties"]),
        "properties": lambda names: all(takes(names[name], item) for name, item in value.items() if name in names),
    }  # fmt: skip
    return all(checks[word](argument) for word, argument in schema.items() if word not in known)


def of(setting: Setting) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["properties"][setting.group]["properties"][setting.name]
    return found


def test_it_has_every_setting_and_every_action() -> None:
    groups = {group: set(table["properties"]) for group, table in SCHEMA["properties"].items()}
    keys = groups.pop("keys")
    assert {f"{group}.{name}" for group, names in groups.items() for name in names} == set(SETTINGS)
    assert {action.id for action in ACTIONS} | {action.scope for action in ACTIONS} == keys
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.key)
def test_a_setting_has_its_help_and_its_default(setting: Setting) -> None:
    schema = of(setting)
    assert schema["description"].startswith(setting.help)
    assert schema.get("default") == setting.default
    assert setting.default is None or takes(schema, setting.default)


VALUES = (
    st.booleans() | st.integers(-10, 2100) | st.floats(-10, 400) | st.text(max_size=8)
    | st.sampled_from([word for setting in SETTINGS.values() for word in getattr(setting.kind, "options", ())])
    | st.lists(st.integers(), max_size=1)
)  # fmt: skip


@given(st.sampled_from([setting for setting in SETTINGS.values() if not isinstance(setting.kind, File)]), VALUES)
def test_it_takes_what_the_program_takes(setting: Setting, value: object) -> None:
    try:
        setting.kind.check(value)
    except KindError:
        assert not takes(of(setting), value)
    else:
        assert takes(of(setting), value)


@pytest.mark.parametrize("value", ["/sounds/a.wav", "~/a.wav"])
def test_it_takes_the_path_of_a_sound(value: str) -> None:
    assert takes(of(SETTINGS["sound_files.tick"]), value)
    assert not takes(of(SETTINGS["sound_files.tick"]), "")


def test_it_takes_files_of_ours() -> None:
    assert takes(SCHEMA, {})
    assert takes(SCHEMA, tomllib.loads(template()))
    assert takes(SCHEMA, tomllib.loads(OLD_FILE.read_text("utf-8")))
    assert takes(SCHEMA, {"keys": {"session.pause": ["k", "space"], "session": {"skip": "n"}}})


@pytest.mark.parametrize(
    "tree", [{"sound": {"tiks": 3}}, {"soud": {}}, {"sound": 3}, {"keys": {"session": {"a": "b"}}}]
)
def test_it_refuses_what_the_program_warns_about(tree: dict[str, Any]) -> None:
    assert not takes(SCHEMA, tree)
