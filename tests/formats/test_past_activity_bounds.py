"""Past activities, to the millisecond: what is just possible and what is not, how laps are cut, joined and split."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from retro_timer.formats import activity_csv
from retro_timer.formats.activity_csv import is_activity_list, read_activity_list
from retro_timer.formats.errors import FormatError
from retro_timer.formats.fit import past
from retro_timer.formats.fit.file import (
    ActivityMessage,
    FileType,
    LapMessage,
    Message,
    SessionMessage,
    WorkoutMessage,
    WorkoutStepMessage,
    build,
    file_id,
    message,
    timestamp,
)
from retro_timer.formats.fit.past import read_fit_activities
from retro_timer.formats.lap_measures import measures_of
from retro_timer.formats.past_activity import PastActivity, PastLap, checked_activity, laid_over, session_from, speed_of
from retro_timer.formats.tcx_past import read_tcx_activities
from retro_timer.scheduling.model import MAX_INTERVALS, MAX_LABEL, MAX_NAME
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase

NINE = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=2), "EET"))
DAY_MS = 24 * 3600 * 1000
LONGEST_INTERVAL_MS = 4 * 3600 * 1000


@pytest.mark.parametrize(
    ("metres", "milliseconds", "speed"),
    [
        (None, 60_000, None),
        (0, 60_000, None),
        (50, 0, None),
        (1, 1, None),
        (50, 60_000, 3.0),
        (100, 3_600_000, 0.1),
        (94, 3_600_000, None),
        (25_004, 3_600_000, 25.0),
        (25_006, 3_600_000, None),
        (1234, 3_600_000, 1.23),
    ],
)
def test_a_mean_speed_is_a_walking_speed_to_two_decimals(
    metres: float | None, milliseconds: int, speed: float | None
) -> None:
    assert speed_of(metres, milliseconds) == speed


@pytest.mark.parametrize(
    ("started", "possible"),
    [
        (datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC), False),
        (datetime(2000, 1, 1, tzinfo=UTC), True),
        (NINE + timedelta(days=1), True),
        (NINE + timedelta(days=1, seconds=1), False),
    ],
)
def test_an_activity_began_in_this_century_and_not_after_tomorrow(started: datetime, possible: bool) -> None:
    activity = PastActivity(started, (PastLap(1),))
    if possible:
        assert checked_activity(activity, NINE) == activity
        return
    with pytest.raises(FormatError, match=f"^its start, {started:%Y-%m-%d}, is not a possible day$"):
        checked_activity(activity, NINE)


def test_an_activity_is_checked_without_its_empty_laps_and_with_a_short_name() -> None:
    activity = PastActivity(NINE, (PastLap(0), PastLap(1, 2), PastLap(0, 5), PastLap(2)), "n" * (MAX_NAME + 1))
    checked = checked_activity(activity, NINE)
    assert checked.laps == (PastLap(1, 7), PastLap(2))
    assert (len(checked.name), checked.walked, checked.length) == (MAX_NAME, 3, timedelta(milliseconds=10))


def test_a_pause_in_an_empty_lap_is_kept() -> None:
    paused = PastActivity(NINE, (PastLap(0, 5), PastLap(60_000, 10), PastLap(0, 20), PastLap(0, 30), PastLap(30_000)))
    assert checked_activity(paused, NINE).laps == (PastLap(60_000, 60), PastLap(30_000))


def test_an_activity_takes_a_day_at_most_its_pauses_included() -> None:
    day = PastActivity(NINE, (PastLap(DAY_MS - 5, 5),))
    assert checked_activity(day, NINE) == day
    with pytest.raises(FormatError, match=r"^it takes longer than a day$"):
        checked_activity(PastActivity(NINE, (PastLap(DAY_MS - 5, 6),)), NINE)


def test_an_activity_has_as_many_laps_as_a_workout_intervals() -> None:
    most = PastActivity(NINE, (PastLap(1),) * MAX_INTERVALS)
    assert checked_activity(most, NINE) == most
    with pytest.raises(FormatError, match=r"^an activity has at most 10,000 laps$"):
        checked_activity(PastActivity(NINE, (PastLap(1),) * (MAX_INTERVALS + 1)), NINE)


def test_it_has_phases_only_if_each_lap_has_one() -> None:
    walked = PastLap(1, phase=Phase.FORWARD)
    assert PastActivity(NINE, (walked, walked)).has_phases
    assert not PastActivity(NINE, (walked, PastLap(1))).has_phases


def test_a_workout_is_laid_over_laps_with_their_pauses_and_speeds() -> None:
    laps = (PastLap(90_000, 7, speed_kmh=3.0, label="lap"), PastLap(20_000, 9), PastLap(100_500, 0, None, 2.0, "on"))
    laid = laid_over(PastActivity(NINE, laps, "Mine"), parse('warm 1m, back 1m @1km/h "eyes up"', name="Short"))
    assert laid == PastActivity(
        NINE,
        (
            PastLap(60_000, 0, Phase.WARM_UP, 3.0),
            PastLap(30_000, 7, Phase.BACKWARD, 1.0, "eyes up"),
            PastLap(20_000, 9, Phase.BACKWARD, 1.0, "eyes up"),
            PastLap(10_000, 0, Phase.BACKWARD, 1.0, "eyes up"),
            PastLap(90_500, 0, Phase.FORWARD, 2.0),
        ),
        "Mine",
    )


def test_parts_of_an_interval_are_one_lap_again_unless_they_differ() -> None:
    laps = (
        PastLap(10_000, speed_kmh=2.0),
        PastLap(10_000, 3, speed_kmh=2.0),
        PastLap(10_000, speed_kmh=2.0),
        PastLap(10_000, speed_kmh=2.5),
    )
    laid = laid_over(PastActivity(NINE, laps), parse("back 1m", name="Short"))
    assert laid == PastActivity(
        NINE,
        (
            PastLap(20_000, 3, Phase.BACKWARD, 2.0),
            PastLap(10_000, 0, Phase.BACKWARD, 2.0),
            PastLap(10_000, 0, Phase.BACKWARD, 2.5),
        ),
        "Short",
    )


def test_a_session_has_whole_seconds_as_targets_and_milliseconds_as_walked() -> None:
    laps = (
        PastLap(400, phase=Phase.WARM_UP),
        PastLap(61_600, 500, Phase.BACKWARD, 1.6, "l" * (MAX_LABEL + 1)),
        PastLap(2000),
    )
    session = session_from(PastActivity(NINE + timedelta(milliseconds=900), laps, "Mine"))
    assert [(each.phase, each.target, each.walked, each.at, each.speed_kmh) for each in session.intervals] == [
        (Phase.WARM_UP, 1, 400, 0, None),
        (Phase.BACKWARD, 62, 61_600, 400, 1.6),
        (Phase.FORWARD, 2, 2000, 62_500, None),
    ]
    assert len(session.intervals[1].label) == MAX_LABEL
    assert [(pause.at, pause.length) for pause in session.pauses] == [(62_000, 500)]
    assert (session.summary.start.zone, session.summary.planned.name) == ("EET", "Mine")
    other = session_from(PastActivity(NINE + timedelta(milliseconds=1000), laps, "Mine"))
    same = session_from(PastActivity(NINE.astimezone(UTC), (PastLap(5000),)))
    assert same.summary.uuid == session.summary.uuid != other.summary.uuid


@pytest.mark.parametrize(
    ("walked", "parts"),
    [
        (LONGEST_INTERVAL_MS, [LONGEST_INTERVAL_MS]),
        (LONGEST_INTERVAL_MS + 1, [LONGEST_INTERVAL_MS, 1]),
        (2 * LONGEST_INTERVAL_MS + 5000, [LONGEST_INTERVAL_MS, LONGEST_INTERVAL_MS, 5000]),
    ],
)
def test_a_lap_longer_than_an_interval_can_be_becomes_several(walked: int, parts: list[int]) -> None:
    session = session_from(PastActivity(NINE, (PastLap(walked, 7000), PastLap(1000))))
    assert [each.walked for each in session.intervals] == [*parts, 1000]
    assert [(pause.at, pause.length) for pause in session.pauses] == [(walked, 7000)]


def tcx(*laps: tuple[str, str, str], notes: str = "") -> bytes:
    """A TCX activity of laps: start, seconds, metres."""
    return (
        "<TrainingCenterDatabase><Activities><Activity>"
        + "".join(
            f'<Lap StartTime="{start}"><TotalTimeSeconds>{seconds}</TotalTimeSeconds>{metres}</Lap>'
            for start, seconds, metres in laps
        )
        + f"{notes}</Activity></Activities></TrainingCenterDatabase>"
    ).encode()


@pytest.mark.parametrize(("between", "paused"), [("09:01:00.999", 0), ("09:01:01", 1000), ("09:00:59", 0)])
def test_a_second_between_two_tcx_laps_is_a_pause(between: str, paused: int) -> None:
    data = tcx(("2026-03-02T09:00:00Z", "60", ""), (f"2026-03-02T{between}+00:00", "30.5", ""))
    (activity,) = read_tcx_activities(data).found
    assert activity.laps == (PastLap(60_000, paused), PastLap(30_500))
    assert activity.name == ""


def test_a_tcx_activity_without_an_offset_is_in_utc_and_has_its_name_in_its_notes() -> None:
    (activity,) = read_tcx_activities(tcx((" 2026-03-02T09:00:00 ", "60", ""), notes="<Notes>Hills</Notes>")).found
    assert (activity.started, activity.name) == (datetime(2026, 3, 2, 9, tzinfo=UTC), "Hills")
    assert activity.started.tzinfo is not None


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", ""])
def test_a_tcx_start_beyond_all_dates_is_refused(start: str) -> None:
    with pytest.raises(FormatError, match=r"^line 1: a lap does not say when it began$"):
        read_tcx_activities(tcx((start, "60", "")))


@pytest.mark.parametrize(("metres", "speed"), [("0", None), ("1e9", "refused"), ("999999999", None), ("50", 3.0)])
def test_a_tcx_distance_is_below_a_million_kilometres(metres: str, speed: object) -> None:
    data = tcx(("2026-03-02T09:00:00Z", "60", f"<DistanceMeters>{metres}</DistanceMeters>"))
    if speed == "refused":
        with pytest.raises(FormatError, match="distancemeters is not a number that can be true"):
            read_tcx_activities(data)
        return
    assert [lap.speed_kmh for each in read_tcx_activities(data).found for lap in each.laps] == [speed]


def test_a_tcx_activity_that_cannot_be_read_hides_no_other() -> None:
    good = tcx(("2026-03-02T09:00:00Z", "60", ""))
    start, end = good.index(b"<Activity>"), good.index(b"</Activity>") + len(b"</Activity>")
    bad = good[start:end].replace(b"2026-03-02T09:00:00Z", b"some day")
    read = read_tcx_activities(good[:start] + bad + good[start:])
    assert [activity.walked for activity in read.found] == [60_000]
    assert read.problems == ("line 1: a lap does not say when it began",)


def test_a_tcx_activity_without_laps_and_another_file_are_refused() -> None:
    with pytest.raises(FormatError, match="an activity without laps"):
        read_tcx_activities(tcx())
    with pytest.raises(FormatError, match=r"^this TCX file has no activity$"):
        read_tcx_activities(tcx(("2026-03-02T09:00:00Z", "60", "")).replace(b"TrainingCenterDatabase", b"Other"))


def fit(*messages: Message) -> bytes:
    return build([file_id(FileType.ACTIVITY, NINE), *messages])


def lap(start: int, walked: float | None, elapsed: float = 60.0) -> Message:
    """A FIT lap that begins so many seconds after nine."""
    began = timestamp(NINE + timedelta(seconds=start))
    known = {} if walked is None else {"total_timer_time": walked}
    return message(LapMessage, start_time=began, timestamp=began, total_elapsed_time=elapsed, **known)


def session(start: int, walked: float) -> Message:
    began = timestamp(NINE + timedelta(seconds=start))
    return message(SessionMessage, start_time=began, timestamp=began, total_timer_time=walked)


def test_two_seconds_between_two_fit_laps_are_a_pause() -> None:
    data = fit(lap(0, 60.0), lap(61, 60.0), lap(123, None, 90.0), lap(200, 60.0, 62.0), session(0, 300))
    (activity,) = read_fit_activities(data).found
    assert activity.laps == (PastLap(60_000), PastLap(60_000, 2000), PastLap(77_000), PastLap(60_000, 2000))


def test_each_fit_session_has_its_own_laps_and_counts_as_one_without_any() -> None:
    data = fit(session(600, 30.0), lap(60, 60.0), lap(0, 60.0), session(0, 120.0))
    first, second = read_fit_activities(data).found
    assert (first.started, first.laps) == (NINE, (PastLap(60_000), PastLap(60_000)))
    assert (second.started, second.laps) == (NINE + timedelta(minutes=10), (PastLap(30_000),))


@pytest.mark.parametrize(
    ("offset", "hours"), [(-5 * 3600, -5), (20_000, 5.5), (14 * 3600, 14), (-14 * 3600, -14), (14 * 3600 + 900, None)]
)
def test_the_offset_of_a_fit_activity_is_whole_quarters_of_an_hour(offset: int, hours: float | None) -> None:
    at = timestamp(NINE)
    local = at // 1000 - 631_065_600 + offset
    activity = message(ActivityMessage, timestamp=at, local_timestamp=local, total_timer_time=60.0)
    (found,) = read_fit_activities(fit(session(0, 60.0), activity)).found
    assert found.started == NINE
    expected = NINE.astimezone().utcoffset() if hours is None else timedelta(hours=hours)
    assert found.started.utcoffset() == expected


@pytest.mark.parametrize(
    ("length", "walked"),
    [
        ("1:02:03", 3_723_000),
        ("12:03", 723_000),
        ("120:03.5", 7_203_500),
        ("5:03,25", 303_250),
        ("90", 90_000),
        ("90.25", 90_250),
        ("999999", 999_999_000),
    ],
)
def test_a_length_in_a_list_is_a_clock_or_seconds(length: str, walked: int) -> None:
    (activity,) = read_activity_list(f'Date,Time\n2026-03-02,"{length}"\n'.encode()).found
    assert activity.laps == (PastLap(walked),)


@pytest.mark.parametrize("length", ["-1", "1000000", "soon", "nan", "1:2:3:4"])
def test_an_impossible_length_in_a_list_is_refused(length: str) -> None:
    with pytest.raises(FormatError, match=f"^line 2: expected a length such as 0:25:30 or seconds, not .{length}.$"):
        read_activity_list(f"Date,Time\n2026-03-02,{length}\n".encode())


@pytest.mark.parametrize(
    ("head", "cells", "speed"),
    [
        ("Distance", "1.5", 3.0),
        ("Distance (m)", "1500", 3.0),
        ("Distance (m),Distance", ",1.5", 3.0),
        ("Distance (m),Distance", "1500,9", 3.0),
        ("Distance", '"1,5"', 3.0),
        ("Distance", "far", None),
        ("Distance", "-1", None),
        ("Distance", "", None),
    ],
)
def test_a_distance_in_a_list_is_metres_or_kilometres(head: str, cells: str, speed: float | None) -> None:
    (activity,) = read_activity_list(f"Date,Time,{head}\n2026-03-02,30:00,{cells}\n".encode()).found
    assert [(lap.walked, lap.speed_kmh) for lap in activity.laps] == [(1_800_000, speed)]


@pytest.mark.parametrize(
    "date", ["Mar 2, 2026, 6:30:00 PM", "2 Mar 2026, 18:30:00", "2026/03/02 18:30:00", "2026/03/02 18:30"]
)
def test_dates_in_a_list_are_by_the_local_clock(date: str) -> None:
    (activity,) = read_activity_list(f'Date,Time\n"{date}",30:00\n'.encode()).found
    assert activity.started == datetime(2026, 3, 2, 18, 30).astimezone()
    assert activity.started.tzinfo is not None


def test_empty_lines_other_sports_and_walks_of_no_length_are_left_out() -> None:
    text = "Date,Time,Type\n,,\n2026-03-02,30:00,Ride\n2026-03-03,0,Walk\n\n2026-03-04,10:00\n2026-03-05,20:00,Hiking\n"
    assert [each.walked for each in read_activity_list(text.encode()).found] == [600_000, 1_200_000]


def test_the_best_column_is_read_and_the_first_of_its_name() -> None:
    text = "Elapsed Time,Moving Time,Start Time,Date,Workout,Title\n50:00,30:00,2026-03-02 09:00,2020-01-01,low,high\n"
    (activity,) = read_activity_list(text.encode()).found
    assert (activity.walked, activity.started.year, activity.name) == (1_800_000, 2026, "high")


def test_a_list_has_a_start_and_a_length() -> None:
    assert is_activity_list("Date,Time")
    assert not is_activity_list("Date,Title")
    assert not is_activity_list("Time,Title")
    assert not is_activity_list("")


def test_a_list_has_so_many_lines_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    assert activity_csv.MAX_ROWS == 20_000
    monkeypatch.setattr(activity_csv, "MAX_ROWS", 3)
    line = "2026-03-02,30:00\n"
    assert len(read_activity_list(f"Date,Time\n{line * 3}".encode()).found) == 3
    with pytest.raises(FormatError, match=r"^more than 3 activities$"):
        read_activity_list(f"Date,Time\n{line * 4}".encode())


def test_the_workout_of_a_session_is_folded_into_rounds() -> None:
    laps = tuple(PastLap(60_000, phase=phase) for phase in (Phase.BACKWARD, Phase.FORWARD) * 3)
    assert session_from(PastActivity(NINE, laps)).summary.planned.rounds == 3


def test_a_fit_activity_is_called_like_its_workout() -> None:
    named = message(WorkoutMessage, workout_name="Hills")
    assert [each.name for each in read_fit_activities(fit(named, session(0, 60.0))).found] == ["Hills"]
    assert [each.name for each in read_fit_activities(fit(message(WorkoutMessage), session(0, 60.0))).found] == [""]
    assert [each.name for each in read_fit_activities(fit(session(0, 60.0))).found] == [""]


def test_a_fit_activity_that_does_not_say_when_it_began_is_refused() -> None:
    with pytest.raises(FormatError, match=r"^this FIT file does not say when the activity began$"):
        read_fit_activities(fit(message(SessionMessage, total_timer_time=60.0)))
    began = timestamp(NINE)
    (found,) = read_fit_activities(fit(message(SessionMessage, timestamp=began, total_timer_time=60.0))).found
    assert found.started == NINE


def test_a_fit_session_without_laps_has_no_step_that_names_it() -> None:
    step = message(WorkoutStepMessage, message_index=0, workout_step_name="Backward")
    began = timestamp(NINE)
    walked = message(LapMessage, start_time=began, timestamp=began, total_timer_time=60.0, workout_step_index=0)
    (found,) = read_fit_activities(fit(step, walked, session(0, 60.0))).found
    assert found.laps == (PastLap(60_000, phase=Phase.BACKWARD),)
    (found,) = read_fit_activities(fit(step, session(0, 60.0))).found
    assert found.laps == (PastLap(60_000),)


def test_a_fit_file_has_so_many_records_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    data = fit(session(0, 60.0))  # a definition and a message of each of two kinds
    monkeypatch.setattr(past, "MAX_RECORDS", 4)
    assert len(read_fit_activities(data).found) == 1
    monkeypatch.setattr(past, "MAX_RECORDS", 3)
    with pytest.raises(FormatError, match=r"^more than 3 records: no walk is that long$"):
        read_fit_activities(data)


@pytest.mark.parametrize(("metres", "known"), [("0", 0), ("999999999", 0), ("1000000000", 0), ("-1", 0), ("300", 300)])
def test_a_distance_in_a_list_that_cannot_be_true_is_none(metres: str, known: float) -> None:
    (found,) = read_activity_list(f"Date,Time,Meters\n2026-03-02,30:00,{metres}\n".encode()).found
    assert found.laps[0].measured.metres == known


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        ("Walking", True), ("Treadmill Running", True), ("Indoor Cardio", True), ("hike", True), ("Gehen", True),
        ("Wandern", True), ("", True), ("Ride", False), ("Swim", False),
    ],
)  # fmt: skip
def test_walks_are_known_by_their_kind(kind: str, read: bool) -> None:
    text = f"Date,Time,Type\n2026-03-02,30:00,{kind}\n2026-03-03,20:00,Walk\n"
    assert [each.walked for each in read_activity_list(text.encode()).found] == [1_800_000] * read + [1_200_000]


def test_a_short_line_has_no_cells_behind_its_end() -> None:
    (found,) = read_activity_list(b"Title,Date,Time,Distance\nHills,2026-03-02,30:00\n").found
    assert (found.name, found.laps) == ("Hills", (PastLap(1_800_000),))


def test_a_list_that_is_no_csv_is_refused_with_its_line() -> None:
    text = "Date,Time\n2026-03-02,30:00\n" + "x" * 200_000
    with pytest.raises(FormatError, match=r"^line 3: not valid CSV$"):
        read_activity_list(text.encode())


def test_a_date_beyond_all_dates_is_refused() -> None:
    with pytest.raises(FormatError, match=r"^line 2: expected a date such as 2026-03-02 18:30, not "):
        read_activity_list(b"Date,Time\n0001-01-01T00:00:00+14:00,30:00\n")


def test_a_tcx_file_of_nothing_that_is_read_is_empty() -> None:
    with pytest.raises(FormatError, match=r"^not valid XML: it is empty$"):
        read_tcx_activities(b"<Track/>")


def test_a_track_in_a_track_is_skipped_to_its_end() -> None:
    inside = "<Track><Track><DistanceMeters>1</DistanceMeters></Track>x<DistanceMeters>2</DistanceMeters></Track>"
    data = tcx(("2026-03-02T09:00:00Z", "60", f"{inside}<DistanceMeters>50</DistanceMeters>"))
    assert [lap.speed_kmh for each in read_tcx_activities(data).found for lap in each.laps] == [3.0]


def test_a_line_that_cannot_be_read_hides_no_other() -> None:
    text = "Date,Time\n2026-03-02,30:00\nsoon,30:00\n2026-03-03,long\n2026-03-04,20:00\n"
    read = read_activity_list(text.encode())
    assert [each.walked for each in read.found] == [1_800_000, 1_200_000]
    assert [problem.partition(": expected a ")[0] for problem in read.problems] == ["line 3", "line 4"]


def test_a_line_without_a_length_is_left_out() -> None:
    text = "Date,Time,Distance\n2026-03-02,,1.5\n2026-03-03,0.4,\n"
    assert [each.walked for each in read_activity_list(text.encode()).found] == [400]


def test_half_a_second_is_a_length_in_a_tcx_file() -> None:
    (found,) = read_tcx_activities(tcx(("2026-03-02T09:00:00Z", "0.5", "<DistanceMeters>0.4</DistanceMeters>"))).found
    assert found.laps == (PastLap(500, speed_kmh=2.88, measured=measures_of(500, 0.4)),)


def test_a_fit_lap_at_the_start_of_the_next_session_is_one_of_that_session() -> None:
    first, second = read_fit_activities(
        fit(lap(0, 60.0), lap(600, 45.0, 45.0), session(600, 30.0), session(0, 120.0))
    ).found
    assert (first.laps, second.laps) == ((PastLap(60_000),), (PastLap(45_000),))


def test_a_fit_lap_has_its_distance_and_no_fastest_speed_unless_it_is_there() -> None:
    began = timestamp(NINE)
    known = {"start_time": began, "timestamp": began, "total_timer_time": 60.0, "total_distance": 50.0}
    (found,) = read_fit_activities(fit(message(LapMessage, **known), session(0, 60.0))).found
    assert found.laps == (PastLap(60_000, speed_kmh=3.0, measured=measures_of(60_000, 50.0)),)
    (found,) = read_fit_activities(fit(message(LapMessage, max_speed=1.0, **known), session(0, 60.0))).found
    assert found.laps[0].measured.fastest_kmh == pytest.approx(3.6)


def test_a_part_of_a_lap_keeps_all_but_its_pause() -> None:
    whole = PastLap(1000, 500, Phase.BACKWARD, 3.0, "a", measures_of(1000, 0.8))
    assert whole.part(250) == PastLap(250, 0, Phase.BACKWARD, 3.0, "a", whole.measured.part(250, 1000))
