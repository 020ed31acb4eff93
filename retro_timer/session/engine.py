"""The session engine: one walking of a workout, driven by moments that are handed in.

Moments (`now`) and positions are whole milliseconds. A position is a place in the schedule: it runs while the session
runs, stands still while it is paused or held, and jumps when the walker skips or goes back. Nothing here reads a
clock: the same calls with the same moments give the same events.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.edits import NOTICE, At, CoolDownNow, Edit, restore
from retro_timer.scheduling.errors import EditError, WorkoutError
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.values import Value
from retro_timer.session import said
from retro_timer.session.events import (
    Edited,
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
    Refused,
    Resumed,
    Resuming,
    Started,
    Turned,
)

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Entry, Schedule

SECOND: Final = 1000
RESTART_WINDOW: Final = 3 * SECOND
"""Going back within this long of an interval's start goes to the one before."""


class State(StrEnum):
    """What a session is doing."""

    READY = "ready"
    LEAD_IN = "lead-in"  # counting in, at the start and after a pause
    RUNNING = "running"
    HOLDING = "holding"  # a turn's time is over and it waits to be confirmed
    PAUSED = "paused"
    FINISHED = "finished"
    ENDED_EARLY = "ended-early"

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen."""
        return self in (State.FINISHED, State.ENDED_EARLY)


class Rules(Value):
    """How a session behaves; lengths in whole seconds.

    Attributes:
        lead_in: before the first interval.
        resume_lead_in: before a belt phase goes on after a pause; at least `NOTICE`, so that the 3-2-1 is heard.
        wait_at_turns: whether a turn waits at its end until the walker says so.
        reminder: how often a waiting turn says so.

    Raises:
        ValueError: when a length is out of bounds.
    """

    lead_in: int = 10
    resume_lead_in: int = 5
    wait_at_turns: bool = False
    reminder: int = 10

    def __post_init__(self) -> None:
        for name, low in (("lead_in", 0), ("resume_lead_in", 0), ("reminder", 1)):
            if getattr(self, name) < low:
                raise ValueError(f"{name} is {low} or more seconds, not {getattr(self, name)}")


class Spent(Value):
    """Where the time since the start went, in milliseconds; the four add up to the time that passed."""

    lead_in: int = 0
    walked: int = 0
    held: int = 0
    paused: int = 0  # lead-ins after a pause included

    @property
    def total(self) -> int:
        """All of it."""
        return self.lead_in + self.walked + self.held + self.paused


_MOVING: Final = (State.LEAD_IN, State.RUNNING, State.HOLDING)


class _Still(StrEnum):
    """Why time stands still, and so where it is counted."""

    LEAD_IN = "lead-in"
    PAUSE = "pause"
    HOLD = "hold"


class Session:
    """One walking of a schedule.

    Every command takes the moment it is given and returns the events it caused, those that were due before it first.
    A command that makes no sense in the present state does nothing. A moment earlier than the last one seen is taken
    as the last one seen.
    """

    def __init__(self, schedule: Schedule, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self._schedule = schedule
        self._state = State.READY
        self._seen: int | None = None  # the last moment seen
        self._position = 0  # at that moment
        self._index = 0
        self._begun = False  # whether the running interval has started
        self._lead_in_until = 0
        self._still = _Still.LEAD_IN  # what the standing time is counted as
        self._stood = 0  # how long time stands still already, at the last moment seen
        self._walked_here = 0  # in the running interval since it last started
        self._lead_in = self._walked = self._held = self._paused = 0
        self._undo: list[Schedule] = []
        self._redo: list[Schedule] = []
        self.pause_reason: PauseReason | None = None

    @property
    def schedule(self) -> Schedule:
        """What is walked, with every edit so far."""
        return self._schedule

    @property
    def state(self) -> State:
        """What the session is doing, as of the last moment seen."""
        return self._state

    @property
    def index(self) -> int:
        """Which entry of the schedule is walked."""
        return self._index

    @property
    def entry(self) -> Entry:
        """The interval being walked."""
        return self._schedule[self._index]

    @property
    def position(self) -> int:
        """Milliseconds of the schedule, as of the last moment seen."""
        return self._position

    @property
    def spent(self) -> Spent:
        """Where the time went, as of the last moment seen."""
        return Spent(self._lead_in, self._walked, self._held, self._paused)

    @property
    def interval_left(self) -> int:
        """Milliseconds left of the running interval."""
        return self._schedule.starts[self._index + 1] * SECOND - self._position

    @property
    def at_interval_start(self) -> bool:
        """Whether nothing of the running interval is behind."""
        return self._into == 0

    @property
    def left(self) -> int:
        """Milliseconds left of the schedule."""
        return self._schedule.total * SECOND - self._position

    @property
    def lead_in_left(self) -> int:
        """Milliseconds left of the lead-in; 0 outside one."""
        if self._state is not State.LEAD_IN or self._seen is None:
            return 0
        return self._lead_in_until - self._seen

    @property
    def phase_ahead(self) -> Phase:
        """What is walked once a lead-in is over: the running interval, or the next where a turn's time is up."""
        following = self._index + 1
        if self._begun and self.interval_left == 0 and following < len(self._schedule):
            return self._schedule[following].phase
        return self.entry.phase

    @property
    def runs_from(self) -> int | None:
        """The moment at which the position is as it is now and begins to run: None while nothing makes it run."""
        if self._state is State.RUNNING:
            return self._seen
        return self._lead_in_until if self._state is State.LEAD_IN else None

    @property
    def can_undo(self) -> bool:
        """Whether an edit is there to be undone."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether an undone edit is there to be done again."""
        return bool(self._redo)

    def advance(self, now: int) -> tuple[Event, ...]:
        """Bring the session to a moment: every boundary crossed since the last call, in order."""
        if self._state is State.READY:
            self._seen = now if self._seen is None else max(now, self._seen)
        if self._state is State.READY or self._state.is_over:
            return ()
        events: list[Event] = []
        now = max(now, self._now)
        while self._now < now:
            self._step(now, events)
            if self._state.is_over:
                break
        return tuple(events)

    def next_wakeup(self, now: int) -> int | None:
        """The next moment at which something happens or a shown second changes; None while nothing will.

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
            return max(now, seen + SECOND - self._stood % SECOND)
        return None

    def start(self, now: int) -> tuple[Event, ...]:
        """Begin: the lead-in, then the first interval."""
        events = list(self.advance(now))
        if self._state is not State.READY:
            return tuple(events)
        self._state = State.LEAD_IN
        self._lead_in_until = self._now + self.rules.lead_in * SECOND
        events.append(Started(moment=self._now, at=0, lead_in=self.rules.lead_in * SECOND))
        if not self.rules.lead_in:
            self._end_lead_in(events)
        return tuple(events)

    def restore(self, now: int, position: int, spent: Spent) -> tuple[Event, ...]:
        """Take up a session that was interrupted, at a position and paused: `resume` goes on.

        Raises:
            ValueError: when the session was started already.
        """
        if self._state is not State.READY:
            raise ValueError("only a session that has not started can be taken up again")
        self.advance(now)
        self._position = max(0, min(position, self._schedule.total * SECOND - 1))
        self._index = self._schedule.position_at(self._position // SECOND).index
        self._walked_here = self._into
        self._begun = True
        self._lead_in, self._walked, self._held, self._paused = spent.lead_in, spent.walked, spent.held, spent.paused
        events: list[Event] = [
            IntervalStarted(moment=self._now, at=self._position, index=self._index, entry=self.entry, move=Move.RESUME)
        ]
        self._pause(PauseReason.INTERRUPTED, events)
        return tuple(events)

    def pause(self, now: int, reason: PauseReason = PauseReason.WALKER) -> tuple[Event, ...]:
        """Let time stand still. A pause that is a bail-out already stays one."""
        events = list(self.advance(now))
        if self._state in _MOVING or (self._state is State.PAUSED and reason is PauseReason.BAIL_OUT):
            self._pause(reason, events)
        return tuple(events)

    def resume(self, now: int) -> tuple[Event, ...]:
        """Go on: through a lead-in when the belt is to move, at once otherwise. A waiting turn waits again."""
        events = list(self.advance(now))
        if self._state is not State.PAUSED:
            return tuple(events)
        if self.interval_left == 0:
            self._hold(events)
        else:
            self._count_in_again(events)
        return tuple(events)

    def turned(self, now: int) -> tuple[Event, ...]:
        """The walker has turned: a waiting turn goes on through the 3-2-1."""
        events = list(self.advance(now))
        if self._state is State.HOLDING:
            self._turned(events)
        return tuple(events)

    def skip(self, now: int) -> tuple[Event, ...]:
        """Go to the next interval at once; out of a lead-in, into the interval; out of the last one, to the end.

        A waiting turn goes on as it does when the walker has turned.
        """
        events = list(self.advance(now))
        if self._state is State.LEAD_IN:
            self._end_lead_in(events)
        elif self._state is State.HOLDING:
            self._turned(events)
        elif self._state in (State.RUNNING, State.PAUSED):
            self._leave(Move.SKIP, events)
        return tuple(events)

    def back(self, now: int) -> tuple[Event, ...]:
        """Start the interval again; right after its start, go to the one before.

        During the count after a pause, the count begins again: it may lead into another phase now.
        """
        events = list(self.advance(now))
        if self._state not in (*_MOVING, State.PAUSED) or not self._begun:
            return tuple(events)
        counts_in = self._state is State.LEAD_IN and not self._waits
        if self._into < RESTART_WINDOW and self._index > 0:
            self._go_to(self._index - 1, Move.PREVIOUS, events)
        else:
            self._go_to(self._index, Move.RESTART, events)
        if counts_in:
            self._count_in_again(events)
        return tuple(events)

    def edit(self, now: int, edit: Edit) -> tuple[Event, ...]:
        """Change what is left. An edit that cannot be made is answered with `Refused` and changes nothing."""
        events = list(self.advance(now))
        if self._state.is_over:
            return tuple(events)
        before = self._schedule
        try:
            after = edit(before, self._at)
            if after.entries == before.entries:
                raise EditError("that changes nothing")
        except WorkoutError as reason:
            events.append(Refused(moment=self._now, at=self._position, why=str(reason)))
            return tuple(events)
        self._undo.append(before)
        self._redo.clear()
        self._change("edit", after, said.edit(edit, after, self._index), events)
        return tuple(events)

    def cool_down(self, now: int) -> tuple[Event, ...]:
        """Go to the cool-down through the 3-2-1, turning first when facing backward."""
        return self.edit(now, CoolDownNow())

    def undo(self, now: int) -> tuple[Event, ...]:
        """Take the last edit back, as far as it has not been walked; `Refused` when it has."""
        return self._restore(now, self._undo, self._redo, "undo")

    def redo(self, now: int) -> tuple[Event, ...]:
        """Make the edit that was last undone again; `Refused` when the walk has gone another way since."""
        return self._restore(now, self._redo, self._undo, "redo")

    def end(self, now: int) -> tuple[Event, ...]:
        """End early."""
        events = list(self.advance(now))
        if self._state is not State.READY and not self._state.is_over:
            self._finish(EndReason.EARLY, events)
        return tuple(events)

    @property
    def _now(self) -> int:
        return self._seen or 0

    @property
    def _into(self) -> int:
        """Milliseconds of the running interval that are behind."""
        return self._position - self._schedule.starts[self._index] * SECOND

    @property
    def _at(self) -> At:
        return At(self._index, -(-self._into // SECOND))

    def _step(self, now: int, events: list[Event]) -> None:
        """Bring the session to the next boundary, or to `now` when that comes first."""
        if self._state is State.RUNNING:
            self._run(now, events)
        elif self._state is State.LEAD_IN:
            self._stand(min(now, self._lead_in_until) - self._now)
            if self._now == self._lead_in_until:
                self._end_lead_in(events)
        elif self._state is State.HOLDING:
            every = self.rules.reminder * SECOND
            self._stand(min(now - self._now, every - self._stood % every))
            if self._stood % every == 0:
                events.append(HoldReminded(moment=self._now, at=self._position, index=self._index))
        else:
            self._stand(now - self._now)

    def _run(self, now: int, events: list[Event]) -> None:
        passed = min(now - self._now, self.interval_left)
        self._seen = self._now + passed
        self._position += passed
        self._walked += passed
        self._walked_here += passed
        if self.interval_left > 0:
            return
        last = self._index + 1 == len(self._schedule)
        if self.rules.wait_at_turns and self.entry.phase is Phase.TURN and not last:
            self._hold(events)
        else:
            self._leave(Move.TIME, events)

    def _stand(self, passed: int) -> None:
        """Let time pass while the position stands still."""
        self._seen = self._now + passed
        self._stood += passed
        if self._still is _Still.LEAD_IN:
            self._lead_in += passed
        elif self._still is _Still.HOLD:
            self._held += passed
        else:
            self._paused += passed

    def _pause(self, reason: PauseReason, events: list[Event]) -> None:
        if self._state is State.RUNNING or not self._begun:
            self._stood = 0
        self._still = _Still.PAUSE
        self._state = State.PAUSED
        self.pause_reason = reason
        events.append(Paused(moment=self._now, at=self._position, reason=reason))

    def _hold(self, events: list[Event]) -> None:
        self._state = State.HOLDING
        self._still = _Still.HOLD
        self._stood = 0
        self.pause_reason = None
        events.append(Held(moment=self._now, at=self._position, index=self._index))

    @property
    def _waits(self) -> bool:
        """Whether a turn's time is over and it waits, or counts in to what comes after it."""
        return self._state is State.HOLDING or (self._state is State.LEAD_IN and self._still is _Still.HOLD)

    def _turned(self, events: list[Event]) -> None:
        events.append(Turned(moment=self._now, at=self._position, held=self._stood))
        self._count_in(NOTICE, events)

    def _count_in_again(self, events: list[Event]) -> None:
        """Go on after a pause: through a count where the belt is to move."""
        self._count_in(max(self.rules.resume_lead_in, NOTICE) if self.entry.phase.on_belt else 0, events)

    def _count_in(self, seconds: int, events: list[Event]) -> None:
        """Begin the lead-in back into the session, or go on at once."""
        self._state = State.LEAD_IN
        self.pause_reason = None
        self._lead_in_until = self._now + seconds * SECOND
        if not seconds:
            self._end_lead_in(events)
            return
        events.append(Resuming(moment=self._now, at=self._position, lead_in=seconds * SECOND))

    def _end_lead_in(self, events: list[Event]) -> None:
        """Go on: into the first interval, the one after a turn that waited, or where the session stood."""
        self._state = State.RUNNING
        if not self._begun:
            self._enter(0, Move.START, events)
        elif self.interval_left == 0:
            self._leave(Move.TIME, events)
        else:
            events.append(Resumed(moment=self._now, at=self._position, stood=self._stood))

    def _leave(self, move: Move, events: list[Event]) -> None:
        """Go to the next interval, or to the end after the last."""
        if self._index + 1 == len(self._schedule):
            self._finish(EndReason.COMPLETE, events)
        else:
            self._go_to(self._index + 1, move, events)

    def _go_to(self, index: int, move: Move, events: list[Event]) -> None:
        self._end_interval(events)
        if self._waits:
            self._state = State.RUNNING
        self._enter(index, move, events)

    def _enter(self, index: int, move: Move, events: list[Event]) -> None:
        self._begun = True
        self._index = index
        self._position = self._schedule.starts[index] * SECOND
        self._walked_here = 0
        events.append(IntervalStarted(moment=self._now, at=self._position, index=index, entry=self.entry, move=move))

    def _end_interval(self, events: list[Event]) -> None:
        if self._begun:
            events.append(
                IntervalEnded(
                    moment=self._now,
                    at=self._position,
                    index=self._index,
                    entry=self.entry,
                    walked=self._walked_here,
                    complete=self.interval_left == 0,
                )
            )

    def _finish(self, reason: EndReason, events: list[Event]) -> None:
        self._end_interval(events)
        if reason is EndReason.COMPLETE:
            self._position = self._schedule.total * SECOND
        self._state = State.FINISHED if reason is EndReason.COMPLETE else State.ENDED_EARLY
        events.append(Ended(moment=self._now, at=self._position, reason=reason))

    def _restore(self, now: int, source: list[Schedule], target: list[Schedule], what: str) -> tuple[Event, ...]:
        events = list(self.advance(now))
        if self._state.is_over:
            return tuple(events)
        before = self._schedule
        try:
            depth, after = self._last_that_matters(source, what)
        except WorkoutError as reason:
            events.append(Refused(moment=self._now, at=self._position, why=str(reason)))
            return tuple(events)
        del source[-depth:]
        target.append(before)
        self._change(what, after, (said.RESTORED[what],), events)
        return tuple(events)

    def _last_that_matters(self, source: list[Schedule], what: str) -> tuple[int, Schedule]:
        """How deep to go for a change of what is left, and what it gives; what was walked since is passed over.

        Raises:
            EditError: when there is none.
        """
        for depth, wanted in enumerate(reversed(source), start=1):
            after = restore(self._schedule, wanted, self._at)
            if after is not self._schedule:
                return depth, after
        raise EditError("too late: that part is walked already" if source else f"nothing to {what}")

    def _change(self, what: str, after: Schedule, words: tuple[str, ...], events: list[Event]) -> None:
        before, self._schedule = self._schedule, after
        events.append(Edited(moment=self._now, at=self._position, what=what, words=words, before=before, after=after))
        if self._waits and self.interval_left > 0:
            self._end_lead_in(events)  # the turn was made longer: it runs on and waits at its new end
