"""Import a file from a screen: past activities and histories into the history, a programme for the plan."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from retro_timer.errors import UserError
from retro_timer.formats.files import read_file
from retro_timer.formats.programme_toml import read_programme
from retro_timer.runtime.import_activities import (
    activity_lines,
    add_activities,
    add_listed,
    import_words,
    known_as,
    listed_words,
    past_in,
    read_activities,
    read_listed,
    with_phases,
)
from retro_timer.runtime.import_files import FileKind, describe, import_history, kind_of
from retro_timer.runtime.resolve import resolve
from retro_timer.scheduling.phases import Phase
from retro_timer.storage.own_workouts import namesakes, own_workouts
from retro_timer.storage.programmes import ProgrammeLibrary, ignored_pin
from retro_timer.text import counted, file_name, quoted
from retro_timer.ui.context import app_of, services_of
from retro_timer.ui.preferences import settings_of
from retro_timer.ui.run_in_thread import in_thread, run_in_thread
from retro_timer.ui.screens.ask import Ask
from retro_timer.ui.screens.question import Question
from retro_timer.ui.workout_files import dropped_path, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from textual.screen import Screen

    from retro_timer.formats.past_activity import PastActivity

SHOWN_LAPS: Final = 8
"""The number of laps that the question about phases lists."""
PAST_FILES: Final = "FIT and TCX activities, lists of activities as CSV, and exported histories (JSON)"


def recognized(text: str) -> tuple[Path, FileKind] | None:
    """The file that typed, pasted or dropped text names, if it is for the history or the plan. Reads the file."""
    path = dropped_path(text)
    kind = None if path is None else kind_of(path)
    return None if path is None or kind is None else (path, kind)


def importable(text: str) -> str:
    """Validate that a text names a file that can be imported, or contains a workout, and return the text.

    Raises:
        WorkoutError: if it is neither.
    """
    return text if recognized(text) else readable(text)


def past_file(text: str) -> tuple[Path, FileKind]:
    """The file of past sessions that a text names.

    Raises:
        UserError: if it names none; the message is one line that says what to do.
    """
    if not text:
        raise UserError("expected the path of a file")
    path, found = dropped_path(text), recognized(text)
    if path is None:
        raise UserError(f"there is no file {quoted(text, 60)}")
    if found is None or found[1] is FileKind.PROGRAMME:
        raise UserError(f"{file_name(path)} has no past sessions; workouts and programmes are imported on Home")
    return found


class FileImport:
    """Imports files for a screen.

    Args:
        screen: the screen on which to ask for what a file does not say.
        show_progress: shows the progress, in words.
        done: called with what was imported and what was skipped, in words.
        report_problem: shows why a file cannot be imported.
    """

    def __init__(
        self,
        screen: Screen[Any],
        *,
        show_progress: Callable[[str], object],
        done: Callable[[str], object],
        report_problem: Callable[[str], object],
    ) -> None:
        self._screen = screen
        self._show_progress = show_progress
        self._done = done
        self._report_problem = report_problem

    def ask(self) -> None:
        """Ask for a file of past sessions, and import it."""

        def chosen(found: tuple[Path, FileKind] | None) -> None:
            if found is not None:
                self._screen.run_worker(self.take(*found), group="import")

        details = f"The path of a file: {PAST_FILES}."
        self._screen.app.push_screen(Ask("Import past sessions", "", past_file, details=details, word="import"), chosen)

    async def take(self, file: Path, kind: FileKind) -> None:
        """Import a file; call it in a worker."""
        self._show_progress(f"Reading {file_name(file)}…")
        try:
            words = await (self._follow(file) if kind is FileKind.PROGRAMME else self._remember(file, kind))
        except UserError as error:
            self._report_problem(f"Not imported: {error}.")
        else:
            self._done(words) if words else self._show_progress("")

    async def _follow(self, file: Path) -> str:
        """Let the plan follow a programme, if the walker agrees. Returns a sentence that says so; empty if not."""
        services = services_of(self._screen)
        if services.paths is None:
            raise UserError("programmes cannot be saved here")
        data = await in_thread(read_file, file)
        found = await in_thread(read_programme, data)
        question = Question(f"Let the plan follow {found.name}?", describe(found), yes="follow it", no="no")
        if not await self._screen.app.push_screen_wait(question):
            return ""
        library = ProgrammeLibrary(services.paths.programmes)
        today = settings_of(services).plan.day_of(services.clock.wall())
        with library.undone_on_error(found.id):
            saved = await in_thread(library.save, data, today)
            await app_of(self._screen).change_settings({"plan.programme": saved.id})
        ignored = await in_thread(ignored_pin, settings_of(services_of(self._screen)), services.paths)
        hidden = await in_thread(namesakes, saved, services.paths)
        return " ".join(filter(None, (f"The plan follows {describe(saved)}.", ignored, hidden)))

    async def _remember(self, file: Path, kind: FileKind) -> str:
        """Add the sessions of a file to the history. Returns what was added and skipped; empty if cancelled."""
        store, now = services_of(self._screen).store, services_of(self._screen).clock.wall()
        if store is None:
            raise UserError("no history is kept here")
        history = (await in_thread(store.writable_history)).history
        if kind is FileKind.HISTORY:
            words = await in_thread(import_history, history, file, now)
            return f"{words[:1].upper()}{words[1:]}."
        past = await in_thread(past_in, file)
        if past is None:
            raise UserError(f"{file_name(file)} cannot be read any more")
        if past.is_ours:
            return listed_words(await in_thread(lambda: add_listed(history, read_listed(file, past, now))))
        activities, problems = await in_thread(read_activities, file, past, now)
        known = await in_thread(lambda: [known_as(history, activity) for activity in activities])
        fresh = [each for each, session in zip(activities, known, strict=True) if session is None]
        answered = await self._with_phases(fresh)
        if answered is None:
            return ""
        self._show_progress(f"Importing {counted(len(answered), 'session')}…")
        added, twice = await run_in_thread(self._screen, add_activities, history, answered)
        return import_words(added, [*filter(None, known), *twice], problems)

    async def _with_phases(self, activities: Sequence[PastActivity]) -> list[PastActivity] | None:
        """The activities with the phases of their laps, asking for missing ones; None if the walker cancelled."""
        unclear = [each for each in activities if not each.has_phases]
        if not unclear:
            return list(activities)
        paths = services_of(self._screen).paths
        own = await in_thread(own_workouts, paths) if paths else []

        def walked(text: str) -> list[PastActivity]:
            answer, find = text or Phase.FORWARD.value, partial(resolve, own=own)
            return [each if each.has_phases else with_phases(each, answer, find) for each in activities]

        details = "\n".join(_outline(unclear))
        ask = Ask("What was walked?", Phase.FORWARD.value, walked, details=details, word="import")
        return await self._screen.app.push_screen_wait(ask)


def _outline(activities: Sequence[PastActivity]) -> Iterator[str]:
    """The lines of the question about phases: what is known about the activities, and how to answer."""
    first = activities[0]
    if len(activities) > 1:
        yield f"{len(activities)} activities do not say which way you walked."
        yield "Enter forward, or the workout you walked: a preset, a workout of yours, or notation."
        return
    yield from activity_lines(first, SHOWN_LAPS)
    yield "Enter forward, a phase for each lap (warm, back, fwd …), or the workout you walked."
