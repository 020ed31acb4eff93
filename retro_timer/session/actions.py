"""What a walker can do in a session, by the names that keys are bound to: the same with and without a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.edits import ChangeAll, ChangeRounds, ChangeThis
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.values import Value
from retro_timer.session.engine import State
from retro_timer.session.events import PauseReason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from retro_timer.session.conductor import Conductor
    from retro_timer.session.events import Event

    Action = Callable[[Conductor, int], tuple[Event, ...]]


class Steps(Value):
    """By how much the length keys change; whole seconds."""

    this: int = 10
    bout: int = 15
    turn: int = 5


def session_actions(steps: Steps | None = None) -> Mapping[str, Action]:
    """Every action of a session by its id; each takes the conductor and the moment."""
    by = steps or Steps()
    changes = {
        "longer": ChangeThis(by.this),
        "shorter": ChangeThis(-by.this),
        "backward_more": ChangeAll(Phase.BACKWARD, by.bout),
        "backward_less": ChangeAll(Phase.BACKWARD, -by.bout),
        "forward_more": ChangeAll(Phase.FORWARD, by.bout),
        "forward_less": ChangeAll(Phase.FORWARD, -by.bout),
        "turn_more": ChangeAll(Phase.TURN, by.turn),
        "turn_less": ChangeAll(Phase.TURN, -by.turn),
        "rounds_more": ChangeRounds(1),
        "rounds_less": ChangeRounds(-1),
    }
    actions: dict[str, Action] = {
        name: lambda conductor, now, change=change: conductor.tell(  # type: ignore[misc]  # a lambda's default
            now, lambda moment: conductor.session.edit(moment, change)
        )
        for name, change in changes.items()
    }
    return actions | {
        "pause": pause_or_resume,
        "skip": lambda conductor, now: conductor.tell(now, conductor.session.skip),
        "back": lambda conductor, now: conductor.tell(now, conductor.session.back),
        "cool_down": lambda conductor, now: conductor.tell(now, conductor.session.cool_down),
        "undo": lambda conductor, now: conductor.tell(now, conductor.session.undo),
        "redo": lambda conductor, now: conductor.tell(now, conductor.session.redo),
        "turned": lambda conductor, now: conductor.tell(now, conductor.session.turned),
        "mute": lambda conductor, now: conductor.mute(now, not conductor.muted),
        "metronome": lambda conductor, now: conductor.metronome(now, not conductor.click.on),
        "where": lambda conductor, now: conductor.where(now),
        "bail_out": bail_out,
        "end": lambda conductor, now: conductor.tell(now, conductor.session.end),
    }


def pause_or_resume(conductor: Conductor, now: int) -> tuple[Event, ...]:
    """Stand still, or go on when standing still."""
    session = conductor.session
    command = session.resume if session.state is State.PAUSED else session.pause
    return conductor.tell(now, command)


def bail_out(conductor: Conductor, now: int) -> tuple[Event, ...]:
    """Stop everything at once; the record is kept, and the walker may go on from there."""
    return conductor.tell(now, lambda moment: conductor.session.pause(moment, PauseReason.BAIL_OUT))
