"""intervals.icu text as people write it, and as we write it."""

from __future__ import annotations

import pytest

from retro_timer.formats.assumptions import Assume, Assumptions
from retro_timer.formats.errors import DirectionUnknownError, FormatError
from retro_timer.formats.intervals_icu import looks_like_steps, read_icu, write_icu
from retro_timer.scheduling.model import Interval, Repeat, Workout
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.phases import Phase
from tests.formats.workouts import walked

TEXT = """\
Backward walking, week 3

Warmup
- 3m

Main set 2x
- Turn 30s
- Backward 1m30 24:00/km Pace
- Turn 30s intensity=rest
- Forward: eyes up 1m30s 2:00:00/km

2x
- backward 30" 60:00-50:00/mi Pace
- Rest 30s

Cool down
- 2' 5:00/km
"""


def parsed(data: bytes, assume: Assume | None = None) -> Workout:
    return read_icu(data, Assumptions(assume)).workout


def read(text: str, assume: Assume | None = None) -> str:
    return format_notation(parsed(text.encode(), assume))


def test_cues_sections_repeats_and_paces() -> None:
    assert read(TEXT) == (
        'warm 3m, 2x(turn 30s, back 1m30s @2.5km/h, turn 30s, fwd 1m30s "eyes up"), '
        "2x(back 30s @1.0mph, rest 30s), cool 2m @12.0km/h"
    )


@pytest.mark.parametrize(
    ("length", "seconds"),
    [
        ("1h2m30s", 3750), ("5'", 300), ('30"', 30), ("1'30\"", 90), ("1m30", 90), ("90s", 90), ("2h", 7200),
        ("1h30", 5400), ("10min", 600), ("1H5M", 3900),
    ],
)  # fmt: skip
def test_lengths_are_read_as_the_format_has_them(length: str, seconds: int) -> None:
    assert parsed(f"- Backward {length} 60%".encode()).total_seconds == seconds


def test_steps_without_direction_ask_and_alternate() -> None:
    text = "3x\n- 1m 80%\n- 1m 50%\n"
    with pytest.raises(DirectionUnknownError, match=r"^line 2: it does not say which way to walk"):
        read(text)
    assert read(text, Assume.FORWARD) == "6x(fwd 1m)"
    assert read(text, Assume.ALTERNATE) == "3x(turn 30s, back 1m, turn 30s, fwd 1m)"


def test_windows_line_ends_and_encodings_do_not_matter() -> None:
    text = "- Backward 1m\r\n- Forward 1m\r\n"
    for data in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16")):
        assert format_notation(parsed(data)) == "back 1m, fwd 1m"


def test_speeds_are_written_as_paces_in_the_unit_they_are_round_in() -> None:
    written = write_icu(parse('warm 3m, 3x(turn 30s, back 2m @1.0mph "eyes up" | fwd 1m @3.2km/h), cool 2m'))
    assert (
        written.data.decode()
        == """\
- Warm-up 3m

2x
- Turn 30s
- Backward: eyes up 2m 60:00/mi Pace
- Forward 1m 18:45/km Pace

Then
- Turn 30s
- Backward: eyes up 2m 60:00/mi Pace

- Cool-down 2m
"""
    )
    assert written.notes == ()


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("back 1h1m1s", "- Backward 61m1s\n"),
        ("back 59s, fwd 1m", "- Backward 59s\n- Forward 1m\n"),
        ("2x(back 1m, fwd 2m)", "2x\n- Backward 1m\n- Forward 2m\n"),
        ("2x(back 1m), fwd 2m", "2x\n- Backward 1m\n\nThen\n- Forward 2m\n"),
        ("3x(back 1m), 2x(fwd 2m)", "3x\n- Backward 1m\n\n2x\n- Forward 2m\n"),
        ("2x(back 1m | fwd 2m)", "- Backward 1m\n- Forward 2m\n\n- Backward 1m\n"),
        (
            "fwd 1m, 3x(back 1m | fwd 2m), cool 1m",
            "- Forward 1m\n\n2x\n- Backward 1m\n- Forward 2m\n\nThen\n- Backward 1m\n\n- Cool-down 1m\n",
        ),
        ("2x(2x(back 1m | turn 5s), fwd 2m)", "2x\n- Backward 1m\n- Turn 5s\n- Backward 1m\n- Forward 2m\n"),
    ],
)
def test_rounds_are_headers_and_what_follows_them_has_one_too(notation: str, text: str) -> None:
    written = write_icu(parse(notation))
    assert written.data.decode() == text
    assert written.notes == (("intervals.icu: nested repeats are written out",) if "(2x" in notation else ())


def test_a_round_that_is_walked_once_is_no_repeat() -> None:
    once = Workout((Repeat(1, (Interval(Phase.BACKWARD, 60),)), Interval(Phase.FORWARD, 60)))
    assert write_icu(once).data == b"- Backward 1m\n- Forward 1m\n"


@pytest.mark.parametrize(
    ("text", "walked_as"),
    [
        ("Backward\n- 1m\n- Forward 30s", "back 1m, fwd 30s"),
        ("2x\n\n- Backward 1m", "2x(back 1m)"),
        ("2x\n- Backward 1m\n- Forward 1m\n\n- Backward 2m", "2x(back 1m, fwd 1m), back 2m"),
        ("2x\n- Backward 1m\nwords\n- Forward 2m", "2x(back 1m), fwd 2m"),
        ("Set (3x):\n- Backward 1m", "3x(back 1m)"),
        ("3 x easy\n- Backward 1m", "3x(back 1m)"),
        ("a3x\n- Backward 1m", "back 1m"),
        ("\n\nWarmup\n\n- 2m\n- Backward 1m", "warm 2m, back 1m"),
    ],
)
def test_a_header_counts_for_the_steps_below_it(text: str, walked_as: str) -> None:
    assert read(text, Assume.FORWARD) == walked_as


@pytest.mark.parametrize("text", ["- 1m", "words\n* 2m", "• x", "\N{EN DASH} 1m"])
def test_a_text_with_a_line_that_may_be_a_step_is_known(text: str) -> None:
    assert looks_like_steps(text)


@pytest.mark.parametrize("text", ["", "back 1m", "--- 1m", "**bold**", "<a>\n- 1m", "{\n- 1m"])
def test_other_texts_are_not_taken_for_steps(text: str) -> None:
    assert not looks_like_steps(text)


def test_lines_and_steps_have_limits() -> None:
    line = f"- Backward 1m {'x' * 986}"
    assert len(line) == 1000
    assert len(walked(parsed(line.encode()))) == 1
    with pytest.raises(FormatError, match=r"^line 1: a line has at most 1,000 characters, this one has 1,001$"):
        read(f"{line}x")
    assert len(walked(parsed(b"10000x\n- Backward 1s"))) == 10_000
    assert len(walked(parsed(b"- Backward 1s\n" * 10_000))) == 10_000
    with pytest.raises(FormatError, match=r"^line 2: a workout has at most 10,000 intervals$"):
        read("10000x\n- Backward 1s\n- Backward 1s")
    with pytest.raises(FormatError, match=r"^line 4: a workout has at most 10,000 intervals$"):
        read("10000x\n- Backward 1s\n\n- Forward 1s")


@pytest.mark.parametrize(
    ("notation", "line", "notes"),
    [
        ('back 1m "for 5m more"', "- Backward 1m", ("a label that reads like a length is left out",)),
        ("back 1m @1.23km/h", "- Backward 1m 48:47/km Pace", ()),
        ("back 1m @1.2345km/h", "- Backward 1m 48:36/km Pace", ("speeds are rounded to paces of whole seconds",)),
        ("back 1m @2.5mph", "- Backward 1m 24:00/mi Pace", ()),
        ('back 1m @3km/h "eyes up"', "- Backward: eyes up 1m 20:00/km Pace", ()),
    ],
)
def test_what_would_not_be_read_back_is_left_out_with_a_note(notation: str, line: str, notes: tuple[str, ...]) -> None:
    written = write_icu(parse(notation))
    assert written.data.decode() == f"{line}\n"
    assert written.notes == tuple(f"intervals.icu: {note}" for note in notes)


def test_lost_details_are_noted() -> None:
    workout = parse('2x(2x(back 1m @1.2345km/h "for 5m more"), fwd 1m "400mtr")', name="Mine")
    assert write_icu(workout).notes == (
        "intervals.icu: the format has no place for a name",
        "intervals.icu: nested repeats are written out",
        "intervals.icu: a label that reads like a length is left out",
        "intervals.icu: speeds are rounded to paces of whole seconds",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'there is no step such as "- Backward 2m" in it'),
        ("words only", "there is no step"),
        ("- Backward", 'line 1: expected a length of time such as 2m or 30s in "Backward"'),
        ("\n- Backward 400mtr", "line 2: it has distances, and a timer needs times: give the pace"),
        ("- Backward 2km 30m", 'line 1: a step has one length, not "2km" and "30m": give each a line'),
        ("- Backward 30s 2x", "line 1: rounds come before the length: 2x 30s"),
        ("- Backward 2m 4x 30s", 'line 1: a step has one length, not "2m" and "30s": give each a line'),
        ("- Backward 2m (4x 30s)", 'line 1: a step has one length, not "2m" and "30s": give each a line'),
        ("- Backward 2m 90% 3x 30s", 'line 1: a step has one length, not "2m" and "30s": give each a line'),
        ("- Backward 30s 80% 3 x", "line 1: rounds come before the length: 3 x 30s"),
        ("- Backward 2m, forward 1m\n- Forward 2m 60% 30s 50%", 'not "2m" and "30s"'),
        ("- 100mtr 30s rest", 'not "100mtr" and "30s"'),
        ("4x\n10m 70%", 'line 2: a step begins with "-", not "10m 70%"'),
        ("- 20x30s/40s", 'expected a length of time such as 2m or 30s in "30s/40s"'),
        ("- 0x 30s", 'the number of rounds is a number from 1 to 10,000, not "0"'),
        ("- 10000x 30s\n- Forward 1m", "line 2: a workout has at most 10,000 intervals"),
        ("- Backward 0m", 'a length is 1 second to 4 hours, not "0m"'),
        ("- Backward 5h", 'line 1: a length is 1 second to 4 hours, not "5h"'),
        ("- Backward 400m", 'a length is 1 second to 4 hours, not "400m": m is minutes, mtr is metres'),
        ("- Backward 99999h", 'a length is 1 second to 4 hours, not "99999h"'),
        ("- Backward " + "9" * 5000 + "h", "a line has at most 1,000 characters, this one has 5,012"),
        ("- Backward 1m 0:00/km", "a pace is longer than"),
        ("- Backward 1m 0:01/km Pace", "a speed is 0.1 to 25 km/h"),
        ("- Backward 1m 99999:00/km Pace", "a speed is 0.1 to 25 km/h"),
        ("0x\n- Backward 1m", 'line 1: the number of rounds is a number from 1 to 10,000, not "0"'),
        ("99999999999999999999x\n- Backward 1m", "the number of rounds is a number from 1 to 10,000"),
        ("10000x\n- Backward 1m\n- Forward 1m", "line 2: a workout has at most 10,000 intervals"),
        ("- Backward 1m\n" * 10_001, "line 10001: a workout has at most 10,000 intervals"),
        ("- \x1b[2J 1m\x07", "in "),
    ],
)
def test_an_unreadable_file_is_refused_with_its_line_and_reason(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(text)
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("target", "speed"),
    [
        ("3km/h", 3.0),
        ("1.5 km/h", 1.5),
        ("1mph", 1.609344),
        ("60:00/mi Pace", 1.609344),
        ("20:00/km", 3.0),
        ("18:45/km Pace", 3.2),
        ("17:09/km", 3.5),
        ("60%", None),
    ],
)
def test_a_target_is_a_speed_or_a_pace_in_either_unit(target: str, speed: float | None) -> None:
    (interval,) = parsed(f"- Backward 1m {target}".encode()).blocks
    assert isinstance(interval, Interval)
    assert interval.speed_kmh == (None if speed is None else pytest.approx(speed, abs=0.00005))
