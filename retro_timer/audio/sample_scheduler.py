"""The sample scheduler: places cues in a persistent output with sample accuracy, in the output's callback.

All work is done in the thread of the callback. Other threads only append requests to a deque, so that neither side
waits for a lock.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from retro_timer.audio.cue_queue import CueQueue, too_late
from retro_timer.audio.metronome import MetronomeSamples
from retro_timer.audio.mixer import Mixer, Playing, Samples
from retro_timer.audio.rules import HEARD_WHILE_MUTED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.audio.clips import Prepared
    from retro_timer.audio.clock_model import ClockModel
    from retro_timer.audio.cue_queue import Begun
    from retro_timer.session.ports import MetronomeSpan

DRAIN_AHEAD_MS: Final = 300
"""Cues due within this time of the end are still played: "complete" is due exactly at the end."""
MOST_AT_ONCE: Final = 16
"""Maximum number of simultaneous cues: more are noise, and take too long to mix."""


class Notify(Protocol):
    """Sends a message to the parent; never blocks."""

    def __call__(self, kind: str, /, **fields: object) -> None:
        """Send a message of a kind with fields."""


class SampleScheduler:
    """Fills the blocks of the output.

    Args:
        clock_model: maps samples to moments.
        notify: called for each event: `started`, `done`, `dropped`, `label`, `drained`.
        clock: the monotonic clock in milliseconds.
        offset_ms: how much earlier to play everything.
        begun: the started cues, if shared with another scheduler.
        speaks: called with the start of words, so that another scheduler can stop speaking.
    """

    def __init__(  # noqa: PLR0913  (the parts that are put together)
        self,
        clock_model: ClockModel,
        notify: Notify,
        clock: Callable[[], float],
        offset_ms: int,
        *,
        begun: Begun | None = None,
        speaks: Callable[[float], None] | None = None,
    ) -> None:
        self._clock_model = clock_model
        self._speaks = speaks
        self._notify = notify
        self._clock = clock
        self._offset = offset_ms
        self._requests: deque[Callable[[], None]] = deque()
        self._cue_queue = CueQueue(begun)
        self._mixer = Mixer()
        self._metronome = MetronomeSamples(clock_model, offset_ms)
        self._sample = 0
        self._ends: dict[int, tuple[int, str]] = {}
        self._not_to_cut: set[int] = set()
        self._muted = False
        self._draining = False
        self._quiet_from = 0
        self._other_speaks = 0  # the sample from which another scheduler speaks
        self.filled = 0
        """Number of requested blocks: it grows as long as the output works."""

    def play(self, prepared: Prepared) -> None:
        """Play a cue when it is due."""
        self._requests.append(partial(self._take, prepared))

    def cancel(self, *, sounding: bool) -> None:
        """Clear the queue; with `sounding`, also fade out the current sounds."""
        self._requests.append(self._cancel if sounding else self._cue_queue.clear)

    def click(self, spans: Sequence[MetronomeSpan], click: Samples) -> None:
        """Click during these spans, which replace all earlier ones."""
        self._requests.append(partial(self._metronome.set, spans, click))

    def mute(self, muted: bool) -> None:
        """Mute or unmute everything except cues about the sound itself."""
        self._requests.append(partial(self._mute, muted))

    def stop_speech(self, moment: float) -> None:
        """Stop speech at a moment (monotonic ms), from which another scheduler speaks."""
        self._requests.append(partial(self._give_way, moment))

    @property
    def reach(self) -> float:
        """The moment up to which all samples have been sent to the output (monotonic ms)."""
        return self._clock_model.moment(self._sample)

    @property
    def idle(self) -> bool:
        """Whether nothing is playing or pending."""
        return not (self._requests or self._ends or self._cue_queue)

    def drain(self) -> None:
        """Finish the current sounds, drop the rest, then send `drained`."""
        self._requests.append(self._drain)

    def fill(self, count: int) -> Samples:
        """The next `count` samples. Called by the output in its thread."""
        now = self._clock()
        self._clock_model.requested(now, self._sample)
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
        if why := self._cue_queue.add(prepared):
            self._notify("dropped", id=prepared.ident, why=why)

    def _cancel(self) -> None:
        self._cue_queue.silence()
        self._mixer.cut(self._sample, lambda _: True)
        self._ends.clear()
        self._other_speaks = 0

    def _give_way(self, moment: float) -> None:
        self._other_speaks = self._clock_model.sample(moment)
        self._stop_speech(max(self._sample, self._other_speaks))

    def _mute(self, muted: bool) -> None:
        self._muted = muted
        if muted:
            self._mixer.cut(self._sample, lambda playing: playing.ident not in self._not_to_cut)

    def _drain(self) -> None:
        self._cue_queue.clear(after=self._clock() + DRAIN_AHEAD_MS)
        self._metronome.stop()
        self._draining = True

    def _begin_due(self, count: int) -> None:
        until = self._clock_model.moment(self._sample + count) + self._offset
        earliest = self._clock_model.moment(self._sample) + self._offset
        for prepared in self._cue_queue.take(until):
            if too_late(prepared, earliest):
                self._notify("dropped", id=prepared.ident, why="too late")
                continue
            if len(self._ends) >= MOST_AT_ONCE:
                self._notify("dropped", id=prepared.ident, why="too many at once")
                continue
            at = max(self._sample, self._clock_model.sample(prepared.due_cue.due - self._offset))
            self._begin(prepared, at)

    def _click(self, count: int) -> None:
        """Place the clicks of a block, after the cues that start in it."""
        for at in self._metronome.take(self._sample, count):
            if not self._muted:
                self._mixer.add(self._metronome.click(at, ducked=bool(self._ends)))

    def _begin(self, prepared: Prepared, at: int) -> None:
        ident, due, cue = prepared.ident, prepared.due_cue.due, prepared.due_cue.cue
        self._cue_queue.begins(prepared)
        heard = self._clock_model.moment(at)
        self._notify("started", id=ident, at=round(heard), late=round(heard + self._offset - due, 1))
        silenced = self._muted and cue.kind not in HEARD_WHILE_MUTED
        if silenced:
            self._ends[ident] = (at, "")
            return
        if cue.kind in HEARD_WHILE_MUTED:
            self._not_to_cut.add(ident)
        if prepared.words or cue.label:
            self._stop_speech(at)
            if self._speaks is not None:
                self._speaks(heard)
        self._mixer.add(Playing(ident, prepared.sound, at, voice=False))
        self._mixer.add(Playing(ident, prepared.words, at + len(prepared.sound), voice=True))
        if at < self._other_speaks:
            self._mixer.cut(self._other_speaks, lambda playing: playing.voice)
        self._ends[ident] = (at + len(prepared.sound) + len(prepared.words), cue.label)

    def _stop_speech(self, at: int) -> None:
        """Stop earlier words and labels: only one voice speaks at a time."""
        self._mixer.cut(at, lambda playing: playing.voice)
        self._ends = {ident: (end, "") for ident, (end, _) in self._ends.items()}
        self._notify("label", text="")

    def _end_played(self, now: float) -> None:
        for ident, (end, label) in list(self._ends.items()):
            if end <= self._sample:
                del self._ends[ident]
                self._quiet_from = max(self._quiet_from, end)
                self._not_to_cut.discard(ident)
                self._notify("done", id=ident)
                if label:
                    self._notify("label", id=ident, text=label)
        if (
            self._draining
            and not self._ends
            and not self._cue_queue
            and self._clock_model.moment(self._quiet_from) <= now
        ):
            self._draining = False
            self._notify("drained")
