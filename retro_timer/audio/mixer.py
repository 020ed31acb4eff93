"""Adds up what sounds at the same time: 16-bit mono samples, in plain Python, at the cost of a copy where it can be."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

FADE_SAMPLES: Final = 128
"""How long something that is cut off takes to fade: 8 ms at 16 kHz, short, and without a click."""

Samples: TypeAlias = "array[int]"


@dataclass(slots=True)
class Playing:
    """A clip on its way out.

    Attributes:
        ident: the cue it belongs to.
        samples: all of it.
        begin: the sample of the output at which it begins.
        voice: whether it is speech.
    """

    ident: int
    samples: Samples
    begin: int
    voice: bool

    @property
    def end(self) -> int:
        """The sample of the output after its last."""
        return self.begin + len(self.samples)

    def fade(self, at: int) -> None:
        """Let it end `FADE_SAMPLES` after the output's sample `at`."""
        done = max(0, at - self.begin)
        rest = self.samples[done : done + FADE_SAMPLES]
        faded = array("h", (value * (len(rest) - n) // len(rest) for n, value in enumerate(rest)))
        self.samples = self.samples[:done] + faded


class Mixer:
    """What sounds now and next; blocks are asked for in order."""

    def __init__(self) -> None:
        self._playing: list[Playing] = []
        self._silence: Samples = array("h")

    def __bool__(self) -> bool:
        return bool(self._playing)

    def add(self, playing: Playing) -> None:
        """Let something sound; it begins no earlier than the next block."""
        if playing.samples:
            self._playing.append(playing)

    def cut(self, at: int, chosen: Callable[[Playing], bool]) -> None:
        """Fade out at the output's sample `at` what is chosen and sounds by then; what has not begun never will."""
        kept: list[Playing] = []
        for playing in self._playing:
            if chosen(playing):
                if playing.begin >= at:
                    continue
                playing.fade(at)
            kept.append(playing)
        self._playing = kept

    def block(self, begin: int, count: int) -> Samples:
        """The next `count` samples, from the output's sample `begin` on. Not to be changed by the caller."""
        end = begin + count
        sounding = [playing for playing in self._playing if playing.begin < end]
        if not sounding:
            return self._silent(count)
        out = array("h", bytes(2 * count))
        first = last = -1  # what of `out` is taken so far, as one stretch
        for playing in sounding:
            low, high = max(0, playing.begin - begin), min(count, playing.end - begin)
            if high <= low:
                continue
            part = playing.samples[begin + low - playing.begin : begin + high - playing.begin]
            if first < 0 or high <= first or low >= last:
                out[low:high] = part
            else:
                out[low:high] = _sum(out[low:high], part)
            first, last = (low, high) if first < 0 else (min(first, low), max(last, high))
        self._playing = [playing for playing in self._playing if playing.end > end]
        return out

    def _silent(self, count: int) -> Samples:
        if len(self._silence) != count:
            self._silence = array("h", bytes(2 * count))
        return self._silence


def _sum(one: Samples, other: Samples) -> Samples:
    """Both at once, held at the loudest there is."""
    return array("h", (max(-32768, min(32767, a + b)) for a, b in zip(one, other, strict=True)))


def scaled(samples: bytes, volume: int) -> Samples:
    """Samples at a volume of 0 to 100."""
    clip = array("h", samples[: len(samples) // 2 * 2])
    if volume >= 100:
        return clip
    return array("h", (value * volume // 100 for value in clip))
