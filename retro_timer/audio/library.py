"""Where the clips are: the samples of every sound and phrase, those that are shipped loaded when first asked for."""

from __future__ import annotations

import wave
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from retro_timer.audio.custom import SoundFileError, read_sound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from retro_timer.session.cue import Sound

SOUND_SETS: Final = ("soft", "sharp")
"""The sets of sounds that are shipped; the first is the default."""


def slug(phrase: str) -> str:
    """The name of a phrase's clip, without its suffix: "One minute thirty." is `one-minute-thirty`.

    A phrase that ends in a colon leads on to another one and has a clip of its own: "Warm-up:" is `warm-up-colon`,
    "Warm up." is `warm-up`.
    """
    words = "".join(letter if letter.isalnum() else " " for letter in phrase.casefold()).split()
    if phrase.endswith(":"):
        words.append("colon")
    return "-".join(words)


def _to_nobody(_complaint: str) -> None:
    """Takes complaints where nobody asked for them."""


class Library:
    """The clips of one set of sounds and of the voice: 16-bit mono samples at 16 kHz, as bytes.

    A clip that is missing or damaged raises nothing: it is reported once, in one line, and the session goes on.

    Args:
        sound_set: which of `SOUND_SETS` to use; an unknown one is reported and the first is used.
        custom: files of the walker's own that take the place of a shipped sound. They are read at once, so that the
            walker hears of a bad one before walking, and converting a long one delays no cue.
        report: is handed each complaint: one line, without an end of line.
    """

    def __init__(
        self,
        sound_set: str = SOUND_SETS[0],
        custom: Mapping[Sound, Path] | None = None,
        report: Callable[[str], None] | None = None,
    ) -> None:
        self._report = report or _to_nobody
        self._phrases: dict[str, bytes | None] = {}
        self._assets = files("retro_timer.audio") / "assets"
        if sound_set not in SOUND_SETS:
            self._report(f"There is no set of sounds {sound_set!r}: the shipped {SOUND_SETS[0]!r} is used.")
            sound_set = SOUND_SETS[0]
        self._set = self._assets / "sounds" / sound_set
        self._sounds = {sound: self._own(sound, path) for sound, path in (custom or {}).items()}

    def sound(self, sound: Sound) -> bytes:
        """The samples of a sound; empty when even the shipped one cannot be read."""
        if sound not in self._sounds:
            self._sounds[sound] = self._shipped(sound)
        return self._sounds[sound]

    def phrase(self, phrase: str) -> bytes | None:
        """The samples of a phrase of `session.phrases`, or None when there is no clip of it."""
        if phrase not in self._phrases:
            self._phrases[phrase] = self._load(self._assets / "voice" / f"{slug(phrase)}.wav", f"the phrase {phrase!r}")
        return self._phrases[phrase]

    def _own(self, sound: Sound, path: Path) -> bytes:
        try:
            return read_sound(path)
        except SoundFileError as error:
            self._report(f"{error} The shipped sound {sound.value!r} is used.")
            return self._shipped(sound)

    def _shipped(self, sound: Sound) -> bytes:
        return self._load(self._set / f"{sound.value}.wav", f"the sound {sound.value!r}") or b""

    def _load(self, clip: Traversable, what: str) -> bytes | None:
        """Read a shipped clip; these have one format, which a test checks."""
        try:
            with clip.open("rb") as file, wave.open(file) as reader:
                samples: bytes = reader.readframes(reader.getnframes())
        except (OSError, EOFError, wave.Error) as error:
            self._report(f"Cannot read the clip of {what}: {error}.")
            return None
        return samples
