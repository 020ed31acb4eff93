"""The Adapt screen: lengths and rounds for one session; the workout itself is not changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from retro_timer.scheduling.adjustment import AdjustmentField, adjustment_values, override_before_start
from retro_timer.scheduling.model import Workout
from retro_timer.scheduling.schedule import At, Schedule, flatten
from retro_timer.session.states import SECOND
from retro_timer.text import clock_time
from retro_timer.ui.context import services_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.screens.adjust import NARROW, hints_of, time_of_day
from retro_timer.ui.widgets.adjustment_form import AdjustmentForm
from retro_timer.ui.widgets.comparison import Comparison
from retro_timer.ui.widgets.keysbar import KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.stepper import FIELD_KEYS, StepInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from retro_timer.scheduling.adjustment import AdjustmentValues

ADJUSTMENT_FIELDS = (
    AdjustmentField.BACKWARD,
    AdjustmentField.FORWARD,
    AdjustmentField.TURN,
    AdjustmentField.ROUNDS,
    AdjustmentField.WARM_UP,
    AdjustmentField.COOL_DOWN,
)


class OverridesScreen(RepaintsRegions, ModalScreen[Workout | None]):
    """Asks for lengths and rounds; dismissed with the workout to start, or None."""

    CSS_PATH = "adjust.tcss"
    AUTO_FOCUS = "StepInput"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (12, "-low"), (22, "-normal"), (36, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("adjust"), *FIELD_KEYS]

    def __init__(self, workout: Workout) -> None:
        super().__init__()
        self._workout = workout
        self._schedule = flatten(workout)
        self._adapted = workout
        self._problems: dict[AdjustmentField, str] = {}

    def compose(self) -> ComposeResult:
        """Title, fields, profiles and keys."""
        with VerticalScroll(id="panel", can_focus=False) as panel:
            title = (self._workout.name.upper(), "FOR THIS WALK ONLY")
            panel.border_title = Content(", ".join(filter(None, title)))
            yield Line(id="title")
            yield AdjustmentForm(ADJUSTMENT_FIELDS, services_of(self).config.steps)
            yield Line(id="problem")
            yield Comparison(marker=False)
            yield KeysBar()

    def on_mount(self) -> None:
        """Show the unchanged workout."""
        self._show()

    def on_resize(self) -> None:
        """Show the end if there is room."""
        self.call_after_refresh(self._show)

    def on_adjustment_form_changed(self) -> None:
        """Update the preview."""
        self._show()

    def on_input_submitted(self) -> None:
        """Start on enter."""
        self.action_apply()

    def action_apply(self) -> None:
        """Start the changed workout, or focus a field with an error."""
        self.query_one(AdjustmentForm).gather()
        self._show()
        if not self.query_one(AdjustmentForm).focus_problem(self._problems):
            self.dismiss(self._adapted)

    def action_close(self) -> None:
        """Close without starting."""
        self.dismiss(None)

    def action_step(self, steps: int) -> None:
        """Step the focused field after a click on the hint."""
        if isinstance(self.focused, StepInput):
            self.focused.action_step(steps)

    def _show(self) -> None:
        adjustment_fields = self.query_one(AdjustmentForm)
        self._adapted, self._problems = override_before_start(self._workout, adjustment_fields.wanted)
        after = flatten(self._adapted)
        standing = adjustment_values(self._schedule, At(0, 0))
        adjustment_fields.show(standing, _notes(standing), self._problems)
        ends = self._end_of(self._schedule), self._end_of(after)
        self.query_one("#problem", Line).show(adjustment_fields.problem)
        self.query_one(Comparison).show(self._schedule, after, ends)
        self.query_one("#title", Line).show(ends[1])
        self.query_one(KeysBar).show(hints_of("walk", changed=adjustment_fields.is_changed))

    def _end_of(self, schedule: Schedule) -> str:
        """The total length, and the time of day of the end if started now."""
        services = services_of(self)
        ends = services.clock.now() + (services.config.rules.lead_in + schedule.total) * SECOND
        return f"{clock_time(schedule.total)}   ends {time_of_day(services.clock, ends)}"


def _notes(standing: Mapping[AdjustmentField, AdjustmentValues]) -> dict[AdjustmentField, str]:
    """The notes next to the fields: the number of bouts, if any."""
    return {
        adjustment_field: "none" if reading.value is None else f"{reading.bouts} bouts"
        for adjustment_field, reading in standing.items()
        if reading.value is None or (reading.bouts > 1 and not reading.mixed)
    }
