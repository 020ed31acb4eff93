"""Convert cues into samples: sound and words at their volumes."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.audio.library import Library
from retro_timer.audio.mixer import Samples, scaled
from retro_timer.audio.tones import SAMPLE_RATE
from retro_timer.session.cue import Sound

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.audio.options import SoundOptions
    from retro_timer.session.ports import DueCue

RATE: Final = SAMPLE_RATE
"""Samples per second of every clip and of the output."""


class Prepared(Struct, frozen=True):
    """A cue with its samples.

    Attributes:
        ident: the number the cue is acknowledged by.
        due_cue: the cue and its moment.
        sound: the samples of its sound; empty if there is none.
        words: the samples of its words, which follow the sound; empty if there are none.
    """

    ident: int
    due_cue: DueCue
    sound: Samples
    words: Samples

    @property
    def joined(self) -> Samples:
        """All samples of the cue."""
        return self.sound + self.words


class Clips:
    """Loads clips and caches them at their volume."""

    def __init__(self, options: SoundOptions, report: Callable[[str], None]) -> None:
        custom = {sound: Path(options.custom[sound.value]) for sound in Sound if sound.value in options.custom}
        self._library = Library(options.sound_set, custom, report, language=options.language, voice=options.voice)
        self._options = options
        self._word_gap = array("h", bytes(2 * RATE * options.phrases.WORD_GAP_MS // 1000))
        self._sounds: dict[Sound, Samples] = {}
        self._words: dict[str, Samples] = {}
        self._labels: dict[str, Samples] = {}

    def prepare(self, ident: int, due_cue: DueCue) -> Prepared:
        """The samples of a cue, without parts that have no clip.

        A rendered label becomes part of the words, and the cue no longer has a label.
        """
        words: Samples = array("h")
        for phrase in due_cue.cue.words:
            if words:
                words += self._word_gap
            words += self._phrase(phrase)
        if label := self._label(due_cue.cue.label):
            words += self._word_gap + label if words else label
            due_cue = replace(due_cue, cue=replace(due_cue.cue, label=""))
        opening = due_cue.cue.sound
        sound: Samples = array("h") if opening is None else self._sound(opening)
        return Prepared(ident, due_cue, sound, words)

    @property
    def click(self) -> Samples:
        """The samples of a metronome click."""
        return self._sound(Sound.STEP)

    def _sound(self, sound: Sound) -> Samples:
        if sound not in self._sounds:
            self._sounds[sound] = scaled(self._library.sound(sound), self._options.sounds_volume)
        return self._sounds[sound]

    def _phrase(self, phrase: str) -> Samples:
        if phrase not in self._words:
            self._words[phrase] = scaled(self._library.phrase(phrase) or b"", self._options.voice_volume)
        return self._words[phrase]

    def _label(self, label: str) -> Samples:
        """The samples of a label; empty if it was not rendered."""
        if not label or not self._options.labels:
            return array("h")
        if label not in self._labels:
            from retro_timer.audio.label_clips import LabelClips  # few workouts have labels

            clip = LabelClips(Path(self._options.labels), self._library.voice).find(label)
            self._labels[label] = scaled(clip or b"", self._options.voice_volume)
        return self._labels[label]
