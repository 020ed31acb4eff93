from __future__ import annotations

import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio.backends import NoOutputError
from retro_timer.audio.backends.per_cue import PerCueOutput
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
            raise NoOutputError(self.refuses)
        self.played.append(FakePlayback(samples))
        return self.played[-1]


class Desk:
    """An output with a fake speaker and a clock moved by hand; no thread runs."""

    def __init__(self, *, offset_ms: int = 0, pre_roll_ms: int = 0) -> None:
        self.now = 50_000.0
        self.speaker = FakeSpeaker()
        self.notified: dict[str, list[dict[str, object]]] = defaultdict(list)
        self.output = PerCueOutput(
            self.speaker, self._notify, lambda: self.now, offset_ms=offset_ms, pre_roll_ms=pre_roll_ms
        )

    def _notify(self, kind: str, /, **fields: object) -> None:
        self.notified[kind].append(fields)

    def run(self, milliseconds: int) -> list[float]:
        """Move the clock; returns the moments at which something was started."""
        begun = []
        for _ in range(milliseconds):
            before = len(self.speaker.played)
            self.output.play_due()
            begun += [self.now] * (len(self.speaker.played) - before)
            self.now += 1
        return begun


def test_without_an_offset_and_a_silence_a_cue_is_started_when_it_is_due() -> None:
    desk = Desk()
    desk.output = PerCueOutput(desk.speaker, desk._notify, lambda: desk.now)
    desk.output.play(prepared(1, 50_100, sound=160))
    for desk.now in (50_080.0, 50_080.26):
        desk.output.play_due()
    assert len(desk.speaker.played[0].samples) == 160
    assert desk.notified["started"] == [{"id": 1, "at": 50_100, "late": 0.3}]


@pytest.mark.parametrize(("offset", "pre_roll"), [(0, 0), (100, 0), (0, 200), (50, 200)])
def test_a_cue_is_started_early_by_what_comes_before_its_first_sample(offset: int, pre_roll: int) -> None:
    desk = Desk(offset_ms=offset, pre_roll_ms=pre_roll)
    desk.output.play(prepared(1, 51_000, sound=160))
    assert desk.run(2000) == [pytest.approx(51_000 - 20 - offset - pre_roll, abs=1)]
    assert len(desk.speaker.played[0].samples) == 160 + 16 * pre_roll
    assert desk.notified["started"][0]["late"] == pytest.approx(0, abs=1)
    assert desk.notified["done"] == [{"id": 1}]


def test_no_silence_is_prepended_while_something_plays() -> None:
    desk = Desk(pre_roll_ms=200)
    desk.output.play(prepared(1, 51_000, sound=16_000))
    desk.output.play(prepared(2, 51_500, sound=160))
    desk.run(3000)
    assert [len(played.samples) for played in desk.speaker.played] == [16_000 + 3200, 160]


def test_later_words_interrupt_earlier_ones() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 50_500, words=16_000))
    desk.output.play(prepared(2, 50_700, sound=160))
    desk.output.play(prepared(3, 50_900, words=160))
    desk.run(1000)
    assert [played.stopped for played in desk.speaker.played] == [True, False, False]


def test_cancel_stops_the_current_cue_and_clears_the_queue() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 50_100, sound=16_000))
    desk.output.play(prepared(2, 50_900, sound=160))
    desk.run(500)
    desk.output.cancel(sounding=True)
    assert desk.run(1000) == []
    assert desk.speaker.played[0].stopped


def test_when_the_process_ends_nothing_is_left_playing() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 50_100, sound=16_000))
    desk.output.play(prepared(2, 50_900, sound=160))
    desk.run(500)
    desk.output.abandon()
    assert desk.speaker.played[0].stopped
    assert desk.run(1000) == []


def test_a_started_cue_does_not_restart_when_queued_cues_are_sent_again() -> None:
    """An edit sends all pending cues again, also those due within the speaker's latency."""
    desk = Desk()
    desk.output.play(prepared(1, 50_100, sound=160))
    desk.output.play(prepared(2, 50_900, sound=160))
    assert desk.run(90) == [50_081]
    desk.output.cancel(sounding=False)
    desk.output.play(prepared(3, 50_100, sound=160))
    desk.output.play(prepared(4, 50_900, sound=160))
    assert desk.run(1000) == [50_881]
    assert desk.notified["dropped"] == [{"id": 3, "why": "begun already"}]


def test_a_silenced_cue_may_start_again() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 50_100, sound=160))
    assert desk.run(90) == [50_081]
    desk.output.cancel(sounding=True)
    desk.output.play(prepared(2, 50_100, sound=160))
    assert desk.run(100) == [50_090]


def test_muted_only_cues_about_the_sound_are_played() -> None:
    desk = Desk()
    desk.output.mute(True)
    desk.output.play(prepared(1, 50_100, sound=160, kind=CueKind.PHASE))
    desk.output.play(prepared(2, 50_300, sound=320, kind=CueKind.SOUND))
    desk.run(1000)
    assert [len(played.samples) for played in desk.speaker.played] == [320]


def test_late_cues_are_not_played() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 49_000, sound=160))
    assert desk.run(100) == []
    assert desk.notified["dropped"] == [{"id": 1, "why": "too late"}]


def test_no_more_than_a_few_at_once() -> None:
    desk = Desk()
    for n in range(50):
        desk.output.play(prepared(n, 50_100, sound=16_000))
    desk.run(500)
    assert len(desk.speaker.played) == 4


@pytest.mark.parametrize("breaks", ["on starting", "while playing"])
def test_a_failing_speaker_counts_as_a_lost_output(breaks: str) -> None:
    desk = Desk()
    if breaks == "on starting":
        desk.speaker.refuses = "No output."
    desk.output.play(prepared(1, 50_100, sound=16_000))
    desk.run(300)
    if breaks == "while playing":
        assert desk.output.stalled_ms() == 0
        desk.speaker.played[0].failure = "It ended."
        desk.run(1)
    assert desk.output.stalled_ms() == float("inf")
    why = "No output." if breaks == "on starting" else "It ended."
    assert desk.notified["log"] == [{"text": f"The speaker failed: {why}"}]


def test_drained_is_sent_when_the_last_cue_is_over() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 50_100, sound=16_000))
    desk.output.play(prepared(2, 52_000, sound=160))
    desk.run(300)
    desk.output.drain()
    desk.run(500)
    assert not desk.notified["drained"]
    desk.run(400)
    assert desk.notified["drained"] == [{}]
    assert len(desk.speaker.played) == 1


def test_a_label_is_passed_on_when_its_cue_is_over_and_not_when_it_was_stopped() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 50_100, words=160, label="eyes up"))
    desk.run(200)
    assert desk.notified["label"] == [{"id": 1, "text": "eyes up"}]
    desk.output.play(prepared(2, 50_300, words=16_000, label="slow"))
    desk.run(200)
    desk.output.cancel(sounding=True)
    desk.run(100)
    assert [each["id"] for each in desk.notified["done"]] == [1, 2]
    assert len(desk.notified["label"]) == 1


def test_muting_stops_what_is_playing_but_cues_about_the_sound() -> None:
    desk = Desk()
    desk.output.play(prepared(1, 50_100, sound=16_000, kind=CueKind.PHASE))
    desk.output.play(prepared(2, 50_200, sound=16_000, kind=CueKind.SOUND))
    desk.run(300)
    desk.output.mute(False)
    assert [played.stopped for played in desk.speaker.played] == [False, False]
    desk.output.mute(True)
    assert [played.stopped for played in desk.speaker.played] == [True, False]


def test_a_cancel_while_a_cue_is_started_holds_for_those_that_are_due_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    start = desk.speaker.start

    def meanwhile(samples: Samples) -> FakePlayback:
        desk.output.cancel(sounding=False)
        return start(samples)

    monkeypatch.setattr(desk.speaker, "start", meanwhile)
    desk.output.play(prepared(1, 50_100, sound=160))
    desk.output.play(prepared(2, 50_100, sound=160))
    desk.run(200)
    assert [each["id"] for each in desk.notified["started"]] == [1]


def test_a_call_to_the_speaker_that_does_not_return_counts_as_stalled(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    stalled: list[float] = []

    def slow(samples: Samples) -> FakePlayback:
        desk.now += 700
        stalled.append(desk.output.stalled_ms())
        return FakePlayback(samples)

    monkeypatch.setattr(desk.speaker, "start", slow)
    desk.output.play(prepared(1, 50_100, sound=160))
    desk.run(200)
    assert stalled == [700]
    assert desk.output.stalled_ms() == 0


def test_it_sleeps_until_the_next_cue_the_end_of_one_or_a_quarter_second() -> None:
    desk = Desk(offset_ms=30, pre_roll_ms=40)
    assert desk.output._wait_ms() == 250
    desk.output.play(prepared(1, 50_190, sound=1600))
    assert desk.output._wait_ms() == 100
    desk.run(102)  # started at the 101st
    assert desk.output._wait_ms() == 50_101 + 20 + 40 + 100 - desk.now
    desk.output.play(prepared(2, 50_200, sound=1600))
    assert desk.output._wait_ms() == 50_200 - 20 - 30 - desk.now  # nothing comes before it: something is playing
    desk.now += 500
    assert desk.output._wait_ms() == 0


def test_its_thread_plays_what_is_due() -> None:
    speaker = FakeSpeaker()
    output = PerCueOutput(speaker, Desk()._notify, lambda: time.monotonic() * 1000)
    output.open()
    output.play(prepared(1, round(time.monotonic() * 1000) + 50, sound=160))
    _eventually(lambda: bool(speaker.played))


@pytest.mark.parametrize("wakes", ["play", "drain"])
def test_its_thread_is_woken_by_what_it_has_to_do(wakes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    waits, desk = threading.Event(), Desk()

    def long(_: PerCueOutput) -> float:
        waits.set()
        return 3_600_000

    monkeypatch.setattr(PerCueOutput, "_wait_ms", long)
    desk.output.open()
    assert waits.wait(20)
    if wakes == "play":
        desk.output.play(prepared(1, 50_000, sound=160))
    else:
        desk.output.drain()
    _eventually(lambda: bool(desk.speaker.played if wakes == "play" else desk.notified["drained"]))


def _eventually(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)
