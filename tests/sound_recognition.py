"""Recognizes the product's sounds in a recording by their frequencies over time."""

from __future__ import annotations

from array import array
from math import cos, pi, sqrt
from typing import TYPE_CHECKING, Final

from retro_timer.audio.library import Library
from retro_timer.session.cue import Sound
from tests.sound_server import RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.sound_server import Recording

_PITCHES: Final = range(150, 3000, 75)
_SLICE: Final = 400  # samples: 50 ms
_SLICES: Final = 8
_ALIKE: Final = 0.9
_LOUD: Final = 250
_QUIET_MS: Final = 60


def recognized(recording: Recording, sound_set: str = "soft") -> list[tuple[float, Sound]]:
    """Every sound of the product in a recording, with the moment it begins (monotonic ms)."""
    library = Library(sound_set)
    known = {sound: _signature(_at_rate(library.sound(sound)), 0) for sound in Sound}
    found = []
    for onset in _onsets(recording.samples):
        heard = _signature(recording.samples, onset)
        likeness, sound = max((_likeness(heard, signature), sound) for sound, signature in known.items())
        if likeness >= _ALIKE:
            found.append((recording.start + onset * 1000 / RATE, sound))
    return found


def recognized_phrases(recording: Recording, phrases: Iterable[str]) -> list[tuple[float, str]]:
    """The phrases that begin after a silence in a recording: the moment (monotonic ms), and the most similar phrase."""
    library = Library()
    known = {}
    for phrase in phrases:
        clip = _at_rate(library.phrase(phrase) or b"")
        loud = next(n for n, sample in enumerate(clip) if abs(sample) >= _LOUD)  # words may begin quietly: "thirty"
        known[phrase] = _signature(clip, loud), loud
    found = []
    for onset in _onsets(recording.samples):
        heard = _signature(recording.samples, onset)
        likeness, phrase = max((_likeness(heard, signature), phrase) for phrase, (signature, _) in known.items())
        if likeness >= _ALIKE:
            found.append((recording.start + (onset - known[phrase][1]) * 1000 / RATE, phrase))
    return found


def _at_rate(clip: bytes) -> array[int]:
    """A clip at the sample rate of recordings, which is half of its own."""
    samples = array("h", clip)
    return array("h", ((a + b) // 2 for a, b in zip(samples[::2], samples[1::2], strict=False)))


def _onsets(samples: Sequence[int]) -> Iterator[int]:
    """The samples at which sound begins after a silence."""
    quiet = 0
    for n, sample in enumerate(samples):
        if abs(sample) < _LOUD:
            quiet += 1
            continue
        if quiet >= _QUIET_MS * RATE // 1000:
            yield n
        quiet = 0


def _signature(samples: Sequence[int], begin: int) -> list[float]:
    """The strength of each pitch in each time slice."""
    found = []
    for n in range(_SLICES):
        part = samples[begin + n * _SLICE : begin + (n + 1) * _SLICE]
        found += [_level(part, pitch) for pitch in _PITCHES]
    return found


def _level(part: Sequence[int], pitch: int) -> float:
    turn = 2 * cos(2 * pi * pitch / RATE)
    before = last = 0.0
    for sample in part:
        last, before = sample + turn * last - before, last
    return sqrt(max(0.0, last * last + before * before - turn * last * before))


def _likeness(one: list[float], other: list[float]) -> float:
    """1 for the same sound at any volume, 0 for nothing in common."""
    together = sum(a * b for a, b in zip(one, other, strict=True))
    return together / (sqrt(sum(a * a for a in one) * sum(b * b for b in other)) or 1.0)
