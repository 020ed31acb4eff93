"""Own workouts: files that people edit, never lost, never overwritten."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from retro_timer.files.changing import change_file
from retro_timer.scheduling.model import MAX_NAME
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.storage.workouts import ChangedWorkoutError, LibraryError, WorkoutLibrary

if TYPE_CHECKING:
    from collections.abc import Callable


def test_nothing_is_made_before_something_is_saved(library: WorkoutLibrary, directory: Path) -> None:
    assert library.list() == ()
    assert not directory.parent.exists()


def test_a_saved_workout_is_a_private_file_and_comes_back(library: WorkoutLibrary, directory: Path) -> None:
    saved = library.save(parse('2x(turn 30s, back 1m @1.0mph "eyes up")', name="After Dinner!"))
    assert saved.id == "after-dinner"
    path = directory / "after-dinner.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(directory.iterdir()) == [path]
    for name in ("after-dinner", "After Dinner!", "AFTER DINNER!", "after_dinner"):
        assert library.get(name) == saved
        assert library.get(name).name == "After Dinner!"


def test_a_file_keeps_its_comments_order_and_spelling_when_it_is_saved(
    library: WorkoutLibrary, directory: Path
) -> None:
    directory.mkdir(parents=True)
    path = directory / "dinner.toml"
    path.write_text('# Mine.\nnotation  = "back  60s"  # as I type it\n\nname = "Dinner" # called so\n')
    library.save(library.get("dinner"))
    assert path.read_text() == '# Mine.\nnotation  = "back  60s"  # as I type it\n\nname = "Dinner" # called so\n'
    longer = parse("back 2m", name="Supper", workout_id="dinner")
    library.save(longer)
    assert path.read_text() == '# Mine.\nnotation  = "back 2m"  # as I type it\n\nname = "Supper" # called so\n'


def test_notation_may_take_many_lines_and_the_name_be_that_of_the_file(
    library: WorkoutLibrary, directory: Path
) -> None:
    directory.mkdir(parents=True)
    (directory / "Uphill Both Ways.toml").write_text('notation = """\nwarm 1m,\n2x(turn 20s,\n   back 1m)\n"""\n')
    (entry,) = library.list()
    assert (entry.id, entry.name, entry.problem) == ("Uphill Both Ways", "Uphill Both Ways", "")
    assert format_notation(library.get("uphill both ways")) == "warm 1m, 2x(turn 20s, back 1m)"


@pytest.mark.parametrize(
    ("contents", "problem"),
    [
        (b"", "broken.toml: it has no notation"),
        (b"notation = 'back 1m'\nname =", "broken.toml: not valid TOML: Invalid value (at end of document)"),
        (b"notation = 'back 1q'", "broken.toml: notation: column 6: expected a length"),
        (b"notation = 'back 1m'\nlabel = 'x'", 'broken.toml: "label" is unknown (expected version, name'),
        (b"notation = 'back 1m'\nversion = 2", "broken.toml: version: written by a newer Retro Timer (version 2)"),
        (b"notation = 'back 1m'\nversion = true", "broken.toml: version: expected 1"),
        (b"notation = 90", "broken.toml: notation: expected text in quotes"),
        (b"notation = 'back 1m'\nname = '" + b"n" * 81 + b"'", "broken.toml: name: a name has at most 80 characters"),
        (b"notation = 'back 1m'\nname = '\xff'", "broken.toml: byte 30: this is not UTF-8 text"),
        (b'notation = "back 1m"\nname = "a\\u001b[2J"', "printable characters only, not U+001B"),
        (b"x = " + b"[" * 5000, "broken.toml: this is not a workout: nested too deeply"),
        (b"#" * 1_000_001, "broken.toml: larger than 1 MB"),
    ],
)  # fmt: skip
def test_a_file_with_an_error_is_listed_with_it_and_never_overwritten(
    library: WorkoutLibrary, directory: Path, contents: bytes, problem: str
) -> None:
    library.save(parse("back 1m", name="Fine"))
    path = directory / "broken.toml"
    path.write_bytes(contents)
    broken, fine = library.list()
    assert problem in broken.problem
    assert "\n" not in broken.problem
    assert broken.problem.isprintable()
    assert broken.workout is None
    assert fine.workout is not None
    with pytest.raises(LibraryError, match="broken"):
        library.get("broken")
    with pytest.raises(LibraryError):
        library.save(parse("back 2m", name="Broken", workout_id="broken"))
    with pytest.raises(LibraryError):
        library.save(parse("back 2m", name="broken"))
    with pytest.raises(LibraryError):
        library.rename("broken", "Whole")
    with pytest.raises(LibraryError):
        library.duplicate("broken")
    assert path.read_bytes() == contents
    assert len(list(directory.iterdir())) == 2


def test_entries_that_are_not_regular_files_are_listed_too(library: WorkoutLibrary, directory: Path) -> None:
    (directory / "folder.toml").mkdir(parents=True)
    (directory / "gone.toml").symlink_to(directory / "nowhere")
    os.mkfifo(directory / "pipe.toml")
    (directory / "notes.txt").write_text("not a workout")
    (directory / ".hidden.toml").write_text("not listed")
    assert [entry.problem for entry in library.list()] == [
        "folder.toml: this is a directory, not a file",
        "gone.toml: cannot be read: no such file or directory",
        "pipe.toml: this is not a regular file",
    ]


def test_a_hostile_file_name_is_listed_without_control_characters(library: WorkoutLibrary, directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / "a\x1b[2Jb\n.toml").write_text("notation = 'back 1m'")
    (directory / "[red]x[blink].toml").write_text("notation = 'back 1m'")
    markup, hostile = library.list()
    assert markup.name == "[red]x[blink]"
    assert hostile.problem == "a?[2Jb?.toml: a file name has printable characters only"


def test_a_file_without_a_name_is_listed(library: WorkoutLibrary, directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / " .toml").write_text("notation = 'back 1m'")
    assert library.list()[0].problem == " .toml: a name needs something readable"


def test_rename_keeps_the_comments_and_moves_the_file(library: WorkoutLibrary, directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / "mine.toml").write_text("# kept\nnotation = 'back 1m'\n")
    assert library.rename("mine", "Evening").id == "evening"
    (path,) = directory.iterdir()
    assert path.name == "evening.toml"
    assert path.read_text() == "# kept\nnotation = 'back 1m'\nname = \"Evening\"\n"
    assert library.rename("evening", "EVENING").id == "evening"
    assert library.get("evening").name == "EVENING"


def test_a_workout_is_renamed_even_if_its_file_cannot_be(
    library: WorkoutLibrary, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.save(parse("back 1m", name="Mine"))
    unlink = Path.unlink

    def in_use(path: Path, missing_ok: bool = False) -> None:
        if path.name == "mine.toml":
            raise PermissionError(errno.EACCES, "Permission denied")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", in_use)
    renamed = library.rename("mine", "Evening")
    assert (renamed.id, renamed.name) == ("mine", "Evening")
    assert [entry.name for entry in library.list()] == ["Evening"]
    assert [path.name for path in directory.iterdir()] == ["mine.toml"]


def test_a_workout_that_is_edited_while_it_is_renamed_stays_as_it_was_edited(
    library: WorkoutLibrary, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.save(parse("back 1m", name="Mine"))

    def edited(path: Path, change: Callable[[bytes | None], bytes | None], limit: int) -> None:
        path.write_text('name = "Mine"\nnotation = "back 2m"\n')
        change_file(path, change, limit)

    monkeypatch.setattr("retro_timer.storage.workouts.change_file", edited)
    with pytest.raises(ChangedWorkoutError):
        library.rename("mine", "Evening")
    assert [path.name for path in directory.iterdir()] == ["mine.toml"]
    assert library.get("mine").total_seconds == 120


def test_a_linked_file_stays_in_its_place(library: WorkoutLibrary, directory: Path, tmp_path: Path) -> None:
    directory.mkdir(parents=True)
    kept = tmp_path / "dotfiles.toml"
    kept.write_text("notation = 'back 1m'\n")
    (directory / "mine.toml").symlink_to(kept)
    library.rename("mine", "Evening")
    assert (directory / "mine.toml").is_symlink()
    assert 'name = "Evening"' in kept.read_text()


def test_duplicates_are_named_and_numbered(library: WorkoutLibrary) -> None:
    library.save(parse("back 1m", name="Mine"))
    assert [library.duplicate("mine").name for _ in range(3)] == ["Mine copy", "Mine copy 2", "Mine copy 3"]
    assert library.duplicate("mine", "Other").id == "other"
    library.save(parse("back 1m", name="n" * MAX_NAME))
    assert len(library.duplicate("n" * MAX_NAME).name) == MAX_NAME


def test_a_deleted_workout_stays_next_to_the_others(library: WorkoutLibrary, directory: Path) -> None:
    for _ in range(2):
        library.save(parse("back 1m", name="Mine"))
        path = library.delete("mine")
        assert "back 1m" in path.read_text()
    assert library.list() == ()
    assert sorted(path.name for path in directory.iterdir()) == ["mine.toml.2.bak", "mine.toml.bak"]
    with pytest.raises(LibraryError, match='you have no workout "mine"'):
        library.delete("mine")


def test_a_failed_write_changes_nothing(
    library: WorkoutLibrary, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.save(parse("back 1m", name="Mine"))
    before = (directory / "mine.toml").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LibraryError, match=r"mine.toml cannot be written: no space left on device"):
        library.save(parse("back 2m", name="Mine", workout_id="mine"))
    with pytest.raises(LibraryError, match="cannot be written"):
        library.save(parse("back 2m", name="New"))
    assert [path.name for path in directory.iterdir()] == ["mine.toml"]
    assert (directory / "mine.toml").read_bytes() == before


def test_a_new_workout_has_its_file_only_when_all_of_it_is_on_disk(
    library: WorkoutLibrary, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.save(parse("back 1m", name="Mine"))
    before, sync = (directory / "mine.toml").read_bytes(), os.fsync
    seen: list[list[bytes]] = []

    def syncing(handle: int) -> None:
        seen.append([path.read_bytes() for path in directory.glob("*.toml")])
        sync(handle)

    monkeypatch.setattr(os, "fsync", syncing)
    library.save(parse("back 2m", name="New"))
    assert seen[0] == [before]
    assert b"" not in seen[-1]


def test_workouts_are_saved_together_or_not_at_all(
    library: WorkoutLibrary, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, hill = library.save_together([parse("back 1m", name="Mine"), parse("back 2m", name="Hill")])
    assert (mine.id, hill.id) == ("mine", "hill")
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    changed = (replace(mine, blocks=hill.blocks), parse("back 1m", name="New"), parse("back 1m", name="Builder"))
    with pytest.raises(LibraryError, match='"Builder" is the name of a preset'):
        library.save_together(changed)
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("retro_timer.storage.workouts.write_atomic", full)
    with pytest.raises(LibraryError, match=r"mine\.toml was changed, and cannot be put back: no space left on device"):
        library.save_together(changed[:1] + changed[2:])


def test_a_directory_that_cannot_be_created_is_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    library = WorkoutLibrary(tmp_path / "file" / "workouts")
    with pytest.raises(LibraryError, match="file"):
        library.save(parse("back 1m", name="Mine"))
    with pytest.raises(LibraryError, match="cannot be read"):
        library.list()


def test_files_are_known_by_their_ending_in_either_case(library: WorkoutLibrary, directory: Path) -> None:
    directory.mkdir(parents=True)
    for name in ("a.TOML", "b.toml.bak", ".toml", "c.tom"):
        (directory / name).write_text("notation = 'back 1m'")
    assert [entry.id for entry in library.list()] == ["a"]


def test_a_workout_that_has_an_id_without_a_file_gets_a_new_one(library: WorkoutLibrary) -> None:
    saved = library.save(parse("back 1m", name="Mine", workout_id="elsewhere"))
    assert saved.id == "mine"
    assert library.save(parse("back 2m", name="Mine", workout_id="mine")).id == "mine"
    assert format_notation(library.get("mine")) == "back 2m"


def test_what_was_deleted_has_a_number(library: WorkoutLibrary, directory: Path) -> None:
    names = []
    for _ in range(4):
        library.save(parse("back 1m", name="Mine"))
        names.append(library.delete("Mine").name)
    assert names == ["mine.toml.bak", "mine.toml.2.bak", "mine.toml.3.bak", "mine.toml.4.bak"]
    assert sorted(path.name for path in directory.iterdir()) == sorted(names)


@pytest.mark.parametrize(
    "by_hand",
    [
        'name = "Mine"\nnotation = "back 5m"\n',
        'name = "Ours"\nnotation = "back 1m"\n',
        'name = "Mine"\ndescription = "slow"\nnotation = "back 1m"\n',
    ],
)
def test_a_file_that_was_edited_after_it_was_read_is_overwritten_only_with_a_backup(
    library: WorkoutLibrary, directory: Path, by_hand: str
) -> None:
    read = library.save(parse("back 1m", name="Mine"))
    path, mine = directory / "mine.toml", parse("back 2m", name="Mine", workout_id="mine")
    path.write_text(f"# by hand\n{by_hand}")
    with pytest.raises(ChangedWorkoutError, match="was changed in the meantime") as refused:
        library.save(mine, read)
    assert path.read_text() == f"# by hand\n{by_hand}"
    assert refused.value.now.id == "mine"
    library.save(mine, refused.value.now, backup=True)
    assert library.get("mine") == mine
    assert path.read_text().startswith("# by hand\n")
    assert (directory / "mine.toml.bak").read_text() == f"# by hand\n{by_hand}"


def test_a_comment_added_by_hand_is_no_other_workout(library: WorkoutLibrary, directory: Path) -> None:
    read = library.save(parse("back 1m", name="Mine"))
    path = directory / "mine.toml"
    path.write_text(f"# by hand\n{path.read_text()}")
    library.save(parse("back 2m", name="Mine", workout_id="mine"), read)
    assert path.read_text().startswith("# by hand\n")
    assert list(directory.iterdir()) == [path]


def test_a_file_that_is_deleted_while_its_workout_is_edited_is_made_again(
    library: WorkoutLibrary, directory: Path
) -> None:
    read = library.save(parse("back 1m", name="Mine"))
    (directory / "mine.toml").unlink()
    assert library.save(parse("back 2m", name="Mine", workout_id="mine"), read).id == "mine"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="there are no links here")
def test_a_link_to_nowhere_hides_no_change_of_other_files(library: WorkoutLibrary, directory: Path) -> None:
    for name in ("One", "Two", "Three"):
        library.save(parse("back 1m", name=name))
    (directory / "a.toml").symlink_to(directory / "nowhere.toml")
    for path in sorted(directory.glob("t*.toml")):
        before = library.stamp()
        path.write_text(path.read_text() + "# edited")
        assert library.stamp() != before
