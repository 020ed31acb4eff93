"""Edits: the past stays the same, the notice is kept, and the walker never ends up facing the wrong way."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retro_timer.scheduling.edits import (
    SHORTEST_BOUT,
    AddRounds,
    AddToInterval,
    AddToPhase,
    Combined,
    CoolDownNow,
    Edit,
    SetInterval,
    SetPhase,
    loop_at,
    restore,
)
from retro_timer.scheduling.errors import EditError, WorkoutError
from retro_timer.scheduling.folding import fold
from retro_timer.scheduling.model import MAX_SECONDS
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import NOTICE, At, Schedule, flatten
from tests.strategies import edited_schedules, edits, places

LADDER = "warm 60s, 3x(turn 30s, back 60s, turn 30s | fwd 60s), cool 60s"


def laid(notation: str) -> Schedule:
    return flatten(parse(notation))


def shown(schedule: Schedule) -> list[str]:
    """Each entry as `back 60 2/3`."""
    rows = []
    for entry in schedule:
        place = f" {entry.place.round}/{entry.place.rounds}" if entry.place else ""
        rows.append(f"{entry.phase.value} {entry.duration}{place}")
    return rows


def edited(schedule: Schedule, edit: Edit, at: At) -> Schedule | None:
    try:
        return edit(schedule, at)
    except WorkoutError as refused:
        assert str(refused).isprintable()  # noqa: PT017  (an edit may be refused)
        return None


# Properties of all edits


@given(st.data(), edited_schedules(), edits)
def test_the_past_stays_the_same_and_the_starts_agree(data: st.DataObject, schedule: Schedule, edit: Edit) -> None:
    at = data.draw(places(schedule))
    kept = (schedule.entries, dict(schedule.betweens))
    after = edited(schedule, edit, at)
    assert (schedule.entries, dict(schedule.betweens)) == kept
    if after is None:
        return
    assert after.entries != schedule.entries or isinstance(edit, Combined)  # one may undo another
    assert after.entries[: at.index] == schedule.entries[: at.index]
    assert after.starts[: at.index + 1] == schedule.starts[: at.index + 1]
    assert after[at.index].phase is schedule[at.index].phase
    assert all(1 <= entry.duration <= MAX_SECONDS for entry in after)


@given(st.data(), edited_schedules(), edits)
def test_the_running_interval_keeps_its_notice(data: st.DataObject, schedule: Schedule, edit: Edit) -> None:
    at = data.draw(places(schedule))
    after = edited(schedule, edit, at)
    if after is None:
        return
    before, now = schedule[at.index].duration, after[at.index].duration
    assert now >= min(before, at.into + NOTICE)


@given(st.data(), edited_schedules(), st.integers(-20_000, -1), st.sampled_from(Phase))
def test_shortening_never_makes_longer(data: st.DataObject, schedule: Schedule, seconds: int, phase: Phase) -> None:
    at = data.draw(places(schedule))
    for edit in (AddToInterval(seconds), AddToPhase(phase, seconds)):
        after = edited(schedule, edit, at)
        if after is None:
            continue
        assert len(after) == len(schedule)
        for old, new in zip(schedule, after, strict=True):
            assert new.duration <= old.duration
            assert new.duration >= min(old.duration, 1 if isinstance(edit, AddToInterval) else SHORTEST_BOUT)


def faces_backward_at_belts(schedule: Schedule) -> list[bool]:
    """Whether a walker who turns only in turns faces the right way in each belt phase."""
    backward = False
    right = []
    for entry in schedule:
        if entry.phase is Phase.TURN:
            backward = not backward
        elif entry.phase.on_belt:
            right.append(backward is entry.phase.faces_backward)
    return right


SOUND_SHAPES = [
    LADDER,
    "warm 9s, 4x(turn 5s, back 9s | turn 5s, fwd 9s), turn 5s, cool 9s",
    "warm 9s, turn 5s, 4x(back 9s, turn 5s | fwd 9s, turn 5s), cool 9s",
    "warm 9s, 3x(fwd 9s, turn 5s, rest 9s, back 9s, rest 9s, turn 5s | rest 9s), cool 9s",
    "2x(3x(turn 5s, back 9s, turn 5s | fwd 9s) | fwd 20s, 2x(turn 5s, back 5s, turn 5s)), cool 9s",
    "warm 9s, 3x(turn 5s, back 9s, turn 5s, fwd 9s), turn 5s, back 30s, turn 5s, cool 9s",
]


@given(st.data(), st.sampled_from(SOUND_SHAPES))
def test_no_edit_leaves_the_walker_facing_the_wrong_way(data: st.DataObject, notation: str) -> None:
    """Cooling down in a turn toward backward is the one exception: the turn is walked back within its own time."""
    schedule = laid(notation)
    assert all(faces_backward_at_belts(schedule))
    index = 0
    for _ in range(4):
        index = data.draw(st.integers(index, len(schedule) - 1))
        at = At(index, data.draw(st.integers(0, schedule[index].duration)))
        edit = data.draw(edits)
        turning_back = schedule[index].phase is Phase.TURN and CoolDownNow() in getattr(edit, "edits", (edit,))
        after = edited(schedule, edit, at)
        if after is None:
            continue
        if turning_back:
            return
        schedule = after
        assert all(faces_backward_at_belts(schedule)), f"{edit} at {at}: {shown(schedule)}"


# This interval


def test_the_running_interval_is_made_longer_and_shorter() -> None:
    schedule = laid(LADDER)
    assert shown(AddToInterval(10)(schedule, At(2, 5)))[2] == "backward 70 1/3"
    assert shown(AddToInterval(-10)(schedule, At(2, 5)))[2] == "backward 50 1/3"
    assert AddToInterval(10)(schedule, At(2, 5)).total == schedule.total + 10


@pytest.mark.parametrize(("into", "length"), [(0, 3), (40, 43), (56, 59)])
def test_shortening_leaves_three_seconds(into: int, length: int) -> None:
    assert AddToInterval(-1000)(laid(LADDER), At(2, into))[2].duration == length


@pytest.mark.parametrize("into", [57, 58, 60])
def test_an_interval_that_is_about_to_end_cannot_be_shortened(into: int) -> None:
    with pytest.raises(EditError, match="about to end"):
        AddToInterval(-1)(laid(LADDER), At(2, into))


def test_nothing_is_longer_than_four_hours() -> None:
    schedule = laid("back 4h")
    with pytest.raises(EditError, match="cannot be longer"):
        AddToInterval(1)(schedule, At(0, 0))
    assert AddToInterval(MAX_SECONDS)(laid("back 1s"), At(0, 0)).total == MAX_SECONDS


def test_a_length_is_set_for_the_interval_that_was_running() -> None:
    schedule = laid(LADDER)
    assert SetInterval(2, 90)(schedule, At(2, 5))[2].duration == 90
    with pytest.raises(EditError, match="is over"):
        SetInterval(2, 90)(schedule, At(3, 0))


# All bouts of a phase


def test_all_remaining_bouts_change_and_walked_ones_do_not() -> None:
    after = AddToPhase(Phase.BACKWARD, 15)(laid(LADDER), At(6, 10))
    assert [entry.duration for entry in after if entry.phase is Phase.BACKWARD] == [60, 75, 75]
    after = SetPhase(Phase.BACKWARD, 20)(laid(LADDER), At(6, 40))
    assert [entry.duration for entry in after if entry.phase is Phase.BACKWARD] == [60, 43, 20]


@given(edited_schedules(), st.integers(-20_000, 20_000), st.sampled_from(Phase))
def test_other_phases_do_not_change(schedule: Schedule, seconds: int, phase: Phase) -> None:
    after = edited(schedule, AddToPhase(phase, seconds), At(0, 0)) or schedule
    for old, new in zip(schedule, after, strict=True):
        assert new == old or old.phase is phase
        assert new.place == old.place


def test_shortening_all_bouts_stops_at_five_seconds_and_leaves_shorter_ones() -> None:
    after = AddToPhase(Phase.BACKWARD, -60)(laid("fwd 9s, back 60s, back 3s, back 1m10s"), At(0, 0))
    assert [entry.duration for entry in after] == [9, 5, 3, 10]


@pytest.mark.parametrize(
    ("edit", "at", "problem"),
    [
        (AddToPhase(Phase.REST, 10), At(0, 0), "no rest interval is left"),
        (AddToPhase(Phase.WARM_UP, 10), At(1, 0), "no warm-up interval is left"),
        (SetPhase(Phase.BACKWARD, 60), At(0, 0), "have that length"),
        (SetPhase(Phase.BACKWARD, 0), At(0, 0), "1 second to 4 hours"),
        (SetPhase(Phase.BACKWARD, MAX_SECONDS + 1), At(0, 0), "1 second to 4 hours"),
        (AddToPhase(Phase.COOL_DOWN, -5), At(12, 59), "or cannot change"),
    ],
)
def test_an_edit_that_changes_no_bout_is_refused(edit: Edit, at: At, problem: str) -> None:
    with pytest.raises(WorkoutError, match=problem):
        edit(laid(LADDER), at)


def test_a_round_added_later_has_the_lengths_set_before() -> None:
    schedule = SetPhase(Phase.FORWARD, 7)(laid("fwd 9s, 1x(back 60s | fwd 60s, 2x(fwd 5s))"), At(0, 0))
    after = AddRounds(1)(schedule, At(0, 0))
    assert [entry.duration for entry in after if entry.phase is Phase.FORWARD] == [7, 7, 7, 7]


# Rounds


def test_one_round_more_copies_the_last_one_with_the_blocks_between() -> None:
    after = AddRounds(1)(laid("warm 9s, 2x(turn 3s, back 4s | fwd 5s), cool 9s"), At(5, 0))
    assert shown(after) == [
        "warm-up 9",
        "turn 3 1/2",
        "backward 4 1/2",
        "forward 5 1/2",
        "turn 3 2/2",  # walked already: it was the last round then
        "backward 4 2/3",
        "forward 5 2/3",
        "turn 3 3/3",
        "backward 4 3/3",
        "cool-down 9",
    ]


def test_one_round_fewer_removes_the_last_one_and_the_turn_before_it() -> None:
    after = AddRounds(-1)(laid("warm 9s, 2x(turn 3s, back 4s | fwd 5s), cool 9s"), At(1, 0))
    assert shown(after) == ["warm-up 9", "turn 3 1/1", "backward 4 1/1", "cool-down 9"]


def test_a_single_round_gets_a_second() -> None:
    after = AddRounds(1)(laid("1x(back 4s | fwd 5s)"), At(0, 4))
    assert shown(after) == ["backward 4 1/2", "forward 5 1/2", "backward 4 2/2"]


@given(
    st.integers(1, 6),
    st.integers(1, 6),
    st.sampled_from(["back 4s | fwd 5s", "back 4s", "turn 1s, 2x(back 1s | fwd 2s) | 3x(rest 1s)"]),
)
def test_later_rounds_are_as_if_planned_that_way(planned: int, wanted: int, round_text: str) -> None:
    assume(planned != wanted)
    schedule = laid(f"warm 9s, {planned}x({round_text}), cool 9s")
    after = AddRounds(wanted - planned)(schedule, At(0, 0))
    meant = laid(f"warm 9s, {wanted}x({round_text}), cool 9s")
    assert shown(after) == shown(meant)
    one_by_one = schedule
    for _ in range(abs(wanted - planned)):
        one_by_one = AddRounds(1 if wanted > planned else -1)(one_by_one, At(0, 0))
    assert shown(one_by_one) == shown(meant)


def test_edits_of_rounds_apply_to_the_current_or_the_next_repeat() -> None:
    schedule = laid("warm 9s, 2x(2x(back 1s), turn 2s), cool 9s")
    assert [loop_at(schedule, index) for index in range(len(schedule))] == [1, 1, 1, 0, 2, 2, 0, None]


def test_an_inner_repeat_gets_a_round_only_where_it_is_running() -> None:
    after = AddRounds(1)(laid("2x(2x(back 1s), turn 2s)"), At(0, 0))
    assert [(entry.phase.value, entry.place and entry.place.rounds) for entry in after] == [
        ("backward", 3),
        ("backward", 3),
        ("backward", 3),
        ("turn", 2),
        ("backward", 2),
        ("backward", 2),
        ("turn", 2),
    ]


def test_an_outer_repeat_gets_a_round_whose_repeats_are_its_own() -> None:
    schedule = AddRounds(1)(laid("2x(turn 2s, 2x(back 1s | fwd 1s) | 2x(rest 1s | fwd 3s))"), At(0, 0))
    assert shown(schedule) == shown(laid("3x(turn 2s, 2x(back 1s | fwd 1s) | 2x(rest 1s | fwd 3s))"))
    inner = {place.loop for entry in schedule if (place := entry.place) and place.outer}
    assert len(inner) == 5  # three rounds with one each, two betweens with one each
    assert inner < set(schedule.betweens)
    last = len(schedule) - 1
    grown = AddRounds(1)(schedule, At(last, 0))
    assert shown(grown)[: last - 2] == shown(schedule)[: last - 2]
    assert [row.split(" ")[0] for row in shown(grown)[last:]] == ["backward", "forward", "backward"]


def test_the_last_round_is_not_removed_once_it_or_its_turn_has_begun() -> None:
    for index in range(9, 12):
        with pytest.raises(EditError, match="running or already walked"):
            AddRounds(-1)(laid(LADDER), At(index, 0))
    turned = laid("warm 9s, 2x(turn 5s, back 9s | turn 5s, fwd 9s), turn 5s, cool 9s")
    for index in (3, 4):
        with pytest.raises(EditError, match="running or already walked"):
            AddRounds(-1)(turned, At(index, 0))
    with pytest.raises(EditError, match="running or already walked"):
        AddRounds(-3)(laid(LADDER), At(0, 0))


def test_the_turn_before_a_removed_round_is_finished_and_counts_if_the_round_returns() -> None:
    schedule = laid("2x(back 9s | fwd 9s, rest 5s), cool 9s")
    less = AddRounds(-1)(schedule, At(1, 4))
    assert shown(less) == ["backward 9 1/2", "forward 9 1/1", "cool-down 9"]
    again = AddRounds(1)(less, At(1, 4))
    assert shown(again) == shown(schedule)


@pytest.mark.parametrize(
    ("edit", "at", "problem"),
    [
        (AddRounds(1), At(12, 0), "no rounds are left"),
        (AddRounds(-1), At(12, 0), "no rounds are left"),
        (AddRounds(0), At(0, 0), "already has that many rounds"),
        (AddRounds(10**9), At(0, 0), "at most 10,000 intervals"),
        (AddRounds(-(10**9)), At(0, 0), "running or already walked"),
    ],
)
def test_impossible_rounds(edit: Edit, at: At, problem: str) -> None:
    with pytest.raises(EditError, match=problem):
        edit(laid(LADDER), at)


def test_thousands_of_rounds_at_once() -> None:
    schedule = laid("2x(back 1s | fwd 1s), cool 9s")
    after = AddRounds(4_997)(schedule, At(0, 0))
    assert format_notation(fold(after)) == "4999x(back 1s | fwd 1s), cool 9s"
    assert AddRounds(-4_997)(after, At(0, 0)) == schedule


# Cool-down now


def test_cooling_down_from_forward_goes_there_after_the_notice() -> None:
    after = CoolDownNow()(laid(LADDER), At(4, 20))
    assert shown(after)[4:] == ["forward 23 1/1", "cool-down 60"]


def test_cooling_down_from_backward_turns_first() -> None:
    after = CoolDownNow()(laid(LADDER), At(2, 20))
    assert shown(after)[2:] == ["backward 23 1/1", "turn 30", "cool-down 60"]


def test_cooling_down_in_a_turn_to_forward_keeps_the_turn() -> None:
    after = CoolDownNow()(laid(LADDER), At(3, 20))
    assert shown(after)[3:] == ["turn 30 1/1", "cool-down 60"]


def test_cooling_down_in_a_turn_to_backward_leaves_time_to_turn_back() -> None:
    after = CoolDownNow()(laid(LADDER), At(1, 20))
    assert shown(after)[1:] == ["turn 50 1/1", "cool-down 60"]


@pytest.mark.parametrize(
    ("notation", "index", "turns"),
    [
        ("fwd 9s, rest 9s, fwd 9s, cool 9s", 1, False),
        ("back 9s, rest 9s, back 9s, turn 5s, cool 9s", 1, True),
        ("back 9s, rest 9s, rest 9s, back 9s, turn 5s, cool 9s", 2, True),
        ("fwd 9s, turn 5s, rest 9s, back 9s, turn 5s, cool 9s", 2, True),
        ("back 9s, turn 5s, rest 9s, fwd 9s, cool 9s", 2, False),
        ("rest 9s, back 9s, turn 5s, cool 9s", 0, False),
    ],
)
def test_cooling_down_from_a_rest_turns_when_it_was_entered_backward(notation: str, index: int, turns: bool) -> None:
    after = CoolDownNow()(laid(notation), At(index, 1))
    phases = [entry.phase for entry in after.entries[index:]]
    assert phases == [Phase.REST, *([Phase.TURN] if turns else []), Phase.COOL_DOWN]


def test_a_workout_without_a_cool_down_or_a_turn_gets_one() -> None:
    assert shown(CoolDownNow()(laid("back 9m"), At(0, 0))) == ["backward 3", "turn 30", "cool-down 120"]


def test_rounds_cannot_be_changed_on_the_way_to_the_cool_down() -> None:
    """They would be put behind an interval that was cut off, and be walked facing the wrong way."""
    for index in range(1, 11):
        after = CoolDownNow()(laid(LADDER), At(index, 0))
        for rounds in (1, -1):
            for at in range(index + 1):
                with pytest.raises(EditError, match="no rounds are left"):
                    AddRounds(rounds)(after, At(at, 0))


@pytest.mark.parametrize(("at", "problem"), [(At(12, 3), "has already begun"), (At(11, 3), "is already next")])
def test_cooling_down_twice_is_refused(at: At, problem: str) -> None:
    with pytest.raises(EditError, match=problem):
        CoolDownNow()(laid(LADDER), at)
    after = CoolDownNow()(laid(LADDER), At(4, 20))
    with pytest.raises(EditError, match="already next"):
        CoolDownNow()(after, At(4, 22))


# Several as one


def test_combined_edits_are_made_together_or_not_at_all() -> None:
    schedule = laid(LADDER)
    both = Combined((SetPhase(Phase.BACKWARD, 90), AddRounds(-1)))(schedule, At(0, 0))
    assert both == AddRounds(-1)(SetPhase(Phase.BACKWARD, 90)(schedule, At(0, 0)), At(0, 0))
    with pytest.raises(EditError):
        Combined((SetPhase(Phase.BACKWARD, 90), AddRounds(-3)))(schedule, At(0, 0))


# Undo and redo


@given(st.data(), edited_schedules(), edits)
def test_restoring_where_the_edit_was_made_gives_the_schedule_back_exactly(
    data: st.DataObject, schedule: Schedule, edit: Edit
) -> None:
    at = data.draw(places(schedule))
    # A refused edit changes nothing: that can be restored, too.
    after = edited(schedule, edit, at) or schedule
    # Unless the running interval would become shorter than the notice allows.
    if after[at.index].duration > schedule[at.index].duration < at.into + NOTICE:
        assert restore(after, schedule, at)[at.index].duration == min(after[at.index].duration, at.into + NOTICE)
    else:
        back = restore(after, schedule, at)
        assert back is schedule
        assert restore(back, after, at) is after


@given(st.data(), edited_schedules(), edits)
def test_restoring_later_keeps_what_was_walked(data: st.DataObject, schedule: Schedule, edit: Edit) -> None:
    at = data.draw(places(schedule))
    # A refused edit changes nothing: that can be restored, too.
    current = edited(schedule, edit, at) or schedule
    index = data.draw(st.integers(at.index, len(current) - 1))
    later = At(index, data.draw(st.integers(0, current[index].duration)))
    try:
        back = restore(current, schedule, later)
    except EditError:
        return
    assert back.entries[: later.index] == current.entries[: later.index]
    assert back[later.index].phase is current[later.index].phase
    assert back[later.index].duration >= min(current[later.index].duration, later.into + NOTICE)
    assert back.entries[later.index + 1 :] == schedule.entries[later.index + 1 :]
    assert (back is current) == (back.entries == current.entries)


def test_a_running_session_prevents_restoring() -> None:
    schedule = laid(LADDER)
    cooling = CoolDownNow()(schedule, At(4, 20))
    with pytest.raises(EditError, match="already walked"):
        restore(cooling, schedule, At(5, 0))
    longer = AddToInterval(10)(schedule, At(4, 20))
    assert restore(longer, schedule, At(5, 0)) is longer


def test_what_is_restored_must_go_on_where_the_session_is() -> None:
    schedule = laid("back 60s, turn 30s, fwd 60s")
    for shorter in ("back 60s, turn 30s", "back 60s"):
        with pytest.raises(EditError, match="already walked"):
            restore(schedule, laid(shorter), At(2, 0))


def test_restoring_in_a_turn_added_by_an_edit_continues_as_planned() -> None:
    schedule = laid(LADDER)
    cooling = CoolDownNow()(schedule, At(2, 20))
    back = restore(cooling, schedule, At(3, 5))
    assert shown(back)[2:5] == ["backward 23 1/1", "turn 30 1/3", "forward 60 1/3"]
    assert all(faces_backward_at_belts(back))
