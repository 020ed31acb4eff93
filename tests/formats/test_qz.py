"""QZ programs: what we write is read back, and what QZ and its users write is read or refused with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from retro_timer.formats.assumptions import Assume, Assumptions
from retro_timer.formats.errors import DirectionUnknownError, FormatError, PaceUnknownError
from retro_timer.formats.qz import read_qz, write_qz
from retro_timer.scheduling.notation import format_notation, parse
from tests.formats.workouts import walked, workouts

if TYPE_CHECKING:
    from retro_timer.formats.received import Received
    from retro_timer.scheduling.model import Workout


def read(rows: str, assume: Assume | None = None, pace_kmh: float | None = None) -> Received:
    return read_qz(f'<rows device="treadmill">\n{rows}</rows>'.encode(), Assumptions(assume, pace_kmh=pace_kmh))


@given(workouts())
@settings(max_examples=60)
def test_what_is_written_is_read_back(workout: Workout) -> None:
    assert walked(read_qz(write_qz(workout).data).workout) == walked(workout)


def test_the_direction_is_a_text_of_its_row() -> None:
    assert '<textevent timeoffset="0" message="Backward at 1.0 mph: a &lt;b&gt;"/>' in (
        write_qz(parse('back 1m @1.0mph "a <b>"')).data.decode()
    )


def test_rows_repeats_and_speeds() -> None:
    rows = """<row duration="00:05:00" speed="3" forcespeed="1"/>
    <repeat times="3"><row duration="00:01:00" speed="1.6" forcespeed="1"/><row duration="00:00:30" speed="0"/></repeat>
    <row duration="00:00:00"/><row duration="1:2:3" speed="-1" inclination="2.5"/>"""
    with pytest.raises(DirectionUnknownError, match=r"^line 2: "):
        read(rows)
    received = read(rows, Assume.ALTERNATE)
    assert format_notation(received.workout) == (
        "fwd 5m @3.0km/h, 3x(turn 30s, back 1m @1.6km/h, turn 30s, fwd 30s), fwd 1h2m3s"
    )
    assert received.notes[2:] == ("inclines are left out",)


def test_distances_need_a_speed() -> None:
    assert read('<row distance="0.5" speed="3"/>', Assume.FORWARD).workout.total_seconds == 600
    assert read('<row distance="0.5"/>', Assume.FORWARD, 6.0).workout.total_seconds == 300
    with pytest.raises(PaceUnknownError, match=r"^line 2: "):
        read('<row distance="0.5"/>')


def test_what_is_lost_is_counted() -> None:
    rows = """<row duration="00:01:00" speedfrom="1" speedto="3"><textevent timeoffset="0" message="Forward"/>
    <textevent timeoffset="30" message="Faster"/></row>"""
    received = read(rows)
    assert format_notation(received.workout) == "fwd 1m"
    assert received.notes == ("1 text is left out", "1 ramp keeps its length, without speeds")


def text(message: str, at: int = 0) -> str:
    return f'<textevent timeoffset="{at}" message="{message}"/>'


@pytest.mark.parametrize(
    ("rows", "walked_as"),
    [
        # Rounds are found within a repeat, not across its ends.
        (
            '<row duration="0:1:0">{0}</row><repeat times="2"><row duration="0:1:0">{0}</row></repeat>'.format(
                text("Backward")
            ),
            "back 1m, 2x(back 1m)",
        ),
        ('<repeat times="1"><row duration="0:1:0"/><row duration="0:2:0"/></repeat>', "fwd 1m, turn 30s, back 2m"),
        ('<repeat times="2"><row duration="0:1:0"/><row duration="0:2:0"/></repeat>',
         "2x(turn 30s, back 1m, turn 30s, fwd 2m)"),
        ('<row duration="00:00:01.9"/><row duration="04:00:00"/>', "fwd 1s, turn 30s, back 4h"),
        ('<intro duration="0:5:0"/><row duration="1:0:1"/><row duration="0:0:1"/>', "fwd 1h1s, turn 30s, back 1s"),
        # The first text with a direction counts, otherwise the first text.
        (f'<row duration="0:1:0">{text("Eyes up")}{text("Forward")}{text("Backward")}</row>', "fwd 1m"),
        (f'<row duration="0:1:0" speed="2">{text("Backward at 1.5 km/h: tall")}</row>', 'back 1m @1.5km/h "tall"'),
        ('<row distance="0.0001" speed="25"/>', "turn 30s, back 1s @25.0km/h"),
        ('<row distance="0"/><row duration="0:0:5"/>', "turn 30s, back 5s"),
    ],
)  # fmt: skip
def test_rows_as_qz_and_its_users_write_them(rows: str, walked_as: str) -> None:
    assert format_notation(read(rows, Assume.ALTERNATE).workout) == walked_as


def test_the_first_text_without_a_direction_is_the_label() -> None:
    row = f'<row duration="0:1:0">{text("Eyes up")}{text("Look ahead")}</row>'
    assert format_notation(read(row, Assume.FORWARD).workout) == 'fwd 1m "Eyes up"'


def test_everything_that_is_lost_is_counted_in_the_plural() -> None:
    row = f'<row duration="0:1:0" powerfrom="1">{text("Forward")}{text("a", 5)}{text("b", 9)}</row>'
    bare = '<row duration="0:1:0" powerzonefrom="1" inclination="0.0"/>'
    assert read(row + bare, Assume.FORWARD).notes[-2:] == (
        "2 texts are left out", "2 ramps keep their lengths, without speeds",
    )  # fmt: skip


def test_as_many_rows_as_there_may_be_are_read() -> None:
    whole = '<repeat times="10000"><row duration="0:0:1"/></repeat>'
    assert read(whole, Assume.FORWARD).workout.total_seconds == 10_000
    with pytest.raises(FormatError, match=r"^line 2: a workout has at most 10,000 intervals$"):
        read(f'{whole}<row duration="0:0:1"/>', Assume.FORWARD)
    with pytest.raises(FormatError, match=r"^line 3: a workout has at most 10,000 intervals$"):
        read(f'{whole}\n<repeat times="2">\n<row duration="0:0:1"/></repeat>', Assume.FORWARD)


def test_another_root_is_named() -> None:
    with pytest.raises(FormatError, match=r'^line 1: expected <rows>, not "<workout>"$'):
        read_qz(b"<workout/>", Assumptions())


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("", "line 1: there is nothing to walk"),
        ("<row/>", 'line 2: expected a duration or a distance, not ""'),
        ('<row duration="5"/>', 'line 2: expected a length from 00:00:01 to 04:00:00, not "5"'),
        ('<row duration="05:00:00"/>', "expected a length from 00:00:01 to 04:00:00"),
        ('<row duration="04:00:01"/>', 'line 2: expected a length from 00:00:01 to 04:00:00, not "04:00:01"'),
        ('<row duration="00:60:00"/>', "expected a length from 00:00:01 to 04:00:00"),
        ('<row distance="100" speed="1"/>', "line 2: the time for 100000 m is a number of seconds up to 14400"),
        ('<row distance="100.1" speed="1"/>', "line 2: the time for 100100 m is a number of seconds up to 14400"),
        ('<row duration="00:01:00" speed="nan"/>', 'line 2: speed is 0.1 to 25 km/h, not "nan"'),
        ('<row duration="00:01:00" speed="99"/>', 'speed is 0.1 to 25 km/h, not "99"'),
        ('<repeat><row duration="00:01:00"/></repeat>', 'line 2: times is a number from 1 to 10,000, not ""'),
        ('<repeat times="9999"><row duration="00:01:00"/><row duration="00:01:00"/></repeat>', "at most 10,000"),
        ('<repeat times="9999"><row duration="00:01:00"/></repeat>' * 2, "a workout has at most 10,000 intervals"),
        (
            '<row duration="00:01:00"><textevent timeoffset="0" message="Backward at 99 km/h"/></row>',
            "line 2: a speed is 0.1 to 25 km/h",
        ),
    ],
)
def test_an_unreadable_file_is_refused_with_its_line_and_reason(rows: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(rows, Assume.FORWARD)
    assert message in str(caught.value)
