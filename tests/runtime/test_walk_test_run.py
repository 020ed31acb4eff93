"""The backward walk test without a screen: its count, its tries, and what does not count."""

from __future__ import annotations

import pytest

from retro_timer.runtime.session_config import SessionConfig
from retro_timer.runtime.walk_test_run import MOST_STARTS, WAIT, EndedTry, WalkTestRun, WalkTestStep
from retro_timer.scheduling.schedule import NOTICE
from retro_timer.session.cue import CueKind
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings
from retro_timer.testing import FakeClock, RecordingPlayer

PAUSED = EndedTry("The computer paused: this try does not count.")


class Walked:
    """A test, and the clock by which it runs."""

    def __init__(self, config: SessionConfig | None = None) -> None:
        self.clock, self.player = FakeClock(), RecordingPlayer()
        self.run = WalkTestRun(clock=self.clock, player=self.player, config=config or SessionConfig())
        self.run.runner.start()

    def after(self, seconds: float) -> EndedTry | None:
        """Let time pass; returns the try that it ended."""
        self.clock.move(round(seconds * 1000))
        return self.run.advance()

    def tried(self, seconds: float) -> str:
        """Start a try and stop it some time after "go"; returns why it does not count."""
        self.run.start()
        assert self.after(6 + seconds) is None
        return self.run.stop().problem


def test_a_try_is_counted_in_and_timed() -> None:
    walked = Walked()
    assert (walked.run.step, walked.run.time_shown, walked.run.is_tried) == (WalkTestStep.WAITING, "", False)
    walked.after(17.3)
    walked.run.start()
    shown = [walked.run.time_shown]
    for _ in range(5):
        walked.after(1)
        shown.append(walked.run.time_shown)
    assert shown == ["7", "6", "5", "4", "3", "2"]  # the rest ends at a whole second
    assert walked.after(3) is None
    assert (walked.run.step, walked.run.time_shown) == (WalkTestStep.RUNNING, "GO  1")
    walked.after(2)
    assert walked.run.stop().problem == ""
    assert (walked.run.step, walked.run.tries) == (WalkTestStep.WAITING, [3_300])


def test_two_tries_are_enough() -> None:
    walked = Walked()
    assert walked.tried(4) == ""
    assert walked.run.has_tries_left
    assert walked.tried(3.5) == ""
    assert not walked.run.has_tries_left
    walked.run.finish()
    assert (walked.run.step, walked.run.tries) == (WalkTestStep.OVER, [4_000, 3_500])
    assert walked.run.runner.session.state.is_over


def test_false_starts_have_an_end() -> None:
    walked = Walked()
    for _ in range(MOST_STARTS):
        assert walked.run.has_tries_left
        assert walked.tried(0.9) == "0.9 s is too short for three meters: this try does not count."
    assert not walked.run.has_tries_left
    assert walked.run.tries == []


def test_a_stop_in_the_count_is_no_try() -> None:
    walked = Walked()
    walked.run.start()
    walked.after(5)
    assert walked.run.stop().problem == "Not started."
    assert walked.after(600) is None
    assert walked.run.step is WalkTestStep.WAITING
    assert walked.tried(3) == ""


def test_a_try_ends_by_itself_after_a_minute() -> None:
    walked = Walked()
    walked.run.start()
    assert walked.after(65.9) is None
    assert walked.after(0.2) == EndedTry("A minute has passed: this try does not count.")
    assert (walked.run.step, walked.run.tries) == (WalkTestStep.WAITING, [])


@pytest.mark.parametrize("into", [2, 8])
def test_a_try_in_which_the_computer_sleeps_does_not_count(into: float) -> None:
    walked = Walked()
    walked.run.start()
    walked.after(into)
    walked.clock.sleep(60_000)
    assert walked.run.advance() == PAUSED
    assert walked.run.step is WalkTestStep.WAITING
    walked.after(30)
    assert walked.tried(3) == ""


def test_a_sleep_between_tries_says_nothing() -> None:
    walked = Walked()
    walked.after(5)
    walked.clock.sleep(60_000)
    assert walked.run.advance() is None
    assert walked.after(NOTICE) is None  # any session waits so long before it goes on
    assert walked.tried(3) == ""


def test_it_waits_as_long_as_the_walker_does() -> None:
    walked = Walked()
    for _ in range(3 * WAIT // 5):
        assert walked.after(5) is None
    assert walked.run.step is WalkTestStep.WAITING


def test_the_count_and_go_are_heard_whatever_the_settings_say() -> None:
    quiet = SessionConfig(Rules(lead_in=30), CueSettings(off=frozenset(CueKind), ticks=0, time_left_every=1))
    walked = Walked(quiet)
    walked.run.start()
    begin = walked.clock.now()
    walked.after(6)
    heard = [(due.due - begin, due.cue.text) for due in walked.player.queued if due.cue.text]
    assert heard == [(3_000, "Three."), (4_000, "Two."), (5_000, "One."), (6_000, "Go.")]
