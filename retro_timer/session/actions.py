"""Session actions: the table that keys, help, palette and plain sessions are derived from."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from retro_timer.scheduling.phases import Phase
from retro_timer.session.events import PauseReason
from retro_timer.session.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.scheduling.edits import Edit
    from retro_timer.session.conductor import Conductor
    from retro_timer.session.events import Event

    Events = tuple[Event, ...]
    Act = Callable[[Conductor, int, "Steps"], Events]


class Steps(Struct, frozen=True):
    """Step sizes of the keys that change lengths, in whole seconds."""

    this: int = 10
    bout: int = 15
    turn: int = 5


class SessionAction(Struct, frozen=True):
    """Something a walker can do in a session.

    Attributes:
        name: its name; keys are bound to `session.<name>`.
        keys: default keys, with Textual's names.
        help: one line about it.
        act: performs it, given the conductor, the moment and the step sizes; None if it needs a screen.
        footer: the word next to its key in a footer or on a button; empty if there is none.
        plain_help: the help in a plain session, if different from `help`.
        nothing: why it has no effect, if the session itself does not give a reason; empty if the result comes later.
        repeats: whether it repeats while its key is held.
        safety: whether its keys work even if another screen covers the session.
        after_the_end: whether it works after the session is over.
        local: whether it can be asked for only on the machine that runs the session, not from a page.
    """

    name: str
    keys: tuple[str, ...]
    help: str
    act: Act | None
    footer: str = ""
    plain_help: str = ""
    nothing: str = "that changes nothing now"
    repeats: bool = False
    safety: bool = False
    after_the_end: bool = False
    local: bool = False

    @property
    def id(self) -> str:
        """The id that keys are bound to, in the keymap and the settings."""
        return f"session.{self.name}"


def edit(change: Callable[[Steps], Edit]) -> Act:
    """Make an action that edits the rest of the session."""
    return lambda conductor, now, steps: conductor.call(
        now, lambda moment: conductor.session.edit(moment, change(steps))
    )


def edit_interval(sign: int) -> Act:
    """Make an action that lengthens (1) or shortens (-1) the running interval by a step."""

    def change(by: Steps) -> Edit:
        from retro_timer.scheduling.edits import AddToInterval

        return AddToInterval(sign * by.this)

    return edit(change)


def edit_phase(phase: Phase, sign: int) -> Act:
    """Make an action that lengthens (1) or shortens (-1) the remaining bouts of a phase by a step."""

    def change(by: Steps) -> Edit:
        from retro_timer.scheduling.edits import AddToPhase

        return AddToPhase(phase, sign * (by.turn if phase is Phase.TURN else by.bout))

    return edit(change)


def edit_rounds(rounds: int) -> Act:
    """Make an action that adds rounds, or removes them if the number is negative."""

    def change(_: Steps) -> Edit:
        from retro_timer.scheduling.edits import AddRounds

        return AddRounds(rounds)

    return edit(change)


def pause_or_resume(conductor: Conductor, now: int, _: Steps) -> Events:
    """Pause, or resume if paused."""
    session = conductor.session
    return conductor.call(now, session.resume if session.state is State.PAUSED else session.pause)


def undo(conductor: Conductor, now: int, _: Steps) -> Events:
    """Undo the last change; if that was the end, the session resumes with a lead-in."""

    def undo_and_resume(moment: int) -> Events:
        was_over = conductor.session.state.is_over
        undone = conductor.session.undo(moment)
        return (*undone, *conductor.session.resume(moment)) if was_over else undone

    return conductor.call(now, undo_and_resume)


def bail_out(conductor: Conductor, now: int, _: Steps) -> Events:
    """Stop at once; the record is kept, and the walker may resume."""
    return conductor.call(now, lambda moment: conductor.session.pause(moment, PauseReason.BAIL_OUT))


SESSION_ACTIONS: Final = (
    SessionAction("pause", ("space", "full_stop", "f5"), "Pause, or resume.", pause_or_resume, "pause", safety=True,
                  plain_help="Pause, or resume; so does an empty line."),
    SessionAction("skip", ("n", "right", "pagedown", "6"), "Go to the next interval.",
                  lambda conductor, now, _: conductor.call(now, conductor.session.skip), "skip"),
    SessionAction("back", ("p", "left", "pageup", "4"), "Restart this interval; press twice for the one before.",
                  lambda conductor, now, _: conductor.call(now, conductor.session.back), "restart",
                  nothing="nothing has been walked yet"),
    SessionAction("longer", ("plus", "equals_sign"), "Make this interval longer.",
                  edit_interval(1), "longer", repeats=True),
    SessionAction("shorter", ("minus",), "Make this interval shorter.",
                  edit_interval(-1), "shorter", repeats=True),
    SessionAction("backward_more", ("b",), "Make the remaining backward bouts longer.",
                  edit_phase(Phase.BACKWARD, 1), repeats=True),
    SessionAction("backward_less", ("B",), "Make the remaining backward bouts shorter.",
                  edit_phase(Phase.BACKWARD, -1), repeats=True),
    SessionAction("forward_more", ("f",), "Make the remaining forward bouts longer.",
                  edit_phase(Phase.FORWARD, 1), repeats=True),
    SessionAction("forward_less", ("F",), "Make the remaining forward bouts shorter.",
                  edit_phase(Phase.FORWARD, -1), repeats=True),
    SessionAction("turn_more", ("t",), "Make the remaining turns longer.",
                  edit_phase(Phase.TURN, 1), repeats=True),
    SessionAction("turn_less", ("T",), "Make the remaining turns shorter.",
                  edit_phase(Phase.TURN, -1), repeats=True),
    SessionAction("rounds_more", ("r",), "Walk one more round.", edit_rounds(1)),
    SessionAction("rounds_less", ("R",), "Walk one fewer round.", edit_rounds(-1)),
    SessionAction("cool_down", ("c",), "Cool down now.",
                  lambda conductor, now, _: conductor.call(now, conductor.session.cool_down), "cool down"),
    SessionAction("undo", ("u",), "Undo the last change.", undo, after_the_end=True),
    SessionAction("redo", ("U",), "Redo the change you undid.",
                  lambda conductor, now, _: conductor.call(now, conductor.session.redo)),
    SessionAction("adjust", ("a",), "Adjust the remaining lengths and rounds.", None, "adjust",
                  nothing="Adjust needs the full screen; here, each length has its own keys"),
    SessionAction("mute", ("m",), "Mute, or unmute.",
                  lambda conductor, now, _: conductor.mute(now, not conductor.muted)),
    SessionAction("metronome", ("o",), "Turn the step metronome on or off.",
                  lambda conductor, now, _: conductor.metronome(now, not conductor.click.on)),
    SessionAction("page", ("w",), "Show the session on a phone, tablet or TV: the web page.", None, "web page",
                  nothing="start it with --page, or open it in another terminal: retro-timer page", local=True),
    SessionAction("where", ("s", "asterisk"), "Say where I am and what is next; press again to stop.",
                  lambda conductor, now, _: conductor.where(now), nothing="", safety=True),
    SessionAction("bail_out", ("x",), "Stop at once; your session is kept. ctrl+x always does this.", bail_out, "stop",
                  plain_help="Stop at once; your session is kept.", safety=True),
    SessionAction("turned", ("enter",), "I have turned: continue after a waiting turn.",
                  lambda conductor, now, _: conductor.call(now, conductor.session.turned), "I have turned",
                  nothing="no turn is waiting"),
    SessionAction("quit", ("q", "escape"), "End the session; asks first, while the clock keeps running.",
                  lambda conductor, now, _: conductor.call(now, conductor.session.end), "end",
                  plain_help="End the session.", local=True),
)  # fmt: skip
"""All session actions, in the order of the help."""

_BY_NAME: Final = MappingProxyType({action.name: action for action in SESSION_ACTIONS})


def session_action(name: str) -> SessionAction:
    """The action with a name.

    Raises:
        KeyError: if there is none.
    """
    return _BY_NAME[name]
