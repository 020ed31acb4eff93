"""The actions of screens on the walker's own workouts: create, copy, rename, delete, import, export, save."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import astuple, replace

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.folding import fold
from retro_timer.scheduling.model import Workout
from retro_timer.storage.workout_names import free_name
from retro_timer.ui.context import services_of
from retro_timer.ui.facts import speed_warning_from
from retro_timer.ui.run_in_thread import in_thread, run_in_thread
from retro_timer.ui.screens.ask import Ask
from retro_timer.ui.screens.import_file import PAST_FILES, FileImport, importable, recognized
from retro_timer.ui.screens.incoming import receive
from retro_timer.ui.screens.question import Question
from retro_timer.ui.workout_files import copy_preset

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.screen import Screen

    from retro_timer.runtime.services import Services
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.storage.workouts import WorkoutLibrary
    from retro_timer.ui.screens.builder import Built


class OwnWorkouts:
    """Creates and changes the walker's own workouts, for the screen that lists them.

    Args:
        home: the screen.
        walk: starts a session of a workout.
        reload: lists the workouts again, and highlights the one with this id; empty for none.
        show_message: shows what was done.
        imported: called with what was imported into the history or for the plan, in words.
        report_problem: shows why something cannot be done.
    """

    def __init__(  # noqa: PLR0913  (one function for each effect)
        self,
        home: Screen[Any],
        *,
        walk: Callable[[Workout], object],
        reload: Callable[[str], object],
        show_message: Callable[[str], object],
        imported: Callable[[str], object],
        report_problem: Callable[[str], object],
    ) -> None:
        self._home = home
        self._walk = walk
        self._reload = reload
        self._show_message = show_message
        self._report_problem = report_problem
        self._files = FileImport(home, show_progress=show_message, done=imported, report_problem=report_problem)

    @property
    def library(self) -> WorkoutLibrary | None:
        """The library; shows a message if there is none."""
        paths = services_of(self._home).paths
        if paths is None:
            self._report_problem("your own workouts cannot be saved here")
            return None
        from retro_timer.storage.own_workouts import workout_library

        return workout_library(paths)

    async def current(self, workout: Workout) -> Workout | None:
        """An own workout as its file has it now; shows a message if it is gone or has an error.

        If the file has been changed, the workouts are listed again.
        """
        library = self.library
        assert library is not None  # noqa: S101  (an own workout has been listed)
        try:
            now = await in_thread(library.get, workout.id)
        except WorkoutError as error:
            self._home.notify(str(error), severity="warning", markup=False)  # listing them replaces what Home says
            self._reload("")
            return None
        if astuple(now) != astuple(workout):  # equality ignores names
            self._reload(now.id)
        return now

    def build(self, workout: Workout | None, *, own: bool = True) -> None:
        """Edit a workout in the builder; one that is not the walker's own is copied, None starts a new one."""
        if library := self.library:
            from retro_timer.scheduling.builder_document import copy_of
            from retro_timer.ui.screens.builder import BuilderScreen

            edited = workout if workout is None or own else copy_of(workout)
            self._home.app.push_screen(BuilderScreen(edited, library), self._built)

    def duplicate(self, workout: Workout, *, own: bool) -> None:
        """Copy a preset or one of the walker's own workouts."""
        if library := self.library:
            self._do(lambda: library.duplicate(workout.id) if own else copy_preset(workout, library))

    def rename(self, workout: Workout) -> None:
        """Ask for a new name for an own workout."""
        if library := self.library:
            ask = Ask("Rename it to", workout.name, lambda name: library.rename(workout.id, name), word="rename")
            self._home.app.push_screen(ask, self._reload_at)

    def delete(self, workout: Workout) -> None:
        """Delete an own workout; asks first."""
        library = self.library
        if library is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._do(lambda: library.delete(workout.id))

        details = "Its file stays in the workouts directory as a .bak file."
        question = Question(f"Delete {workout.name}?", details, yes="delete", no="keep")
        self._home.app.push_screen(question, answered)

    def import_file(self) -> None:
        """Ask for a file or notation, and what to do with its content."""
        from retro_timer.formats.registry import WORKOUT_FORMATS, endings

        def read(text: str | None) -> None:
            if text:
                self.offer(text)

        known = endings([each for each in WORKOUT_FORMATS if each.read])
        details = (
            f"A workout: a file ({known}), or notation such as back 2m, fwd 1m.\n"
            f"Past sessions: {PAST_FILES}.\nA programme: a file (.toml)."
        )
        self._home.app.push_screen(Ask("Import", "", importable, details=details, word="read"), read)

    def export(self, workout: Workout) -> None:
        """Ask for a file, and export a workout to it."""
        from retro_timer.formats.registry import WRITTEN_FORMATS, endings
        from retro_timer.ui.exports import export_workout

        details = f"The suffix sets the format: {endings(WRITTEN_FORMATS)}."
        write = partial(export_workout, workout)
        ask = Ask(f"Export {workout.name} to", "", write, details=details, word="write")
        self._home.app.push_screen(ask, self._exported)

    def _exported(self, line: str | None) -> None:
        self._show_message(line or "")

    def offer(self, text: str) -> None:
        """Offer to walk, save or edit the workout in a text; if it names past sessions or a programme, import them."""
        self._home.run_worker(self._offer(text))

    async def _offer(self, text: str) -> None:
        found = await in_thread(recognized, text)
        if not self._home.is_active:
            return  # the walker has gone on, perhaps to a session: do not cover it with questions
        if found:
            await self._files.take(*found)
            return
        try:
            received = await receive(self._home.app, text, partial(_speed_warning, services_of(self._home)))
        except WorkoutError as error:
            self._report_problem(f"not a workout: {error}")
            return
        if received:
            self._take(*received)

    def _take(self, workout: Workout, answer: str) -> None:
        """Perform the chosen action with an incoming workout."""
        if answer == "walk":
            self._walk(workout)
        elif answer == "edit":
            self.build(workout)
        elif library := self.library:
            ask = Ask("Save it as", workout.name, lambda name: library.save(replace(workout, name=name)))
            self._home.app.push_screen(ask, self._reload_at)

    def _built(self, built: Built | None) -> None:
        if built is None:
            return
        if built.saved:
            self._reload(built.workout.id)
        if built.walk:
            self._walk(built.workout)

    def _do(self, change: Callable[[], object]) -> None:
        """Change the library in a thread and show the result."""
        self._home.run_worker(self._changed(change))

    async def _changed(self, change: Callable[[], object]) -> None:
        try:
            changed = await run_in_thread(self._home, change)
        except WorkoutError as error:
            self._report_problem(str(error))
        else:
            self._reload(changed.id if isinstance(changed, Workout) else "")

    def _reload_at(self, workout: Workout | None) -> None:
        if workout is not None:
            self._reload(workout.id)


def offer_save(
    app: App[Any],
    schedule: Schedule,
    name: str,
    library: WorkoutLibrary,
    done: Callable[[Workout | None], None] | None = None,
) -> None:
    """Offer to save an edited schedule as a workout, with a suggested name.

    Args:
        app: the app.
        schedule: the schedule with all edits.
        name: the name of the original workout.
        library: the library to save to.
        done: called with the saved workout, or None.
    """
    asking = app.screen

    async def ask() -> None:
        taken = await in_thread(library.taken_names)
        if app.screen is not asking:
            return  # the key was pressed twice
        workout = fold(schedule)
        suggestion = free_name(f"{name} adapted" if name else "adapted", taken)
        app.push_screen(
            Ask(
                "You changed this workout. Save it as",
                suggestion,
                lambda chosen: library.save(replace(workout, id="", name=chosen)),
            ),
            done,
        )

    app.run_worker(ask())


def _speed_warning(services: Services, workout: Workout) -> str:
    """The warning about a workout's speeds. Reads the history, so not for the event loop."""
    return speed_warning_from(services, workout.blocks)
