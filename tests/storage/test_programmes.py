"""Imported programmes: files that are found by their id, validated before they are kept, and never lose their start."""

from __future__ import annotations

from asyncio import CancelledError
from datetime import date
from typing import TYPE_CHECKING, Final

import pytest
from msgspec.structs import replace

from retro_timer.config.paths import Paths
from retro_timer.config.schema import Settings
from retro_timer.config.settings import changed
from retro_timer.formats.errors import FormatError
from retro_timer.runtime.resolve import resolve
from retro_timer.scheduling.notation import parse
from retro_timer.storage.own_workouts import namesakes, own_workouts, workout_library
from retro_timer.storage.programmes import ProgrammeError, ProgrammeLibrary, eight_weeks, followed_programme
from retro_timer.storage.workouts import LibraryError, WorkoutLibrary

if TYPE_CHECKING:
    from pathlib import Path

TODAY: Final = date(2026, 3, 4)
SHORT: Final = """\
# two steps
id = "short"
name = "Short"
[[steps]]
name = "Easy"
workout = "back 1m, fwd 1m"
days = 3
[[steps]]
workout = "starter"
days = 3
"""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data")


@pytest.fixture
def library(paths: Paths) -> ProgrammeLibrary:
    return ProgrammeLibrary(paths.programmes)


def test_without_a_directory_there_is_the_built_in_programme_alone(library: ProgrammeLibrary, paths: Paths) -> None:
    assert library.ids() == ("eight-weeks",)
    assert library.workouts() == []
    assert library.get("eight-weeks") is eight_weeks()
    assert not paths.config.exists()


def test_a_saved_programme_comes_back_and_its_file_keeps_its_text(library: ProgrammeLibrary, paths: Paths) -> None:
    saved = library.save(SHORT.encode(), TODAY)
    assert (saved.id, saved.name, saved.started) == ("short", "Short", TODAY)
    assert library.get("short") == saved
    file = paths.programmes / "short.toml"
    assert file.read_text("utf-8") == f"started = 2026-03-04\n{SHORT}"
    assert (file.stat().st_mode & 0o777, paths.programmes.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_programme_with_a_start_is_kept_byte_for_byte(library: ProgrammeLibrary, paths: Paths) -> None:
    text = f"started = 2025-12-24\n{SHORT}"
    assert library.save(text.encode(), TODAY).started == date(2025, 12, 24)
    assert (paths.programmes / "short.toml").read_text("utf-8") == text


def test_a_programme_saved_again_goes_on_where_it_was(library: ProgrammeLibrary) -> None:
    library.save(SHORT.encode(), TODAY)
    again = library.save(SHORT.replace('name = "Short"', 'name = "Shorter"').encode(), TODAY.replace(day=20))
    assert (again.name, again.started) == ("Shorter", TODAY)
    assert library.get("short") == again
    later = library.save(f"started = 2026-03-30\n{SHORT}".encode(), TODAY)
    assert later.started == date(2026, 3, 30)


def test_the_start_of_a_programme_outlives_an_error_in_its_file(library: ProgrammeLibrary, paths: Paths) -> None:
    library.save(SHORT.encode(), TODAY)
    file = paths.programmes / "short.toml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n") + b"days = \n")
    with pytest.raises(ProgrammeError):
        library.get("short")
    assert library.save(SHORT.encode(), TODAY.replace(day=20)).started == TODAY
    for nothing in (b"started = 2026-02-30\n[", b"\xff"):
        file.write_bytes(nothing)
        assert library.save(SHORT.encode(), TODAY.replace(day=21)).started == TODAY.replace(day=21)


def test_a_programme_edited_by_hand_is_replaced_only_with_a_backup(library: ProgrammeLibrary, paths: Paths) -> None:
    library.save(SHORT.encode(), TODAY)
    library.save(SHORT.encode(), TODAY)
    file, backup = paths.programmes / "short.toml", paths.programmes / "short.toml.bak"
    assert list(paths.programmes.iterdir()) == [file]
    by_hand = file.read_text("utf-8").replace("days = 3", "days = 2")
    file.write_text(by_hand, "utf-8")
    library.save(SHORT.encode(), TODAY)
    assert file.read_text("utf-8") == f"started = 2026-03-04\n{SHORT}"
    assert backup.read_text("utf-8") == by_hand
    assert library.ids() == ("eight-weeks", "short")


def test_the_built_in_programme_comes_first_and_the_others_by_name(library: ProgrammeLibrary, paths: Paths) -> None:
    for name in ("knee", "ankle"):
        library.save(SHORT.replace('"short"', f'"{name}"').encode(), TODAY)
    for other in ("notes.txt", "Knee.toml", "9.toml", f"{'a' * 41}.toml", "zip.toml.bak"):
        (paths.programmes / other).write_text(SHORT)
    assert library.ids() == ("eight-weeks", "ankle", "knee")
    (paths.programmes / f"{'a' * 40}.toml").write_text(SHORT)
    assert library.ids() == ("eight-weeks", "a" * 40, "ankle", "knee")


def test_a_file_under_another_name_has_the_id_of_its_name(library: ProgrammeLibrary, paths: Paths) -> None:
    library.save(SHORT.encode(), TODAY)
    kept = library.get("short")
    (paths.programmes / "short.toml").rename(paths.programmes / "renamed.toml")
    assert library.get("renamed") == replace(kept, id="renamed")


@pytest.mark.parametrize("wanted", ["knee", "../short", "Short", "short.toml", ""])
def test_a_programme_that_is_not_there_is_refused(library: ProgrammeLibrary, paths: Paths, wanted: str) -> None:
    library.save(SHORT.encode(), TODAY)
    (paths.config / "short.toml").write_text(SHORT)
    (paths.programmes / "Short.toml").write_text(SHORT)
    with pytest.raises(ProgrammeError) as refused:
        library.get(wanted)
    assert str(refused.value) == f'there is no programme "{wanted}": see retro-timer programme'


def test_a_programme_that_cannot_be_read_is_named_with_its_file_and_hides_no_other(
    library: ProgrammeLibrary, paths: Paths
) -> None:
    library.save(SHORT.encode(), TODAY)
    (paths.programmes / "bad.toml").write_text("id = 3")
    with pytest.raises(ProgrammeError, match=r"^the programme bad: .*bad.toml: id: expected text"):
        library.get("bad")
    assert library.ids() == ("eight-weeks", "bad", "short")
    assert [workout.id for workout in library.workouts()] == ["short-1"]


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("id = 3", FormatError, "id: expected text"),
        (SHORT.replace('"short"', '"eight-weeks"'), ProgrammeError, "id: eight-weeks is the built-in programme"),
        (SHORT.replace("days = 3", "days = 1"), ProgrammeError, "can never move on: nobody gets beyond step 1"),
    ],
)
def test_a_programme_that_cannot_be_followed_is_not_kept(
    library: ProgrammeLibrary, paths: Paths, text: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        library.save(text.encode(), TODAY)
    assert not paths.programmes.exists()


def test_a_directory_that_cannot_be_used_is_named(library: ProgrammeLibrary, paths: Paths) -> None:
    paths.config.mkdir()
    paths.programmes.write_text("a file")
    with pytest.raises(ProgrammeError, match=r"programmes cannot be read: not a directory"):
        library.ids()
    with pytest.raises(ProgrammeError, match="programmes"):
        library.save(SHORT.encode(), TODAY)


def test_a_file_that_cannot_be_written_is_named(library: ProgrammeLibrary, paths: Paths) -> None:
    (paths.programmes / "short.toml").mkdir(parents=True)
    with pytest.raises(ProgrammeError, match=r"short.toml cannot be written: it is not a file"):
        library.save(SHORT.encode(), TODAY)


def test_the_plan_follows_the_chosen_programme(library: ProgrammeLibrary, paths: Paths) -> None:
    saved = library.save(SHORT.encode(), TODAY)
    chosen = changed(Settings(), "plan.programme", "short")
    assert followed_programme(Settings(), paths) is eight_weeks()
    assert followed_programme(chosen, paths) == saved
    assert followed_programme(chosen, None) is eight_weeks()
    with pytest.raises(ProgrammeError, match='no programme "gone"'):
        followed_programme(changed(Settings(), "plan.programme", "gone"), paths)


def test_own_workouts_are_those_of_the_walker_and_of_the_programmes(library: ProgrammeLibrary, paths: Paths) -> None:
    assert own_workouts(paths) == []
    assert not paths.config.exists()
    mine = WorkoutLibrary(paths.workouts).save(parse("back 2m", name="Mine"))
    assert own_workouts(paths) == [mine]
    (paths.workouts / "broken.toml").write_text("")
    (own,) = library.save(SHORT.encode(), TODAY).own
    assert (own.name, own.id) == ("Easy", "short-1")
    assert own_workouts(paths) == [own, mine], "a name means the programme's first"


def own(paths: Paths, name: str, notation: str = "back 4h", file: str = "mine") -> None:
    paths.workouts.mkdir(parents=True, exist_ok=True)
    text = f'name = "{name}"\nnotation = "{notation}"\n'
    (paths.workouts / f"{file}.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("name", "file"), [("short-1", "short-1"), ("Hills", "short-1"), ("easy", "hills")])
def test_a_workout_of_a_programme_goes_before_the_walkers_own(paths: Paths, name: str, file: str) -> None:
    own(paths, name, file=file)
    programme = ProgrammeLibrary(paths.programmes).save(SHORT.encode(), TODAY)
    for wanted in ("short-1", "Easy"):
        assert resolve(wanted, own=own_workouts(paths)).total_seconds == 120
    assert namesakes(programme, paths) == (
        f'The programme has workouts with the same name, and they come first: rename yours ("{name}").'
    )
    assert namesakes(eight_weeks(), paths) == ""


@pytest.mark.parametrize("name", ["short-1", "Short 1", "Easy"])
def test_a_new_workout_cannot_have_the_name_of_a_programmes(paths: Paths, name: str) -> None:
    ProgrammeLibrary(paths.programmes).save(SHORT.encode(), TODAY)
    library = workout_library(paths)
    hills = library.save(replace(parse("back 2m"), name="Hills"))
    refused = f'"{name}" is the name of a workout of a programme: choose another'
    with pytest.raises(LibraryError, match=refused):
        library.save(replace(parse("back 1m"), name=name))
    with pytest.raises(LibraryError, match=refused):
        library.rename("Hills", name)
    with pytest.raises(LibraryError, match=refused):
        library.duplicate("Hills", name)
    assert [entry.workout for entry in library.list()] == [hills]
    assert {"Hills", "Easy", "short-1", "Starter", "starter"} <= set(library.taken_names())


def test_a_workout_that_has_such_a_name_already_can_still_be_changed_and_renamed(paths: Paths) -> None:
    own(paths, "short-1", file="short-1")
    ProgrammeLibrary(paths.programmes).save(SHORT.encode(), TODAY)
    library = workout_library(paths)
    changed = library.save(replace(parse("back 2m"), id="short-1", name="short-1"))
    assert changed.total_seconds == 120
    assert library.rename("short-1", "Mine").id == "mine"


def test_a_directory_of_programmes_that_cannot_be_read_hides_no_own_workouts(paths: Paths) -> None:
    paths.config.mkdir()
    paths.programmes.write_text("not a directory")
    library = workout_library(paths)
    library.save(replace(parse("back 2m"), name="Hills"))
    assert [entry.name for entry in library.list()] == ["Hills"]


def test_a_programme_is_followed_even_if_own_workouts_cannot_be_read(library: ProgrammeLibrary, paths: Paths) -> None:
    library.save(SHORT.encode(), TODAY)
    paths.workouts.write_text("not a directory")
    assert namesakes(library.get("short"), paths) == ""


def test_an_older_programme_beyond_its_limits_is_read_but_not_imported(library: ProgrammeLibrary, paths: Paths) -> None:
    beyond = SHORT + 'variation = "beyond"\n[limits]\nlongest_bout = "1m"\n'
    with pytest.raises(FormatError, match=r"step 2, variation: it has a longer bout than limits\.longest_bout"):
        library.save(beyond.encode(), TODAY)
    paths.programmes.mkdir(parents=True, exist_ok=True)
    (paths.programmes / "short.toml").write_text(beyond)
    assert library.get("short").name == "Short"


@pytest.mark.parametrize(("error", "name"), [(OSError, "Short"), (KeyboardInterrupt, "New"), (CancelledError, "New")])
def test_a_programme_is_put_back_if_it_cannot_be_followed_but_not_if_that_is_cancelled(
    library: ProgrammeLibrary, error: type[BaseException], name: str
) -> None:
    def save_in_vain() -> None:
        with library.undone_on_error("short"):
            library.save(SHORT.replace('name = "Short"', 'name = "New"').encode(), TODAY)
            raise error

    library.save(SHORT.encode(), TODAY)
    with pytest.raises(error):
        save_in_vain()
    assert library.get("short").name == name
