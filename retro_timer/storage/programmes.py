"""Programmes: the built-in eight weeks, and imported ones, as TOML files in a directory."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from retro_timer import training
from retro_timer.config.paths import PathsError, make_private
from retro_timer.errors import reason
from retro_timer.files.atomic import write_atomic
from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import MAX_BYTES, decode, read_file
from retro_timer.formats.programme_toml import read_programme
from retro_timer.storage.errors import StorageError
from retro_timer.text import printable_path, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.config.paths import Paths
    from retro_timer.config.schema import Settings
    from retro_timer.scheduling.model import Workout
    from retro_timer.training.programme import Programme

BUILT_IN: Final = "eight-weeks"
"""The id of the built-in programme."""
SUFFIX: Final = ".toml"
_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_STARTED: Final = re.compile(r"^started = (\d{4}-\d{2}-\d{2})\r?$", re.MULTILINE | re.ASCII)
"""The line that saving adds to a programme."""


class ProgrammeError(StorageError):
    """A programme that cannot be used. The message is one clause for the walker."""


@cache
def eight_weeks() -> Programme:
    """The built-in programme."""
    return read_programme((Path(training.__file__).parent / f"{BUILT_IN}{SUFFIX}").read_bytes())


def followed_programme(settings: Settings, paths: Paths | None) -> Programme:
    """The programme that the plan follows.

    Raises:
        ProgrammeError: if it is missing or cannot be read. There is no fallback, because its limits would be lost.
    """
    wanted = settings.plan.programme
    return eight_weeks() if wanted == BUILT_IN or paths is None else ProgrammeLibrary(paths.programmes).get(wanted)


def ignored_pin(settings: Settings, paths: Paths | None) -> str:
    """Why the walker's pin has no effect in the programme that the plan follows, as one sentence; empty if it has one.

    A pin to a later step counts: it takes effect on that step.

    Raises:
        ProgrammeError: as `followed_programme`.
    """
    from retro_timer.training.plan import why_no_pin

    pinned = settings.plan.pinned
    return why_no_pin(followed_programme(settings, paths), pinned) if pinned else ""


class ProgrammeLibrary:
    """The imported programmes. The directory is created when the first one is saved."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def ids(self) -> tuple[str, ...]:
        """The ids of all programmes, the built-in one first.

        Raises:
            ProgrammeError: if the directory cannot be read.
        """
        try:
            files = sorted(path.stem for path in self._directory.iterdir() if path.suffix == SUFFIX)
        except FileNotFoundError:
            files = []
        except OSError as error:
            raise ProgrammeError(f"{printable_path(self._directory)} cannot be read: {reason(error)}") from error
        return (BUILT_IN, *(name for name in files if _ID.fullmatch(name)))

    def workouts(self) -> list[Workout]:
        """The workouts of all programmes that can be read."""
        found: list[Workout] = []
        with suppress(ProgrammeError):  # a directory that cannot be read is reported where programmes are listed
            for programme_id in self.ids():
                with suppress(ProgrammeError):
                    found += self.get(programme_id).own
        return found

    def get(self, programme_id: str) -> Programme:
        """A programme by its id.

        Raises:
            ProgrammeError: if it is missing, or cannot be read.
        """
        if programme_id == BUILT_IN:
            return eight_weeks()
        path = self._directory / f"{programme_id}{SUFFIX}"
        if not _ID.fullmatch(programme_id) or not path.is_file():
            raise ProgrammeError(f"there is no programme {quoted(programme_id)}: see retro-timer programme")
        try:
            found = read_programme(read_file(path))
        except FormatError as error:
            raise ProgrammeError(f"the programme {programme_id}: {error.named(printable_path(path))}") from error
        return replace(found, id=programme_id) if found.id != programme_id else found

    def save(self, data: bytes, today: date) -> Programme:
        """Save an imported programme, and return it.

        Replaces a programme with the same id, and keeps that one's start date unless the new file has its own. If the
        replaced file differs, because somebody edited it, for example, it stays with `.bak` appended to its name.

        Raises:
            FormatError: if it cannot be used; names the place.
            ProgrammeError: if it can never move on, its id is taken, or it cannot be written.
        """
        from retro_timer.files.backups import backup_path
        from retro_timer.files.changing import change_file
        from retro_timer.training.programme_check import why_it_stays

        programme = read_programme(data)
        if programme.id == BUILT_IN:
            raise ProgrammeError(f"id: {BUILT_IN} is the built-in programme: choose another")
        if programme.variation_is_too_long:
            place = f"step {len(programme.levels)}, variation"
            raise FormatError("it has a longer bout than limits.longest_bout", place=place)
        if why := why_it_stays(programme):
            raise ProgrammeError(f"this programme can never move on: {why}")
        text = decode(data)
        if programme.started is None:
            started = self._started(programme.id) or today
            text = f"started = {started.isoformat()}\n{text}"
            programme = replace(programme, started=started)
        path, new = self._directory / f"{programme.id}{SUFFIX}", text.encode()

        def change(old: bytes | None) -> bytes | None:
            if old == new:
                return None
            if old is not None:
                write_atomic(backup_path(path), old)
            return new

        try:
            make_private(self._directory)
            change_file(path, change, MAX_BYTES)
        except PathsError as error:
            raise ProgrammeError(str(error)) from error
        except OSError as error:
            raise ProgrammeError(f"{printable_path(path)} cannot be written: {reason(error)}") from error
        return programme

    @contextmanager
    def undone_on_error(self, programme_id: str) -> Iterator[None]:
        """Put the file of a programme back as it was if saving it, or following it, fails.

        If that is only cancelled, the file stays: the settings may be written nevertheless, and must not name a
        programme that is missing.

        Raises:
            ProgrammeError: if there is a file that cannot be read.
        """
        path = self._directory / f"{programme_id}{SUFFIX}"
        try:
            before = read_file(path) if path.exists() else None
        except FormatError as error:
            raise ProgrammeError(str(error.named(printable_path(path)))) from error
        try:
            yield
        except Exception:
            with suppress(OSError):
                path.unlink(missing_ok=True) if before is None else write_atomic(path, before)
            raise

    def _started(self, programme_id: str) -> date | None:
        """The start date of the programme with this id, even if its file has an error; None if it is not known."""
        try:
            return self.get(programme_id).started
        except ProgrammeError:
            pass
        with suppress(FormatError, ValueError):
            found = _STARTED.search(decode(read_file(self._directory / f"{programme_id}{SUFFIX}")))
            return date.fromisoformat(found[1]) if found else None
        return None
