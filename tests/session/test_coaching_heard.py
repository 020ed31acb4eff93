"""Coaching in a session, as a listener hears it: techniques, praise, and the recap at the end."""

from __future__ import annotations

from itertools import pairwise

import pytest

from retro_timer.scheduling.edits import AddToInterval
from retro_timer.scheduling.presets import preset
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.announcer import RECAP_AFTER
from retro_timer.session.cue import CueKind
from retro_timer.session.events import PauseReason
from retro_timer.session.languages import english as phrases
from retro_timer.session.states import SECOND
from retro_timer.session.timeline import CueSettings
from tests.session.coached import FEW, MANY, everything
from tests.session.listening import Listener, listening

# A session, heard


def walked(listener: Listener, until: int) -> None:
    """Walk on to a position in seconds."""
    while listener.session.position < until * SECOND and not listener.session.state.is_over:
        listener.after(1000)


@pytest.mark.parametrize("amount", ["few", "many"])
@pytest.mark.parametrize("name", ["starter", "consistent", "beyond"])
def test_no_technique_is_heard_twice_running(name: str, amount: str) -> None:
    listener = Listener(flatten(preset(name)), listening().session.rules, CueSettings(coaching=amount))
    listener.after(0, listener.session.start)
    listener.finish()
    heard = [text for _, text in listener.heard_of(CueKind.TECHNIQUE)]
    assert len(heard) >= 4
    assert all(one != other for one, other in pairwise(heard))


def test_going_back_does_not_repeat_the_technique() -> None:
    listener = listening("back 3m", MANY)
    walked(listener, 60)
    listener.after(0, listener.session.back)
    walked(listener, 60)
    first, second = (text for _, text in listener.heard_of(CueKind.TECHNIQUE))
    assert (first, second) == ("Eyes on a fixed point.", "Small steps, feet close to the belt.")


@pytest.mark.parametrize("command", ["pause", "skip", "back", "end"])
def test_what_changes_the_course_takes_coaching_back(command: str) -> None:
    listener = listening("back 3m, turn 30s, fwd 30s", MANY)
    (at,) = [cue.at for cue in everything(listener.session.schedule, MANY) if cue.kind is CueKind.TECHNIQUE][:1]
    walked(listener, at // SECOND - 2)
    assert CueKind.TECHNIQUE in [due_cue.cue.kind for due_cue in listener.player.queued]
    listener.after(0, getattr(listener.session, command))
    assert CueKind.TECHNIQUE not in [due_cue.cue.kind for due_cue in listener.player.queued]


def test_a_turn_that_waits_is_not_coached_beyond_its_end() -> None:
    listener = listening("turn 30s, back 3m", MANY, wait_at_turns=True)
    walked(listener, 30)
    listener.walk(120_000)
    assert listener.heard_of(CueKind.TECHNIQUE) == []


def test_an_edit_plans_coaching_again() -> None:
    listener = listening("back 3m", MANY)
    walked(listener, 10)
    listener.after(0, lambda now: listener.session.edit(now, AddToInterval(180)))
    listener.finish()
    expected = [cue for cue in everything(listener.session.schedule, MANY) if cue.kind is CueKind.TECHNIQUE]
    heard = [cue for _, cue in listener.heard if cue.kind is CueKind.TECHNIQUE]
    assert [cue.at for cue in heard] == [cue.at for cue in expected]


BOUTS = "back 60s, turn 30s, back 90s, turn 30s, back 90s, turn 30s, fwd 30s"


def praise(listener: Listener) -> list[tuple[int, str]]:
    """What was praised, by the index of the interval in which it was."""
    schedule = listener.session.schedule
    return [
        (schedule.position_at(cue.at // SECOND).index, cue.text)
        for _, cue in listener.heard
        if cue.kind is CueKind.ENCOURAGED
    ]


@pytest.mark.parametrize(
    ("bouts", "praised"),
    [
        ((60, 65), [(3, phrases.LONGEST_YET)]),
        ((60, 64), []),
        ((60, 60), [(1, phrases.HALF_DONE)]),
        ((61, 60), [(1, phrases.HALF_DONE)]),
        ((60, 61, 60), [(3, phrases.HALF_DONE)]),
        ((70, 70, 70), [(3, phrases.HALF_DONE)]),
        ((60, 60, 60, 60), [(3, phrases.HALF_DONE)]),
        ((60,), []),
    ],
)
def test_what_is_praised(bouts: tuple[int, ...], praised: list[tuple[int, str]]) -> None:
    listener = listening(", ".join(f"back {seconds}s, turn 30s" for seconds in bouts) + ", fwd 30s", FEW)
    listener.finish()
    assert praise(listener) == praised


def test_the_longest_bout_and_half_of_it_are_praised_once() -> None:
    listener = listening(BOUTS, FEW)
    listener.finish()
    assert praise(listener) == [(3, phrases.LONGEST_YET)]
    listener = listening("back 60s, turn 30s, back 60s, turn 30s, fwd 30s", FEW)
    listener.finish()
    assert praise(listener) == [(1, phrases.HALF_DONE)]


def test_a_longer_bout_of_an_earlier_session_is_remembered() -> None:
    listener = listening(BOUTS, FEW)
    listener.conductor.remember_longest(90 * SECOND)
    listener.finish()
    assert praise(listener) == [(3, phrases.HALF_DONE)]
    listener = listening(BOUTS, FEW)
    listener.conductor.remember_longest(30 * SECOND)
    listener.finish()
    assert praise(listener) == [(1, phrases.LONGEST_YET), (3, phrases.LONGEST_YET)]


def test_a_bout_that_was_skipped_is_not_praised() -> None:
    listener = listening(BOUTS, FEW)
    walked(listener, 120)
    listener.after(0, listener.session.skip)
    listener.finish()
    assert (3, phrases.LONGEST_YET) not in praise(listener)


def test_a_bout_with_a_pause_is_not_praised_as_the_longest() -> None:
    listener = listening("back 60s, turn 30s, back 90s, turn 30s, fwd 5m", FEW)
    walked(listener, 120)
    listener.after(0, listener.session.pause)
    listener.after(9000, listener.session.resume)
    listener.finish()
    assert (3, phrases.LONGEST_YET) not in praise(listener)
    assert listener.session.backward.longest == 60 * SECOND


# What was walked


def recap(listener: Listener) -> list[str]:
    listener.walk(20_000)
    return [cue.text for _, cue in listener.heard if cue.kind is CueKind.RECAP]


def test_the_recap_follows_what_to_do_and_ends_with_what_to_do() -> None:
    listener = listening("back 60s, turn 30s, back 60s")
    listener.finish()
    (said,) = recap(listener)
    assert said.startswith("You walked backward for two minutes. Your longest bout so far: one minute. Well done.")
    assert said.endswith("Step off when the belt stops.")
    complete = next(
        due + listener.settings.duration_ms(cue) for due, cue in listener.heard if cue.kind is CueKind.COMPLETE
    )
    assert next(due for due, cue in listener.heard if cue.kind is CueKind.RECAP) >= complete + RECAP_AFTER


def test_the_longest_bout_so_far_may_be_an_earlier_one() -> None:
    listener = listening("back 60s, turn 30s, back 60s")
    listener.conductor.remember_longest(90 * SECOND)
    listener.finish()
    assert "Your longest bout so far: one minute thirty." in recap(listener)[0]


def test_the_recap_counts_what_the_history_counts() -> None:
    listener = listening("back 60s, turn 30s, fwd 60s")
    walked(listener, 30)
    listener.after(0, listener.session.back)
    walked(listener, 40)
    listener.after(0, listener.session.pause)
    listener.after(9000, listener.session.resume)
    listener.finish()
    assert recap(listener)[0].startswith(
        "You walked backward for one minute thirty. Your longest bout so far: forty seconds."
    )


def test_the_recap_says_the_seconds_that_are_shown() -> None:
    listener = listening("back 60s, turn 30s, fwd 60s")
    walked(listener, 14)
    listener.after(900, listener.session.end)
    said = recap(listener)[0]
    assert said.startswith("You walked backward for fourteen seconds."), said


def test_a_session_ended_early_has_its_recap_too() -> None:
    listener = listening("back 60s, turn 30s, fwd 60s")
    walked(listener, 75)
    listener.after(0, listener.session.end)
    assert recap(listener)[0].startswith("You walked backward for one minute.")
    ended = next(due + listener.settings.duration_ms(cue) for due, cue in listener.heard if cue.kind is CueKind.ENDED)
    assert next(due for due, cue in listener.heard if cue.kind is CueKind.RECAP) >= ended + RECAP_AFTER


def test_where_nothing_was_walked_backward_nothing_is_claimed() -> None:
    listener = listening("fwd 30s")
    listener.finish()
    assert recap(listener) == [phrases.WELL_DONE]
    listener = listening("fwd 30s", lead_in=10)
    listener.after(1000, lambda now: listener.session.pause(now, PauseReason.BAIL_OUT))
    listener.after(0, listener.session.end)
    assert recap(listener) == []
