"""Links and pipes planted by others under our names are not followed; the walker's own links are."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from retro_timer.config.paths import open_to_others
from retro_timer.config.settings_file import SettingsFile
from retro_timer.files.atomic import open_own, write_atomic
from retro_timer.runtime.log import Log
from retro_timer.storage.open import FILE_NAME
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, stored_session

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
KINDS = ("symlink", "dangling", "hard link", "pipe")


def plant(kind: str, path: Path, victim: Path) -> None:
    if kind == "hard link":
        path.hardlink_to(victim)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(victim if kind == "symlink" else victim.with_name("not-there"))


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    path = tmp_path / "victim"
    path.write_text("precious")
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    path.mkdir()
    return path


def is_untouched(victim: Path) -> bool:
    return victim.read_text() == "precious" and not victim.with_name("not-there").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_the_log_is_not_written_to_a_planted_file(place: Path, victim: Path, kind: str) -> None:
    plant(kind, place / "retro-timer.log", victim)
    log = Log(place / "retro-timer.log", lambda: MORNING)
    log.say("a line")
    assert "the log cannot be written: " in log.problem
    assert log.lines() == []
    assert is_untouched(victim)


def test_a_private_log_is_written_as_usual(place: Path) -> None:
    log = Log(place / "retro-timer.log", lambda: MORNING)
    log.say("one")
    log.say("two")
    assert [line[-3:] for line in log.lines()] == ["one", "two"]
    assert stat.S_IMODE((place / "retro-timer.log").stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
def test_nothing_planted_next_to_the_history_is_written(place: Path, victim: Path, kind: str, suffix: str) -> None:
    with open_history(place, lambda: MORNING).history as history:
        history.add(stored_session())
    plant(kind, place / f"{FILE_NAME}{suffix}", victim)
    opened = open_history(place, lambda: MORNING)
    with opened.history as history:
        history.add(stored_session())
    assert "is not a file of its own" in opened.problem
    assert is_untouched(victim)


@pytest.mark.parametrize("kind", ["symlink", "dangling", "pipe"])
def test_a_history_that_links_to_another_file_leaves_that_file_alone(place: Path, victim: Path, kind: str) -> None:
    plant(kind, place / FILE_NAME, victim)
    with open_history(place, lambda: MORNING).history as history:
        history.add(stored_session())
    assert is_untouched(victim)


def test_a_linked_settings_file_stays_where_it_is(place: Path, tmp_path: Path) -> None:
    dotfiles = tmp_path / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "retro.toml").write_text("[sound]\n# mine\nmuted = false\n")
    (dotfiles / "link.toml").symlink_to("retro.toml")
    (place / "settings.toml").symlink_to("../dotfiles/link.toml")
    SettingsFile(place / "settings.toml").set({"sound.muted": "on"})
    assert (place / "settings.toml").is_symlink()
    assert (dotfiles / "link.toml").is_symlink()
    assert (dotfiles / "retro.toml").read_text() == "[sound]\n# mine\nmuted = true\n"
    assert sorted(path.name for path in dotfiles.iterdir()) == ["link.toml", "retro.toml"]


def test_a_link_to_a_missing_file_is_followed(place: Path, tmp_path: Path) -> None:
    (place / "settings.toml").symlink_to(tmp_path / "new.toml")
    write_atomic(place / "settings.toml", b"x")
    assert (tmp_path / "new.toml").read_bytes() == b"x"


def test_a_link_of_another_user_is_not_followed(place: Path, victim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "settings.toml").symlink_to(victim)
    os.chown(place / "settings.toml", 12345, -1, follow_symlinks=False) if os.geteuid() == 0 else monkeypatch.setattr(
        os, "geteuid", lambda: 12345
    )
    with pytest.raises(OSError, match="somebody else"):
        write_atomic(place / "settings.toml", b"x")
    assert is_untouched(victim)


def test_links_in_a_circle_and_what_is_no_file(place: Path) -> None:
    (place / "a").symlink_to(place / "b")
    (place / "b").symlink_to(place / "a")
    for name in ("a", "pipe", "directory"):
        if name == "pipe":
            os.mkfifo(place / name)
        elif name == "directory":
            (place / name).mkdir()
        with pytest.raises(OSError, match=r"."):
            write_atomic(place / name, b"x")
    assert sorted(path.name for path in place.iterdir()) == ["a", "b", "directory", "pipe"]


def test_an_own_regular_file_is_opened(place: Path) -> None:
    os.close(open_own(place / "fresh", os.O_WRONLY | os.O_CREAT))
    os.close(open_own(place / "fresh", os.O_RDONLY))


@pytest.mark.parametrize(
    ("mode", "says"), [(0o700, ""), (0o755, ""), (0o777, "other users can change"), (0o1777, "other users can change")]
)
def test_a_directory_that_others_can_write_to_is_named(place: Path, mode: int, says: str) -> None:
    place.chmod(mode)
    found = open_to_others(place)
    assert found.startswith(says)
    assert bool(found) == bool(says)
    store = Store(place, FakeClock(wall=MORNING), place)
    assert store.warnings == ((found,) if found else ())
    place.chmod(0o700)


def test_the_users_own_group_may_write(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.chmod(0o770)
    assert open_to_others(place) == ""  # made by this user, with this user's own group
    monkeypatch.setattr("retro_timer.config.paths._is_own_group", lambda _: False)
    assert "other users" in open_to_others(place)


def test_a_directory_of_another_user_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(place, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert "belongs to another user" in open_to_others(place)


def test_a_missing_directory_is_valid(place: Path) -> None:
    assert open_to_others(place / "not-yet") == ""
