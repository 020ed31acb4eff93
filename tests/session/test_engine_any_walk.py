"""Random workouts and calls: nothing is lost or repeated, times add up, and there is one end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Session
from retro_timer.session.events import Ended, Event, PauseReason, Refused
from retro_timer.session.states import Rules, State
from tests import strategies
from tests.session.any_walk import from_outside
from tests.session.audit import Auditor

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.model import Workout

    SessionMethod = Callable[[Session, int], tuple[Event, ...]]

FIRST = 5_000_000
MOST_WAKEUPS = 200
"""The time between two calls: enough to walk through several intervals."""
passing = st.one_of(
    st.integers(0, 3000),
    st.sampled_from([0, 1, 999, 1000, 1001, 3000, 5000, 10_000]),
    st.integers(0, 60_000),
    st.integers(0, 1_500_000),
)
"""Milliseconds between two calls: a blink, exactly a second, a stall, a pause."""


class AnyWalk(RuleBasedStateMachine):
    """Two sessions get the same calls; one is also advanced at each of its wakeups. Both must report the same."""

    @initialize(
        workout=strategies.walkable(), rules=strategies.rules, starts=st.sampled_from([True, True, True, False])
    )
    def begin(self, workout: Workout, rules: Rules, starts: bool) -> None:
        self.now = FIRST
        self.session = Session(flatten(workout), rules)
        self.awake = Session(flatten(workout), rules)
        self.auditor = Auditor(self.session.schedule, rules)
        self.heard_awake: list[Event] = []
        if starts:
            self.call(Session.start)

    def call(self, command: SessionMethod) -> tuple[Event, ...]:
        self.wake()
        events = command(self.session, self.now)
        self.heard_awake += command(self.awake, self.now)
        self.auditor.hear(events)
        return events

    def wake(self) -> None:
        """Advance the second session to this moment, one wakeup at a time."""
        at = max(FIRST, self.auditor.moment)
        for _ in range(MOST_WAKEUPS):
            wakeup = self.awake.next_wakeup(at)
            if wakeup is None or wakeup > self.now:
                break
            assert wakeup > at
            assert self.awake.advance(wakeup - 1) == (), "something happened before the wake-up"
            shown = seconds_shown(self.awake)
            self.heard_awake += self.awake.advance(wakeup)
            assert shown != seconds_shown(self.awake) or self.heard_awake, "woken for nothing"
            at = wakeup
        self.heard_awake += self.awake.advance(self.now)

    @rule(passed=passing)
    def time_passes(self, passed: int) -> None:
        self.now += passed
        self.call(Session.advance)

    @rule(passed=st.integers(1, 10_000))
    def the_clock_goes_back(self, passed: int) -> None:
        before = (self.session.position, self.session.spent, self.session.state)
        assert self.session.advance(self.now - passed) == ()
        assert before == (self.session.position, self.session.spent, self.session.state)

    @rule(passed=passing)
    def start(self, passed: int) -> None:
        self.now += passed
        self.call(Session.advance)
        ready = self.session.state is State.READY
        assert bool(self.call(Session.start)) == ready

    @rule(passed=passing, reason=from_outside)
    def pause(self, passed: int, reason: PauseReason) -> None:
        self.now += passed
        self.call(lambda session, now: session.pause(now, reason))
        assert self.session.state in (State.READY, State.PAUSED, State.FINISHED, State.ENDED_EARLY)

    @rule(passed=passing)
    def resume(self, passed: int) -> None:
        self.now += passed
        self.call(Session.resume)
        assert self.session.state is not State.PAUSED

    @rule(passed=passing)
    def skip(self, passed: int) -> None:
        self.now += passed
        self.call(Session.skip)

    @rule(passed=passing, index=st.integers(0, 12))
    def skip_to(self, passed: int, index: int) -> None:
        self.now += passed
        self.call(lambda session, now: session.skip_to(now, index))

    @rule(passed=passing)
    def back(self, passed: int) -> None:
        self.now += passed
        self.call(Session.back)

    @rule(passed=passing)
    def turned(self, passed: int) -> None:
        self.now += passed
        self.call(Session.turned)
        assert self.session.state is not State.HOLDING

    @rule(passed=passing, edit=strategies.edits)
    def edit(self, passed: int, edit: Edit) -> None:
        self.now += passed
        self.call(Session.advance)
        before = self.kept()
        events = self.call(lambda session, now: session.edit(now, edit))
        self.refusal_changes_nothing(events, before)

    @rule(passed=passing)
    def undo(self, passed: int) -> None:
        self.now += passed
        self.call(Session.advance)
        before = self.kept()
        self.refusal_changes_nothing(self.call(Session.undo), before)

    @rule(passed=passing)
    def redo(self, passed: int) -> None:
        self.now += passed
        self.call(Session.advance)
        before = self.kept()
        self.refusal_changes_nothing(self.call(Session.redo), before)

    @rule(passed=passing)
    def cool_down(self, passed: int) -> None:
        self.now += passed
        self.call(Session.cool_down)

    @precondition(lambda self: len(self.auditor.events) > 12 and self.session.state is not State.READY)
    @rule(passed=passing)
    def end(self, passed: int) -> None:
        self.now += passed
        self.call(Session.end)
        assert self.session.state.is_over

    def kept(self) -> tuple[object, ...]:
        session = self.session
        state = (session.schedule, session.position, session.index, session.state, session.spent)
        return (*state, session.can_undo, session.can_redo)

    def refusal_changes_nothing(self, events: tuple[Event, ...], before: tuple[object, ...]) -> None:
        if any(isinstance(event, Refused) for event in events):
            assert self.kept() == before
            assert len(events) == 1

    @invariant()
    def the_events_agree_with_the_session(self) -> None:
        self.auditor.compare(self.session, self.now)
        assert self.auditor.over == self.session.state.is_over

    @invariant()
    def being_woken_changes_nothing(self) -> None:
        assert self.heard_awake == self.auditor.events

    @precondition(lambda self: len(self.auditor.events) > 20)
    @rule()
    def the_rest_is_walked(self) -> None:
        """Whatever happened, the session ends once."""
        self.call(Session.start)
        for _ in range(3 * len(self.session.schedule) + 3):
            self.call(Session.resume)
            self.call(Session.turned)
            self.now += self.session.left + 15_000
            self.call(Session.advance)
        assert self.session.state in (State.FINISHED, State.ENDED_EARLY)
        ends = sum(isinstance(event, Ended) for event in self.auditor.events)
        assert ends == 1 + self.auditor.reopened


def seconds_shown(session: Session) -> tuple[int, ...]:
    """The seconds shown on a screen."""
    return (-(-session.interval_left // 1000), -(-session.lead_in_left // 1000), session.spent.held // 1000)


TestAnyWalk = AnyWalk.TestCase
TestAnyWalk.settings = settings(settings.default, stateful_step_count=30)
