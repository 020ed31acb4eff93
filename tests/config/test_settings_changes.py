"""Settings that are changed in two places at the same time: each change is made, and reported as it was made."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from retro_timer.config.settings import SettingsError
from retro_timer.config.settings_editing import edit_settings
from retro_timer.config.settings_file import SettingsFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROUNDS = 25
KEYS = ("session.lead_in", "session.reminder", "sound.voice_volume")
CHANGES_WHEN_ASKED = """
import sys
from pathlib import Path
from retro_timer.config.settings_file import SettingsFile, shown

file, key = SettingsFile(Path(sys.argv[1])), sys.argv[2]
print("ready", flush=True)
for line in sys.stdin:
    print(shown(file.set({key: line.strip()}).settings, key), flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def test_of_changes_by_several_processes_none_is_lost(path: Path) -> None:
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", CHANGES_WHEN_ASKED, str(path), key],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                )
            )
            for key in KEYS
        ]  # fmt: skip

        def answers() -> list[str]:
            return [process.stdout.readline().strip() for process in processes if process.stdout is not None]

        assert answers() == ["ready"] * len(KEYS)
        for number in range(ROUNDS):
            wanted = [str(number + 5 + index) for index, _ in enumerate(KEYS)]
            for process, value in zip(processes, wanted, strict=True):
                assert process.stdin is not None
                process.stdin.write(f"{value}\n")
                process.stdin.flush()
            assert answers() == wanted
            settings = SettingsFile(path).load().settings
            assert [str(settings.value(key)) for key in KEYS] == wanted


def writing(text: str) -> Callable[[Path], object]:
    """An editor that replaces the whole text."""
    return lambda copy: copy.write_text(text)


def test_an_edit_is_saved_and_leaves_no_copy(path: Path) -> None:
    SettingsFile(path).set({"sound.ticks": "4"})
    assert edit_settings(path, writing("# mine\n[sound]\nticks = 5\n")) == []
    assert path.read_text() == "# mine\n[sound]\nticks = 5\n"
    assert list(path.parent.iterdir()) == [path]


def test_an_edit_of_nothing_says_so(path: Path) -> None:
    assert edit_settings(path, lambda _copy: None) == [
        "nothing was changed; if your editor opens its own window, make it wait (code --wait)"
    ]
    assert list(path.parent.iterdir()) == [path]


def test_settings_changed_while_the_editor_is_open_are_kept(path: Path) -> None:
    file = SettingsFile(path)
    file.set({"sound.ticks": "4", "session.lead_in": "7", "look.theme": "amber"})

    def editor(copy: Path) -> None:
        file.set({"session.lead_in": "8", "session.reminder": "20", "sound.ticks": "6"})
        file.unset("look.theme")
        copy.write_text(f"# by hand\n{copy.read_text().replace('ticks = 4', 'ticks = 5')}")

    assert edit_settings(path, editor) == [
        "meanwhile, look.theme was reset; that was kept",
        "meanwhile, session.lead_in was set to 8; that was kept",
        "meanwhile, session.reminder was set to 20; that was kept",
        "meanwhile, sound.ticks was set to 6; your edit replaced that",
    ]
    settings = file.load().settings
    assert (settings.session.lead_in, settings.session.reminder, settings.sound.ticks) == (8, 20, 5)
    assert settings.look.theme != "amber"
    assert path.read_text().startswith("# by hand\n")
    assert list(path.parent.iterdir()) == [path]


def test_two_versions_that_cannot_be_joined_are_both_kept(path: Path) -> None:
    file = SettingsFile(path)
    file.set({"sound.ticks": "4"})

    def editor(copy: Path) -> None:
        file.set({"sound.ticks": "6"})
        copy.write_text("[sound\n")

    backup = path.with_name("settings.toml.bak")
    assert edit_settings(path, editor) == [f"the file was also changed elsewhere: that version is kept as {backup}"]
    assert path.read_text() == "[sound\n"
    assert SettingsFile(backup).load().settings.sound.ticks == 6


def test_an_edit_that_cannot_be_saved_is_kept_in_the_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SettingsFile(path).set({"sound.ticks": "4"})

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("retro_timer.files.atomic.os.fsync", full)
    with pytest.raises(SettingsError, match="no space left on device; what you wrote is in ") as refused:
        edit_settings(path, writing("[sound]\nticks = 5\n"))
    (copy,) = set(path.parent.iterdir()) - {path}
    assert str(copy) in str(refused.value)
    assert copy.read_text() == "[sound]\nticks = 5\n"


def test_an_editor_that_fails_leaves_everything_as_it_is(path: Path) -> None:
    SettingsFile(path).set({"sound.ticks": "4"})

    def fails(_copy: Path) -> None:
        raise RuntimeError("no such editor")

    with pytest.raises(RuntimeError):
        edit_settings(path, fails)
    assert list(path.parent.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_reported_in_one_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SettingsFile(path).set({"sound.ticks": "4"})

    def read_only(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", read_only)
    with pytest.raises(SettingsError, match="cannot be written: permission denied"):
        edit_settings(path, writing(""))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_instead_of_the_file_is_neither_waited_for_nor_edited(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    with pytest.raises(SettingsError, match="cannot be read: this is not a regular file"):
        edit_settings(path, writing(""))


def test_a_file_that_is_too_large_is_not_copied(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(SettingsError, match="it has more than 1 MB"):
        edit_settings(path, writing(""))
    assert list(path.parent.iterdir()) == [path]


def test_an_editor_that_removes_the_copy_changes_nothing(path: Path) -> None:
    SettingsFile(path).set({"sound.ticks": "4"})
    before = path.read_bytes()
    with pytest.raises(SettingsError, match="has been removed: nothing was changed"):
        edit_settings(path, lambda copy: copy.unlink())
    assert path.read_bytes() == before


def test_an_editor_that_fails_after_saving_leaves_what_was_written(path: Path) -> None:
    SettingsFile(path).set({"sound.ticks": "4"})

    def editor(copy: Path) -> None:
        copy.write_text("[sound]\nticks = 5\n")
        raise OSError("vi: editing failed")

    with pytest.raises(SettingsError, match=r"^vi: editing failed; what you wrote is in .*settings-") as failed:
        edit_settings(path, editor)
    (copy,) = [other for other in path.parent.iterdir() if other != path]
    assert str(copy) in str(failed.value)
    assert copy.read_text() == "[sound]\nticks = 5\n"
