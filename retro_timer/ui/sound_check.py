"""What is played to hear how the sound is: the sounds that matter most, then the words that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.scheduling.phases import Phase
from retro_timer.session import phrases
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.ports import DueCue, SoundState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.session.ports import Player
    from retro_timer.ui.services import Services

LEAD: Final = 300
"""Milliseconds before the first sound, for the eye to find what is about to be heard."""
AUDIBLE: Final = (SoundState.OK, SoundState.BELL)
"""States of the sound in which something is heard."""


class Step(NamedTuple):
    """A part of the sound check.

    Attributes:
        at: milliseconds after the first.
        cue: what is heard.
        about: what is read beside it.
    """

    at: int
    cue: Cue
    about: str


def _sound(at: int, phase: Phase, about: str) -> Step:
    # Cues about the sound itself are heard when everything else is muted.
    return Step(at, Cue(at, CueKind.SOUND, Sound.of(phase), phase=phase, caption=phrases.IMPERATIVE[phase]), about)


CHECK: Final = (
    _sound(0, Phase.BACKWARD, "falls"),
    _sound(1500, Phase.TURN, "goes back and forth"),
    _sound(3000, Phase.FORWARD, "rises"),
    Step(4500, Cue(4500, CueKind.SOUND, words=(phrases.SOUND_CHECK,)), phrases.SOUND_CHECK),
)
"""The whole check, in the order in which it is heard."""


def sample(sound: Sound | None = None) -> tuple[Cue, ...]:
    """One sound, or a word where there is none, to hear what a setting does."""
    words = () if sound else (phrases.HALFWAY,)
    return (Cue(0, CueKind.SOUND, sound, words, caption="A sample of the sound."),)


class Preview:
    """Plays cues with the settings as they are now, as soon as the sound is open.

    Args:
        from_thread: calls something on the event loop, from any thread.
        ring: rings the terminal's bell.
        on_state: called on the event loop whenever the state of the sound changed.
    """

    def __init__(
        self,
        from_thread: Callable[[Callable[[], object]], None],
        ring: Callable[[], object],
        on_state: Callable[[], object],
    ) -> None:
        self._from_thread = from_thread
        self._ring = ring
        self._on_state = on_state
        self._player: Player | None = None
        self._services: Services | None = None
        self._waiting: tuple[Cue, ...] = ()

    @property
    def state(self) -> str:
        """How the sound is, in a few words; empty while nothing was played."""
        if self._player is None:
            return ""
        state = "being opened" if self._player.state is SoundState.STARTING else self._player.state.value
        return f"sound: {state}{f', {self._player.detail}' if self._player.detail else ''}"

    def play(self, services: Services, cues: Sequence[Cue]) -> None:
        """Play cues at their distance from each other, in place of what is being played."""
        self.close()
        self._services, self._waiting = services, tuple(cues)
        self._player = services.make_player(
            lambda: self._from_thread(self._changed), lambda: self._from_thread(self._ring)
        )
        self._changed()

    def close(self) -> None:
        """Stop."""
        self._waiting = ()
        if self._player is not None:
            self._player.close(drain=False)
            self._player = None

    def _changed(self) -> None:
        if self._player is not None and self._services is not None and self._waiting and self._player.state in AUDIBLE:
            begin = self._services.clock.now() + LEAD
            self._player.send([DueCue(begin + cue.at, cue) for cue in self._waiting])
            self._waiting = ()
        self._on_state()
