"""Any workout, any sequence of calls: nothing is lost, nothing comes twice, time adds up, the end comes once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Rules, Session, State
from retro_timer.session.events import Ended, Event, PauseReason, Refused
from tests import strategies
from tests.session.audit import Auditor

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.workout import Workout

    Command = Callable[[Session, int], tuple[Event, ...]]

FIRST = 5_000_000
MOST_WAKEUPS = 200
"""Between two calls: enough to walk through several intervals."""
passing = st.one_of(
    st.integers(0, 3000),
    st.sampled_from([0, 1, 999, 1000, 1001, 3000, 5000, 10_000]),
    st.integers(0, 60_000),
    st.integers(0, 1_500_000),
)
"""Milliseconds between two calls: a blink, exactly a second, a stall, a pause."""


class AnyWalk(RuleBasedStateMachine):
    """Two sessions are told the same; one is also woken whenever it asks to be. Both must report the same."""

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
            self.tell(Session.start)

    def tell(self, command: Command) -> tuple[Event, ...]:
        self.wake()
        events = command(self.session, self.now)
        self.heard_awake += command(self.awake, self.now)
        self.auditor.hear(events)
        return events

    def wake(self) -> None:
        """Bring the one that is woken to this moment, a wake-up at a time."""
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
        self.tell(Session.advance)

    @rule(passed=st.integers(1, 10_000))
    def the_clock_goes_back(self, passed: int) -> None:
        before = (self.session.position, self.session.spent, self.session.state)
        assert self.session.advance(self.now - passed) == ()
        assert before == (self.session.position, self.session.spent, self.session.state)

    @rule(passed=passing)
    def start(self, passed: int) -> None:
        self.now += passed
        self.tell(Session.advance)
        ready = self.session.state is State.READY
        assert bool(self.tell(Session.start)) == ready

    @rule(passed=passing, reason=st.sampled_from(PauseReason))
    def pause(self, passed: int, reason: PauseReason) -> None:
        self.now += passed
        self.tell(lambda session, now: session.pause(now, reason))
        assert self.session.state in (State.READY, State.PAUSED, State.FINISHED, State.ENDED_EARLY)

    @rule(passed=passing)
    def resume(self, passed: int) -> None:
        self.now += passed
        self.tell(Session.resume)
        assert self.session.state is not State.PAUSED

    @rule(passed=passing)
    def skip(self, passed: int) -> None:
        self.now += passed
        self.tell(Session.skip)

    @rule(passed=passing)
    def back(self, passed: int) -> None:
        self.now += passed
        self.tell(Session.back)

    @rule(passed=passing)
    def turned(self, passed: int) -> None:
        self.now += passed
        self.tell(Session.turned)
        assert self.session.state is not State.HOLDING

    @rule(passed=passing, edit=strategies.edits)
    def edit(self, passed: int, edit: Edit) -> None:
        self.now += passed
        self.tell(Session.advance)
        before = self.kept()
        events = self.tell(lambda session, now: session.edit(now, edit))
        self.refusal_changes_nothing(events, before)

    @rule(passed=passing)
    def undo(self, passed: int) -> None:
        self.now += passed
        self.tell(Session.advance)
        before = self.kept()
        self.refusal_changes_nothing(self.tell(Session.undo), before)

    @rule(passed=passing)
    def redo(self, passed: int) -> None:
        self.now += passed
        self.tell(Session.advance)
        before = self.kept()
        self.refusal_changes_nothing(self.tell(Session.redo), before)

    @rule(passed=passing)
    def cool_down(self, passed: int) -> None:
        self.now += passed
        self.tell(Session.cool_down)

    @precondition(lambda self: len(self.auditor.events) > 12 and self.session.state is not State.READY)
    @rule(passed=passing)
    def end(self, passed: int) -> None:
        self.now += passed
        self.tell(Session.end)
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
    def the_events_tell_what_the_session_knows(self) -> None:
        self.auditor.compare(self.session, self.now)
        assert self.auditor.over == self.session.state.is_over

    @invariant()
    def being_woken_changes_nothing(self) -> None:
        assert self.heard_awake == self.auditor.events

    @precondition(lambda self: len(self.auditor.events) > 20)
    @rule()
    def the_rest_is_walked(self) -> None:
        """Whatever happened, the walk comes to its end, once."""
        self.tell(Session.start)
        for _ in range(3 * len(self.session.schedule) + 3):
            self.tell(Session.resume)
            self.tell(Session.turned)
            self.now += self.session.left + 15_000
            self.tell(Session.advance)
        assert self.session.state in (State.FINISHED, State.ENDED_EARLY)
        assert sum(isinstance(event, Ended) for event in self.auditor.events) == 1


def seconds_shown(session: Session) -> tuple[int, ...]:
    """What a screen counts down or up."""
    return (-(-session.interval_left // 1000), -(-session.lead_in_left // 1000), session.spent.held // 1000)


TestAnyWalk = AnyWalk.TestCase
TestAnyWalk.settings = settings(settings.default, stateful_step_count=30)
