"""The player programs of the system: shell scripts in their place write down what they were given."""

from __future__ import annotations

import sys
import tempfile
import wave
from array import array
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio.backends import NoOutputError, UnavailableError, system
from retro_timer.audio.backends.system import ProgramPlayback, ProgramSpeaker, SystemSpeaker
from tests.audio.waiting import eventually

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")
SAMPLES = array("h", range(-400, 400))


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of programs, the only one on the path; its `temporary` is where WAV files are written."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(system, "_TRIAL_S", 60)  # a shell may take long to start on a busy machine
    return tmp_path


def install(programs: Path, name: str, body: str) -> None:
    program = programs / name
    program.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    program.chmod(0o755)


def ended(playback: ProgramPlayback) -> int:
    return playback.process.wait(20)


def test_the_first_player_that_works_is_used_and_takes_raw_samples(programs: Path) -> None:
    install(programs, "paplay", f"/bin/cat > {programs}/heard; exit 1")
    install(programs, "aplay", f'echo "$@" > {programs}/arguments; exec /bin/cat > {programs}/heard')
    speaker = SystemSpeaker()
    with pytest.raises(NoOutputError, match="No system player was found yet"):
        speaker.start(SAMPLES)
    assert speaker.open() == "aplay"
    assert speaker.latency_ms == 40
    assert len((programs / "heard").read_bytes()) == 2 * 16_000 // 50  # the trial is 20 ms of silence
    playback = speaker.start(SAMPLES)
    assert isinstance(playback, ProgramPlayback)
    assert ended(playback) == 0
    assert (programs / "heard").read_bytes() == SAMPLES.tobytes()
    assert (programs / "arguments").read_text("utf-8") == "-q -t raw -f S16_LE -r 16000 -c 1\n"
    assert playback.failure == ""


@pytest.mark.parametrize(
    ("name", "latency"), [("paplay", 10), ("aplay", 40), ("pw-play", 60), ("afplay", 100), ("other", 60)]
)
def test_a_player_is_started_earlier_by_what_it_takes_to_start(name: str, latency: float, programs: Path) -> None:
    assert ProgramSpeaker(name, str(programs / name)).latency_ms == latency


def test_a_player_of_files_gets_a_wav_which_is_deleted(programs: Path) -> None:
    install(programs, "pw-play", f'exec /bin/cat "$1" > {programs}/heard')
    playback = ProgramSpeaker("pw-play", str(programs / "pw-play")).start(SAMPLES)
    assert ended(playback) == 0
    with wave.open(str(programs / "heard")) as reader:
        assert (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) == (1, 2, 16_000)
        assert reader.readframes(reader.getnframes()) == SAMPLES.tobytes()
    eventually(lambda: not list((programs / "temporary").iterdir()))


def test_its_file_is_there_as_long_as_the_player_runs(programs: Path) -> None:
    waits = f"/bin/touch {programs}/runs; until [ -e {programs}/go ]; do /bin/sleep 0.01; done"
    install(programs, "pw-play", f'{waits}; exec /bin/cat "$1" > {programs}/heard')
    playback = ProgramSpeaker("pw-play", str(programs / "pw-play")).start(SAMPLES)
    eventually((programs / "runs").exists)
    assert len(list((programs / "temporary").iterdir())) == 1
    (programs / "go").touch()
    assert ended(playback) == 0
    eventually(lambda: not list((programs / "temporary").iterdir()))


def test_a_trial_may_take_five_seconds(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    waited: list[float] = []

    def wait(seconds: float) -> int:
        waited.append(seconds)
        return 0

    def start(_: ProgramSpeaker, samples: array[int]) -> SimpleNamespace:
        assert samples == array("h", bytes(2 * 320))
        return SimpleNamespace(process=SimpleNamespace(wait=wait))

    monkeypatch.setattr(ProgramSpeaker, "start", start)
    assert SystemSpeaker().latency_ms == 0
    assert ProgramSpeaker("aplay", str(programs / "aplay")).open() == "aplay"
    assert waited == [5]


def test_without_a_player_that_works_each_says_why(programs: Path) -> None:
    with pytest.raises(UnavailableError, match=r"None of .* is installed\."):
        SystemSpeaker().open()
    install(programs, "paplay", "exit 3")
    install(programs, "aplay", "exit 4")
    with pytest.raises(NoOutputError, match=r"paplay found no output \(exit 3\)\. aplay found no output \(exit 4\)\."):
        SystemSpeaker().open()
    with pytest.raises(NoOutputError, match="nothing cannot be started: no such file"):
        ProgramSpeaker("nothing", str(programs / "nothing")).start(SAMPLES)


def test_a_player_that_does_not_end_is_stopped(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_TRIAL_S", 0.05)
    started: list[ProgramPlayback] = []
    start = ProgramSpeaker.start

    def noted(speaker: ProgramSpeaker, samples: array[int]) -> ProgramPlayback:
        started.append(start(speaker, samples))
        return started[-1]

    monkeypatch.setattr(ProgramSpeaker, "start", noted)
    install(programs, "aplay", "exec /bin/sleep 60")
    with pytest.raises(NoOutputError, match="aplay does not stop"):
        SystemSpeaker().open()
    assert ended(started[0]) == -9


def test_a_player_that_fails_says_so_and_one_that_was_stopped_does_not(programs: Path) -> None:
    install(programs, "aplay", "exit 5")
    failed = ProgramSpeaker("aplay", str(programs / "aplay")).start(SAMPLES)
    ended(failed)
    assert failed.failure == "The system player ended with 5."
    install(programs, "aplay", "exec /bin/sleep 60")
    stopped = ProgramSpeaker("aplay", str(programs / "aplay")).start(SAMPLES)
    assert stopped.failure == ""  # it is playing
    stopped.stop()
    ended(stopped)
    assert stopped.failure == ""
