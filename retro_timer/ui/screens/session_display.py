"""The widgets of the session screen, and what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from retro_timer.session.cue import CueKind
from retro_timer.session.events import PauseReason
from retro_timer.session.ports import SoundState
from retro_timer.session.states import State
from retro_timer.ui.widgets.countdown import Countdown
from retro_timer.ui.widgets.direction import Direction
from retro_timer.ui.widgets.keysbar import Hint, KeysBar
from retro_timer.ui.widgets.line import Line, SessionLine
from retro_timer.ui.widgets.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.geometry import Size
    from textual.screen import Screen
    from textual.timer import Timer
    from textual.widget import Widget

    from retro_timer.runtime.runner import Runner
    from retro_timer.runtime.services import Services
    from retro_timer.scheduling.phases import Phase
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.cue import Cue
    from retro_timer.ui.view_model import Appearance, SessionView

ALL_KEYS: Final = Hint("app.help")
NOTICE: Final = 3.0
"""Seconds for which a message about a key is shown."""


class DisplayedSession(Protocol):
    """The displayed data of a session, here or in another process, that its view model does not contain."""

    @property
    def schedule(self) -> Schedule:
        """Its current schedule."""

    @property
    def situation(self) -> tuple[State, PauseReason | None]:
        """Its state, and why it is paused, if it is."""

    @property
    def step(self) -> int:
        """Step size of the keys for the interval's length, in seconds."""

    @property
    def unsaved(self) -> str:
        """Why it is not saved; empty if it is."""

    @property
    def sound(self) -> str:
        """The state of its sound."""

    def was_missed(self, cue: Cue) -> bool:
        """Whether a cue was not heard."""


class DisplayedRunner:
    """The displayed data of a session that runs here."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    @property
    def schedule(self) -> Schedule:
        """Its current schedule."""
        return self._runner.session.schedule

    @property
    def situation(self) -> tuple[State, PauseReason | None]:
        """Its state, and why it is paused, if it is."""
        return self._runner.session.state, self._runner.session.pause_reason

    @property
    def step(self) -> int:
        """Step size of the keys for the interval's length, in seconds."""
        return self._runner.config.steps.this

    @property
    def unsaved(self) -> str:
        """Why it is not saved; empty if it is."""
        return self._runner.unsaved

    @property
    def sound(self) -> str:
        """The state of the sound and the number of missed cues, or the device that plays it."""
        player = self._runner.player
        state = SoundState.MUTED if self._runner.conductor.muted else player.state
        return sound_text(state, self._runner.speaker, len(player.missed))

    def was_missed(self, cue: Cue) -> bool:
        """Whether a cue was not heard."""
        return cue in self._runner.player.missed


def sound_text(state: str, speaker: str, missed: int) -> str:
    """The text for the state of the sound.

    Args:
        state: its state, as in `SoundState`.
        speaker: the device that plays it instead; empty if none does.
        missed: the number of cues that were not heard.
    """
    if speaker and state != SoundState.MUTED:
        return f"sound: {speaker}"
    if state in (SoundState.BELL, SoundState.NONE):
        return str(state)
    return f"sound {state}, {missed} missed" if missed else f"sound {state}"


class BriefNotice:
    """A message that is shown for a few seconds instead of the caption.

    Args:
        screen: the session screen.
        ended: called when the message's time is up.

    Attributes:
        text: the message; empty if there is none.
    """

    def __init__(self, screen: Screen[Any], ended: Callable[[], None]) -> None:
        self.text = ""
        self._screen = screen
        self._ended = ended
        self._gives_way = False
        self._timer: Timer | None = None

    def show(self, text: str, seconds: float = NOTICE, *, gives_way: bool = False) -> None:
        """Show a message, replacing an earlier one; if it gives way, only until the next phase is announced."""
        self.text, self._gives_way = text, gives_way
        if self._timer:
            self._timer.stop()
        self._timer = self._screen.set_timer(seconds, self._end)

    def give_way_to(self, cue: Cue) -> None:
        """Make room for the words of a cue that begins a phase, if the message gives way."""
        if self._gives_way and cue.kind is CueKind.PHASE:
            self.text = ""

    def _end(self) -> None:
        self.text = ""
        self._ended()


def breakpoint_classes(screen: Screen[Any], size: Size) -> Iterator[str]:
    """The breakpoint classes for a size that Textual has yet to send, so that the first frame is styled only once."""
    both = (size.width, screen.HORIZONTAL_BREAKPOINTS), (size.height, screen.VERTICAL_BREAKPOINTS)
    for length, breakpoints in both:
        reached = [(least, name) for least, name in breakpoints or () if length >= least]
        if reached:
            yield max(reached)[1]


def changed_classes(before: tuple[Phase | Appearance, ...], now: tuple[Phase | Appearance, ...]) -> dict[str, bool]:
    """The classes of a screen to remove and to add when its phase or look has changed, for `update_classes`."""
    return {f"-{each.value}": False for each in before} | {f"-{each.value}": True for each in now}


class SessionDisplay:
    """Draws a session. It keeps its widgets, since finding them by query every second would cost more than drawing.

    Args:
        displayed: the session.
        services: the initial services.
        footer: changes a hint of the footer, or drops it by returning None.
    """

    def __init__(
        self, displayed: DisplayedSession, services: Services, footer: Callable[[Hint], Hint | None] | None = None
    ) -> None:
        self._displayed = displayed
        self._footer = footer
        self._top = SessionLine(id="top")
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
        """The text of the notice; shown instead of the caption."""

    @property
    def widgets(self) -> tuple[Widget, ...]:
        """The widgets from top to bottom."""
        return self._top, self._direction, self._countdown, self._captions, self._next, self._profile, self._keys

    def caption(self, text: str, cue: Cue | None = None) -> None:
        """Set the caption, and the cue that speaks it, if any."""
        self._caption, self._captioned = text, cue

    def draw(self, view: SessionView) -> None:
        """Draw whatever has changed."""
        self._top.show_session(view.name.upper(), view.round, view.left, view.minutes_left, view.ends)
        self._direction.show(view)
        shown = {"word": view.heading, "below": view.below, "banner": view.banner}
        self._countdown.show(view.countdown, urgent=view.urgent, **shown)
        self._captions.show(middle=self.notice or view.hint or self._displayed.unsaved or self._heard_caption)
        following = f"next {'   then '.join(view.following)}" if view.following else view.praise
        self._next.show(following, right="   ".join(filter(None, [view.speed, self._displayed.sound])))
        self._profile.show(self._displayed.schedule, view.position)

    def show_keys(self) -> None:
        """Update the footer after a change of the state."""
        situation = self._displayed.situation
        if situation != self._situation:
            self._situation = situation
            hints = hints_of(*situation, self._displayed.step)
            if self._footer is not None:
                hints = tuple(filter(None, map(self._footer, hints)))
            self._keys.show(hints)

    @property
    def _heard_caption(self) -> str:
        """The caption, marked if its cue was missed."""
        missed = self._captioned is not None and self._displayed.was_missed(self._captioned)
        return f"not heard: {self._caption}" if missed else self._caption


def hints_of(state: State, reason: PauseReason | None, step: int) -> tuple[Hint, ...]:
    """The footer: the most important keys in a state of the session, at most five, then the key for the help.

    Args:
        state: the state of the session.
        reason: why the session is paused, if it is.
        step: step size of the keys for the interval's length, in seconds.
    """
    if state.is_over:
        return (Hint("session.turned", "summary"), ALL_KEYS)
    stop, adjust, end = Hint("session.bail_out"), Hint("session.adjust"), Hint("session.quit")
    if state is State.HOLDING:
        return (Hint("session.turned"), stop, Hint("session.pause"), adjust, end, ALL_KEYS)
    if state is State.PAUSED:
        resume, restart = Hint("session.pause", "resume"), Hint("session.back")
        if reason is PauseReason.BAIL_OUT:
            return (end, resume, restart, adjust, Hint("session.cool_down"), ALL_KEYS)
        return (resume, stop, restart, adjust, end, ALL_KEYS)
    if state is State.RUNNING:
        change = Hint("session.longer", f"{step} s", more=("session.shorter",))
        return (Hint("session.pause"), stop, Hint("session.skip"), change, adjust, ALL_KEYS)
    return (Hint("session.pause"), stop, Hint("session.skip", "begin now"), adjust, end, ALL_KEYS)
