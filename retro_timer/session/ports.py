"""The interface between session and sound: a player of cues. A fake is in `retro_timer.testing`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retro_timer.session.cue import Cue

AUTO: Final = "auto"
"""The best available backend."""
OUTPUTS: Final = ("miniaudio", "simpleaudio", "system")
"""The backends that play sound, best first."""
SILENT: Final = ("bell", "off")
"""The choices without sound."""
BACKENDS: Final = (AUTO, *OUTPUTS, *SILENT)
"""The choices for playing sound, in the settings and with `--audio`; the default is `AUTO`."""
SOUND_SETS: Final = ("soft", "sharp")
"""The sound sets that are shipped; the first is the default."""
VOICES: Final = ("heart", "michael")
"""The voices that are shipped; the first is the default."""
COACHING: Final = ("off", "few", "many")
"""How much coaching there is in long silences."""
COUNTS: Final = ("ticks", "spoken")
"""How a count before a change is heard."""
BELT_PAUSES: Final = ("off", "pause", "both")
"""What a session does when the belt stops: nothing, pause, or also resume when it moves again."""
MAX_OFFSET_MS: Final = 500
"""The most by which all sound can be played earlier, in milliseconds."""
MAX_PRE_ROLL_MS: Final = 2000
"""The longest silence before a sound, in milliseconds."""
_MINUTE: Final = 60_000


class SoundState(StrEnum):
    """The state of the sound; the values are shown on screen after "sound: "."""

    STARTING = "starting"
    OK = "ok"
    MUTED = "muted"
    LOST = "lost"  # it has stopped working and is being restarted
    BELL = "NO AUDIO: bell only"
    OFF = "off"
    NONE = "NO AUDIO"


class DueCue(Struct, frozen=True):
    """A cue and its moment.

    Attributes:
        due: when to play it, in milliseconds of the system's monotonic clock.
        cue: the cue.
    """

    due: int
    cue: Cue


class MetronomeSpan(Struct, frozen=True):
    """A time span with a steady click.

    Attributes:
        tempo: clicks per minute.
        begin: the moment of the first click (monotonic ms); all others are computed from it, to avoid drift.
        until: the end of the span, exclusive.
    """

    tempo: int
    begin: int
    until: int

    def moments(self, start: float, end: float) -> Iterator[float]:
        """The moments of the clicks with `start <= moment < end`."""
        end = min(end, self.until)
        number = max(0, int((start - self.begin) * self.tempo // _MINUTE))
        while (moment := self.begin + number * _MINUTE / self.tempo) < end:
            if moment >= start:
                yield moment
            number += 1


class Player(Protocol):
    """Plays cues when they are due. Calls never block and never raise.

    Nothing is opened before `start`, so that a screen is shown first; cues sent earlier are kept.
    """

    @property
    def state(self) -> SoundState:
        """The current state of the sound."""

    @property
    def losses(self) -> int:
        """How often the sound was lost. If read before `state`, it also reveals a loss that is already over."""

    @property
    def detail(self) -> str:
        """One line for the screen: the output in use, or why there is none."""

    @property
    def missed(self) -> tuple[Cue, ...]:
        """The cues that were lost, in order; empty if there is no sound at all."""

    @property
    def has_metronome(self) -> bool:
        """Whether the output can play clicks; not every output can."""

    def start(self) -> None:
        """Open the output; cues sent earlier play as soon as it is open. A second call does nothing."""

    def send(self, cues: Sequence[DueCue]) -> None:
        """Queue cues for their moments; overdue cues play at once.

        Words never overlap: later words fade out earlier ones. Sounds are mixed. A cue that has started does not start
        again if it is sent again with the same moment, unless it was silenced in between.
        """

    def cancel(self, *, sounding: bool = True) -> None:
        """Clear the queue; with `sounding`, also fade out the current sound."""

    def click(self, spans: Sequence[MetronomeSpan]) -> None:
        """Click during these spans, which replace all earlier ones.

        Clicks are quieter than everything else. Late clicks are dropped. `cancel` does not affect them.
        """

    def mute(self, muted: bool) -> None:
        """Mute or unmute everything except cues about the sound itself (`CueKind.SOUND`)."""

    def close(self, *, drain: bool) -> None:
        """Stop; with `drain`, after the current cue. Takes at most a second longer than that."""
