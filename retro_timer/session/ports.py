"""What a session needs from the outside: something that plays cues. Published with a fake in `retro_timer.testing`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from retro_timer.scheduling.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retro_timer.session.cue import Cue

_MINUTE: Final = 60_000


class SoundState(StrEnum):
    """What the screen says about the sound; the values are shown after "sound: "."""

    STARTING = "starting"
    OK = "ok"
    MUTED = "muted"
    LOST = "lost"  # it worked, it does not now; being restarted
    BELL = "NO AUDIO: bell only"
    OFF = "off"
    NONE = "NO AUDIO"


class DueCue(Value):
    """A cue and the moment it is due.

    Attributes:
        due: the moment on the system's monotonic clock, in milliseconds (`time.monotonic_ns() // 1_000_000`).
        cue: what is to be heard.
    """

    due: int
    cue: Cue


class Clicks(Value):
    """A stretch of time with a steady click to step to.

    Attributes:
        tempo: clicks a minute.
        begin: the moment of the first click (monotonic ms); all others are reckoned from it, so that none drifts.
        until: the moment before which the last click is.
    """

    tempo: int
    begin: int
    until: int

    def moments(self, start: float, end: float) -> Iterator[float]:
        """The moments of the clicks with `start <= moment < end`: of spans that adjoin, each click is in one."""
        end = min(end, self.until)
        number = max(0, int((start - self.begin) * self.tempo // _MINUTE))
        while (moment := self.begin + number * _MINUTE / self.tempo) < end:
            if moment >= start:
                yield moment
            number += 1


class Player(Protocol):
    """Plays cues at the moments they are due. No call blocks, and none raises."""

    @property
    def state(self) -> SoundState:
        """What is known of the sound right now."""

    @property
    def detail(self) -> str:
        """One line for the screen: which output is used, or why there is none."""

    @property
    def has_metronome(self) -> bool:
        """Whether clicks are heard at all: not every output can play one."""

    def send(self, cues: Sequence[DueCue]) -> None:
        """Queue cues to be heard when they are due; one that is due already is played at once.

        Words never overlap: later words fade out the ones that are sounding. Sounds mix with anything. A cue that
        began is not begun again when it is sent again with the moment it had, unless it was silenced since.
        """

    def cancel(self, *, sounding: bool = True) -> None:
        """Forget what is queued; also fade out what is sounding, without a click, when `sounding`."""

    def click(self, stretches: Sequence[Clicks]) -> None:
        """Click to step to in these stretches of time, and in no others; what was asked for before is forgotten.

        Clicks are heard beneath everything else. One that is late is left out. `cancel` does not concern them.
        """

    def mute(self, muted: bool) -> None:
        """Silence everything but cues about the sound itself (`CueKind.SOUND`), or stop doing so."""

    def close(self, *, drain: bool) -> None:
        """Stop, after the cue that is sounding when `drain`; never takes longer than a second beyond it."""
