"""A run of the backward walk test: a count, a stopwatch, a second try. Independent of any screen.

The test is a session that rests until a try is started, walks backward until it is stopped, and rests again, so it is
counted in like any other session. It is not kept as a session.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from retro_timer.runtime.runner import Runner
from retro_timer.runtime.walk_test_report import seconds
from retro_timer.scheduling.edits import SetInterval
from retro_timer.scheduling.model import Interval, Workout
from retro_timer.scheduling.phases import Phase
from retro_timer.session.cue import CueKind
from retro_timer.session.history import LONGEST_TRY, SHORTEST_TRY
from retro_timer.session.metronome import MetronomeOptions
from retro_timer.session.states import SECOND, Rules, State

if TYPE_CHECKING:
    from retro_timer.clock import Clock
    from retro_timer.runtime.session_config import SessionConfig
    from retro_timer.session.events import Event
    from retro_timer.session.ports import Player

COUNT_IN: Final = 6
"""Seconds from the start to "go": time to look ahead, then three, two, one."""
WAIT: Final = 1201
"""The initial length of a rest in seconds, extended until a try is started. It is a length that is not spoken."""
MOST_TRIES: Final = 2
MOST_STARTS: Final = 10
"""Maximum number of starts, false ones included."""
SAID: Final = frozenset({CueKind.COUNT, CueKind.PHASE, CueKind.SOUND, CueKind.QUESTION, CueKind.REFUSED})
"""The kinds of cues in a test."""
SILENCED: Final = frozenset({CueKind.QUESTION, CueKind.REFUSED})
"""The kinds that the settings can switch off; the count and "go" are always heard."""


class WalkTestStep(StrEnum):
    """The steps of a test."""

    WAITING = "waiting"
    COUNTING = "counting"
    RUNNING = "running"
    OVER = "over"


class EndedTry(NamedTuple):
    """A try that has ended.

    Attributes:
        problem: why it does not count, as one sentence; empty if it does.
        events: the events of its end.
    """

    problem: str
    events: tuple[Event, ...] = ()


class WalkTestRun:
    """A running test.

    Args:
        clock: the source of time.
        player: plays the cues; closed with the runner.
        config: how the walker's sessions run.
        rehearsal: whether time runs faster.

    Attributes:
        runner: the runner of the session that the test is.
        step: the step that the test is at.
        tries: the times of the tries that count, in milliseconds.
    """

    def __init__(self, *, clock: Clock, player: Player, config: SessionConfig, rehearsal: bool = False) -> None:
        tries = (Interval(Phase.REST, WAIT), Interval(Phase.BACKWARD, LONGEST_TRY // SECOND)) * MOST_STARTS
        workout = Workout((*tries, Interval(Phase.REST, WAIT)), name="Backward walk test")
        self.runner = Runner(workout, clock=clock, player=player, config=_quiet(config), rehearsal=rehearsal)
        self.step = WalkTestStep.WAITING
        self.tries: list[int] = []
        self._rest = 0  # the index of the rest before the try

    @property
    def is_tried(self) -> bool:
        """Whether a try is being counted in or walked."""
        return self.step in (WalkTestStep.COUNTING, WalkTestStep.RUNNING)

    @property
    def has_tries_left(self) -> bool:
        """Whether another try may be started."""
        return len(self.tries) < MOST_TRIES and self.runner.session.index < 2 * MOST_STARTS

    @property
    def time_shown(self) -> str:
        """The count, or the time of the try; empty while nothing is tried."""
        if self.step is WalkTestStep.COUNTING:
            return str(-(-self.runner.session.interval_left // SECOND))
        return f"GO  {self._into // SECOND}" if self.step is WalkTestStep.RUNNING else ""

    def start(self) -> tuple[Event, ...]:
        """Count in: the rest ends after three, two, one."""
        self.step, self._rest = WalkTestStep.COUNTING, self.runner.session.index
        return self._end_rest_in(COUNT_IN)

    def advance(self) -> EndedTry | None:
        """Advance to the current time; returns the try if that ended it."""
        self.runner.advance()
        session = self.runner.session
        if session.state is State.PAUSED:
            return self._rest_again()
        if self.is_tried and session.entry.phase is Phase.BACKWARD:
            self.step = WalkTestStep.RUNNING
        elif self.is_tried and session.index > self._rest:
            return self._ended("A minute has passed: this try does not count.")
        elif self.step is WalkTestStep.WAITING and session.interval_left < 2 * COUNT_IN * SECOND:
            self._end_rest_in(WAIT)
        return None

    def stop(self) -> EndedTry:
        """End the try that is counted in or walked now, and note its time."""
        if self.step is WalkTestStep.COUNTING:
            return self._ended("Not started.", self._end_rest_in(WAIT))
        walked = self._into
        events = self.runner.skip_to(self.runner.session.index + 1)
        if walked < SHORTEST_TRY:
            return self._ended(f"{seconds(walked)} is too short for three meters: this try does not count.", events)
        self.tries.append(walked)
        return self._ended("", events)

    def finish(self) -> None:
        """End the test."""
        self.step = WalkTestStep.OVER
        self.runner.act("quit")

    @property
    def _into(self) -> int:
        """Milliseconds since the running interval began."""
        session = self.runner.session
        return session.position - session.schedule.starts[session.index] * SECOND

    def _ended(self, problem: str, events: tuple[Event, ...] = ()) -> EndedTry:
        self.step = WalkTestStep.WAITING
        return EndedTry(problem, events)

    def _end_rest_in(self, seconds_left: int) -> tuple[Event, ...]:
        length = -(-self._into // SECOND) + seconds_left
        return self.runner.edit(SetInterval(self.runner.session.index, length))

    def _rest_again(self) -> EndedTry | None:
        """Rest again after something that pauses any session, such as sleep; returns the try if that ended it."""
        session = self.runner.session
        if session.entry.phase is Phase.BACKWARD:
            self.runner.skip_to(session.index + 1)
        self.runner.act("pause")
        self._end_rest_in(WAIT)
        return self._ended("The computer paused: this try does not count.") if self.is_tried else None


def _quiet(config: SessionConfig) -> SessionConfig:
    """The configuration of a test: only what belongs to it is said, and only the count comes before a try."""
    cues = replace(
        config.cues, off=(frozenset(CueKind) - SAID) | (config.cues.off & SILENCED), ticks=3, spoken_count=True,
        coaching="off", time_left_every=0, go_words=(config.cues.phrases.GO,),
    )  # fmt: skip
    return replace(config, rules=Rules(lead_in=0, resume_lead_in=0), cues=cues, metronome=MetronomeOptions())
