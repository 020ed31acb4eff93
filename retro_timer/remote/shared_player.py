"""A player that passes everything on to the session's own player, and to the devices that follow the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from retro_timer.session.ports import SoundState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.session.cue import Cue
    from retro_timer.session.ports import DueCue, MetronomeSpan, Player


class CueListener(Protocol):
    """Gets everything that a player is sent."""

    def cues_sent(self, cues: Sequence[DueCue]) -> None:
        """Cues were sent."""

    def cues_cancelled(self, *, sounding: bool) -> None:
        """All pending cues were cancelled."""

    def clicks_sent(self, spans: Sequence[MetronomeSpan]) -> None:
        """The metronome's spans were replaced."""


class SharedPlayer:
    """Shares the session's sound.

    Args:
        player: the session's own player; closed with this one.
        listener: gets everything that this player is sent.
        muted: whether the walker has muted the session.
    """

    def __init__(self, player: Player, listener: CueListener, *, muted: bool) -> None:
        self._player = player
        self._listener = listener
        self._muted = muted
        self._silent = False
        self._silent_since = 0  # the losses when it became silent
        self._unnoticed = 0  # the losses while it was silent

    def silence(self, silent: bool) -> None:
        """Be silent while another device alone plays the sound; cues are still queued, so the next one can be heard."""
        if silent is not self._silent:
            losses = self._player.losses
            if silent:
                self._silent_since = losses
            else:
                self._unnoticed += losses - self._silent_since
        self._silent = silent
        self._player.mute(self._muted or silent)

    @property
    def is_silent(self) -> bool:
        """Whether another device alone plays the sound."""
        return self._silent

    @property
    def state(self) -> SoundState:
        """The state of the sound: it is fine while another device plays it."""
        return SoundState.OK if self._silent else self._player.state

    @property
    def losses(self) -> int:
        """How often the sound was lost, except while another device played it."""
        return (self._silent_since if self._silent else self._player.losses) - self._unnoticed

    @property
    def detail(self) -> str:
        """One line about the session's own sound."""
        return self._player.detail

    @property
    def missed(self) -> tuple[Cue, ...]:
        """The cues that were lost."""
        return self._player.missed

    @property
    def has_metronome(self) -> bool:
        """Whether clicks can be played."""
        return self._silent or self._player.has_metronome

    def start(self) -> None:
        """Open the output."""
        self._player.start()

    def send(self, cues: Sequence[DueCue]) -> None:
        """Queue cues for their moments."""
        self._player.send(cues)
        self._listener.cues_sent(cues)

    def cancel(self, *, sounding: bool = True) -> None:
        """Clear the queue."""
        self._player.cancel(sounding=sounding)
        self._listener.cues_cancelled(sounding=sounding)

    def click(self, spans: Sequence[MetronomeSpan]) -> None:
        """Click during these spans."""
        self._player.click(spans)
        self._listener.clicks_sent(spans)

    def mute(self, muted: bool) -> None:
        """Mute or unmute, as the walker wants it."""
        self._muted = muted
        self._player.mute(muted or self._silent)

    def close(self, *, drain: bool) -> None:
        """Stop."""
        self._player.close(drain=drain)
