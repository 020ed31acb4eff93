"""Refused keys: a sound and a sentence at once, and never a queue of them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from retro_timer.scheduling.edits import AddToPhase
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.events import Event, Refused
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings
from tests.session.listening import LADDER, Listener, listening, said


def test_a_refusal_sounds_at_once_and_changes_nothing_else() -> None:
    listener = listening()
    listener.walk(18_500)
    queued = list(listener.player.queued)
    events = listener.after(0, lambda now: listener.session.edit(now, AddToPhase(Phase.REST, 5)))
    assert [event.why for event in events if isinstance(event, Refused)] == ["no rest interval is left"]
    assert said(events) == ["no rest interval is left"]
    (refusal,) = [due_cue for due_cue in listener.player.queued if due_cue not in queued]
    assert (refusal.due, refusal.cue.sound, refusal.cue.words) == (listener.now, Sound.REFUSED, ())
    assert [due_cue for due_cue in listener.player.queued if due_cue in queued] == queued
    assert listener.player.silenced == 1  # at the start


def test_a_key_without_effect_is_refused_with_a_sentence() -> None:
    listener = listening()
    listener.walk(5_000)
    events = listener.conductor.refuse(listener.now, "The key z means nothing here.")
    assert [type(event).__name__ for event in events] == ["Refused", "CueHeard"]
    assert said(events) == ["The key z means nothing here."]


@pytest.mark.parametrize("passed", [0, 21_000, 600_000])
def test_a_refusal_sounds_in_every_state(passed: int) -> None:
    listener = Listener(flatten(parse(LADDER)), Rules(lead_in=5))
    if passed:
        listener.after(0, listener.session.start)
        listener.walk(passed)
    assert said(listener.conductor.refuse(listener.now, "No.")) == ["No."]


def test_many_refusals_do_not_pile_up() -> None:
    listener = listening()
    listener.walk(5_000)
    events = [event for _ in range(100) for event in (*listener.after(10), *refuse(listener))]
    assert len([event for event in events if isinstance(event, Refused)]) == 100
    listener.after(1_000)
    refusals = [due for due, cue in listener.heard if cue.kind is CueKind.REFUSED]
    assert len(refusals) == 4
    assert min(later - earlier for earlier, later in pairwise(refusals)) >= 250


def refuse(listener: Listener) -> tuple[Event, ...]:
    return listener.conductor.refuse(listener.now, "No.")


def test_refusals_can_be_switched_off() -> None:
    listener = listening(settings=CueSettings(off=frozenset({CueKind.REFUSED})))
    listener.walk(5_000)
    assert [type(event).__name__ for event in refuse(listener)] == ["Refused"]


def test_a_quarter_of_a_second_passes_between_two_refusals() -> None:
    listener = listening("back 60s")
    listener.walk(5_000)
    sounded = []
    for passed in (0, 249, 1, 249, 1):
        listener.after(passed)
        before = len(listener.player.queued)
        refuse(listener)
        sounded.append(len(listener.player.queued) > before)
    assert sounded == [True, False, True, False, True]
