"""The session engine: one run of a workout, driven by moments that are passed in.

This module has the walker's commands. How the session advances by itself is in `session.progression`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.errors import EditError, WorkoutError
from retro_timer.scheduling.schedule import NOTICE, At
from retro_timer.session.bounds import LONGEST
from retro_timer.session.events import (
    ClockStopped,
    Edited,
    EndReason,
    Event,
    IntervalStarted,
    Move,
    PauseReason,
    Refused,
    Started,
)
from retro_timer.session.languages import DEFAULT, LANGUAGES
from retro_timer.session.progression import Progression
from retro_timer.session.spent import CountsAs
from retro_timer.session.states import SECOND, Rules, State
from retro_timer.session.undo_history import Jump, Present, Spot, UndoHistory

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.languages import Language
    from retro_timer.session.record import Record

RESTART_WINDOW: Final = 3 * SECOND
"""Going back within this time after an interval's start goes to the previous one."""
GRACE: Final = 700
"""A skip within this time after an automatic change was meant for the interval that is already over."""
_MOVING: Final = (State.LEAD_IN, State.RUNNING, State.HOLDING)


class Session(Progression):
    """One session of a schedule.

    Every command takes the moment at which it is given, and returns the events that were due before it, followed by
    those it caused. A command that makes no sense in the current state does nothing. A moment earlier than the last one
    seen counts as the last one seen.

    Args:
        schedule: the schedule to walk.
        rules: how the session behaves.
        phrases: the language in which edits are confirmed.
    """

    def __init__(self, schedule: Schedule, rules: Rules | None = None, phrases: Language = LANGUAGES[DEFAULT]) -> None:
        super().__init__(schedule, rules)
        self._phrases = phrases
        self._steps = UndoHistory()
        self._stopped = 0  # milliseconds for which the clock was stopped since the end

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit or a jump to undo."""
        return self._steps.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone edit or jump to redo."""
        return self._steps.can_redo

    @property
    def can_reopen(self) -> bool:
        """Whether `undo` reopens the session: it was skipped to its end, or ended early."""
        return self._state.is_over and self._steps.can_reopen(self._present)

    def start(self, now: int) -> tuple[Event, ...]:
        """Start with the lead-in."""
        self._bring_to(now)
        if self._state is not State.READY:
            return self._reported()
        self._state = State.LEAD_IN
        self._lead_in_until = self._now + self.rules.lead_in * SECOND
        self._events.append(Started(moment=self._now, at=0, lead_in=self.rules.lead_in * SECOND))
        self._lead_in_length = self.rules.lead_in * SECOND
        if not self.rules.lead_in:
            self._end_lead_in()
            self._boundary = None
        return self._reported()

    def restore(self, now: int, record: Record) -> tuple[Event, ...]:
        """Restore an interrupted session where its record ends, paused: `resume` continues it.

        Args:
            now: the current moment.
            record: the record of the session, whose schedule this session has.

        Raises:
            ValueError: if the session has already been started.
        """
        if self._state is not State.READY:
            raise ValueError("only a session that has not started can be restored")
        self._bring_to(now)
        self._position = max(0, min(record.position, self._schedule.total * SECOND - 1))
        self._index = self._schedule.position_at(self._position // SECOND).index
        self._walked.restore(record.walked, self._into)
        self._facing.turn()
        self._begun = True
        self._spent, self._backward = record.spent, record.backward
        self._events.append(
            IntervalStarted(moment=self._now, at=self._position, index=self._index, entry=self.entry, move=Move.RESUME)
        )
        self._pause(PauseReason.INTERRUPTED)
        return self._reported()

    def pause(self, now: int, reason: PauseReason = PauseReason.WALKER) -> tuple[Event, ...]:
        """Pause. A bail-out stays a bail-out."""
        self._bring_to(now)
        if self._state in _MOVING or (self._state is State.PAUSED and reason is PauseReason.BAIL_OUT):
            self._pause(reason)
        return self._reported()

    def clock_stopped(self, now: int, length: int) -> tuple[Event, ...]:
        """Count time for which this clock was stopped, in milliseconds, as part of the pause.

        So a pause is as long as by the wall clock, even if the machine slept or the program did not run. After the end
        it counts once the end is undone.
        """
        self._bring_to(now)
        if self._state is State.PAUSED:
            self._lengthen_pause(length)
        elif self._state.is_over:
            self._stopped += length
        return self._reported()

    def _lengthen_pause(self, length: int) -> None:
        length = min(length, LONGEST // 2 - self._spent.total)  # the pause is not over, and must stay within the bounds
        if length > 0:
            self._spent = self._spent.plus(length, CountsAs.PAUSED)
            self._events.append(ClockStopped(moment=self._now, at=self._position, length=length))

    def resume(self, now: int) -> tuple[Event, ...]:
        """Resume: with a lead-in if the belt will move or the walker may have stepped off, otherwise at once.

        A waiting turn waits again.
        """
        self._bring_to(now)
        if self._state is not State.PAUSED:
            return self._reported()
        if self.interval_left == 0:
            self._hold()
        else:
            self._repeat_lead_in()
        return self._reported()

    def turned(self, now: int) -> tuple[Event, ...]:
        """Confirm a waiting turn: the session continues with the 3-2-1."""
        self._bring_to(now)
        if self._state is State.HOLDING:
            self._turned()
        return self._reported()

    def skip(self, now: int) -> tuple[Event, ...]:
        """Go to the next interval at once; from a lead-in to the interval, from the last interval to the end.

        A waiting turn is confirmed. A skip within `GRACE` after an automatic change was meant for the previous interval
        and is refused; a second one is not.
        """
        self._bring_to(now)
        if self._state is State.LEAD_IN:
            self._end_lead_in()
        elif self._state is State.HOLDING:
            self._turned()
        elif self._state is State.RUNNING and self._boundary is not None and self._now - self._boundary <= GRACE:
            self._events.append(Refused(moment=self._now, at=self._position, why="already there"))
        elif self._state in (State.RUNNING, State.PAUSED):
            self._remember_jump(self._index + 1)
            self._leave(Move.SKIP)
        self._boundary = None
        return self._reported()

    def skip_to(self, now: int, index: int) -> tuple[Event, ...]:
        """Go to a later interval at once, or to the turn that leads to it if it is walked facing the other way.

        `Refused` if it is not later, or nothing has begun.
        """
        self._bring_to(now)
        if self._state.is_over:
            return self._reported()
        if not self._begun or not self._index < index < len(self._schedule):
            why = "you've already walked that part" if self._begun else "the session has not begun yet"
            self._events.append(Refused(moment=self._now, at=self._position, why=why))
            return self._reported()
        target = self._schedule.way_in(self._index, index)
        self._remember_jump(target)
        self._jump(target, Move.SKIP)
        return self._reported()

    def back(self, now: int) -> tuple[Event, ...]:
        """Restart the interval; right after its start, go to the previous one."""
        self._bring_to(now)
        if self._state not in (*_MOVING, State.PAUSED) or not self._begun:
            return self._reported()
        goes_back = self._into < RESTART_WINDOW and self._index > 0
        target, move = (self._index - 1, Move.PREVIOUS) if goes_back else (self._index, Move.RESTART)
        self._remember_jump(target)
        self._jump(target, move)
        return self._reported()

    def edit(self, now: int, edit: Edit) -> tuple[Event, ...]:
        """Edit the rest of the schedule. An impossible edit gives `Refused` and changes nothing."""
        from retro_timer.session import edit_phrases

        self._bring_to(now)
        if self._state.is_over:
            return self._reported()
        before = self._schedule
        try:
            after = edit(before, self._at)
            if after.entries == before.entries:
                raise EditError("that changes nothing")
        except WorkoutError as reason:
            self._events.append(Refused(moment=self._now, at=self._position, why=str(reason)))
            return self._reported()
        self._steps.add(before)
        self._change("edit", after, edit_phrases.edit(edit, before, after, self._index, self._phrases))
        return self._reported()

    def cool_down(self, now: int) -> tuple[Event, ...]:
        """Go to the cool-down after the 3-2-1, with a turn first if facing backward."""
        from retro_timer.scheduling.edits import CoolDownNow

        return self.edit(now, CoolDownNow())

    def undo(self, now: int) -> tuple[Event, ...]:
        """Undo the last edit, skip or jump back, except for parts walked since; `Refused` if nothing is left to undo.

        Undoing a jump returns to the place before it. Undoing the end leaves the session paused at that place.
        """
        return self._restore(now, self._steps.undo, Move.UNDO)

    def redo(self, now: int) -> tuple[Event, ...]:
        """Redo the last undone step; `Refused` if other steps were made since."""
        return self._restore(now, self._steps.redo, Move.REDO)

    def end(self, now: int) -> tuple[Event, ...]:
        """End early."""
        self._bring_to(now)
        if self._state is not State.READY and not self._state.is_over:
            self._remember_jump(self._index)
            self._finish(EndReason.EARLY)
        return self._reported()

    @property
    def _at(self) -> At:
        return At(self._index, -(-self._into // SECOND))

    @property
    def _present(self) -> Present:
        """The current state, for undo."""
        spot = Spot(self._index, self.entry.phase, self._into)
        return Present(self._schedule, self._at, spot, self._spent.walked, self._state.is_over)

    def _remember_jump(self, reached: int) -> None:
        self._steps.add(Jump(self._present.spot, reached, self._spent.walked))

    def _return_to(self, spot: Spot, move: Move) -> None:
        """Undo a jump: return to the place before it, with time left for the 3-2-1.

        The end is undone as of its moment: the time since then counts as a pause.
        """
        latest = max(0, (self._schedule[spot.index].duration - NOTICE) * SECOND)
        into = min(spot.into, latest)
        if self._state.is_over:
            self._enter(spot.index, move, into=into)
            self._pause(PauseReason.REOPENED)
            self._lengthen_pause(self._stopped)
            self._stopped = 0
        else:
            self._jump(spot.index, move, into=into)

    def _jump(self, index: int, move: Move, *, into: int = 0) -> None:
        """Go to any interval, or to another place in the running one.

        The session pauses if the walker would have to turn around while the belt moves. During a lead-in after a pause,
        the lead-in starts again, since it may now lead to another phase.
        """
        counts_in = self._state is State.LEAD_IN and not self._waits
        stands = self._state is State.PAUSED or counts_in
        goes_on = move is Move.SKIP and index == self._index + 1
        turns = not goes_on and not self._facing.suits(self._schedule, self._index, index)
        self._go_to(index, move, into=into)
        if turns and not stands:
            self._pause(PauseReason.TURNING)
        self._stepped_off = self._stepped_off or turns  # so that a lead-in announces even a turn
        if counts_in:
            self._repeat_lead_in()

    def _restore(self, now: int, take: Callable[[Present], Schedule | Jump], move: Move) -> tuple[Event, ...]:
        self._bring_to(now)
        before = self._present
        try:
            step = take(before)
        except WorkoutError as reason:
            self._events.append(Refused(moment=max(now, self._now), at=self._position, why=str(reason)))
            return self._reported()
        if isinstance(step, Jump):
            self._return_to(step.left, move)
            self._bring_to(now)  # the time since the end counts as a pause
        else:
            self._change(move.value, step, (self._phrases.RESTORED[move.value],))
        return self._reported()

    def _change(self, what: str, after: Schedule, words: tuple[str, ...]) -> None:
        before, self._schedule = self._schedule, after
        self._events.append(
            Edited(moment=self._now, at=self._position, what=what, words=words, before=before, after=after)
        )
        if self._waits and self.interval_left > 0:
            self._end_lead_in()  # the turn was made longer: it continues and waits at its new end
            self._boundary = None
