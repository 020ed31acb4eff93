"""The simpleaudio speaker, over a fake library."""

from __future__ import annotations

import sys
from array import array
from types import SimpleNamespace

import pytest

from retro_timer.audio.backends import NoOutputError, UnavailableError
from retro_timer.audio.backends.simple import SimpleAudio
from retro_timer.audio.clips import RATE

SAMPLES = array("h", [1, -2, 300] * 100)


class Library:
    """simpleaudio, which keeps what it plays."""

    def __init__(self) -> None:
        self.played: list[tuple[object, ...]] = []
        self.stopped = 0
        self.problem: Exception | None = None

    def play_buffer(self, *given: object) -> SimpleNamespace:
        if self.problem:
            raise self.problem
        self.played.append(given)
        return SimpleNamespace(stop=self._stop)

    def _stop(self) -> None:
        self.stopped += 1


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    library = Library()
    monkeypatch.setitem(sys.modules, "simpleaudio", library)
    return library


def test_simpleaudio_is_tried_with_a_silence_and_then_plays_what_it_is_given(library: Library) -> None:
    speaker = SimpleAudio()
    assert speaker.latency_ms == 0
    assert speaker.open() == "simpleaudio"
    assert library.played == [(bytes(2 * RATE // 50), 1, 2, RATE)]
    playing = speaker.start(SAMPLES)
    assert library.played[1] == (SAMPLES.tobytes(), 1, 2, RATE)
    assert not playing.failure
    assert library.stopped == 0
    playing.stop()
    assert library.stopped == 1


def test_simpleaudio_without_an_output_says_so(library: Library) -> None:
    library.problem = RuntimeError("no device")
    with pytest.raises(NoOutputError, match=r"^simpleaudio found no output: no device\.$"):
        SimpleAudio().open()


def test_simpleaudio_that_is_not_installed_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "simpleaudio", None)
    with pytest.raises(UnavailableError, match=r"^simpleaudio cannot be loaded: "):
        SimpleAudio().open()
