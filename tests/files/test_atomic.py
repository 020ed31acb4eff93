"""New files have their name only once they are whole, and never take the name of another."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from retro_timer.files.atomic import create_atomic, move_to_free

if TYPE_CHECKING:
    from collections.abc import Callable

FILE_SYSTEMS = pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])


def denied(*_: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


def make(links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it a file system with or without links."""
    if not links:
        monkeypatch.setattr(os, "link", denied)


@FILE_SYSTEMS
def test_a_new_file_is_private_and_whole(links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(links, monkeypatch)
    create_atomic(tmp_path / "new", b"all of it")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    assert (tmp_path / "new").read_bytes() == b"all of it"
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


@FILE_SYSTEMS
def test_a_name_that_is_taken_stays_with_its_file(links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(links, monkeypatch)
    for name in ("one", "two"):
        (tmp_path / name).write_text(name)
    with pytest.raises(FileExistsError):
        create_atomic(tmp_path / "one", b"new")
    with pytest.raises(FileExistsError):
        move_to_free(tmp_path / "one", tmp_path / "two")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"one": "one", "two": "two"}


@FILE_SYSTEMS
def test_a_file_gets_a_free_name(links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(links, monkeypatch)
    (tmp_path / "old").write_text("kept")
    move_to_free(tmp_path / "old", tmp_path / "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"new": "kept"}


@pytest.mark.parametrize("at", ["fsync", "link"])
def test_a_process_that_is_killed_leaves_no_name_without_its_data(
    at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    does: Callable[..., None] = getattr(os, at)
    seen: list[dict[str, bytes]] = []

    def look() -> None:
        seen.append({path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.name.startswith(".")})

    def doing(*given: object) -> None:
        look()
        does(*given)
        look()

    monkeypatch.setattr(os, at, doing)
    create_atomic(tmp_path / "new", b"all of it")
    assert {} in seen
    assert all(files in ({}, {"new": b"all of it"}) for files in seen)


@FILE_SYSTEMS
def test_a_file_that_cannot_be_renamed_keeps_its_name(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(links, monkeypatch)
    (tmp_path / "old").write_text("kept")
    unlink = Path.unlink

    monkeypatch.setattr(Path, "unlink", lambda path: denied() if path.name == "old" else unlink(path))
    monkeypatch.setattr(Path, "replace", denied)
    with pytest.raises(PermissionError):
        move_to_free(tmp_path / "old", tmp_path / "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"old": "kept"}
