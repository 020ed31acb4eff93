"""A session with closed eyes: at each of its moments, the last thing that was said tells what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.scheduling.edits import AddRounds, AddToInterval, AddToPhase
from retro_timer.scheduling.phases import Phase
from retro_timer.session.cue import CueKind
from retro_timer.session.events import PauseReason
from retro_timer.session.languages import english as phrases
from retro_timer.session.ports import SoundState
from retro_timer.session.states import State
from retro_timer.session.timeline import CueSettings
from tests.session.listening import Listener, listening

if TYPE_CHECKING:
    from retro_timer.scheduling.edits import Edit

WALK = "warm 30s, turn 30s, back 2m, turn 30s, fwd 60s, cool 30s"
COACHED = CueSettings(coaching="many")
ORDER_OF = {phrases.IMPERATIVE[phase]: phase for phase in Phase}
"""The orders, and what they order."""
BEGUN_BY = {"warm-up": 3, "turn": 33, "backward": 63, "forward": 213, "cool-down": 273}
"""A second shortly after the beginning of each phase of the walk."""


def last_words(listener: Listener) -> tuple[str, ...]:
    """The last words that were heard."""
    return next(cue.words for _, cue in reversed(listener.heard) if cue.words)


def last_order(listener: Listener) -> Phase:
    """What the last order was that was heard when it was to be followed, not ahead of it."""
    orders = [
        ORDER_OF[phrase]
        for _, cue in listener.heard
        if cue.kind is not CueKind.ANNOUNCE
        for phrase in cue.words
        if phrase in ORDER_OF
    ]
    return orders[-1]


def walking(seconds: int, settings: CueSettings = COACHED, **rules: int | bool) -> Listener:
    """Somebody so many seconds into the walk."""
    listener = listening(WALK, settings, **rules)
    listener.walk(seconds * 1000)
    return listener


def test_at_the_start_it_is_said_what_to_get_ready_for() -> None:
    listener = walking(5, lead_in=10)
    assert last_words(listener) == (phrases.GET_READY, phrases.IMPERATIVE[Phase.WARM_UP])


@pytest.mark.parametrize(("phase", "seconds"), BEGUN_BY.items())
def test_at_the_beginning_of_a_phase_it_is_ordered(phase: str, seconds: int) -> None:
    listener = walking(seconds)
    assert listener.session.entry.phase.value == phase
    assert last_order(listener).value == phase
    assert last_words(listener)[0] in (phrases.IMPERATIVE[Phase(phase)], phrases.HOLD_RAIL)


def test_at_every_second_the_last_order_is_what_is_walked() -> None:
    listener = walking(1)
    while not listener.session.state.is_over:
        assert last_order(listener) is listener.session.entry.phase
        listener.after(1000)


@pytest.mark.parametrize("reason", [PauseReason.WALKER, PauseReason.SLEEP, PauseReason.STOPPED])
@pytest.mark.parametrize(
    ("own_key", "how"), [(False, "Press the space bar to resume."), (True, "Press your key to resume.")]
)
@pytest.mark.parametrize("seconds", [5, 40, 100])
def test_in_a_pause_it_is_said_how_to_resume(seconds: int, own_key: bool, how: str, reason: PauseReason) -> None:
    listener = walking(seconds, CueSettings(coaching="many", own_pause_key=own_key))
    listener.after(0, lambda now: listener.session.pause(now, reason))
    listener.walk(60_000)
    assert last_words(listener)[-1] == how


def test_asking_in_a_pause_says_how_to_resume() -> None:
    listener = walking(100)
    listener.after(0, listener.session.pause)
    listener.walk(10_000)
    listener.conductor.where(listener.now)
    listener.walk(20_000)
    assert listener.heard_of(CueKind.WHERE)[0][1] == phrases.PAUSED
    assert last_words(listener) == (phrases.TO_RESUME,)


def test_after_a_pause_it_is_said_what_begins() -> None:
    listener = walking(100)
    listener.after(0, listener.session.pause)
    listener.after(10_000, listener.session.resume)
    listener.walk(4_000)
    assert last_words(listener) == (phrases.RESUMING[Phase.BACKWARD],)


@pytest.mark.parametrize(
    "edit", [AddToInterval(20), AddToPhase(Phase.BACKWARD, 15), AddToPhase(Phase.FORWARD, -15), AddRounds(1)], ids=repr
)
@pytest.mark.parametrize("seconds", [5, 40, 100, 220])
def test_after_an_edit_nothing_sounds_like_an_order_to_do_something_else(seconds: int, edit: Edit) -> None:
    listener = walking(seconds)
    phase = listener.session.entry.phase
    listener.after(0, lambda now: listener.session.edit(now, edit))
    listener.walk(3_000)
    assert last_order(listener) is phase
    assert last_words(listener)[0] not in ORDER_OF or ORDER_OF[last_words(listener)[0]] is phase


def test_a_turn_that_waits_says_which_key_it_waits_for() -> None:
    listener = walking(61, wait_at_turns=True)
    assert listener.session.state is State.HOLDING
    for _ in range(6):
        assert last_words(listener) == (phrases.HAVE_YOU_TURNED,)
        listener.walk(7_000)


def test_a_question_ends_with_the_key_that_goes_on() -> None:
    listener = walking(100)
    go_on = phrases.press(phrases.GO_ON_BY, ["escape"])
    listener.conductor.ask(listener.now, [(phrases.END_SESSION,), phrases.press(phrases.END_BY, ["y"]), go_on])
    listener.walk(9_000)
    assert last_words(listener) == go_on


def test_sound_that_is_back_says_what_is_walked() -> None:
    listener = walking(60)
    listener.player.lose()
    listener.walk(12_000)
    listener.player.state = SoundState.OK
    listener.walk(8_000)
    assert last_words(listener)[0] == phrases.NAMED[Phase.BACKWARD]
    assert last_words(listener)[-1] == phrases.LEFT


def test_sound_that_is_back_after_a_bail_out_says_to_step_off() -> None:
    listener = walking(100)
    listener.after(0, lambda now: listener.session.pause(now, PauseReason.BAIL_OUT))
    listener.player.lose()
    listener.walk(3_000)
    listener.player.state = SoundState.OK
    listener.walk(8_000)
    assert last_words(listener) == (phrases.STEP_OFF,)


def test_after_a_bail_out_it_is_said_to_step_off() -> None:
    listener = walking(100)
    listener.after(0, lambda now: listener.session.pause(now, PauseReason.BAIL_OUT))
    listener.walk(60_000)
    assert last_words(listener) == (phrases.STEP_OFF,)


@pytest.mark.parametrize("early", [False, True])
def test_at_the_end_it_is_said_to_step_off_and_so_it_is_last(early: bool) -> None:
    listener = walking(100)
    if early:
        listener.after(0, listener.session.end)
    else:
        listener.finish()
    listener.walk(1_000)
    assert last_words(listener) == ((phrases.ENDED if early else phrases.COMPLETE),)
    assert last_words(listener)[0].endswith("Slow the belt. Hold the rail. Step off.")
    listener.walk(30_000)
    assert last_words(listener)[-1] == phrases.WELL_DONE
    assert phrases.WELL_DONE.endswith("Step off when the belt stops.")
