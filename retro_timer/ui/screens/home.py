"""Home: the ladder and the walker's own workouts, each with its profile drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import ListItem, ListView

from retro_timer.scheduling.presets import presets
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.show import clock_time
from retro_timer.ui.keys import bindings
from retro_timer.ui.widgets.keysbar import Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.profile import Profile
from retro_timer.ui.widgets.title import Title

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from retro_timer.scheduling.workout import Workout
    from retro_timer.ui.services import Services


class WorkoutRow(ListItem):
    """A workout in the list: its name and totals, and its profile."""

    def __init__(self, workout: Workout, *, ascii_only: bool) -> None:
        super().__init__()
        self.workout = workout
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        """Two lines."""
        workout = self.workout
        totals = f"{clock_time(workout.backward_seconds)} backward  {clock_time(workout.total_seconds):>7}"
        yield Line(workout.name, right=totals)
        yield Profile(flatten(workout), marker=False, ascii_only=self._ascii)


class HomeScreen(Screen[None]):
    """Where the app opens."""

    CSS_PATH = "home.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("home")
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-normal"), (36, "-tall")]

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    def compose(self) -> ComposeResult:
        """Title, the list, what the chosen workout is about, keys."""
        yield Title("RETRO TIMER", ascii_only=self._services.ascii_only)
        with Vertical(id="choose"):
            rows = [WorkoutRow(workout, ascii_only=self._services.ascii_only) for workout in presets()]
            yield ListView(*rows, initial_index=1)
        yield Line(id="about")
        yield KeysBar([Hint("enter", "walk", "walk"), Hint("q", "leave", "quit")])

    def on_list_view_highlighted(self, event: ListView.Highlighted) -> None:
        """Say what the workout under the cursor is about."""
        if isinstance(event.item, WorkoutRow):
            self.query_one("#about", Line).show(event.item.workout.description)

    def on_list_view_selected(self, event: ListView.Selected) -> None:
        """Walk the chosen workout."""
        if isinstance(event.item, WorkoutRow):
            self.walk(event.item.workout)

    def action_walk(self) -> None:
        """Walk the workout under the cursor."""
        row = self.query_one(ListView).highlighted_child
        if isinstance(row, WorkoutRow):
            self.walk(row.workout)

    def action_quit(self) -> None:
        """Leave the program."""
        self.app.exit(return_code=0)

    def walk(self, workout: Workout) -> None:
        """Begin a session."""
        from retro_timer.ui.screens.session import SessionScreen  # noqa: PLC0415  (Home is shown first)

        self.app.push_screen(SessionScreen(workout, self._services))
