"""How a session advances: the passing of time, and the changes it leads to.

Moments (`now`) and positions are whole milliseconds. A position is a place in the schedule: it advances while the
session runs, stays while it is paused or held, and jumps when the walker skips or goes back. Nothing here reads a
clock: the same calls with the same moments give the same events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import NOTICE
from retro_timer.session.completion import WalkedTimes
from retro_timer.session.events import (
    Ended,
    EndReason,
    Event,
    Held,
    HoldReminded,
    IntervalEnded,
    IntervalStarted,
    Move,
    Paused,
    PauseReason,
    Resumed,
    Resuming,
    Turned,
)
from retro_timer.session.facing import Facing
from retro_timer.session.spent import BackwardTime, CountsAs, Spent
from retro_timer.session.states import SECOND, Rules, State

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Entry, Schedule


class Progression:
    """The position and state of a session, and how they advance; `Session` adds the walker's commands.

    Args:
        schedule: the schedule to walk.
        rules: how the session behaves.

    Attributes:
        rules: how the session behaves.
        pause_reason: why it is paused; None while it is not.
    """

    def __init__(self, schedule: Schedule, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.pause_reason: PauseReason | None = None
        self._schedule = schedule
        self._state = State.READY
        self._events: list[Event] = []  # not reported yet
        self._seen: int | None = None  # the last moment
        self._position = 0  # at that moment
        self._index = 0
        self._begun = False  # whether the running interval has started
        self._lead_in_until = 0
        self._lead_in_length = 0
        self._counts_as = CountsAs.LEAD_IN  # what the time counts as while the position does not advance
        self._standing = 0  # how long the position has not advanced, as of the last moment
        self._boundary: int | None = None  # the moment of the last change, if it was automatic
        self._stepped_off = False  # whether the walker may have stepped off the belt since the position last advanced
        self._spent = Spent()
        self._backward = BackwardTime()
        self._walked = WalkedTimes()
        self._facing = Facing()

    @property
    def schedule(self) -> Schedule:
        """The schedule with all edits so far."""
        return self._schedule

    @property
    def state(self) -> State:
        """The state as of the last moment."""
        return self._state

    @property
    def index(self) -> int:
        """The index of the running interval."""
        return self._index

    @property
    def entry(self) -> Entry:
        """The running interval."""
        return self._schedule[self._index]

    @property
    def position(self) -> int:
        """The position in milliseconds, as of the last moment."""
        return self._position

    @property
    def spent(self) -> Spent:
        """How the time was spent, as of the last moment."""
        return self._spent

    @property
    def interval_left(self) -> int:
        """Milliseconds left of the running interval."""
        return self._schedule.starts[self._index + 1] * SECOND - self._position

    @property
    def at_interval_start(self) -> bool:
        """Whether the position is at the start of the running interval."""
        return self._into == 0

    @property
    def left(self) -> int:
        """Milliseconds left of the schedule."""
        return self._schedule.total * SECOND - self._position

    @property
    def lead_in_left(self) -> int:
        """Milliseconds left of the lead-in; 0 if there is none."""
        if self._state is not State.LEAD_IN or self._seen is None:
            return 0
        return self._lead_in_until - self._seen

    @property
    def lead_in_length(self) -> int:
        """The length of the current or last lead-in in milliseconds."""
        return self._lead_in_length

    @property
    def phase_ahead(self) -> Phase:
        """The phase after a lead-in: that of the running interval, or of the next if a turn has ended."""
        following = self._index + 1
        if self._begun and self.interval_left == 0 and following < len(self._schedule):
            return self._schedule[following].phase
        return self.entry.phase

    @property
    def runs_from(self) -> int | None:
        """The moment from which the current position advances; None while it does not advance by itself."""
        if self._state is State.RUNNING:
            return self._seen
        return self._lead_in_until if self._state is State.LEAD_IN else None

    @property
    def backward(self) -> BackwardTime:
        """How long was walked backward, as of the last moment."""
        return self._backward

    @property
    def bouts(self) -> dict[int, int]:
        """Milliseconds walked of each backward bout so far, by index."""
        return self._walked.bouts(self._schedule, self._index)

    @property
    def completes(self) -> bool:
        """Whether the session is complete, or will be if the rest is walked; see `completion`."""
        if self._state.is_over:
            return self._state is State.FINISHED
        return self._walked.would_complete(self._schedule, self._index)

    def advance(self, now: int) -> tuple[Event, ...]:
        """Advance to a moment; returns every boundary since the last call, in order."""
        self._bring_to(now)
        return self._reported()

    def next_wakeup(self, now: int) -> int | None:
        """The next moment at which something happens or a displayed second changes; None if there is none.

        Call `advance` first.
        """
        seen = self._seen
        if seen is None:
            return None
        if self._state is State.RUNNING:
            return max(now, seen + SECOND - self._position % SECOND)
        if self._state is State.LEAD_IN:
            return max(now, self._lead_in_until - (self._lead_in_until - seen - 1) // SECOND * SECOND)
        if self._state is State.HOLDING:
            return max(now, seen + SECOND - self._standing % SECOND)
        return None

    def _bring_to(self, now: int) -> None:
        """Process everything that is due up to a moment."""
        if self._state is State.READY:
            self._seen = now if self._seen is None else max(now, self._seen)
            return
        while self._now < now and not self._state.is_over:
            self._step(now)

    def _reported(self) -> tuple[Event, ...]:
        """Take the events since the last report, in order."""
        events, self._events = tuple(self._events), []
        return events

    @property
    def _now(self) -> int:
        return self._seen or 0

    @property
    def _into(self) -> int:
        """The position in the running interval in milliseconds."""
        return self._position - self._schedule.starts[self._index] * SECOND

    def _step(self, now: int) -> None:
        """Advance to the next boundary, or to `now` if that is earlier."""
        if self._state is State.RUNNING:
            self._run(now)
        elif self._state is State.LEAD_IN:
            self._pass_standing(min(now, self._lead_in_until) - self._now)
            if self._now == self._lead_in_until:
                self._end_lead_in()
        elif self._state is State.HOLDING:
            every = self.rules.reminder * SECOND
            self._pass_standing(min(now - self._now, every - self._standing % every))
            if self._standing % every == 0:
                self._events.append(HoldReminded(moment=self._now, at=self._position, index=self._index))
        else:
            self._pass_standing(now - self._now)

    def _run(self, now: int) -> None:
        passed = min(now - self._now, self.interval_left)
        self._seen = self._now + passed
        self._position += passed
        self._spent = self._spent.plus(passed, CountsAs.WALKED)
        self._walked.add(passed)
        if self.entry.phase.faces_backward:
            self._backward = self._backward.plus(passed)
        self._facing.walk(self.entry.phase, passed, self._walked.since_start)
        if self.interval_left > 0:
            return
        turns = self.entry.phase is Phase.TURN
        if turns:
            self._facing.turn()
        if self.rules.wait_at_turns and turns and self._index + 1 < len(self._schedule):
            self._hold()
        else:
            self._leave(Move.TIME)

    def _pass_standing(self, passed: int) -> None:
        """Let time pass without advancing the position."""
        self._seen = self._now + passed
        self._standing += passed
        self._spent = self._spent.plus(passed, self._counts_as)

    def _pause(self, reason: PauseReason) -> None:
        if self._state is State.RUNNING or self._state.is_over or not self._begun:
            self._standing = 0
        self._stepped_off = self._stepped_off or reason is not PauseReason.WALKER
        self._backward = self._backward.stopped()
        self._counts_as = CountsAs.PAUSED
        self._state = State.PAUSED
        self.pause_reason = reason
        self._events.append(Paused(moment=self._now, at=self._position, reason=reason))

    def _hold(self) -> None:
        self._state = State.HOLDING
        self._counts_as = CountsAs.HELD
        self._standing = 0
        self.pause_reason = None
        self._events.append(Held(moment=self._now, at=self._position, index=self._index))

    @property
    def _waits(self) -> bool:
        """Whether a turn has ended and waits, or counts in to the next interval."""
        return self._state is State.HOLDING or (self._state is State.LEAD_IN and self._counts_as is CountsAs.HELD)

    def _turned(self) -> None:
        self._events.append(Turned(moment=self._now, at=self._position, held=self._standing))
        self._begin_lead_in(NOTICE)

    def _repeat_lead_in(self) -> None:
        """Resume after a pause, with a lead-in if the belt will move or the walker has to step on again."""
        counts = self.entry.phase.on_belt or self._stepped_off
        self._begin_lead_in(max(self.rules.resume_lead_in, NOTICE) if counts else 0)

    def _begin_lead_in(self, seconds: int) -> None:
        """Begin the lead-in after a pause, or continue at once."""
        self._state = State.LEAD_IN
        self.pause_reason = None
        self._lead_in_length = seconds * SECOND
        self._lead_in_until = self._now + self._lead_in_length
        if not seconds:
            self._end_lead_in()
            return
        self._events.append(Resuming(moment=self._now, at=self._position, lead_in=seconds * SECOND))

    def _end_lead_in(self) -> None:
        """Continue with the first interval, the one after a waiting turn, or the current one."""
        self._state = State.RUNNING
        self._stepped_off = False
        if not self._begun:
            self._enter(0, Move.START)
            self._facing.settle(self.entry.phase)
        elif self.interval_left == 0:
            self._leave(Move.TIME)
        else:
            self._facing.settle(self.entry.phase)
            self._boundary = self._now
            self._events.append(Resumed(moment=self._now, at=self._position, standing=self._standing))

    def _leave(self, move: Move) -> None:
        """Go to the next interval, or from the last one to the end."""
        if self._index + 1 == len(self._schedule):
            self._walked.leave(self._index, self.entry.phase)
            complete = self._walked.completes(self._schedule)
            self._finish(EndReason.COMPLETE if complete else EndReason.EARLY)
        else:
            self._go_to(self._index + 1, move)

    def _go_to(self, index: int, move: Move, *, into: int = 0) -> None:
        self._end_interval()
        if self._waits:
            self._state = State.RUNNING
        self._enter(index, move, into=into)

    def _enter(self, index: int, move: Move, *, into: int = 0) -> None:
        self._begun = True
        self._index = index
        self._position = self._schedule.starts[index] * SECOND + into
        self._walked.enter(into)
        if move is not Move.TIME or not self.entry.phase.faces_backward:
            self._backward = self._backward.stopped()
        self._boundary = self._now if move in (Move.TIME, Move.START) else None
        self._events.append(
            IntervalStarted(moment=self._now, at=self._position, index=index, entry=self.entry, move=move)
        )

    def _end_interval(self) -> None:
        self._walked.leave(self._index, self.entry.phase)
        if self._begun:
            self._events.append(
                IntervalEnded(
                    moment=self._now,
                    at=self._position,
                    index=self._index,
                    entry=self.entry,
                    walked=self._walked.since_start,
                    complete=self.interval_left == 0,
                )
            )

    def _finish(self, reason: EndReason) -> None:
        self._end_interval()
        if reason is EndReason.COMPLETE:
            self._position = self._schedule.total * SECOND
        self._state = State.FINISHED if reason is EndReason.COMPLETE else State.ENDED_EARLY
        self._events.append(Ended(moment=self._now, at=self._position, reason=reason))
