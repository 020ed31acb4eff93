"""The metronome on one output: the positions and samples of its clicks.

A constant offset of 20 ms is inaudible, but an uneven interval is not, and the clock model can move by that much after
a gap of silence. So clicks are spaced evenly in samples, and only nudged towards their moments to prevent drift.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from retro_timer.audio.mixer import Playing, Samples
from retro_timer.audio.tones import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retro_timer.audio.clock_model import ClockModel
    from retro_timer.session.ports import MetronomeSpan

MAX_CORRECTION_MS: Final = 2
"""Maximum correction per click; inaudible."""
MAX_DEVIATION_MS: Final = 60
"""Maximum distance of a click from its moment; beyond it, the next click is placed at its exact moment."""
LATE_MS: Final = 30
"""Maximum lateness of the first click: a later one would be out of step."""
MAX_GAP_MS: Final = 3000
"""After this long without a click, the rhythm starts over."""
LONGEST_MS: Final = 200
"""Maximum length of a click: the walker's own file may be long, and the next click is soon."""
DUCKED_PERCENT: Final = 40
"""Volume of a click during other sounds, in percent, so that it does not mask them."""
IDENT: Final = 0
"""The mixer's id of clicks; cues are numbered from 1."""
_PER_MS: Final = SAMPLE_RATE // 1000


class MetronomeSamples:
    """Generates the clicks of the current spans.

    Args:
        clock_model: maps samples to moments.
        offset_ms: how much earlier to play everything.
    """

    def __init__(self, clock_model: ClockModel, offset_ms: int) -> None:
        self._clock_model = clock_model
        self._offset = offset_ms
        self._spans: tuple[MetronomeSpan, ...] = ()
        self._file: Samples = array("h")
        self._loud: Samples = array("h")
        self._ducked: Samples = array("h")
        self._last = float("-inf"), 0  # the moment of the last click, and its sample

    def set(self, spans: Sequence[MetronomeSpan], click: Samples) -> None:
        """Replace the spans."""
        self._spans = tuple(spans)
        if click is self._file:
            return
        self._file = click
        short = Playing(IDENT, click, 0, voice=False)
        short.fade(LONGEST_MS * _PER_MS)
        self._loud = short.samples
        self._ducked = array("h", (value * DUCKED_PERCENT // 100 for value in self._loud))

    def stop(self) -> None:
        """Stop clicking."""
        self._spans = ()

    def take(self, begin: int, count: int) -> Iterator[int]:
        """Yield, once each, the start samples of the clicks in a block.

        Args:
            begin: the first sample of the block.
            count: the number of samples in it.
        """
        start = self._clock_model.moment(begin) + self._offset - MAX_DEVIATION_MS - LATE_MS
        until = self._clock_model.moment(begin + count) + self._offset + MAX_DEVIATION_MS
        for span in self._spans:
            for moment in span.moments(start, until):
                at = self._even(moment)
                if at >= begin + count:
                    return
                if moment > self._last[0] and at >= begin - LATE_MS * _PER_MS:
                    at = max(begin, at)
                    self._last = moment, at
                    yield at

    def _even(self, moment: float) -> int:
        """The sample of a click: one even step after the previous one, nudged towards its moment."""
        at = self._clock_model.sample(moment - self._offset)
        last, last_at = self._last
        if moment - last > MAX_GAP_MS:
            return at
        even = last_at + round((moment - last) * _PER_MS)
        if abs(at - even) > MAX_DEVIATION_MS * _PER_MS:
            return at
        return even + max(-MAX_CORRECTION_MS * _PER_MS, min(MAX_CORRECTION_MS * _PER_MS, at - even))

    def click(self, at: int, *, ducked: bool) -> Playing:
        """A click that starts at a sample of the output; quieter during other sounds."""
        return Playing(IDENT, self._ducked if ducked else self._loud, at, voice=False)
