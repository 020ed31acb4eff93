"""What is written is read back as the same workout, through each format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.formats.assumptions import NOTHING_ASSUMED
from retro_timer.formats.intervals_icu import read_icu, write_icu
from retro_timer.formats.registry import WRITTEN_FORMATS, read_pasted, read_workout, write_workout
from retro_timer.formats.workout_json import read_json, write_json
from retro_timer.formats.workout_toml import read_toml, update_toml, write_toml
from retro_timer.formats.zwo import read_zwo, write_zwo
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.presets import presets
from tests.formats.workouts import interval, round_speeds, walked, workouts

if TYPE_CHECKING:
    from retro_timer.formats.format import WorkoutFormat
    from retro_timer.scheduling.model import Workout

READABLE = [known for known in WRITTEN_FORMATS if known.read]
KNOWN_BY_CONTENTS = [known for known in READABLE if known.id != "toml"]  # TOML looks like anything

TOML_FILES = [
    "# first\nnotation = 'back 1m'  # beside\n# last",
    "notation = 'back 1m'",
    "# first\r\nname = 'x'\r\nnotation = \"back 1m\" # beside\r\n",
    'version = 1\n"notation" = """\nback 1m,\n  fwd 1m\n""" # beside\n\n\n\'name\' = "x" # beside\n\n# last\n\n',
    "\ufeffdescription = '''\nlong'''\nnotation='back 1m'# beside",
]


def pasted(text: str) -> Workout:
    (received,) = read_pasted(text, NOTHING_ASSUMED)
    return received.workout


@given(workouts())
def test_json_keeps_everything(workout: Workout) -> None:
    back = read_json(write_json(workout).data)
    assert back == workout
    assert back.name == workout.name


@given(workouts())
def test_toml_keeps_everything(workout: Workout) -> None:
    back = read_toml(write_toml(workout).data)
    assert back == workout
    assert back.name == " ".join(workout.name.split())


@given(workouts(), st.sampled_from(TOML_FILES))
def test_toml_files_take_another_workout_and_keep_their_comments(workout: Workout, before: str) -> None:
    after = update_toml(before.encode(), workout)
    assert read_toml(after) == workout
    for comment in ("# first", "# beside", "# last"):
        assert after.decode().count(comment) == before.count(comment)


@given(workouts())
def test_zwo_keeps_every_interval(workout: Workout) -> None:
    back = read_zwo(write_zwo(workout).data).workout
    assert walked(back) == walked(workout)
    assert back.name == " ".join(workout.name.split())


@given(workouts(interval(speed=round_speeds())))
def test_icu_keeps_every_interval_but_what_it_notes(workout: Workout) -> None:
    written = write_icu(workout)
    back = walked(read_icu(written.data).workout)
    assert [(step.phase, step.duration) for step in back] == [(step.phase, step.duration) for step in walked(workout)]
    if not any("speeds" in note for note in written.notes):
        assert [step.speed_kmh for step in back] == [step.speed_kmh for step in walked(workout)]
    if not any("label" in note for note in written.notes):
        assert back == walked(workout)


@given(workouts(interval(speed=round_speeds(), label=st.just("eyes up"))))
def test_icu_keeps_the_speeds_people_set(workout: Workout) -> None:
    written = write_icu(workout)
    assert not any("speeds" in note or "label" in note for note in written.notes)
    assert walked(read_icu(written.data).workout) == walked(workout)


@pytest.mark.parametrize("known", READABLE, ids=lambda known: known.id)
@pytest.mark.parametrize("workout", presets(), ids=lambda workout: workout.id)
def test_the_ladder_is_exported_and_read_back_round_by_round(
    workout: Workout, known: WorkoutFormat, tmp_path: Path
) -> None:
    written = write_workout(workout, known.id)
    path = tmp_path / f"walk{known.suffixes[0]}"
    path.write_bytes(written.data)
    assert read_workout(path) == workout


@pytest.mark.parametrize("known", KNOWN_BY_CONTENTS, ids=lambda known: known.id)
@pytest.mark.parametrize("name", ["walk", "walk.bin", "walk.xml", "WALK.TXT"])
def test_a_file_format_is_recognized_by_its_contents_too(known: WorkoutFormat, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(write_workout(presets()[4], known.id).data)
    assert read_workout(path) == presets()[4]


def test_notation_in_a_file_is_a_workout_called_like_the_file(tmp_path: Path) -> None:
    path = tmp_path / "evening walk.txt"
    path.write_text("warm 1m,\n2x(turn 30s, back 1m)\n")
    workout = read_workout(path)
    assert format_notation(workout) == "warm 1m, 2x(turn 30s, back 1m)"
    assert workout.name == "evening walk"


def test_pasted_text_is_read_in_any_format() -> None:
    builder = presets()[4]
    for known in KNOWN_BY_CONTENTS:
        assert pasted(write_workout(builder, known.id).data.decode()) == builder
    assert pasted(f"  {format_notation(builder)}\n") == builder


@pytest.mark.parametrize(
    ("wanted", "expected"), [("zwo", "zwo"), ("ICU", "icu"), (Path("a/b.XML"), "qz"), ("x.txt", "icu")]
)
def test_a_format_is_named_by_its_id_or_a_suffix(wanted: Path | str, expected: str) -> None:
    workout = parse("warm 1m, 2x(turn 30s, back 1m)")
    assert write_workout(workout, wanted) == write_workout(workout, expected)
    assert len({write_workout(workout, known.id).data for known in WRITTEN_FORMATS}) == len(WRITTEN_FORMATS)


@pytest.mark.parametrize("wanted", ["", "pdf", Path("walk.gpx"), "zw\x1b[0mo"])
def test_an_unknown_format_is_refused_with_those_there_are(wanted: Path | str) -> None:
    with pytest.raises(WorkoutError, match=r"is not a format; the formats are fit \(\.fit\), icu \(\.icu\)") as caught:
        write_workout(parse("back 1m"), wanted)
    assert "\x1b" not in str(caught.value)
