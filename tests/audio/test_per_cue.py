from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio.backends import NotNow
from retro_timer.audio.backends.per_cue import MOST_AT_ONCE, PerCueOutput
from retro_timer.session.cue import CueKind
from tests.audio.cues import prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.audio.mixer import Samples


class FakePlayback:
    def __init__(self, samples: Samples) -> None:
        self.samples = samples
        self.stopped = False
        self.failure = ""

    def stop(self) -> None:
        self.stopped = True


class FakeSpeaker:
    latency_ms = 20.0

    def __init__(self) -> None:
        self.played: list[FakePlayback] = []
        self.refuses = ""

    def open(self) -> str:
        return "fake"

    def start(self, samples: Samples) -> FakePlayback:
        if self.refuses:
            raise NotNow(self.refuses)
        self.played.append(FakePlayback(samples))
        return self.played[-1]


class Desk:
    """An output over a fake speaker, whose clock is turned by hand; it is looked at, not run."""

    def __init__(self, *, offset_ms: int = 0, pre_roll_ms: int = 0) -> None:
        self.now = 50_000.0
        self.speaker = FakeSpeaker()
        self.told: dict[str, list[dict[str, object]]] = defaultdict(list)
        self.output = PerCueOutput(
            self.speaker, self._tell, lambda: self.now, offset_ms=offset_ms, pre_roll_ms=pre_roll_ms
        )

    def _tell(self, kind: str, /, **fields: object) -> None:
        self.told[kind].append(fields)

    def run(self, milliseconds: int) -> list[float]:
        """Turn the clock; the moments at which something was started."""
        begun = []
        for _ in range(milliseconds):
            before = len(self.speaker.played)
            self.output.look()
            begun += [self.now] * (len(self.speaker.played) - before)
            self.now += 1
        return begun


@pytest.mark.parametrize(("offset", "pre_roll"), [(0, 0), (100, 0), (0, 200), (50, 200)])
def test_a_cue_is_started_early_by_what_comes_before_its_first_sample(offset: int, pre_roll: int) -> None:
    desk = Desk(offset_ms=offset, pre_roll_ms=pre_roll)
    desk.output.play(prepared(1, 51_000, sound=160))
    assert desk.run(2000) == [pytest.approx(51_000 - 20 - offset - pre_roll, abs=1)]
    assert len(desk.speaker.played[0].samples) == 160 + 16 * pre_roll
    assert desk.told["started"][0]["late"] == pytest.approx(0, abs=1)
    assert desk.told["done"] == [{"id": 1}]


def test_no_silence_comes_first_while_something_sounds() -> None:
    desk = Desk(pre_roll_ms=200)
    desk.output.play(prepared(1, 51_000, sound=16_000))
    desk.output.play(prepared(2, 51_500, sound=160))
    desk.run(3000)
    assert [len(played.samples) for played in desk.speaker.played] == [16_000 + 3200, 160]


def test_later_words_stop_those_being_said() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 50_500, words=16_000))
    desk.output.play(prepared(2, 50_700, sound=160))
    desk.output.play(prepared(3, 50_900, words=160))
    desk.run(1000)
    assert [played.stopped for played in desk.speaker.played] == [True, False, False]


def test_cancel_stops_what_sounds_and_forgets_what_waits() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 50_100, sound=16_000))
    desk.output.play(prepared(2, 50_900, sound=160))
    desk.run(500)
    desk.output.cancel(sounding=True)
    assert desk.run(1000) == []
    assert desk.speaker.played[0].stopped


def test_what_began_does_not_begin_again_when_what_waits_is_sent_anew() -> None:
    """An edit sends everything ahead again, also what is due within the time that the speaker takes."""
    desk = Desk()
    desk.output.play(prepared(1, 50_100, sound=160))
    desk.output.play(prepared(2, 50_900, sound=160))
    assert desk.run(90) == [50_081]
    desk.output.cancel(sounding=False)
    desk.output.play(prepared(3, 50_100, sound=160))
    desk.output.play(prepared(4, 50_900, sound=160))
    assert desk.run(1000) == [50_881]
    assert desk.told["dropped"] == [{"id": 3, "why": "begun already"}]


def test_what_was_silenced_may_begin_again() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 50_100, sound=160))
    assert desk.run(90) == [50_081]
    desk.output.cancel(sounding=True)
    desk.output.play(prepared(2, 50_100, sound=160))
    assert desk.run(100) == [50_090]


def test_muted_only_what_speaks_of_the_sound_is_heard() -> None:
    desk = Desk()
    desk.output.mute(True)
    desk.output.play(prepared(1, 50_100, sound=160, kind=CueKind.PHASE))
    desk.output.play(prepared(2, 50_300, sound=320, kind=CueKind.SOUND))
    desk.run(1000)
    assert [len(played.samples) for played in desk.speaker.played] == [320]


def test_what_comes_too_late_is_not_played() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 49_000, sound=160))
    assert desk.run(100) == []
    assert desk.told["dropped"] == [{"id": 1, "why": "too late"}]


def test_no_more_than_a_few_at_once() -> None:
    desk = Desk()
    for n in range(50):
        desk.output.play(prepared(n, 50_100, sound=16_000))
    desk.run(500)
    assert len(desk.speaker.played) == MOST_AT_ONCE


@pytest.mark.parametrize("breaks", ["on starting", "while playing"])
def test_a_speaker_that_fails_is_a_lost_output(breaks: str) -> None:
    desk = Desk()
    if breaks == "on starting":
        desk.speaker.refuses = "No output."
    desk.output.play(prepared(1, 50_100, sound=16_000))
    desk.run(300)
    if breaks == "while playing":
        assert desk.output.stalled_ms() == 0
        desk.speaker.played[0].failure = "It ended."
        desk.run(10)
    assert desk.output.stalled_ms() == float("inf")


def test_drained_is_told_when_the_last_cue_is_over() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 50_100, sound=16_000))
    desk.output.play(prepared(2, 52_000, sound=160))
    desk.run(300)
    desk.output.drain()
    desk.run(500)
    assert not desk.told["drained"]
    desk.run(400)
    assert desk.told["drained"] == [{}]
    assert len(desk.speaker.played) == 1


def test_its_thread_plays_what_is_due() -> None:
    speaker = FakeSpeaker()
    output = PerCueOutput(speaker, Desk()._tell, lambda: time.monotonic() * 1000)
    output.open()
    output.play(prepared(1, round(time.monotonic() * 1000) + 50, sound=160))
    _eventually(lambda: bool(speaker.played))


def _eventually(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)
