"""simpleaudio: a library that opens the output for each cue."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, Final

from retro_timer.audio.backends import NotNow, Unavailable
from retro_timer.audio.clips import RATE

if TYPE_CHECKING:
    from retro_timer.audio.backends.per_cue import Playback
    from retro_timer.audio.mixer import Samples

_TRIAL: Final = RATE // 50
"""Samples of silence that show whether there is an output: 20 ms."""


class SimpleAudio:
    """A `Speaker` over simpleaudio."""

    latency_ms = 0.0
    """Measured against a null sink through ALSA's pulse plugin: see the benchmark."""

    def __init__(self) -> None:
        self._library: Any = None

    def open(self) -> str:
        """Load it, and play a little silence."""
        try:
            import simpleaudio  # noqa: PLC0415  # only the child that uses it pays for it
        except (ImportError, OSError) as error:
            raise Unavailable(f"simpleaudio cannot be loaded: {error}.") from error
        self._library = simpleaudio
        self.start(array("h", bytes(2 * _TRIAL)))
        return "simpleaudio"

    def start(self, samples: Samples) -> Playback:
        """Begin to play."""
        try:
            return _SimplePlayback(self._library.play_buffer(samples.tobytes(), 1, 2, RATE))
        except Exception as error:
            # Its own error class has no stable name across the two releases that are in use.
            raise NotNow(f"simpleaudio found no output: {error}.") from error


class _SimplePlayback:
    failure = ""  # it tells of none

    def __init__(self, playing: Any) -> None:  # noqa: ANN401  # it ships no types
        self._playing = playing

    def stop(self) -> None:
        """End it now."""
        self._playing.stop()
