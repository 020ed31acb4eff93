"""Labels before a session: which are rendered, and that nothing that goes wrong holds the session up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.audio import label_clips
from retro_timer.audio.label_clips import LabelClips
from retro_timer.cli import walk
from retro_timer.cli.main import run_command_line
from retro_timer.runtime.wiring import Setup
from retro_timer.scheduling.notation import parse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from retro_timer.scheduling.model import Workout

LABELLED = '2x(back 10s "eyes up", turn 5s), fwd 10s "drink"'


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_clips, "missing_packages", tuple)
    monkeypatch.setattr("retro_timer.config.paths.label_cache", lambda: tmp_path / "labels")
    monkeypatch.setenv("RETRO_TIMER_CONFIG_DIR", str(tmp_path / "config"))


def setup(tmp_path: Path, audio: str | None = "miniaudio", *, rehearse: int | None = None) -> Setup:
    return Setup(data_dir=str(tmp_path / "data"), audio=audio, rehearse=rehearse)


def test_each_label_is_rendered_once(tmp_path: Path) -> None:
    assert setup(tmp_path).unrendered_labels(parse(LABELLED)) == ("drink", "eyes up")
    assert setup(tmp_path).unrendered_labels(parse("back 10s, fwd 10s")) == ()


@pytest.mark.parametrize("audio", ["off", "bell"])
def test_none_is_where_nothing_speaks(audio: str, tmp_path: Path) -> None:
    assert setup(tmp_path, audio).unrendered_labels(parse(LABELLED)) == ()
    assert setup(tmp_path, None, rehearse=60).unrendered_labels(parse(LABELLED)) == ()


def test_none_is_if_labels_are_not_to_be_spoken(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("[sound]\nspeak_labels = false\n", encoding="utf-8")
    assert setup(tmp_path).unrendered_labels(parse(LABELLED)) == ()


def test_a_failure_is_logged_and_the_session_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(LabelClips, "render", fail)
    made = setup(tmp_path)
    made.render_labels(["drink"])
    assert any("labels could not be rendered" in line for line in made.log.lines())


def test_the_command_line_renders_them_before_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    happened: list[object] = []

    def render(_clips: LabelClips, labels: Sequence[str]) -> int:
        happened.append(tuple(labels))
        return len(labels)

    def line_by_line(_setup: Setup, workout: Workout, *, as_json: bool) -> int:
        happened.append(workout.total_seconds)
        return int(as_json)

    monkeypatch.setattr(LabelClips, "render", render)
    monkeypatch.setattr(walk, "line_by_line", line_by_line)
    arguments = ["run", LABELLED, "--plain", "--audio", "miniaudio", "--data-dir", str(tmp_path / "data")]
    assert run_command_line(arguments) == 0
    assert happened == [("drink", "eyes up"), 40]
    assert "rendering the labels" in capsys.readouterr().err
