"""The sound of Windows, where a stand-in for `winsound` plays."""

from __future__ import annotations

import io
import sys
import wave
from array import array
from queue import SimpleQueue
from types import SimpleNamespace
from typing import TYPE_CHECKING

from retro_timer.audio.backends import system
from retro_timer.audio.tones import SAMPLE_RATE

if TYPE_CHECKING:
    import pytest

SAMPLES = array("h", range(-400, 400))
FROM_MEMORY = 4


def test_samples_are_played_from_memory_and_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: SimpleQueue[tuple[bytes | None, int]] = SimpleQueue()
    winsound = SimpleNamespace(SND_MEMORY=FROM_MEMORY, PlaySound=lambda sound, flags: asked.put((sound, flags)))
    monkeypatch.setitem(sys.modules, "winsound", winsound)
    monkeypatch.setattr(system, "sys", SimpleNamespace(platform="win32"))
    speaker = system.WindowsSpeaker()
    assert (speaker.open(), speaker.latency_ms) == ("winsound", 50)
    playback = speaker.start(SAMPLES)
    sound, flags = asked.get(timeout=20)
    assert flags == FROM_MEMORY
    assert sound
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, SAMPLE_RATE)
        assert file.readframes(len(SAMPLES) + 1) == SAMPLES.tobytes()
    playback.stop()
    assert asked.get(timeout=20) == (None, 0)
    assert playback.failure == ""
