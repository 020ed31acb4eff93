"""Exports to files: whole or not at all, never over a file of the walker, every error one clause."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Never

import pytest

from retro_timer.errors import UserError
from retro_timer.formats.export import Export, ExportError, export_to_file, typed_path
from retro_timer.scheduling.errors import WorkoutError

MADE = Export(b"made", ("a note", "another"))


def never() -> Never:
    raise AssertionError("made in vain")


def test_an_export_is_written_and_returned_with_its_notes(tmp_path: Path) -> None:
    export = export_to_file(tmp_path / "walk.json", lambda: MADE)
    assert (tmp_path / "walk.json").read_bytes() == b"made"
    assert export.remarks == "; a note; another"


def test_an_existing_file_is_kept_unless_forced(tmp_path: Path) -> None:
    file = tmp_path / "walk.json"
    file.write_bytes(b"mine")
    with pytest.raises(ExportError, match=r"walk\.json already exists: choose another name$"):
        export_to_file(file, never)
    with pytest.raises(ExportError, match=r"already exists: --force replaces it$"):
        export_to_file(file, never, otherwise="--force replaces it")
    assert file.read_bytes() == b"mine"
    export_to_file(file, lambda: MADE, force=True)
    assert file.read_bytes() == b"made"


def test_a_file_that_appears_while_the_export_is_made_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "walk.json"

    def make() -> Export:
        file.write_bytes(b"mine")
        return MADE

    with pytest.raises(ExportError, match="already exists"):
        export_to_file(file, make)
    assert file.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("place", ["nowhere/walk.json", f"{'x' * 300}.json"])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, place: str) -> None:
    with pytest.raises(ExportError, match=r"\.json cannot be written: [a-z]"):
        export_to_file(tmp_path / place, lambda: MADE)


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> Never:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("retro_timer.files.atomic.os.fsync", full)
    with pytest.raises(ExportError, match=r"walk\.json cannot be written: no space left on device$"):
        export_to_file(tmp_path / "walk.json", lambda: MADE)
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_made_writes_nothing(tmp_path: Path) -> None:
    def refused() -> Never:
        raise WorkoutError("no")

    with pytest.raises(UserError, match=r"^no$"):
        export_to_file(tmp_path / "walk.json", refused)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("typed", ["", "a\0.zwo"])
def test_what_is_not_the_name_of_a_file_is_refused(typed: str) -> None:
    with pytest.raises(ExportError, match=r"^expected the name of a file such as walk\.zwo$"):
        typed_path(typed, "walk.zwo")


def test_a_typed_path_may_begin_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/walker")
    assert typed_path("~/a.zwo", "walk.zwo") == Path("/home/walker/a.zwo")
    with pytest.raises(ExportError, match="there is no home directory"):
        typed_path("~nobody-of-this-name/a.zwo", "walk.zwo")
