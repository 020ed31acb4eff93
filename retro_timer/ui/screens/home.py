"""The Home screen: the ladder and the walker's own workouts with their profiles."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import format_notation
from retro_timer.scheduling.presets import presets
from retro_timer.ui.context import services_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import key_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.run_in_thread import run_in_thread, start_worker
from retro_timer.ui.screens.history_questions import HistoryQuestions
from retro_timer.ui.widgets.keysbar import Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.title import Title
from retro_timer.ui.widgets.today import TodayPanel
from retro_timer.ui.widgets.workout_detail import WorkoutDetail
from retro_timer.ui.widgets.workout_row import Heading, ProblemRow, WorkoutList, WorkoutRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Paste
    from textual.widgets import ListView

    from retro_timer.scheduling.model import Workout
    from retro_timer.storage.workouts import LibraryEntry
    from retro_timer.training.programme import Programme
    from retro_timer.ui.screens.own_workouts import OwnWorkouts

HINTS = (
    Hint("home.walk"),
    Hint("home.today"),
    Hint("home.answer"),
    Hint("home.adapt"),
    Hint("home.new"),
    Hint("home.progress"),
    Hint("home.settings"),
    Hint("home.edit"),
    Hint("home.duplicate"),
    Hint("home.import"),
    Hint("home.export"),
    Hint("home.rename"),
    Hint("home.delete"),
    Hint("home.plan"),
    Hint("home.test"),
    Hint("home.sensors"),
    Hint("home.sound_check"),
    Hint("home.quit"),
    Hint("app.help"),
)
"""The footer, most frequent actions first, since it shows only as many as fit."""
IMPORTED_S = 15
"""Seconds for which the result of an import is shown."""
FIRST = "first-try"
"""The initially chosen preset."""


class HomeScreen(RepaintsRegions, Screen[None]):
    """The first screen of the app."""

    CSS_PATH = "home.tcss"
    AUTO_FOCUS = "WorkoutList"
    BINDINGS: ClassVar[list[BindingType]] = bindings("home")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (170, "-huge")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-normal"), (36, "-tall"), (50, "-vast")]

    def __init__(self) -> None:
        super().__init__()
        self._last_walked: Mapping[str, date] = {}
        self._listed: object = None  # what the list was made from
        self._choose = ""  # the id of the own workout to highlight when it is listed
        self._report_problem = partial(self._say, problem=True)
        self._questions = HistoryQuestions(self, self._report_problem)

    @cached_property
    def _own(self) -> OwnWorkouts:
        """The actions on the walker's own workouts; loaded after the ladder is shown."""
        from retro_timer.ui.screens.own_workouts import OwnWorkouts

        return OwnWorkouts(
            self,
            walk=self.walk,
            reload=self.reload,
            show_message=self._say,
            imported=self._imported,
            report_problem=self._report_problem,
        )

    def compose(self) -> ComposeResult:
        """Title, today's advice, list, description and keys."""
        yield Title("RETRO TIMER")
        with Vertical(id="today"):
            yield TodayPanel()
        with Horizontal(id="choose"):
            first = next(row for row, preset in enumerate(presets()) if preset.id == FIRST)
            workouts = WorkoutList([WorkoutRow(preset) for preset in presets()], first)
            workouts.border_title = "WORKOUTS"
            yield workouts
            yield WorkoutDetail(id="detail")
        yield Line(id="about")
        yield KeysBar(self._hints())

    def on_screen_resume(self) -> None:
        """Update today's advice and the walker's own workouts, since any file may have changed."""
        self.query_one(TodayPanel).read()
        self.reload()

    def on_today_panel_facts_shown(self, event: TodayPanel.FactsShown) -> None:
        """Ask the questions that are due, and show the facts; offer the key for unanswered ones if there are any."""
        self._questions.ask(event.facts)
        self._last_walked = event.facts.last_walked
        self.query_one(WorkoutList).show_today(event.facts.today.advice.preset_id)
        self._follow(event.facts.today.programme)
        self._show_detail()
        self.query_one(KeysBar).show(self._hints())
        self.refresh_bindings()

    def _follow(self, programme: Programme) -> None:
        """List the workouts of the programme that the plan follows, if they have changed."""
        detail = self.query_one(WorkoutDetail)
        known, detail.programme = detail.programme, programme
        if _as_listed(known) != _as_listed(programme):
            self.reload()

    def on_today_panel_walk(self, event: TodayPanel.Walk) -> None:
        """Start the advised workout."""
        self.walk(event.workout, event.preset_id)

    def on_list_view_highlighted(self, event: ListView.Highlighted) -> None:
        """Show the description of the highlighted workout."""
        if isinstance(event.item, WorkoutRow):
            self._about(event.item.workout)
            self._show_detail()
        elif isinstance(event.item, ProblemRow):
            self._say(event.item.entry.problem, problem=True)

    async def on_list_view_selected(self) -> None:
        """Start the chosen workout."""
        await self.action_walk()

    def on_paste(self, event: Paste) -> None:
        """Offer to walk or save pasted notation, or a file dropped on the terminal."""
        event.stop()
        if event.text.strip():
            self._own.offer(event.text)

    async def action_walk(self) -> None:
        """Start the highlighted workout, or today's if its panel has the focus."""
        today = self.query_one(TodayPanel)
        if today.has_focus:
            today.action_walk()
        elif row := self._row():
            advised = today.today.advice.preset_id if today.today else None
            if today.today and not row.own and row.workout.id == advised:
                today.action_walk()
            elif workout := await self._current():
                self.walk(workout)

    def _show_detail(self) -> None:
        """Show the highlighted workout in full."""
        if row := self._row():
            self.query_one(WorkoutDetail).show(row.workout, self._last_walked.get(row.workout.id))

    async def action_adapt(self) -> None:
        """Start the workout with other lengths."""
        if workout := await self._current():
            from retro_timer.ui.screens.overrides import OverridesScreen

            self.app.push_screen(OverridesScreen(workout), self._walk_if)

    def action_new(self) -> None:
        """Create a workout."""
        self._own.build(None)

    async def action_edit(self) -> None:
        """Edit the highlighted workout; a preset or a workout of a programme is copied."""
        row = self._row()
        if row and (workout := await self._current()):
            self._own.build(workout, own=row.own)

    def action_duplicate(self) -> None:
        """Copy the highlighted workout."""
        if row := self._row():
            self._own.duplicate(row.workout, own=row.own)

    def action_rename(self) -> None:
        """Rename the highlighted own workout."""
        if row := self._own_row("renamed"):
            self._own.rename(row.workout)

    def action_delete(self) -> None:
        """Delete the highlighted own workout; asks first."""
        if row := self._own_row("deleted"):
            self._own.delete(row.workout)

    def action_import(self) -> None:
        """Import a workout, past sessions or a programme from a file."""
        self._own.import_file()

    async def action_export(self) -> None:
        """Export the highlighted workout to a file."""
        if workout := await self._current():
            self._own.export(workout)

    def action_today(self) -> None:
        """Start the workout advised for today."""
        self.query_one(TodayPanel).action_walk()

    def action_answer(self) -> None:
        """Answer the unanswered questions of the last session."""
        self._questions.open_unanswered()

    def action_settings(self) -> None:
        """Change the settings."""
        from retro_timer.ui.screens.settings import SettingsScreen

        self.app.push_screen(SettingsScreen(services_of(self)))

    def action_sound_check(self) -> None:
        """Open the sound check."""
        from retro_timer.ui.screens.first_start import FirstStartScreen, Page

        self.app.push_screen(FirstStartScreen(services_of(self), [Page.SOUND]))

    def action_quit(self) -> None:
        """Exit the program."""
        self.app.exit(return_code=0)

    def walk(self, workout: Workout, preset_id: str | None = None) -> None:
        """Start a session; `preset_id` is the preset that the session counts as, if the plan advised it.

        Labels that are not yet rendered are rendered first, in a thread.
        """
        if labels := services_of(self).unrendered_labels(workout):
            self.notify("Preparing the labels of this workout: it starts in a moment.")
            self.run_worker(self._walk_with(labels, workout, preset_id), exclusive=True, group="labels")
        else:
            self._start(workout, preset_id)

    async def _walk_with(self, labels: tuple[str, ...], workout: Workout, preset_id: str | None) -> None:
        await run_in_thread(self, services_of(self).render_labels, labels)
        if self.is_active:
            self._start(workout, preset_id)

    def _start(self, workout: Workout, preset_id: str | None) -> None:
        from retro_timer.ui.screens.session import SessionScreen

        self.app.push_screen(SessionScreen(workout, services_of(self), preset_id=preset_id))

    def reload(self, choose: str = "") -> None:
        """List the walker's own workouts again, if their files or those of the programme have changed.

        Args:
            choose: the id of the own workout to highlight afterwards.
        """
        self._choose = choose or self._choose
        if services_of(self).paths is not None:
            start_worker(self, self._list_own, "own workouts", exclusive=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  (Textual's)
        """Disable the key for unanswered questions while there are none."""
        return action != "answer" or self._questions.unanswered is not None

    def _hints(self) -> tuple[Hint, ...]:
        return tuple(hint for hint in HINTS if hint.id != "home.answer" or self._questions.unanswered is not None)

    async def _list_own(self) -> None:
        library, programme = self._own.library, self.query_one(WorkoutDetail).programme
        assert library is not None  # noqa: S101  (checked in reload)
        source = await run_in_thread(self, library.stamp), _as_listed(programme)
        if source == self._listed and not self._choose:
            return
        try:
            entries = await run_in_thread(self, library.list)
        except WorkoutError as error:
            self._say(str(error), problem=True)
            return
        rows = [Heading("YOUR OWN"), *(self._row_of(entry) for entry in entries)] if entries else []
        workouts = self.query_one(WorkoutList)
        if programme and programme.own:
            rows = [Heading(programme.name.upper()), *(WorkoutRow(own) for own in programme.own), *rows]
        choose, self._listed = self._choose, None  # until they are shown, since this may be cancelled
        await workouts.show_own(rows, choose)
        self._listed = source
        if self._choose == choose:
            self._choose = ""
        if programme and programme.own and (today := self.query_one(TodayPanel).today):
            workouts.show_today(today.advice.preset_id)

    def _row_of(self, entry: LibraryEntry) -> WorkoutRow | ProblemRow:
        if entry.workout is None:
            return ProblemRow(entry)
        return WorkoutRow(entry.workout, own=True)

    def _row(self) -> WorkoutRow | None:
        """The highlighted row, if it is a workout."""
        row = self.query_one(WorkoutList).highlighted_child
        return row if isinstance(row, WorkoutRow) else None

    async def _current(self) -> Workout | None:
        """The highlighted workout; one of the walker's own as its file has it now."""
        row = self._row()
        if row is None:
            return None
        workout = await self._own.current(row.workout) if row.own else row.workout
        return workout if self.is_active else None

    def _own_row(self, done: str) -> WorkoutRow | None:
        """The highlighted row, if it is an own workout; otherwise shows a message."""
        row = self._row()
        if row is not None and not row.own:
            copies = key_of(services_of(self), "home.duplicate")
            self._say(f"a preset cannot be {done}: copy it first ({copies})", problem=True)
            return None
        return row

    def _walk_if(self, workout: Workout | None) -> None:
        if workout is not None:
            self.walk(workout)

    def _imported(self, words: str) -> None:
        """Show what was imported, and load today's advice again, which may move the cursor."""
        self._say("")
        self.notify(words, title="Imported", timeout=IMPORTED_S, markup=False)
        self.query_one(TodayPanel).read()

    def _about(self, workout: Workout) -> None:
        """Describe the highlighted workout in one line, for screens without room for its details."""
        about = self.query_one("#about", Line)
        about.remove_class("-said", "-problem")
        about.show(workout.description or format_notation(workout))

    def _say(self, text: str, *, problem: bool = False) -> None:
        """Show a message until another workout is highlighted; an empty one describes the highlighted workout again."""
        if not text and (row := self._row()):
            self._about(row.workout)
            return
        about = self.query_one("#about", Line)
        about.set_class(bool(text), "-said")
        about.set_class(problem, "-problem")
        about.show(text)


def _as_listed(programme: Programme | None) -> object:
    """What the list shows of a programme; None for nothing. Equality of workouts ignores their names."""
    return (programme.name, [(own.name, own) for own in programme.own]) if programme and programme.own else None
