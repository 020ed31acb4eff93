"""Directories: by option, by the environment, or the system's own; finding them creates nothing."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from retro_timer.config.paths import PathsError, find_paths, label_cache, make_private
from retro_timer.files.atomic import write_atomic

needs_posix = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")


def test_the_option_wins_over_the_environment(tmp_path: Path) -> None:
    environ = {"RETRO_TIMER_DATA_DIR": str(tmp_path / "env"), "RETRO_TIMER_CONFIG_DIR": str(tmp_path / "config")}
    assert find_paths(environ=environ).data == tmp_path / "env"
    asked = find_paths(tmp_path / "asked", environ)
    assert (asked.data, asked.config) == (tmp_path / "asked", tmp_path / "config")


def test_every_file_is_in_one_of_the_two_directories(tmp_path: Path) -> None:
    paths = find_paths(tmp_path / "d", {"RETRO_TIMER_CONFIG_DIR": str(tmp_path / "c")})
    assert paths.settings == tmp_path / "c" / "settings.toml"
    assert paths.workouts == tmp_path / "c" / "workouts"
    assert {paths.history.parent, paths.log.parent} == {tmp_path / "d"}


def test_without_either_the_systems_directory_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    paths = find_paths(environ={})
    assert paths.config.name == "retro-timer"
    assert paths.data.name == "retro-timer"
    assert paths.config.is_relative_to(tmp_path) or sys.platform == "win32"


def test_finding_the_paths_creates_nothing(tmp_path: Path) -> None:
    find_paths(tmp_path / "d", {"RETRO_TIMER_CONFIG_DIR": str(tmp_path / "c")})
    assert list(tmp_path.iterdir()) == []


def test_a_relative_directory_is_taken_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_paths("walks", {"RETRO_TIMER_CONFIG_DIR": "c"}).data == tmp_path / "walks"


@pytest.mark.parametrize("directory", ["", "  ", "a\0b", "~nobody-has-this-name/x"])
def test_an_invalid_directory_is_refused_in_one_line(directory: str) -> None:
    with pytest.raises(PathsError) as refused:
        find_paths(directory, {"RETRO_TIMER_CONFIG_DIR": "c"})
    assert "--data-dir" in str(refused.value)
    assert str(refused.value).isprintable()


def test_a_user_without_a_home_learns_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    # What older versions of platformdirs return for a user whom the system does not know.
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: Path("~/.local/share/retro-timer"))
    with pytest.raises(PathsError, match="set RETRO_TIMER_DATA_DIR"):
        find_paths(environ={"RETRO_TIMER_CONFIG_DIR": "c"})


@needs_posix
def test_nor_has_a_user_whom_the_system_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    with pytest.raises(PathsError, match="set RETRO_TIMER_DATA_DIR"):
        find_paths(environ={"RETRO_TIMER_CONFIG_DIR": "c"})
    with pytest.raises(PathsError, match="set RETRO_TIMER_CONFIG_DIR"):
        find_paths(environ={"RETRO_TIMER_DATA_DIR": "d"})
    assert label_cache() is None


def test_platformdirs_is_not_imported_when_the_environment_says_it_all(tmp_path: Path) -> None:
    code = (
        "import sys; from retro_timer.config import paths; paths.find_paths(); sys.exit('platformdirs' in sys.modules)"
    )
    environ = {**os.environ, "RETRO_TIMER_DATA_DIR": str(tmp_path), "RETRO_TIMER_CONFIG_DIR": str(tmp_path)}
    assert subprocess.run([sys.executable, "-c", code], env=environ, check=False).returncode == 0


@needs_posix
def test_a_new_directory_is_private(tmp_path: Path) -> None:
    made = make_private(tmp_path / "a" / "b")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert make_private(made) == made


@needs_posix
def test_an_existing_directory_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    (tmp_path / "shared").chmod(0o755)
    assert stat.S_IMODE(make_private(tmp_path / "shared").stat().st_mode) == 0o755


@pytest.mark.parametrize("below", ["", "deeper", "deeper/still"])
def test_a_file_instead_of_a_directory_is_reported_in_one_line(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(PathsError, match="a file is where a directory should be"):
        make_private(tmp_path / "file" / below)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_directory_without_permission_is_reported_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "mkdir", refuse)
    with pytest.raises(PathsError, match="cannot be made: permission denied"):
        make_private(tmp_path / "new")


def test_a_hostile_name_reaches_no_terminal(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PathsError) as refused:
        make_private(tmp_path / "file" / "a\x1b[31m\nb")
    assert str(refused.value).isprintable()


@needs_posix
def test_an_atomic_write_leaves_one_private_file(tmp_path: Path) -> None:
    target = tmp_path / "settings.toml"
    target.write_text("old")
    write_atomic(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [target]


@needs_posix
def test_an_atomic_write_follows_a_link(tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles"
    kept.mkdir()
    (kept / "mine.toml").write_text("old")
    link = tmp_path / "settings.toml"
    link.symlink_to(kept / "mine.toml")
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert (kept / "mine.toml").read_bytes() == b"new"


def test_a_failed_write_leaves_only_the_old_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def no_space(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "settings.toml"
    target.write_text("old")
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(target, b"new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
