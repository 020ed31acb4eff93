"""Fakes for tests: a clock that is moved by hand, a player that records its calls, sensors that report on demand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from retro_timer.session.ports import SoundState
from retro_timer.session.sensing import NearbySensor, Reading, SensorKind, SensorLink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from retro_timer.session.cue import Cue
    from retro_timer.session.ports import DueCue, MetronomeSpan
    from retro_timer.session.sensing import Chosen, LinkState, SensorReport


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: int = 1_000_000, wall: datetime | None = None) -> None:
        self.moment = now
        self.asleep = 0
        self.started = wall or datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self._first = now

    def move(self, milliseconds: int) -> int:
        """Advance the clock; returns the new moment."""
        self.moment += milliseconds
        return self.moment

    def sleep(self, milliseconds: int) -> None:
        """Simulate system sleep: the monotonic clock stands still."""
        self.asleep += milliseconds

    def now(self) -> int:
        """The current moment."""
        return self.moment

    def boot(self) -> int | None:
        """The current moment plus the time slept."""
        return self.moment + self.asleep

    def wall(self) -> datetime:
        """The date and time; it keeps running during sleep."""
        return self.started + timedelta(milliseconds=self.moment - self._first + self.asleep)

    def system(self, moment: int) -> int:
        """Return `moment` unchanged."""
        return moment


class FakeSensors:
    """Sensors that report what a test tells them to.

    Args:
        follow: the sensors of the session.
        on_report: called with each report.
        log: never called.
        scan: whether to look for others, too.

    Attributes:
        follow: the sensors of the session.
        scan: whether to look for others, too.
        closed: whether they were closed.
    """

    def __init__(
        self,
        follow: Mapping[SensorKind, Chosen],
        on_report: Callable[[SensorReport], object],
        log: Callable[[str], None],
        *,
        scan: bool = False,
    ) -> None:
        self.follow = follow
        self.scan = scan
        self._on_report = on_report
        self._log = log
        self.closed = False

    def belt(self, speed_kmh: float, distance_m: float | None = None, *, incline_percent: float | None = None) -> None:
        """Report a reading of the treadmill."""
        self.report(Reading(SensorKind.BELT, speed_kmh, distance_m, incline_percent=incline_percent))

    def heart(self, rate: int | None) -> None:
        """Report a reading of the heart rate sensor."""
        self._on_report(Reading(SensorKind.HEART, heart_rate=rate))

    def report(self, report: SensorReport) -> None:
        """Pass on any report."""
        self._on_report(report)

    def found(self, kind: SensorKind, name: str, address: str, signal: int = -60) -> None:
        """Report a sensor nearby."""
        self._on_report(NearbySensor(kind, name, address, signal))

    def link(self, kind: SensorKind, state: LinkState, why: str = "") -> None:
        """Report a change of a connection."""
        self._on_report(SensorLink(kind, state, why))

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class RecordingPlayer:
    """A player that records what it is sent; `queued` holds the cues still to be played."""

    def __init__(self) -> None:
        self.queued: list[DueCue] = []
        self.cancels = 0
        self.silenced = 0  # how many of the cancels also silenced the playing sound
        self.clicks: tuple[MetronomeSpan, ...] = ()
        self.has_metronome = True
        self.missed: tuple[Cue, ...] = ()
        self.muted = False
        self.started = False
        self.closed = False
        self.drained = False  # whether `close` was to let the last cue finish
        self.state = SoundState.OK
        self.losses = 0
        self.detail = "recording"

    def start(self) -> None:
        """Record it."""
        self.started = True

    def send(self, cues: Sequence[DueCue]) -> None:
        """Record the cues."""
        self.queued.extend(cues)
        self.queued.sort(key=lambda due_cue: due_cue.due)

    def cancel(self, *, sounding: bool = True) -> None:
        """Clear the queue."""
        self.cancels += 1
        self.silenced += sounding
        self.queued.clear()

    def click(self, spans: Sequence[MetronomeSpan]) -> None:
        """Record the metronome spans."""
        self.clicks = tuple(spans)

    def mute(self, muted: bool) -> None:
        """Remember it."""
        self.muted = muted

    def close(self, *, drain: bool) -> None:
        """Remember it."""
        self.closed = True
        self.drained = drain

    def lose(self) -> None:
        """Lose the sound; it is back once `state` is OK again."""
        self.losses += 1
        self.state = SoundState.LOST

    def play_until(self, moment: int) -> list[DueCue]:
        """Remove and return the cues that are due by a moment, as a real player would."""
        played = [due_cue for due_cue in self.queued if due_cue.due <= moment]
        self.queued = self.queued[len(played) :]
        return played
