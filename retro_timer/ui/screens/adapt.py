"""Adapt: other lengths and rounds for one walk of a workout; the workout itself stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from retro_timer.scheduling.adjustment import Knob, adapt, readings
from retro_timer.scheduling.edits import At
from retro_timer.scheduling.schedule import Schedule, flatten
from retro_timer.scheduling.show import clock_time
from retro_timer.scheduling.workout import Workout
from retro_timer.session.engine import SECOND
from retro_timer.ui.keys import bindings
from retro_timer.ui.screens.adjust import NARROW, time_of_day
from retro_timer.ui.widgets.comparison import Comparison
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.knobs import Knobs
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.stepper import FIELD_KEYS, StepInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from retro_timer.scheduling.adjustment import Reading
    from retro_timer.ui.services import Services

KNOBS = (Knob.BACKWARD, Knob.ROUNDS, Knob.FORWARD, Knob.TURN, Knob.WARM_UP, Knob.COOL_DOWN)
HINTS = (
    Fixed("↑ ↓", "change", "step(1)"),
    Fixed("tab", "next field", "app.focus_next"),
    Hint("adjust.apply", "walk"),
    Hint("adjust.close"),
)


class AdaptScreen(ModalScreen[Workout | None]):
    """Asks for lengths and rounds; dismissed with the workout to walk, or None."""

    CSS_PATH = "adjust.tcss"
    AUTO_FOCUS = "StepInput"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (12, "-low"), (22, "-normal"), (36, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("adjust"), *FIELD_KEYS]

    def __init__(self, workout: Workout, services: Services) -> None:
        super().__init__()
        self._workout = workout
        self._schedule = flatten(workout)
        self._services = services
        self._adapted = workout
        self._problems: dict[Knob, str] = {}

    def compose(self) -> ComposeResult:
        """A title, the fields, the two profiles, the keys."""
        ascii_only = self._services.ascii_only
        with VerticalScroll(id="panel", can_focus=False):
            yield Line(id="title")
            yield Knobs(KNOBS, self._services.steps, ascii_only=ascii_only)
            yield Line(id="problem")
            yield Comparison(marker=False, ascii_only=ascii_only)
            yield KeysBar(HINTS)

    def on_mount(self) -> None:
        """Show the workout as it is."""
        self._show()

    def on_resize(self) -> None:
        """Say the end where there is room for it."""
        self.call_after_refresh(self._show)

    def on_knobs_changed(self) -> None:
        """Show what would come of it."""
        self._show()

    def on_input_submitted(self) -> None:
        """Enter walks."""
        self.action_apply()

    def action_apply(self) -> None:
        """Walk it so; where a field has an error, go there."""
        self.query_one(Knobs).gather()
        self._show()
        if not self.query_one(Knobs).focus_problem(self._problems):
            self.dismiss(self._adapted)

    def action_close(self) -> None:
        """Close without walking."""
        self.dismiss(None)

    def action_step(self, steps: int) -> None:
        """A click on the hint steps the field that has the focus."""
        if isinstance(self.focused, StepInput):
            self.focused.action_step(steps)

    def _show(self) -> None:
        knobs = self.query_one(Knobs)
        self._adapted, self._problems = adapt(self._workout, knobs.wanted)
        after = flatten(self._adapted)
        standing = readings(self._schedule, At(0, 0))
        knobs.show(standing, _notes(standing), self._problems)
        ends = self._end_of(self._schedule), self._end_of(after)
        self.query_one("#problem", Line).show(knobs.problem)
        self.query_one(Comparison).show(self._schedule, after, ends)
        title = ", ".join(filter(None, (self._workout.name.upper(), "FOR THIS WALK ONLY")))
        self.query_one("#title", Line).show(ends[1] if self.app.size.width < NARROW else title)

    def _end_of(self, schedule: Schedule) -> str:
        """The whole length, and the time of day at which it ends when it is begun now."""
        services = self._services
        ends = services.clock.now() + (services.rules.lead_in + schedule.total) * SECOND
        return f"{clock_time(schedule.total)}   ends {time_of_day(services.clock, ends)}"


def _notes(standing: Mapping[Knob, Reading]) -> dict[Knob, str]:
    """What is said beside the fields: how many bouts there are, and where the workout has none."""
    return {
        knob: "none" if reading.value is None else f"{reading.bouts} bouts"
        for knob, reading in standing.items()
        if reading.value is None or (reading.bouts > 1 and not reading.mixed)
    }
