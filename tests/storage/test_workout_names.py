"""The names of own workouts, and of their files: any name is safe, none hides another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_NAME
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.storage.workout_names import free_name
from retro_timer.storage.workouts import LibraryError, WorkoutLibrary
from tests.formats.workouts import text

if TYPE_CHECKING:
    from pathlib import Path


@given(text(MAX_NAME))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_makes_a_file_name_that_every_system_takes(tmp_path: Path, name: str) -> None:
    library = WorkoutLibrary(tmp_path)
    saved = library.save(parse("back 1m", name=name))
    try:
        (path,) = tmp_path.iterdir()
        assert path.name == f"{saved.id}.toml"
        assert len(path.name.encode()) <= 100
        assert all(character.isalnum() or character == "-" for character in saved.id)
        assert saved.id.strip("-") == saved.id
        assert library.get(saved.id).name == " ".join(name.split())
    finally:
        library.delete(saved.id)
        for left in tmp_path.iterdir():
            left.unlink()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("CON", "con-workout"), ("nul", "nul-workout"), ("Com1", "com1-workout"), ("com10", "com10"), ("C:\\x", "c-x"),
        ("LPT\N{SUPERSCRIPT TWO}", "lpt2-workout"), ("../../etc/passwd", "etc-passwd"), ("...", "workout"),
        ("後ろ歩き", "後ろ歩き"), ("trailing. ", "trailing"), ("-rf *", "rf"), ("💃", "workout"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}", "a"),
    ],
)  # fmt: skip
def test_hostile_names_make_safe_files(library: WorkoutLibrary, directory: Path, name: str, file: str) -> None:
    library.save(parse("back 1m", name=name))
    assert [path.name for path in directory.iterdir()] == [f"{file}.toml"]
    assert [path.name for path in directory.parent.iterdir()] == ["workouts"]


@pytest.mark.parametrize("name", ["", "  ", "n" * 81, "a\x1bb", "a\nb", "builder", "First Try", "first_try"])
def test_names_that_cannot_be_are_refused(library: WorkoutLibrary, directory: Path, name: str) -> None:
    library.save(parse("back 1m", name="Mine"))
    with pytest.raises(WorkoutError):
        library.save(parse("back 1m", name=name))
    with pytest.raises(LibraryError):
        library.rename("mine", name)
    assert [entry.name for entry in library.list()] == ["Mine"]
    assert len(list(directory.iterdir())) == 1


def test_two_workouts_of_one_name_are_not_made(library: WorkoutLibrary) -> None:
    library.save(parse("back 1m", name="Mine"))
    with pytest.raises(LibraryError, match='there is already a workout "MINE"'):
        library.save(parse("back 2m", name="MINE"))


def test_names_that_make_the_same_file_name_get_two_files(library: WorkoutLibrary, directory: Path) -> None:
    library.save(parse("back 1m", name="A/B"))
    library.save(parse("back 2m", name="A:B"))
    assert sorted(path.name for path in directory.iterdir()) == ["a-b-2.toml", "a-b.toml"]
    assert library.get("A/B") == parse("back 1m")
    assert library.get("A:B") == parse("back 2m")


def test_workouts_with_the_same_name_are_chosen_by_file_name(library: WorkoutLibrary, directory: Path) -> None:
    directory.mkdir(parents=True)
    for stem in ("one", "two"):
        (directory / f"{stem}.toml").write_text(f"name = 'Same'\nnotation = 'back {1 + len(stem)}m'")
    with pytest.raises(LibraryError, match=r'"same" is the name of several workouts: .*one.toml, .*two.toml'):
        library.get("same")
    assert library.get("two").name == "Same"


@pytest.mark.parametrize("name", ["Mine", "builder", "n" * (MAX_NAME + 1)])
def test_a_copy_has_no_name_that_is_taken_or_cannot_be(library: WorkoutLibrary, directory: Path, name: str) -> None:
    library.save(parse("back 1m", name="Mine"))
    with pytest.raises(LibraryError):
        library.duplicate("mine", name)
    assert [path.name for path in directory.iterdir()] == ["mine.toml"]


def test_free_names_are_short_enough_and_look_like_no_other() -> None:
    taken = {"Mine", "mine 2", "x" * 80, "evening_walk"}
    assert free_name("Mine", taken) == "Mine 3"
    assert free_name("x" * 90, taken) == "x" * 78 + " 2"
    assert free_name("Evening walk", taken) == "Evening walk 2"


def test_a_copy_takes_no_name_of_a_programme(directory: Path) -> None:
    library = WorkoutLibrary(directory, lambda: [parse("back 1m", name="Mine copy", workout_id="wall")])
    library.save(parse("back 1m", name="Mine"))
    assert library.duplicate("mine").name == "Mine copy 2"


def test_an_id_is_found_by_the_name(library: WorkoutLibrary, directory: Path) -> None:
    assert library.id_of("Mine") == ""
    library.save(parse("back 1m", name="Mine"))
    assert [library.id_of(name) for name in ("Mine", "MINE", "mine", "yours", "")] == ["mine", "mine", "mine", "", ""]
    (directory / "mine.toml").rename(directory / "other.toml")
    assert library.id_of("Mine") == "other"
    assert library.id_of("other") == "", "it is looked for by its name alone"
    (directory / "two.toml").write_text("name = 'mine'\nnotation = 'back 1m'")
    with pytest.raises(LibraryError, match='"Mine" is the name of several workouts'):
        library.id_of("Mine")


def test_an_id_counts_more_than_a_name(library: WorkoutLibrary, directory: Path) -> None:
    library.save(parse("back 1m", name="One"))
    (directory / "two.toml").write_text("name = 'One'\nnotation = 'back 2m'")
    assert library.get("one") == parse("back 1m")
    assert library.get("two").name == "One"
    with pytest.raises(LibraryError, match='"ONE" is the name of several workouts'):
        library.get("ONE")


def test_workouts_are_listed_by_name_whatever_their_files_are_called(library: WorkoutLibrary, directory: Path) -> None:
    for name in ("b", "A", "c d", "c_c"):
        library.save(parse("back 1m", name=name))
    (directory / "z.toml").write_text("name = 'a'\nnotation = 'back 1m'")
    assert [(entry.id, entry.name) for entry in library.list()] == [
        ("a", "A"), ("z", "a"), ("b", "b"), ("c-c", "c_c"), ("c-d", "c d"),
    ]  # fmt: skip


def test_a_file_with_a_long_name_gives_its_workout_as_much_of_it_as_a_name_has(
    library: WorkoutLibrary, directory: Path
) -> None:
    directory.mkdir(parents=True)
    (directory / f"{'n' * 90}.toml").write_text("notation = 'back 1m'")
    (entry,) = library.list()
    assert (entry.id, entry.name) == ("n" * 90, "n" * MAX_NAME)
    assert library.get("n" * 90).name == "n" * MAX_NAME


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "a workout needs a name to be saved"),
        ("builder", '"builder" is the name of a preset: choose another'),
        ("FIRST_try", '"FIRST_try" is the name of a preset: choose another'),
        ("mine", 'there is already a workout "mine": choose another name'),
        ("n" * 81, "a name has at most 80 characters"),
        ("a\x1bb", "a name has printable characters only, not U+001B"),
    ],
)
def test_why_a_name_cannot_be_is_said(library: WorkoutLibrary, name: str, says: str) -> None:
    library.save(parse("back 1m", name="Mine"))
    with pytest.raises(LibraryError) as refused:
        library.check_name(name)
    assert str(refused.value).startswith(says)
    library.check_name("Mine", but="mine")
    library.check_name("Yours")


def test_a_long_name_has_a_short_file_name_and_its_copies_numbers(library: WorkoutLibrary, directory: Path) -> None:
    ninety = "ab cd " * 13
    saved = library.save(parse("back 1m", name=ninety.strip()))
    assert saved.id == ("ab-cd-" * 13)[:-1]
    assert library.save(parse("back 1m", name="n" * 80)).id == "n" * 80
    wide = library.save(parse("back 1m", name="後" * 40))
    assert wide.id == "後" * 26  # three bytes each, of eighty
    dashed = library.save(parse("back 1m", name="後" * 26 + "a b"))
    assert dashed.id == "後" * 26 + "a"
    long = library.duplicate(saved.id)
    assert long.name == f"{ninety.strip()[:75]} copy".replace("  ", " ")
    assert library.duplicate(saved.id).name.endswith(" copy 2")
    assert all(len(entry.name) <= MAX_NAME for entry in library.list())
    assert len(list(directory.iterdir())) == 6


def test_a_reserved_name_cannot_be_a_file_of_windows(library: WorkoutLibrary) -> None:
    ids = [library.save(parse("back 1m", name=name)).id for name in ("aux", "conout$", "lpt9", "lpt99", "prn x")]
    assert ids == ["aux-workout", "conout-workout", "lpt9-workout", "lpt99", "prn-x"]


def test_a_renamed_workout_is_renamed_only_if_its_name_is_free(library: WorkoutLibrary, directory: Path) -> None:
    for name in ("One", "Two"):
        library.save(parse("back 1m", name=name))
    with pytest.raises(LibraryError, match='already a workout "two"'):
        library.rename("one", "two")
    assert library.rename("one", "ONE!").name == "ONE!"
    assert sorted(path.name for path in directory.iterdir()) == ["one.toml", "two.toml"]
    renamed = library.rename("one", "Three")
    assert (renamed.id, renamed.name, format_notation(renamed)) == ("three", "Three", "back 1m")
    assert sorted(path.name for path in directory.iterdir()) == ["three.toml", "two.toml"]
