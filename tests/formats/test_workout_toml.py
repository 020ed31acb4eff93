"""Own workouts as TOML: read strictly, and saved without touching what was not changed."""

from __future__ import annotations

from typing import Any

import pytest
import tomlkit
from msgspec.structs import replace

from retro_timer.formats.errors import FormatError
from retro_timer.formats.values import MAX_DESCRIPTION
from retro_timer.formats.workout_toml import read_toml, update_toml, workout_schema, write_toml
from retro_timer.scheduling.model import MAX_NAME
from retro_timer.scheduling.notation import parse

MINE = parse('warm 1m, 2x(turn 5s, back 1m "eyes up")', name="Mine")

TYPED = "notation = 'back  60s' # as I type it\nname = 'A'\n"


def test_a_new_file_says_how_it_is_edited() -> None:
    assert write_toml(MINE).data.decode() == (
        "# A workout of Retro Timer. Edit it as you like: comments stay when it is saved.\n"
        "# notation: warm, back, turn, fwd, rest, cool with a length (90s, 1:30, 2m), a speed (@1.0mph, @1.6km/h)\n"
        "# and a label in quotes; 4x(... | ...) repeats, with what follows | between two rounds.\n"
        'version = 1\nname = "Mine"\nnotation = "warm 1m, 2x(turn 5s, back 1m \\"eyes up\\")"\n'
    )
    assert write_toml(MINE).notes == ()
    assert read_toml(write_toml(MINE).data) == MINE


def test_a_name_and_a_description_are_lines() -> None:
    text = 'notation = """\nback\n 1m"""\nname = " two \\n words "\ndescription = "a\\nb"'
    workout = read_toml(text.encode())
    assert (workout, workout.name, workout.description) == (parse("back 1m"), "two words", "a b")
    long = read_toml(f'notation = "back 1m"\ndescription = "{"x" * 400}"'.encode())
    assert len(long.description) == MAX_DESCRIPTION


@pytest.mark.parametrize(
    ("before", "workout", "after"),
    [
        # A description is written where there is one, or was one.
        ('notation = "back 1m"\n', replace(parse("back 1m"), description="new"),
         'notation = "back 1m"\nname = ""\ndescription = "new"\n'),
        ('notation = "back 1m"\nname = "A"\ndescription = "old"\n', parse("back 1m", name="A"),
         'notation = "back 1m"\nname = "A"\ndescription = ""\n'),
        ('notation = "back 1m"\nname = "A"\n', parse("back 1m", name="A"), 'notation = "back 1m"\nname = "A"\n'),
        # Notation that means the same stays as it is written.
        (TYPED, parse("back 1m", name="A"), TYPED),
        (TYPED, parse("back 2m", name="A"), TYPED.replace("'back  60s'", '"back 2m"')),
    ],
)  # fmt: skip
def test_only_what_was_changed_is_written(before: str, workout: Any, after: str) -> None:  # noqa: ANN401
    assert update_toml(before.encode(), workout).decode() == after


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("notation = 5", "notation: expected text in quotes"),
        ("notation = 'back 1m'\nname = 5", "name: expected text in quotes"),
        ("notation = 'back 1m'\ndescription = []", "description: expected text in quotes"),
        ("name = 'x'", 'it has no notation, such as notation = "back 2m"'),
        ("notation = 'back 1m'\nversion = 0", "version: expected 1"),
        ("notation = 'back 1m'\nversion = 1.0", "version: expected 1"),
        ("notation = 'back 1m'\nversion = '2'", "version: expected 1"),
        ("notation = 'back 1m'\nversion = 2", "version: written by a newer Retro Timer (version 2)"),
        ("notation = 'back 1m'\nversion = 1" + "0" * 30, f"written by a newer Retro Timer (version 1{'0' * 18}…)"),
        ("notation = 'back 1m'\nsteps = 1", "this is a programme, not a workout: retro-timer import reads it"),
        ("notaton = 'back 1m'", '"notaton" is unknown (expected version, name, description, notation)'),
        ("notation = ''", "notation: "),
        ("a = [", "not valid TOML: "),
    ],
)
def test_another_file_is_refused_with_the_place(data: str, says: str) -> None:
    with pytest.raises(FormatError) as refused:
        read_toml(data.encode())
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("dots", "deep"), [(49, False), (50, True)])
def test_keys_of_fifty_parts_are_too_deep(dots: int, deep: bool) -> None:
    with pytest.raises(FormatError) as refused:
        read_toml(f"{'a.' * dots}a = 1".encode())
    assert ("nested too deeply" in str(refused.value)) is deep


def test_a_file_that_the_two_libraries_read_differently_is_not_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tomlkit, "dumps", lambda _: 'notation = "back 3m"')
    with pytest.raises(FormatError, match=r"^the result could not be read back: write the file from scratch$"):
        update_toml(b'notation = "back 1m"', MINE)


def test_a_file_that_only_one_of_the_libraries_reads_is_not_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> None:
        raise tomlkit.exceptions.ParseError(1, 2, "no\x1b")

    monkeypatch.setattr(tomlkit, "parse", refuse)
    with pytest.raises(FormatError, match=r"^not valid TOML: no\? at line 1 col 2$"):
        update_toml(b'notation = "back 1m"', MINE)


def test_the_schema_has_the_keys_of_a_file_and_no_others() -> None:
    schema = workout_schema()
    assert list(schema["properties"]) == ["version", "name", "description", "notation"]
    assert (schema["required"], schema["additionalProperties"], schema["type"]) == (["notation"], False, "object")
    assert schema["properties"]["version"]["enum"] == [1]
    assert schema["properties"]["name"]["maxLength"] == MAX_NAME
    assert schema["properties"]["description"]["maxLength"] == MAX_DESCRIPTION
    assert schema["properties"]["notation"]["minLength"] == 1
