"""A session in another process, as far as it is known here; its time advances by itself between two messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.remote.messages import SensorsMeasured, SharedSchedule, SharedState, Welcome
from retro_timer.remote.protocol import ProtocolError
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import Interval
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import Entry, Place, Schedule
from retro_timer.session.events import PauseReason
from retro_timer.session.sensing import Measurements, PresentValue, SensorKind, SensorLink
from retro_timer.session.states import SECOND, State
from retro_timer.text import one_line

if TYPE_CHECKING:
    from retro_timer.remote.messages import SharedInterval, SharedValue, Update

_MOST_ROUNDS: Final = 10_000


class RemoteSession:
    """A session in another process as of a moment, with the properties that the view model reads.

    Args:
        welcome: its greeting, which has everything that does not change.
        schedule: its schedule.
        state: its state.
        measured: the sensors' measurements; None if none were reported.

    Attributes:
        welcome: its greeting, which has everything that does not change.
        schedule: its schedule.
        shared: the last reported state.
        measured: the last reported measurements.

    Raises:
        ProtocolError: if the messages contradict each other.
    """

    def __init__(
        self, welcome: Welcome, schedule: SharedSchedule, state: SharedState, measured: SensorsMeasured | None = None
    ) -> None:
        self.welcome = welcome
        self.measured = measured
        self.schedule = _schedule(schedule)
        self.shared = _checked(state, self.schedule)
        self._now = state.at
        self._stops_at = self._next_stop()

    def take(self, update: Update) -> bool:
        """Take a message; returns whether it changes anything here.

        Raises:
            ProtocolError: if it contradicts what is known.
        """
        if isinstance(update, SharedSchedule):
            schedule = _schedule(update)
            _checked(self.shared, schedule)
            self.schedule = schedule
        elif isinstance(update, SharedState):
            self.shared = _checked(update, self.schedule)
            self._now = update.at
        elif isinstance(update, SensorsMeasured):
            self.measured = update
        else:
            return False
        self._stops_at = self._next_stop()
        return True

    def advance(self, now: int) -> None:
        """Count up to a moment of the session's clock, in milliseconds; it never goes back."""
        self._now = max(self._now, now)

    @property
    def measurements(self) -> Measurements | None:
        """The measurements, without values that are too old; None without sensors."""
        measured = self.measured
        if measured is None or not (measured.belt or measured.heart):
            return None
        links = ((SensorKind.BELT, measured.belt), (SensorKind.HEART, measured.heart))
        return Measurements(
            tuple(SensorLink(kind, link.state, one_line(link.why)) for kind, link in links if link is not None),
            _present(measured.speed_kmh),
            _present(measured.incline_percent),
            _present(measured.heart_rate),
            measured.metres,
        ).at(self._now)

    @property
    def next_second(self) -> int | None:
        """The moment at which the next second is shown; None while nothing moves."""
        runs_from = self.shared.runs_from
        if runs_from is None or self.state.is_over:
            return None
        rate = self.welcome.rate
        left = self.lead_in_left if self.state is State.LEAD_IN else self.interval_left
        step = left % SECOND or SECOND
        return self._now + max(1, -(-step // rate))

    @property
    def next_change(self) -> int | None:
        """The moment at which the next second is shown, or a measured value gets too old; None if neither comes."""
        measured = self.measurements
        until = None if measured is None else measured.until
        moments = (self.next_second, None if until is None else until + 1)
        return min((each for each in moments if each is not None), default=None)

    @property
    def name(self) -> str:
        """The name of the workout."""
        return one_line(self.welcome.name)

    @property
    def state(self) -> State:
        """The state now: a lead-in ends by itself."""
        state = State(self.shared.state)
        return State.RUNNING if state is State.LEAD_IN and self.lead_in_left == 0 else state

    @property
    def pause_reason(self) -> PauseReason | None:
        """Why it is paused; None while it is not."""
        return PauseReason(self.shared.reason) if self.shared.reason else None

    @property
    def phase_ahead(self) -> Phase:
        """The phase that a lead-in leads to."""
        return Phase(self.shared.phase)

    @property
    def lead_in_left(self) -> int:
        """Milliseconds left of a lead-in; 0 if there is none."""
        if self.shared.state != State.LEAD_IN.value or self.shared.runs_from is None:
            return 0
        return max(0, (self.shared.runs_from - self._now) * self.welcome.rate)

    @property
    def position(self) -> int:
        """The position in milliseconds."""
        runs_from = self.shared.runs_from
        ran = 0 if runs_from is None else max(0, self._now - runs_from) * self.welcome.rate
        return min(self.shared.position + ran, self._stops_at)

    @property
    def index(self) -> int:
        """The index of the running interval; moves on when its time is over, unless it is a turn that waits."""
        index, position = self.shared.index, self.position
        if self.shared.runs_from is None or self.state is State.LEAD_IN:
            return index
        while self._goes_on_after(index) and position >= self._end_of(index):
            index += 1
        return index

    @property
    def entry(self) -> Entry:
        """The running interval."""
        return self.schedule[self.index]

    @property
    def interval_left(self) -> int:
        """Milliseconds left of the running interval."""
        return self._end_of(self.index) - self.position

    @property
    def left(self) -> int:
        """Milliseconds left of the schedule."""
        return self.schedule.total * SECOND - self.position

    def _next_stop(self) -> int:
        """The position at which it stops by itself: the end of a turn that waits, or of the schedule."""
        index = self.shared.index
        while self._goes_on_after(index):
            index += 1
        return max(self.shared.position, self._end_of(index))

    def _goes_on_after(self, index: int) -> bool:
        """Whether the interval after this one begins by itself."""
        waits = self.welcome.rules.wait_at_turns and self.schedule[index].phase is Phase.TURN
        turned = index == self.shared.index and self.shared.position >= self._end_of(index)  # it has waited already
        return index + 1 < len(self.schedule) and (turned or not waits)

    def _end_of(self, index: int) -> int:
        return self.schedule.starts[index + 1] * SECOND


def _present(shared: SharedValue | None) -> PresentValue | None:
    return None if shared is None else PresentValue(shared.value, shared.until)


def _schedule(shared: SharedSchedule) -> Schedule:
    try:
        return Schedule(tuple(map(_entry, shared.intervals)))
    except (WorkoutError, ValueError) as error:
        raise ProtocolError(f"no schedule: {one_line(str(error))}") from error


def _entry(interval: SharedInterval) -> Entry:
    place = None
    if interval.round is not None and interval.rounds is not None:
        if not 1 <= interval.round <= interval.rounds <= _MOST_ROUNDS:
            raise ValueError(f"round {interval.round} of {interval.rounds}")
        place = Place(0, interval.round, interval.rounds, between=False, outer=None)
    return Entry(Interval(Phase(interval.phase), interval.duration, interval.speed_kmh, interval.label), place)


def _checked(state: SharedState, schedule: Schedule) -> SharedState:
    """The state, if this version knows its names and it is within its schedule.

    Raises:
        ProtocolError: otherwise.
    """
    try:
        State(state.state)
        Phase(state.phase)
        if state.reason:
            PauseReason(state.reason)
    except ValueError as error:
        raise ProtocolError(f"no state: {one_line(str(error))}") from error
    if not 0 <= state.index < len(schedule) or not 0 <= state.position <= schedule.total * SECOND:
        raise ProtocolError("no state: it is outside of its schedule")
    return state
