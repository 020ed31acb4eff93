"""The adjustable values, and the edits made from them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retro_timer.scheduling.adjustment import (
    MAX_ROUNDS,
    AdjustmentField,
    AdjustmentValues,
    adjust,
    adjustment_values,
    override_before_start,
)
from retro_timer.scheduling.edits import AddRounds, Combined, SetInterval, SetPhase
from retro_timer.scheduling.errors import EditError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import preset
from retro_timer.scheduling.schedule import NOTICE, At, flatten
from retro_timer.session import edit_phrases
from retro_timer.session.engine import Session
from retro_timer.session.languages import english

BUILDER = flatten(preset("builder"))


def test_the_values_are_those_of_the_remaining_lengths() -> None:
    standing = adjustment_values(BUILDER, At(2, 5))  # the first backward bout runs
    assert standing[AdjustmentField.THIS].value == 120
    assert (standing[AdjustmentField.BACKWARD].value, standing[AdjustmentField.BACKWARD].bouts) == (120, 4)
    assert standing[AdjustmentField.WARM_UP].value is None
    assert standing[AdjustmentField.ROUNDS].value == 4
    last = adjustment_values(BUILDER, At(len(BUILDER) - 1, 0))
    assert [adjustment_field for adjustment_field, reading in last.items() if reading.value is not None] == [
        AdjustmentField.COOL_DOWN,
        AdjustmentField.THIS,
    ]


def test_bouts_that_differ_show_the_next_and_the_range() -> None:
    reading = adjustment_values(flatten(parse("back 1m, back 2m, back 90s")), At(0, 3))[AdjustmentField.BACKWARD]
    assert (reading.value, reading.lowest, reading.highest, reading.mixed) == (120, 90, 120, True)


def test_unchanged_values_are_not_an_edit() -> None:
    standing = adjustment_values(BUILDER, At(2, 5))
    same = {
        adjustment_field: reading.value for adjustment_field, reading in standing.items() if reading.value is not None
    }
    outcome = adjust(BUILDER, At(2, 5), same)
    assert outcome.edit is None
    assert outcome.after is BUILDER
    assert not outcome.problems


def test_several_values_are_one_edit_and_one_undo() -> None:
    session = Session(BUILDER)
    session.start(0)
    session.advance(10_000 + 215_000)  # 5 s into the first backward bout
    wanted = {
        AdjustmentField.THIS: 100,
        AdjustmentField.BACKWARD: 90,
        AdjustmentField.ROUNDS: 6,
        AdjustmentField.TURN: 20,
    }
    outcome = adjust(session.schedule, At(session.index, 5), wanted)
    assert outcome.edit is not None
    session.edit(225_000, outcome.edit)
    assert session.schedule == outcome.after
    assert session.entry.duration == 100
    assert {entry.duration for entry in session.schedule.entries[3:] if entry.phase is Phase.BACKWARD} == {90}
    assert session.entry.place is not None
    assert session.entry.place.rounds == 6
    session.undo(225_000)
    assert session.schedule == BUILDER
    assert not session.can_undo


def test_a_running_interval_does_not_end_without_notice() -> None:
    after = adjust(BUILDER, At(2, 50), {AdjustmentField.THIS: 10}).after
    assert after[2].duration == 50 + NOTICE


@pytest.mark.parametrize("rounds", [0, -3, MAX_ROUNDS + 1, 10**9])
def test_a_number_of_rounds_out_of_range_is_a_problem(rounds: int) -> None:
    outcome = adjust(BUILDER, At(2, 5), {AdjustmentField.ROUNDS: rounds, AdjustmentField.TURN: 20})
    assert "rounds" in outcome.problems[AdjustmentField.ROUNDS]
    assert outcome.edit == SetPhase(Phase.TURN, 20)


def test_rounds_already_walked_cannot_be_removed() -> None:
    third = next(index for index, entry in enumerate(BUILDER) if entry.place and entry.place.round == 3)
    outcome = adjust(BUILDER, At(third, 0), {AdjustmentField.ROUNDS: 2})
    assert outcome.problems == {AdjustmentField.ROUNDS: "the last round is running or already walked"}


def test_a_length_chosen_for_an_interval_that_is_over_is_refused() -> None:
    with pytest.raises(EditError, match="that interval is over"):
        SetInterval(2, 60)(BUILDER, At(3, 0))


def test_a_combined_edit_is_made_completely_or_not_at_all() -> None:
    session = Session(BUILDER)
    session.start(0)
    session.edit(0, Combined((SetPhase(Phase.TURN, 20), SetInterval(9, 60))))
    assert session.schedule is BUILDER
    assert not session.can_undo


def test_a_combined_edit_is_announced_by_its_first_part() -> None:
    edit = Combined((SetPhase(Phase.BACKWARD, 90), AddRounds(1)))
    after = edit(BUILDER, At(0, 0))
    assert edit_phrases.edit(edit, BUILDER, after, 0, english) == ("The backward bout:", "One minute thirty.")
    assert edit_phrases.edit(SetInterval(0, 240), BUILDER, SetInterval(0, 240)(BUILDER, At(0, 0)), 0, english) == (
        "The warm-up:",
        "Four minutes.",
    )


def test_an_override_keeps_the_structure_of_the_workout() -> None:
    adapted, problems = override_before_start(
        preset("builder"), {AdjustmentField.BACKWARD: 90, AdjustmentField.ROUNDS: 3, AdjustmentField.COOL_DOWN: 60}
    )
    assert adapted == parse("warm 3m, 3x(turn 30s, back 90s, turn 30s | fwd 1m), cool 1m")
    assert adapted.name == "Builder"
    assert not problems


def test_an_override_refuses_impossible_lengths() -> None:
    workout = parse("back 1m")
    adapted, problems = override_before_start(
        workout, {AdjustmentField.ROUNDS: 3, AdjustmentField.FORWARD: 20, AdjustmentField.BACKWARD: 20_000}
    )
    assert adapted == workout
    assert set(problems) == {AdjustmentField.ROUNDS, AdjustmentField.FORWARD, AdjustmentField.BACKWARD}


@pytest.mark.parametrize("rounds", [0, MAX_ROUNDS + 1])
def test_an_override_has_as_many_rounds_as_an_edit(rounds: int) -> None:
    workout = preset("builder")
    assert override_before_start(workout, {AdjustmentField.ROUNDS: rounds}) == (
        workout,
        {AdjustmentField.ROUNDS: f"there can be 1 to {MAX_ROUNDS} rounds"},
    )


@given(
    index=st.integers(0, len(BUILDER) - 1),
    into=st.integers(0, 200),
    wanted=st.dictionaries(st.sampled_from(AdjustmentField), st.integers(-5, 500), max_size=7),
)
@example(index=14, into=0, wanted={AdjustmentField.BACKWARD: 1, AdjustmentField.ROUNDS: 5})  # the last bout runs
def test_the_past_never_changes_and_the_edit_gives_the_shown_lengths(
    index: int, into: int, wanted: dict[AdjustmentField, int]
) -> None:
    at = At(index, min(into, BUILDER[index].duration - 1))
    outcome = adjust(BUILDER, at, wanted)
    assert outcome.after.entries[:index] == BUILDER.entries[:index]
    assert outcome.after[index].duration >= min(BUILDER[index].duration, at.into + NOTICE)
    assert (outcome.edit(BUILDER, at) if outcome.edit else BUILDER) == outcome.after
    if AdjustmentField.BACKWARD in wanted and AdjustmentField.BACKWARD not in outcome.problems:
        bouts = {entry.duration for entry in outcome.after.entries[index + 1 :] if entry.phase is Phase.BACKWARD}
        assert bouts <= {max(1, wanted[AdjustmentField.BACKWARD])}


FIELDS = "warm 20s, 3x(turn 10s, back 30s, turn 12s | fwd 20s), cool 40s"
"""Entries: warm-up, then rounds of turn, backward, turn, with forward between, then cool-down."""


@pytest.mark.parametrize(
    ("index", "values"),
    [
        (
            0,
            {
                AdjustmentField.BACKWARD: AdjustmentValues(30, 3, 30, 30),
                AdjustmentField.ROUNDS: AdjustmentValues(3),
                AdjustmentField.FORWARD: AdjustmentValues(20, 2, 20, 20),
                AdjustmentField.TURN: AdjustmentValues(10, 6, 10, 12),
                AdjustmentField.WARM_UP: AdjustmentValues(20, 1, 20, 20),
                AdjustmentField.COOL_DOWN: AdjustmentValues(40, 1, 40, 40),
                AdjustmentField.THIS: AdjustmentValues(20, 1, 20, 20),
            },
        ),
        (
            9,  # the turn to the last bout
            {
                AdjustmentField.BACKWARD: AdjustmentValues(30, 1, 30, 30),
                AdjustmentField.ROUNDS: AdjustmentValues(3),
                AdjustmentField.FORWARD: AdjustmentValues(None),
                AdjustmentField.TURN: AdjustmentValues(12, 2, 12, 12),  # the one that runs may be cut short
                AdjustmentField.WARM_UP: AdjustmentValues(None),
                AdjustmentField.COOL_DOWN: AdjustmentValues(40, 1, 40, 40),
                AdjustmentField.THIS: AdjustmentValues(10, 1, 10, 10),
            },
        ),
        (
            12,
            {
                AdjustmentField.BACKWARD: AdjustmentValues(None),
                AdjustmentField.ROUNDS: AdjustmentValues(None),
                AdjustmentField.FORWARD: AdjustmentValues(None),
                AdjustmentField.TURN: AdjustmentValues(None),
                AdjustmentField.WARM_UP: AdjustmentValues(None),
                AdjustmentField.COOL_DOWN: AdjustmentValues(40, 1, 40, 40),
                AdjustmentField.THIS: AdjustmentValues(40, 1, 40, 40),
            },
        ),
    ],
)
def test_every_value_that_is_left(index: int, values: dict[AdjustmentField, AdjustmentValues]) -> None:
    assert adjustment_values(flatten(parse(FIELDS)), At(index, 0)) == values
    assert list(values) == list(AdjustmentField)


def test_which_values_are_mixed() -> None:
    assert [AdjustmentValues(10, 2, 10, high).mixed for high in (10, 11)] == [False, True]
    nothing = AdjustmentValues(None)
    assert (nothing.bouts, nothing.lowest, nothing.highest, nothing.mixed) == (0, 0, 0, False)


def test_each_field_has_its_phase() -> None:
    assert {field: field.phase for field in AdjustmentField} == {
        AdjustmentField.BACKWARD: Phase.BACKWARD,
        AdjustmentField.ROUNDS: None,
        AdjustmentField.FORWARD: Phase.FORWARD,
        AdjustmentField.TURN: Phase.TURN,
        AdjustmentField.WARM_UP: Phase.WARM_UP,
        AdjustmentField.COOL_DOWN: Phase.COOL_DOWN,
        AdjustmentField.THIS: None,
    }


@pytest.mark.parametrize(
    ("wanted", "edit"),
    [
        ({AdjustmentField.TURN: 20}, SetPhase(Phase.TURN, 20)),
        ({AdjustmentField.TURN: 12}, SetPhase(Phase.TURN, 12)),  # those that differ
        ({AdjustmentField.ROUNDS: 5}, AddRounds(2)),
        ({AdjustmentField.ROUNDS: 2}, AddRounds(-1)),
        ({AdjustmentField.THIS: 25}, SetInterval(0, 25)),
        ({AdjustmentField.BACKWARD: 30, AdjustmentField.ROUNDS: 3, AdjustmentField.THIS: 20}, None),
        (
            {AdjustmentField.THIS: 25, AdjustmentField.ROUNDS: 4, AdjustmentField.BACKWARD: 40},
            Combined((SetPhase(Phase.BACKWARD, 40), AddRounds(1), SetInterval(0, 25))),
        ),
        (
            {AdjustmentField.COOL_DOWN: 50, AdjustmentField.FORWARD: 15, AdjustmentField.WARM_UP: 30},
            Combined((SetPhase(Phase.FORWARD, 15), SetPhase(Phase.WARM_UP, 30), SetPhase(Phase.COOL_DOWN, 50))),
        ),
    ],
)
def test_the_edit_of_some_values(wanted: dict[AdjustmentField, int], edit: object) -> None:
    schedule, at = flatten(parse(FIELDS)), At(0, 0)
    outcome = adjust(schedule, at, wanted)
    assert outcome.edit == edit
    assert outcome.problems == {}
    assert outcome.after == (outcome.edit(schedule, at) if outcome.edit else schedule)


def test_a_value_with_nothing_left_to_adjust_is_a_problem() -> None:
    outcome = adjust(flatten(parse(FIELDS)), At(12, 0), {AdjustmentField.ROUNDS: 2, AdjustmentField.TURN: 20})
    assert outcome.edit is None
    assert outcome.problems == {
        AdjustmentField.ROUNDS: "no rounds are left to change",
        AdjustmentField.TURN: "no turn interval is left",
    }


@pytest.mark.parametrize(
    ("rounds", "wanted", "problem"),
    [
        (3, 1, ""),
        (3, 0, "there can be 1 to 99 rounds"),
        (3, 99, ""),
        (3, 100, "there can be 1 to 99 rounds"),
        (120, 119, ""),
        (120, 121, "there can be 1 to 120 rounds"),
    ],
)
def test_how_many_rounds_there_can_be(rounds: int, wanted: int, problem: str) -> None:
    workout = parse(f"{rounds}x(back 5s)")
    problems = {AdjustmentField.ROUNDS: problem} if problem else {}
    assert adjust(flatten(workout), At(0, 0), {AdjustmentField.ROUNDS: wanted}).problems == problems
    assert override_before_start(workout, {AdjustmentField.ROUNDS: wanted})[1] == problems


def test_the_rounds_are_those_of_the_repeat_that_comes_next() -> None:
    schedule = flatten(parse("2x(back 5s), fwd 5s, 4x(back 6s)"))
    rounds = [adjustment_values(schedule, At(index, 0))[AdjustmentField.ROUNDS].value for index in range(7)]
    assert rounds == [2, 2, 4, 4, 4, 4, 4]


def test_before_the_start_only_what_differs_is_overridden() -> None:
    workout = parse("warm 20s, 2x(back 30s, turn 5s | fwd 20s), turn 6s")
    same = {AdjustmentField.WARM_UP: 20, AdjustmentField.ROUNDS: 2, AdjustmentField.BACKWARD: 30}
    after, problems = override_before_start(workout, same)
    assert after is workout
    assert problems == {}
    mixed, problems = override_before_start(workout, {AdjustmentField.TURN: 5})
    assert mixed == parse("warm 20s, 2x(back 30s, turn 5s | fwd 20s), turn 5s")
    assert problems == {}
    added, problems = override_before_start(workout, {AdjustmentField.COOL_DOWN: 60, AdjustmentField.ROUNDS: 1})
    assert added == parse("warm 20s, 1x(back 30s, turn 5s | fwd 20s), turn 6s, cool 1m")
    assert problems == {}
