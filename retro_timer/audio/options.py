"""How the walker wants to be heard: what the player and its child process are told when they start."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.values import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

BACKENDS: Final = ("auto", "miniaudio", "simpleaudio", "system", "bell", "off")
"""What `--audio` and the settings take."""
MAX_OFFSET_MS: Final = 500
MAX_PRE_ROLL_MS: Final = 2000


class SoundOptions(Value):
    """How the walker wants to be heard. Numbers out of bounds are brought within them.

    Attributes:
        backend: one of `BACKENDS`; an unknown one is reported and chosen automatically.
        sound_set: which set of sounds, see `library.SOUND_SETS`.
        voice_volume: loudness of the words, 0 to 100.
        sounds_volume: loudness of the sounds, 0 to 100.
        offset_ms: all cues this much earlier, 0 to 500, for speakers that play late (Bluetooth).
        pre_roll_ms: silence ahead of a cue where every cue opens the output anew, 0 to 2000, so that a speaker that
            sleeps between cues does not swallow the beginning. The persistent output never stops and needs none.
        custom: the walker's own files, by the name of the sound they replace.
    """

    backend: str = "auto"
    sound_set: str = "soft"
    voice_volume: int = 100
    sounds_volume: int = 100
    offset_ms: int = 0
    pre_roll_ms: int = 200
    custom: Mapping[str, str] = MappingProxyType({})

    def __post_init__(self) -> None:
        for name, most in (
            ("voice_volume", 100),
            ("sounds_volume", 100),
            ("offset_ms", MAX_OFFSET_MS),
            ("pre_roll_ms", MAX_PRE_ROLL_MS),
        ):
            object.__setattr__(self, name, min(most, max(0, int(getattr(self, name)))))
