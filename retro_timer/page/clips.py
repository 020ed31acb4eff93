"""The clips that a page plays: the session's own, as files that every browser can decode."""

from __future__ import annotations

import io
import wave
from importlib.resources import files
from typing import TYPE_CHECKING

from retro_timer.audio.library import Library, slug
from retro_timer.audio.tones import SAMPLE_RATE
from retro_timer.session.cue import Sound
from retro_timer.session.ports import VOICES

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable

    from retro_timer.audio.options import SoundOptions


class PageClips:
    """Finds clips by their names. A name is only looked up, never made into a path.

    Args:
        options: how the session sounds: the sound set, the voice, the walker's own files.
        report: called with each problem, in one line.
    """

    def __init__(self, options: SoundOptions, report: Callable[[str], None]) -> None:
        from pathlib import Path

        custom = {sound: Path(options.custom[sound.value]) for sound in Sound if sound.value in options.custom}
        self._library = Library(options.sound_set, custom, report, language=options.language, voice=options.voice)
        voices = files("retro_timer.audio") / "assets" / "voice" / options.language
        self._spoken: dict[str, Traversable] = {}
        for voice in (*(each for each in VOICES if each != options.voice), options.voice):  # the chosen one wins
            for clip in (voices / voice).iterdir():
                if clip.name.endswith(".flac"):
                    self._spoken[clip.name.removesuffix(".flac")] = clip

    def sound(self, name: str) -> bytes | None:
        """A sound as a WAV file; None if there is none of this name."""
        found = next((sound for sound in Sound if sound.value == name), None)
        if found is None:
            return None
        target = io.BytesIO()
        with wave.open(target, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(self._library.sound(found))
        return target.getvalue()

    def words(self, name: str) -> bytes | None:
        """A phrase as a FLAC file, by the name of its clip; None if there is none.

        Raises:
            OSError: if it cannot be read.
        """
        clip = self._spoken.get(name)
        return None if clip is None else clip.read_bytes()

    def names(self, phrases: tuple[str, ...]) -> list[str]:
        """The names of the clips for some phrases; phrases without a clip are left out."""
        return [name for name in map(slug, phrases) if name in self._spoken]
