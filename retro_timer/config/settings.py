"""Read the settings. Each value is validated separately, so that no file can keep the program from starting."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec.structs import replace

from retro_timer.config.schema import GROUPS, NO_KEYS, SETTINGS, Setting, Settings
from retro_timer.config.setting_kinds import MAX_TEXT, KindError
from retro_timer.errors import UserError, reason
from retro_timer.files.bounded import read_regular
from retro_timer.text import printable, printable_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from retro_timer.config.setting_kinds import Value

MAX_BYTES: Final = 1_000_000
"""Size limit of the settings file in bytes."""
MAX_WARNINGS: Final = 20
KEYS: Final = "keys"
"""The table of key bindings in the file: `keys.session.pause = "space"`."""


class SettingsError(UserError, ValueError):
    """An invalid setting, or a settings file that cannot be used. The message is one line for the walker."""


class Loaded(NamedTuple):
    """The result of reading the settings.

    Attributes:
        settings: the complete settings; missing or invalid ones have their defaults.
        warnings: one line for each problem in the file.
    """

    settings: Settings
    warnings: tuple[str, ...]


def load(path: Path) -> Loaded:
    """Read the settings. Never raises, even for a missing or invalid file: see `Loaded.warnings`."""
    try:
        tree = _read_tree(path)
    except SettingsError as error:
        return Loaded(Settings(), (f"{error}; using the defaults",))
    return from_tree(tree)


def _read_tree(path: Path) -> dict[str, Any]:
    """Parse the file as TOML, without validation; empty if there is no file.

    Raises:
        SettingsError: if it cannot be read, or is not TOML.
    """
    data = read_settings(path)
    return {} if data is None else tree_of(data, path)


def read_settings(path: Path) -> bytes | None:
    """The content of a settings file; None if there is no file.

    Raises:
        SettingsError: if it cannot be read, or is too large.
    """
    try:
        data = read_regular(path, MAX_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"{printable_path(path)} cannot be read: {reason(error)}") from error
    if len(data) > MAX_BYTES:
        raise SettingsError(
            f"{printable_path(path)} is not a settings file: it has more than {MAX_BYTES // 1_000_000} MB"
        )
    return data


def tree_of(data: bytes, path: Path) -> dict[str, Any]:
    """Parse the content of the file at a path, without validation.

    Raises:
        SettingsError: if it is not TOML.
    """
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{printable_path(path)} is not UTF-8 text (byte {error.start})") from error
    except RecursionError as error:
        raise SettingsError(f"{printable_path(path)} is not valid TOML: nested too deeply") from error
    except ValueError as error:
        raise SettingsError(f"{printable_path(path)} is not valid TOML: {printable(str(error))}") from error


def from_tree(tree: Mapping[str, Any]) -> Loaded:
    """Validate a parsed file, each value separately."""
    warnings: list[str] = []
    groups: dict[str, dict[str, Value]] = {}
    for key, value in _leaves(tree):
        setting = SETTINGS.get(key)
        if setting is None:
            warnings.append(f"{_unknown(key)}; it stays in the file")
            continue
        try:
            groups.setdefault(setting.group, {})[setting.name] = setting.kind.check(value)
        except KindError as expected:
            used = f"using {show(setting.default)}" if setting.default is not None else "not used"
            warnings.append(f"{key}: expected {expected}, not {_brief(value)}; {used}")
    own_keys = _own_keys(tree, warnings)
    if len(warnings) > MAX_WARNINGS:
        warnings[MAX_WARNINGS:] = [f"and {len(warnings) - MAX_WARNINGS} more"]
    settings: dict[str, Any] = {group: GROUPS[group](**values) for group, values in groups.items()}
    return Loaded(Settings(**settings, keys=own_keys), tuple(warnings))


def find(key: str) -> Setting:
    """Find a setting by its key; dashes and underscores are equivalent.

    Raises:
        SettingsError: if there is none; names the nearest.
    """
    setting = SETTINGS.get(key.strip().replace("-", "_"))
    if setting is None:
        raise SettingsError(_unknown(key.strip()))
    return setting


def parse(key: str, text: str) -> Value:
    """Parse a typed value of a setting.

    Raises:
        SettingsError: if it is invalid; says what was expected.
    """
    setting = find(key)
    try:
        return setting.kind.parse(text)
    except KindError as expected:
        raise SettingsError(f"{setting.key}: expected {expected}, not {_brief(text)}") from expected


def check(key: str, value: object) -> Value:
    """Validate a value of a setting.

    Raises:
        SettingsError: if it is invalid; says what was expected.
    """
    setting = find(key)
    try:
        return setting.kind.check(value)
    except KindError as expected:
        raise SettingsError(f"{setting.key}: expected {expected}, not {_brief(value)}") from expected


def changed(settings: Settings, key: str, value: object | None) -> Settings:
    """The settings with one of them changed, for a preview before saving; None means the default.

    Raises:
        SettingsError: if the value is invalid; says what was expected.
    """
    setting = find(key)
    new = setting.default if value is None else check(key, value)
    group = replace(getattr(settings, setting.group), **{setting.name: new})
    return replace(settings, **{setting.group: group})


def rows(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """All settings and key bindings as (dotted key, value as text, whether it is the default) tuples."""
    from retro_timer.config import keymap

    for key, setting in SETTINGS.items():
        value = settings.value(key)
        yield key, show(value), value == setting.default
    mine = keymap.resolve(settings.keys)
    for action_id, keys in mine.keys.items():
        yield f"{KEYS}.{action_id}", ",".join(keys), action_id not in mine.overrides


def show(value: Value | None) -> str:
    """A value in full, as one line of text that can be typed back in."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        import shlex

        return printable(shlex.join(value), longest=MAX_TEXT)
    return printable(str(value), longest=MAX_TEXT)


def key_leaves(tree: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """The key bindings in a parsed file: action ids and values."""
    keys = tree.get(KEYS, {})
    if not isinstance(keys, dict):
        yield KEYS, keys
        return
    for scope, value in keys.items():
        if isinstance(value, dict):
            yield from ((f"{scope}.{name}", written) for name, written in value.items())
        else:
            yield scope, value


def _own_keys(tree: Mapping[str, Any], warnings: list[str]) -> Mapping[str, str]:
    """The valid key bindings; adds a warning for each invalid one."""
    written = dict(key_leaves(tree))
    if not written:
        return NO_KEYS
    from retro_timer.config import keymap

    mine = keymap.resolve(written)
    warnings += [f"{KEYS}: {problem}; not used" for problem in mine.problems]
    return mine.overrides


def _leaves(tree: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """All values except key bindings, by dotted key; a table within a group counts as one value."""
    for group, values in tree.items():
        if group == KEYS:
            continue
        if group in GROUPS and isinstance(values, dict):
            yield from ((f"{group}.{name}", value) for name, value in values.items())
        else:
            yield group, values


def _brief(value: object) -> str:
    """A short form of a value for messages."""
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool | float):
        return show(value)
    try:
        return printable(str(value), longest=60)
    except ValueError:  # Python does not convert integers with thousands of digits
        return "a number with thousands of digits"


def _unknown(key: str) -> str:
    if key in GROUPS:
        return f"{key} is a group: expected a table of settings such as {key}.{GROUPS[key].__struct_fields__[0]}"
    near = difflib.get_close_matches(key, (*SETTINGS, *GROUPS), n=1)
    hint = f": did you mean {near[0]}?" if near else ""
    return f"no setting is called {printable(key, longest=60)}{hint}"
