"""A walker who performs random actions: the base class of the state machines that check a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from retro_timer.session.events import IntervalStarted, Move, PauseReason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retro_timer.session.conductor import SessionMethod
    from retro_timer.session.engine import Session
    from retro_timer.session.events import Event

CERTAIN = 10_000
"""The longest stall, in milliseconds, during which nothing may be lost."""
JUMPS = (Move.SKIP, Move.RESTART, Move.PREVIOUS, Move.UNDO, Move.REDO)
from_outside = st.sampled_from(sorted(set(PauseReason) - {PauseReason.REOPENED, PauseReason.TURNING}))
"""The reasons for a pause that the session itself does not have."""
passing = st.one_of(st.integers(0, 3000), st.sampled_from([0, 1, 999, 1000, 1001, 5000]), st.integers(0, CERTAIN))


def has_jumped(events: Iterable[Event]) -> bool:
    """Whether the walker has jumped to another position."""
    return any(isinstance(event, IntervalStarted) and event.move in JUMPS for event in events)


class AnyWalk(RuleBasedStateMachine):
    """Walks a session; all its actions go through `call`."""

    session: Session

    def call(self, passed: int, command: SessionMethod | None = None) -> None:
        """Let time pass, then call a method of the session."""
        raise NotImplementedError

    def offset(self) -> int | None:
        runs_from = self.session.runs_from
        return None if runs_from is None else runs_from - self.session.position

    @rule(passed=passing)
    def time_passes(self, passed: int) -> None:
        self.call(passed)

    @rule(steps=st.lists(passing, min_size=5, max_size=12))
    def more_time_passes(self, steps: list[int]) -> None:
        for passed in steps:
            self.call(passed)

    @rule(passed=passing, reason=from_outside)
    def pause(self, passed: int, reason: PauseReason) -> None:
        self.call(passed, lambda now: self.session.pause(now, reason))

    @rule(passed=passing)
    def resume(self, passed: int) -> None:
        self.call(passed, self.session.resume)

    @rule(passed=passing)
    def skip(self, passed: int) -> None:
        self.call(passed, self.session.skip)

    @rule(passed=passing)
    def back(self, passed: int) -> None:
        self.call(passed, self.session.back)

    @rule(passed=passing)
    def turned(self, passed: int) -> None:
        self.call(passed, self.session.turned)

    @rule(passed=passing)
    def undo(self, passed: int) -> None:
        self.call(passed, self.session.undo)
