"""Notation: every accepted spelling, the canonical form, the round trip, and error messages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.errors import NotationError, WorkoutError
from retro_timer.scheduling.model import MAX_DEPTH, MAX_NOTATION, MAX_SECONDS, Interval, Repeat, Workout
from retro_timer.scheduling.notation import (
    continued,
    format_length,
    format_notation,
    format_speed,
    parse,
    parse_length,
    phase_word,
    phases_in,
    starts_like_notation,
)
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import presets
from retro_timer.scheduling.units import kmh
from tests.strategies import speeds, workouts


@given(workouts())
def test_what_was_written_is_read_back(workout: Workout) -> None:
    assert parse(format_notation(workout)) == workout


@given(workouts())
def test_the_canonical_form_is_its_own_canonical_form(workout: Workout) -> None:
    canonical = format_notation(workout)
    assert format_notation(parse(canonical)) == canonical


def test_the_largest_workout_can_be_written_and_read_back() -> None:
    label = '"' * 80  # each is escaped
    workout = Workout((Interval(Phase.BACKWARD, 14_399, 24.123456789012345, label),) * 10_000)
    written = format_notation(workout)
    assert len(written) <= MAX_NOTATION
    assert parse(written) == workout


@pytest.mark.parametrize(
    ("word", "phase"),
    [
        ("warm", Phase.WARM_UP),
        ("warm-up", Phase.WARM_UP),
        ("warmup", Phase.WARM_UP),
        ("back", Phase.BACKWARD),
        ("backward", Phase.BACKWARD),
        ("backwards", Phase.BACKWARD),
        ("turn", Phase.TURN),
        ("fwd", Phase.FORWARD),
        ("forward", Phase.FORWARD),
        ("forwards", Phase.FORWARD),
        ("rest", Phase.REST),
        ("cool", Phase.COOL_DOWN),
        ("cool-down", Phase.COOL_DOWN),
        ("cooldown", Phase.COOL_DOWN),
    ],
)
def test_words_for_phases(word: str, phase: Phase) -> None:
    for spelled in (word, word.upper(), word.capitalize()):
        assert parse(f"{spelled} 5s").blocks == (Interval(phase, 5),)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("90sec", 90),
        ("90S", 90),
        ("1:30", 90),
        ("01:30", 90),
        ("2m", 120),
        ("2min", 120),
        ("1m30s", 90),
        ("1m30sec", 90),
        ("1h", 3600),
        ("1h5m", 3900),
        ("1h0m1s", 3601),
        ("1h1s", 3601),
        ("90m", 5400),
        ("90:00", 5400),
        ("1:30:00", 5400),
        ("4h", MAX_SECONDS),
        ("4:00:00", MAX_SECONDS),
        ("14400", MAX_SECONDS),
        ("0m1s", 1),
        ("007", 7),
    ],
)
def test_spellings_of_a_length(text: str, seconds: int) -> None:
    assert parse_length(f" {text} ") == seconds
    assert parse(f"back {text}").total_seconds == seconds


@pytest.mark.parametrize(
    "text",
    ["", "s", "m30", "30 s", "1:5", "1:60", "1:60:00", ":30", "1::30", "-5", "+5", "1.5m", "nan", "inf", "1e3", "5x",
     "1m1m", "30s1m", "½m", "٣٠", "1:٣٠", "90\u017f", "\x1b[31m", "0x10", "1_0"],
)  # fmt: skip
def test_an_invalid_length(text: str) -> None:
    with pytest.raises(WorkoutError, match="expected a length such as 90s, 1:30 or 2m") as refused:
        parse_length(text)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("text", ["0", "0s", "0:00", "4h1s", "14401", "9999999999", "9" * 5000, "999999h"])
def test_lengths_out_of_bounds(text: str) -> None:
    with pytest.raises(WorkoutError, match="a length is 1 second to 4 hours"):
        parse_length(text)


@given(st.integers(1, MAX_SECONDS))
def test_a_written_length_can_be_read_back(seconds: int) -> None:
    assert parse_length(format_length(seconds)) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1s"), (59, "59s"), (60, "1m"), (90, "1m30s"), (3600, "1h"), (3900, "1h5m"), (3661, "1h1m1s"), (0, "0s")],
)
def test_the_canonical_length(seconds: int, text: str) -> None:
    assert format_length(seconds) == text


@pytest.mark.parametrize(
    ("text", "speed"),
    [
        ("@1.6km/h", 1.6),
        ("@1.6 km/h", 1.6),
        ("@ 1.6kmh", 1.6),
        ("@1.6KPH", 1.6),
        ("@2km/h", 2.0),
        ("@1.0mph", kmh(1.0)),
        ("@1MPH", kmh(1.0)),
        ("@1.25mph", kmh(1.25)),
    ],
)
def test_spellings_of_a_speed(text: str, speed: float) -> None:
    assert parse(f"back 1m {text}").blocks == (Interval(Phase.BACKWARD, 60, speed),)


@pytest.mark.parametrize(
    ("speed", "text"),
    [(1.6, "@1.6km/h"), (2, "@2.0km/h"), (kmh(1.0), "@1.0mph"), (kmh(1.25), "@1.25mph"), (1.2345, "@1.2345km/h")],
)
def test_the_canonical_speed(speed: float, text: str) -> None:
    assert format_speed(speed) == text


@given(speeds.filter(lambda speed: speed is not None))
def test_a_written_speed_can_be_read_back(speed: float) -> None:
    assert parse(f"back 1s {format_speed(speed)}").blocks == (Interval(Phase.BACKWARD, 1, speed),)


@pytest.mark.parametrize(
    ("text", "label"),
    [('"eyes up"', "eyes up"), (r'"say \"go\""', 'say "go"'), (r'"a\\b"', r"a\b"), ('"a, b | c)"', "a, b | c)")],
)
def test_labels(text: str, label: str) -> None:
    expected = (Interval(Phase.BACKWARD, 60, 1.6, label),)
    assert parse(f"back 1m @1.6km/h {text}").blocks == expected
    assert parse(f"back 1m {text} @1.6km/h").blocks == expected
    assert parse(f"back 1m{text}@1.6km/h").blocks == expected


def test_repeats() -> None:
    back, forward, turn = Interval(Phase.BACKWARD, 120), Interval(Phase.FORWARD, 60), Interval(Phase.TURN, 30)
    inner = Repeat(2, (turn, back))
    for text in (
        "3x(2x(turn 30s, back 2m) | fwd 1m)",
        "3X( 2 x (turn 30,back 2:00)|fwd 60 )",
        "3\u00d7(2\u00d7(turn 30s, back 2m)|fwd 1m)",
    ):
        assert parse(text).blocks == (Repeat(3, (inner,), (forward,)),)


def test_space_has_no_effect() -> None:
    assert parse(" \n\tback  2m ,\n fwd 1m\n") == parse("back 2m,fwd 1m")


def test_a_workout_gets_its_name_and_id() -> None:
    workout = parse("back 1m", name="Mine", workout_id="mine")
    assert (workout.name, workout.id) == ("Mine", "mine")


STEP_EXPECTED = "expected a phase (warm, back, turn, fwd, rest, cool) or a repeat such as 4x(…), found "
ERRORS = [
    ("", 1, "expected an interval such as back 2m, found the end"),
    ("   ", 4, "expected an interval such as back 2m, found the end"),
    ("bakc 2m", 1, 'expected a phase (warm, back, turn, fwd, rest, cool), found "bakc 2m"'),
    ("back", 5, "expected a length such as 90s, 1:30 or 2m, found the end"),
    ("back fast", 6, 'expected a length such as 90s, 1:30 or 2m, found "fast"'),
    ("back -5s", 6, 'expected a length such as 90s, 1:30 or 2m, found "-5s"'),
    ("back - 5s", 6, 'expected a length such as 90s, 1:30 or 2m, found "- 5s"'),
    ("back 1.5m", 6, 'expected a length such as 90s, 1:30 or 2m, found "1.5m"'),
    ("back nan", 6, 'expected a length such as 90s, 1:30 or 2m, found "nan"'),
    ("back 0s", 6, "a length is 1 second to 4 hours, not 0 seconds"),
    ("back 5h", 6, "a length is 1 second to 4 hours, not 18,000 seconds"),
    ("back 99999999999", 6, "a length is 1 second to 4 hours, not far more seconds"),
    ("back 2m fwd 1m", 9, 'expected a comma or the end, found "fwd 1m"'),
    ("back 2m, ", 10, STEP_EXPECTED + "the end"),
    ("back 2m,, fwd 1m", 9, STEP_EXPECTED + '","'),
    ("4x back 2m", 1, STEP_EXPECTED + '"4x back 2m"'),
    ("4x(", 4, STEP_EXPECTED + "the end"),
    ("4x()", 4, STEP_EXPECTED + '")"'),
    ("4x(back 2m", 11, "expected a comma, | or ), found the end"),
    ("4x(back 2m | fwd 1m", 20, "expected a comma or ), found the end"),
    ("4x(back 2m | fwd 1m | turn 5s)", 21, 'expected a comma or ), found "| turn 5s)"'),
    ("0x(back 2m)", 1, "a repeat has 1 to 10,000 rounds, not 0"),
    ("warm 1m, 99999x(back 2m)", 10, "a repeat has 1 to 10,000 rounds, not 99,999"),
    ("back 2m @", 9, 'expected a speed such as @1.6km/h or @1.0mph, found "@"'),
    ("back 2m @1.6", 9, 'expected a speed such as @1.6km/h or @1.0mph, found "@1.6"'),
    ("back 2m @1.6knots", 9, 'expected a speed such as @1.6km/h or @1.0mph, found "@1.6knots"'),
    ("back 2m @-1km/h", 9, 'expected a speed such as @1.6km/h or @1.0mph, found "@-1km/h"'),
    ("back 2m @99km/h", 9, "a speed is 0.1 to 25 km/h, not 99"),
    ("back 2m @0mph", 9, "a speed is 0.1 to 25 km/h, not 0"),
    ("back 2m @1km/h @2km/h", 16, 'expected one speed only, found "@2km/h"'),
    ('back 2m "a" "b"', 13, 'expected one label only, found ""b""'),
    ('back 2m "a', 9, r'expected a label that ends with " (inside it, write \" and \\), found ""a"'),
    (r'back 2m "a\b"', 9, r'expected a label that ends with " (inside it, write \" and \\), found ""a\b""'),
    ('back 2m ""', 9, 'expected a label that is not empty, found """"'),
    ('back 2m "  "', 9, "a label needs something readable"),
    (f'back 2m "{"x" * 81}"', 9, "a label has at most 80 characters, this one has 81"),
    (f'back 2m "{"x" * 4000}"', 9, "a label has at most 80 characters, this one has 4000"),
    ('back 2m "a\x1b[2J"', 9, "a label has printable characters only, not U+001B"),
    ("\x1b[2Jback 2m", 1, STEP_EXPECTED + '"?[2Jback 2m"'),
    ("1x(" * 51 + "back 1s" + ")" * 51, 151, 'expected at most 50 repeats inside one another, found "1x(back 1s))"'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "problem"), ERRORS, ids=[repr(text)[:30] for text, _, _ in ERRORS])
def test_an_error_names_the_column_and_what_was_expected(text: str, column: int, problem: str) -> None:
    with pytest.raises(NotationError) as refused:
        parse(text)
    assert (refused.value.column, refused.value.problem) == (column, problem)
    assert str(refused.value) == f"column {column}: {problem}"
    assert refused.value.text == text


@pytest.mark.parametrize(
    "bomb",
    [
        "99999x(99999x(back 1s))",
        "9999x(9999x(back 1s))",
        "9999x(" * 50 + "back 1s" + ")" * 50,
        "9999x(" * 5000,
        "(" * 100_000,
        "back 1s," * 300_000,
        'back 1s "' + "\\" * 200_000,
        "back 1s @" + "9" * 200_000 + "km/h",
        "9" * 200_000 + "x(back 1s)",
        "back " + "9" * 200_000,
        "back 1s" + " " * 200_000 + "x",
        "1x(1x(back 1s | 10000x(fwd 1s)) | 10000x(fwd 1s))",
        "x" * 3_000_000,
    ],
    ids=lambda bomb: bomb[:24],
)
def test_a_huge_workout_is_refused_without_flattening_it(bomb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def flattened(*_: object) -> None:
        raise AssertionError("laid out")

    monkeypatch.setattr("retro_timer.scheduling.schedule.Layout.lay", flattened)
    begun = time.process_time()
    with pytest.raises(WorkoutError) as refused:
        parse(bomb)
    assert time.process_time() - begun < 2  # milliseconds; quadratic growth would take minutes
    assert len(str(refused.value)) < 250


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        parse(text)
    except WorkoutError as refused:
        line = str(refused)
    else:
        line = ""
    assert all(character.isprintable() for character in line)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Notation with a few characters changed, doubled or removed."""
    text = draw(workouts().map(format_notation))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        piece = draw(st.one_of(st.sampled_from([*'0159smh:x()|,@" \\-.', "km/h", "back", "9999x("]), st.characters()))
        text = text[:at] + piece + text[at + draw(st.integers(0, 2)) :]
    return text


@given(damaged())
def test_damaged_notation_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        workout = parse(text)
    except NotationError as refused:
        assert 1 <= refused.column <= len(text) + 1  # noqa: PT017  (not everything damaged is wrong)
        return
    except WorkoutError:
        return
    assert parse(format_notation(workout)) == workout


def test_every_preset_is_read_back() -> None:
    for workout in presets():
        assert parse(format_notation(workout)) == workout


@pytest.mark.parametrize("text", ["back 2m", " warm", "4x(back", "4 x (", "TURN"])
def test_text_that_looks_like_notation(text: str) -> None:
    assert starts_like_notation(text)


@pytest.mark.parametrize("text", ["first-try", "backyard", "my walk.toml", "4", "", "4x"])
def test_text_that_does_not_look_like_notation(text: str) -> None:
    assert not starts_like_notation(text)


def test_phases_are_found_with_their_lengths_but_not_in_labels() -> None:
    text = 'warm 3m, 2x(Turn 30s, back "rest 1m" | fwd), cool-down 1:30 lunch'
    assert [(text[start:end], phase) for start, end, phase in phases_in(text)] == [
        ("warm 3m", Phase.WARM_UP),
        ("Turn 30s", Phase.TURN),
        ("back", Phase.BACKWARD),
        ("fwd", Phase.FORWARD),
        ("cool-down 1:30", Phase.COOL_DOWN),
    ]


def test_repeats_side_by_side_are_not_inside_one_another() -> None:
    assert len(parse(", ".join(["2x(back 1s)"] * (MAX_DEPTH + 1))).blocks) == MAX_DEPTH + 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("back 2m, f", ["back 2m, fwd"]),
        ("back 2m, ", [f"back 2m, {word}" for word in ("warm", "back", "turn", "fwd", "rest", "cool")]),
        ("back 2m,t", ["back 2m,turn"]),
        ("2x(b", ["2x(back"]),
        ("2x(back 1m |c", ["2x(back 1m |cool"]),
        ("2x(back 1m | re", ["2x(back 1m | rest"]),
        ("back 2m, back", ["back 2m, back"]),
        ("back 2m, x", []),
        ("back 2m, fwd 1", []),
        ("back 2m", []),
        ("first-try, f", []),
        ("", []),
    ],
)
def test_how_notation_can_go_on(text: str, found: list[str]) -> None:
    assert list(continued(text)) == found


@pytest.mark.parametrize(("text", "phase"), [("back", Phase.BACKWARD), ("Warm-Up", Phase.WARM_UP), ("backyard", None)])
def test_a_word_for_a_phase(text: str, phase: Phase | None) -> None:
    assert phase_word(text) is phase


def test_notation_has_a_longest_length() -> None:
    text = "back 1m".ljust(MAX_NOTATION)
    assert parse(text) == parse("back 1m")
    with pytest.raises(WorkoutError, match=r"^notation has at most 4,500,000 characters, this has 4,500,001$"):
        parse(text + " ")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:59", 59),
        ("1:59:59", 7199),
        ("59:59", 3599),
        ("240:00", MAX_SECONDS),
        ("1h59m59s", 7199),
        ("240m", MAX_SECONDS),
        ("000000001", 1),
        ("2min5sec", 125),
    ],
)
def test_the_largest_parts_of_a_length(text: str, seconds: int) -> None:
    assert parse_length(text) == seconds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("999999999", "999,999,999"),
        ("1000000000", "far more"),
        ("0000000001", "far more"),  # more than nine digits are not read
        ("9999:59", "599,999"),
        ("99:59:59", "359,999"),
        ("999999s", "999,999"),
        ("0", "0"),
    ],
)
def test_what_is_said_of_a_length_out_of_bounds(text: str, said: str) -> None:
    with pytest.raises(WorkoutError, match=f"^a length is 1 second to 4 hours, not {said} seconds$"):
        parse_length(text)


@pytest.mark.parametrize(
    ("digits", "said"), [("999999999", "999,999,999"), ("1000000000", "far more"), ("0000000002", "far more")]
)
def test_rounds_are_read_up_to_nine_digits(digits: str, said: str) -> None:
    with pytest.raises(NotationError) as refused:
        parse(f"{digits}x(back 1m)")
    assert refused.value.problem == f"a repeat has 1 to 10,000 rounds, not {said}"


def test_the_interval_that_is_one_too_many_is_named() -> None:
    with pytest.raises(NotationError, match=r"^column 90001: a workout has at most 10,000 intervals$"):
        parse(", ".join(["back 1s"] * 10_001))


def test_an_error_shows_a_dozen_characters_at_most() -> None:
    with pytest.raises(NotationError, match=r'found "abcdefghijkl"$'):
        parse("abcdefghijklmn 5s")


def test_where_phases_stand() -> None:
    assert list(phases_in('back 2m, "back 1m" fwd')) == [(0, 7, Phase.BACKWARD), (19, 22, Phase.FORWARD)]
    assert list(phases_in("3x(lunch 2m, Rest  1:30 | turn")) == [(13, 23, Phase.REST), (26, 30, Phase.TURN)]
