"""Players that need no output: silence, and one that plays a rehearsal's cues at the rehearsal's pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.session.ports import SoundState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.clock import Clock
    from retro_timer.session.ports import Clicks, DueCue, Player


class SilentPlayer:
    """Plays nothing: the sound is off."""

    state = SoundState.OFF
    detail = "sound is off"
    has_metronome = False

    def send(self, cues: Sequence[DueCue]) -> None:
        """Play nothing."""

    def cancel(self, *, sounding: bool = True) -> None:
        """Nothing is queued."""

    def click(self, stretches: Sequence[Clicks]) -> None:
        """Play nothing."""

    def mute(self, muted: bool) -> None:
        """Nothing sounds."""

    def close(self, *, drain: bool) -> None:
        """Nothing is open."""


class PacedPlayer:
    """Hands cues to a player at the moments of another clock, such as a rehearsal's."""

    def __init__(self, player: Player, clock: Clock) -> None:
        self._player = player
        self._clock = clock

    @property
    def state(self) -> SoundState:
        """The player's."""
        return self._player.state

    @property
    def detail(self) -> str:
        """The player's."""
        return self._player.detail

    @property
    def has_metronome(self) -> bool:
        """The player's."""
        return self._player.has_metronome

    def send(self, cues: Sequence[DueCue]) -> None:
        """Hand the cues over with the system's moments."""
        self._player.send([due_cue.but(due=self._clock.system(due_cue.due)) for due_cue in cues])

    def cancel(self, *, sounding: bool = True) -> None:
        """Hand it over."""
        self._player.cancel(sounding=sounding)

    def click(self, stretches: Sequence[Clicks]) -> None:
        """Hand the stretches over with the system's moments; they are shorter then, and the tempo is the walker's."""
        at = self._clock.system
        self._player.click([each.but(begin=at(each.begin), until=at(each.until)) for each in stretches])

    def mute(self, muted: bool) -> None:
        """Hand it over."""
        self._player.mute(muted)

    def close(self, *, drain: bool) -> None:
        """Hand it over."""
        self._player.close(drain=drain)
