"""Players that need no output: silence, and one that plays a rehearsal's cues at the rehearsal's pace."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from retro_timer.session.ports import SoundState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.clock import Clock
    from retro_timer.session.ports import DueCue, Player


class SilentPlayer:
    """Plays nothing: the sound is off."""

    state = SoundState.OFF
    detail = "sound is off"

    def send(self, cues: Sequence[DueCue]) -> None:
        """Play nothing."""

    def cancel(self, *, sounding: bool = True) -> None:
        """Nothing is queued."""

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

    def send(self, cues: Sequence[DueCue]) -> None:
        """Hand the cues over with the system's moments."""
        self._player.send([replace(due_cue, due=self._clock.system(due_cue.due)) for due_cue in cues])

    def cancel(self, *, sounding: bool = True) -> None:
        """Hand it over."""
        self._player.cancel(sounding=sounding)

    def mute(self, muted: bool) -> None:
        """Hand it over."""
        self._player.mute(muted)

    def close(self, *, drain: bool) -> None:
        """Hand it over."""
        self._player.close(drain=drain)
