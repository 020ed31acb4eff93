"""Playing where every cue opens the output anew: each is one stretch of samples, started when it is due."""

from __future__ import annotations

import threading
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from retro_timer.audio.agenda import Agenda, too_late
from retro_timer.audio.clips import RATE, Prepared
from retro_timer.audio.rules import HEARD_WHILE_MUTED
from retro_timer.audio.stage import DRAIN_AHEAD_MS, Tell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.audio.mixer import Samples
    from retro_timer.session.ports import Clicks

MOST_AT_ONCE: Final = 4
"""More outputs open at once than this are refused by sound servers: of 1,000 rapid plays simpleaudio lost 391."""
_LOOK_MS: Final = 250.0


class Playback(Protocol):
    """A cue on its way out."""

    @property
    def failure(self) -> str:
        """Why it was not heard to its end, in one sentence; empty when it is, or when nobody knows."""

    def stop(self) -> None:
        """End it now; never blocks, and does nothing when it is over."""


class Speaker(Protocol):
    """What plays one stretch of samples."""

    latency_ms: float

    def open(self) -> str:
        """Find out whether it works; what it is, in a few words. Raises as `Engine.open` does."""

    def start(self, samples: Samples) -> Playback:
        """Begin to play. Raises NotNow when it cannot."""


@dataclass(slots=True)
class _Playing:
    prepared: Prepared
    playback: Playback | None
    ends: float


class PerCueOutput:
    """An `Engine` over a `Speaker`. Nothing can be faded or mixed here: what is cut off ends at once.

    Args:
        speaker: what plays.
        tell: is handed what happens to the cues.
        clock: the monotonic clock in milliseconds.
        offset_ms: everything is played this much earlier.
        pre_roll_ms: silence ahead of a cue when nothing else is sounding.
    """

    def __init__(
        self, speaker: Speaker, tell: Tell, clock: Callable[[], float], *, offset_ms: int = 0, pre_roll_ms: int = 0
    ) -> None:
        self._speaker = speaker
        self._tell = tell
        self._clock = clock
        self._offset = offset_ms
        self._pre_roll = pre_roll_ms
        self._agenda = Agenda()
        self._playing: list[_Playing] = []
        self._changed = threading.Condition()
        self._muted = False
        self._draining = False
        self._busy_since: float | None = None
        self._failed = ""
        self._cancels = 0

    @property
    def latency_ms(self) -> float:
        """How long the speaker takes from the call to the first sample."""
        return self._speaker.latency_ms

    def open(self) -> str:
        """Try the speaker, and begin to wait for cues."""
        what = self._speaker.open()
        threading.Thread(target=self._run, name="cues", daemon=True).start()
        return what

    def stalled_ms(self) -> float:
        """For how long the speaker has not come back from a call; endless when it refused one."""
        if self._failed:
            return float("inf")
        busy = self._busy_since
        return 0.0 if busy is None else self._clock() - busy

    def play(self, prepared: Prepared) -> None:
        """Let a cue be heard when it is due."""
        with self._changed:
            if why := self._agenda.add(prepared):
                self._tell("dropped", id=prepared.order.ident, why=why)
            self._changed.notify()

    def cancel(self, *, sounding: bool) -> None:
        """Forget what waits, and silence what sounds when `sounding`."""
        with self._changed:
            self._cancels += 1
            if sounding:
                self._agenda.silence()
                self._stop(lambda _: True)
            else:
                self._agenda.clear()

    def click(self, stretches: Sequence[Clicks], click: Samples) -> None:
        """There is no metronome here: an output opened for every click would be late in its own way each time."""

    def mute(self, muted: bool) -> None:
        """Let nothing be heard but what speaks of the sound itself, or stop doing so."""
        with self._changed:
            self._muted = muted
            if muted:
                self._stop(lambda playing: playing.prepared.order.cue.kind not in HEARD_WHILE_MUTED)

    def drain(self) -> None:
        """Play what sounds to its end, forget the rest, and tell `drained` when it is over."""
        with self._changed:
            self._agenda.clear(after=self._clock() + DRAIN_AHEAD_MS)
            self._draining = True
            self._changed.notify()

    def abandon(self) -> None:
        """Silence everything at once: the process ends."""
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
            self.look()

    def look(self) -> None:
        """Start what is due, and see what is over; never waits longer than the speaker does."""
        with self._changed:
            now = self._clock()
            self._end_played(now)
            due = list(self._agenda.take(now + self._lead()))
            cancels = self._cancels
        for prepared in due:
            with self._changed:
                # A cancel can come while the speaker starts what is due at the same moment.
                if self._failed or cancels != self._cancels:
                    return
                self._agenda.begins(prepared)
            self._begin(prepared)

    def _lead(self) -> float:
        """How long before its moment a cue has to be started, in milliseconds."""
        return self._speaker.latency_ms + self._offset + (0 if self._playing else self._pre_roll)

    def _wait_ms(self) -> float:
        due = self._agenda.next_due()
        wait = _LOOK_MS if due is None else due - self._lead() - self._clock()
        ends = min((playing.ends - self._clock() for playing in self._playing), default=_LOOK_MS)
        return max(0.0, min(_LOOK_MS, wait, ends))

    def _end_played(self, now: float) -> None:
        for playing in self._playing:
            if playing.playback and playing.playback.failure:
                self._fail(playing.playback.failure)
            elif playing.ends <= now:
                self._tell("done", id=playing.prepared.order.ident)
                if playing.prepared.order.cue.label and playing.ends > 0:
                    self._tell("label", id=playing.prepared.order.ident, text=playing.prepared.order.cue.label)
        self._playing = [playing for playing in self._playing if playing.ends > now]
        if self._draining and not self._playing and not self._agenda:
            self._draining = False
            self._tell("drained")

    def _begin(self, prepared: Prepared) -> None:
        order, now = prepared.order, self._clock()
        if too_late(prepared, now):
            self._tell("dropped", id=order.ident, why="too late")
            return
        if self._muted and order.cue.kind not in HEARD_WHILE_MUTED:
            self._tell("done", id=order.ident)
            return
        if order.cue.words or order.cue.label:
            # One voice at a time: the later words count.
            with self._changed:
                self._stop(lambda playing: bool(playing.prepared.order.cue.words))
        if len(self._playing) >= MOST_AT_ONCE:
            self._tell("dropped", id=order.ident, why="too many at once")
            return
        self._start(prepared)

    def _fail(self, why: str) -> None:
        self._failed = why
        self._tell("log", text=f"The speaker failed: {why}")

    def _start(self, prepared: Prepared) -> None:
        quiet = array("h", bytes(0 if self._playing else 2 * (self._pre_roll * RATE // 1000)))
        samples = quiet + prepared.joined
        begun = self._busy_since = self._clock()
        try:
            playback = self._speaker.start(samples)
        except Exception as error:  # noqa: BLE001  # a library of another's: whatever it is, the sound is lost
            self._fail(str(error) or repr(error))
            return
        finally:
            self._busy_since = None
        heard = begun + self._speaker.latency_ms + 1000 * len(quiet) / RATE
        self._tell(
            "started",
            id=prepared.order.ident,
            at=round(heard),
            late=round(heard + self._offset - prepared.order.due, 1),
        )
        with self._changed:
            ends = heard + 1000 * len(prepared.joined) / RATE
            self._playing.append(_Playing(prepared, playback, ends))
