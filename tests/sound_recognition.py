"""Recognizes the product's sounds in a recording by their frequencies over time."""

from __future__ import annotations

from array import array
from functools import cache
from math import cos, pi, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.audio.library import Library
from retro_timer.session.cue import Sound
from retro_timer.session.languages.english import every_phrase
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
_BANDS: Final = range(250, 3500, 250)
_SHIFTS: Final = (-160, 0, 160)  # samples: 20 ms


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


def prepare() -> None:
    """Learn every clip, which takes seconds, before anything is to be recognized in real time."""
    _clips()


def last_heard(recording: Recording, count: int) -> list[str]:
    """The last phrases and sounds of a recording, in order: whole clips, found from the end backward."""
    samples, found, end = recording.samples, list[str](), len(recording.samples)
    while len(found) < count and (end := _loud_until(samples, end)):
        clip = _ending_at(samples, end)
        found.insert(0, clip.name)
        end -= clip.length + _SLICE // 2
    return found


class _Clip(NamedTuple):
    """A phrase or a sound."""

    name: str
    length: int  # in samples, from the first loud one to the last
    spectrum: list[list[float]]


def _ending_at(samples: Sequence[int], end: int) -> _Clip:
    """The clip that ends at a sample: the most similar one."""
    slices = max(len(clip.spectrum) for clip in _clips())
    spectra = [_spectrum(samples, end + shift, slices) for shift in _SHIFTS]
    return max(_clips(), key=lambda clip: max(_alike(heard, clip.spectrum) for heard in spectra))


@cache
def _clips() -> tuple[_Clip, ...]:
    """Every phrase, and every sound by its name in brackets."""
    library = Library()
    known = {str(phrase): library.phrase(phrase) or b"" for phrase in every_phrase()}
    known |= {f"({sound})": library.sound(sound) for sound in Sound}
    return tuple(_clip(name, _at_rate(clip)) for name, clip in known.items())


def _clip(name: str, samples: Sequence[int]) -> _Clip:
    begin = next(n for n, sample in enumerate(samples) if abs(sample) >= _LOUD)
    end = _loud_until(samples, len(samples))
    return _Clip(name, end - begin, _spectrum(samples, end, max(1, (end - begin) // _SLICE)))


def _loud_until(samples: Sequence[int], end: int) -> int:
    """The sample after the last loud one before `end`; 0 if there is none."""
    return next((n for n in range(end, 0, -1) if abs(samples[n - 1]) >= _LOUD), 0)


def _spectrum(samples: Sequence[int], end: int, slices: int) -> list[list[float]]:
    """The strength of each band in the slices before `end`, the last one first; fewer if it begins later."""
    ends = range(end, max(_SLICE - 1, end - slices * _SLICE), -_SLICE)
    return [[_level(samples[n - _SLICE : n], band) for band in _BANDS] for n in ends]


def _alike(heard: list[list[float]], known: list[list[float]]) -> float:
    if len(heard) < len(known):
        return 0.0
    return _likeness([x for part in heard[: len(known)] for x in part], [x for part in known for x in part])
