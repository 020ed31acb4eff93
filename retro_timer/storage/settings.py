"""Settings as they are read: from TOML, checked one by one, so that nothing in the file can stop the start."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from retro_timer.storage.paths import reason, shown
from retro_timer.storage.settings_kinds import KindError
from retro_timer.storage.settings_schema import NO_KEYS, Settings
from retro_timer.storage.settings_table import GROUPS, TABLE, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from retro_timer.storage.settings_kinds import Value

MAX_BYTES: Final = 1_000_000
"""A file larger than this holds no settings."""
MAX_WARNINGS: Final = 20
KEYS: Final = "keys"
"""The table of the walker's own keys: `keys.session.pause = "space"`."""

_SETTINGS: Final = {setting.key: setting for setting in TABLE}


class SettingsError(ValueError):
    """Something about the settings that cannot be done. The message is one line for the walker."""


class Loaded(NamedTuple):
    """What was read.

    Attributes:
        settings: complete; what the file does not say, or says wrongly, has its default.
        warnings: one line for each thing that was not taken as it is written.
    """

    settings: Settings
    warnings: tuple[str, ...]


def defaults() -> Settings:
    """The settings where nothing is set."""
    return _build({})


def load(path: Path) -> Loaded:
    """Read the settings. A file that is missing, damaged or wrong in parts never raises: see `Loaded.warnings`."""
    try:
        tree = read_tree(path)
    except SettingsError as error:
        return Loaded(defaults(), (f"{error}; using the defaults",))
    return from_tree(tree)


def read_tree(path: Path) -> dict[str, Any]:
    """The file as TOML, nothing checked; empty where there is none.

    Raises:
        SettingsError: when it cannot be read, or is no TOML.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{shown(path)} cannot be read: {reason(error)}") from error
    import tomllib  # noqa: PLC0415  (there may be no file)

    if len(data) > MAX_BYTES:
        raise SettingsError(f"{shown(path)} is no file of settings: it has more than {MAX_BYTES // 1_000_000} MB")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{shown(path)} is not UTF-8 text (byte {error.start})") from error
    except RecursionError as error:
        raise SettingsError(f"{shown(path)} is not TOML: nested too deep") from error
    except ValueError as error:
        raise SettingsError(f"{shown(path)} is not TOML: {printable(str(error))}") from error


def from_tree(tree: Mapping[str, Any]) -> Loaded:
    """Check a file that was read: every value by itself."""
    warnings: list[str] = []
    values: dict[str, Value] = {}
    for key, value in _leaves(tree):
        setting = _SETTINGS.get(key)
        if setting is None:
            warnings.append(f"{_unknown(key)}; it is kept as it is")
            continue
        try:
            values[key] = setting.kind.check(value)
        except KindError as expected:
            used = f"using {show(setting.default)}" if setting.default is not None else "not used"
            warnings.append(f"{key}: expected {expected}, not {show(value)}; {used}")
    own_keys = _own_keys(tree, warnings)
    if len(warnings) > MAX_WARNINGS:
        warnings[MAX_WARNINGS:] = [f"and {len(warnings) - MAX_WARNINGS} more"]
    return Loaded(_build(values)._replace(keys=own_keys), tuple(warnings))


def find(key: str) -> Setting:
    """The setting with a key, dashes and underscores alike.

    Raises:
        SettingsError: names the nearest.
    """
    setting = _SETTINGS.get(key.strip().replace("-", "_"))
    if setting is None:
        raise SettingsError(_unknown(key.strip()))
    return setting


def parse(key: str, text: str) -> Value:
    """A value as it was typed for a setting.

    Raises:
        SettingsError: says what was expected.
    """
    setting = find(key)
    try:
        return setting.kind.parse(text)
    except KindError as expected:
        raise SettingsError(f"{setting.key}: expected {expected}, not {show(text)}") from expected


def check(key: str, value: object) -> Value:
    """A value that a screen wants to give to a setting.

    Raises:
        SettingsError: says what was expected.
    """
    setting = find(key)
    try:
        return setting.kind.check(value)
    except KindError as expected:
        raise SettingsError(f"{setting.key}: expected {expected}, not {show(value)}") from expected


def changed(settings: Settings, key: str, value: object | None) -> Settings:
    """The settings with one of them changed, to look at or listen to before it is saved; None gives the default.

    Raises:
        SettingsError: says what was expected.
    """
    setting = find(key)
    new = setting.default if value is None else check(key, value)
    group = getattr(settings, setting.group).having(**{setting.name: new})
    return settings._replace(**{setting.group: group})


def rows(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """Every setting and every key: its dotted name, its value as text, and whether it is the default."""
    from retro_timer import keymap  # noqa: PLC0415  (the start does not need the keys)

    for setting in TABLE:
        value = settings.value(setting.key)
        yield setting.key, show(value), value == setting.default
    mine = keymap.resolve(settings.keys)
    for action_id, keys in mine.keys.items():
        yield f"{KEYS}.{action_id}", ",".join(keys), action_id not in mine.overrides


def show(value: object) -> str:
    """A value as it is printed and can be typed again, on one line."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    try:
        return printable(str(value), longest=60)
    except ValueError:  # Python refuses to print an integer of thousands of digits
        return "a number of thousands of digits"


def printable(text: str, longest: int = 160) -> str:
    """A piece of text from outside on one line, without anything a terminal would obey."""
    safe = "".join(character if character.isprintable() else "?" for character in text[: longest + 1])
    return safe if len(safe) <= longest else f"{safe[:longest]}…"


def key_leaves(tree: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """The walker's own keys: the id of the action and what is written for it."""
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
    """The walker's own keys, as far as they can be used; adds a warning for each that cannot."""
    written = dict(key_leaves(tree))
    if not written:
        return NO_KEYS
    from retro_timer import keymap  # noqa: PLC0415  (most walkers have none)

    mine = keymap.resolve(written)
    warnings += [f"{KEYS}: {problem}; not used" for problem in mine.problems]
    return mine.overrides


def _leaves(tree: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Every value but the keys, by its dotted key; a table within a group counts as one value."""
    for group, values in tree.items():
        if group == KEYS:
            continue
        if group in GROUPS and isinstance(values, dict):
            yield from ((f"{group}.{name}", value) for name, value in values.items())
        else:
            yield group, values


def _build(values: Mapping[str, Value]) -> Settings:
    """Settings from values by dotted key, the default for each that is missing."""
    names: dict[str, dict[str, Value | None]] = {group: {} for group in GROUPS}
    for setting in TABLE:
        names[setting.group][setting.name] = values.get(setting.key, setting.default)
    groups: dict[str, Any] = {group: GROUPS[group].type(**fields) for group, fields in names.items()}
    return Settings(**groups)


def _unknown(key: str) -> str:
    if key in GROUPS:
        return f"{key} is a group: expected a table of settings such as {next(s.key for s in TABLE if s.group == key)}"
    near = difflib.get_close_matches(key, (*_SETTINGS, *GROUPS), n=1)
    hint = f": did you mean {near[0]}?" if near else ""
    return f"no setting is called {printable(key, longest=60)}{hint}"
