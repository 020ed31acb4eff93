"""A session in the program: what it compares itself with, and changes of the wall clock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from retro_timer.cli.plain import Plain
from retro_timer.cli.plain_keys import PlainKeys
from retro_timer.config.keymap import resolve
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.scheduling.notation import parse
from retro_timer.session.cue import Sound
from retro_timer.session.events import CueHeard, Refused
from retro_timer.session.metronome import MetronomeOptions
from retro_timer.session.ports import MetronomeSpan
from retro_timer.session.states import Rules, State
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock, RecordingPlayer
from tests.storage.sessions import interrupt

if TYPE_CHECKING:
    from pathlib import Path

CHANGES = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
"""When summer time begins in Central Europe."""
WINTER, SUMMER = timezone(timedelta(hours=1), "CET"), timezone(timedelta(hours=2), "CEST")


class EuropeanClock(FakeClock):
    """A clock in Central Europe, a minute before summer time begins; the wall clock can be set, too."""

    def __init__(self) -> None:
        super().__init__(wall=CHANGES - timedelta(minutes=1))
        self.set_by = timedelta()

    def wall(self) -> datetime:
        """The local time: an hour later once summer time has begun."""
        now = super().wall() + self.set_by
        return now.astimezone(SUMMER if now >= CHANGES else WINTER)


def test_a_session_that_is_resumed_is_not_compared_with_itself(tmp_path: Path) -> None:
    interrupt(tmp_path, seconds=45)
    store = Store(tmp_path, FakeClock())
    (interrupted,) = store.interrupted()
    assert interrupted.record.longest_backward > 0
    runner = Runner(
        interrupted.workout,
        clock=FakeClock(),
        player=RecordingPlayer(),
        config=SessionConfig(Rules()),
        interrupted=interrupted,
    )
    runner.remember_longest(store)
    assert runner.conductor.longest_before == 0
    runner.start()
    assert runner.session.backward.longest == interrupted.record.longest_backward
    runner.close()
    store.close()


@pytest.mark.parametrize("set_by", [timedelta(), timedelta(hours=3), timedelta(hours=-3)])
def test_summer_time_and_a_wall_clock_that_is_set_change_nothing(tmp_path: Path, set_by: timedelta) -> None:
    clock = EuropeanClock()
    store = Store(tmp_path, clock)
    runner = Runner(
        parse("back 2m, turn 10s, fwd 50s"),
        clock=clock,
        player=RecordingPlayer(),
        config=SessionConfig(Rules(lead_in=0)),
    )
    runner.keep(store)
    runner.start()
    for second in range(181):
        if second == 30:
            clock.set_by = set_by
        clock.move(1000)
        runner.advance()
    runner.close()
    assert runner.session.state is State.FINISHED
    (walk,) = store.history.page()
    store.close()
    assert walk.spent.walked == 180_000
    assert walk.spent.paused == 0
    assert walk.start.started == CHANGES - timedelta(minutes=1)
    assert walk.start.started.utcoffset() == timedelta(hours=1)
    assert walk.start.zone == "CET"


def test_a_key_without_effect_is_reported_before_during_and_after_a_session() -> None:
    clock = FakeClock()
    runner = Runner(parse("back 5s"), clock=clock, player=RecordingPlayer(), config=SessionConfig(Rules(lead_in=0)))
    answers = [runner.refuse("No.")]
    runner.start()
    for _ in range(2):
        clock.move(3_000)
        answers.append(runner.refuse("No."))
    assert runner.session.state is State.FINISHED
    for events in answers:
        assert [event.why for event in events if isinstance(event, Refused)] == ["No."]
        assert [event.cue.sound for event in events if isinstance(event, CueHeard)].count(Sound.REFUSED) == 1


@pytest.mark.parametrize(("ends", "drains"), [(True, True), (False, False)])
def test_the_last_words_are_spoken_when_a_session_is_ended_early(ends: bool, drains: bool) -> None:
    clock, player = FakeClock(), RecordingPlayer()
    runner = Runner(parse("back 60s"), clock=clock, player=player, config=SessionConfig(Rules(lead_in=0)))
    runner.start()
    clock.move(3_000)
    events = runner.act("quit") if ends else ()
    runner.close()
    assert [event.cue.text for event in events if isinstance(event, CueHeard)] == (
        ["The session is over. Slow the belt. Hold the rail. Step off."] if ends else []
    )
    assert player.drained is drains


class SlowPlayer(RecordingPlayer):
    """A player that is still speaking the last words."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.said = threading.Event()
        self.closings = 0

    def close(self, *, drain: bool) -> None:
        """Wait for the last words."""
        self.closings += 1
        self.asked.set()
        assert self.said.wait(10)
        super().close(drain=drain)


def test_closing_twice_at_once_closes_once_and_both_wait(tmp_path: Path) -> None:
    """The summary settles a session on one thread while its screen closes it on another."""
    player, clock = SlowPlayer(), FakeClock()
    runner = Runner(parse("back 2m"), clock=clock, player=player, config=SessionConfig(Rules(lead_in=0)))
    runner.keep(Store(tmp_path, clock))
    runner.start()
    closing = [threading.Thread(target=runner.close) for _ in range(2)]
    for thread in closing:
        thread.start()
    assert player.asked.wait(10)
    assert all(thread.is_alive() for thread in closing)
    player.said.set()
    for thread in closing:
        thread.join(10)
    assert not any(thread.is_alive() for thread in closing)
    assert player.closings == 1


def test_the_settings_tempo_is_clicked_from_the_start_and_a_line_typed_in_a_plain_session_switches_it() -> None:
    clock, player = FakeClock(), RecordingPlayer()
    config = SessionConfig(Rules(lead_in=0), metronome=MetronomeOptions(on=True, tempo=100))
    runner = Runner(parse("back 60s"), clock=clock, player=player, config=config)
    written: list[str] = []
    plain = Plain(runner, PlainKeys(resolve({})), written.append, as_json=False)
    plain.start()
    assert list(player.clicks) == [MetronomeSpan(100, clock.moment, clock.moment + 60_000)]
    typed = iter(["o", "q"])
    plain.run(lambda _: next(typed))
    assert any("Metronome off." in line for line in written)
    assert not player.clicks
