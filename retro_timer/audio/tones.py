"""What each sound of the product is made of: the steps it plays, shared by the renderer, the tests and whoever listens.

The table is made to be told apart twice. By ear: backward falls, forward rises, turn alternates, warm-up and cool-down
are slow mirror images of each other, rest is one low note twice. By a program: the frequency of a sound's first step is
at least 60 Hz away from every other sound's, and no other sound plays it later either, so that the first 60 ms name it.

Fundamentals lie between 380 and 1,560 Hz and no partial reaches 3 kHz: hearing loss of age begins above that
(presbycusis is steepest from 3 kHz up: ISO 7029), and small loudspeakers carry little below 400 Hz.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from retro_timer.session.cue import Sound

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLE_RATE: Final = 16_000
"""Samples per second of every clip, voice and sounds alike, and so of the player's output."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sound.

    Attributes:
        hz: frequency of the fundamental; 0 is silence.
        ms: length in milliseconds.
    """

    hz: int
    ms: int


def _steps(*pairs: tuple[int, int]) -> tuple[Step, ...]:
    return tuple(Step(hz, ms) for hz, ms in pairs)


STEPS: Final[Mapping[Sound, tuple[Step, ...]]] = MappingProxyType(
    {
        Sound.BACKWARD: _steps((840, 140), (672, 140), (504, 140), (420, 180)),  # four notes, an octave down
        Sound.FORWARD: _steps((540, 140), (675, 140), (810, 140), (1080, 180)),  # four notes, an octave up
        Sound.TURN: _steps((720, 130), (576, 130), (720, 130), (576, 130)),  # to and fro
        Sound.WARM_UP: _steps((464, 300), (580, 340)),  # slow, a third up
        Sound.COOL_DOWN: _steps((624, 300), (500, 340)),  # slow, a third down
        Sound.REST: _steps((384, 220), (0, 80), (384, 300)),  # one low note, twice
        Sound.COMPLETE: _steps((960, 100), (0, 30), (960, 100), (0, 30), (1200, 120), (1440, 320)),  # a small fanfare
        Sound.PAUSED: _steps((1120, 110), (896, 200)),  # short, a third down
        Sound.ATTENTION: _steps(*((1300, 100), (0, 60)) * 3, (1300, 100)),  # insists
        Sound.TICK: _steps((1560, 90)),
        Sound.STEP: _steps((1030, 60)),  # a fifth below the tick, and shorter
    }
)
"""The steps of every sound; the same in both sets."""


def length_ms(sound: Sound) -> int:
    """How long a sound of the product's own takes, in milliseconds."""
    return sum(step.ms for step in STEPS[sound])
