"""The JSON Schema of the settings file, for editors that complete and validate TOML."""

from __future__ import annotations

from typing import Any, Final

from retro_timer.config.key_names import MAX_KEYS
from retro_timer.config.keymap import ACTIONS
from retro_timer.config.schema import GROUPS, SETTINGS, Setting
from retro_timer.config.settings import KEYS

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
"""The version of JSON Schema that TOML editors support."""
_KEY: Final = {"type": "string", "minLength": 1}


def json_schema() -> dict[str, Any]:
    """The schema. Whatever it rejects, the program warns about; a file without settings is valid."""
    groups = {
        name: _table(
            group.title, {setting.name: _property(setting) for setting in SETTINGS.values() if setting.group == name}
        )
        for name, group in GROUPS.items()
    }
    return {"$schema": DRAFT, **_table("Settings of Retro Timer", groups | {KEYS: _keys()})}


def _table(title: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "type": "object", "additionalProperties": False, "properties": properties}


def _property(setting: Setting) -> dict[str, Any]:
    default = {} if setting.default is None else {"default": setting.default}
    return {**setting.kind.schema, **default, "description": f"{setting.help} Expected: {setting.kind.expected}."}


def _keys() -> dict[str, Any]:
    """The schema of key bindings: `session.pause` is a nested table or one quoted key."""
    scopes: dict[str, dict[str, Any]] = {}
    quoted: dict[str, Any] = {}
    for action in ACTIONS:
        scope, _, name = action.id.partition(".")
        keys = {
            "oneOf": [_KEY, {"type": "array", "items": _KEY, "minItems": 1, "maxItems": MAX_KEYS}],
            "default": ",".join(action.keys),
            "description": action.help,
        }
        scopes.setdefault(scope, {})[name] = keys
        quoted[action.id] = keys
    tables = {scope: _table(f"Keys: {scope}", names) for scope, names in scopes.items()}
    return _table("Your own keys", tables | quoted)
