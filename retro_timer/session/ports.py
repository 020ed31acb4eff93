"""What a session needs from the outside: something that plays cues. Published with a fake in `retro_timer.testing`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.session.cue import Cue


class SoundState(StrEnum):
    """What the screen says about the sound; the values are shown after "sound: "."""

    STARTING = "starting"
    OK = "ok"
    MUTED = "muted"
    LOST = "lost"  # it worked, it does not now; being restarted
    BELL = "NO AUDIO: bell only"
    OFF = "off"
    NONE = "NO AUDIO"


@dataclass(frozen=True, slots=True)
class DueCue:
    """A cue and the moment it is due.

    Attributes:
        due: the moment on the system's monotonic clock, in milliseconds (`time.monotonic_ns() // 1_000_000`).
        cue: what is to be heard.
    """

    due: int
    cue: Cue


class Player(Protocol):
    """Plays cues at the moments they are due. No call blocks, and none raises."""

    @property
    def state(self) -> SoundState:
        """What is known of the sound right now."""

    @property
    def detail(self) -> str:
        """One line for the screen: which output is used, or why there is none."""

    def send(self, cues: Sequence[DueCue]) -> None:
        """Queue cues to be heard when they are due; one that is due already is played at once.

        Words never overlap: later words fade out the ones that are sounding. Sounds mix with anything. A cue that
        began is not begun again when it is sent again with the moment it had, unless it was silenced since.
        """

    def cancel(self, *, sounding: bool = True) -> None:
        """Forget what is queued; also fade out what is sounding, without a click, when `sounding`."""

    def mute(self, muted: bool) -> None:
        """Silence everything but cues about the sound itself (`CueKind.SOUND`), or stop doing so."""

    def close(self, *, drain: bool) -> None:
        """Stop, after the cue that is sounding when `drain`; never takes longer than a second beyond it."""
