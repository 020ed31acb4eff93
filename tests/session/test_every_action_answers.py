"""Every key in every state of a session has an effect or is answered."""

from __future__ import annotations

import pytest

from retro_timer.config.keymap import check
from retro_timer.config.schema import Settings
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.scheduling.notation import parse
from retro_timer.session.actions import SESSION_ACTIONS, Steps
from retro_timer.session.cue import CueKind
from retro_timer.session.events import Refused
from retro_timer.session.languages import english as phrases
from retro_timer.session.states import Rules, State
from retro_timer.session.timeline import CueSettings
from retro_timer.testing import FakeClock, RecordingPlayer

STATES = {"lead-in": 0, "running": 5_000 + 20_500, "holding": 5_000 + 60_000 + 7_000, "over": 900_000}


def session(state: str, cues: CueSettings | None = None) -> tuple[Runner, RecordingPlayer]:
    """A session in a state."""
    clock, player = FakeClock(), RecordingPlayer()
    rules = Rules(lead_in=5, wait_at_turns=state != "over")
    runner = Runner(
        parse("back 60s, turn 5s, fwd 60s"),
        clock=clock,
        player=player,
        config=SessionConfig(rules, cues or CueSettings()),
    )
    runner.start()
    clock.move(STATES.get(state, 25_500))
    runner.advance()
    if state in ("paused", "stopped"):
        runner.act("pause" if state == "paused" else "bail_out")
    assert runner.session.state.value.startswith({"over": "finished", "stopped": "paused"}.get(state, state))
    return runner, player


@pytest.mark.parametrize("state", [*STATES, "paused", "stopped"])
@pytest.mark.parametrize("name", [action.name for action in SESSION_ACTIONS])
def test_every_action_is_answered(name: str, state: str) -> None:
    runner, player = session(state)
    events = runner.act(name)
    asked = name == "where" and any(due_cue.cue.kind is CueKind.WHERE for due_cue in player.queued)
    assert events or asked


@pytest.mark.parametrize(
    ("name", "lengths"),
    [
        ("longer", [67, 20, 60]),
        ("shorter", [53, 20, 60]),
        ("backward_more", [71, 20, 60]),
        ("backward_less", [49, 20, 60]),
        ("turn_more", [60, 23, 60]),
        ("turn_less", [60, 17, 60]),
        ("forward_more", [60, 20, 71]),
        ("forward_less", [60, 20, 49]),
    ],
)
def test_a_key_changes_lengths_by_its_own_step(name: str, lengths: list[int]) -> None:
    config = SessionConfig(Rules(lead_in=0), CueSettings(), steps=Steps(this=7, bout=11, turn=3))
    runner = Runner(parse("back 60s, turn 20s, fwd 60s"), clock=FakeClock(), player=RecordingPlayer(), config=config)
    runner.start()
    runner.act(name)
    assert [entry.duration for entry in runner.session.schedule] == lengths


@pytest.mark.parametrize(("name", "bouts"), [("rounds_more", 8), ("rounds_less", 4)])
def test_a_key_changes_the_rounds_by_one(name: str, bouts: int) -> None:
    config = SessionConfig(Rules(lead_in=0), CueSettings())
    runner = Runner(parse("3x(back 60s, fwd 60s)"), clock=FakeClock(), player=RecordingPlayer(), config=config)
    runner.start()
    runner.act(name)
    assert len(runner.session.schedule) == bouts


def test_a_held_key_repeats_edits_and_nothing_else() -> None:
    edits = {f"{phase}_{way}" for phase in ("backward", "forward", "turn") for way in ("more", "less")}
    assert {action.name for action in SESSION_ACTIONS if action.repeats} == {"longer", "shorter", *edits}


def test_on_another_screen_the_keys_for_safety_work_and_after_the_end_undo_does() -> None:
    assert {action.name for action in SESSION_ACTIONS if action.safety} == {"pause", "where", "bail_out"}
    assert {action.name for action in SESSION_ACTIONS if action.after_the_end} == {"undo"}


def test_pause_mute_and_metronome_are_switched_to_and_fro() -> None:
    runner, player = session("running")
    player.has_metronome = True
    seen = []
    for _ in range(2):
        for name in ("pause", "mute", "metronome"):
            runner.act(name)
        seen.append((runner.session.state is State.PAUSED, runner.conductor.muted, runner.conductor.click.on))
    assert seen == [(True, True, True), (False, False, False)]


def test_an_impossible_change_gives_the_reason() -> None:
    runner, _ = session("running")
    assert [event.why for event in runner.act("turned") if isinstance(event, Refused)] == ["no turn is waiting"]
    over, _ = session("over")
    assert [event.why for event in over.act("skip") if isinstance(event, Refused)] == ["the session is over"]


@pytest.mark.parametrize(
    ("own_key", "prompt"), [(False, phrases.HAVE_YOU_TURNED), (True, "Press your key when you have turned.")]
)
def test_a_prompt_names_enter_only_where_that_is_the_key(own_key: bool, prompt: str) -> None:
    runner, player = session("holding", CueSettings(own_key=own_key))
    runner.act("where")
    spoken = [phrase for due_cue in player.queued for phrase in due_cue.cue.words if phrase.startswith("Press")]
    assert set(spoken) == {prompt}


def test_the_walkers_own_key_is_known_from_the_settings() -> None:
    for keys, own_key in (("f9", True), ("f9,enter", False)):
        settings = Settings(keys=check({"session.turned": keys}).overrides)
        assert SessionConfig.of(settings).cues.own_key is own_key
    assert not SessionConfig.of(Settings()).cues.own_key
    own = SessionConfig.of(Settings(keys=check({"session.pause": "f9"}).overrides)).cues
    assert (own.own_key, own.own_pause_key) == (False, True)
    assert not SessionConfig.of(Settings()).cues.own_pause_key
