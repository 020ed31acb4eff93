"""An auditor: follows the events of a session on its own, and says what is wrong with them.

It knows the rules of a walk, not how the engine keeps them: every boundary once, intervals that begin and end in
turn, a position that runs with the clock or stands still, and one end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.edits import NOTICE
from retro_timer.scheduling.phases import Phase
from retro_timer.session.engine import SECOND, Rules, Spent
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
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.engine import Session

_STEP = {Move.TIME: 1, Move.SKIP: 1, Move.RESTART: 0, Move.PREVIOUS: -1}


class Auditor:
    """Checks the events of one session, and knows from them alone where it must be."""

    def __init__(self, schedule: Schedule, rules: Rules) -> None:
        self.schedule = schedule
        self.rules = rules
        self.events: list[Event] = []
        self.begun: int | None = None  # the moment of the start
        self.moment = 0
        self.at = 0
        self.counts_as: str | None = None  # what time passes as
        self.spent = {"lead_in": 0, "walked": 0, "held": 0, "paused": 0}
        self.open: int | None = None  # the interval begun and not ended
        self.last: IntervalEnded | None = None
        self.walked_here = 0
        self.waits = False  # held, or counting in after that
        self.held_at = 0
        self.count_in: Resuming | None = None
        self.over = False

    def hear(self, events: tuple[Event, ...]) -> None:
        """Check events and follow them."""
        for event in events:
            assert not self.over, f"{event} after the end"
            self._pass(event.moment)
            if not isinstance(event, IntervalStarted | Ended):
                assert event.at == self.at, f"{event} at {event.at}, not at {self.at}"
            getattr(self, f"_{type(event).__name__.lower()}")(event)
            self.at = event.at
            self.events.append(event)

    def compare(self, session: Session, now: int) -> None:
        """Check a session's own idea of itself against what its events say, as of a moment."""
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
        if event.move is not Move.RESUME:
            assert event.at == self.schedule.starts[event.index] * SECOND
        if event.move is Move.START:
            assert (event.index, self.last) == (0, None)
        elif event.move in _STEP:
            before = -1 if self.last is None else self.last.index
            before = 0 if self.last is None and event.move is Move.SKIP else before  # the first one was skipped
            assert event.index == before + _STEP[event.move]
        if event.move is Move.TIME:
            assert self.last is not None
            assert self.last.complete
            assert event.at == self.at
            self._needs_confirmed_turn(self.last.index)
        if event.move in (Move.START, Move.TIME) or self.waits:
            self.counts_as = "walked"
            self.waits = False
        self.open = event.index
        self.walked_here = 0

    def _needs_confirmed_turn(self, index: int) -> None:
        turn = self.schedule[index].phase is Phase.TURN
        if self.rules.wait_at_turns and turn and index + 1 < len(self.schedule):
            assert self.waits, "a turn did not wait"

    def _intervalended(self, event: IntervalEnded) -> None:
        assert event.index == self.open
        assert event.entry == self.schedule[event.index]
        assert event.walked == self.walked_here
        assert event.complete == (self.at == self.schedule.starts[event.index + 1] * SECOND)
        self.open = None
        self.last = event

    def _paused(self, event: Paused) -> None:
        assert self.counts_as != "paused" or self.count_in or event.reason is PauseReason.BAIL_OUT
        self.counts_as = "paused"
        self.count_in = None
        self.waits = False

    def _resuming(self, event: Resuming) -> None:
        assert self.counts_as in ("paused", "held")
        assert event.lead_in >= NOTICE * SECOND
        self.count_in = event

    def _resumed(self, event: Resumed) -> None:
        assert self.counts_as in ("paused", "held")
        assert event.stood >= 0
        phase = self.schedule[self.open or 0].phase
        if self.count_in is None and self.counts_as == "paused":
            assert not phase.on_belt, "the belt moves without a count"
        if self.count_in is not None:
            assert event.moment <= self.count_in.moment + self.count_in.lead_in
        self.counts_as = "walked"
        self.count_in = None
        self.waits = False

    def _held(self, event: Held) -> None:
        assert self.rules.wait_at_turns
        assert event.index == self.open
        assert self.schedule[event.index].phase is Phase.TURN
        assert event.index + 1 < len(self.schedule)
        assert self.at == self.schedule.starts[event.index + 1] * SECOND
        self.counts_as = "held"
        self.waits = True
        self.count_in = None
        self.held_at = event.moment

    def _holdreminded(self, event: HoldReminded) -> None:
        assert self.waits
        assert self.count_in is None
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
        if event.reason is EndReason.COMPLETE:
            assert event.at == self.schedule.total * SECOND
            assert self.last is None or self.last.index + 1 == len(self.schedule)
