"""The text of the settings file: single values are changed, and everything else stays as the walker wrote it."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any, Final

from retro_timer.config.schema import GROUPS, SETTINGS
from retro_timer.config.settings import KEYS, SettingsError
from retro_timer.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tomlkit import TOMLDocument

HEADER: Final = (
    "# Settings of Retro Timer. `retro-timer config list` shows them all, `retro-timer config edit` opens this file.\n"
)


class UnsafeError(ValueError):
    """A change would lose part of the file. The message says why."""


def template() -> str:
    """A settings file with all settings as comments, each with its help, valid values and default."""
    lines = [HEADER]
    for group, about in GROUPS.items():
        lines.append(f"\n[{group}]\n# {about.title}.\n")
        for setting in (setting for setting in SETTINGS.values() if setting.group == group):
            lines.append(f"# {setting.help} Expected: {setting.kind.expected}.\n")
            lines.append(
                f"{_commented(setting.name)}{'' if setting.default is None else json.dumps(setting.default)}\n"
            )
    lines.append(f"\n[{KEYS}]\n# Your own keys, by the name of the action; the app lists them all.\n")
    lines.append('# session.pause = "space"\n')
    return "".join(lines)


def _commented(name: str) -> str:
    """The start of a setting's line in the template."""
    return f"# {name} = "


def with_changes(
    tree: Mapping[str, Any], values: Mapping[tuple[str, ...], object], gone: Sequence[tuple[str, ...]]
) -> dict[str, Any]:
    """The parsed file with values set and removed; empty tables are kept."""
    wanted: dict[str, Any] = _copied(tree)
    for path, value in values.items():
        table = wanted
        for name in path[:-1]:
            table = table.setdefault(name, {})
            if not isinstance(table, dict):
                raise SettingsError(f"{'.'.join(path)} cannot be set: {name} is not a table in the file")
        table[path[-1]] = value
    for path in gone:
        inner: Any = wanted
        for name in path[:-1]:
            inner = inner.get(name, {}) if isinstance(inner, dict) else {}
        if isinstance(inner, dict):
            inner.pop(path[-1], None)
    return wanted


def _copied(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copied(value) if isinstance(value, dict) else value for name, value in tree.items()}


def edited(
    text: str, values: Mapping[tuple[str, ...], object], gone: Sequence[tuple[str, ...]], wanted: Mapping[str, Any]
) -> str:
    """The text of the file with values set and removed, keeping comments and order.

    Raises:
        UnsafeError: if the result would not parse to `wanted`.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        for place, value in values.items():
            text = _uncommented(text, place, value)
        document = tomlkit.parse(text)
        for place, value in values.items():
            table: Any = document
            for name in place[:-1]:
                if name not in table:
                    table[name] = tomlkit.table()
                table = table[name]
            table[place[-1]] = value
        for place in gone:
            _remove(document, place)
        after = tomlkit.dumps(document)
        same = _shape(tomllib.loads(after)) == _shape(wanted)
    except (TOMLKitError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        # tomlkit fails on some valid TOML files; do not touch those.
        raise UnsafeError(printable(str(error))) from error
    if not same:
        raise UnsafeError("something else in it would change")
    return after


def _uncommented(text: str, place: tuple[str, ...], value: object) -> str:
    """Replace the template's comment for a setting with its value, if the file still has the comment."""
    lines = text.splitlines(keepends=True)
    group, name = place[0], place[-1]
    inside = False
    for index, line in enumerate(lines):
        if line.startswith("["):
            inside = line.strip() == f"[{group}]"
        elif inside and line.startswith(f"{name} = "):
            return text
        elif inside and len(place) == 2 and line.startswith(_commented(name)):
            lines[index] = f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
            return "".join(lines)
    return text


def _remove(document: TOMLDocument, place: tuple[str, ...]) -> None:
    table: Any = document
    for name in place[:-1]:
        if name not in table:
            return
        table = table[name]
    if place[-1] in table:
        del table[place[-1]]


def _shape(tree: Mapping[str, Any]) -> str:
    """A canonical text of a tree, for comparing values regardless of order and with NaN equal to itself.

    Empty tables are ignored: removing `session.pause = "k"` leaves none behind, but emptying `[session]` does.
    """
    return json.dumps(_filled(tree), sort_keys=True, default=repr)


def _filled(tree: Mapping[str, Any]) -> dict[str, Any]:
    filled = {name: _filled(value) if isinstance(value, dict) else value for name, value in tree.items()}
    return {name: value for name, value in filled.items() if value != {}}
