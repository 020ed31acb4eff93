"""The walker's own workouts: TOML files in a directory, written by the program or by hand (`formats.workout_toml`).

A file with an error is listed with its message, and never overwritten. A deleted workout stays in the directory with
`.bak` appended to its name.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import astuple, replace

from retro_timer.config.paths import PathsError, make_private
from retro_timer.errors import reason
from retro_timer.files.atomic import create_atomic, move_to_free, write_atomic
from retro_timer.files.backups import backup_path
from retro_timer.files.changing import change_file
from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import MAX_BYTES, read_file
from retro_timer.formats.workout_toml import read_toml, update_toml, write_toml
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_NAME, Workout, check_text
from retro_timer.scheduling.presets import presets
from retro_timer.storage.workout_names import file_stem, free_name, goes_by, name_key
from retro_timer.text import file_name, printable, printable_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import TypeAlias

    Stamp: TypeAlias = tuple[tuple[str, int, int, int], ...]

SUFFIX: Final = ".toml"


class LibraryError(WorkoutError):
    """An operation on the library that failed. The message is one line for the walker."""


class ChangedWorkoutError(LibraryError):
    """The file has another workout by now: somebody edited it.

    Args:
        now: the workout that it has.
    """

    def __init__(self, now: Workout) -> None:
        super().__init__(f'the file of "{printable(now.name)}" was changed in the meantime')
        self.now = now


class LibraryEntry(Struct, frozen=True):
    """A file of the library.

    Attributes:
        id: its id on the command line: the file's name without its suffix.
        path: the file.
        name: its name; the file's name if it has no other.
        workout: the workout; None if it cannot be read.
        problem: why it cannot be read, as one line; empty if it can.
    """

    id: str
    path: Path
    name: str
    workout: Workout | None
    problem: str = ""


class WorkoutLibrary:
    """The library of the walker's own workouts. The directory is created when the first one is saved.

    Every call reads the files again, because they may be edited by hand at any time.

    Args:
        directory: the directory.
        programmes: returns the workouts of imported programmes, whose names are taken.
    """

    def __init__(self, directory: Path, programmes: Callable[[], Sequence[Workout]] = tuple) -> None:
        self._directory = directory
        self._programmes = programmes

    def list(self) -> tuple[LibraryEntry, ...]:
        """All files sorted by name, including those with errors.

        Raises:
            LibraryError: if the directory cannot be read; a missing one counts as empty.
        """
        try:
            paths = [path for path in self._directory.iterdir() if _is_workout_file(path)]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise LibraryError(f"{printable_path(self._directory)} cannot be read: {reason(error)}") from error
        return tuple(sorted((_entry(path) for path in paths), key=lambda entry: (name_key(entry.name), entry.id)))

    def stamp(self) -> Stamp:
        """What changes whenever a file is added, removed, renamed or written; cheaper than reading them all."""
        found: list[tuple[str, int, int, int]] = []
        with suppress(OSError):
            for path in filter(_is_workout_file, self._directory.iterdir()):
                with suppress(OSError):  # a link to nowhere, or just removed
                    status = path.stat()
                    found.append((path.name, status.st_ino, status.st_mtime_ns, status.st_size))
        return tuple(sorted(found))

    def get(self, name: str) -> Workout:
        """Find a workout by its id or name.

        Raises:
            LibraryError: if there is none, if several have the name, or if its file cannot be read.
        """
        entry = self._find(name)
        if entry.workout is None:
            raise LibraryError(entry.problem)
        return entry.workout

    def id_of(self, name: str) -> str:
        """The id of the workout with a name; empty if there is none.

        Raises:
            LibraryError: if several have the name, or the directory cannot be read.
        """
        taken = [entry for entry in self.list() if name_key(entry.name) == name_key(name)]
        return self._find(taken[0].id if len(taken) == 1 else name).id if taken else ""

    def save(self, workout: Workout, read: Workout | None = None, *, backup: bool = False) -> Workout:
        """Save a workout, in its own file if its id has one, otherwise in a new one. Returns it with its id.

        Comments in the file are kept.

        Args:
            workout: the workout.
            read: the workout that the file had when it was read; None if any other may be overwritten.
            backup: whether the overwritten version is kept, with `.bak` appended to the name of its file.

        Raises:
            ChangedWorkoutError: if the file has another workout than `read`.
            LibraryError: if it has no name, the name is taken, its file has an error, or it cannot be written; nothing
                was changed.
        """
        entry = next((entry for entry in self.list() if entry.id == workout.id), None)
        self.check_name(workout.name, but=entry.id if entry else "")
        if entry is None:
            return self._create(workout.name, write_toml(workout).data)
        return self._update(entry.path, workout, read, backup=backup)

    def save_together(self, workouts: Iterable[Workout]) -> tuple[Workout, ...]:
        """Save workouts like `save`, all or none. Only if the process is killed meanwhile, some may be saved.

        Raises:
            LibraryError: as for saving; names what could not be undone, if anything.
        """
        saved: list[Workout] = []
        with ExitStack() as undo:
            for workout in workouts:
                entry = next((entry for entry in self.list() if entry.id == workout.id), None)
                before = None if entry is None else read_file(entry.path)
                saved.append(self.save(workout))
                path = self._directory / f"{saved[-1].id}{SUFFIX}" if entry is None else entry.path
                undo.callback(self._put_back, path, before)
            undo.pop_all()
        return tuple(saved)

    def rename(self, name: str, new_name: str) -> Workout:
        """Rename a workout and, if possible, its file. Returns it with its new id.

        Raises:
            LibraryError: as for saving.
        """
        entry = self._find(name)
        workout = self.get(entry.id)
        self.check_name(new_name, but=entry.id)
        renamed = self._update(entry.path, replace(workout, name=new_name), workout)
        # Do not rename the target of a link.
        if file_stem(new_name) == entry.id or entry.path.is_symlink():
            return renamed
        try:
            path = self._with_free_name(file_stem(new_name), partial(move_to_free, entry.path))
        except OSError:  # the file may have any name
            return renamed
        return replace(renamed, id=path.stem)

    def duplicate(self, name: str, new_name: str = "") -> Workout:
        """Copy a workout with everything in its file; named "... copy" unless a name is given.

        Raises:
            LibraryError: as for saving.
        """
        entry = self._find(name)
        workout = self.get(entry.id)
        if new_name:
            self.check_name(new_name)
        copy = new_name or free_name(workout.name, self.taken_names(), " copy")
        return self._create(copy, _updated(entry.path, read_file(entry.path), replace(workout, name=copy)))

    def delete(self, name: str) -> Path:
        """Delete a workout; its file stays with `.bak` appended. Returns the new path.

        Raises:
            LibraryError: if there is none, or it cannot be renamed.
        """
        entry = self._find(name)
        with self._writing(entry.path):
            return entry.path.rename(backup_path(entry.path))

    def check_name(self, name: str, but: str = "") -> None:
        """Check a name for a workout.

        Args:
            name: the name.
            but: the id of the workout that may have the name already; empty for a new one.

        Raises:
            LibraryError: if it is invalid, or taken.
        """
        if not name:
            raise LibraryError("a workout needs a name to be saved")
        try:
            check_text(name, "name", MAX_NAME)
        except WorkoutError as error:
            raise LibraryError(str(error)) from error
        if goes_by(name, presets()):
            raise LibraryError(f'"{printable(name)}" is the name of a preset: choose another')
        entries = self.list()
        if any(name_key(name) == name_key(entry.name) for entry in entries if entry.id != but):
            raise LibraryError(f'there is already a workout "{printable(name)}": choose another name')
        keeps_it = any(name_key(name) == name_key(entry.name) for entry in entries if entry.id == but)
        if not keeps_it and goes_by(name, self._programmes()):
            raise LibraryError(f'"{printable(name)}" is the name of a workout of a programme: choose another')

    def taken_names(self) -> tuple[str, ...]:
        """The names that a new workout cannot have."""
        others = (*presets(), *self._programmes())
        return (*(entry.name for entry in self.list()), *(name for other in others for name in (other.id, other.name)))

    def _find(self, name: str) -> LibraryEntry:
        entries = self.list()
        by_id = [entry for entry in entries if entry.id == name]
        found = by_id or [entry for entry in entries if name_key(name) in (name_key(entry.id), name_key(entry.name))]
        if not found:
            raise LibraryError(f'you have no workout "{printable(name)}"')
        if len(found) > 1:
            files = ", ".join(printable_path(entry.path) for entry in found)
            raise LibraryError(f'"{printable(name)}" is the name of several workouts: {files}')
        return found[0]

    def _create(self, name: str, data: bytes) -> Workout:
        """Write data to a new file named after the workout."""
        try:
            make_private(self._directory)
        except PathsError as error:
            raise LibraryError(str(error)) from error
        stem = file_stem(name)
        with self._writing(self._directory / f"{stem}{SUFFIX}"):
            path = self._with_free_name(stem, partial(create_atomic, data=data))
        return replace(read_toml(data), id=path.stem)

    def _with_free_name(self, stem: str, make: Callable[[Path], None]) -> Path:
        """Make a file whose name is not taken; returns its path."""
        number, path = 1, self._directory / f"{stem}{SUFFIX}"
        while True:
            try:
                make(path)
            except FileExistsError:
                number += 1
                path = self._directory / f"{stem}-{number}{SUFFIX}"
            else:
                return path

    def _update(self, path: Path, workout: Workout, read: Workout | None = None, *, backup: bool = False) -> Workout:
        """Replace the workout in a file; see `save`."""
        written = b""

        def change(data: bytes | None) -> bytes:
            nonlocal written
            if data is None:
                written = write_toml(workout).data
                return written
            written = _updated(path, data, workout)
            now = _workout_in(path, data)
            if read is not None and astuple(now) != astuple(read):  # equality ignores names
                raise ChangedWorkoutError(now)
            if backup:
                write_atomic(backup_path(path), data)
            return written

        with self._writing(path):
            change_file(path, change, MAX_BYTES)
        return replace(read_toml(written), id=path.stem)

    def _put_back(self, path: Path, data: bytes | None) -> None:
        """Undo what was written to a file; None for one that was created."""
        try:
            path.unlink() if data is None else write_atomic(path, data)
        except OSError as error:
            why = reason(error)
            raise LibraryError(f"{printable_path(path)} was changed, and cannot be put back: {why}") from error

    @contextmanager
    def _writing(self, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise LibraryError(f"{printable_path(path)} cannot be written: {reason(error)}") from error


def _is_workout_file(path: Path) -> bool:
    return path.suffix.lower() == SUFFIX and not path.name.startswith(".")


def _updated(path: Path, data: bytes, workout: Workout) -> bytes:
    """The contents of a file with the workout replaced; refused if the file has an error."""
    try:
        return update_toml(data, workout)
    except FormatError as error:
        raise LibraryError(f"not saved, because the file has an error: {error.named(printable_path(path))}") from error


def _workout_in(path: Path, data: bytes) -> Workout:
    """The workout in the contents of a file."""
    workout = read_toml(data)
    return replace(workout, id=path.stem, name=workout.name or printable(path.stem)[:MAX_NAME])


def _entry(path: Path) -> LibraryEntry:
    name = printable(path.stem)
    if name != path.stem:
        return LibraryEntry(name, path, name, None, f"{name}{SUFFIX}: a file name has printable characters only")
    try:
        workout = _workout_in(path, read_file(path))
    except FormatError as error:
        return LibraryEntry(path.stem, path, name, None, str(error.named(file_name(path))))
    except WorkoutError as error:
        return LibraryEntry(path.stem, path, name, None, f"{file_name(path)}: {error}")
    return LibraryEntry(path.stem, path, workout.name, workout)
