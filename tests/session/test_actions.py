"""What a walker can do in a session: by which steps lengths change, and what each action leads to."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.actions import SESSION_ACTIONS, Steps, session_action
from retro_timer.session.conductor import Conductor
from retro_timer.session.engine import Session
from retro_timer.session.events import Paused, PauseReason
from retro_timer.session.states import Rules, State
from retro_timer.testing import RecordingPlayer
from tests.session.walking import T, only

NOTATION = "back 60s, turn 40s, fwd 50s, 2x(back 60s, turn 40s | fwd 50s), cool 30s"


class Acting:
    """A session five seconds after its start, and what is done in it."""

    def __init__(self) -> None:
        self.session = Session(flatten(parse(NOTATION)), Rules(lead_in=0))
        self.conductor = Conductor(self.session, RecordingPlayer())
        self.conductor.call(T, self.session.start)
        self.conductor.advance(T + 5_000)

    def act(self, name: str, at: int = 5_000, steps: Steps | None = None) -> None:
        act = session_action(name).act
        assert act is not None
        self.events = act(self.conductor, T + at, steps or Steps())

    @property
    def lengths(self) -> list[int]:
        return [entry.duration for entry in self.session.schedule]


def test_the_steps_by_which_lengths_change() -> None:
    assert Steps() == Steps(this=10, bout=15, turn=5)


ROUND = [60, 40, 50]
AS_PLANNED = [*ROUND, *ROUND, 60, 40, 30]


@pytest.mark.parametrize(
    ("name", "lengths"),
    [
        ("longer", [61, *AS_PLANNED[1:]]),
        ("shorter", [59, *AS_PLANNED[1:]]),
        ("backward_more", [62, 40, 50, 62, 40, 50, 62, 40, 30]),
        ("backward_less", [58, 40, 50, 58, 40, 50, 58, 40, 30]),
        ("forward_more", [60, 40, 52, 60, 40, 52, 60, 40, 30]),
        ("forward_less", [60, 40, 48, 60, 40, 48, 60, 40, 30]),
        ("turn_more", [60, 43, 50, 60, 43, 50, 60, 43, 30]),
        ("turn_less", [60, 37, 50, 60, 37, 50, 60, 37, 30]),
        ("rounds_more", [*AS_PLANNED[:-1], 50, 60, 40, 30]),
        ("rounds_less", [*ROUND, 60, 40, 30]),
        ("cool_down", [8, 40, 30]),
    ],
)
def test_what_an_action_does_to_the_lengths(name: str, lengths: list[int]) -> None:
    acting = Acting()
    acting.act(name, steps=Steps(this=1, bout=2, turn=3))
    assert acting.lengths == lengths
    acting.act("undo")
    assert acting.lengths == AS_PLANNED
    acting.act("redo")
    assert acting.lengths == lengths


def test_pause_and_resume() -> None:
    acting = Acting()
    acting.act("pause")
    assert (acting.session.state, acting.session.pause_reason) == (State.PAUSED, PauseReason.WALKER)
    acting.act("pause")
    assert acting.session.state is State.LEAD_IN
    acting.act("bail_out")
    assert only(acting.events[:1], Paused).reason is PauseReason.BAIL_OUT
    assert acting.session.pause_reason is PauseReason.BAIL_OUT


def test_going_on_and_back() -> None:
    acting = Acting()
    acting.act("skip")
    assert acting.session.index == 1
    acting.act("back", at=20_000)
    assert (acting.session.index, acting.session.position) == (1, 60_000)
    acting.act("back", at=20_500)
    assert acting.session.index == 0


def test_undoing_the_end_resumes() -> None:
    acting = Acting()
    states = []
    for name in ("quit", "undo"):
        acting.act(name, at=9_000)
        states.append(acting.session.state)
    assert states == [State.ENDED_EARLY, State.LEAD_IN]
    acting.act("pause", at=9_500)
    acting.act("skip", at=9_500)
    acting.act("undo", at=9_600)
    assert acting.session.state is State.PAUSED  # a pause goes on


def test_sound_and_metronome_are_switched_on_and_off() -> None:
    acting = Acting()
    for on in (True, False):
        acting.act("mute")
        assert acting.conductor.muted is on
        acting.act("metronome")
        assert acting.conductor.click.on is on


def test_which_actions_are_special() -> None:
    assert {action.name for action in SESSION_ACTIONS if action.safety} == {"pause", "where", "bail_out"}
    assert {action.name for action in SESSION_ACTIONS if action.after_the_end} == {"undo"}
    assert {action.name for action in SESSION_ACTIONS if action.local} == {"page", "quit"}
    assert {action.name for action in SESSION_ACTIONS if action.act is None} == {"adjust", "page"}
    assert {action.name for action in SESSION_ACTIONS if action.repeats} == {
        "longer", "shorter", "backward_more", "backward_less", "forward_more", "forward_less", "turn_more", "turn_less",
    }  # fmt: skip


def test_an_action_is_found_by_its_name() -> None:
    assert all(session_action(action.name) is action for action in SESSION_ACTIONS)
    assert session_action("skip").id == "session.skip"
    with pytest.raises(KeyError):
        session_action("jump")
