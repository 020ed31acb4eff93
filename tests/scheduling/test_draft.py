"""A draft: notation and outline are one workout, and what cannot be read loses nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.draft import Draft
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.outline import Part, Step
from tests.strategies import workouts

if TYPE_CHECKING:
    from retro_timer.scheduling.workout import Workout

BASE = parse("warm 3m, back 1m", name="Mine", workout_id="mine")


@given(workouts(), workouts())
def test_notation_and_outline_are_always_the_same_workout(first: Workout, second: Workout) -> None:
    draft = Draft.of(first)
    written = draft.written(Draft.of(second).notation)
    assert written.outline.blocks == second.blocks
    outlined = draft.outlined(replace(draft.outline, blocks=second.blocks, chosen=(Step(Part.BODY, 0),)))
    assert parse(outlined.notation) == second
    assert written.workout(BASE) == outlined.workout(BASE) == second


@given(st.text(max_size=60))
def test_whatever_is_typed_is_kept_and_the_outline_is_what_was_read_last(text: str) -> None:
    draft = Draft.of(BASE).written(text)
    assert draft.notation == text
    if draft.problem:
        assert draft.outline.blocks == BASE.blocks
        assert 0 <= draft.column <= len(text) + 1
        with pytest.raises(WorkoutError):
            draft.workout(BASE)
    else:
        assert draft.outline.blocks == parse(text).blocks


def test_what_is_chosen_stays_chosen_while_it_is_there() -> None:
    draft = Draft.of(BASE)
    draft = draft.outlined(draft.outline.choose((Step(Part.BODY, 1),)))
    assert draft.written("warm 3m, back 2m").outline.chosen == (Step(Part.BODY, 1),)
    assert draft.written("warm 3m").outline.chosen == (Step(Part.BODY, 0),)


def test_a_change_of_the_outline_mends_notation_that_cannot_be_read() -> None:
    draft = Draft.of(BASE).written("back")
    assert draft.problem
    mended = draft.outlined(draft.outline.add())
    assert not mended.problem
    assert mended.notation == "warm 3m, turn 30s, back 1m"


def test_a_name_is_trimmed_and_checked_and_the_id_stays() -> None:
    draft = Draft.of(BASE).named("  Yours ")
    assert (draft.workout(BASE).name, draft.workout(BASE).id) == ("Yours", "mine")
    assert draft.same(Draft.of(BASE).named("Yours"))
    with pytest.raises(WorkoutError, match="printable"):
        Draft.of(BASE).named("a\x1bb").workout(BASE)
