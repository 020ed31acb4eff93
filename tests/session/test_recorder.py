"""The recorder: which events change the record, and what it knows between two of them."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.edits import AddToInterval
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.cue import Cue, CueKind
from retro_timer.session.events import CueHeard, Event, HoldReminded, PauseReason, Refused, Sampled
from retro_timer.session.record import IntervalRecord, Leaving, PauseRecord, Record, SessionStatus
from retro_timer.session.recorder import Recorder
from retro_timer.session.spent import Spent
from retro_timer.session.trace import samples_of
from tests.session.walking import T, session_of

SHORT = 'warm 5s, 2x(turn 4s, back 8s @2.0km/h "slowly"), cool 5s'


class Walk:
    """A session and its recorder."""

    def __init__(self, notation: str = SHORT, **rules: int | bool) -> None:
        self.session = session_of(notation, **rules)
        self.recorder = Recorder(self.session.schedule)
        self.changed: list[bool] = []
        self.note(self.session.start(T))

    def note(self, events: tuple[Event, ...]) -> None:
        self.changed = [self.recorder.note(event) for event in events]

    def on(self, at: int) -> None:
        """Go on to so many milliseconds after the start."""
        self.note(self.session.advance(T + at))

    def at(self, at: int) -> Record:
        """The record as of so many milliseconds after the start."""
        return self.recorder.record(T + at)


def test_before_any_event_the_record_is_empty() -> None:
    schedule = flatten(parse(SHORT))
    recorder = Recorder(schedule)
    assert recorder.begun is False
    empty = Record(SessionStatus.WALKING, schedule, 0, Spent())
    assert recorder.record() == empty
    assert recorder.record(T) == empty


def test_a_recorder_that_resumes_knows_all_that_was_recorded() -> None:
    walk = Walk()
    walk.on(16_000)
    walk.note(walk.session.edit(T + 16_000, AddToInterval(5)))
    walk.note(walk.session.pause(T + 17_000))
    walk.note((sampled(18_000),))
    before = walk.recorder.record()
    again = Recorder.resume(before)
    assert again.record() == before
    assert again.record(T + 60_000) == before
    assert again.begun is False


def sampled(at: int) -> Sampled:
    return Sampled(moment=T + at, at=0, speed_kmh=2.0, heart_rate=100, metres=0.5)


def test_which_events_change_the_record() -> None:
    walk = Walk("turn 5s, back 5s", wait_at_turns=True)
    assert walk.changed == [True]  # it starts
    walk.on(10_000)
    assert walk.changed == [True]  # an interval starts
    walk.on(15_000)
    assert walk.changed == [True]  # it waits
    cue = CueHeard(moment=T + 16_000, at=0, cue=Cue(0, CueKind.WHERE))
    refused = Refused(moment=T + 16_000, at=0, why="No.")
    reminded = HoldReminded(moment=T + 16_000, at=5_000, index=0)
    walk.note((cue, refused, reminded, sampled(16_000)))
    assert walk.changed == [False, False, False, False]
    walk.note(walk.session.turned(T + 17_000))
    assert walk.changed == [True, True]
    walk.on(20_000)
    walk.note(walk.session.pause(T + 21_000))
    assert walk.changed == [True]
    walk.note(walk.session.end(T + 22_000))
    assert walk.changed == [True, True]


def test_after_the_end_only_its_undoing_changes_the_record() -> None:
    walk = Walk("back 20s, fwd 5s", lead_in=0)
    walk.on(5_000)
    over = walk.session.end(T + 5_000)
    walk.note(over)
    ended = walk.recorder.record()
    assert (ended.state, ended.position) == (SessionStatus.ENDED_EARLY, 5_000)
    elsewhere = Walk("back 20s, fwd 5s", lead_in=0).session
    starts = elsewhere.advance(T + 20_000)
    walk.note((*starts, *over, sampled(9_000)))
    assert walk.changed == [False] * (len(starts) + 3)
    assert walk.recorder.record() == ended
    assert walk.at(60_000) == ended
    walk.note(walk.session.undo(T + 9_000))
    assert all(walk.changed)
    assert walk.recorder.record().state is SessionStatus.WALKING


def test_between_events_time_is_counted_to_the_end_of_the_lead_in() -> None:
    walk = Walk()
    for at, counted in ((4_000, 4_000), (10_000, 10_000), (60_000, 10_000)):
        assert walk.at(at).spent == Spent(lead_in=counted)
        assert walk.at(at).position == 0
    walk.on(12_000)
    walk.note(walk.session.pause(T + 12_000))
    for at, counted in ((14_000, 2_000), (900_000, 888_000)):
        assert walk.at(at).spent == Spent(lead_in=10_000, walked=2_000, paused=counted)
    walk.note(walk.session.resume(T + 20_000))
    for at, counted in ((24_000, 12_000), (25_000, 13_000), (900_000, 13_000)):
        assert walk.at(at).spent == Spent(lead_in=10_000, walked=2_000, paused=counted)
    # A pause within the lead-in lasts for any time, too.
    walk.note(walk.session.pause(T + 22_000))
    assert walk.at(900_000).spent == Spent(lead_in=10_000, walked=2_000, paused=888_000)


def test_between_events_time_is_counted_to_the_end_of_the_interval() -> None:
    walk = Walk()
    walk.on(20_000)  # a second into the first bout, which is entered at 19 s
    for at, walked in ((21_500, 2_500), (27_000, 8_000), (60_000, 8_000)):
        record = walk.at(at)
        assert record.intervals[-1].walked == walked
        assert (record.position, record.longest_backward) == (9_000 + walked, walked)
        assert record.spent == Spent(lead_in=10_000, walked=9_000 + walked)
        assert record.intervals[-1].left is Leaving.OPEN


def test_a_turn_that_waits_waits_for_any_time() -> None:
    walk = Walk("turn 5s, back 5s", wait_at_turns=True, lead_in=0)
    walk.on(6_000)
    record = walk.at(900_000)
    assert record.spent == Spent(walked=5_000, held=895_000)
    assert (record.intervals[0].walked, record.intervals[0].held) == (5_000, 895_000)
    walk.note(walk.session.turned(T + 10_000))
    assert walk.at(900_000).spent == Spent(walked=5_000, held=8_000)  # the count that follows


def test_asking_for_the_record_changes_nothing() -> None:
    walk = Walk()
    walk.on(20_000)
    before = walk.recorder.record()
    walk.at(22_000)
    assert walk.recorder.record() == before
    walk.note(walk.session.pause(T + 21_000))
    paused = walk.recorder.record()
    walk.at(90_000)
    assert walk.recorder.record() == paused
    assert walk.at(15_000) == paused  # a moment before the last event


def test_every_detail_of_an_interval() -> None:
    walk = Walk()
    walk.on(20_000)
    walk.note(walk.session.skip(T + 21_000))
    assert walk.recorder.record().intervals == (
        IntervalRecord(0, Phase.WARM_UP, 5, 5, 10_000, 5_000, 0, Leaving.COMPLETE, None, None, None, ""),
        IntervalRecord(1, Phase.TURN, 4, 4, 15_000, 4_000, 0, Leaving.COMPLETE, 1, 2, None, ""),
        IntervalRecord(2, Phase.BACKWARD, 8, 8, 19_000, 2_000, 0, Leaving.SKIPPED, 1, 2, 2.0, "slowly"),
        IntervalRecord(3, Phase.TURN, 4, 4, 21_000, 0, 0, Leaving.OPEN, 2, 2, None, ""),
    )


def test_pauses_within_a_pause_are_records_of_their_own() -> None:
    walk = Walk("back 20s", lead_in=0)
    walk.on(5_000)
    walk.note(walk.session.pause(T + 5_000))
    walk.note(walk.session.pause(T + 8_000, PauseReason.BAIL_OUT))
    walk.note(walk.session.resume(T + 9_000))
    walk.on(15_000)
    record = walk.at(16_000)
    assert record.pauses == (
        PauseRecord(5_000, 5_000, 3_000, PauseReason.WALKER),
        PauseRecord(8_000, 5_000, 6_000, PauseReason.BAIL_OUT),
    )
    assert (record.spent, record.longest_backward) == (Spent(walked=7_000, paused=9_000), 5_000)


def test_the_longest_bout_ends_at_every_stop_and_jump() -> None:
    walk = Walk("back 10s, back 10s, turn 5s, back 30s", lead_in=0)
    walk.on(18_000)
    assert walk.recorder.record(T + 18_000).longest_backward == 18_000
    walk.note(walk.session.back(T + 18_000))
    walk.on(26_000)
    assert walk.at(26_000).longest_backward == 18_000
    walk.on(55_000)
    assert walk.at(55_000).longest_backward == 22_000


@pytest.mark.parametrize(
    ("before", "chunks"), [(1, [2]), (59, [60]), (60, [60, 1]), (61, [60, 2]), (130, [60, 60, 11])]
)
def test_the_samples_of_a_resumed_session_go_on_in_their_chunk(before: int, chunks: list[int]) -> None:
    walk = Walk("back 5m", lead_in=0)
    for second in range(before):
        walk.note((sampled(second * 1000),))
    walk.note(walk.session.pause(T + before * 1000))
    record = walk.recorder.record()
    session = session_of("back 5m")
    recorder = Recorder.resume(record)
    for event in (*session.restore(T, record), sampled(500)):
        recorder.note(event)
    traces = recorder.record().traces
    assert [chunk.count for chunk in traces] == chunks
    expected = [second * 1000 for second in range(before)]
    assert [sample.at for sample in samples_of(traces)] == [*expected, before * 1000 + 500]


def test_a_sample_is_at_the_moment_it_was_measured_but_not_after_its_interval() -> None:
    walk = Walk("back 5s, fwd 5s", lead_in=0)
    walk.note((sampled(-500), sampled(1_500), sampled(9_000)))
    assert [sample.at for sample in samples_of(walk.recorder.record().traces)] == [0, 1_500, 5_000]
    assert [(each.interval, each.speeds) for each in walk.recorder.record().measures] == [(0, 3)]
    walk.on(6_000)
    walk.note((sampled(6_500),))
    assert [(each.interval, each.speeds) for each in walk.recorder.record().measures] == [(0, 3), (1, 1)]
