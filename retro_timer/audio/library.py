"""The library of clips: the samples of all sounds and phrases, loaded on first use."""

from __future__ import annotations

import wave
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING

from msgspec import Struct

from retro_timer.audio import flac
from retro_timer.audio.custom import SoundFileError, read_sound
from retro_timer.errors import reason
from retro_timer.session.languages import DEFAULT
from retro_timer.session.ports import SOUND_SETS, VOICES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from retro_timer.session.cue import Sound


def slug(phrase: str) -> str:
    """The name of a phrase's clip without its suffix: "One minute thirty." is `one-minute-thirty`.

    A phrase that ends in a colon is followed by another and has its own clip: "Warm-up:" is `warm-up-colon`, "Warm up."
    is `warm-up`.
    """
    words = "".join(letter if letter.isalnum() else " " for letter in phrase.casefold()).split()
    if phrase.endswith(":"):
        words.append("colon")
    return "-".join(words)


class UnusableClip(Struct, frozen=True):
    """A clip that cannot be read.

    Attributes:
        voice: one of `VOICES`.
        phrase: its phrase.
        reason: the reason, as a clause.
    """

    voice: str
    phrase: str
    reason: str


def _read_phrase(folder: Traversable, voice: str, phrase: str) -> bytes:
    """The samples of a phrase in a voice.

    Args:
        folder: the folder of the voices.
        voice: one of `VOICES`.
        phrase: the phrase.

    Raises:
        FlacError: if the clip is damaged.
        OSError: if the clip is missing or cannot be read.
    """
    return flac.decode((folder / voice / f"{slug(phrase)}.flac").read_bytes())


def _reason_of(error: OSError | flac.FlacError) -> str:
    """Why a clip cannot be read, as a clause."""
    if isinstance(error, FileNotFoundError):
        return "it is missing"
    return reason(error) if isinstance(error, OSError) else str(error)


def _discard(_problem: str) -> None:
    """Discard an error message."""


class Library:
    """The clips of one sound set and one voice: 16-bit mono samples at 16 kHz, as bytes.

    A missing or damaged clip does not raise: it is reported once, in one line, and the session continues. Another voice
    says a phrase whose clip cannot be read.

    Args:
        sound_set: which of `SOUND_SETS` to use; an unknown one is reported and the first is used.
        language: which of `LANGUAGES` is spoken.
        voice: which of `VOICES` speaks; an unknown one is reported and the first is used.
        custom: the walker's own sound files, by the sound they replace. They are loaded at once, so that errors are
            reported before the session and conversion does not delay a cue.
        report: called with each error message: one line without a newline.
    """

    def __init__(
        self,
        sound_set: str = SOUND_SETS[0],
        custom: Mapping[Sound, Path] | None = None,
        report: Callable[[str], None] | None = None,
        *,
        language: str = DEFAULT,
        voice: str = VOICES[0],
    ) -> None:
        self._report = report or _discard
        self._phrases: dict[str, bytes | None] = {}
        self._assets = files("retro_timer.audio") / "assets"
        if sound_set not in SOUND_SETS:
            self._report(f"There is no set of sounds {sound_set!r}: the shipped {SOUND_SETS[0]!r} is used.")
            sound_set = SOUND_SETS[0]
        if voice not in VOICES:
            self._report(f"There is no voice {voice!r}: {VOICES[0]!r} is used.")
            voice = VOICES[0]
        self._language = language
        self._voices = (voice, *(other for other in VOICES if other != voice))
        self._set = self._assets / "sounds" / sound_set
        self._sounds = {sound: self._own(sound, path) for sound, path in (custom or {}).items()}

    def sound(self, sound: Sound) -> bytes:
        """The samples of a sound; empty if even the bundled one cannot be read."""
        if sound not in self._sounds:
            self._sounds[sound] = self._shipped(sound)
        return self._sounds[sound]

    def phrase(self, phrase: str) -> bytes | None:
        """The samples of a phrase of the language; None if it has no clip."""
        if phrase not in self._phrases:
            self._phrases[phrase] = self._spoken(phrase)
        return self._phrases[phrase]

    @property
    def voice(self) -> str:
        """The voice that speaks."""
        return self._voices[0]

    def unusable(self, phrases: Iterable[str]) -> Iterator[UnusableClip]:
        """The clips of these phrases that cannot be read, in every voice, the chosen one first."""
        for voice, phrase in product(self._voices, phrases):
            try:
                _read_phrase(self._voice_folder, voice, phrase)
            except (OSError, flac.FlacError) as error:
                yield UnusableClip(voice, phrase, _reason_of(error))

    @property
    def _voice_folder(self) -> Traversable:
        return self._assets / "voice" / self._language

    def _spoken(self, phrase: str) -> bytes | None:
        """A phrase in the chosen voice, or else in another; None, with a report, if no voice has it."""
        problem = ""
        for voice in self._voices:
            try:
                samples = _read_phrase(self._voice_folder, voice, phrase)
            except (OSError, flac.FlacError) as error:
                problem = problem or f"Cannot read the clip of {phrase!r}, voice {voice!r}: {_reason_of(error)}"
                continue
            if problem:
                self._report(f"{problem}; the voice {voice!r} says it.")
            return samples
        self._report(f"{problem}; no other voice has it.")
        return None

    def _own(self, sound: Sound, path: Path) -> bytes:
        try:
            return read_sound(path)
        except SoundFileError as error:
            self._report(f"{error} The shipped sound {sound.value!r} is used.")
            return self._shipped(sound)

    def _shipped(self, sound: Sound) -> bytes:
        return self._load(self._set / f"{sound.value}.wav", f"the sound {sound.value!r}") or b""

    def _load(self, clip: Traversable, what: str) -> bytes | None:
        """Read a bundled clip; all have the same format, which a test checks."""
        try:
            with clip.open("rb") as file, wave.open(file) as reader:
                samples: bytes = reader.readframes(reader.getnframes())
        except (OSError, EOFError, wave.Error) as error:
            self._report(f"Cannot read the clip of {what}: {error}.")
            return None
        return samples
