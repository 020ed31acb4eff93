"""An unsaved session is written where it can be imported; where nothing can be written, it is printed."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from typing import TYPE_CHECKING, Never, Self

import pytest
from msgspec.structs import replace

from retro_timer.session.history import Feedback
from retro_timer.storage.rescue import Unsaved, rescue
from retro_timer.storage.transfer import read_json
from tests.storage.sessions import MORNING, stored_session

if TYPE_CHECKING:
    from pathlib import Path

LATER = MORNING + timedelta(hours=1)


def unsaved() -> Unsaved:
    one = stored_session()
    return Unsaved(replace(one, summary=replace(one.summary, feedback=Feedback(note="wët"))), "the disk is full")


def files_in(directory: Path) -> list[Path]:
    return list(directory.glob("retro-timer-session-*.json"))


def test_it_is_written_to_the_directory_of_the_login_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    lost = unsaved()
    lines = rescue(lost, LATER)
    (file,) = files_in(tmp_path)
    (line,) = lines
    assert line == (
        f"retro-timer: NOT saved: the disk is full. The session is in {file}: before the next restart, run retro-timer "
        f"import {file}"
    )
    assert file.stat().st_mode & 0o077 == 0
    assert file.read_bytes().isascii()
    assert read_json(file, LATER).sessions == [lost.session]


@pytest.mark.parametrize("runtime", ["", "missing", None])
def test_without_one_it_is_written_to_the_directory_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: str | None
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    if runtime is not None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime and str(tmp_path / runtime))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    lines = rescue(unsaved(), LATER)
    (file,) = files_in(tmp_path)
    assert [str(file) in line for line in lines] == [True]


def test_where_nothing_can_be_written_it_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "missing"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    lost = unsaved()
    message, line = rescue(lost, LATER)
    assert message == (
        "retro-timer: NOT saved: the disk is full. The next line is the session: save it to a file, and retro-timer "
        "import FILE adds it"
    )
    assert line.isascii()
    saved = tmp_path / "saved.json"
    saved.write_text(line)
    assert read_json(saved, LATER).sessions == [lost.session]


def test_a_half_written_file_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            """Nothing is open."""

        def write(self, _: str) -> Never:
            raise OSError(28, "No space left on device")

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("os.fdopen", lambda *_, **__: Full())
    assert len(rescue(unsaved(), LATER)) == 2
    assert files_in(tmp_path) == []
