"""Mix 16-bit mono samples in plain Python, by simply copying them where possible."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

FADE_SAMPLES: Final = 128
"""Length of the fade-out of a cut sound: 8 ms at 16 kHz, short but without a click."""

Samples: TypeAlias = "array[int]"


@dataclass(slots=True)
class Playing:
    """A clip that is playing or about to play.

    Attributes:
        ident: the id of its cue.
        samples: all its samples.
        begin: the output sample at which it starts.
        voice: whether it is speech.
    """

    ident: int
    samples: Samples
    begin: int
    voice: bool

    @property
    def end(self) -> int:
        """The output sample after its last one."""
        return self.begin + len(self.samples)

    def fade(self, at: int) -> None:
        """Fade it out within `FADE_SAMPLES` from the output sample `at`."""
        done = max(0, at - self.begin)
        rest = self.samples[done : done + FADE_SAMPLES]
        faded = array("h", (value * (len(rest) - n) // len(rest) for n, value in enumerate(rest)))
        self.samples = self.samples[:done] + faded


class Mixer:
    """Mixes the playing clips; blocks must be requested in order."""

    def __init__(self) -> None:
        self._playing: list[Playing] = []
        self._silence: Samples = array("h")

    def __bool__(self) -> bool:
        return bool(self._playing)

    def add(self, playing: Playing) -> None:
        """Add a clip; it starts no earlier than the next block."""
        if playing.samples:
            self._playing.append(playing)

    def cut(self, at: int, chosen: Callable[[Playing], bool]) -> None:
        """Fade out the chosen clips at the output sample `at`, and drop those that have not started by then."""
        kept: list[Playing] = []
        for playing in self._playing:
            if chosen(playing):
                if playing.begin >= at:
                    continue
                playing.fade(at)
            kept.append(playing)
        self._playing = kept

    def block(self, begin: int, count: int) -> Samples:
        """The next `count` samples, from the output sample `begin` on. The caller must not modify them."""
        end = begin + count
        sounding = [playing for playing in self._playing if playing.begin < end]
        if not sounding:
            return self._silent(count)
        out = array("h", bytes(2 * count))
        first = last = -1  # the range of `out` filled so far
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
    """The sum of two blocks, clipped to 16 bits."""
    return array("h", (max(-32768, min(32767, a + b)) for a, b in zip(one, other, strict=True)))


def scaled(samples: bytes, volume: int) -> Samples:
    """Scale samples to a volume of 0 to 100."""
    clip = array("h", samples[: len(samples) // 2 * 2])
    if volume >= 100:
        return clip
    return array("h", (value * volume // 100 for value in clip))
