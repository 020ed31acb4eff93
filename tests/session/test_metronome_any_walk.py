"""Random sessions with a metronome: even clicks whenever the belt moves, and only then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.metronome import Metronome, MetronomeOptions
from retro_timer.session.states import SECOND
from tests import strategies
from tests.session.any_walk import CERTAIN, AnyWalk, has_jumped, passing
from tests.session.listening import Course, Listener

if TYPE_CHECKING:
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.conductor import SessionMethod
    from retro_timer.session.engine import Session
    from retro_timer.session.states import Rules

Span = tuple[int, int]


class Belt:
    """The walking from one call to the next, computed from the session's state alone."""

    def __init__(self, session: Session, course: Course) -> None:
        self.schedule = session.schedule
        self.course = course

    def walked(self, begin: int, end: int) -> list[Span]:
        """The spans between two moments during which the belt moves."""
        course = self.course
        if course.runs_from is None:
            return []
        offset = course.runs_from - course.position
        begin, end = max(begin, course.runs_from), min(end, course.holds_at + offset)
        found = []
        for index, entry in enumerate(self.schedule.entries):
            first = max(begin, self.schedule.starts[index] * SECOND + offset)
            last = min(end, self.schedule.starts[index + 1] * SECOND + offset)
            if entry.phase.on_belt and first < last:
                found.append((first, last))
        return found


class AnyWalkSteppedTo(AnyWalk):
    """A walker who always knows the next clicks."""

    @initialize(workout=strategies.walkable(), rules=strategies.rules, tempo=st.integers(30, 200), on=st.booleans())
    def begin(self, workout: Workout, rules: Rules, tempo: int, on: bool) -> None:
        self.tempo = tempo
        self.listener = Listener(flatten(workout), rules)
        self.session = self.listener.session
        self.player = self.listener.player
        self.listener.conductor.click = Metronome(self.player, MetronomeOptions(on, tempo))
        self.on = on
        self.stretch: Span | None = None  # of walking without a break, up to the present
        self.heard: list[float] = []
        self.must: list[float] = []
        self.look()
        self.call(0, self.session.start)

    def look(self) -> None:
        course = Course(self.session, self.listener.settings, self.listener.now, begins=False)
        course.holds_at = self.next_hold()
        self.belt = Belt(self.session, course)

    def next_hold(self) -> int:
        """The position at which a turn waits next."""
        for index in range(self.session.index, len(self.session.schedule) - 1):
            end = self.session.schedule.starts[index + 1] * SECOND
            waits = self.session.rules.wait_at_turns and self.session.schedule[index].phase is Phase.TURN
            if waits and end > self.session.position:
                return end
        return 2**62

    def clicks(self, begin: int, end: int) -> tuple[list[float], Span | None]:
        """The expected clicks between two moments of the course, and the stretch of walking at the end."""
        found: list[float] = []
        stretch = self.stretch
        for first, last in self.belt.walked(begin, end):
            stretch = (stretch[0], last) if stretch and stretch[1] == first else (first, last)
            every = (
                stretch[0] + n * 60_000 / self.tempo for n in range((last - stretch[0]) * self.tempo // 60_000 + 2)
            )
            found += [moment for moment in every if first <= moment < last]
        return found if self.on else [], stretch

    def call(self, passed: int, command: SessionMethod | None = None) -> None:
        then, now = self.listener.now, self.listener.now + passed
        must, self.stretch = self.clicks(then, now)
        self.must += must
        self.heard += [moment for each in self.player.clicks for moment in each.moments(then, now)]
        offset = self.offset()
        events = self.listener.after(passed, command)
        if has_jumped(events) or offset != self.offset():
            self.stretch = None
        self.look()

    @rule(steps=st.lists(passing, min_size=3, max_size=6))
    def walking_goes_on(self, steps: list[int]) -> None:
        self.call(0, self.session.resume)
        self.call(0, self.session.turned)
        for passed in steps:
            self.call(passed)

    @rule(passed=passing, edit=strategies.edits)
    def edit(self, passed: int, edit: Edit) -> None:
        self.call(passed, lambda now: self.session.edit(now, edit))

    @rule(passed=passing, on=st.booleans())
    def switch(self, passed: int, on: bool) -> None:
        self.call(passed)
        self.listener.conductor.metronome(self.listener.now, on)
        self.on = on

    @invariant()
    def every_click_was_where_somebody_walked(self) -> None:
        assert self.heard == self.must

    @invariant()
    def ten_seconds_are_on_their_way(self) -> None:
        until = self.listener.now + CERTAIN
        coming = [moment for each in self.player.clicks for moment in each.moments(self.listener.now, until)]
        assert coming == self.clicks(self.listener.now, until)[0]

    @invariant()
    def stretches_are_in_order_and_apart(self) -> None:
        edges = [edge for each in self.player.clicks for edge in (each.begin, each.until)]
        assert edges == sorted(set(edges))

    @invariant()
    def no_clicks_are_sent_while_time_is_stopped(self) -> None:
        ahead = [each for each in self.player.clicks if each.until > self.listener.now]
        assert not ahead or self.session.runs_from is not None


TestAnyWalkSteppedTo = AnyWalkSteppedTo.TestCase
TestAnyWalkSteppedTo.settings = hypothesis_settings(hypothesis_settings.default, stateful_step_count=25)
