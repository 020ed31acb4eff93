"""An auditor that follows the events of a session independently and checks them.

It knows the rules of a session, not the engine's implementation: every boundary once, intervals that start and end in
turn, a position that either runs with the clock or does not change, and one end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import NOTICE
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
from retro_timer.session.spent import Spent
from retro_timer.session.states import SECOND, Rules

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.engine import Session

_RETURNS = (Move.UNDO, Move.REDO)
SETTLED = 3_000
"""Milliseconds after which a walker who was told a direction faces that way."""
_STEP = {Move.TIME: 1, Move.SKIP: 1, Move.RESTART: 0, Move.PREVIOUS: -1}


class Auditor:
    """Checks the events of one session, and computes its position from them alone."""

    def __init__(self, schedule: Schedule, rules: Rules) -> None:
        self.schedule = schedule
        self.rules = rules
        self.events: list[Event] = []
        self.begun: int | None = None  # the moment of the start
        self.moment = 0
        self.at = 0
        self.counts_as: str | None = None  # what the time counts as
        self.spent = {"lead_in": 0, "walked": 0, "held": 0, "paused": 0}
        self.open: int | None = None  # the interval that has started but not ended
        self.last: IntervalEnded | None = None
        self.walked_here = 0
        self.waits = False  # waiting, or in the lead-in after that
        self.held_at = 0
        self.lead_in_ticks: Resuming | None = None
        self.over = False
        self.ended_at = 0
        self.reopened = 0  # number of undone ends
        self.turns = False  # whether a jump turned the walker around, so that a pause must follow
        self.left: dict[int, set[int]] = {}  # the position in each interval when it was left

    def hear(self, events: tuple[Event, ...]) -> None:
        """Check events and follow them."""
        for event in events:
            if self.over and isinstance(event, IntervalStarted) and event.move in _RETURNS:
                self._reopen(event)
            assert not self.over or isinstance(event, Refused), f"{event} after the end"
            self._pass(event.moment)
            if not isinstance(event, IntervalStarted | Ended):
                assert event.at == self.at, f"{event} at {event.at}, not at {self.at}"
            assert not self.turns or isinstance(event, Paused), "the walker must turn on a moving belt"
            getattr(self, f"_{type(event).__name__.lower()}")(event)
            self.at = event.at
            self.events.append(event)
        assert not self.turns, "the walker must turn on a moving belt"

    def compare(self, session: Session, now: int) -> None:
        """Compare a session's state with its events, as of a moment."""
        if self.over or self.begun is None:
            return
        self._pass(now)
        assert session.spent == Spent(**self.spent)
        assert session.spent.total == now - self.begun
        assert session.position == self.at
        if self.open is not None:
            assert session.index == self.open
            start, end = (self.schedule.starts[self.open + more] * SECOND for more in (0, 1))
            assert start <= session.position <= end
            assert session.interval_left == end - session.position
        assert session.left == self.schedule.total * SECOND - self.at

    def _pass(self, moment: int) -> None:
        passed = moment - self.moment
        assert passed >= 0, "time went back"
        self.moment = moment
        if self.counts_as is None:
            return
        self.spent[self.counts_as] += passed
        if self.counts_as == "walked":
            self.at += passed
            self.walked_here += passed

    def _started(self, event: Started) -> None:
        assert self.begun is None
        self.begun = event.moment
        assert event.lead_in == self.rules.lead_in * SECOND
        self.counts_as = "lead_in"

    def _intervalstarted(self, event: IntervalStarted) -> None:
        assert self.open is None, "an interval began within another"
        assert event.entry == self.schedule[event.index]
        start, end = (self.schedule.starts[event.index + more] * SECOND for more in (0, 1))
        if event.move in _RETURNS:
            latest = max(0, end - start - NOTICE * SECOND)
            was = self.left.get(event.index, {0})
            assert event.at - start in {min(into, latest) for into in was}, "undo went elsewhere"
        elif event.move is not Move.RESUME:
            assert event.at == start
        if event.move is Move.START:
            assert (event.index, self.last) == (0, None)
        elif event.move in _STEP:
            before = -1 if self.last is None else self.last.index
            before = 0 if self.last is None and event.move is Move.SKIP else before  # the first one was skipped
            ahead = event.move is Move.SKIP  # or further, to what was chosen
            assert event.index == before + _STEP[event.move] or (ahead and event.index > before)
        if event.move is Move.TIME:
            assert self.last is not None
            assert self.last.complete
            assert event.at == self.at
            self._needs_confirmed_turn(self.last.index)
        self.turns = self._turns(event)
        if event.move in (Move.START, Move.TIME) or self.waits:
            self.counts_as = "walked"
            self.waits = False
        self.open = event.index
        self.walked_here = 0

    def _turns(self, event: IntervalStarted) -> bool:
        """Whether a jump leads from a direction that was walked for a while straight to the other one."""
        if self.last is None or self.counts_as != "walked" or self.last.walked <= SETTLED:
            return False
        is_jump = event.move in (*_RETURNS, Move.PREVIOUS) or event.index > self.last.index + 1
        from_belt, to_belt = self.last.entry.phase, event.entry.phase
        return is_jump and from_belt.on_belt and to_belt.on_belt and from_belt.faces_backward != to_belt.faces_backward

    def _reopen(self, event: IntervalStarted) -> None:
        """Undo the end as of its own moment; a pause follows."""
        assert event.moment == self.ended_at
        self.moment = self.ended_at
        self.reopened += 1
        self.over = False
        self.waits = False

    def _needs_confirmed_turn(self, index: int) -> None:
        turn = self.schedule[index].phase is Phase.TURN
        if self.rules.wait_at_turns and turn and index + 1 < len(self.schedule):
            assert self.waits, "a turn did not wait"

    def _intervalended(self, event: IntervalEnded) -> None:
        assert event.index == self.open
        assert event.entry == self.schedule[event.index]
        assert event.walked == self.walked_here
        assert event.complete == (self.at == self.schedule.starts[event.index + 1] * SECOND)
        self.left.setdefault(event.index, {0}).add(event.at - self.schedule.starts[event.index] * SECOND)
        self.open = None
        self.last = event

    def _paused(self, event: Paused) -> None:
        assert self.counts_as != "paused" or self.lead_in_ticks or event.reason is PauseReason.BAIL_OUT
        self.counts_as = "paused"
        self.turns = False
        self.lead_in_ticks = None
        self.waits = False

    def _resuming(self, event: Resuming) -> None:
        assert self.counts_as in ("paused", "held")
        assert event.lead_in >= NOTICE * SECOND
        self.lead_in_ticks = event

    def _resumed(self, event: Resumed) -> None:
        assert self.counts_as in ("paused", "held")
        assert event.standing >= 0
        phase = self.schedule[self.open or 0].phase
        if self.lead_in_ticks is None and self.counts_as == "paused":
            assert not phase.on_belt, "the belt moves without a count"
        if self.lead_in_ticks is not None:
            assert event.moment <= self.lead_in_ticks.moment + self.lead_in_ticks.lead_in
        self.counts_as = "walked"
        self.lead_in_ticks = None
        self.waits = False

    def _held(self, event: Held) -> None:
        assert self.rules.wait_at_turns
        assert event.index == self.open
        assert self.schedule[event.index].phase is Phase.TURN
        assert event.index + 1 < len(self.schedule)
        assert self.at == self.schedule.starts[event.index + 1] * SECOND
        self.counts_as = "held"
        self.waits = True
        self.lead_in_ticks = None
        self.held_at = event.moment

    def _holdreminded(self, event: HoldReminded) -> None:
        assert self.waits
        assert self.lead_in_ticks is None
        waited = event.moment - self.held_at
        assert waited > 0
        assert waited % (self.rules.reminder * SECOND) == 0

    def _turned(self, event: Turned) -> None:
        assert self.waits
        assert event.held == event.moment - self.held_at

    def _edited(self, event: Edited) -> None:
        assert event.before is self.schedule
        assert event.after.entries != self.schedule.entries
        index = self.open if self.open is not None else 0
        assert event.after.entries[:index] == self.schedule.entries[:index]
        self.schedule = event.after

    def _refused(self, event: Refused) -> None:
        assert event.why.isprintable()

    def _ended(self, event: Ended) -> None:
        assert self.open is None
        self.over = True
        self.ended_at = event.moment
        self.counts_as = None
        if event.reason is EndReason.COMPLETE:
            assert event.at == self.schedule.total * SECOND
            assert self.last is None or self.last.index + 1 == len(self.schedule)
