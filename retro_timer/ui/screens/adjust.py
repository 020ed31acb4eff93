"""The Adjust panel for the remaining lengths and rounds of a session, which continues above it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from retro_timer.clock import later
from retro_timer.scheduling.adjustment import Adjustment, AdjustmentField, adjust, adjustment_values
from retro_timer.scheduling.edits import Edit
from retro_timer.scheduling.schedule import At
from retro_timer.session.states import SECOND, State
from retro_timer.text import clock_time
from retro_timer.ui.context import services_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.widgets.adjustment_form import AdjustmentForm
from retro_timer.ui.widgets.comparison import Comparison
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.stepper import FIELD_KEYS, StepInput

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.screen import Screen
    from textual.timer import Timer

    from retro_timer.clock import Clock
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.conductor import Conductor
    from retro_timer.session.events import Event

ADJUSTMENT_FIELDS = (
    AdjustmentField.THIS,
    AdjustmentField.BACKWARD,
    AdjustmentField.TURN,
    AdjustmentField.ROUNDS,
    AdjustmentField.FORWARD,
    AdjustmentField.COOL_DOWN,
)
"""The first half is in the left column."""
ARROWS: Final = (Fixed("↑ ↓", "field", "app.focus_next"), Fixed("← →", "change", "step(1)"))
"""The hints for the arrow keys in a form of steppers."""

TITLE = "ADJUST WHAT IS LEFT"
NARROW = 72
"""Minimum width in cells for text after the profiles; on a narrower screen, the end is above the fields."""


class AdjustScreen(RepaintsRegions, ModalScreen[Edit | None]):
    """Asks for lengths and rounds; dismissed with the edit that sets them, or None.

    It does not change the session itself. When the interval changes, the fields refer to the new remaining part.
    """

    CSS_PATH = "adjust.tcss"
    AUTO_FOCUS = ""  # no focus, so that keys are not text until the walker chooses a field
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (12, "-low"), (22, "-normal"), (36, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("adjust"),
        *FIELD_KEYS,
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
    ]

    def __init__(self, conductor: Conductor) -> None:
        super().__init__()
        self._conductor = conductor
        self._index = conductor.session.index
        self._outcome = Adjustment(conductor.session.schedule)
        self._timer: Timer | None = None
        self._below: Screen[object] | None = None

    def compose(self) -> ComposeResult:
        """Title, fields, profiles and keys."""
        services = services_of(self)
        with VerticalScroll(id="panel", can_focus=False) as panel:
            panel.border_title = TITLE
            yield Line(id="title")
            yield AdjustmentForm(ADJUSTMENT_FIELDS, services.config.steps)
            yield Line(id="problem")
            yield Comparison()
            yield KeysBar()

    def on_mount(self) -> None:
        """Start following the session."""
        self._conductor.add_listener(self._on_event)
        stack = self.app.screen_stack
        self._below = stack[stack.index(self) - 1]
        self._below.add_class("-beneath")
        self.follow()

    def on_unmount(self) -> None:
        """Stop following the session, and give its space back."""
        self._conductor.remove_listener(self._on_event)
        self._make_room(0)
        if self._below:
            self._below.remove_class("-beneath")

    def on_resize(self) -> None:
        """Reserve space for the session above the panel, and show the end if there is room."""
        self.call_after_refresh(self._fit)

    def on_adjustment_form_changed(self) -> None:
        """Update the preview."""
        self.follow()

    def on_input_submitted(self) -> None:
        """Apply on enter."""
        self.action_apply()

    def action_apply(self) -> None:
        """Apply all values as one edit, or focus a field with an error."""
        self.follow()
        if self.is_active and not self.query_one(AdjustmentForm).focus_problem(self._outcome.problems):
            self.dismiss(self._outcome.edit)

    def action_close(self) -> None:
        """Close without a change."""
        self.dismiss(None)

    def action_step(self, steps: int) -> None:
        """Step the focused field after a click on the hint; focus the first one if none has the focus."""
        if isinstance(self.focused, StepInput):
            self.focused.action_step(steps)
        else:
            self.focus_next(StepInput)

    def follow(self) -> None:
        """Update the values and the preview."""
        session = self._conductor.session
        if session.state.is_over:
            if self.is_active:
                self.dismiss(None)
            return
        adjustment_fields = self.query_one(AdjustmentForm)
        adjustment_fields.gather()  # so that the remaining lengths do not overwrite text that was just typed
        if session.index != self._index:
            # Discard input for an interval that is over.
            self._index = session.index
            adjustment_fields.forget(AdjustmentField.THIS)
        at = self._at()
        self._outcome = outcome = adjust(session.schedule, at, adjustment_fields.wanted)
        standing = adjustment_values(session.schedule, at)
        if AdjustmentField.THIS not in adjustment_fields.wanted:
            standing[AdjustmentField.THIS] = adjustment_values(outcome.after, at)[AdjustmentField.THIS]
        adjustment_fields.show(standing, self._notes(adjustment_fields.wanted), outcome.problems)
        self.query_one("#problem", Line).show(adjustment_fields.problem)
        ends = self._end_of(session.schedule), self._end_of(outcome.after)
        self.query_one(Comparison).show(session.schedule, outcome.after, ends, self._position())
        self.query_one("#title", Line).show(ends[1])
        self.query_one(KeysBar).show(hints_of("apply", changed=adjustment_fields.is_changed))
        self._arm()

    def _on_event(self, _event: Event) -> None:
        """Update after an event of the session."""
        if self.is_attached:
            self.call_later(self.follow)

    def _arm(self) -> None:
        """Set a timer for the next second, when the remaining time or the end time changes."""
        if self._timer:
            self._timer.stop()
        clock = services_of(self).clock
        now = clock.now()
        due = now + SECOND - self._position() % SECOND
        self._timer = self.set_timer((clock.system(due) - clock.system(now)) / 1000, self.follow)

    def _position(self) -> int:
        """The current position in milliseconds, computed without advancing the session."""
        session = self._conductor.session
        if session.state is not State.RUNNING or session.runs_from is None:
            return session.position
        passed = max(0, services_of(self).clock.now() - session.runs_from)
        return session.position + min(passed, session.interval_left)

    def _at(self) -> At:
        session = self._conductor.session
        into = self._position() - session.schedule.starts[session.index] * SECOND
        return At(session.index, -(-into // SECOND))

    def _notes(self, wanted: dict[AdjustmentField, int]) -> dict[AdjustmentField, str]:
        """The notes for the running interval and the rounds."""
        session = self._conductor.session
        running = self._outcome.after[session.index]
        end = self._outcome.after.starts[session.index + 1] * SECOND
        left = clock_time(-(-(end - self._position()) // SECOND))
        notes = {AdjustmentField.THIS: f"{left} left"}
        if wanted.get(AdjustmentField.THIS, running.duration) != running.duration:
            notes[AdjustmentField.THIS] = f"min {clock_time(running.duration)}"
        if running.place:
            notes[AdjustmentField.ROUNDS] = f"in round {running.place.round}"
        return notes

    def _end_of(self, schedule: Schedule) -> str:
        """The total length and the time of day of the end."""
        session = self._conductor.session
        ends = services_of(self).clock.now() + schedule.total * SECOND - self._position() + session.lead_in_left
        return f"{clock_time(schedule.total)}   ends {time_of_day(services_of(self).clock, ends)}"

    def _fit(self) -> None:
        self._make_room(self.query_one("#panel").outer_size.height)
        self.follow()

    def _make_room(self, rows: int) -> None:
        """Reserve rows of the session screen below its content."""
        if self._below:
            self._below.styles.padding = (0, 0, rows, 0)


def hints_of(word: str, *, changed: bool) -> tuple[Hint | Fixed, ...]:
    """The footer of a form of steppers: the arrows, the key that applies, and the key that closes or discards."""
    return (*ARROWS, Hint("adjust.apply", word), Hint("adjust.close", "discard" if changed else "close"))


def time_of_day(clock: Clock, moment: int) -> str:
    """The time of day at a moment of the clock, to the second."""
    ahead = clock.system(moment) - clock.system(clock.now())
    return later(clock.wall(), timedelta(milliseconds=ahead)).strftime("%H:%M:%S")
