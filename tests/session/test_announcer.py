"""Answers, questions and warnings, as a listener hears them: what they wait for, and what takes their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.scheduling.edits import AddRounds, AddToInterval, AddToPhase
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.conductor import Conductor
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.engine import Session
from retro_timer.session.events import PauseReason
from retro_timer.session.languages import english as phrases
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings
from retro_timer.testing import RecordingPlayer
from tests.session.listening import LADDER, START, Listener, edits, kinds_due, listening, said

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.usefixtures("written_lengths")
@pytest.mark.parametrize(("at", "said_at"), [(8_000, 8_000), (10_500, 11_700), (9_900, 11_700), (19_500, 23_830)])
def test_an_edit_is_announced_after_words_that_are_still_true(at: int, said_at: int) -> None:
    """It never interrupts important cues and is not interrupted by them: if there is no room, it waits."""
    listener = listening()
    listener.walk(at, step=100)
    listener.after(0, lambda now: listener.session.edit(now, AddRounds(1)))
    listener.walk(5_000)
    assert listener.heard_of(CueKind.EDITED) == [(said_at / 1000, "Three rounds.")]


def test_an_edit_does_not_wait_for_a_tick() -> None:
    listener = listening()
    listener.walk(17_200, step=100)
    listener.after(0, lambda now: listener.session.edit(now, AddRounds(1)))
    listener.after(1)
    assert listener.heard_of(CueKind.EDITED) == [(17.2, "Three rounds.")]


@pytest.mark.parametrize("at", [15_500, 17_100, 18_600, 19_800])
def test_nothing_is_said_between_the_numbers_of_a_spoken_count(at: int) -> None:
    listener = listening(LADDER, CueSettings(spoken_count=True))
    listener.walk(at, step=100)
    listener.conductor.where(listener.now)
    listener.after(0, lambda now: listener.session.edit(now, AddRounds(1)))
    listener.walk(10_000, step=100)
    counted = [(due, due + 1000) for due, cue in listener.heard if cue.kind is CueKind.COUNT]
    assert len(counted) >= 3
    for due, cue in listener.heard:
        if cue.words and cue.kind is not CueKind.COUNT:
            assert all(due + listener.settings.duration_ms(cue) <= begins or ends <= due for begins, ends in counted)


def test_an_edit_is_not_announced_over_a_cue_that_becomes_due_meanwhile() -> None:
    listener = listening("turn 30s, 2x(back 30s)")
    listener.walk(19_000)
    listener.after(0, listener.session.pause)
    listener.after(1_000, listener.session.resume)  # the sound alone: "Ten seconds. Walk backward." comes soon
    listener.after(500, lambda now: listener.session.edit(now, AddRounds(1)))
    listener.walk(5_000)
    (announced,) = [
        due + listener.settings.duration_ms(cue) for due, cue in listener.heard if cue.kind is CueKind.ANNOUNCE
    ]
    assert listener.heard_of(CueKind.EDITED) == [((announced - START) / 1000, "Three rounds.")]


def test_an_edit_cuts_short_what_it_made_false() -> None:
    listener = listening()
    listener.walk(10_500)
    listener.after(0, lambda now: listener.session.edit(now, AddToInterval(10)))
    listener.walk(1_000)
    assert listener.heard_of(CueKind.EDITED) == [(10.5, "The warm-up: thirty seconds.")]


@pytest.mark.usefixtures("written_lengths")
def test_only_the_last_of_several_edits_is_announced() -> None:
    """Pending ones are cancelled by the next one."""
    listener = listening()
    listener.walk(10_500)
    for _ in range(3):
        listener.after(200, lambda now: listener.session.edit(now, AddToPhase(Phase.FORWARD, 15)))
    listener.walk(4_000)
    assert listener.heard_of(CueKind.EDITED) == [(11.7, "The forward bout: one minute forty-five.")]


def test_bailing_out_of_a_turn_that_waits_silences_its_question() -> None:
    listener = listening("turn 5s, back 30s", wait_at_turns=True)
    listener.walk(5_500)
    silenced = listener.player.silenced
    listener.after(0, lambda now: listener.session.pause(now, PauseReason.BAIL_OUT))
    assert listener.player.silenced == silenced + 1


# To the millisecond


def words_of(milliseconds: int) -> str:
    """Words that take so long, with the estimated lengths."""
    assert (milliseconds - 450) % 75 == 0
    return "x" * ((milliseconds - 450) // 75)


def speaking(milliseconds: int, notation: str = "back 120s, 2x(fwd 30s)") -> Listener:
    """A session that begins with words of so many milliseconds."""
    return listening(notation, CueSettings(go_words=(words_of(milliseconds),), off=frozenset({CueKind.HALFWAY})))


def asks(listener: Listener) -> None:
    listener.conductor.ask(listener.now, [("Did you fall?",)])


def warns(listener: Listener) -> None:
    listener.conductor.warn(listener.now, "The belt is still moving.")


def asks_where(listener: Listener) -> None:
    listener.conductor.where(listener.now)


@pytest.mark.usefixtures("estimated_lengths")
@pytest.mark.parametrize(
    ("speaks", "kind", "takes", "latest"),
    [
        (edits, CueKind.EDITED, 10_200, 10_000),
        (asks_where, CueKind.WHERE, 20_175, 20_000),
        (asks, CueKind.QUESTION, 30_150, 30_000),
        (warns, CueKind.BELT, 5_025, 5_000),
    ],
)
def test_an_answer_waits_only_so_long_for_the_words_before_it(
    speaks: Callable[[Listener], None], kind: CueKind, takes: int, latest: int
) -> None:
    for after, waits in ((takes - latest, True), (takes - latest - 1, False)):
        listener = speaking(takes)
        listener.after(after)
        speaks(listener)
        due = [due_cue.due - START for due_cue in listener.player.queued if due_cue.cue.kind is kind]
        assert due[:1] == ([takes] if waits else [])


@pytest.mark.usefixtures("estimated_lengths")
def test_the_parts_of_an_answer_are_a_moment_apart() -> None:
    listener = listening("back 5m")
    listener.walk(50_000)
    listener.conductor.where(listener.now)
    parts = [(due_cue.due - START, due_cue.cue.text) for due_cue in listener.player.queued]
    assert parts[:3] == [
        (50_000, "The backward bout:"),
        (50_000 + 1_800 + 150, "About four minutes left."),
        (51_950 + 3_315 + 150, "This is the last interval."),
    ]


def test_what_was_walked_is_said_a_second_after_the_end() -> None:
    listener = listening("back 5s")
    listener.finish()
    (recap,) = [due_cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.RECAP]
    complete = next(cue for _, cue in listener.heard if cue.kind is CueKind.COMPLETE)
    assert recap.due == START + 5_000 + listener.settings.duration_ms(complete) + 1_000


def test_a_question_takes_the_place_of_the_one_before_it() -> None:
    listener = listening("back 5m")
    listener.walk(50_000)
    listener.conductor.ask(listener.now, [("Did you fall?",), ("Press the letter Y or the letter N.",)])
    listener.after(100)
    silenced = listener.player.silenced
    assert said(listener.conductor.ask(listener.now, [("You can type a note.",)])) == ["You can type a note."]
    assert listener.player.silenced == silenced + 1
    asked = [due_cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.QUESTION]
    assert [due_cue.cue.text for due_cue in asked] == ["You can type a note."]
    assert asked[0].due == listener.now
    listener.conductor.ask(listener.now, [])
    assert not [due_cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.QUESTION]


def test_a_warning_has_its_sound() -> None:
    listener = listening("back 5m")
    listener.walk(50_000)
    events = listener.conductor.warn(listener.now, phrases.BELT_MOVING)
    assert said(events) == ["The belt is still moving."]
    warning = listener.player.queued[-1].cue
    assert (warning.kind, warning.sound, warning.at) == (CueKind.BELT, Sound.ATTENTION, 50_000)


def test_where_waits_for_an_answer_and_a_question_and_a_warning_do_not() -> None:
    for speaks, kind, waits in (
        (asks_where, CueKind.WHERE, True),
        (asks, CueKind.QUESTION, False),
        (warns, CueKind.BELT, False),
        (edits, CueKind.EDITED, False),
    ):
        listener = listening("back 5m, 2x(fwd 30s)")
        listener.walk(50_000)
        edits(listener)
        listener.after(100)
        (edited,) = [cue for _, cue in listener.heard if cue.kind is CueKind.EDITED]
        speaks(listener)
        first = next(due for due, found in kinds_due(listener) if found is kind)
        assert first == (listener.settings.duration_ms(edited) - 100 if waits else 0)


def test_the_first_moment_of_all_is_like_any_other() -> None:
    session, player = Session(flatten(parse("back 60s, 2x(fwd 30s)")), Rules(lead_in=0)), RecordingPlayer()
    conductor = Conductor(session, player)
    assert {event.moment for event in conductor.call(0, session.start)} == {0}
    assert said(conductor.refuse(0, "No.")) == ["No."]
    before = list(player.queued)
    conductor.call(0, lambda now: session.edit(now, AddRounds(1)))
    assert [each.cue.text for each in player.queued if each not in before] == ["Three rounds."]
