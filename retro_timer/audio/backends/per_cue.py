"""An engine for speakers that open the output anew for every cue."""

from __future__ import annotations

import threading
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from retro_timer.audio.clips import RATE, Prepared
from retro_timer.audio.cue_queue import CueQueue, too_late
from retro_timer.audio.rules import HEARD_WHILE_MUTED
from retro_timer.audio.sample_scheduler import DRAIN_AHEAD_MS, Notify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.audio.mixer import Samples
    from retro_timer.session.ports import MetronomeSpan

MOST_AT_ONCE: Final = 4
"""Maximum number of outputs open at once: sound servers refuse more (of 1,000 rapid plays simpleaudio lost 391)."""
_CHECK_MS: Final = 250.0


class Playback(Protocol):
    """A cue that is playing."""

    @property
    def failure(self) -> str:
        """Why playback failed, as one sentence; empty if it did not fail, or if that is unknown."""

    def stop(self) -> None:
        """Stop it at once; never blocks. No effect if it is over."""


class Speaker(Protocol):
    """Plays one array of samples at a time."""

    latency_ms: float

    def open(self) -> str:
        """Test it, and describe it in a few words. Raises the same errors as `Engine.open`."""

    def start(self, samples: Samples) -> Playback:
        """Start playing. Raises NoOutputError if that fails."""


@dataclass(slots=True)
class _Playing:
    prepared: Prepared
    playback: Playback | None
    ends: float


class PerCueOutput:
    """An `Engine` over a `Speaker`. It cannot fade or mix: a cancelled cue stops at once.

    Args:
        speaker: plays the samples.
        notify: called for each event of a cue.
        clock: the monotonic clock in milliseconds.
        offset_ms: how much earlier to play everything.
        pre_roll_ms: silence before a cue if nothing else is playing.
    """

    def __init__(
        self, speaker: Speaker, notify: Notify, clock: Callable[[], float], *, offset_ms: int = 0, pre_roll_ms: int = 0
    ) -> None:
        self._speaker = speaker
        self._notify = notify
        self._clock = clock
        self._offset = offset_ms
        self._pre_roll = pre_roll_ms
        self._cue_queue = CueQueue()
        self._playing: list[_Playing] = []
        self._changed = threading.Condition()
        self._muted = False
        self._draining = False
        self._busy_since: float | None = None
        self._failed = ""
        self._cancels = 0

    @property
    def latency_ms(self) -> float:
        """The latency from the start call to the first sample."""
        return self._speaker.latency_ms

    def open(self) -> str:
        """Test the speaker and start the thread."""
        what = self._speaker.open()
        threading.Thread(target=self._run, name="cues", daemon=True).start()
        return what

    def stalled_ms(self) -> float:
        """How long a call to the speaker has been blocking; infinite after a failed call."""
        if self._failed:
            return float("inf")
        busy = self._busy_since
        return 0.0 if busy is None else self._clock() - busy

    def play(self, prepared: Prepared) -> None:
        """Play a cue when it is due."""
        with self._changed:
            if why := self._cue_queue.add(prepared):
                self._notify("dropped", id=prepared.ident, why=why)
            self._changed.notify()

    def cancel(self, *, sounding: bool) -> None:
        """Clear the queue; with `sounding`, also stop the current cues."""
        with self._changed:
            self._cancels += 1
            if sounding:
                self._cue_queue.silence()
                self._stop(lambda _: True)
            else:
                self._cue_queue.clear()

    def click(self, spans: Sequence[MetronomeSpan], click: Samples) -> None:
        """Do nothing: opening the output for every click would make the rhythm uneven."""

    def mute(self, muted: bool) -> None:
        """Mute or unmute everything except cues about the sound itself."""
        with self._changed:
            self._muted = muted
            if muted:
                self._stop(lambda playing: playing.prepared.due_cue.cue.kind not in HEARD_WHILE_MUTED)

    def drain(self) -> None:
        """Finish the current cues, drop the rest, then send `drained`."""
        with self._changed:
            self._cue_queue.clear(after=self._clock() + DRAIN_AHEAD_MS)
            self._draining = True
            self._changed.notify()

    def abandon(self) -> None:
        """Stop everything at once, before the process exits."""
        self.cancel(sounding=True)

    def _stop(self, chosen: Callable[[_Playing], bool]) -> None:
        for playing in self._playing:
            if chosen(playing):
                playing.ends = float("-inf")
                if playing.playback:
                    playing.playback.stop()

    def _run(self) -> None:
        while not self._failed:
            with self._changed:
                self._changed.wait(self._wait_ms() / 1000)
            self.play_due()

    def play_due(self) -> None:
        """Start the cues that are due and handle those that are over; blocks only as long as the speaker."""
        with self._changed:
            now = self._clock()
            self._end_played(now)
            due = list(self._cue_queue.take(now + self._lead()))
            cancels = self._cancels
        for prepared in due:
            with self._changed:
                # A cancel may arrive while the speaker starts several cues that are due together.
                if self._failed or cancels != self._cancels:
                    return
                self._cue_queue.begins(prepared)
            self._begin(prepared)

    def _lead(self) -> float:
        """How long before its moment a cue must be started, in milliseconds."""
        return self._speaker.latency_ms + self._offset + (0 if self._playing else self._pre_roll)

    def _wait_ms(self) -> float:
        due = self._cue_queue.next_due()
        wait = _CHECK_MS if due is None else due - self._lead() - self._clock()
        ends = min((playing.ends - self._clock() for playing in self._playing), default=_CHECK_MS)
        return max(0.0, min(_CHECK_MS, wait, ends))

    def _end_played(self, now: float) -> None:
        for playing in self._playing:
            if playing.playback and playing.playback.failure:
                self._fail(playing.playback.failure)
            elif playing.ends <= now:
                self._notify("done", id=playing.prepared.ident)
                if playing.prepared.due_cue.cue.label and playing.ends > 0:
                    self._notify("label", id=playing.prepared.ident, text=playing.prepared.due_cue.cue.label)
        self._playing = [playing for playing in self._playing if playing.ends > now]
        if self._draining and not self._playing and not self._cue_queue:
            self._draining = False
            self._notify("drained")

    def _begin(self, prepared: Prepared) -> None:
        ident, cue, now = prepared.ident, prepared.due_cue.cue, self._clock()
        if too_late(prepared, now):
            self._notify("dropped", id=ident, why="too late")
            return
        if self._muted and cue.kind not in HEARD_WHILE_MUTED:
            self._notify("done", id=ident)
            return
        if cue.words or cue.label:
            # Only one voice at a time: later words replace earlier ones.
            with self._changed:
                self._stop(lambda playing: bool(playing.prepared.due_cue.cue.words))
        if len(self._playing) >= MOST_AT_ONCE:
            self._notify("dropped", id=ident, why="too many at once")
            return
        self._start(prepared)

    def _fail(self, why: str) -> None:
        self._failed = why
        self._notify("log", text=f"The speaker failed: {why}")

    def _start(self, prepared: Prepared) -> None:
        quiet = array("h", bytes(0 if self._playing else 2 * (self._pre_roll * RATE // 1000)))
        samples = quiet + prepared.joined
        begun = self._busy_since = self._clock()
        try:
            playback = self._speaker.start(samples)
        except Exception as error:  # noqa: BLE001  # a third-party library may raise anything
            self._fail(str(error) or repr(error))
            return
        finally:
            self._busy_since = None
        heard = begun + self._speaker.latency_ms + 1000 * len(quiet) / RATE
        self._notify(
            "started", id=prepared.ident, at=round(heard), late=round(heard + self._offset - prepared.due_cue.due, 1)
        )
        with self._changed:
            ends = heard + 1000 * len(prepared.joined) / RATE
            self._playing.append(_Playing(prepared, playback, ends))
