"""What doctor says of the sound without making one."""

from __future__ import annotations

import pytest

from retro_timer.audio.choose import Found
from retro_timer.audio.doctor import report
from retro_timer.audio.options import SoundOptions

FOUND = (
    Found("miniaudio", usable=True, version="1.61"),
    Found("simpleaudio", usable=False, missing="simpleaudio is not installed."),
    Found("system", usable=True, version="paplay"),
)


@pytest.mark.parametrize(
    ("backend", "line"),
    [
        ("auto", "metronome: there is one"),
        ("system", "metronome: none: only miniaudio can click beneath the cues"),
        ("off", "metronome: none: only miniaudio can click beneath the cues"),
    ],
)
def test_it_says_whether_there_is_a_metronome(backend: str, line: str) -> None:
    assert line in list(report(SoundOptions(backend), look=lambda: FOUND).lines())
