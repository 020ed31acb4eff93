"""The sound options of the player and its child process."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import force_setattr

from retro_timer.session.languages import DEFAULT, LANGUAGES
from retro_timer.session.ports import AUTO, MAX_OFFSET_MS, MAX_PRE_ROLL_MS, SOUND_SETS, VOICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retro_timer.session.languages import Language


class SoundOptions(Struct, frozen=True):
    """The sound options. Numbers out of bounds are clamped.

    Attributes:
        backend: one of `session.ports.BACKENDS`; an unknown one is reported, and one is chosen automatically.
        sound_set: one of `session.ports.SOUND_SETS`.
        language: one of `session.languages.LANGUAGES`; for an unknown one, the default.
        voice: one of `session.ports.VOICES`; an unknown one is reported and the first is used.
        voice_volume: volume of the voice, 0 to 100.
        sounds_volume: volume of the sounds, 0 to 100.
        offset_ms: how much earlier to play all cues, 0 to 500, for speakers with latency (Bluetooth).
        pre_roll_ms: silence before a cue if every cue opens the output, 0 to 2000, so that speakers that go to sleep
            between cues do not cut off the beginning. The persistent output does not need it.
        custom: the walker's own files, by the name of the sound they replace.
        labels: the folder of the rendered labels; empty for none.
        far_end: whether this runs over SSH, so that screen and sound are on different machines.
    """

    backend: str = AUTO
    sound_set: str = SOUND_SETS[0]
    language: str = DEFAULT
    voice: str = VOICES[0]
    voice_volume: int = 100
    sounds_volume: int = 100
    offset_ms: int = 0
    pre_roll_ms: int = 200
    custom: Mapping[str, str] = MappingProxyType({})
    labels: str = ""
    far_end: bool = False

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            force_setattr(self, "language", DEFAULT)
        for name, most in (
            ("voice_volume", 100),
            ("sounds_volume", 100),
            ("offset_ms", MAX_OFFSET_MS),
            ("pre_roll_ms", MAX_PRE_ROLL_MS),
        ):
            force_setattr(self, name, min(most, max(0, int(getattr(self, name)))))

    @property
    def phrases(self) -> Language:
        """The phrases of the spoken language."""
        return LANGUAGES[self.language]
