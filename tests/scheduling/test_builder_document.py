"""A builder document: notation and outline are the same workout, and unreadable notation loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.scheduling.builder_document import FIRST, BuilderDocument, copy_of
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_NAME
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.outline import OutlineStep, Part
from retro_timer.scheduling.presets import preset
from tests.strategies import workouts

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout

BASE = parse("warm 3m, back 1m", name="Mine", workout_id="mine")


@given(workouts(), workouts())
def test_notation_and_outline_are_always_the_same_workout(first: Workout, second: Workout) -> None:
    draft = BuilderDocument.of(first)
    written = draft.with_notation(BuilderDocument.of(second).notation)
    assert written.outline.blocks == second.blocks
    outlined = draft.with_outline(replace(draft.outline, blocks=second.blocks, chosen=(OutlineStep(Part.BODY, 0),)))
    assert parse(outlined.notation) == second
    assert written.workout(BASE) == outlined.workout(BASE) == second


@given(st.text(max_size=60))
def test_typed_text_is_kept_and_the_outline_shows_the_last_valid_one(text: str) -> None:
    draft = BuilderDocument.of(BASE).with_notation(text)
    assert draft.notation == text
    if draft.problem:
        assert draft.outline.blocks == BASE.blocks
        assert 0 <= draft.column <= len(text) + 1
        with pytest.raises(WorkoutError):
            draft.workout(BASE)
    else:
        assert draft.outline.blocks == parse(text).blocks


def test_the_chosen_item_stays_chosen_while_it_exists() -> None:
    draft = BuilderDocument.of(BASE)
    draft = draft.with_outline(draft.outline.choose((OutlineStep(Part.BODY, 1),)))
    assert draft.with_notation("warm 3m, back 2m").outline.chosen == (OutlineStep(Part.BODY, 1),)
    assert draft.with_notation("warm 3m").outline.chosen == (OutlineStep(Part.BODY, 0),)


def test_a_change_of_the_outline_replaces_unreadable_notation() -> None:
    draft = BuilderDocument.of(BASE).with_notation("back")
    assert draft.problem
    mended = draft.with_outline(draft.outline.add())
    assert not mended.problem
    assert mended.notation == "warm 3m, turn 30s, back 1m"


def test_a_workout_that_is_too_long_is_a_problem_of_the_whole_notation() -> None:
    draft = BuilderDocument.of(BASE).with_notation("warm 3m, back").with_notation("99x(99x(99x(back 1s)))")
    assert draft.problem
    assert draft.column == 0


def test_only_what_would_be_saved_alike_is_the_same() -> None:
    draft = BuilderDocument.of(BASE)
    assert draft.same(draft.with_notation(draft.notation))
    assert not draft.same(draft.with_name("Other"))
    assert not draft.same(draft.with_notation("back 9m"))
    unreadable = draft.with_notation("back")
    assert not draft.same(unreadable)
    assert not unreadable.same(draft)


def test_a_name_is_trimmed_and_checked_and_the_id_stays() -> None:
    draft = BuilderDocument.of(BASE).with_name("  Yours ")
    assert (draft.workout(BASE).name, draft.workout(BASE).id) == ("Yours", "mine")
    assert draft.same(BuilderDocument.of(BASE).with_name("Yours"))
    with pytest.raises(WorkoutError, match="printable"):
        BuilderDocument.of(BASE).with_name("a\x1bb").workout(BASE)


def test_a_copy_of_a_preset_is_new_and_has_a_name_of_its_own() -> None:
    starter, copy = preset("starter"), copy_of(preset("starter"))
    assert (copy, copy.name, copy.id) == (starter, f"My {starter.name}", "")
    assert copy_of(replace(starter, name="x" * MAX_NAME)).name == f"My {'x' * (MAX_NAME - 3)}"


def test_a_new_workout_begins_as_the_starter_preset() -> None:
    assert parse(FIRST) == preset("starter")


def test_a_document_of_a_workout_has_no_problem() -> None:
    draft = BuilderDocument.of(BASE)
    assert (draft.name, draft.notation, draft.problem, draft.column) == ("Mine", "warm 3m, back 1m", "", 0)
    assert draft.outline.chosen == (OutlineStep(Part.BODY, 0),)


def test_a_problem_has_its_column_until_it_is_mended() -> None:
    draft = BuilderDocument.of(BASE).with_notation("warm 3m, bakc 1m")
    assert (draft.column, draft.problem) == (
        10,
        'expected a phase (warm, back, turn, fwd, rest, cool), found "bakc 1m"',
    )
    large = draft.with_notation("99x(99x(99x(back 1s)))")
    assert (large.column, large.problem) == (0, "a workout has at most 10,000 intervals, this one has 970,299")
    for mended in (draft.with_notation("warm 4m"), draft.with_outline(draft.outline)):
        assert (mended.column, mended.problem) == (0, "")


def test_choosing_another_block_keeps_the_notation_as_typed() -> None:
    draft = BuilderDocument.of(BASE).with_notation("warm 180s, back 60")
    chosen = draft.with_outline(draft.outline.choose((OutlineStep(Part.BODY, 1),)))
    assert (chosen.notation, chosen.outline.chosen) == ("warm 180s, back 60", (OutlineStep(Part.BODY, 1),))
    changed = draft.with_outline(draft.outline.duplicate())
    assert changed.notation == "warm 3m, warm 3m, back 1m"


def test_a_document_without_a_name_is_saved_without_one() -> None:
    saved = BuilderDocument.of(BASE).with_name("  ").workout(replace(BASE, description="Slowly."))
    assert (saved.name, saved.id, saved.description) == ("", "mine", "Slowly.")
    with pytest.raises(WorkoutError, match="at most 80 characters"):
        BuilderDocument.of(BASE).with_name("x" * 81).workout(BASE)
