"""Past activities: FIT, TCX and CSV become sessions with the same totals, or are refused with one clear clause."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from garmin_fit_sdk import Decoder, Stream
from garmin_fit_sdk.crc_calculator import CrcCalculator
from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.formats.activity_csv import is_activity_list, read_activity_list
from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import decode_foreign
from retro_timer.formats.fit import past
from retro_timer.formats.fit.activity import write_fit_activity
from retro_timer.formats.fit.file import (
    ActivityMessage,
    FileType,
    LapMessage,
    RecordMessage,
    SessionMessage,
    build,
    file_id,
    message,
    timestamp,
)
from retro_timer.formats.fit.workout import write_fit_workout
from retro_timer.formats.lap_measures import measures_of
from retro_timer.formats.past_activity import (
    PastActivity,
    PastLap,
    checked_activity,
    in_phases,
    laid_over,
    session_from,
)
from retro_timer.formats.tcx import write_tcx
from retro_timer.formats.tcx_past import read_tcx_activities
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.session.history import Feedback, Start
from retro_timer.session.logged import Origin, Spell, logged_id, logged_session, origin_of
from retro_timer.storage.rows import wrong_sums
from retro_timer.storage.transfer import problem_with
from tests.formats.workouts import workouts

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.formats.past_activity import PastActivities
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import StoredSession

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = NINE + timedelta(days=1)
START = Start(logged_id(b"0123456789abcdef", Origin.HAND), NINE, "UTC")
WALK = 'warm 3m @3km/h, 2x(turn 30s, back 2m @1.6km/h "eyes up", turn 30s | fwd 1m @3km/h), cool 2m @2km/h'


def walked(notation: str = WALK, paused: int = 0) -> StoredSession:
    workout = parse(notation, name="Hills")
    spells = [Spell(interval.planned * 1000) for interval in logged_session(START, workout, Feedback()).intervals]
    spells[0] = Spell(spells[0].walked, paused)
    return logged_session(START, workout, Feedback(), spells=spells)


@pytest.mark.parametrize("paused", [0, 45_000])
@pytest.mark.parametrize("kind", ["fit", "tcx"])
def test_what_we_export_comes_in_again_with_its_phases(kind: str, paused: int) -> None:
    session = walked(paused=paused)
    read = past.read_fit_activities if kind == "fit" else read_tcx_activities
    written = (write_fit_activity if kind == "fit" else write_tcx)(session).data
    (activity,) = read(written).found
    assert activity.has_phases
    again = session_from(checked_activity(activity, NOW))
    assert again.summary.totals == session.summary.totals
    assert again.summary.spent == session.summary.spent
    assert again.summary.start.started == NINE
    assert [(each.phase, each.label) for each in again.intervals] == [
        (each.phase, each.label) for each in session.intervals
    ]
    speeds = [each.speed_kmh for each in again.intervals if each.phase.on_belt]
    assert speeds == pytest.approx([3, 1.6, 3, 1.6, 2], abs=0.02)
    assert origin_of(again.summary.uuid) is Origin.IMPORT
    assert problem_with(again, NOW) == ""


def test_the_same_activity_has_the_same_id_in_every_format() -> None:
    session = walked()
    found = [
        *past.read_fit_activities(write_fit_activity(session).data).found,
        *read_tcx_activities(write_tcx(session).data).found,
        *read_activity_list(b"Date,Time,Title\n2026-03-02T09:00:00+00:00,0:12:00,Hills\n").found,
    ]
    assert len({session_from(checked_activity(each, NOW)).summary.uuid for each in found}) == 1


def watch_file(laps: list[tuple[float, float, float]], offset: int = 0) -> bytes:
    """A FIT activity as a watch writes it: laps of walking time, pause and metres, a record every second."""
    messages = [file_id(FileType.ACTIVITY, NINE)]
    at, metres = NINE, 0.0
    for index, (seconds, paused, length) in enumerate(laps):
        step = max(1, int(seconds) // 5)
        for second in range(0, int(seconds), step):
            moment = at + timedelta(seconds=second)
            messages.append(message(RecordMessage, timestamp=timestamp(moment), distance=metres))
        end = at + timedelta(seconds=seconds + paused)
        metres += length
        messages.append(
            message(
                LapMessage, message_index=index, start_time=timestamp(at), timestamp=timestamp(end),
                total_timer_time=seconds, total_elapsed_time=seconds + paused, total_distance=length,
            )
        )  # fmt: skip
        at = end
    total = sum(seconds for seconds, _, _ in laps)
    elapsed = (at - NINE).total_seconds()
    messages.append(
        message(
            SessionMessage, start_time=timestamp(NINE), timestamp=timestamp(at), total_timer_time=total,
            total_elapsed_time=elapsed, total_distance=metres,
        )
    )  # fmt: skip
    local = timestamp(at) // 1000 - 631_065_600 + offset
    messages.append(message(ActivityMessage, timestamp=timestamp(at), local_timestamp=local, total_timer_time=total))
    return build(messages)


def independently(data: bytes) -> dict[str, Any]:
    """The session as the official decoder reads it."""
    decoded, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert not errors
    session: dict[str, Any] = dict(decoded["session_mesgs"][0])
    return session


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 900), st.sampled_from([0, 30]), st.integers(0, 800)).map(
            lambda lap: (float(lap[0]), float(lap[1]), float(lap[2]))
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_watch_file_has_the_totals_of_an_independent_reader(laps: list[tuple[float, float, float]]) -> None:
    data = watch_file(laps, offset=-5 * 3600)
    (activity,) = past.read_fit_activities(data).found
    assert not activity.has_phases
    session = session_from(checked_activity(in_phases(activity, [Phase.FORWARD]), NOW))
    theirs = independently(data)
    assert session.summary.spent.walked == round(theirs["total_timer_time"] * 1000)
    assert session.summary.spent.total == round(theirs["total_elapsed_time"] * 1000)
    assert session.summary.start.started == theirs["start_time"] == NINE
    assert session.summary.start.started.utcoffset() == timedelta(hours=-5)
    assert wrong_sums(session) == ""


def test_phases_are_given_for_all_laps_for_each_or_by_a_workout() -> None:
    laps = tuple(PastLap(60_000, speed_kmh=speed) for speed in (3.0, 1.5, None))
    activity = PastActivity(NINE, laps)
    assert {lap.phase for lap in in_phases(activity, [Phase.BACKWARD]).laps} == {Phase.BACKWARD}
    each = in_phases(activity, [Phase.WARM_UP, Phase.BACKWARD, Phase.COOL_DOWN])
    assert session_from(each).summary.totals.backward == 60_000
    with pytest.raises(FormatError, match="there are 3 laps and 2 phases: give one for each lap"):
        in_phases(activity, [Phase.WARM_UP, Phase.BACKWARD])
    laid = laid_over(activity, parse("warm 30s, back 1m, fwd 1m", name="Short"))
    assert [(lap.phase, lap.walked) for lap in laid.laps] == [
        (Phase.WARM_UP, 30_000),
        (Phase.BACKWARD, 30_000),
        (Phase.BACKWARD, 30_000),
        (Phase.FORWARD, 30_000),
        (Phase.FORWARD, 60_000),
    ]
    assert session_from(laid).summary.totals.longest_backward == 60_000
    assert laid.name == "Short"


@settings(max_examples=20)
@given(workouts(), st.lists(st.tuples(st.integers(1, 4_000_000), st.integers(0, 5000)), min_size=1, max_size=5))
def test_laying_a_workout_over_an_activity_loses_no_time(workout: Workout, laps: list[tuple[int, int]]) -> None:
    activity = PastActivity(NINE, tuple(PastLap(length, pause) for length, pause in laps))
    laid = laid_over(activity, workout)
    assert laid.walked == activity.walked
    assert laid.length == activity.length
    assert laid.has_phases


def raw_fit(count: int) -> bytes:
    """A FIT file of many tiny records, without a checksum."""
    definition = b"\x40\0\0\x14\0\x01\x03\x01\x02"
    body = definition + b"\0\x40" * count
    return struct.pack("<BBHI4s", 12, 16, 2100, len(body), b".FIT") + body + b"\0\0"


def broken(data: bytes) -> bytes:
    return data[:-2] + bytes(byte ^ 0xFF for byte in data[-2:])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (lambda: broken(write_fit_activity(walked()).data), "this FIT file is damaged: its checksum is wrong"),
        (lambda: write_fit_activity(walked()).data[:-40], "this FIT file is damaged or cut off"),
        (lambda: raw_fit(3), "this FIT file is damaged: its checksum is wrong"),
        (lambda: write_fit_workout(parse(WALK)).data, "this FIT file is not an activity"),
        (lambda: build([file_id(FileType.ACTIVITY, NINE)]), "this FIT file has no session"),
    ],
)
def test_a_damaged_or_other_fit_file_is_refused(data: Any, says: str) -> None:  # noqa: ANN401  (a function)
    with pytest.raises(FormatError, match=says):
        past.read_fit_activities(data())


def test_a_fit_file_has_a_quarter_of_a_million_records_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    assert past.MAX_RECORDS == 250_000
    monkeypatch.setattr(past, "MAX_RECORDS", 3)
    with pytest.raises(FormatError, match="its checksum is wrong"):
        past.read_fit_activities(raw_fit(2))  # the definition counts, too
    with pytest.raises(FormatError, match=r"^more than 3 records: no walk is that long$"):
        past.read_fit_activities(raw_fit(3))


def checked(body: bytes) -> bytes:
    """A FIT file with the right size and checksum, whatever is in it."""
    data = struct.pack("<BBHI4s", 12, 16, 2100, len(body), b".FIT") + body
    return data + struct.pack("<H", CrcCalculator.calculate_crc(data, 0, len(data)))


@cache
def undamaged() -> tuple[tuple[bytes, Callable[[bytes], PastActivities]], ...]:
    """A file of each format, and what reads it; a FIT file also as if its checksum were that of what is in it."""
    fit = write_fit_activity(walked("back 1m @2km/h")).data
    return (
        (fit, past.read_fit_activities),
        (fit[fit[0] : -2], lambda body: past.read_fit_activities(checked(body))),
        (write_tcx(walked("back 1m @2km/h, fwd 1m @2km/h")).data, read_tcx_activities),
        (b"Date,Time\n2026-03-02,10:00\n", read_activity_list),
    )


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 40_000))
def test_no_damage_is_more_than_an_error(noise: bytes, at: int) -> None:
    for data, read in undamaged():
        damaged = data[: at % len(data)] + noise + data[at % len(data) + len(noise) :]
        try:
            found = read(damaged).found
        except FormatError:
            continue
        for activity in found:
            try:
                session_from(checked_activity(activity, NOW))
            except FormatError:
                continue


def tcx(start: str = "2026-03-02T09:00:00Z", seconds: str = "60", metres: str = "50") -> bytes:
    return (
        f'<TrainingCenterDatabase xmlns="x"><Activities><Activity Sport="Other"><Id>{start}</Id>'
        f'<Lap StartTime="{start}">'
        f"<TotalTimeSeconds>{seconds}</TotalTimeSeconds><DistanceMeters>{metres}</DistanceMeters>"
        f"<Track>{'<Trackpoint><Time>t</Time></Trackpoint>' * 3}</Track></Lap></Activity></Activities>"
        "</TrainingCenterDatabase>"
    ).encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (tcx(start="1970-01-01T00:00:00Z"), "its start, 1970-01-01, is not a possible day"),
        (tcx(start="2106-02-07T06:28:15Z"), "its start, 2106-02-07, is not a possible day"),
        (tcx(start="yesterday"), "line 1: a lap does not say when it began"),
        (tcx(seconds="-5"), "totaltimeseconds is not a number that can be true"),
        (tcx(seconds="nan"), "totaltimeseconds is not a number that can be true"),
        (tcx(seconds="0"), "nothing was walked in it"),
        (tcx(seconds="86401"), "it takes longer than a day"),
        (b"<TrainingCenterDatabase/>", "this TCX file has no activity"),
    ],
)
def test_an_impossible_tcx_activity_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(FormatError, match=says):
        [checked_activity(each, NOW) for each in read_tcx_activities(data).found]


def test_a_long_tcx_track_is_skipped() -> None:
    data = tcx().replace(b"</Track>", b"<Trackpoint><Time>t</Time></Trackpoint>" * 60_000 + b"</Track>")
    (activity,) = read_tcx_activities(data).found
    assert activity.laps == (PastLap(60_000, speed_kmh=3.0, measured=measures_of(60_000, 50)),)


GARMIN = """\
Activity Type,Date,Favorite,Title,Distance,Calories,Time
Treadmill Running,2026-03-02 09:00:00,false,"Walk, backward",1.00,80,00:20:30
Cycling,2026-03-03 09:00:00,false,Ride,20.0,300,01:00:00
Walking,2026-02-28 07:30:00,false,Walk,2.50,90,50:00.5
"""
STRAVA = """\
Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance,Moving Time
1,"Mar 2, 2026, 9:00:00 AM",Morning Walk,Walk,1300,1.2,1230.0
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GARMIN, [("Walk, backward", 1_230_000, 2.93), ("Walk", 3_000_500, 3.0)]),
        (STRAVA, [("Morning Walk", 1_230_000, 3.51)]),
        ("start,duration\n2026-03-02T09:00,600\n", [("", 600_000, None)]),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lists_of_training_sites_are_read(text: str, expected: list[tuple[Any, ...]], encoding: str) -> None:
    assert is_activity_list(text)
    found = read_activity_list(text.encode(encoding)).found
    assert [(each.name, each.walked, each.laps[0].speed_kmh) for each in found] == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Date,Time\nsoon,10:00\n", "line 2: expected a date such as 2026-03-02 18:30"),
        ("Date,Time\n2026-03-02,-5\n", "line 2: expected a length such as 0:25:30"),
        ("Date,Time,Type\n2026-03-02,5:00,Ride\n", "there is no walk in this list"),
    ],
)
def test_a_list_that_cannot_be_read_names_the_line(text: str, says: str) -> None:
    with pytest.raises(FormatError, match=says):
        read_activity_list(text.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_text_is_read_in_any_of_its_usual_encodings(encoding: str) -> None:
    text = "Datum;Strecke;Gerät\n2026-03-02;1,5;Laufband\n"
    assert decode_foreign(text.encode(encoding)).text == text
