"""Programme files: what is read, and what is refused, with its place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from retro_timer.formats.errors import FormatError
from retro_timer.formats.programme_toml import is_programme, programme_schema, read_programme
from retro_timer.formats.registry import read_workout
from retro_timer.scheduling.model import Interval
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.presets import preset
from retro_timer.storage.programmes import eight_weeks
from retro_timer.training.levels import SpeedRange
from retro_timer.training.programme import Limits, Thresholds, exceeds_longest_bout
from retro_timer.training.programme_check import why_it_stays

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
KNEE: Final = (DOCS / "knee.toml").read_text("utf-8")
SHORT: Final = """
id = "short"
name = "Short"
[[steps]]
workout = "back 1m, fwd 1m"
days = 3
[[steps]]
workout = "starter"
days = 3
"""


def test_the_example_is_read() -> None:
    programme = read_programme(KNEE.encode())
    assert (programme.id, programme.author) == ("knee", "A. Example, physiotherapist")
    assert programme.limits == Limits(120, 2.41, 4, None)
    assert programme.thresholds == Thresholds(4, 6, 2, 8, 15)
    assert [level.workout_id for level in programme.levels] == [
        "knee-1", "first-try", "starter", "knee-4", "builder", "knee-6",
    ]  # fmt: skip
    assert [own.name for own in programme.own] == ["At the Wall", "Five Short Bouts", "Ten Minutes in Five"]
    assert programme.own[0] == parse(
        'warm 2m "One hand on the wall. Stop at pain four.", 4x(turn 10s, back 20s, turn 10s | fwd 20s), cool 1m'
    )
    assert programme.levels[1].backward == SpeedRange(0.8, 1.29)
    assert (programme.levels[0].sessions, programme.levels[0].good, programme.levels[5].week) == (3, 1, 6)
    assert exceeds_longest_bout(preset("consistent"), programme.limits)
    assert not exceeds_longest_bout(preset("builder"), programme.limits)
    assert not why_it_stays(programme)


def test_the_built_in_eight_weeks_are_such_a_file() -> None:
    programme = eight_weeks()
    assert programme.follows_ladder
    assert (programme.weeks, len(programme.levels), programme.own, programme.started) == (8, 9, (), None)
    assert programme.thresholds == Thresholds()
    assert programme.levels[-1].workout_ids == ("consistent", "beyond")
    assert not why_it_stays(programme)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('id = "knee"', 'id = "Knee"', "id: expected text matching"),
        ('id = "knee"\n', "", "it has no id"),
        ("pain = 4 ", "pain = -1 ", "limits.pain: expected a whole number >= 0"),
        ("pain = 4 ", "pain = 4.5 ", "limits.pain: expected a whole number, not a fraction"),
        ("hard_effort = 6", "hard_effort = 4", "rules.hard_effort: must be above easy_effort, 4"),
        ("long_gap = 15", "long_gap = 8", "rules.long_gap: must be above short_gap, 8"),
        ('longest_bout = "2m"', 'longest_bout = "long"', "limits.longest_bout: expected a length"),
        ('longest_bout = "2m"', 'longest_bout = "1m"', "step 4, workout: it has a longer bout than limits"),
        ('top_speed = "1.5 mph"', 'top_speed = "3.6 mph"', "limits.top_speed: above 3.5 mph"),
        ('top_speed = "1.5 mph"', 'top_speed = "1.1 mph"', "step 5: faster backward than limits.top_speed"),
        ('"0.5-0.8 mph"', '"0.8-0.5 mph"', "step 2, backward: expected speeds above 0, the lower first"),
        ('"0.5-0.8 mph"', '"fast"', "step 2, backward: expected text matching"),
        ('workout = "first-try"', 'workout = "first-tri"', "step 2, workout: column 1"),
        ('workout = "first-try"', 'workout = "back 2m @9mph"', "step 2: faster backward than limits.top_speed"),
        ('workout = "starter"', 'workout = "2x(back 1m | fwd 1m)"\nsay = "Tall."', "step 3, say: its workout begins"),
        ('workout = "starter"', 'workout = "7x(fwd 4h)"', "step 3, workout: it takes longer than a day"),
        ('workout = "starter"', 'workout = "starter"\nname = "Mine"', "step 3, name: a preset keeps its name, Starter"),
        ('workout = "starter"', 'workout = "starter"\nvariation = "beyond"', "step 3, variation: only the last step"),
        ('workout = "starter"', 'workout = "starter"\nsay = "a\\u001bb"', "step 3, say: "),
        ('workout = "starter"', 'workout = "starter"\npace = "a\\u001bb"', "step 3, pace: a text has printable"),
        ('name = "Knee, six steps"', 'name = "a\\u001bb"', "name: a name has printable characters only"),
        ('"0.5-0.8 mph"', '"\N{ARABIC-INDIC DIGIT ONE} mph"', "step 2, backward: expected a speed such as"),
        ('"0.5-0.8 mph"', '"0 mph"', "step 2, backward: expected speeds above 0, the lower first"),
        ('workout = "starter"', 'workout = "starter"\nreps = 3', "step 3: unknown: reps"),
        ("days = 4", "days = 8", "step 5, days: expected a whole number <= 7"),
        ("[limits]", "[limits", "not valid TOML"),
        ("[limits]", "a" + ".a" * 60 + " = 1\n[limits]", "nested too deeply"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_its_place(before: str, after: str, says: str) -> None:
    assert before in KNEE
    with pytest.raises(FormatError, match=re.escape(says)) as refused:
        read_programme(KNEE.replace(before, after, 1).encode())
    assert "\n" not in str(refused.value)
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"steps = 1", b"[[steps]]\n" * 40, b"id = " + b"[" * 5000])
def test_anything_else_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(FormatError) as refused:
        read_programme(data)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SHORT.replace("days = 3", "days = 1", 1), "beyond step 1, walking 1 day a week: the plan says 'short gap'"),
        (f"{SHORT}[limits]\npain = 0\n", "beyond step 1, walking 3 days a week: the plan says 'pain today'"),
        (f"{SHORT}[rules]\nshort_gap = 2\n", "the plan says 'short gap'. Your last walk was 2 days ago."),
        (f"{SHORT}[rules]\nshort_gap = 1\nlong_gap = 2\n", "the plan says 'long gap'"),
    ],
)
def test_programmes_that_can_never_move_on_are_found(text: str, says: str) -> None:
    assert says in why_it_stays(read_programme(text.encode()))


@pytest.mark.parametrize("days", range(1, 8))
def test_other_programmes_can_move_on(days: int) -> None:
    text = SHORT.replace("days = 3", f"days = {days}\nsessions = 12\ngood = 5") + "[rules]\nshort_gap = 8\n"
    assert not why_it_stays(read_programme(text.encode()))
    again = replace(read_programme(text.encode()), levels=read_programme(text.encode()).levels * 3)
    assert not why_it_stays(again)


LAST: Final = 'workout = "starter"\n'


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('variation = "beyond"', ""),
        ('variation = "beyon"', '"beyon" is not a preset'),
        ('variation = "short-1"', "not a"),
    ],
)
def test_the_last_step_may_have_a_preset_as_variation(line: str, says: str) -> None:
    text = SHORT.replace(LAST, f"{LAST}{line}\n")
    if says:
        with pytest.raises(FormatError, match=rf"^step 2, variation: .*{says}"):
            read_programme(text.encode())
    else:
        assert read_programme(text.encode()).levels[1].variation == "beyond"


def test_what_a_file_does_not_say_is_as_usual() -> None:
    programme = read_programme(SHORT.encode())
    assert (programme.limits, programme.thresholds, programme.author, programme.about) == (
        Limits(), Thresholds(), "", "",
    )  # fmt: skip
    first, second = programme.levels
    assert (first.week, second.week, first.workout_id, second.workout_id) == (1, 2, "short-1", "starter")
    assert (first.sessions, first.good, first.variation_after, first.backward, first.pace) == (3, 2, 3, None, "")
    assert [(own.name, own.id) for own in programme.own] == [("Short, step 1", "short-1")]


def test_speeds_are_a_range_or_one_number_in_either_unit() -> None:
    speeds = ('"1 mph"', '"0.5-1.0 mph"', '"1.6 km/h"', '"1.6 - 1.6km/h"')
    read = [
        read_programme(SHORT.replace(LAST, f"{LAST}backward = {speed}\n").encode()).levels[1].backward
        for speed in speeds
    ]
    assert read == [SpeedRange(1.61, 1.61), SpeedRange(0.8, 1.61), SpeedRange(1.6, 1.6), SpeedRange(1.6, 1.6)]


@pytest.mark.parametrize(
    ("limits", "workout", "says"),
    [
        ('longest_bout = "2m"', "back 2m, fwd 1m", ""),
        ('longest_bout = "119s"', "back 2m, fwd 1m", "step 1, workout: it has a longer bout than limits.longest_bout"),
        ('top_speed = "3.0 km/h"', "back 2m @3km/h, fwd 1m", ""),
        ('top_speed = "2.9 km/h"', "back 2m @3km/h, fwd 1m", "step 1: faster backward than limits.top_speed"),
        ('top_speed = "0.5 mph"', "fwd 2m, fwd 1m", ""),
        ("pain = 4", "back 2m @3.5mph, fwd 1m", ""),
        ("pain = 4", "back 2m @3.6mph, fwd 1m", "step 1: faster backward than 3.5 mph (5.63 km/h)"),
        ('top_speed = "3.5 mph"', "back 2m, fwd 1m", ""),
        ("pain = 4", "6x(fwd 4h)", ""),
        ("pain = 4", "6x(fwd 4h), back 1s", "step 1, workout: it takes longer than a day"),
    ],
)
def test_limits_are_just_reached_or_exceeded(limits: str, workout: str, says: str) -> None:
    text = SHORT.replace("back 1m, fwd 1m", workout) + f"[limits]\n{limits}\n"
    if says:
        with pytest.raises(FormatError) as refused:
            read_programme(text.encode())
        assert str(refused.value) == says
    else:
        assert len(read_programme(text.encode()).levels) == 2


@pytest.mark.parametrize("steps", [30, 31])
def test_a_programme_has_thirty_steps_at_most(steps: int) -> None:
    head, step, *_ = SHORT.split("[[steps]]")
    text = head + f"[[steps]]{step}" * steps
    if steps == 30:
        assert len(read_programme(text.encode()).levels) == 30
    else:
        with pytest.raises(FormatError, match="steps"):
            read_programme(text.encode())


@pytest.mark.parametrize(
    ("table", "key", "least", "most"),
    [
        ("rules", "short_gap", 1, 13), ("rules", "long_gap", 8, 365), ("rules", "easy_effort", 0, 6),
        ("rules", "hard_effort", 5, 10), ("rules", "mild_pain", 0, 10), ("limits", "pain", 0, 10),
        ("limits", "days", 1, 7), ("steps", "week", 1, 520), ("steps", "sessions", 1, 12), ("steps", "good", 1, 12),
        ("steps", "variation_after", 1, 12),
    ],
)  # fmt: skip
def test_numbers_have_bounds(table: str, key: str, least: int, most: int) -> None:
    def text(value: int) -> bytes:
        line = f"{key} = {value}\n"
        return (SHORT + (line if table == "steps" else f"[{table}]\n{line}")).encode()

    for value in (least, most):
        read_programme(text(value))
    for value in (least - 1, most + 1):
        with pytest.raises(FormatError, match=key):
            read_programme(text(value))


@pytest.mark.parametrize(
    ("key", "most"), [("name", 80), ("author", 80), ("about", 300), ("pace", 300), ("id", 40), ("say", 80)]
)
def test_texts_have_bounds(key: str, most: int) -> None:
    def text(length: int) -> bytes:
        line = f'{key} = "{"x" * length}"'
        if key in ("pace", "say"):
            return SHORT.replace("days = 3", f"days = 3\n{line}", 1).encode()
        return (f"{line}\n" + "\n".join(row for row in SHORT.splitlines() if not row.startswith(f"{key} ="))).encode()

    read_programme(text(most))
    read_programme(text(1))
    with pytest.raises(FormatError, match=key):
        read_programme(text(most + 1))
    if key in ("name", "id"):
        with pytest.raises(FormatError, match=key):
            read_programme(text(0))
    else:
        read_programme(text(0))


@pytest.mark.parametrize("days", range(1, 8))
def test_a_step_is_walked_on_one_to_seven_days(days: int) -> None:
    assert read_programme(SHORT.replace("days = 3", f"days = {days}").encode()).levels[0].most_days == days


def test_a_programme_needs_a_step_with_a_workout() -> None:
    with pytest.raises(FormatError, match="steps"):
        read_programme(b"id = 'a'\nname = 'A'\nsteps = []")
    with pytest.raises(FormatError, match="step 1, workout"):
        read_programme(SHORT.replace('"back 1m, fwd 1m"', '""').encode())


@pytest.mark.parametrize(
    ("workout", "spoken"),
    [
        ("back 1m, fwd 1m", True),
        ('back 1m \\"mine\\", fwd 1m', False),
        ('back 1m \\"Tall.\\", fwd 1m', True),
        ("2x(back 1m), fwd 1m", False),
    ],
)
def test_words_are_refused_where_they_would_not_be_spoken(workout: str, spoken: bool) -> None:
    text = SHORT.replace('"back 1m, fwd 1m"', f'"{workout}"\nsay = "Tall."')
    if spoken:
        programme = read_programme(text.encode())
        assert programme.levels[0].words == "Tall."
        first = programme.own[0].blocks[0]
        assert isinstance(first, Interval)
        assert first.label == "Tall."
    else:
        with pytest.raises(FormatError, match=r"^step 1, say: its workout begins with a repeat, or with a label"):
            read_programme(text.encode())


def test_a_preset_keeps_its_own_words_and_the_plan_those_of_the_step() -> None:
    programme = read_programme(SHORT.replace(LAST, f'{LAST}say = "Tall."\n').encode())
    assert (programme.levels[1].workout_id, programme.levels[1].words) == ("starter", "Tall.")
    assert [own.id for own in programme.own] == ["short-1"]


def test_a_fault_is_said_in_a_hundred_and_fifty_characters_at_most() -> None:
    with pytest.raises(FormatError) as refused:
        read_programme(f"{'x' * 400} = 1\n{SHORT}".encode())
    assert len(str(refused.value)) == 150


def test_a_long_name_is_shortened_in_the_names_of_its_workouts() -> None:
    text = SHORT.replace('name = "Short"', f'name = "{"x" * 80}"')
    (own,) = read_programme(text.encode()).own
    assert own.name == f"{'x' * 71}…, step 1"[-80:]
    assert len(own.name) == 80


def test_an_unknown_preset_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(FormatError, match=r"\(presets: .*starter") as refused:
        read_programme(SHORT.replace('"starter"', '"startr"').encode())
    assert str(refused.value).startswith("step 2, workout: column 1: ")
    with pytest.raises(FormatError) as refused:
        read_programme(SHORT.replace('"starter"', '"back 1q"').encode())
    assert "presets" not in str(refused.value)


def test_a_programme_is_known_by_its_steps() -> None:
    assert is_programme(b"a = 1\n \t[[ steps ]]")
    assert not is_programme(b"steps = 1")
    assert not is_programme(b"# [[steps]]")
    assert not is_programme(b"[[steps]]\n\xff")


def test_a_programme_that_has_begun_can_be_imported_on_another_computer() -> None:
    assert not why_it_stays(read_programme(f"started = 2026-03-04\n{KNEE}".encode()))


def test_a_programme_is_not_taken_for_a_workout() -> None:
    assert is_programme(KNEE.encode())
    assert not is_programme(b'notation = "back 2m"')
    with pytest.raises(FormatError, match="this is a programme, not a workout"):
        read_workout(DOCS / "knee.toml")


def test_the_schema_has_every_key_of_the_example_and_the_documentation_every_key_of_the_schema() -> None:
    known = {key for table in programme_schema()["$defs"].values() for key in table["properties"]}
    assert set(re.findall(r"^(\w+) =", KNEE, re.MULTILINE)) <= known
    documented = (DOCS / "programmes.md").read_text("utf-8")
    assert {key for key in known if f"`{key}`" not in documented} == set()
