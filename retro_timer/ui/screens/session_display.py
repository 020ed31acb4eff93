"""The widgets of the session screen, and what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.session.events import PauseReason
from retro_timer.session.ports import SoundState
from retro_timer.session.states import State
from retro_timer.ui.widgets.countdown import Countdown
from retro_timer.ui.widgets.direction import Direction
from retro_timer.ui.widgets.keysbar import Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.profile import Profile

if TYPE_CHECKING:
    from textual.widget import Widget

    from retro_timer.runtime.runner import Runner
    from retro_timer.runtime.services import Services
    from retro_timer.session.cue import Cue
    from retro_timer.ui.view_model import SessionView

ALL_KEYS: Final = Hint("app.help")


class SessionDisplay:
    """Draws a session. It keeps its widgets, since finding them by query every second would cost more than drawing.

    Args:
        runner: the runner of the session.
        services: the initial services.
    """

    def __init__(self, runner: Runner, services: Services) -> None:
        self._runner = runner
        self._top = Line(id="top")
        self._direction = Direction(moving=services.moving)
        self._countdown = Countdown()
        self._captions = Line(id="caption")
        self._next = Line(id="next")
        self._profile = Profile()
        self._keys = KeysBar()
        self._situation: tuple[State, PauseReason | None] | None = None
        self._caption = ""
        self._captioned: Cue | None = None
        self.notice = ""
        """Why a key was refused; shown instead of the caption."""

    @property
    def widgets(self) -> tuple[Widget, ...]:
        """The widgets from top to bottom."""
        return self._top, self._direction, self._countdown, self._captions, self._next, self._profile, self._keys

    def caption(self, text: str, cue: Cue | None = None) -> None:
        """Set the caption, and the cue whose words it is, if any."""
        self._caption, self._captioned = text, cue

    def draw(self, view: SessionView) -> None:
        """Draw what is different from before."""
        self._top.show(view.name.upper(), view.round, view.left)
        self._direction.show(view)
        self._countdown.show(view.countdown, urgent=view.urgent, letter=view.word[0])
        self._captions.show(middle=self.notice or view.hint or self._runner.unsaved or self._heard_caption)
        following = "   then ".join(view.following)
        self._next.show(f"next {following}", right="   ".join(filter(None, [view.speed, self._sound])))
        self._profile.show(self._runner.session.schedule, view.position)

    def show_keys(self) -> None:
        """Update the footer after a change of the state."""
        session = self._runner.session
        situation = session.state, session.pause_reason
        if situation != self._situation:
            self._situation = situation
            self._keys.show(hints_of(*situation, self._runner.config.steps.this))

    @property
    def _sound(self) -> str:
        """The state of the sound, and the number of missed cues."""
        player = self._runner.player
        state = SoundState.MUTED if self._runner.conductor.muted else player.state
        if state in (SoundState.BELL, SoundState.NONE):
            return str(state)
        missed = len(player.missed)
        return f"sound {state}, {missed} missed" if missed else f"sound {state}"

    @property
    def _heard_caption(self) -> str:
        """The caption, marked if its cue was missed."""
        missed = self._captioned is not None and self._captioned in self._runner.player.missed
        return f"not heard: {self._caption}" if missed else self._caption


def hints_of(state: State, reason: PauseReason | None, step: int) -> tuple[Hint, ...]:
    """The footer: the five most important keys in a state of the session, then the key for the help.

    Args:
        state: the state of the session.
        reason: why it is paused, if it is.
        step: step size of the keys for the interval's length, in seconds.
    """
    if state.is_over:
        return (Hint("session.turned", "summary"), ALL_KEYS)
    stop, adjust, end = Hint("session.bail_out"), Hint("session.adjust"), Hint("session.quit")
    if state is State.HOLDING:
        return (Hint("session.turned"), stop, Hint("session.pause"), adjust, end, ALL_KEYS)
    if state is State.PAUSED:
        go_on, restart = Hint("session.pause", "go on"), Hint("session.back")
        if reason is PauseReason.BAIL_OUT:
            return (end, go_on, restart, adjust, Hint("session.cool_down"), ALL_KEYS)
        return (go_on, stop, restart, adjust, end, ALL_KEYS)
    if state is State.RUNNING:
        change = Hint("session.longer", f"{step} s", more=("session.shorter",))
        return (Hint("session.pause"), stop, Hint("session.skip"), change, adjust, ALL_KEYS)
    return (Hint("session.pause"), stop, Hint("session.skip", "begin now"), adjust, end, ALL_KEYS)
