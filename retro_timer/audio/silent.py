"""A player that needs no output: silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.session.ports import SoundState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.session.ports import DueCue, MetronomeSpan


class SilentPlayer:
    """A player for sound that is off."""

    state = SoundState.OFF
    losses = 0
    detail = "sound is off"
    has_metronome = False
    missed = ()

    def start(self) -> None:
        """Do nothing."""

    def send(self, cues: Sequence[DueCue]) -> None:
        """Play nothing."""

    def cancel(self, *, sounding: bool = True) -> None:
        """Do nothing."""

    def click(self, spans: Sequence[MetronomeSpan]) -> None:
        """Play nothing."""

    def mute(self, muted: bool) -> None:
        """Do nothing."""

    def close(self, *, drain: bool) -> None:
        """Do nothing."""
