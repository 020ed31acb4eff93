"""Home: the ladder and the walker's own workouts, each with its profile drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.containers import Vertical
from textual.screen import Screen

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import format_workout
from retro_timer.scheduling.presets import presets
from retro_timer.ui.beside import beside
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import key_of
from retro_timer.ui.widgets.keysbar import Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.title import Title
from retro_timer.ui.widgets.today import TodayPanel
from retro_timer.ui.widgets.workout_row import Heading, ProblemRow, WorkoutList, WorkoutRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Paste
    from textual.widgets import ListView

    from retro_timer.scheduling.workout import Workout
    from retro_timer.storage.workouts import LibraryEntry, WorkoutLibrary
    from retro_timer.ui.app import RetroTimerApp
    from retro_timer.ui.screens.builder import Built
    from retro_timer.ui.services import Services

HINTS = (
    Hint("home.walk"),
    Hint("home.today"),
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
    Hint("home.sound_check"),
    Hint("home.quit"),
    Hint("app.help"),
)
"""What is done most often first: the footer shows as many as there is room for."""
FIRST = 1
"""The row that is chosen at first: First Try."""


class HomeScreen(Screen[None]):
    """Where the app opens."""

    CSS_PATH = "home.tcss"
    AUTO_FOCUS = "WorkoutList"
    BINDINGS: ClassVar[list[BindingType]] = bindings("home")
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-normal"), (36, "-tall")]

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    def compose(self) -> ComposeResult:
        """Title, today's advice, the list, what the chosen workout is about, keys."""
        ascii_only = self._services.ascii_only
        yield Title("RETRO TIMER", ascii_only=ascii_only)
        with Vertical(id="today"):
            yield TodayPanel(self._services)
        with Vertical(id="choose"):
            yield WorkoutList([WorkoutRow(preset, ascii_only=ascii_only) for preset in presets()], FIRST)
        yield Line(id="about")
        yield KeysBar(HINTS)

    def on_mount(self) -> None:
        """List the own workouts as soon as the ladder is there."""
        self.reload()

    def on_screen_resume(self) -> None:
        """Whatever was done meanwhile, the day is looked at anew, with the settings as they are now."""
        self._services = cast("RetroTimerApp", self.app).services
        self.query_one(TodayPanel).look(self._services)

    def on_today_panel_walk(self, event: TodayPanel.Walk) -> None:
        """Walk what the plan says."""
        self.walk(event.workout, event.rung)

    def on_list_view_highlighted(self, event: ListView.Highlighted) -> None:
        """Say what the workout under the cursor is about."""
        if isinstance(event.item, WorkoutRow):
            workout = event.item.workout
            self._say(workout.description or format_workout(workout))
        elif isinstance(event.item, ProblemRow):
            self._say(event.item.entry.problem, problem=True)

    def on_list_view_selected(self) -> None:
        """Walk the chosen workout."""
        self.action_walk()

    def on_paste(self, event: Paste) -> None:
        """Notation that is pasted, or a file dropped on the terminal, can be walked or saved."""
        event.stop()
        if event.text.strip():
            self.run_worker(self._offer(event.text))

    def action_walk(self) -> None:
        """Walk the workout under the cursor, or today's where that has the focus."""
        today = self.query_one(TodayPanel)
        if today.has_focus:
            today.action_walk()
        elif row := self._row():
            self.walk(row.workout)

    def action_adapt(self) -> None:
        """Walk it once with other lengths."""
        if row := self._row():
            from retro_timer.ui.screens.adapt import AdaptScreen  # noqa: PLC0415  (Home is shown first)

            self.app.push_screen(AdaptScreen(row.workout, self._services), self._walk_if)

    def action_new(self) -> None:
        """Make a workout."""
        self._build(None)

    def action_edit(self) -> None:
        """Change the workout under the cursor; a preset is copied."""
        if row := self._row():
            self._build(row.workout)

    def action_duplicate(self) -> None:
        """Copy the workout under the cursor."""
        row, library = self._row(), self._library()
        if row is None or library is None:
            return
        if row.own:
            self._do(lambda: library.duplicate(row.workout.id))
        else:
            from retro_timer.ui.own_workouts import copy_preset  # noqa: PLC0415  (Home is shown first)

            self._do(lambda: copy_preset(row.workout, library))

    def action_rename(self) -> None:
        """Give the own workout under the cursor another name."""
        row, library = self._own_row("renamed"), self._library()
        if row is None or library is None:
            return
        from retro_timer.ui.screens.ask import Ask  # noqa: PLC0415  (Home is shown first)

        workout = row.workout
        ask = Ask("Rename it to", workout.name, lambda name: library.rename(workout.id, name), word="rename")
        self.app.push_screen(ask, self._reload_at)

    def action_delete(self) -> None:
        """Take the own workout under the cursor off the list; asks first."""
        row, library = self._own_row("deleted"), self._library()
        if row is None or library is None:
            return
        from retro_timer.ui.screens.question import Question  # noqa: PLC0415  (Home is shown first)

        workout = row.workout

        def answered(yes: bool | None) -> None:
            if yes:
                self._do(lambda: library.delete(workout.id))

        details = "Its file stays in the directory of workouts, with .bak behind its name."
        self.app.push_screen(Question(f"Delete {workout.name}?", details, yes="delete", no="keep"), answered)

    def action_import(self) -> None:
        """Read a workout from a file."""
        from retro_timer.ui.own_workouts import readable  # noqa: PLC0415  (Home is shown first)
        from retro_timer.ui.screens.ask import Ask  # noqa: PLC0415  (the same)

        details = "A file (.zwo, .json, .toml, intervals.icu text), or notation such as back 2m, fwd 1m."
        self.app.push_screen(Ask("Import a workout", "", readable, details=details, word="read"), self._imported)

    def action_export(self) -> None:
        """Write the workout under the cursor to a file."""
        row = self._row()
        if row is None:
            return
        from retro_timer.ui.own_workouts import export_to  # noqa: PLC0415  (Home is shown first)
        from retro_timer.ui.screens.ask import Ask  # noqa: PLC0415  (the same)

        workout = row.workout
        details = "The ending says the format: .zwo, .icu, .xml (QZ), .fit, .json, .toml."
        ask = Ask(f"Export {workout.name} to", "", lambda path: export_to(workout, path), details=details, word="write")
        self.app.push_screen(ask, lambda line: self._say(line or ""))

    def action_today(self) -> None:
        """Walk what the plan says for today."""
        self.query_one(TodayPanel).action_walk()

    def action_plan(self) -> None:
        """Show the plan and the rule behind today's advice."""
        from retro_timer.ui.screens.plan import PlanScreen  # noqa: PLC0415  (Home is shown first)

        self.app.push_screen(PlanScreen(self._services))

    def action_progress(self) -> None:
        """Show progress."""
        from retro_timer.ui.screens.progress import ProgressScreen  # noqa: PLC0415  (Home is shown first)

        self.app.push_screen(ProgressScreen(self._services))

    def action_settings(self) -> None:
        """Change the settings."""
        from retro_timer.ui.screens.settings import SettingsScreen  # noqa: PLC0415  (Home is shown first)

        self.app.push_screen(SettingsScreen(self._services))

    def action_sound_check(self) -> None:
        """Check that the sound is heard."""
        from retro_timer.ui.screens.first_start import FirstStartScreen, Page  # noqa: PLC0415  (Home is shown first)

        self.app.push_screen(FirstStartScreen(self._services, [Page.SOUND]))

    def action_quit(self) -> None:
        """Leave the program."""
        self.app.exit(return_code=0)

    def walk(self, workout: Workout, rung: str | None = None) -> None:
        """Begin a session, as a rung of the ladder where the plan says so."""
        from retro_timer.ui.screens.session import SessionScreen  # noqa: PLC0415  (Home is shown first)

        self.app.push_screen(SessionScreen(workout, self._services, rung=rung))

    def reload(self, choose: str = "") -> None:
        """Read the own workouts again, off the loop.

        Args:
            choose: the id of the own workout that is to be under the cursor then.
        """
        if self._services.paths is not None:
            self.run_worker(self._list_own(choose), exclusive=True, group="own workouts")

    async def _list_own(self, choose: str) -> None:
        library = self._library()
        assert library is not None  # noqa: S101  (reload has looked)
        try:
            entries = await beside(self, library.list)
        except WorkoutError as error:
            self._say(str(error), problem=True)
            return
        rows = [Heading("YOUR OWN"), *(self._row_of(entry) for entry in entries)] if entries else []
        await self.query_one(WorkoutList).show_own(rows, choose)

    def _row_of(self, entry: LibraryEntry) -> WorkoutRow | ProblemRow:
        if entry.workout is None:
            return ProblemRow(entry)
        return WorkoutRow(entry.workout, own=True, ascii_only=self._services.ascii_only)

    def _library(self) -> WorkoutLibrary | None:
        """Where own workouts are; says so when there is no such place."""
        if self._services.paths is None:
            self._say("own workouts are not kept here", problem=True)
            return None
        from retro_timer.storage.workouts import WorkoutLibrary  # noqa: PLC0415  (Home is shown first)

        return WorkoutLibrary(self._services.paths.workouts)

    def _row(self) -> WorkoutRow | None:
        """The row under the cursor, when there is a workout in it."""
        row = self.query_one(WorkoutList).highlighted_child
        return row if isinstance(row, WorkoutRow) else None

    def _own_row(self, done: str) -> WorkoutRow | None:
        """The same for own workouts; says that others stay as they are."""
        row = self._row()
        if row is not None and not row.own:
            copies = key_of(self._services, "home.duplicate")
            self._say(f"a preset cannot be {done}: copy it first ({copies})", problem=True)
            return None
        return row

    def _do(self, change: Callable[[], object]) -> None:
        """Change the library off the loop, and show what came of it."""
        self.run_worker(self._changed(change))

    async def _changed(self, change: Callable[[], object]) -> None:
        try:
            changed = await beside(self, change)
        except WorkoutError as error:
            self._say(str(error), problem=True)
        else:
            self.reload(getattr(changed, "id", ""))

    def _reload_at(self, workout: Workout | None) -> None:
        if workout is not None:
            self.reload(workout.id)

    def _walk_if(self, workout: Workout | None) -> None:
        if workout is not None:
            self.walk(workout)

    def _build(self, workout: Workout | None) -> None:
        library = self._library()
        if library is None:
            return
        from retro_timer.ui.screens.builder import BuilderScreen  # noqa: PLC0415  (Home is shown first)

        self.app.push_screen(BuilderScreen(workout, self._services, library), self._built)

    def _built(self, built: Built | None) -> None:
        if built is None:
            return
        if built.saved:
            self.reload(built.workout.id)
        if built.walk:
            self.walk(built.workout)

    def _imported(self, text: str | None) -> None:
        if text:
            self.run_worker(self._offer(text))

    async def _offer(self, text: str) -> None:
        """Offer to walk, save or edit the workout in a text."""
        from retro_timer.ui.own_workouts import receive  # noqa: PLC0415  (Home is shown first)

        try:
            received = await receive(self.app, text)
        except WorkoutError as error:
            self._say(f"not a workout: {error}", problem=True)
            return
        if received:
            self._take(*received)

    def _take(self, workout: Workout, answer: str) -> None:
        """Do with a workout from outside what was chosen."""
        library = self._library() if answer in ("save", "edit") else None
        if answer == "walk":
            self.walk(workout)
        elif answer == "edit":
            self._build(workout)
        elif library is not None:
            from retro_timer.ui.screens.ask import Ask  # noqa: PLC0415  (Home is shown first)

            ask = Ask("Save it as", workout.name, lambda name: library.save(workout.but(name=name)))
            self.app.push_screen(ask, self._reload_at)

    def _say(self, text: str, *, problem: bool = False) -> None:
        about = self.query_one("#about", Line)
        about.set_class(problem, "-problem")
        about.show(text)
