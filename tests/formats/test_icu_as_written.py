"""intervals.icu text as people and other programs write it; and ours, as another reader understands it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from retro_timer.formats.assumptions import Assume, Assumptions
from retro_timer.formats.errors import FormatError, PaceUnknownError
from retro_timer.formats.intervals_icu import read_icu, write_icu
from retro_timer.scheduling.notation import format_notation
from retro_timer.scheduling.presets import presets
from tests.formats.workouts import interval, workouts

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout


def read(text: str, assume: Assume | None = None, pace_kmh: float | None = None) -> str:
    return format_notation(read_icu(text.encode(), Assumptions(assume, pace_kmh=pace_kmh)).workout)


@pytest.mark.parametrize(
    ("step", "notation"),
    [
        ("5m Forward easy", 'fwd 5m "Forward easy"'),
        ("15m Z2 Warmup", "warm 15m"),
        ("10m Z1 HR Cooldown", "cool 10m"),
        ("2m 24:00/km Pace Backward", "back 2m @2.5km/h"),
        ("90s 60% Rest", "rest 1m30s"),
        ("Backward 5m Z2 small steps", 'back 5m "small steps"'),
        ("Backward: eyes up 5m 85-95% slowly", 'back 5m "eyes up, slowly"'),
        ("Backward 5m 60% MMP 5m", "back 5m"),
        ("Forward 2m, the last 30s faster", 'fwd 2m "the last 30s faster"'),
        ("Forward 10m ramp 50-75% 90rpm", "fwd 10m"),
        ("Forward 10m Z2, 90 small steps a minute", 'fwd 10m "90 small steps a minute"'),
        ("Forward 9m Z2 press lap", "fwd 9m"),
        ("10m Forward intensity=recovery", "fwd 10m"),
    ],
)
def test_words_behind_the_length_carry_direction_and_phase(step: str, notation: str) -> None:
    assert read(f"- {step}") == notation
    assert read(f"- {step}", Assume.ALTERNATE) == notation


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("- 10m intensity=warmup", "warm 10m"),
        ("- 10m 60% Intensity=CoolDown", "cool 10m"),
        ("- 10m intensity=rest", "rest 10m"),
        ("Backward\n- 10m intensity=active", "back 10m"),
        ("Backward\n- 10m intensity=rest", "rest 10m"),
        ("Backward\n- Forward 10m intensity=rest", "fwd 10m"),
        ("Backward\n- 10m Forward intensity=rest", "fwd 10m"),
        ("- Backward at 2 km/h: tall 10m 20:00/km", 'back 10m @2.0km/h "tall"'),
        ("- Backward 10m at 2 km/h", "back 10m @2.0km/h"),
    ],
)
def test_the_nearest_word_about_the_phase_counts(text: str, notation: str) -> None:
    assert read(text) == notation


@pytest.mark.parametrize(
    ("length", "refused"),
    [
        ("4h", ""),
        ("4h1s", "4h1s"),
        ("0.4s", "0.4s"),
        ("0.5s", ""),
        ("240m", ""),
        ("241m", "241m"),
        ("0h0m1s", ""),
        ("0m", "0m"),
    ],
)
def test_a_step_takes_a_second_to_four_hours(length: str, refused: str) -> None:
    if not refused:
        assert 1 <= read_icu(f"- Backward {length}".encode()).workout.total_seconds <= 14_400
        return
    with pytest.raises(FormatError) as caught:
        read(f"- Backward {length}")
    hint = ": m is minutes, mtr is metres" if length == "241m" else ""
    assert str(caught.value) == f'line 1: a length is 1 second to 4 hours, not "{refused}"{hint}'


@pytest.mark.parametrize(
    ("distance", "seconds"),
    [("1km", 600), ("1KM", 600), ("100 MTR", 60), ("1 Mi", 966), ("1mi", 966),
     ("2miles", 1931), ("100m", 6000), ("100mtr", 60), ("1000y", 549), ("5yards", 3),
     ("0.001km", 1), ("100metre", 60)],
)  # fmt: skip
def test_a_distance_takes_as_long_as_its_pace_says(distance: str, seconds: int) -> None:
    assert read_icu(f"- Backward {distance}".encode(), Assumptions(pace_kmh=6.0)).workout.total_seconds == seconds


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("- 3x 30s, 1m", "3x(fwd 30s, fwd 1m)"),
        ("- Work 2x 30s 90%, 1m 50%", '2x(fwd 30s "Work", fwd 1m "Work")'),
        ("- 1x 30s", "fwd 30s"),
        ("- 30s 50%, 2x hard", 'fwd 30s "2x hard"'),
        ("- 5x<!>30s", "5x(fwd 30s)"),
    ],
)
def test_a_step_may_have_rounds_of_several_lengths(text: str, parts: str) -> None:
    assert read(text, Assume.FORWARD) == parts


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        ("10m", True), ("10m 70%", True), ("10m Z2", True), ("1km @ 20:00/km", True), ("10m walk", False),
        ("walk 10m", False), ("10", False), ("", False), ("30s ramp 50%", True),
    ],
)  # fmt: skip
def test_a_line_that_only_lacks_its_bullet_is_refused(line: str, bare: bool) -> None:
    text = f"- Forward 1m\n{line}"
    if bare:
        with pytest.raises(FormatError, match=r'^line 2: a step begins with "-", not '):
            read(text)
    else:
        assert read(text) == "fwd 1m"


@pytest.mark.parametrize("step", ["5m Bring your leg forward", "Never walk backward here 5m", "5m"])
def test_prose_gives_no_direction(step: str) -> None:
    with pytest.raises(FormatError, match="it does not say which way to walk"):
        read(f"- {step}")


@pytest.mark.parametrize(
    ("length", "seconds"),
    [
        ("1.5h", 5400), ("2.5m", 150), ("0.5m", 30), ("1,5m", 90), ("10 min", 600), ("10min", 600), ("5mins", 300),
        ("45 sec", 45), ("45secs", 45), ("2 hours", 7200), ("1hour", 3600), ("20 minutes", 1200), ("1h30m", 5400),
        ("5\N{RIGHT SINGLE QUOTATION MARK}", 300), ("30\N{RIGHT DOUBLE QUOTATION MARK}", 30), ("1'30''", 90),
        ("400mtr", 480), ("0.4km", 480), ("400meters", 480), ("1mi", 1931), ("100yrd", 110), ("1 km", 1200),
        ("1H", 3600), ("5 Min", 300), ("45SEC", 45), ("2 Hours", 7200),
    ],
)  # fmt: skip
def test_decimals_words_and_distances(length: str, seconds: int) -> None:
    received = read_icu(f"- Backward {length} 60%".encode(), Assumptions(pace_kmh=3.0))
    assert received.workout.total_seconds == seconds
    assert received.workout.backward_seconds == seconds


def test_the_pace_of_a_step_counts_for_its_distance_and_else_it_is_asked_for() -> None:
    assert read("- Forward 1km 15:00/km Pace\n- Backward 200mtr 20:00/km") == "fwd 15m @4.0km/h, back 4m @3.0km/h"
    with pytest.raises(PaceUnknownError, match=r"^line 2: it has distances.*--pace 20:00/km"):
        read("- Forward 1m\n- Forward 1km 80%")
    assert read("- Forward 1m\n- Forward 1km 80%", pace_kmh=6.0) == "fwd 1m, fwd 10m"


@pytest.mark.parametrize("bullet", ["-", "*", "•", "\N{EN DASH}", "\N{EM DASH}", "  -", "\t*"])
def test_every_bullet_is_one(bullet: str) -> None:
    assert read(f"Warmup\n{bullet} 3m\n\n2x\n{bullet} Backward 1m\n{bullet} Forward 30s") == (
        "warm 3m, 2x(back 1m, fwd 30s)"
    )


def test_what_only_looks_like_a_bullet_is_none() -> None:
    assert read("**Main set**\n---\n- Forward 1m\n\n*Drink* often") == "fwd 1m"


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("- 4x 30s 110%", "4x(fwd 30s)"),
        ("- 4x30s 110%", "4x(fwd 30s)"),
        ("- 3 x 30s 100% 100rpm, 90s 50% 85rpm", "3x(fwd 30s, fwd 1m30s)"),
        ("- 2x Backward 30s", "2x(back 30s)"),
        ("- Strides 2x 20s", '2x(fwd 20s "Strides")'),
        ("Main set 3x\n- 4x 30s 110%\n- 2m 50%", "3x(fwd 30s, fwd 30s, fwd 30s, fwd 30s, fwd 2m)"),
        ("Main set (2x)\n- 30s\n- 45s", "2x(fwd 30s, fwd 45s)"),
        ("2x Main set:\n- 30s\n- 45s", "2x(fwd 30s, fwd 45s)"),
        ("Backward 2x\n- 30s\n- Forward 45s", "2x(back 30s, fwd 45s)"),
    ],
)
def test_repeats_of_a_step_and_of_a_section(text: str, notation: str) -> None:
    assert read(text, Assume.FORWARD) == notation


def test_an_untagged_warm_up_and_the_end_are_forward_when_sets_alternate() -> None:
    text = "Easy day\n\n- 10m Z1\n\nMain 2x\n- 2m Z3\n- 1m Z1\n\n- 5m Z1"
    assert read(text, Assume.ALTERNATE) == "fwd 10m, 2x(turn 30s, back 2m, turn 30s, fwd 1m), fwd 5m"


def test_what_is_lost_is_counted() -> None:
    text = "- Forward 20^10 Breathe 60^ Look up<!> 10m ramp 50-60%\n- Backward 2m Z2"
    received = read_icu(text.encode())
    assert format_notation(received.workout) == "fwd 10m, back 2m"
    assert received.notes == (
        "2 texts shown during a step are left out",
        "targets of power, heart rate and cadence are left out",
    )
    assert read_icu(b"- Forward 2m 24:00/km Pace").notes == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_of_other_systems(encoding: str) -> None:
    received = read_icu("\N{EN DASH} Forward: schön 1m\r\n\N{EN DASH} Backward 2m\r\n".encode(encoding))
    assert format_notation(received.workout) == 'fwd 1m "schön", back 2m'
    guessed = ("it is read as Windows-1252: it is not UTF-8",) if encoding == "cp1252" else ()
    assert received.notes == guessed


# Another reader ----------------------------------------------------------------------------------------------------
# After the published description of a parser for npm: a section lasts until the next line that is no step, blank lines
# do not end it, and a length is the first word that is one.

HEADER = re.compile(r"(?:.*\s)?(\d+)x", re.IGNORECASE)
LENGTH = re.compile(r"(\d+)(h|m|s)(?:(\d+)(m|s)?)?")
UNITS = {"h": 3600, "m": 60, "s": 1}


def length_elsewhere(word: str) -> int | None:
    found = LENGTH.fullmatch(word)
    if not found:
        return None
    first, unit, second, smaller = found.groups()
    follows = UNITS[smaller] if smaller else UNITS[unit] // 60
    return int(first) * UNITS[unit] + int(second or 0) * follows


def seconds_elsewhere(text: str) -> int:
    """The total of a workout text, as the other reader understands it."""
    total, times = 0, 1
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("-"):
            lengths = [seconds for word in line[1:].split() if (seconds := length_elsewhere(word)) is not None]
            total += times * lengths[0]
        else:
            header = HEADER.fullmatch(line)
            times = int(header.group(1)) if header else 1
    return total


@pytest.mark.parametrize("workout", presets(), ids=lambda workout: workout.id)
def test_the_ladder_means_the_same_to_another_reader(workout: Workout) -> None:
    written = write_icu(workout).data.decode()
    assert seconds_elsewhere(written) == workout.total_seconds


@given(workouts(interval().map(lambda step: type(step)(step.phase, step.duration))))
@settings(max_examples=60)
def test_any_workout_means_the_same_to_another_reader(workout: Workout) -> None:
    written = write_icu(workout).data
    assert seconds_elsewhere(written.decode()) == workout.total_seconds
    assert read_icu(written).workout.total_seconds == workout.total_seconds
