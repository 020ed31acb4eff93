"""Turns a cue into the samples that are heard: its sound, its words, at the volumes the walker set."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from retro_timer.audio.library import Library
from retro_timer.audio.mixer import Samples, scaled
from retro_timer.audio.tones import SAMPLE_RATE
from retro_timer.session.cue import Sound
from retro_timer.session.phrases import BREATH_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.audio.options import SoundOptions
    from retro_timer.audio.wire import Order

RATE: Final = SAMPLE_RATE
"""Samples per second of every clip and of the output."""
_BREATH: Final = array("h", bytes(2 * RATE * BREATH_MS // 1000))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A cue with its samples.

    Attributes:
        order: the cue, its number and its moment.
        sound: what opens it; empty when there is none.
        words: what is said after it; empty when nothing is.
    """

    order: Order
    sound: Samples
    words: Samples

    @property
    def joined(self) -> Samples:
        """The whole cue as one stretch."""
        return self.sound + self.words


class Clips:
    """Loads every clip once and keeps it at its volume."""

    def __init__(self, options: SoundOptions, report: Callable[[str], None]) -> None:
        custom = {sound: Path(options.custom[sound.value]) for sound in Sound if sound.value in options.custom}
        self._library = Library(options.sound_set, custom, report)
        self._options = options
        self._sounds: dict[Sound, Samples] = {}
        self._words: dict[str, Samples] = {}

    def prepare(self, order: Order) -> Prepared:
        """The samples of a cue; what there is no clip for is left out."""
        words: Samples = array("h")
        for phrase in order.cue.words:
            if words:
                words += _BREATH
            words += self._phrase(phrase)
        sound: Samples = array("h") if order.cue.sound is None else self._sound(order.cue.sound)
        return Prepared(order, sound, words)

    @property
    def click(self) -> Samples:
        """What is stepped to."""
        return self._sound(Sound.STEP)

    def _sound(self, sound: Sound) -> Samples:
        if sound not in self._sounds:
            self._sounds[sound] = scaled(self._library.sound(sound), self._options.sounds_volume)
        return self._sounds[sound]

    def _phrase(self, phrase: str) -> Samples:
        if phrase not in self._words:
            self._words[phrase] = scaled(self._library.phrase(phrase) or b"", self._options.voice_volume)
        return self._words[phrase]
