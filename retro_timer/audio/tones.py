"""The tone sequences of the built-in sounds, shared by the renderer, the tests and the sound recognition.

The sounds can be distinguished by ear: backward falls, forward rises, turn alternates, warm-up and cool-down are slow
mirror images of each other, rest is one low note twice. They can also be recognized by a program: the frequency of a
sound's first step differs by at least 60 Hz from all steps of other sounds, so that the first 60 ms identify it.

Fundamentals are between 380 and 1,560 Hz and no partial reaches 3 kHz: age-related hearing loss begins above that
(presbycusis is steepest from 3 kHz up: ISO 7029), and small loudspeakers reproduce little below 400 Hz.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from retro_timer.session.cue import Sound

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLE_RATE: Final = 16_000
"""Samples per second of all clips and of the player's output."""


class ToneStep(Struct, frozen=True):
    """One step of a sound.

    Attributes:
        hz: frequency of the fundamental; 0 is silence.
        ms: length in milliseconds.
    """

    hz: int
    ms: int


def _steps(*pairs: tuple[int, int]) -> tuple[ToneStep, ...]:
    return tuple(ToneStep(hz, ms) for hz, ms in pairs)


STEPS: Final[Mapping[Sound, tuple[ToneStep, ...]]] = MappingProxyType(
    {
        Sound.BACKWARD: _steps((840, 140), (672, 140), (504, 140), (420, 180)),  # four notes, an octave down
        Sound.FORWARD: _steps((540, 140), (675, 140), (810, 140), (1080, 180)),  # four notes, an octave up
        Sound.TURN: _steps((720, 130), (576, 130), (720, 130), (576, 130)),  # to and fro
        Sound.WARM_UP: _steps((464, 300), (580, 340)),  # slow, a third up
        Sound.COOL_DOWN: _steps((624, 300), (500, 340)),  # slow, a third down
        Sound.REST: _steps((384, 220), (0, 80), (384, 300)),  # one low note, twice
        Sound.COMPLETE: _steps((960, 100), (0, 30), (960, 100), (0, 30), (1200, 120), (1440, 320)),  # a small fanfare
        Sound.PAUSED: _steps((1120, 110), (896, 200)),  # short, a third down
        Sound.ATTENTION: _steps(*((1300, 100), (0, 60)) * 3, (1300, 100)),  # insistent
        Sound.REFUSED: _steps((1230, 60), (420, 120)),  # short, drops low
        Sound.TICK_THREE: _steps((1360, 80)),
        Sound.TICK_TWO: _steps((1470, 80)),
        Sound.TICK: _steps((1560, 120)),  # a count rises, and its last tick is the longest
        Sound.STEP: _steps((1030, 60)),  # a fifth below the tick, and shorter
    }
)
"""The steps of every sound, the same in both sets."""
