"""Where the cues of one persistent output are placed, to the sample: the inside of the output's callback.

Everything here runs in the thread of the output's callback. Others only put requests into a deque, which never waits
for a lock and never makes the callback wait for one.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from retro_timer.audio.agenda import Agenda, too_late
from retro_timer.audio.metronome import Metronome
from retro_timer.audio.mixer import Mixer, Playing, Samples
from retro_timer.audio.rules import HEARD_WHILE_MUTED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.audio.clips import Prepared
    from retro_timer.audio.timebase import Timebase
    from retro_timer.session.ports import Clicks

DRAIN_AHEAD_MS: Final = 300
"""A cue this close when the end comes is still heard: "complete" is due in the very moment of the end."""
MOST_AT_ONCE: Final = 16
"""More cues than this at once are noise, and too much to add up in time."""


class Tell(Protocol):
    """Takes what is to be told to the parent; never blocks."""

    def __call__(self, kind: str, /, **fields: object) -> None:
        """A message of a kind, with its fields."""


class Stage:
    """Fills the output's blocks.

    Args:
        timebase: when a sample is heard.
        tell: is handed what happens to each cue: `started`, `done`, `dropped`, `label`, `drained`.
        clock: the monotonic clock, in milliseconds.
        offset_ms: everything is played this much earlier.
    """

    def __init__(self, timebase: Timebase, tell: Tell, clock: Callable[[], float], offset_ms: int = 0) -> None:
        self._timebase = timebase
        self._tell = tell
        self._clock = clock
        self._offset = offset_ms
        self._requests: deque[Callable[[], None]] = deque()
        self._agenda = Agenda()
        self._mixer = Mixer()
        self._metronome = Metronome(timebase, offset_ms)
        self._sample = 0
        self._ends: dict[int, tuple[int, str]] = {}
        self._spared: set[int] = set()
        self._muted = False
        self._draining = False
        self._quiet_from = 0
        self.filled = 0
        """How many blocks were asked for: as long as it grows, the output lives."""

    def play(self, prepared: Prepared) -> None:
        """Let a cue be heard when it is due."""
        self._requests.append(partial(self._take, prepared))

    def cancel(self, *, sounding: bool) -> None:
        """Forget what waits, and fade out what sounds when `sounding`."""
        self._requests.append(self._cancel if sounding else self._agenda.clear)

    def click(self, stretches: Sequence[Clicks], click: Samples) -> None:
        """Click in these stretches of time, and in no others."""
        self._requests.append(partial(self._metronome.set, stretches, click))

    def mute(self, muted: bool) -> None:
        """Let nothing be heard but what speaks of the sound itself, or stop doing so."""
        self._requests.append(partial(self._mute, muted))

    def drain(self) -> None:
        """Play what sounds to its end, forget the rest, and tell `drained` when it is over."""
        self._requests.append(self._drain)

    def fill(self, count: int) -> Samples:
        """The next `count` samples. Called by the output, in its own thread."""
        now = self._clock()
        self._timebase.requested(now, self._sample)
        while self._requests:
            self._requests.popleft()()
        self._begin_due(count)
        self._click(count)
        block = self._mixer.block(self._sample, count)
        self._sample += count
        self._end_played(now)
        self.filled += 1
        return block

    def _take(self, prepared: Prepared) -> None:
        if why := self._agenda.add(prepared):
            self._tell("dropped", id=prepared.order.ident, why=why)

    def _cancel(self) -> None:
        self._agenda.silence()
        self._mixer.cut(self._sample, lambda _: True)
        self._ends.clear()

    def _mute(self, muted: bool) -> None:
        self._muted = muted
        if muted:
            self._mixer.cut(self._sample, lambda playing: playing.ident not in self._spared)

    def _drain(self) -> None:
        self._agenda.clear(after=self._clock() + DRAIN_AHEAD_MS)
        self._metronome.stop()
        self._draining = True

    def _begin_due(self, count: int) -> None:
        until = self._timebase.moment(self._sample + count) + self._offset
        earliest = self._timebase.moment(self._sample) + self._offset
        for prepared in self._agenda.take(until):
            if too_late(prepared, earliest):
                self._tell("dropped", id=prepared.order.ident, why="too late")
                continue
            if len(self._ends) >= MOST_AT_ONCE:
                self._tell("dropped", id=prepared.order.ident, why="too many at once")
                continue
            at = max(self._sample, self._timebase.sample(prepared.order.due - self._offset))
            self._begin(prepared, at)

    def _click(self, count: int) -> None:
        """Place the clicks of a block; the cues that begin in it are placed already."""
        for at in self._metronome.take(self._sample, count):
            if not self._muted:
                self._mixer.add(self._metronome.click(at, beneath=bool(self._ends)))

    def _begin(self, prepared: Prepared, at: int) -> None:
        order = prepared.order
        self._agenda.begins(prepared)
        heard = self._timebase.moment(at)
        self._tell("started", id=order.ident, at=round(heard), late=round(heard + self._offset - order.due, 1))
        silenced = self._muted and order.cue.kind not in HEARD_WHILE_MUTED
        if silenced:
            self._ends[order.ident] = (at, "")
            return
        if order.cue.kind in HEARD_WHILE_MUTED:
            self._spared.add(order.ident)
        if prepared.words or order.cue.label:
            self._hush(at)
        self._mixer.add(Playing(order.ident, prepared.sound, at, voice=False))
        self._mixer.add(Playing(order.ident, prepared.words, at + len(prepared.sound), voice=True))
        self._ends[order.ident] = (at + len(prepared.sound) + len(prepared.words), order.cue.label)

    def _hush(self, at: int) -> None:
        """One voice at a time: later words take the place of those being said, and of a label."""
        self._mixer.cut(at, lambda playing: playing.voice)
        self._ends = {ident: (end, "") for ident, (end, _) in self._ends.items()}
        self._tell("label", text="")

    def _end_played(self, now: float) -> None:
        for ident, (end, label) in list(self._ends.items()):
            if end <= self._sample:
                del self._ends[ident]
                self._quiet_from = max(self._quiet_from, end)
                self._spared.discard(ident)
                self._tell("done", id=ident)
                if label:
                    self._tell("label", id=ident, text=label)
        if self._draining and not self._ends and not self._agenda and self._timebase.moment(self._quiet_from) <= now:
            self._draining = False
            self._tell("drained")
