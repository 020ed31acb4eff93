"""What can be adjusted, and that what comes of it is what was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.adjustment import MAX_ROUNDS, Knob, adapt, adjust, readings
from retro_timer.scheduling.edits import NOTICE, At, ChangeRounds, Combined, SetAll, SetThis
from retro_timer.scheduling.errors import EditError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import preset
from retro_timer.scheduling.schedule import flatten
from retro_timer.session import said
from retro_timer.session.engine import Session

BUILDER = flatten(preset("builder"))


def test_readings_are_of_what_is_left() -> None:
    standing = readings(BUILDER, At(2, 5))  # the first backward bout runs
    assert standing[Knob.THIS].value == 120
    assert (standing[Knob.BACKWARD].value, standing[Knob.BACKWARD].bouts) == (120, 4)
    assert standing[Knob.WARM_UP].value is None
    assert standing[Knob.ROUNDS].value == 4
    last = readings(BUILDER, At(len(BUILDER) - 1, 0))
    assert [knob for knob, reading in last.items() if reading.value is not None] == [Knob.COOL_DOWN, Knob.THIS]


def test_bouts_that_differ_show_the_next_and_the_range() -> None:
    reading = readings(flatten(parse("back 1m, back 2m, back 90s")), At(0, 3))[Knob.BACKWARD]
    assert (reading.value, reading.lowest, reading.highest, reading.mixed) == (120, 90, 120, True)


def test_values_that_stand_already_are_no_edit() -> None:
    standing = readings(BUILDER, At(2, 5))
    same = {knob: reading.value for knob, reading in standing.items() if reading.value is not None}
    outcome = adjust(BUILDER, At(2, 5), same)
    assert outcome.edit is None
    assert outcome.after is BUILDER
    assert not outcome.problems


def test_several_values_are_one_edit_and_one_undo() -> None:
    session = Session(BUILDER)
    session.start(0)
    session.advance(10_000 + 215_000)  # 5 s into the first backward bout
    wanted = {Knob.THIS: 100, Knob.BACKWARD: 90, Knob.ROUNDS: 6, Knob.TURN: 20}
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


def test_a_running_interval_is_not_cut_without_notice() -> None:
    after = adjust(BUILDER, At(2, 50), {Knob.THIS: 10}).after
    assert after[2].duration == 50 + NOTICE


@pytest.mark.parametrize("rounds", [0, -3, MAX_ROUNDS + 1, 10**9])
def test_a_number_of_rounds_out_of_range_is_a_problem_and_not_an_edit(rounds: int) -> None:
    outcome = adjust(BUILDER, At(2, 5), {Knob.ROUNDS: rounds, Knob.TURN: 20})
    assert "rounds" in outcome.problems[Knob.ROUNDS]
    assert outcome.edit == SetAll(Phase.TURN, 20)


def test_rounds_already_walked_cannot_be_taken_away() -> None:
    third = next(index for index, entry in enumerate(BUILDER) if entry.place and entry.place.round == 3)
    outcome = adjust(BUILDER, At(third, 0), {Knob.ROUNDS: 2})
    assert outcome.problems == {Knob.ROUNDS: "the last round is running or walked already"}


def test_a_length_chosen_for_an_interval_that_is_over_is_refused() -> None:
    with pytest.raises(EditError, match="that interval is over"):
        SetThis(2, 60)(BUILDER, At(3, 0))


def test_a_combined_edit_is_made_whole_or_not_at_all() -> None:
    session = Session(BUILDER)
    session.start(0)
    session.edit(0, Combined((SetAll(Phase.TURN, 20), SetThis(9, 60))))
    assert session.schedule is BUILDER
    assert not session.can_undo


def test_a_combined_edit_is_said_by_its_first_part() -> None:
    edit = Combined((SetAll(Phase.BACKWARD, 90), ChangeRounds(1)))
    after = edit(BUILDER, At(0, 0))
    assert said.edit(edit, after, 0) == ("Backward:", "One minute thirty.")
    assert said.edit(SetThis(0, 240), SetThis(0, 240)(BUILDER, At(0, 0)), 0) == ("Warm-up:", "Four minutes.")


def test_adapt_keeps_the_form_of_the_workout() -> None:
    adapted, problems = adapt(preset("builder"), {Knob.BACKWARD: 90, Knob.ROUNDS: 3, Knob.COOL_DOWN: 60})
    assert adapted == parse("warm 3m, 3x(turn 30s, back 90s, turn 30s | fwd 1m), cool 1m")
    assert adapted.name == "Builder"
    assert not problems


def test_adapt_says_what_cannot_be_had() -> None:
    workout = parse("back 1m")
    adapted, problems = adapt(workout, {Knob.ROUNDS: 3, Knob.FORWARD: 20, Knob.BACKWARD: 20_000})
    assert adapted == workout
    assert set(problems) == {Knob.ROUNDS, Knob.FORWARD, Knob.BACKWARD}


@given(
    index=st.integers(0, len(BUILDER) - 1),
    into=st.integers(0, 200),
    wanted=st.dictionaries(st.sampled_from(Knob), st.integers(-5, 500), max_size=7),
)
def test_the_past_never_changes_and_the_edit_gives_what_was_shown(
    index: int, into: int, wanted: dict[Knob, int]
) -> None:
    at = At(index, min(into, BUILDER[index].duration - 1))
    outcome = adjust(BUILDER, at, wanted)
    assert outcome.after.entries[:index] == BUILDER.entries[:index]
    assert outcome.after[index].duration >= min(BUILDER[index].duration, at.into + NOTICE)
    assert (outcome.edit(BUILDER, at) if outcome.edit else BUILDER) == outcome.after
    if Knob.BACKWARD in wanted and Knob.BACKWARD not in outcome.problems:
        bouts = {entry.duration for entry in outcome.after.entries[index + 1 :] if entry.phase is Phase.BACKWARD}
        assert bouts <= {max(1, wanted[Knob.BACKWARD])}
