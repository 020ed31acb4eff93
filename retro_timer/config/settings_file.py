"""Write the settings file: change single values, and keep everything else as the walker wrote it."""

from __future__ import annotations

import json
import tomllib
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Final

from retro_timer.config.paths import PathsError, make_private
from retro_timer.config.schema import GROUPS, SETTINGS
from retro_timer.config.settings import (
    KEYS,
    Loaded,
    SettingsError,
    check,
    find,
    from_tree,
    key_leaves,
    load,
    parse,
    read_tree,
    show,
)
from retro_timer.errors import reason
from retro_timer.text import printable, printable_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tomlkit import TOMLDocument

_HEADER: Final = (
    "# Settings of Retro Timer. `retro-timer config list` shows them all, `retro-timer config edit` opens this file.\n"
)


class _UnsafeError(ValueError):
    """A change would lose part of the file. The message says why."""


class SettingsFile:
    """A settings file. It is read again before every change, so that edits made in the meantime are kept.

    Args:
        path: the file; created on the first change.
    """

    _one_at_a_time: ClassVar = Lock()
    """Serializes changes, since screens save from threads."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Loaded:
        """Read the settings; never raises."""
        return load(self.path)

    def get(self, key: str) -> str:
        """A setting or the keys of an action, as text that `set` accepts.

        Raises:
            SettingsError: if there is no such setting.
        """
        settings = self.load().settings
        action_id = _action_id(key)
        if action_id is None:
            return show(settings.value(find(key).key))
        from retro_timer.config import keymap

        _known_action(action_id)
        return ",".join(keymap.resolve(settings.keys).keys[action_id])

    def set(self, values: Mapping[str, str]) -> Loaded:
        """Change settings to typed text, all or none.

        Raises:
            SettingsError: for an unknown setting, an invalid value, conflicting keys, or a file that cannot be changed.
        """
        return self._change({key: _keys(key, text) or parse(key, text) for key, text in values.items()})

    def change(self, values: Mapping[str, object]) -> Loaded:
        """Change settings to values, all or none; None resets to the default.

        Raises:
            SettingsError: as `set`.
        """
        unset = [key for key, value in values.items() if value is None]
        given = {key: value for key, value in values.items() if value is not None}
        return self._change({key: _keys(key, value) or check(key, value) for key, value in given.items()}, unset)

    def unset(self, *keys: str) -> Loaded:
        """Reset settings to their defaults by removing them from the file; also removes keys that are not settings.

        Raises:
            SettingsError: as `set`; a setting that is not in the file is not an error.
        """
        return self._change({}, keys)

    def ensure(self) -> Path:
        """Create the file if it is missing, with all settings as comments, for editing by hand.

        Raises:
            SettingsError: if it cannot be created.
        """
        if not self.path.exists():
            self._write(template())
        return self.path

    def _change(self, values: Mapping[str, object], unset: Sequence[str] = ()) -> Loaded:
        """Set and remove values; if the file cannot be changed safely, the error names it."""
        try:
            with self._one_at_a_time:
                return self._put(values, unset)
        except _UnsafeError as error:
            raise SettingsError(
                f"{printable_path(self.path)} cannot be changed safely: {error}; edit it by hand"
            ) from error
        except RecursionError as error:
            raise SettingsError(f"{printable_path(self.path)} cannot be changed: nested too deeply") from error

    def _put(self, values: Mapping[str, object], unset: Sequence[str]) -> Loaded:
        before = read_tree(self.path)
        given = {_path(key): value for key, value in values.items()}
        # The file may also have an action's keys under one quoted name; remove it to avoid a duplicate.
        removed = [_path_in(before, key) for key in unset]
        quoted = [(KEYS, ".".join(path[1:])) for path in (*given, *removed) if path[0] == KEYS]
        gone = [*removed, *quoted]
        wanted = _with(before, given, gone)
        _check_keys(wanted, [path for path in given if path[0] == KEYS])
        if wanted != before:
            self._write(_edited(self._text(), given, gone, wanted))
        return from_tree(wanted)

    def _text(self) -> str:
        try:
            # Read as bytes, to keep line endings.
            return self.path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            return _HEADER
        except OSError as error:
            raise SettingsError(f"{printable_path(self.path)} cannot be read: {reason(error)}") from error

    def _write(self, text: str) -> None:
        from retro_timer.files.atomic import write_atomic

        try:
            make_private(self.path.parent)
            write_atomic(self.path, text.encode())
        except PathsError as error:
            raise SettingsError(str(error)) from error
        except OSError as error:
            raise SettingsError(f"{printable_path(self.path)} cannot be written: {reason(error)}") from error


def template() -> str:
    """A settings file with all settings as comments, each with its help, valid values and default."""
    lines = [_HEADER]
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


def _action_id(key: str) -> str | None:
    """The action id of a dotted key for key bindings; None for any other setting."""
    key = key.strip()
    return key.removeprefix(f"{KEYS}.").replace("-", "_") if key.startswith(f"{KEYS}.") else None


def _keys(key: str, value: object) -> str | None:
    """The new keys of an action as stored in the file; None for any other setting."""
    action_id = _action_id(key)
    if action_id is None:
        return None
    from retro_timer.config.key_names import KeymapError, read_keys

    try:
        return ",".join(read_keys(value))
    except KeymapError as error:
        raise SettingsError(f"{KEYS}.{printable(action_id)}: {error}") from error


def _known_action(action_id: str) -> None:
    from retro_timer.config import keymap
    from retro_timer.config.key_names import KeymapError

    try:
        keymap.action(action_id)
    except KeymapError as error:
        raise SettingsError(f"{KEYS}: {error}") from error


def _path(key: str) -> tuple[str, ...]:
    """The path of a setting in the file."""
    action_id = _action_id(key)
    if action_id is None:
        return tuple(find(key).key.split("."))
    _known_action(action_id)
    return (KEYS, *action_id.split("."))


def _path_in(tree: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The path of a setting, or of a value in the file that is not a setting, such as one from an older version."""
    try:
        return _path(key)
    except SettingsError:
        group, _, name = key.strip().partition(".")
        for path in ((group, *name.split(".")), (group, name)):
            if _is_value(tree, path):
                return path
        raise


def _is_value(tree: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Whether a file has a value, not a table, at a path."""
    inner: Any = tree
    for name in path:
        if not isinstance(inner, dict) or name not in inner:
            return False
        inner = inner[name]
    return not isinstance(inner, dict)


def _check_keys(wanted: Mapping[str, Any], changed: Sequence[tuple[str, ...]]) -> None:
    """Refuse invalid keys, but only those that this change introduces."""
    if not changed:
        return
    from retro_timer.config import keymap

    mine = keymap.resolve(dict(key_leaves(wanted)))
    for path in changed:
        action_id = ".".join(path[1:])
        if action_id not in mine.overrides:
            why = next((problem for problem in mine.problems if action_id in problem), mine.problems[0])
            raise SettingsError(f"{KEYS}: {why}")


def _with(
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


def _edited(
    text: str, values: Mapping[tuple[str, ...], object], gone: Sequence[tuple[str, ...]], wanted: Mapping[str, Any]
) -> str:
    """The text of the file with values set and removed, keeping comments and order.

    Raises:
        _UnsafeError: if the result would not parse to `wanted`.
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
        raise _UnsafeError(printable(str(error))) from error
    if not same:
        raise _UnsafeError("something else in it would change")
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
