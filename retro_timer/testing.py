"""Shipped fakes: a clock that is moved by hand, and a player that writes down what it was told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from retro_timer.session.ports import SoundState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.session.ports import Clicks, DueCue


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: int = 1_000_000, wall: datetime | None = None) -> None:
        self.moment = now
        self.asleep = 0
        self.started = wall or datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self._first = now

    def move(self, milliseconds: int) -> int:
        """Let time pass; returns the new moment."""
        self.moment += milliseconds
        return self.moment

    def sleep(self, milliseconds: int) -> None:
        """Let the machine sleep: the monotonic clock stands still."""
        self.asleep += milliseconds

    def now(self) -> int:
        """The moment it was moved to."""
        return self.moment

    def boot(self) -> int | None:
        """The same with the sleep."""
        return self.moment + self.asleep

    def wall(self) -> datetime:
        """The date and time: it runs on in sleep."""
        return self.started + timedelta(milliseconds=self.moment - self._first + self.asleep)

    def system(self, moment: int) -> int:
        """The same moment."""
        return moment


class RecordingPlayer:
    """A player that keeps what it was sent; `queued` is what is still to be played."""

    def __init__(self) -> None:
        self.queued: list[DueCue] = []
        self.cancels = 0
        self.silenced = 0  # how many of them silenced what was sounding, too
        self.clicks: tuple[Clicks, ...] = ()
        self.has_metronome = True
        self.muted = False
        self.closed = False
        self.state = SoundState.OK
        self.detail = "recording"

    def send(self, cues: Sequence[DueCue]) -> None:
        """Keep the cues."""
        self.queued.extend(cues)
        self.queued.sort(key=lambda due_cue: due_cue.due)

    def cancel(self, *, sounding: bool = True) -> None:
        """Forget what is queued."""
        self.cancels += 1
        self.silenced += sounding
        self.queued.clear()

    def click(self, stretches: Sequence[Clicks]) -> None:
        """Keep the stretches."""
        self.clicks = tuple(stretches)

    def mute(self, muted: bool) -> None:
        """Remember it."""
        self.muted = muted

    def close(self, *, drain: bool) -> None:  # noqa: ARG002  (a player's signature)
        """Remember it."""
        self.closed = True

    def play_until(self, moment: int) -> list[DueCue]:
        """Take what is due until a moment out of the queue, as a real player would."""
        played = [due_cue for due_cue in self.queued if due_cue.due <= moment]
        self.queued = self.queued[len(played) :]
        return played
