"""The Adjust panel: the lengths and rounds that are left of a session, which runs on above it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from retro_timer.scheduling.adjustment import Adjustment, Knob, adjust, readings
from retro_timer.scheduling.edits import At, Edit
from retro_timer.scheduling.show import clock_time
from retro_timer.session.engine import SECOND, State
from retro_timer.ui.keys import bindings
from retro_timer.ui.widgets.comparison import Comparison
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.knobs import Knobs
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
    from retro_timer.ui.services import Services

KNOBS = (Knob.THIS, Knob.ROUNDS, Knob.BACKWARD, Knob.FORWARD, Knob.TURN, Knob.COOL_DOWN)
HINTS = (
    Fixed("↑ ↓", "change", "step(1)"),
    Fixed("tab", "next field", "app.focus_next"),
    Hint("adjust.apply"),
    Hint("adjust.close"),
)


TITLE = "ADJUST WHAT IS LEFT"
NARROW = 72
"""Cells below which there is no room for text behind the profiles."""


class AdjustScreen(ModalScreen[Edit | None]):
    """Asks for lengths and rounds; dismissed with the one edit that gives them, or None.

    It never changes the session itself. Where the interval changes beneath, the fields refer to what is left then.
    """

    CSS_PATH = "adjust.tcss"
    AUTO_FOCUS = "StepInput"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (12, "-low"), (22, "-normal"), (36, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("adjust"), *FIELD_KEYS]

    def __init__(self, conductor: Conductor, services: Services) -> None:
        super().__init__()
        self._conductor = conductor
        self._clock = services.clock
        self._steps = services.steps
        self._ascii = services.ascii_only
        self._index = conductor.session.index
        self._outcome = Adjustment(conductor.session.schedule)
        self._timer: Timer | None = None
        self._below: Screen[object] | None = None

    def compose(self) -> ComposeResult:
        """A title, the fields, the two profiles, the keys."""
        with VerticalScroll(id="panel", can_focus=False):
            yield Line(TITLE, id="title")
            yield Knobs(KNOBS, self._steps, ascii_only=self._ascii)
            yield Line(id="problem")
            yield Comparison(ascii_only=self._ascii)
            yield KeysBar(HINTS)

    def on_mount(self) -> None:
        """Show what is left, and keep showing it."""
        self._conductor.listen(self._happened)
        stack = self.app.screen_stack
        self._below = stack[stack.index(self) - 1]
        self._below.add_class("-beneath")
        self.follow()

    def on_unmount(self) -> None:
        """Let go of the session, and give it its room back."""
        self._conductor.unlisten(self._happened)
        self._make_room(0)
        if self._below:
            self._below.remove_class("-beneath")

    def on_resize(self) -> None:
        """Leave what is above the panel to the session, and say the end where there is room for it."""
        self.call_after_refresh(self._fit)

    def on_knobs_changed(self) -> None:
        """Show what would come of it."""
        self.follow()

    def on_input_submitted(self) -> None:
        """Enter applies."""
        self.action_apply()

    def action_apply(self) -> None:
        """Apply all of it as one edit; where a field has an error, go there."""
        self.query_one(Knobs).gather()
        self.follow()
        if self.is_current and not self.query_one(Knobs).focus_problem(self._outcome.problems):
            self.dismiss(self._outcome.edit)

    def action_close(self) -> None:
        """Close without a change."""
        self.dismiss(None)

    def action_step(self, steps: int) -> None:
        """A click on the hint steps the field that has the focus."""
        if isinstance(self.focused, StepInput):
            self.focused.action_step(steps)

    def follow(self) -> None:
        """Show what is left now, and what would come of the values wanted."""
        session = self._conductor.session
        if session.state.is_over:
            if self.is_current:
                self.dismiss(None)
            return
        knobs = self.query_one(Knobs)
        if session.index != self._index:
            # What was typed for an interval that is over must not reach the next one.
            self._index = session.index
            knobs.forget(Knob.THIS)
        at = self._at()
        self._outcome = outcome = adjust(session.schedule, at, knobs.wanted)
        standing = readings(session.schedule, at)
        if Knob.THIS not in knobs.wanted:
            standing[Knob.THIS] = readings(outcome.after, at)[Knob.THIS]
        knobs.show(standing, self._notes(knobs.wanted), outcome.problems)
        self.query_one("#problem", Line).show(knobs.problem)
        ends = self._end_of(session.schedule), self._end_of(outcome.after)
        self.query_one(Comparison).show(session.schedule, outcome.after, ends, self._position())
        self.query_one("#title", Line).show(ends[1] if self.size.width < NARROW else TITLE)
        self._arm()

    def _happened(self, _event: Event) -> None:
        """Something happened in the session."""
        if self.is_attached:
            self.call_later(self.follow)

    def _arm(self) -> None:
        """Look again at the next second: what is left moves while the session runs, the end while it stands."""
        if self._timer:
            self._timer.stop()
        now = self._clock.now()
        due = now + SECOND - self._position() % SECOND
        self._timer = self.set_timer((self._clock.system(due) - self._clock.system(now)) / 1000, self.follow)

    def _position(self) -> int:
        """Milliseconds of the schedule by now; the session itself is brought there by its own screen."""
        session = self._conductor.session
        if session.state is not State.RUNNING or session.runs_from is None:
            return session.position
        passed = max(0, self._clock.now() - session.runs_from)
        return session.position + min(passed, session.interval_left)

    def _at(self) -> At:
        session = self._conductor.session
        into = self._position() - session.schedule.starts[session.index] * SECOND
        return At(session.index, -(-into // SECOND))

    def _notes(self, wanted: dict[Knob, int]) -> dict[Knob, str]:
        """What is said beside the fields of the running interval and the rounds."""
        session = self._conductor.session
        running = self._outcome.after[session.index]
        end = self._outcome.after.starts[session.index + 1] * SECOND
        left = clock_time(-(-(end - self._position()) // SECOND))
        notes = {Knob.THIS: f"{left} left"}
        if wanted.get(Knob.THIS, running.duration) != running.duration:
            notes[Knob.THIS] = f"min {clock_time(running.duration)}"
        if running.place:
            notes[Knob.ROUNDS] = f"in round {running.place.round}"
        return notes

    def _end_of(self, schedule: Schedule) -> str:
        """The whole length and the time of day at which it ends."""
        session = self._conductor.session
        ends = self._clock.now() + schedule.total * SECOND - self._position() + session.lead_in_left
        return f"{clock_time(schedule.total)}   ends {time_of_day(self._clock, ends)}"

    def _fit(self) -> None:
        self._make_room(self.query_one("#panel").outer_size.height)
        self.follow()

    def _make_room(self, rows: int) -> None:
        """Let the session be laid out in what is left of the height."""
        if self._below:
            self._below.styles.padding = (0, 0, rows, 0)


def time_of_day(clock: Clock, moment: int) -> str:
    """The time of day at which a moment of the clock comes, to the second."""
    ahead = clock.system(moment) - clock.system(clock.now())
    return (clock.wall() + timedelta(milliseconds=ahead)).strftime("%H:%M:%S")
