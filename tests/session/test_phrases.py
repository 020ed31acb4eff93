"""What the product says: every phrase known, every length near enough, captions that read well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.edits import At
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.workout import MAX_SECONDS
from retro_timer.session import phrases, said
from retro_timer.session.clip_lengths import CLIP_MS
from retro_timer.session.cue import SAFETY_KINDS, Cue, CueKind, Sound
from retro_timer.session.phrases import (
    every_length,
    every_phrase,
    length,
    length_left,
    number,
    round_of,
    spoken_seconds,
)
from tests.strategies import edited_schedules, edits

if TYPE_CHECKING:
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.schedule import Schedule

PHRASES = frozenset(every_phrase())


def test_every_phrase_is_there_once_and_its_clip_is_measured() -> None:
    assert len(every_phrase()) == len(PHRASES)
    assert set(CLIP_MS) >= PHRASES
    assert all(phrases.spoken_ms(phrase) == CLIP_MS[phrase] for phrase in PHRASES)
    assert phrases.spoken_ms("eyes up") > 0


@given(st.integers(1, MAX_SECONDS))
def test_every_length_has_a_clip(seconds: int) -> None:
    assert length(seconds) in PHRASES
    assert set(length_left(seconds)) <= PHRASES
    assert spoken_seconds(seconds) in set(every_length())


@pytest.mark.parametrize(("up_to", "error"), [(20, 0), (60, 2), (180, 5), (300, 7), (600, 15), (1200, 30), (3600, 150)])
def test_a_length_said_is_near_the_truth(up_to: int, error: int) -> None:
    """What is said of a length may be rounded; what is said of a moment (`session.timeline`) may not."""
    for seconds in range(1, up_to + 1):
        assert abs(spoken_seconds(seconds) - seconds) <= error


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_more_is_never_said_as_less(one: int, other: int) -> None:
    first, second = sorted((one, other))
    assert spoken_seconds(first) <= spoken_seconds(second)


def test_the_steps_of_a_sessions_keys_are_heard_as_they_are() -> None:
    for seconds in (5, 10, 15, 20, 25, 30, 45, 60, 70, 75, 80, 90, 100, 105, 120, 135, 150, 165, 180):
        assert spoken_seconds(seconds) == seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "One second."),
        (0, "One second."),
        (45, "Forty five seconds."),
        (60, "One minute."),
        (90, "One minute thirty."),
        (120, "Two minutes."),
        (605, "Ten minutes."),
        (3600, "One hour."),
        (14_400, "One hour."),
    ],
)
def test_lengths_in_words(seconds: int, words: str) -> None:
    assert length(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0, "zero"), (13, "thirteen"), (20, "twenty"), (21, "twenty one"), (59, "fifty nine")]
)
def test_numbers_in_words(value: int, words: str) -> None:
    assert number(value) == words


def test_rounds_are_numbered_as_far_as_there_are_clips() -> None:
    most = phrases.MAX_SPOKEN_ROUNDS
    assert round_of(2, 4) == ("Round two", "of four.")
    assert round_of(1, most + 1) == phrases.rounds(most + 1) == phrases.rounds(0) == ()
    for total in range(1, most + 1):
        assert set(phrases.rounds(total)) <= PHRASES
        for current in range(1, total + 1):
            assert set(round_of(current, total)) <= PHRASES


@given(st.data(), edited_schedules(), edits)
def test_every_edit_is_said_with_clips(data: st.DataObject, schedule: Schedule, edit: Edit) -> None:
    at = At(data.draw(st.integers(0, len(schedule) - 1)), 0)
    try:
        after = edit(schedule, at)
    except WorkoutError:
        return
    words = said.edit(edit, after, at.index)
    assert len(words) <= 2
    assert set(words) <= PHRASES


def test_every_phase_has_its_words_and_its_sound() -> None:
    for phase in Phase:
        assert {phrases.IMPERATIVE[phase], phrases.NAMED[phase], phrases.RESUMING[phase]} <= PHRASES
        assert Sound.of(phase).value == phase.value


def test_captions() -> None:
    assert Cue(0, CueKind.WHERE, words=length_left(90)).text == "One minute thirty left."
    assert Cue(0, CueKind.PHASE, Sound.REST, ("Rest.",), label="drink").text == "Rest. drink"
    assert Cue(0, CueKind.PHASE, label="drink").text == "drink"
    assert Cue(0, CueKind.COUNT, Sound.TICK, caption="3").text == "3"


def test_what_is_said_again_after_the_sound_was_lost() -> None:
    assert {CueKind.PHASE, CueKind.COUNT, CueKind.ANNOUNCE, CueKind.BAIL_OUT, CueKind.HOLDING} == SAFETY_KINDS
