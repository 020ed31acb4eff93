"""Editing the settings file by hand, while the app or a command may change it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retro_timer.config.settings import SettingsError, read_settings, tree_of
from retro_timer.config.settings_file import SettingsFile
from retro_timer.config.settings_text import UnsafeError, edited, with_changes
from retro_timer.errors import reason
from retro_timer.files.atomic import write_atomic
from retro_timer.files.backups import backup_path
from retro_timer.text import printable, printable_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def edit_settings(path: Path, open_editor: Callable[[Path], object]) -> list[str]:
    """Let the walker edit a copy of the settings file, and save it.

    Settings that were changed elsewhere meanwhile keep their new values, except those that the walker edited.

    Args:
        path: the settings file; created if it is missing.
        open_editor: opens a file in an editor, and returns when the walker has closed it.

    Returns:
        One line for each thing that the walker needs to know.

    Raises:
        SettingsError: if the file cannot be saved; says where the copy is then.
    """
    file = SettingsFile(path)
    before = _read(file.ensure())
    copy = _copy(path, before)
    try:
        open_editor(copy)
    except BaseException as error:
        if _read(copy) == before:
            copy.unlink()
        elif isinstance(error, Exception):
            raise SettingsError(f"{printable(str(error))}; what you wrote is in {printable_path(copy)}") from error
        raise
    after = _read(copy)
    if after == before:
        copy.unlink()
        return ["nothing was changed; if your editor opens its own window, make it wait (code --wait)"]
    notes: list[str] = []

    def save(now: bytes | None) -> bytes:
        joined, notes[:] = (after, []) if now is None or now == before else _joined(path, before, after, now)
        return joined

    try:
        file.rewrite(save)
    except SettingsError as error:
        raise SettingsError(f"{error}; what you wrote is in {printable_path(copy)}") from error
    copy.unlink()
    return notes


def _copy(path: Path, data: bytes) -> Path:
    """A private copy in the same directory, where an editor finds the schema that the file may name."""
    try:
        handle, name = tempfile.mkstemp(prefix=f"{path.stem}-", suffix=path.suffix, dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        raise SettingsError(f"{printable_path(path.parent)} cannot be written: {reason(error)}") from error
    return Path(name)


def _read(path: Path) -> bytes:
    data = read_settings(path)
    if data is None:
        raise SettingsError(f"{printable_path(path)} has been removed: nothing was changed")
    return data


def _joined(path: Path, before: bytes, after: bytes, now: bytes) -> tuple[bytes, list[str]]:
    """What the walker wrote, with what others changed meanwhile; and a line for each thing that the walker should know.

    If the two cannot be joined, the walker's is used, and the other is kept as a backup.
    """
    try:
        old, mine, theirs = (tree_of(data, path) for data in (before, after, now))
        return _with_theirs(after.decode("utf-8-sig"), old, mine, theirs)
    except (SettingsError, UnsafeError, RecursionError):
        backup = backup_path(path)
        write_atomic(backup, now)
        return after, [f"the file was also changed elsewhere: that version is kept as {printable_path(backup)}"]


def _with_theirs(
    text: str, old: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> tuple[bytes, list[str]]:
    """The text of the walker's version, with each value that only the other version changed; and a line for each."""
    was, own, other = (dict(_values(tree)) for tree in (old, mine, theirs))
    changed = sorted(place for place in {*was, *other} if was.get(place) != other.get(place))
    replaced = {place for place in changed if was.get(place) != own.get(place) != other.get(place)}
    notes = []
    for place in changed:
        done = f"set to {printable(str(other[place]))}" if place in other else "reset"
        kept = "your edit replaced that" if place in replaced else "that was kept"
        notes.append(f"meanwhile, {printable('.'.join(place))} was {done}; {kept}")
    given = {place: other[place] for place in changed if place in other and place not in replaced}
    gone = [place for place in changed if place not in other and place not in replaced]
    wanted = with_changes(mine, given, gone)
    return (edited(text, given, gone, wanted) if wanted != mine else text).encode(), notes


def _values(tree: Mapping[str, Any], place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """The values of a parsed file, by where they are in it."""
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _values(value, (*place, name))
        else:
            yield (*place, name), value
