"""The ways to make a sound: what the child needs of each, and what each may answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.audio.clips import Prepared
    from retro_timer.audio.mixer import Samples
    from retro_timer.session.ports import Clicks


class Unavailable(Exception):  # noqa: N818  # it is an answer, not a failure
    """This backend does not exist here; the text says what is missing, in one sentence."""


class NotNow(Exception):  # noqa: N818  # it is an answer, not a failure
    """This backend has no output at the moment; the text says why, in one sentence. Trying again may help."""


class Engine(Protocol):
    """Plays prepared cues at their moments. Calls come from the thread that reads the parent's lines."""

    def open(self) -> str:
        """Open the output, which may take as long as the sound server does not answer; what was opened, in a few words.

        Raises:
            Unavailable: it cannot work here.
            NotNow: it does not work now.
        """

    @property
    def latency_ms(self) -> float:
        """How long a sample takes from here to the speaker, as far as known."""

    def stalled_ms(self) -> float:
        """For how long an open output has been taking nothing; 0 when all is well."""

    def play(self, prepared: Prepared) -> None:
        """Let a cue be heard when it is due."""

    def cancel(self, *, sounding: bool) -> None:
        """Forget what waits, and silence what sounds when `sounding`."""

    def click(self, stretches: Sequence[Clicks], click: Samples) -> None:
        """Click in these stretches of time, and in no others; an engine that cannot mix does nothing."""

    def mute(self, muted: bool) -> None:
        """Let nothing be heard but what speaks of the sound itself, or stop doing so."""

    def drain(self) -> None:
        """Play what sounds to its end, forget the rest, and tell `drained` when it is over."""

    def abandon(self) -> None:
        """Let go of whatever would outlive the process; never blocks."""
