"""Sockets of running sessions: who can reach them, what killed processes left, and directories that cannot be used."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from retro_timer.config.paths import PathsError, find_runtime_directory
from retro_timer.errors import UserError
from retro_timer.remote.address import Address, UnreachableError, addresses, connect, listen


@pytest.mark.parametrize("unix", [True, False])
def test_a_session_is_found_and_reached_by_its_owner_only(tmp_path: Path, unix: bool) -> None:
    directory = tmp_path / "above" / "run"
    listening = listen(directory, unix=unix)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(listening.path.stat().st_mode) == 0o600
    [found] = addresses(directory)
    assert (found.process, found.session) == (os.getpid(), listening.session)
    connection, token = connect(found)
    assert token == listening.token
    connection.close()
    listening.close()
    assert addresses(directory) == []


def test_two_sessions_have_two_ids(tmp_path: Path) -> None:
    first, second = listen(tmp_path / "run"), listen(tmp_path / "run")
    assert {each.session for each in addresses(tmp_path / "run")} == {first.session, second.session}
    first.close()
    second.close()


def test_a_path_that_is_too_long_for_a_socket(tmp_path: Path) -> None:
    """Linux reaches it through the open directory; elsewhere the session says that it cannot be followed."""
    directory = tmp_path / ("d" * 100) / "run"
    if not Path("/proc/self/fd").is_dir():
        with pytest.raises(UnreachableError):
            listen(directory)
        return
    listening = listen(directory)
    connect(addresses(directory)[0])[0].close()
    listening.close()


@pytest.mark.parametrize("name", ["12-ab.sock", "12-ab.json"])
def test_what_a_killed_process_left_is_removed(tmp_path: Path, name: str) -> None:
    directory = tmp_path / "run"
    directory.mkdir(mode=0o700)
    left = directory / name
    if name.endswith("json"):
        left.write_text('{"port": 1, "token": "x"}')
    else:
        script = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()"
        subprocess.run([sys.executable, "-c", script, name], check=True, cwd=directory, timeout=60)
    assert addresses(directory) == [Address(left, 12, "ab")]
    listen(directory).close()
    assert list(directory.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", '{"port": 99999999, "token": "x"}', '{"port": "1"}', "x" * 100_000])
def test_a_token_file_that_is_none_is_removed_or_reported(tmp_path: Path, content: str) -> None:
    directory = tmp_path / "run"
    directory.mkdir(mode=0o700)
    (directory / "1-ab.json").write_text(content)
    with pytest.raises(UnreachableError):
        connect(addresses(directory)[0])


@pytest.mark.parametrize(
    "name", ["x", "x.sock", "12.sock", "-ab.sock", "12-.sock", "a-b.sock", "12-a/b.sock", "1-a.new"]
)
def test_other_files_are_no_sessions(tmp_path: Path, name: str) -> None:
    assert Address.of(tmp_path / name) is None


def test_a_directory_that_others_can_use_is_refused(tmp_path: Path) -> None:
    directory = tmp_path / "run"
    directory.mkdir()
    directory.chmod(0o755)
    with pytest.raises(UnreachableError, match="chmod 700"):
        listen(directory)
    assert addresses(directory) == []


def test_a_directory_in_one_that_others_can_change_is_refused(tmp_path: Path) -> None:
    above = tmp_path / "above"
    above.mkdir()
    above.chmod(0o777)
    with pytest.raises(UnreachableError, match="others can change"):
        listen(above / "run")
    above.chmod(0o1777)
    listen(above / "run").close()


def test_a_directory_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "run"
    directory.mkdir(mode=0o700)
    monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)
    with pytest.raises(UnreachableError, match="belongs to another user"):
        listen(directory)


def test_a_link_to_a_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "run").symlink_to(tmp_path / "real")
    with pytest.raises(UnreachableError, match="not a directory"):
        listen(tmp_path / "run")


def test_a_file_in_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(UserError):
        listen(tmp_path / "run")


def test_a_file_system_without_sockets_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoSockets(socket.socket):
        def bind(self, _address: object) -> None:
            raise OSError(95, "Operation not supported")

    monkeypatch.setattr("socket.socket", NoSockets)
    with pytest.raises(UnreachableError, match="operation not supported"):
        listen(tmp_path / "run")
    assert list((tmp_path / "run").iterdir()) == []


def test_the_directory_comes_from_the_environment_or_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETRO_TIMER_RUNTIME_DIR", str(tmp_path / "run"))
    assert find_runtime_directory() == tmp_path / "run"
    monkeypatch.setenv("RETRO_TIMER_RUNTIME_DIR", " ")
    with pytest.raises(PathsError):
        find_runtime_directory()
    monkeypatch.delenv("RETRO_TIMER_RUNTIME_DIR")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert find_runtime_directory() == tmp_path / "retro-timer"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "missing"))
    assert find_runtime_directory().name.startswith("retro-timer")
