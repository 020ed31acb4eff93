"""The file of settings as it is written: one value at a time, everything else in it left as the walker wrote it."""

from __future__ import annotations

import json
import tomllib
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Final

from retro_timer.storage.paths import PathsError, make_private, reason, shown
from retro_timer.storage.settings import (
    KEYS,
    Loaded,
    SettingsError,
    check,
    find,
    from_tree,
    key_leaves,
    load,
    parse,
    printable,
    read_tree,
    show,
)
from retro_timer.storage.settings_table import GROUPS, TABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tomlkit import TOMLDocument

_HEADER: Final = (
    "# Settings of Retro Timer. `retro-timer config list` shows them all, `retro-timer config edit` opens this file.\n"
)


class _UnsafeError(ValueError):
    """A file that cannot be changed without a loss. The message says why."""


class SettingsFile:
    """One file of settings. It is read anew before every change, so that what was edited meanwhile is kept.

    Args:
        path: where it is, or will be once something is saved.
    """

    _one_at_a_time: ClassVar = Lock()
    """Screens save from threads: one change must not be read by another before it is written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Loaded:
        """Read it; never raises."""
        return load(self.path)

    def get(self, key: str) -> str:
        """A setting or an action's keys, as text that `set` takes again.

        Raises:
            SettingsError: when there is no such setting.
        """
        settings = self.load().settings
        action_id = _action_id(key)
        if action_id is None:
            return show(settings.value(find(key).key))
        from retro_timer import keymap  # noqa: PLC0415  (only where it is asked for)

        _known_action(action_id)
        return ",".join(keymap.resolve(settings.keys).keys[action_id])

    def set(self, values: Mapping[str, str]) -> Loaded:
        """Change settings as they were typed, all or none.

        Raises:
            SettingsError: for an unknown setting, a wrong value, keys that clash, or a file that cannot be changed.
        """
        return self._change({key: _keys(key, text) or parse(key, text) for key, text in values.items()})

    def change(self, values: Mapping[str, object]) -> Loaded:
        """Change settings to typed values, as a screen has them, all or none; None gives the default back.

        Raises:
            SettingsError: as `set`.
        """
        unset = [key for key, value in values.items() if value is None]
        given = {key: value for key, value in values.items() if value is not None}
        return self._change({key: _keys(key, value) or check(key, value) for key, value in given.items()}, unset)

    def unset(self, *keys: str) -> Loaded:
        """Give settings their defaults back: they are taken out of the file.

        Raises:
            SettingsError: as `set`; a setting that is not in the file is no error.
        """
        return self._change({}, keys)

    def ensure(self) -> Path:
        """Make the file if there is none, with every setting in it as a comment, so that it can be edited by hand.

        Raises:
            SettingsError: when it cannot be made.
        """
        if not self.path.exists():
            self._write(template())
        return self.path

    def _change(self, values: Mapping[str, object], unset: Sequence[str] = ()) -> Loaded:
        """Put values into the file and take others out; says which file when that would harm it."""
        try:
            with self._one_at_a_time:
                return self._put(values, unset)
        except _UnsafeError as error:
            raise SettingsError(f"{shown(self.path)} cannot be changed safely: {error}; edit it by hand") from error
        except RecursionError as error:
            raise SettingsError(f"{shown(self.path)} cannot be changed: nested too deep") from error

    def _put(self, values: Mapping[str, object], unset: Sequence[str]) -> Loaded:
        before = read_tree(self.path)
        given = {_path(key): value for key, value in values.items()}
        # The keys of an action may be written as one quoted name, too: they must not be there twice.
        quoted = [(KEYS, ".".join(path[1:])) for path in (*given, *map(_path, unset)) if path[0] == KEYS]
        gone = [*map(_path, unset), *quoted]
        wanted = _with(before, given, gone)
        _check_keys(wanted, [path for path in given if path[0] == KEYS])
        if wanted != before:
            self._write(_edited(self._text(), given, gone, wanted))
        return from_tree(wanted)

    def _text(self) -> str:
        try:
            # Read as bytes: the ends of lines stay as they are.
            return self.path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            return _HEADER
        except OSError as error:
            raise SettingsError(f"{shown(self.path)} cannot be read: {reason(error)}") from error

    def _write(self, text: str) -> None:
        from retro_timer.storage.atomic import write_atomic  # noqa: PLC0415  (most starts write nothing)

        try:
            make_private(self.path.parent)
            write_atomic(self.path, text.encode())
        except PathsError as error:
            raise SettingsError(str(error)) from error
        except OSError as error:
            raise SettingsError(f"{shown(self.path)} cannot be written: {reason(error)}") from error


def template() -> str:
    """A file in which every setting is there as a comment, with its help, what it can be, and its default."""
    lines = [_HEADER]
    for group, about in GROUPS.items():
        lines.append(f"\n[{group}]\n# {about.title}.\n")
        for setting in (setting for setting in TABLE if setting.group == group):
            lines.append(f"# {setting.help} Expected: {setting.kind.expected}.\n")
            lines.append(
                f"{_commented(setting.name)}{'' if setting.default is None else json.dumps(setting.default)}\n"
            )
    lines.append(f"\n[{KEYS}]\n# Your own keys, by the name of the action; the app lists them all.\n")
    lines.append('# session.pause = "space"\n')
    return "".join(lines)


def _commented(name: str) -> str:
    """How the line of a setting begins in the template."""
    return f"# {name} = "


def _action_id(key: str) -> str | None:
    """The id of the action whose keys a dotted key means; None for any other setting."""
    key = key.strip()
    return key.removeprefix(f"{KEYS}.").replace("-", "_") if key.startswith(f"{KEYS}.") else None


def _keys(key: str, value: object) -> str | None:
    """The keys that are wanted for an action, as they are kept; None for any other setting."""
    action_id = _action_id(key)
    if action_id is None:
        return None
    from retro_timer import keymap  # noqa: PLC0415  (only where keys are changed)

    try:
        return ",".join(keymap.read_keys(value))
    except keymap.KeymapError as error:
        raise SettingsError(f"{KEYS}.{printable(action_id)}: {error}") from error


def _known_action(action_id: str) -> None:
    from retro_timer import keymap  # noqa: PLC0415  (only where keys are changed)

    try:
        keymap.action(action_id)
    except keymap.KeymapError as error:
        raise SettingsError(f"{KEYS}: {error}") from error


def _path(key: str) -> tuple[str, ...]:
    """Where a setting is in the file."""
    action_id = _action_id(key)
    if action_id is None:
        return tuple(find(key).key.split("."))
    _known_action(action_id)
    return (KEYS, *action_id.split("."))


def _check_keys(wanted: Mapping[str, Any], changed: Sequence[tuple[str, ...]]) -> None:
    """Refuse keys that cannot be used; what was wrong in the file before is not this change's fault."""
    if not changed:
        return
    from retro_timer import keymap  # noqa: PLC0415  (only where keys are changed)

    mine = keymap.resolve(dict(key_leaves(wanted)))
    for path in changed:
        action_id = ".".join(path[1:])
        if action_id not in mine.overrides:
            why = next((problem for problem in mine.problems if action_id in problem), mine.problems[0])
            raise SettingsError(f"{KEYS}: {why}")


def _with(
    tree: Mapping[str, Any], values: Mapping[tuple[str, ...], object], gone: Sequence[tuple[str, ...]]
) -> dict[str, Any]:
    """The tree of a file with values put in and others taken out; a table left empty by that stays."""
    wanted: dict[str, Any] = _copied(tree)
    for path, value in values.items():
        table = wanted
        for name in path[:-1]:
            table = table.setdefault(name, {})
            if not isinstance(table, dict):
                raise SettingsError(f"{'.'.join(path)} cannot be set: {name} is no table in the file")
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
    """The text of a file with values put in and others taken out, comments and order kept.

    Raises:
        _UnsafeError: when that does not give the tree that is wanted, or cannot be done.
    """
    import tomlkit  # noqa: PLC0415  (25 ms, and most starts write nothing)
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415  (the same)

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
        # tomlkit gives up on some files that are valid TOML; better to leave those alone than to harm them.
        raise _UnsafeError(printable(str(error))) from error
    if not same:
        raise _UnsafeError("something else in it would change")
    return after


def _uncommented(text: str, place: tuple[str, ...], value: object) -> str:
    """The text with the template's line for a setting put to use, where the file still has it."""
    lines = text.splitlines(keepends=True)
    group, name = place[0], place[-1]
    inside = False
    for index, line in enumerate(lines):
        if line.startswith("["):
            inside = line.strip() == f"[{group}]"
        elif inside and line.startswith(f"{name} = "):
            return text
        elif inside and len(place) == 2 and line.startswith(_commented(name)):
            lines[index] = f"{name} = {json.dumps(value)}\n"
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
    """A tree as text that is the same for the same values, whatever their order; NaN equals itself here."""
    return json.dumps(tree, sort_keys=True, default=repr)
