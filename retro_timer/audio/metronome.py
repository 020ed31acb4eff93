"""The click to step to, as one output makes it: at which samples clicks begin, and what they sound like.

An ear forgives a click that is early or late by 20 ms when all of them are, and no step that is longer than the others.
What is known of the output's latency changes by as much. So clicks are counted off in samples, which are even, and
nudged towards their moments, so that none drifts.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from retro_timer.audio.mixer import Playing, Samples
from retro_timer.audio.tones import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retro_timer.audio.timebase import Timebase
    from retro_timer.session.ports import Clicks

NUDGE_MS: Final = 2
"""By how much one step may be longer or shorter than the others; nobody hears that."""
STRAY_MS: Final = 60
"""How far clicks may be from their moments; further off, the next one is put where it belongs."""
LATE_MS: Final = 30
"""How late the first click may be and still be heard: a later one would be a false step."""
FORGOTTEN_MS: Final = 3000
"""After this long without a click, there is no step to keep."""
LONGEST_MS: Final = 200
"""How much of a click is heard: the walker's own file may be long, and the next click is soon."""
BENEATH: Final = 40
"""How loud a click is while something else sounds, in percent: nobody has to listen past it."""
IDENT: Final = 0
"""What the mixer knows clicks by; cues are numbered from 1."""
_PER_MS: Final = SAMPLE_RATE // 1000


class Metronome:
    """Clicks in the stretches of time it was given last.

    Args:
        timebase: when a sample is heard.
        offset_ms: everything is played this much earlier.
    """

    def __init__(self, timebase: Timebase, offset_ms: int) -> None:
        self._timebase = timebase
        self._offset = offset_ms
        self._stretches: tuple[Clicks, ...] = ()
        self._file: Samples = array("h")
        self._loud: Samples = array("h")
        self._beneath: Samples = array("h")
        self._last = float("-inf"), 0  # the moment of the last click, and its sample

    def set(self, stretches: Sequence[Clicks], click: Samples) -> None:
        """Click in these stretches, and in no others."""
        self._stretches = tuple(stretches)
        if click is self._file:
            return
        self._file = self._loud = click
        if len(click) > LONGEST_MS * _PER_MS:
            short = Playing(IDENT, click, 0, voice=False)
            short.fade(LONGEST_MS * _PER_MS)
            self._loud = short.samples
        self._beneath = array("h", (value * BENEATH // 100 for value in self._loud))

    def stop(self) -> None:
        """Click no more."""
        self._stretches = ()

    def take(self, begin: int, count: int) -> Iterator[int]:
        """Hand out, each once, the samples at which the clicks of a block begin.

        Args:
            begin: the first sample of the block.
            count: how many it has.
        """
        start = self._timebase.moment(begin) + self._offset - STRAY_MS - LATE_MS
        until = self._timebase.moment(begin + count) + self._offset + STRAY_MS
        for stretch in self._stretches:
            for moment in stretch.moments(start, until):
                at = self._even(moment)
                if at >= begin + count:
                    return
                if moment > self._last[0] and at >= begin - LATE_MS * _PER_MS:
                    at = max(begin, at)
                    self._last = moment, at
                    yield at

    def _even(self, moment: float) -> int:
        """The sample of a click: a step behind the one before, and nearer to its moment than that."""
        at = self._timebase.sample(moment - self._offset)
        last, last_at = self._last
        if moment - last > FORGOTTEN_MS:
            return at
        even = last_at + round((moment - last) * _PER_MS)
        if abs(at - even) > STRAY_MS * _PER_MS:
            return at
        return even + max(-NUDGE_MS * _PER_MS, min(NUDGE_MS * _PER_MS, at - even))

    def click(self, at: int, *, beneath: bool) -> Playing:
        """A click that begins at a sample of the output; quieter when it is beneath something else."""
        return Playing(IDENT, self._beneath if beneath else self._loud, at, voice=False)
