"""Write the settings file: change single values, and keep everything else as the walker wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retro_timer.config.paths import PathsError, make_private
from retro_timer.config.settings import (
    KEYS,
    MAX_BYTES,
    Loaded,
    SettingsError,
    check,
    find,
    from_tree,
    key_leaves,
    load,
    parse,
    show,
    tree_of,
)
from retro_timer.config.settings_text import HEADER, UnsafeError, edited, template, with_changes
from retro_timer.errors import reason
from retro_timer.files.changing import change_file
from retro_timer.text import printable, printable_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from retro_timer.config.schema import Settings


class SettingsFile:
    """A settings file. It is read again for every change, so that what others changed in the meantime is kept.

    Args:
        path: the file; created on the first change.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Loaded:
        """Read the settings; never raises."""
        return load(self.path)

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
            self.rewrite(lambda data: template().encode() if data is None else None)
        return self.path

    def rewrite(self, change: Callable[[bytes | None], bytes | None]) -> None:
        """Replace the content of the file by what `change` makes of it, as `files.changing` does.

        Raises:
            SettingsError: if it cannot be read or written.
        """
        try:
            make_private(self.path.parent)
            change_file(self.path, change, MAX_BYTES)
        except PathsError as error:
            raise SettingsError(str(error)) from error
        except OSError as error:
            raise SettingsError(f"{printable_path(self.path)} cannot be written: {reason(error)}") from error

    def _change(self, values: Mapping[str, object], unset: Sequence[str] = ()) -> Loaded:
        """Set and remove values; if the file cannot be changed safely, the error names it. Returns what was written."""
        written: list[Loaded] = []

        def put(data: bytes | None) -> bytes | None:
            wanted, after = self._put(data, values, unset)
            written[:] = [from_tree(wanted)]
            return after

        try:
            self.rewrite(put)
        except UnsafeError as error:
            raise SettingsError(
                f"{printable_path(self.path)} cannot be changed safely: {error}; edit it by hand"
            ) from error
        except RecursionError as error:
            raise SettingsError(f"{printable_path(self.path)} cannot be changed: nested too deeply") from error
        return written[0]

    def _put(
        self, data: bytes | None, values: Mapping[str, object], unset: Sequence[str]
    ) -> tuple[dict[str, Any], bytes | None]:
        """Set and remove values in the content of the file; returns what it then says, and it, if it has changed."""
        before = {} if data is None else tree_of(data, self.path)
        given = {_path(key): value for key, value in values.items()}
        # The file may also have an action's keys under one quoted name; remove it to avoid a duplicate.
        removed = [_path_in(before, key) for key in unset]
        quoted = [(KEYS, ".".join(path[1:])) for path in (*given, *removed) if path[0] == KEYS]
        gone = [*removed, *quoted]
        wanted = with_changes(before, given, gone)
        _check_keys(wanted, [path for path in given if path[0] == KEYS])
        if wanted == before:
            return wanted, None
        text = HEADER if data is None else data.decode("utf-8-sig")
        return wanted, edited(text, given, gone, wanted).encode()


def shown(settings: Settings, key: str) -> str:
    """A setting or the keys of an action, as text that `SettingsFile.set` accepts.

    Raises:
        SettingsError: if there is no such setting.
    """
    action_id = _action_id(key)
    if action_id is None:
        return show(settings.value(find(key).key))
    from retro_timer.config import keymap

    _known_action(action_id)
    return ",".join(keymap.resolve(settings.keys).keys[action_id])


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
