"""The sensors of a session that runs: pauses, warnings, and what is kept."""

from __future__ import annotations

from queue import SimpleQueue
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.config.schema import SensorSettings
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.scheduling.notation import parse
from retro_timer.sensors import companion as companion_module
from retro_timer.sensors.companion import STALE_MS, SensorCompanion, SilenceWatch
from retro_timer.session.events import Event, Paused, PauseReason, Resuming
from retro_timer.session.sensing import (
    MAX_BPM,
    MAX_INCLINE,
    MAX_KMH,
    MAX_METRES,
    MIN_BPM,
    LinkState,
    Measurements,
    NearbySensor,
    Reading,
    SensorKind,
    SensorLink,
)
from retro_timer.session.states import Rules, State
from retro_timer.session.trace import samples_of
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.measured_text import measured_facts, measured_parts
from tests.sensors.made import MadeSensors

if TYPE_CHECKING:
    from retro_timer.session.sensing import SensorReport
    from retro_timer.testing import FakeSensors

CHOSEN = SensorSettings(belt="AA:00:00:00:00:01 Treadmill", heart="BB:00:00:00:00:01 Strap", pause="both")
S = 1000


class Walk:
    """A session with sensors that say what they are told to."""

    def __init__(self, workout: str = "back 60s, turn 20s, fwd 60s", settings: SensorSettings = CHOSEN) -> None:
        self.clock = FakeClock()
        self.player = RecordingPlayer()
        config = SessionConfig(rules=Rules(lead_in=0))
        self.runner = Runner(parse(workout), clock=self.clock, player=self.player, config=config)
        self.events: list[Event] = []
        self._make = MadeSensors()
        self.runner.start()
        self.companion = SensorCompanion(
            self.runner,
            settings,
            post=lambda call: call(),
            take=self.events.extend,
            log=lambda _: None,
            sensors=self._make,
        )

    @property
    def sensors(self) -> FakeSensors:
        """Those of the session."""
        return self._make.last

    def belt(self, *speeds: float, heart: int | None = None) -> None:
        """Let the belt run, one reading a second."""
        for speed in speeds:
            self.clock.move(S)
            self.events.extend(self.runner.advance())
            if heart is not None:
                self.sensors.heart(heart)
            self.sensors.belt(speed)

    @property
    def heard(self) -> list[str]:
        return [due.cue.text for due in self.player.queued]


def test_a_belt_that_stops_pauses_and_says_so_and_one_that_moves_resumes_through_the_lead_in() -> None:
    walk = Walk()
    walk.belt(1.6, 1.6, 1.6, 0, 0)
    assert walk.runner.session.pause_reason is PauseReason.BELT
    assert [event.reason for event in walk.events if isinstance(event, Paused)] == [PauseReason.BELT]
    assert any(text.startswith("The belt has stopped. The session is paused.") for text in walk.heard)
    walk.belt(1.0, 1.0)
    assert walk.runner.session.state is State.LEAD_IN
    assert any(isinstance(event, Resuming) for event in walk.events)


@pytest.mark.parametrize(
    ("workout", "kmh", "words"),
    [
        ("turn 20s, fwd 60s", 1.6, "The belt is still moving."),
        ("back 60s", 6.0, "The belt is too fast for walking backward."),
    ],
)
def test_warnings_are_said(workout: str, kmh: float, words: str) -> None:
    walk = Walk(workout)
    walk.belt(*[kmh] * 12)
    assert words in walk.heard


def test_what_was_measured_is_kept_for_each_interval_and_each_second() -> None:
    walk = Walk("fwd 5s, back 5s")
    walk.belt(2.0, 2.0, 2.0, 3.0, heart=100)
    walk.belt(1.0, 1.0, 1.0, heart=110)
    stored = walk.runner.stored_session()
    forward, backward = stored.measures
    assert (forward.interval, forward.speed_min, forward.speed_max, forward.heart_mean) == (0, 2.0, 3.0, 100)
    assert (backward.interval, backward.speed_mean, backward.heart_min, backward.beats) == (1, 1.0, 110, 3)
    assert forward.metres == pytest.approx(3 * 2 / 3.6, abs=0.1)
    samples = list(samples_of(stored.traces))
    assert [sample.at for sample in samples] == [1000 * second for second in range(1, 8)]
    assert [sample.speed_kmh for sample in samples] == [None, 2.0, 2.0, 3.0, 1.0, 1.0, 1.0]  # the strap came first


def test_a_pause_is_not_kept() -> None:
    walk = Walk("back 60s")
    walk.belt(2.0, 2.0, heart=100)
    walk.events.extend(walk.runner.act("pause"))
    walk.belt(*[0.0] * 5, heart=90)
    assert walk.runner.stored_session().measures[0].beats == 2


def test_the_treadmills_own_distance_counts_unless_it_jumps() -> None:
    walk = Walk("fwd 60s")
    for metres in (100, 101, 102, 5000, 5001, 0, 1):
        walk.clock.move(S)
        walk.sensors.belt(3.6, metres)
    assert walk.companion.metres == pytest.approx(4)


def test_a_reading_that_is_too_old_is_not_shown() -> None:
    walk = Walk()
    walk.belt(1.6, heart=100)
    assert (walk.companion.speed_kmh, walk.companion.heart_rate) == (1.6, 100)
    walk.clock.move(4 * S)
    assert (walk.companion.speed_kmh, walk.companion.heart_rate) == (None, None)


def test_a_value_that_is_too_old_is_no_measurement() -> None:
    walk = Walk()
    walk.sensors.belt(1.6, incline_percent=2.0)
    walk.sensors.heart(100)
    measured = walk.companion.measurements()
    assert measured.until == walk.clock.now() + STALE_MS
    assert [each and each.value for each in (measured.speed_kmh, measured.incline_percent, measured.heart_rate)] == [
        1.6, 2.0, 100,
    ]  # fmt: skip
    walk.clock.move(STALE_MS + 1)
    measured = walk.companion.measurements()
    assert (measured.speed_kmh, measured.incline_percent, measured.heart_rate, measured.until) == (None,) * 4


def test_sensors_that_hang_are_noticed_without_another_word_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pause nothing else would make the screen forget what was measured last."""
    monkeypatch.setattr(companion_module, "_SILENT_S", 0.05)
    heard = SimpleQueue[float]()
    watch = SilenceWatch(lambda: heard.put(monotonic()))
    for _ in range(5):
        watch.heard()
        last = monotonic()
        sleep(0.03)
    assert heard.get(timeout=20) - last >= 0.04
    assert heard.empty()  # once
    watch.heard()
    assert heard.get(timeout=20)
    watch.close()
    watch.heard()
    assert watch._thread is not None
    watch._thread.join(20)
    assert not watch._thread.is_alive()
    assert heard.empty()


def test_a_lost_link_changes_nothing_but_what_is_shown() -> None:
    walk = Walk()
    walk.belt(1.6, 1.6, 1.6)
    walk.sensors.link(SensorKind.BELT, LinkState.LOST, "it does not answer")
    walk.belt(0)
    assert walk.companion.links[SensorKind.BELT].state is LinkState.LOST
    assert walk.runner.session.state is State.RUNNING
    walk.companion.close()
    assert walk.sensors.closed


def test_a_sensor_that_was_not_chosen_is_not_heard() -> None:
    walk = Walk(settings=SensorSettings(heart="BB:00:00:00:00:01 Strap"))
    walk.belt(1.6, 1.6, 1.6, 0, 0)
    assert walk.runner.session.state is State.RUNNING
    assert walk.companion.measurements() == Measurements((SensorLink(SensorKind.HEART, LinkState.SEARCHING),))


def test_a_strap_that_sends_a_speed_moves_no_belt() -> None:
    walk = Walk()
    for speed in (1.6, 1.6, 1.6, 0.0, 0.0):
        walk.clock.move(S)
        walk.sensors.report(Reading(SensorKind.HEART, speed, 100.0, 90))
    assert walk.runner.session.state is State.RUNNING
    assert walk.companion.metres == 0


REPORTS = st.one_of(
    st.builds(
        Reading,
        st.sampled_from(SensorKind),
        st.none() | st.floats(0, MAX_KMH),
        st.none() | st.floats(0, MAX_METRES),
        st.none() | st.integers(MIN_BPM, MAX_BPM),
        st.none() | st.floats(-MAX_INCLINE, MAX_INCLINE),
    ),
    st.builds(SensorLink, st.sampled_from(SensorKind), st.sampled_from(LinkState), st.text(max_size=200)),
    st.builds(
        NearbySensor, st.sampled_from(SensorKind), st.text(max_size=60), st.just("AA:00:00:00:00:01"), st.just(0)
    ),
)


@given(st.lists(st.tuples(st.integers(-5 * S, 70 * S), REPORTS), max_size=40))
@settings(max_examples=50)
def test_whatever_is_reported_the_session_runs_and_shows_nothing_old(
    happenings: list[tuple[int, SensorReport]],
) -> None:
    """Also by a clock that jumps back, and after values that were the same for a minute."""
    walk = Walk("back 10m, turn 20s, fwd 10m")
    metres, read_at = 0.0, dict[SensorKind, int]()
    for passed, report in happenings:
        walk.clock.move(passed)
        now = walk.clock.now()
        walk.sensors.report(report)
        if isinstance(report, Reading):
            read_at[report.kind] = now
        assert walk.companion.metres >= metres
        metres = walk.companion.metres
        measured = walk.companion.measurements()
        assert measured == measured.at(now)
        latest = [moment for moment in read_at.values() if 0 <= now - moment <= STALE_MS]
        assert measured.until is None or measured.until - STALE_MS in latest
        assert measured_facts(measured).keys() >= {"speed_kmh", "heart_rate"}
        assert all(part.isprintable() for part in measured_parts(measured, imperial=True))
    stored = walk.runner.stored_session()
    assert all(sample.metres >= 0 for sample in samples_of(stored.traces))
