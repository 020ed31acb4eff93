"""Laps, their speeds and distances, and the points in them: measured, planned, or unknown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from retro_timer.formats.activity import Lap, distances, laps_of, planned_distances, points_of, stops_of, walked_seconds
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.phases import Phase
from retro_timer.session.trace import IntervalMeasures, Sample, packed
from tests.formats.sessions import STARTED, walked_session

LEAD_IN = 10


def lap(phase: Phase = Phase.BACKWARD, planned: float | None = None, measured: IntervalMeasures | None = None) -> Lap:
    """A lap of a minute."""
    return Lap(STARTED, STARTED + timedelta(minutes=1), phase, "", 60.0, planned, measured)


def belt(seconds: int) -> IntervalMeasures:
    """What a belt at 2 km/h measured for so many seconds."""
    return IntervalMeasures(0, metres=33.0, speeds=seconds, speed_mean=2.0, speed_max=2.5)


@pytest.mark.parametrize(
    ("walked", "speed", "highest", "metres"),
    [
        (lap(), None, None, None),
        (lap(planned=3.6), 3.6, 3.6, 60.0),
        (lap(Phase.TURN), None, None, 0.0),
        (lap(Phase.REST), None, None, 0.0),
        (lap(planned=3.6, measured=belt(30)), 2.0, 2.5, 33.0),
        (lap(planned=3.6, measured=belt(29)), 3.6, 3.6, 60.0),
        (lap(measured=belt(29)), None, None, None),
        (lap(Phase.TURN, measured=belt(60)), 2.0, 2.5, 33.0),
    ],
)
def test_a_speed_that_was_measured_for_half_of_a_lap_counts_more_than_the_planned_one(
    walked: Lap, speed: float | None, highest: float | None, metres: float | None
) -> None:
    assert (walked.speed_kmh, walked.max_kmh) == (speed, highest)
    assert walked.metres == (None if metres is None else pytest.approx(metres))
    assert walked.is_measured is (speed == 2.0)


@pytest.mark.parametrize(
    ("laps", "expected", "planned"),
    [
        ([lap(planned=3.6), lap(Phase.TURN), lap(planned=1.8)], [0.0, 60.0, 60.0, 90.0], True),
        ([lap(planned=3.6), lap()], None, True),
        ([lap(Phase.TURN), lap(Phase.REST)], None, False),
        ([lap(planned=3.6, measured=belt(60)), lap(Phase.TURN)], [0.0, 33.0, 33.0], False),
        ([lap(measured=belt(60)), lap(planned=3.6)], [0.0, 33.0, 93.0], True),
    ],
)
def test_distances_add_up_if_every_speed_is_known(laps: list[Lap], expected: list[float] | None, planned: bool) -> None:
    assert distances(laps) == (None if expected is None else pytest.approx(expected))
    assert planned_distances(laps) is planned


def test_laps_follow_each_other_with_their_pauses() -> None:
    session = walked_session("fwd 20s @3km/h, turn 10s, back 30s", pause_at=15, pause_for=7)
    first, second, third = laps_of(session)
    begun = STARTED + timedelta(seconds=LEAD_IN)
    # It is paused after five seconds, for seven and a lead-in of five.
    assert (first.started, first.ended, first.seconds) == (begun, begun + timedelta(seconds=32), 20.0)
    assert (second.started, second.ended, second.seconds) == (first.ended, begun + timedelta(seconds=42), 10.0)
    assert (third.started, third.ended) == (second.ended, begun + timedelta(seconds=72))
    assert [each.planned_kmh for each in (first, second, third)] == [3.0, None, None]
    assert stops_of(session) == ((begun + timedelta(seconds=5), begun + timedelta(seconds=17)),)
    assert walked_seconds(session) == 60.0


def test_the_last_lap_ends_behind_its_own_pauses() -> None:
    session = walked_session("fwd 20s, back 30s", pause_at=40, pause_for=7)
    last = laps_of(session)[-1]
    assert last.ended - last.started == timedelta(seconds=30 + 12)
    early = walked_session("fwd 20s, back 30s", pause_at=15, pause_for=7)
    last = laps_of(early)[-1]
    assert last.ended - last.started == timedelta(seconds=30)


def test_skipped_intervals_and_pauses_before_the_first_one_walked_are_left_out() -> None:
    session = walked_session("fwd 20s, back 30s", pause_at=15, pause_for=7)
    skipped = replace(session, intervals=(replace(session.intervals[0], walked=0), session.intervals[1]))
    assert [each.phase for each in laps_of(skipped)] == [Phase.BACKWARD]
    assert stops_of(skipped) == ()
    none = replace(session, intervals=tuple(replace(each, walked=0) for each in session.intervals))
    with pytest.raises(WorkoutError, match="nothing was walked"):
        laps_of(none)


def test_a_start_without_an_offset_is_refused() -> None:
    session = walked_session("back 5s")
    start = replace(session.summary.start, started=STARTED.replace(tzinfo=None))
    with pytest.raises(WorkoutError, match="with an offset from UTC"):
        laps_of(replace(session, summary=replace(session.summary, start=start)))


def test_measures_are_those_of_their_interval_also_behind_a_skipped_one() -> None:
    session = walked_session("fwd 20s, back 30s", sampled=lambda _: (2.0, None))
    skipped = replace(session, intervals=(replace(session.intervals[0], walked=0), session.intervals[1]))
    (only,) = laps_of(skipped)
    assert only.measured == session.measures[1]


def test_each_second_at_a_planned_speed_is_a_point_and_none_of_a_pause() -> None:
    session = walked_session("fwd 8s @3.6km/h, turn 10s, back 3s", pause_at=15, pause_for=7)
    laps = laps_of(session)
    first, second, third = points_of(session, laps)
    begun = STARTED + timedelta(seconds=LEAD_IN)
    assert [(point.moment - begun).total_seconds() for point in first] == [1, 2, 3, 4, 17, 18, 19]
    assert [point.metres for point in first] == pytest.approx([1, 2, 3, 4, 5, 6, 7])
    assert {(point.speed_kmh, point.heart_rate) for point in first} == {(3.6, None)}
    assert (second, third) == ((), ())


def test_samples_are_points_of_the_lap_in_which_they_were_taken() -> None:
    session = walked_session("fwd 10s, back 10s")
    samples = [Sample(at * 1000, 3.0, 100 + at, 0.5) for at in (0, LEAD_IN, 12, 19, 20, 29, 30, 31)]
    session = replace(session, traces=(packed(samples),))
    first, second = points_of(session, laps_of(session))
    assert [(point.heart_rate, point.metres) for point in first] == [(100, 0.5), (110, 1.0), (112, 1.5), (119, 2.0)]
    assert [(point.heart_rate, point.metres) for point in second] == [(120, 0.5), (129, 1.0)]
    assert [point.moment - STARTED for point in second] == [timedelta(seconds=20), timedelta(seconds=29)]


def test_heart_rates_alone_are_points_at_the_planned_speed_which_is_none_in_a_pause() -> None:
    session = walked_session("back 20s @3.6km/h", pause_at=15, pause_for=3, sampled=lambda _: (None, 100))
    (points,) = points_of(session, laps_of(session))
    begun = STARTED + timedelta(seconds=LEAD_IN)
    by_second = {round((point.moment - begun).total_seconds()): point for point in points}
    assert [by_second[second].metres for second in (1, 5, 6, 12, 13, 14)] == pytest.approx([1, 5, 5, 5, 5, 6])
    assert [by_second[second].speed_kmh for second in (1, 5, 6, 12, 14)] == [3.6, 3.6, None, None, 3.6]
    assert {point.heart_rate for point in points} == {100}


def test_a_pause_at_the_very_start_of_a_lap_is_one_of_that_lap() -> None:
    session = walked_session(
        "fwd 10s, back 20s @3.6km/h", pause_at=LEAD_IN + 10, pause_for=3, sampled=lambda _: (None, 100)
    )
    _, second = points_of(session, laps_of(session))
    assert [round(point.metres) for point in second] == [0] * 8 + list(range(20))


def test_a_pause_at_the_very_start_of_a_lap_has_no_points_of_that_lap() -> None:
    session = walked_session("fwd 10s @3.6km/h, back 4s @3.6km/h", pause_at=LEAD_IN + 10, pause_for=3)
    first, second = points_of(session, laps_of(session))
    begun = STARTED + timedelta(seconds=LEAD_IN)
    assert [round((point.moment - begun).total_seconds()) for point in first] == list(range(1, 10))
    assert [round((point.moment - begun).total_seconds()) for point in second] == [19, 20, 21]
    assert [round(point.metres) for point in second] == [1, 2, 3]


def test_a_pause_at_the_very_start_of_the_first_lap_counts() -> None:
    session = walked_session("fwd 10s", pause_at=LEAD_IN, pause_for=3)
    begun = STARTED + timedelta(seconds=LEAD_IN)
    assert stops_of(session) == ((begun, begun + timedelta(seconds=8)),)
