"""Distance and heart rate of past activities are kept, shown and written as those of measured sessions."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.formats.activity_csv import read_activity_list
from retro_timer.formats.fit import past
from retro_timer.formats.fit.file import FileType, LapMessage, SessionMessage, build, file_id, message, timestamp
from retro_timer.formats.lap_measures import PastMeasures, joined, measures_of
from retro_timer.formats.past_activity import PastActivity, PastLap, checked_activity, laid_over, session_from
from retro_timer.formats.registry import write_session
from retro_timer.formats.tcx_past import read_tcx_activities
from retro_timer.runtime.review import review_of
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.session.sensing import MAX_BPM, MAX_KMH
from retro_timer.storage.history_csv import write_intervals_csv, write_sessions_csv
from retro_timer.storage.rows import wrong_sums
from retro_timer.storage.transfer import problem_with
from tests.formats.sessions import walked_session

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = NINE + timedelta(days=1)


def fit_file(*laps: dict[str, float], **session: float) -> bytes:
    """A FIT activity of laps of two minutes."""
    start, messages = NINE, [file_id(FileType.ACTIVITY, NINE)]
    for index, known in enumerate(laps):
        end = start + timedelta(minutes=2)
        messages.append(
            message(
                LapMessage, message_index=index, start_time=timestamp(start), timestamp=timestamp(end),
                total_timer_time=120, total_elapsed_time=120, **known,
            )
        )  # fmt: skip
        start = end
    total = 120 * len(laps)
    messages.append(
        message(
            SessionMessage, start_time=timestamp(NINE), timestamp=timestamp(start), total_timer_time=total,
            total_elapsed_time=total, **session,
        )
    )  # fmt: skip
    return build(messages)


def tcx_file(more: str) -> bytes:
    """A TCX activity of one lap of two minutes."""
    return f"""<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>
    <Activity Sport="Other"><Id>x</Id><Lap StartTime="2026-03-02T09:00:00Z"><TotalTimeSeconds>120</TotalTimeSeconds>
    {more}</Lap></Activity></Activities></TrainingCenterDatabase>""".encode()


@pytest.mark.parametrize("kind", ["fit", "tcx"])
def test_what_was_measured_comes_in_again(kind: str) -> None:
    session = walked_session(
        "fwd 2m, back 2m", sampled=lambda second: (1.8 if second < 120 else 1.2, 100 + second % 20)
    )
    read = past.read_fit_activities if kind == "fit" else read_tcx_activities
    (activity,) = read(write_session(session, kind).data).found
    again = session_from(checked_activity(activity, activity.started + timedelta(days=1)))
    assert len(again.measures) == len(session.measures) == 2
    for kept, measured in zip(again.measures, session.measures, strict=True):
        assert kept.interval == measured.interval
        assert kept.metres == pytest.approx(measured.metres, abs=0.1)
        assert kept.heart_mean == pytest.approx(measured.heart_mean, abs=0.5)
        assert kept.heart_max == measured.heart_max
        assert kept.speed_max == pytest.approx(measured.speed_max, abs=0.02)
        assert kept.covers(120)
    assert problem_with(again, activity.started + timedelta(days=1)) == ""
    assert not wrong_sums(again)
    shown = review_of(again).measured
    assert shown is not None
    assert (shown.heart_mean, shown.heart_max) == (110, 119)
    assert shown.backward_metres == pytest.approx(1.2 / 3.6 * 120, abs=1)


def test_what_came_in_is_written_like_what_was_measured() -> None:
    (activity,) = past.read_fit_activities(
        fit_file(
            {"total_distance": 60, "avg_heart_rate": 101, "max_heart_rate": 120},
            {"total_distance": 40, "avg_heart_rate": 111, "max_heart_rate": 130},
        )
    ).found
    session = session_from(checked_activity(activity, NOW))
    intervals, sessions = io.StringIO(), io.StringIO()
    write_intervals_csv([session], intervals)
    write_sessions_csv([session], sessions)
    first, second = csv.DictReader(intervals.getvalue().splitlines())
    assert [first[name] for name in ("metres", "speed_mean_kmh", "heart_mean", "heart_max", "heart_min")] == [
        "60.0", "1.8", "101", "120", "",
    ]  # fmt: skip
    assert second["heart_max"] == "130"
    (whole,) = csv.DictReader(sessions.getvalue().splitlines())
    assert whole["metres"] == "100.0"
    for kind, read in (("fit", past.read_fit_activities), ("tcx", read_tcx_activities)):
        (again,) = read(write_session(session, kind).data).found
        assert [(lap.measured.heart_mean, lap.measured.heart_max) for lap in again.laps] == [(101, 120), (111, 130)]
        assert [lap.measured.metres for lap in again.laps] == pytest.approx([60, 40], abs=0.1)


def test_the_heart_rate_of_a_session_counts_for_laps_without_one() -> None:
    (activity,) = past.read_fit_activities(fit_file({}, {}, avg_heart_rate=104, max_heart_rate=125)).found
    assert [(lap.measured.heart_mean, lap.measured.heart_max) for lap in activity.laps] == [(104, 125)] * 2
    (activity,) = past.read_fit_activities(fit_file({"avg_heart_rate": 90}, {}, avg_heart_rate=104)).found
    assert [lap.measured.heart_mean for lap in activity.laps] == [90, None]


@pytest.mark.parametrize(
    ("more", "mean", "highest"),
    [
        ("<AverageHeartRateBpm><Value>101</Value></AverageHeartRateBpm>", 101, None),
        ("<MaximumHeartRateBpm><Value>120</Value></MaximumHeartRateBpm>", None, None),
        ("<AverageHeartRateBpm><Value>24</Value></AverageHeartRateBpm>", None, None),
        ("<AverageHeartRateBpm><Value>251</Value></AverageHeartRateBpm>", None, None),
        ("<AverageHeartRateBpm><Value>-101</Value></AverageHeartRateBpm>", None, None),
        ("<AverageHeartRateBpm><Value>nan</Value></AverageHeartRateBpm>", None, None),
        ("<AverageHeartRateBpm><Value>fast</Value></AverageHeartRateBpm>", None, None),
        ("<AverageHeartRateBpm></AverageHeartRateBpm>", None, None),
        (
            "<AverageHeartRateBpm><Value>101</Value></AverageHeartRateBpm><MaximumHeartRateBpm>90</MaximumHeartRateBpm>",
            101,
            None,
        ),
    ],
)
def test_a_heart_rate_that_cannot_be_true_is_none_and_refuses_nothing(
    more: str, mean: float | None, highest: int | None
) -> None:
    (activity,) = read_tcx_activities(tcx_file(more)).found
    measured = activity.laps[0].measured
    assert (measured.heart_mean, measured.heart_max) == (mean, highest)
    session = session_from(checked_activity(activity, NOW))
    assert len(session.measures) == (mean is not None)
    shown = review_of(session).measured
    assert (shown.heart_mean if shown else None) == mean


def test_a_list_of_activities_has_heart_rates() -> None:
    (activity,) = read_activity_list(
        b"Date,Time,Distance,Avg HR,Max HR\n2026-03-02T09:00:00+00:00,0:12:00,0.4,104,125\n"
    ).found
    (kept,) = session_from(checked_activity(activity, NOW)).measures
    assert (kept.metres, kept.heart_mean, kept.heart_max, kept.speed_mean) == (400, 104, 125, 2.0)


def test_a_workout_laid_over_an_activity_keeps_what_was_measured() -> None:
    laps = [PastLap(60_000, measured=measures_of(60_000, 30, None, rate, rate + 10)) for rate in (100, 110, 120)]
    activity = laid_over(PastActivity(NINE, tuple(laps)), parse("fwd 90s, back 90s @1.6km/h"))
    assert [lap.phase for lap in activity.laps] == [Phase.FORWARD, Phase.BACKWARD]
    forward, backward = (lap.measured for lap in activity.laps)
    assert (forward.metres, backward.metres) == pytest.approx((45, 45))
    assert forward.heart_mean == pytest.approx((100 * 60 + 110 * 30) / 90)
    assert backward.heart_mean == pytest.approx((110 * 30 + 120 * 60) / 90)
    assert (forward.heart_max, backward.heart_max) == (120, 130)


BEATS = st.floats(25, 250)
MEASURES = st.builds(
    measures_of,
    st.integers(1, 86_400_000),
    st.none() | st.floats(0, 1e9),
    st.none() | st.floats(0, 1e9),
    st.none() | st.floats(allow_nan=True, allow_infinity=True),
    st.none() | st.floats(allow_nan=True, allow_infinity=True),
) | st.builds(
    measures_of, st.integers(1, 86_400_000), st.floats(0, 1000), st.none(), st.floats(25, 250), st.floats(25, 250)
)


@given(MEASURES, st.integers(1, 99))
def test_whatever_a_file_says_what_is_kept_can_be_true(measured: PastMeasures, percent: int) -> None:
    kept = measured.kept(0)
    if kept is not None:
        assert kept.speed_mean is None or 0 < kept.speed_mean <= MAX_KMH
        assert kept.heart_mean is None or 25 <= kept.heart_mean <= MAX_BPM
        assert kept.heart_max is None or kept.heart_max <= MAX_BPM
    again = joined([measured.part(percent, 100), measured.part(100 - percent, 100)])
    assert again.metres == pytest.approx(measured.metres)
    assert abs(again.moved - measured.moved) <= 1
    assert abs(again.beat - measured.beat) <= 1
    assert again.heart_max == measured.heart_max
