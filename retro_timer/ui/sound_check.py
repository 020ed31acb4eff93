"""The sound check: the most important sounds, then words with instructions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from retro_timer.scheduling.phases import Phase
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.ports import DueCue, SoundState
from retro_timer.session.timeline import GAP_MS
from retro_timer.ui.bridge import on_loop
from retro_timer.ui.context import services_of
from retro_timer.ui.preferences import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.screen import Screen

    from retro_timer.runtime.services import Services
    from retro_timer.session.languages import Language
    from retro_timer.session.ports import Player
    from retro_timer.session.timeline import CueSettings

LEAD: Final = 300
"""Milliseconds before the first sound, so that the walker can find it on the screen."""
AUDIBLE: Final = (SoundState.OK, SoundState.BELL)
"""The states of the sound in which something is audible."""


class SoundCheckStep(NamedTuple):
    """A part of the sound check.

    Attributes:
        at: milliseconds after the first part.
        cue: the cue.
        about: the text next to it.
    """

    at: int
    cue: Cue
    about: str


def check(phrases: Language, keys: Sequence[str] = ("enter",)) -> tuple[SoundCheckStep, ...]:
    """The whole sound check, in order; it names the enter key only if that key confirms the check.

    Args:
        phrases: the language that is spoken.
        keys: the keys that confirm the check.
    """
    sounds = ((0, Phase.BACKWARD, "falls"), (1500, Phase.TURN, "goes back and forth"), (3000, Phase.FORWARD, "rises"))
    words = phrases.SOUND_CHECK if "enter" in keys else phrases.WITH_OWN_KEY[phrases.SOUND_CHECK]
    return (
        # Cues about the sound itself are played even if everything else is muted.
        *(
            SoundCheckStep(
                at, Cue(at, CueKind.SOUND, Sound.of(phase), phase=phase, caption=phrases.IMPERATIVE[phase]), about
            )
            for at, phase, about in sounds
        ),
        SoundCheckStep(4500, Cue(4500, CueKind.SOUND, words=(words,)), words),
    )


def sample(phrases: Language, sound: Sound | None = None) -> tuple[Cue, ...]:
    """A sample sound (None: a word), to hear the effect of a setting."""
    words = () if sound else (phrases.HALFWAY,)
    return (Cue(0, CueKind.SOUND, sound, words, caption="A sample of the sound."),)


def spoken(settings: CueSettings, parts: Sequence[tuple[str, ...]]) -> tuple[Cue, ...]:
    """A question and its answers as cues, one after the other."""
    cues, at = [], 0
    for words in parts:
        cues.append(Cue(at, CueKind.QUESTION, words=words))
        at += settings.duration_ms(cues[-1]) + GAP_MS
    return tuple(cues)


class Preview:
    """Plays cues with the current settings, as soon as the sound is open.

    Args:
        screen: the screen it belongs to.
        on_state: called on the event loop after a change of the state, if that is shown.
    """

    def __init__(self, screen: Screen[Any], on_state: Callable[[], object] | None = None) -> None:
        self._screen = screen
        self._on_state = on_state
        self._player: Player | None = None
        self._services: Services | None = None
        self._waiting: tuple[Cue, ...] = ()

    @property
    def state(self) -> str:
        """The state of the sound in a few words; empty before anything was played."""
        if self._player is None:
            return ""
        state = "being opened" if self._player.state is SoundState.STARTING else self._player.state.value
        return f"sound: {state}{f', {self._player.detail}' if self._player.detail else ''}"

    def play(self, services: Services, cues: Sequence[Cue]) -> None:
        """Play cues at their relative times, replacing earlier ones."""
        self.close()
        self._services, self._waiting = services, tuple(cues)
        self._player = services.make_player(on_loop(self._screen, self._changed), on_loop(self._screen, self._ring))
        self._player.start()
        self._changed()

    def ask(self, *parts: tuple[str, ...]) -> None:
        """Speak a question, as parts of phrases, replacing an earlier one, unless the walker has muted the sound."""
        services = services_of(self._screen)
        if settings_of(services).sound.muted:
            return
        cues = spoken(services.config.cues, parts)
        if self._player is None:
            self.play(services, cues)
        else:
            self._player.cancel()
            self._waiting = cues
            self._changed()

    def close(self) -> None:
        """Stop playing, and close the player."""
        self._waiting = ()
        if self._player is not None:
            self._player.close(drain=False)
            self._player = None

    def _ring(self) -> None:
        self._screen.app.bell()

    def _changed(self) -> None:
        if self._player is not None and self._services is not None and self._waiting and self._player.state in AUDIBLE:
            begin = self._services.clock.now() + LEAD
            self._player.send([DueCue(begin + cue.at, cue) for cue in self._waiting])
            self._waiting = ()
        if self._on_state is not None:
            self._on_state()
