"""The report of `doctor` about the sound, without playing any."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest

import retro_timer
from retro_timer.audio.choose import Found
from retro_timer.audio.doctor import SoundReport, report
from retro_timer.audio.library import UnusableClip, slug
from retro_timer.audio.options import SoundOptions
from retro_timer.session.languages import english as phrases
from retro_timer.session.ports import VOICES

FOUND = (
    Found("miniaudio", usable=True, version="1.61"),
    Found("simpleaudio", usable=False, missing="simpleaudio is not installed."),
    Found("system", usable=True, version="paplay"),
)


@pytest.mark.parametrize(
    ("backend", "line"),
    [
        ("auto", "metronome: available"),
        ("system", "metronome: none; only miniaudio can click under the cues"),
        ("off", "metronome: none; only miniaudio can click under the cues"),
    ],
)
def test_it_says_whether_there_is_a_metronome(backend: str, line: str) -> None:
    assert line in list(report(SoundOptions(backend), find=lambda: FOUND).lines())


def test_it_names_the_version_of_python_and_the_platform() -> None:
    found = report(SoundOptions(), find=lambda: FOUND)
    assert (found.python, found.platform) == (platform.python_version(), sys.platform)


def lines_about_voices(found: SoundReport) -> list[str]:
    return [line for line in found.lines() if line.startswith("voice")]


@pytest.mark.parametrize("voice", VOICES)
def test_it_names_the_voice_and_finds_nothing_wrong_with_the_clips(voice: str) -> None:
    assert lines_about_voices(report(SoundOptions(voice=voice), find=lambda: FOUND)) == [f"voice: {voice}"]


def test_it_names_unusable_clips_and_the_voice_that_is_heard_instead() -> None:
    clips = (("heart", "One."), ("heart", "Two."), ("michael", "Two."), ("michael", "Three."))
    unusable = tuple(UnusableClip(voice, phrase, "it is damaged") for voice, phrase in clips)
    found = SoundReport(
        (), (), "", far_end=False, voice="heart", unusable=unusable, speech=None, lacking=(), python="", platform=""
    )
    assert lines_about_voices(found) == [
        "voice: heart",
        "voice heart: the clip of 'One.' cannot be read: it is damaged; michael says it",
        "voice heart: the clip of 'Two.' cannot be read: it is damaged; no voice says it",
        "voice michael: the clip of 'Two.' cannot be read: it is damaged; no voice says it",
        "voice michael: the clip of 'Three.' cannot be read: it is damaged; heart says it",
    ]


class TestDamagedPackage:
    """The real program, with clips missing and damaged."""

    @pytest.fixture
    def package(self, tmp_path: Path) -> Path:
        copy = tmp_path / "package" / "retro_timer"
        shutil.copytree(Path(retro_timer.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
        return copy

    def doctor(self, package: Path, *arguments: str) -> str:
        home = package.parent
        own = {
            "PYTHONPATH": str(home),
            "RETRO_TIMER_DATA_DIR": str(home / "data"),
            "RETRO_TIMER_CONFIG_DIR": str(home / "config"),
        }
        result = subprocess.run(
            [sys.executable, "-m", "retro_timer", "doctor", "--silent", *arguments],
            env={**os.environ, **own},
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout

    @pytest.mark.parametrize(("voice", "other"), list(permutations(VOICES, 2)))
    def test_missing_and_damaged_clips_are_named_and_said_by_the_other_voice(
        self, package: Path, voice: str, other: str
    ) -> None:
        folder = package / "audio" / "assets" / "voice" / "en" / voice
        (folder / f"{slug(phrases.STEP_OFF)}.flac").unlink()
        (folder / f"{slug(phrases.HOLD_RAIL)}.flac").write_bytes(b"fLaC")
        said = self.doctor(package, "--voice", voice).splitlines()
        assert {line for line in said if line.startswith("voice")} == {
            f"voice: {voice}",
            f"voice {voice}: the clip of {phrases.STEP_OFF!r} cannot be read: it is missing; {other} says it",
            f"voice {voice}: the clip of {phrases.HOLD_RAIL!r} cannot be read: it is not a FLAC file; {other} says it",
        }

    @pytest.mark.parametrize("voice", VOICES)
    def test_of_a_missing_folder_some_clips_are_named_and_the_rest_counted(self, package: Path, voice: str) -> None:
        shutil.rmtree(package / "audio" / "assets" / "voice" / "en" / voice)
        count = len(phrases.every_phrase())
        lines = [line for line in self.doctor(package).splitlines() if line.startswith(f"voice {voice}")]
        assert len(lines) == 6
        assert lines[-1] == f"voice {voice}: {count - 5} more clips cannot be read"
        unusable = json.loads(self.doctor(package, "--json"))["unusable"]
        assert len(unusable) == count
        assert unusable[0] == {"voice": voice, "phrase": phrases.every_phrase()[0], "reason": "it is missing"}
