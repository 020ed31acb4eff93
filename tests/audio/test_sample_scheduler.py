from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio.clock_model import ClockModel
from retro_timer.audio.sample_scheduler import SampleScheduler
from retro_timer.session.cue import CueKind
from tests.audio.cues import prepared

if TYPE_CHECKING:
    from retro_timer.audio.clips import Prepared

BLOCK_MS = 100
LATENCY = 70


class Output:
    """An output with a clock moved by hand, which requests a block every 100 ms."""

    def __init__(self, offset_ms: int = 0) -> None:
        self.now = 10_000.0
        self.heard: list[int] = []
        self.notified: dict[str, list[dict[str, object]]] = defaultdict(list)
        self.begin = self.now + LATENCY
        self.stage = SampleScheduler(ClockModel(16_000, LATENCY, LATENCY), self._notify, lambda: self.now, offset_ms)

    def _notify(self, kind: str, /, **fields: object) -> None:
        self.notified[kind].append(fields)

    def run(self, until: float) -> None:
        while self.now < until:
            self.heard.extend(self.stage.fill(BLOCK_MS * 16))
            self.now += BLOCK_MS

    def play(self, *cues: Prepared) -> None:
        for each in cues:
            self.stage.play(each)

    def at(self, moment: float) -> int:
        return self.heard[round((moment - self.begin) * 16)]

    def onsets(self) -> list[float]:
        pairs = zip([0, *self.heard], self.heard, strict=False)
        return [self.begin + n / 16 for n, (before, value) in enumerate(pairs) if value and not before]


def test_a_started_cue_does_not_restart_when_queued_cues_are_sent_again() -> None:
    """An edit sends all pending cues again, also those that are already in the output but not yet played."""
    output = Output()
    output.run(10_200)
    output.play(prepared(1, 10_300, sound=160), prepared(2, 11_000, sound=160))
    output.run(10_300)  # the block that holds the first cue is filled before it is due
    output.stage.cancel(sounding=False)
    output.play(prepared(3, 10_300, sound=160), prepared(4, 11_000, sound=160))
    output.run(12_000)
    assert output.onsets() == [pytest.approx(10_300, abs=0.1), pytest.approx(11_000, abs=0.1)]
    assert output.notified["dropped"] == [{"id": 3, "why": "begun already"}]


def test_a_silenced_cue_may_start_again() -> None:
    output = Output()
    output.run(10_200)
    output.play(prepared(1, 10_300, sound=16_000))
    output.run(10_400)
    output.stage.cancel(sounding=True)
    output.play(prepared(2, 10_300, sound=160))
    output.run(12_000)
    assert [each["id"] for each in output.notified["started"]] == [1, 2]


def test_few_started_cues_are_remembered() -> None:
    output = Output()
    for n in range(200):
        output.play(prepared(n, 10_200 + 20 * n, sound=16))
    output.run(15_000)
    output.play(prepared(999, 10_200 + 20 * 199, sound=16))
    output.run(15_200)
    assert [each["why"] for each in output.notified["dropped"]] == ["begun already"]
    assert len(output.stage._cue_queue._begun) == 64


@pytest.mark.parametrize("due", [10_500, 10_777, 11_303])
def test_a_cue_is_played_at_the_sample_at_which_it_is_due(due: int) -> None:
    output = Output()
    output.run(10_200)
    output.play(prepared(1, due, sound=160))
    output.run(12_000)
    assert output.onsets() == [pytest.approx(due, abs=0.1)]
    assert output.notified["started"] == [{"id": 1, "at": due, "late": pytest.approx(0, abs=0.1)}]
    assert output.notified["done"] == [{"id": 1}]


def test_all_cues_are_earlier_by_the_offset() -> None:
    output = Output(offset_ms=150)
    output.play(prepared(1, 10_900, sound=160))
    output.run(12_000)
    assert output.onsets() == [pytest.approx(10_750, abs=0.1)]


def test_the_words_come_after_the_sound() -> None:
    output = Output()
    output.play(prepared(1, 10_500, sound=160, words=160))
    output.run(11_500)
    assert (output.at(10_505), output.at(10_515), output.at(10_525)) == (1000, 500, 0)


def test_later_words_replace_those_being_spoken_and_sounds_do_not() -> None:
    output = Output()
    output.play(
        prepared(1, 10_500, words=8000, label="eyes up"), prepared(2, 10_600, sound=160), prepared(3, 10_700, words=800)
    )
    output.run(11_500)
    assert output.at(10_605) == 1500
    assert output.at(10_740) == 500
    assert output.at(10_760) == 0
    assert {"id": 1, "text": "eyes up"} not in output.notified["label"]


def test_later_words_cut_the_words_of_a_cue_and_not_its_sound() -> None:
    output = Output()
    output.play(prepared(1, 10_500, sound=8000, words=1600), prepared(2, 10_700, words=800))
    output.run(11_500)
    assert [output.at(moment) for moment in (10_690, 10_740, 10_760, 10_990, 11_010)] == [1000, 1500, 1000, 1000, 0]


def test_a_label_is_spoken_after_the_words() -> None:
    output = Output()
    output.play(prepared(1, 10_500, words=160, label="eyes up"))
    output.run(11_500)
    assert output.notified["label"][-1] == {"id": 1, "text": "eyes up"}


@pytest.mark.parametrize(
    ("kind", "late", "heard"),
    [
        (CueKind.COUNT, 200, True),
        (CueKind.COUNT, 400, False),
        (CueKind.ANNOUNCE, 400, False),
        (CueKind.PHASE, 900, True),
        (CueKind.PHASE, 1200, False),
        (CueKind.BAIL_OUT, 900, True),
        (CueKind.PAUSED, 5000, False),
    ],
)
def test_a_late_cue_is_played_only_while_it_is_useful(kind: CueKind, late: int, heard: bool) -> None:
    output = Output()
    output.run(10_500)
    now = output.now + LATENCY
    output.play(prepared(1, round(now) - late, kind=kind, sound=160))
    output.run(11_500)
    assert bool(output.onsets()) is heard
    assert bool(output.notified["dropped"]) is not heard


def test_cancel_silences_current_and_queued_cues() -> None:
    output = Output()
    output.play(prepared(1, 10_500, sound=16_000), prepared(2, 11_900, sound=160))
    output.run(11_000)
    output.stage.cancel(sounding=True)
    output.run(13_000)
    cancelled = 11_000 + LATENCY
    assert output.at(cancelled - 1) == 1000
    assert not any(output.at(cancelled + ms) for ms in range(9, 1500))


def test_cancelling_queued_cues_leaves_the_current_sound() -> None:
    output = Output()
    output.play(prepared(1, 10_500, sound=16_000), prepared(2, 11_900, sound=160))
    output.run(11_000)
    output.stage.cancel(sounding=False)
    output.run(13_000)
    assert output.at(11_490) == 1000
    assert output.at(11_905) == 0


def test_muted_only_cues_about_the_sound_are_played_and_time_passes() -> None:
    output = Output()
    output.play(
        prepared(1, 10_500, kind=CueKind.SOUND, sound=8000),
        prepared(2, 10_600, kind=CueKind.PHASE, sound=160),
        prepared(3, 11_300, kind=CueKind.PHASE, sound=160),
    )
    output.stage.mute(True)
    output.run(11_100)
    assert output.at(10_605) == 1000
    output.stage.mute(False)
    output.run(12_000)
    assert output.at(11_305) == 1000
    assert [notified["id"] for notified in output.notified["done"]] == [2, 1, 3]


def test_drained_is_sent_after_the_last_sample_and_pending_cues_are_dropped() -> None:
    output = Output()
    output.play(prepared(1, 10_300, sound=16_000), prepared(2, 11_000, sound=160))
    output.run(10_400)
    output.stage.drain()
    output.run(11_300)
    assert not output.notified["drained"]
    output.run(11_600)
    assert output.notified["drained"] == [{}]
    assert output.at(11_005) == 1000
    assert [notified["id"] for notified in output.notified["done"]] == [1]


def test_too_many_at_once_are_left_out() -> None:
    output = Output()
    output.play(*(prepared(n, 10_500, sound=1600) for n in range(100)))
    output.run(11_000)
    assert len(output.notified["started"]) == 16
    assert len(output.notified["dropped"]) == 84


def test_it_is_idle_while_nothing_is_asked_for_pending_or_playing() -> None:
    output = Output()
    assert output.stage.idle
    output.play(prepared(1, 10_500, sound=1600))
    idle = [output.stage.idle]
    for until in (10_200, 10_500, 10_700):  # it is pending, then playing, then over
        output.run(until)
        idle.append(output.stage.idle)
    assert idle == [False, False, False, True]


def test_it_is_drained_at_the_moment_at_which_the_last_sample_is_heard() -> None:
    output = Output()
    output.play(prepared(1, 10_300, sound=16_000))
    output.run(10_400)
    output.stage.drain()
    output.run(11_300)
    assert not output.notified["drained"]
    output.run(11_400)
    assert output.notified["drained"] == [{}]


def test_draining_waits_for_a_cue_that_is_due_at_once() -> None:
    output = Output()
    output.run(10_200)
    output.stage.drain()
    output.play(prepared(1, 10_450, sound=160))
    output.run(10_400)
    assert not output.notified["drained"]
    output.run(11_000)
    assert output.notified["done"] == [{"id": 1}]
    assert output.notified["drained"] == [{}]


def test_muting_fades_what_sounds_out_but_cues_about_the_sound() -> None:
    output = Output()
    output.play(
        prepared(1, 10_300, kind=CueKind.SOUND, sound=16_000), prepared(2, 10_300, kind=CueKind.PHASE, sound=16_000)
    )
    output.run(10_500)
    output.stage.mute(True)
    output.run(11_500)
    muted = 10_500 + LATENCY
    assert [output.at(muted + ms) for ms in (-1, 9, 700)] == [2000, 1000, 1000]


def test_a_number_may_be_given_again_when_its_cue_is_over() -> None:
    output = Output()
    output.play(prepared(1, 10_300, kind=CueKind.SOUND, sound=160))
    output.run(10_500)
    output.play(prepared(1, 10_700, kind=CueKind.PHASE, sound=16_000))
    output.run(10_900)
    output.stage.mute(True)
    output.run(11_500)
    assert output.at(10_900 + LATENCY + 9) == 0


def test_what_is_said_of_a_start_is_to_the_tenth_of_a_millisecond() -> None:
    output = Output(offset_ms=30)
    output.stage = SampleScheduler(ClockModel(1000, 69.76, 70), output._notify, lambda: output.now, 30)
    output.play(prepared(1, 10_500, sound=16))
    for _ in range(8):
        output.stage.fill(100)
        output.now += 100
    assert output.notified["started"] == [{"id": 1, "at": 10_470, "late": -0.2}]


class TestTwoOutputs:
    """Another output speaks, too: only one voice is heard."""

    def test_words_give_way_at_the_moment_at_which_the_other_speaks(self) -> None:
        output = Output()
        output.play(prepared(1, 10_300, words=16_000, label="eyes up"))
        output.run(10_500)
        output.stage.stop_speech(10_900)
        output.run(11_500)
        assert [output.at(moment) for moment in (10_899, 10_909)] == [500, 0]
        assert output.notified["label"][-1] == {"text": ""}  # and no label is spoken after them
        assert output.notified["done"] == [{"id": 1}]

    def test_words_give_way_at_once_when_the_other_speaks_already(self) -> None:
        output = Output()
        output.play(prepared(1, 10_300, sound=16_000), prepared(2, 10_300, words=16_000))
        output.run(10_500)
        output.stage.stop_speech(10_400)
        output.run(11_500)
        assert [output.at(moment) for moment in (10_569, 10_579)] == [1500, 1000]

    @pytest.mark.parametrize(("due", "heard"), [(10_700, [500, 0]), (10_899, [0, 0]), (10_900, [0, 500])])
    def test_words_that_begin_before_the_other_speaks_give_way_then(self, due: int, heard: list[int]) -> None:
        output = Output()
        output.run(10_200)
        output.stage.stop_speech(10_900)
        output.play(prepared(1, due, words=16_000))
        output.run(11_500)
        assert [output.at(moment) for moment in (10_898, 10_909)] == heard

    def test_after_all_was_silenced_words_need_not_give_way(self) -> None:
        output = Output()
        output.run(10_200)
        output.stage.stop_speech(10_900)
        output.stage.cancel(sounding=True)
        output.play(prepared(1, 10_700, words=16_000))
        output.run(11_500)
        assert output.at(10_950) == 500

    def test_the_other_learns_when_words_begin_here(self) -> None:
        begins: list[float] = []
        output = Output(offset_ms=50)
        output.stage = SampleScheduler(
            ClockModel(16_000, LATENCY, LATENCY), output._notify, lambda: output.now, 50, speaks=begins.append
        )
        output.play(prepared(1, 10_400, words=160), prepared(2, 10_600, sound=160), prepared(3, 10_800, label="up"))
        output.run(11_000)
        output.stage.mute(True)
        output.play(prepared(4, 11_300, words=160))
        output.run(11_500)
        assert begins == [pytest.approx(10_350, abs=0.1), pytest.approx(10_750, abs=0.1)]
        assert len(output.notified["started"]) == 4

    def test_what_was_filled_is_counted(self) -> None:
        output = Output()
        assert (output.stage.filled, output.stage.reach) == (0, LATENCY)
        output.run(10_300)
        assert (output.stage.filled, output.stage.reach) == (3, 10_300 + LATENCY)


def test_at_the_end_what_is_due_within_three_tenths_of_a_second_is_played() -> None:
    output = Output()
    output.run(10_200)
    output.play(prepared(1, 10_500, sound=160), prepared(2, 10_501, sound=160))
    output.stage.drain()
    output.run(11_000)
    assert [each["id"] for each in output.notified["started"]] == [1]
    assert output.notified["drained"] == [{}]


@pytest.mark.parametrize(("due", "heard"), [(10_470, True), (10_469, False)])
def test_how_late_a_cue_is_counts_from_when_it_would_be_heard(due: int, heard: bool) -> None:
    output = Output(offset_ms=150)
    output.run(10_500)
    output.play(prepared(1, due, sound=160))
    output.run(11_000)
    assert bool(output.onsets()) is heard


def test_a_cue_is_over_with_the_block_that_holds_its_last_sample() -> None:
    output = Output()
    output.run(10_500)
    output.play(prepared(1, 10_500 + LATENCY, sound=1600))
    output.run(10_600)
    assert output.notified["done"] == [{"id": 1}]
    output.play(prepared(2, 10_600 + LATENCY, sound=1601))
    output.run(10_700)
    assert output.notified["done"] == [{"id": 1}]


def test_what_was_silenced_is_over_and_nobody_hears_of_it() -> None:
    output = Output()
    output.play(prepared(1, 10_300, sound=16_000))
    output.run(10_500)
    output.stage.cancel(sounding=True)
    output.run(10_600)
    assert output.stage.idle
    output.run(12_000)
    assert output.notified["done"] == []
