"""The simpleaudio backend, which opens the output for each cue."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, Final

from retro_timer.audio.backends import NoOutputError, UnavailableError
from retro_timer.audio.clips import RATE

if TYPE_CHECKING:
    from retro_timer.audio.backends.per_cue import Playback
    from retro_timer.audio.mixer import Samples

_TRIAL: Final = RATE // 50
"""Length of the silence that tests the output: 20 ms of samples."""


class SimpleAudio:
    """A `Speaker` over simpleaudio."""

    latency_ms = 0.0
    """Measured against a null sink through ALSA's pulse plugin: see the benchmark."""

    def __init__(self) -> None:
        self._library: Any = None

    def open(self) -> str:
        """Import the library and play a short silence."""
        try:
            import simpleaudio  # imported only in the child that uses it
        except (ImportError, OSError) as error:
            raise UnavailableError(f"simpleaudio cannot be loaded: {error}.") from error
        self._library = simpleaudio
        self.start(array("h", bytes(2 * _TRIAL)))
        return "simpleaudio"

    def start(self, samples: Samples) -> Playback:
        """Start playing."""
        try:
            return _SimplePlayback(self._library.play_buffer(samples.tobytes(), 1, 2, RATE))
        except Exception as error:
            # Its error class has different names in the two releases in use.
            raise NoOutputError(f"simpleaudio found no output: {error}.") from error


class _SimplePlayback:
    failure = ""  # the library reports none

    def __init__(self, playing: Any) -> None:  # noqa: ANN401  # it has no type annotations
        self._playing = playing

    def stop(self) -> None:
        """Stop playing."""
        self._playing.stop()
