"""Audio backends: the interface between child process and backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.audio.clips import Prepared
    from retro_timer.audio.mixer import Samples
    from retro_timer.session.ports import MetronomeSpan


class UnavailableError(Exception):
    """The backend is not available on this machine; the message is one sentence about what is missing."""


class NoOutputError(Exception):
    """The backend has no output at the moment; the message is one sentence with the reason. A retry may help."""


class Engine(Protocol):
    """Plays prepared cues at their moments. Called from the thread that reads the parent's messages."""

    def open(self) -> str:
        """Open the output and describe it in a few words. Blocks until the sound server responds.

        Raises:
            UnavailableError: if it cannot work on this machine.
            NoOutputError: if it does not work at the moment.
        """

    @property
    def latency_ms(self) -> float:
        """The known latency of a sample from here to the speaker."""

    def stalled_ms(self) -> float:
        """How long an open output has accepted no samples; 0 if it works."""

    def play(self, prepared: Prepared) -> None:
        """Play a cue when it is due."""

    def cancel(self, *, sounding: bool) -> None:
        """Clear the queue; with `sounding`, also silence the current sounds."""

    def click(self, spans: Sequence[MetronomeSpan], click: Samples) -> None:
        """Click during these spans, which replace all earlier ones; no effect if the engine cannot mix."""

    def mute(self, muted: bool) -> None:
        """Mute or unmute everything except cues about the sound itself."""

    def drain(self) -> None:
        """Finish the current sounds, drop the rest, then send `drained`."""

    def abandon(self) -> None:
        """Release everything that would outlive the process; never blocks."""
