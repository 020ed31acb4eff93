"""Where the walker is, said when asked: what is said, what it waits for, and what ends it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from retro_timer.session.cue import CueKind
from retro_timer.session.languages import english as phrases
from tests.session.listening import Listener, listening


@pytest.mark.usefixtures("written_lengths")
def test_where_announces_phase_time_left_next_round_and_total() -> None:
    listener = listening()
    listener.walk(50_000)
    listener.conductor.where(listener.now)
    assert [due_cue.cue.text for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE] == [
        "The backward bout:",
        "Forty-five seconds left.",
        "Next is a turn.",
        "Round one of two.",
        "About four minutes thirty until the end.",
    ]
    dues = [due_cue.due for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE]
    assert dues[0] == listener.now
    first, second, *_ = [due_cue.cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE]
    assert dues[1] >= dues[0] + listener.settings.duration_ms(first)
    assert dues[2] >= dues[1] + listener.settings.duration_ms(second)


def asked_where(listener: Listener) -> list[str]:
    listener.conductor.where(listener.now)
    return [due_cue.cue.text for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE]


@pytest.mark.usefixtures("written_lengths")
def test_where_names_the_phase_and_gives_no_order() -> None:
    listener = listening()
    listener.walk(25_000)
    assert asked_where(listener) == [
        "The turn:",
        "Eight seconds left.",
        "Next is a backward bout.",
        "Round one of two.",
        "About five minutes until the end.",
    ]  # after "Ten seconds. Walk backward."


def test_where_in_a_pause_a_count_and_a_turn_that_waits() -> None:
    listener = listening("2x(turn 5s, back 30s)", wait_at_turns=True)
    listener.walk(6_000)
    assert asked_where(listener) == ["Press enter when you have turned."]
    listener.after(1_000, listener.session.pause)
    listener.walk(1_000)
    assert asked_where(listener) == ["The session is paused.", "Press the space bar to resume."]
    listener.after(1_000, listener.session.resume)
    listener.after(1_000, listener.session.turned)
    assert asked_where(listener) == ["The backward bout:"]  # its opening says the rest


def test_where_after_the_end() -> None:
    listener = listening("back 5s")
    listener.finish()
    assert asked_where(listener) == [phrases.COMPLETE]
    listener = listening("back 5s")
    listener.after(1_000, listener.session.end)
    assert asked_where(listener) == [phrases.ENDED]


@pytest.mark.usefixtures("written_lengths")
def test_where_waits_for_current_words_and_gives_way_to_later_ones() -> None:
    listener = listening()  # at 10 s: "Ten seconds. Turn around."
    listener.walk(10_500)
    listener.conductor.where(listener.now)
    listener.walk(4_000)
    announced = next(cue for _, cue in listener.heard if cue.kind is CueKind.ANNOUNCE)
    assert listener.heard_of(CueKind.WHERE)[0] == (10 + listener.settings.duration_ms(announced) / 1000, "The warm-up:")
    listener = listening()
    listener.walk(9_000)
    listener.conductor.where(listener.now)
    listener.walk(4_000)
    assert listener.heard_of(CueKind.WHERE) == [(9, "The warm-up:"), (11.7, "Eight seconds left.")]
    assert (10, "Ten seconds. Turn around.") in listener.texts


def test_asking_while_it_is_being_said_stops_it_and_asking_again_begins_anew() -> None:
    listener = listening("back 5m")
    listener.walk(50_000)
    listener.conductor.where(listener.now)
    listener.after(300)
    silenced = listener.player.silenced
    listener.conductor.where(listener.now)
    assert listener.player.silenced == silenced + 1
    assert not [due_cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE]
    listener.walk(3_000)
    assert listener.heard_of(CueKind.WHERE) == [(50, "The backward bout:")]
    listener.conductor.where(listener.now)
    listener.walk(5_000)
    asked = [(due, cue) for due, cue in listener.heard if cue.kind is CueKind.WHERE]
    assert [cue.text for _, cue in asked][1:3] == ["The backward bout:", "About four minutes left."]
    assert all(due + listener.settings.duration_ms(cue) <= after for (due, cue), (after, _) in pairwise(asked))


def test_stopping_the_answer_stops_nothing_else() -> None:
    """It waits for other words; these continue, and pending cues stay queued."""
    listener = listening()  # at 10 s: "Ten seconds. Turn around."
    listener.walk(10_500)
    coming = list(listener.player.queued)
    listener.conductor.where(listener.now)
    silenced = listener.player.silenced
    listener.conductor.where(listener.now)
    assert listener.player.silenced == silenced
    assert listener.player.queued == coming


def test_a_pause_cancels_the_rest_of_where() -> None:
    listener = listening()
    listener.walk(50_000)
    listener.conductor.where(listener.now)
    listener.after(500, listener.session.pause)
    assert [due_cue.cue.kind for due_cue in listener.player.queued] == [CueKind.PAUSED]


@pytest.mark.parametrize("asked", [False, True])
def test_a_walker_who_asked_where_while_muted_gets_no_second_answer(asked: bool) -> None:
    listener = listening()  # backward from 35 s on
    listener.walk(30_000)
    listener.conductor.mute(listener.now, muted=True)
    listener.walk(10_000)
    if asked:
        listener.conductor.where(listener.now)
    listener.walk(2_000)
    listener.conductor.mute(listener.now, muted=False)
    announced = [due_cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.PHASE]
    assert [due_cue.cue.words[0] for due_cue in announced] == ([] if asked else ["The backward bout:"])
