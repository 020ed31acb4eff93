"""The outline of a workout: every change gives a valid workout and can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_INTERVALS, Interval, Repeat, Workout, count_intervals, iter_intervals
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.outline import Outline, OutlineError, OutlineStep, Part, Path
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.undo import UndoStack
from tests.strategies import workouts

if TYPE_CHECKING:
    from collections.abc import Callable

NESTED = "warm 3m, 4x(turn 30s, 2x(back 1m | rest 10s), turn 30s | fwd 1m), cool 2m"


def outline(notation: str, *path: tuple[str, int]) -> Outline:
    chosen = tuple(OutlineStep(Part(part), index) for part, index in path) or (OutlineStep(Part.BODY, 0),)
    return Outline(parse(notation).blocks, chosen)


def written(edited: Outline) -> str:
    return format_notation(Workout(edited.blocks))


def test_rows_are_in_the_order_of_the_notation() -> None:
    rows = list(outline(NESTED).rows())
    assert [row.depth for row in rows] == [0, 0, 1, 1, 2, 2, 1, 1, 0]
    assert [row.opens_between for row in rows] == [False] * 5 + [True, False, True, False]
    assert [row.block for row in rows if isinstance(row.block, Interval)] == list(iter_intervals(parse(NESTED).blocks))


@pytest.mark.parametrize(
    ("notation", "added"),
    [
        ("back 1m", "turn 30s"),
        ("turn 20s", "back 1m"),
        ("back 2m, turn 20s", "fwd 1m"),
        ("fwd 1m, turn 20s", "back 1m"),
        ("warm 3m", "turn 30s"),
        ("turn 15s, warm 3m", "turn 15s"),
        ("cool 2m", "cool 2m"),
    ],
)
def test_an_added_round_is_walked_next(notation: str, added: str) -> None:
    last = len(parse(notation).blocks) - 1
    edited = outline(notation, ("body", last)).add()
    assert written(edited) == f"{notation}, {added}"
    assert edited.chosen == (OutlineStep(Part.BODY, last + 1),)


def test_what_is_added_follows_what_is_chosen_and_not_the_last_block() -> None:
    assert written(outline("back 1m, turn 20s, cool 2m").add()) == "back 1m, turn 20s, turn 20s, cool 2m"
    edited = outline("back 1m, turn 20s, cool 2m", ("body", 1)).add()
    assert written(edited) == "back 1m, turn 20s, fwd 1m, cool 2m"


def test_a_block_moves_down_through_both_parts_of_a_repeat_and_out_of_it() -> None:
    edited = outline("warm 1m, 2x(back 1m | fwd 1m), cool 1m")
    seen = []
    for _ in range(5):
        edited = edited.move_down()
        seen.append(written(edited))
        assert edited.block == Interval(Phase.WARM_UP, 60)
    assert seen == [
        "2x(warm 1m, back 1m | fwd 1m), cool 1m",
        "2x(back 1m, warm 1m | fwd 1m), cool 1m",
        "2x(back 1m | warm 1m, fwd 1m), cool 1m",
        "2x(back 1m | fwd 1m, warm 1m), cool 1m",
        "2x(back 1m | fwd 1m), warm 1m, cool 1m",
    ]


def test_the_only_block_of_a_body_cannot_be_moved_out() -> None:
    edited = outline("2x(back 1m)", ("body", 0), ("body", 0))
    with pytest.raises(OutlineError, match="needs at least one"):
        edited.move_down()


def test_removing_the_last_block_of_a_body_removes_the_repeat() -> None:
    edited = outline("warm 1m, 2x(back 1m | fwd 1m)", ("body", 1), ("body", 0)).remove()
    assert written(edited) == "warm 1m"
    with pytest.raises(OutlineError, match="at least one interval"):
        edited.remove()


def test_removing_the_last_block_between_chooses_the_repeat() -> None:
    edited = outline("2x(back 1m | fwd 1m)", ("body", 0), ("between", 0)).remove()
    assert written(edited) == "2x(back 1m)"
    assert edited.chosen == (OutlineStep(Part.BODY, 0),)


def test_several_blocks_are_wrapped_copied_and_removed_together() -> None:
    edited = outline("warm 1m, turn 10s, back 1m, turn 10s", ("body", 1)).choose_more(5)
    assert edited.more == 2
    wrapped = edited.wrap(3)
    assert written(wrapped) == "warm 1m, 3x(turn 10s, back 1m, turn 10s)"
    assert written(edited.duplicate()) == "warm 1m, turn 10s, back 1m, turn 10s, turn 10s, back 1m, turn 10s"
    assert written(edited.remove()) == "warm 1m"
    unwrapped = wrapped.unwrap()
    assert (unwrapped.blocks, unwrapped.chosen, unwrapped.more) == (edited.blocks, edited.chosen, edited.more)


def test_unwrapping_from_inside_unwraps_the_nearest_repeat() -> None:
    edited = outline(NESTED, ("body", 1), ("body", 1), ("between", 0)).unwrap()
    assert written(edited) == "warm 3m, 4x(turn 30s, back 1m, rest 10s, turn 30s | fwd 1m), cool 2m"
    with pytest.raises(OutlineError, match="not in a repeat"):
        outline(NESTED).unwrap()


def test_a_workout_that_would_be_too_large_is_refused() -> None:
    edited = outline(f"{MAX_INTERVALS}x(back 1s)")
    with pytest.raises(WorkoutError, match="at most"):
        edited.duplicate()


def test_there_is_always_something_chosen() -> None:
    with pytest.raises(OutlineError):
        outline("back 1m", ("body", 1))
    with pytest.raises(OutlineError):
        outline("back 1m", ("body", 0), ("body", 0))


def at(places: str) -> Path:
    """A path from its places, the outermost first; those in what is between rounds begin with a bar."""
    return tuple(
        OutlineStep(Part.BETWEEN if place.startswith("|") else Part.BODY, int(place.lstrip("|")))
        for place in places.split()
    )


def chosen(notation: str, places: str, more: int = 0) -> Outline:
    return Outline(parse(notation).blocks, at(places), more)


DEEP = "warm 3m, 2x(back 1m, 3x(turn 5s, back 10s | rest 5s, turn 6s), turn 7s | fwd 1m, fwd 2m), cool 2m"
EVERY_PATH = [
    *("0", "1", "1 0", "1 1", "1 1 0", "1 1 1", "1 1 |0", "1 1 |1", "1 2", "1 |0", "1 |1", "2"),
]  # fmt: skip


def test_every_row_has_its_path() -> None:
    assert [row.path for row in chosen(DEEP, "0").rows()] == list(map(at, EVERY_PATH))


@pytest.mark.parametrize(
    ("places", "more", "inside"),
    [
        ("0", 0, ["0"]),
        ("0", 1, ["0", "1", "1 0", "1 1", "1 1 0", "1 1 1", "1 1 |0", "1 1 |1", "1 2", "1 |0", "1 |1"]),
        ("1 0", 1, ["1 0", "1 1", "1 1 0", "1 1 1", "1 1 |0", "1 1 |1"]),
        ("1 1 |0", 1, ["1 1 |0", "1 1 |1"]),
        ("1 1 1", 0, ["1 1 1"]),
        ("1 |0", 1, ["1 |0", "1 |1"]),
        ("1 2", 0, ["1 2"]),
        ("2", 0, ["2"]),
    ],
)
def test_what_is_inside_a_chosen_block_is_chosen_too(places: str, more: int, inside: list[str]) -> None:
    edited = chosen(DEEP, places, more)
    assert [places for places in EVERY_PATH if edited.is_chosen(at(places))] == inside


@pytest.mark.parametrize(
    ("places", "before", "by", "more"),
    [
        ("0", 0, 1, 1), ("0", 0, 2, 2), ("0", 0, 3, 2), ("0", 2, -1, 1), ("0", 1, -2, 0), ("2", 0, 1, 0),
        ("1 1", 0, 1, 1), ("1 1", 0, 2, 1), ("1 |0", 0, 9, 1), ("1 1 |1", 0, 1, 0),
    ],
)  # fmt: skip
def test_a_selection_grows_and_shrinks_within_its_list(places: str, before: int, by: int, more: int) -> None:
    assert chosen(DEEP, places, before).choose_more(by).more == more


def test_choosing_a_block_chooses_it_alone() -> None:
    edited = chosen(DEEP, "0", 2).choose(at("1 |1"))
    assert (edited.chosen, edited.more, edited.block) == (at("1 |1"), 0, Interval(Phase.FORWARD, 120))


def test_a_changed_block_takes_the_place_of_the_chosen_one() -> None:
    edited = chosen(DEEP, "1 1 |0", 1).change(Interval(Phase.REST, 9))
    assert written(edited) == DEEP.replace("rest 5s", "rest 9s")
    assert (edited.chosen, edited.more) == (at("1 1 |0"), 0)
    assert written(chosen(DEEP, "1 1 1").change(Interval(Phase.REST, 9))) == DEEP.replace("back 10s", "rest 9s")


FLAT = "2x(back 1m, turn 5s | fwd 2m, turn 6s), cool 2m"
WRAPPED = "back 1m, turn 5s, fwd 2m, turn 6s"


@pytest.mark.parametrize(
    ("change", "notation", "places", "more", "result", "then", "then_more"),
    [
        # The length is that of the last interval of the phase, wherever it is.
        (Outline.add, FLAT, "0", 0, "2x(back 1m, turn 5s | fwd 2m, turn 6s), back 1m, cool 2m", "1", 0),
        (Outline.add, FLAT, "0 0", 0, "2x(back 1m, turn 6s, turn 5s | fwd 2m, turn 6s), cool 2m", "0 1", 0),
        (Outline.add, FLAT, "0 0", 1, "2x(back 1m, turn 5s, fwd 2m | fwd 2m, turn 6s), cool 2m", "0 2", 0),
        (Outline.add, FLAT, "0 |0", 0, "2x(back 1m, turn 5s | fwd 2m, turn 6s, turn 6s), cool 2m", "0 |1", 0),
        (Outline.add, FLAT, "0 |1", 0, "2x(back 1m, turn 5s | fwd 2m, turn 6s, back 1m), cool 2m", "0 |2", 0),
        (Outline.add, FLAT, "0", 1, f"{FLAT}, cool 2m", "2", 0),
        (Outline.add, "turn 9s", "0", 0, "turn 9s, back 1m", "1", 0),
        (Outline.add, "back 5s", "0", 0, "back 5s, turn 30s", "1", 0),
        (Outline.add, "back 5s, turn 9s", "1", 0, "back 5s, turn 9s, fwd 1m", "2", 0),
        (Outline.add, "rest 5s, turn 9s, turn 8s", "0", 0, "rest 5s, turn 8s, turn 9s, turn 8s", "1", 0),
        (Outline.duplicate, FLAT, "0 0", 1, FLAT.replace("turn 5s", "turn 5s, back 1m, turn 5s"), "0 2", 1),
        (Outline.duplicate, FLAT, "0 |1", 0, "2x(back 1m, turn 5s | fwd 2m, turn 6s, turn 6s), cool 2m", "0 |2", 0),
        (Outline.duplicate, FLAT, "1", 0, f"{FLAT}, cool 2m", "2", 0),
        (Outline.remove, WRAPPED, "0", 0, "turn 5s, fwd 2m, turn 6s", "0", 0),
        (Outline.remove, WRAPPED, "1", 1, "back 1m, turn 6s", "1", 0),
        (Outline.remove, WRAPPED, "2", 1, "back 1m, turn 5s", "1", 0),
        (Outline.remove, FLAT, "0 0", 0, "2x(turn 5s | fwd 2m, turn 6s), cool 2m", "0 0", 0),
        (Outline.remove, FLAT, "0 1", 0, "2x(back 1m | fwd 2m, turn 6s), cool 2m", "0 0", 0),
        (Outline.remove, FLAT, "0 0", 1, "cool 2m", "0", 0),
        (Outline.remove, FLAT, "0 |0", 1, "2x(back 1m, turn 5s), cool 2m", "0", 0),
        (Outline.remove, "3x(2x(back 1m), turn 5s)", "0 0 0", 0, "3x(turn 5s)", "0 0", 0),
        (Outline.remove, "3x(rest 5s, 2x(back 1m | turn 5s))", "0 1 |0", 0, "3x(rest 5s, 2x(back 1m))", "0 1", 0),
        (Outline.remove, "rest 5s, 3x(2x(back 1m))", "1 0 0", 0, "rest 5s", "0", 0),
        (Outline.wrap, WRAPPED, "1", 1, "back 1m, 4x(turn 5s, fwd 2m), turn 6s", "1", 0),
        (Outline.wrap, FLAT, "0 |1", 0, "2x(back 1m, turn 5s | fwd 2m, 4x(turn 6s)), cool 2m", "0 |1", 0),
        (Outline.unwrap, FLAT, "0", 0, f"{WRAPPED}, cool 2m", "0", 3),
        (Outline.unwrap, FLAT, "0 |1", 0, f"{WRAPPED}, cool 2m", "0", 3),
        (Outline.unwrap, "rest 5s, 2x(rest 6s, 3x(back 1m))", "1 1 0", 0, "rest 5s, 2x(rest 6s, back 1m)", "1 1", 0),
    ],
)  # fmt: skip
def test_what_a_change_makes_and_chooses(  # noqa: PLR0917
    change: Callable[[Outline], Outline], notation: str, places: str, more: int, result: str, then: str, then_more: int
) -> None:
    edited = change(chosen(notation, places, more))
    assert (written(edited), edited.chosen, edited.more) == (result, at(then), then_more)


def test_a_block_moves_through_what_is_between_rounds_in_both_directions() -> None:
    edited = chosen("rest 5s, 2x(2x(back 1m | fwd 1m), turn 5s | turn 6s), cool 1m", "0")
    seen = []
    with pytest.raises(OutlineError, match=r"^it is already first$"):
        edited.move_up()
    while True:
        seen.append((written(edited), edited.chosen))
        try:
            edited = edited.move_down()
        except OutlineError as error:
            assert str(error) == "it is already last"  # noqa: PT017
            break
    assert seen == [
        ("rest 5s, 2x(2x(back 1m | fwd 1m), turn 5s | turn 6s), cool 1m", at("0")),
        ("2x(rest 5s, 2x(back 1m | fwd 1m), turn 5s | turn 6s), cool 1m", at("0 0")),
        ("2x(2x(rest 5s, back 1m | fwd 1m), turn 5s | turn 6s), cool 1m", at("0 0 0")),
        ("2x(2x(back 1m, rest 5s | fwd 1m), turn 5s | turn 6s), cool 1m", at("0 0 1")),
        ("2x(2x(back 1m | rest 5s, fwd 1m), turn 5s | turn 6s), cool 1m", at("0 0 |0")),
        ("2x(2x(back 1m | fwd 1m, rest 5s), turn 5s | turn 6s), cool 1m", at("0 0 |1")),
        ("2x(2x(back 1m | fwd 1m), rest 5s, turn 5s | turn 6s), cool 1m", at("0 1")),
        ("2x(2x(back 1m | fwd 1m), turn 5s, rest 5s | turn 6s), cool 1m", at("0 2")),
        ("2x(2x(back 1m | fwd 1m), turn 5s | rest 5s, turn 6s), cool 1m", at("0 |0")),
        ("2x(2x(back 1m | fwd 1m), turn 5s | turn 6s, rest 5s), cool 1m", at("0 |1")),
        ("2x(2x(back 1m | fwd 1m), turn 5s | turn 6s), rest 5s, cool 1m", at("1")),
        ("2x(2x(back 1m | fwd 1m), turn 5s | turn 6s), cool 1m, rest 5s", at("2")),
    ]
    for expected in reversed(seen[:-1]):
        edited = edited.move_up()
        assert (written(edited), edited.chosen) == expected


@pytest.mark.parametrize("move", [Outline.move_down, Outline.move_up])
def test_why_a_block_cannot_be_moved(move: Callable[[Outline], Outline]) -> None:
    with pytest.raises(OutlineError, match=r"^select one interval or repeat to move it$"):
        move(chosen("rest 5s, back 1m, turn 5s, fwd 1m", "1", 1))
    with pytest.raises(OutlineError, match=r"^a repeat needs at least one interval$"):
        move(chosen("rest 5s, 2x(back 1m), cool 1m", "1 0"))
    # What is between rounds may become empty, and so may not what is walked in each of them.
    assert "|" not in written(move(chosen("2x(back 1m | fwd 1m), cool 1m", "0 |0")))


@pytest.mark.parametrize(
    ("places", "why"),
    [
        ("3", "there is no such interval"),
        ("-1", "there is no such interval"),
        ("1 3", "there is no such interval"),
        ("1 |2", "there is no such interval"),
        ("0 0", "only a repeat contains blocks"),
    ],
)
def test_only_a_block_that_is_there_can_be_chosen(places: str, why: str) -> None:
    with pytest.raises(OutlineError, match=f"^{why}$"):
        chosen(DEEP, "0").choose(at(places))


@given(workouts(), st.data())
def test_moving_back_undoes_a_move(workout: Workout, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([row.path for row in Outline(workout.blocks).rows()]))
    before = Outline(workout.blocks, path)
    for there, back in ((Outline.move_down, Outline.move_up), (Outline.move_up, Outline.move_down)):
        try:
            moved = there(before)
        except WorkoutError:
            continue
        assert moved.block == before.block
        assert back(moved) == before


class OutlineMachine(RuleBasedStateMachine):
    """Random changes with undo and redo: the workout is always valid, and every change can be undone."""

    @initialize(workout=workouts())
    def begin(self, workout: Workout) -> None:
        self.undoing = UndoStack(Outline(workout.blocks))
        self.model = [self.undoing.state]
        self.at = 0

    def paths(self) -> list[Path]:
        return [row.path for row in self.undoing.state.rows()]

    @rule(data=st.data(), more=st.integers(0, 3))
    def choose(self, data: st.DataObject, more: int) -> None:
        chosen = self.undoing.state.choose(data.draw(st.sampled_from(self.paths()))).choose_more(more)
        self.undoing.replace(chosen)
        self.model[self.at] = chosen

    @rule(name=st.sampled_from(["add", "duplicate", "remove", "wrap", "unwrap", "move_up", "move_down"]))
    def change(self, name: str) -> None:
        try:
            after = getattr(self.undoing.state, name)()
        except WorkoutError:
            return
        self.undoing.do(after)
        self.model[self.at + 1 :] = [after]
        self.at += 1

    @rule()
    def undo(self) -> None:
        assert self.undoing.undo() is (self.at > 0)
        self.at = max(0, self.at - 1)

    @rule()
    def redo(self) -> None:
        more = self.at + 1 < len(self.model)
        assert self.undoing.redo() is more
        self.at += more

    @invariant()
    def is_a_workout(self) -> None:
        if not hasattr(self, "undoing"):
            return
        state = self.undoing.state
        assert state == self.model[self.at]
        assert parse(written(state)) == Workout(state.blocks)
        assert 1 <= count_intervals(state.blocks) <= MAX_INTERVALS
        assert any(state.is_chosen(path) for path in self.paths())
        assert isinstance(state.block, Interval | Repeat)


TestOutlineMachine = OutlineMachine.TestCase


def test_changes_of_one_kind_are_undone_together() -> None:
    undoing = UndoStack("")
    for text in ("b", "ba", "bac"):
        undoing.do(text, kind="notation")
    undoing.pause()
    undoing.do("back", kind="notation")
    undoing.do("name", kind="name")
    assert undoing.undo()
    assert undoing.state == "back"
    assert undoing.undo()
    assert undoing.state == "bac"
    assert undoing.undo()
    assert undoing.state == ""
    assert not undoing.can_undo
    assert undoing.redo()
    assert undoing.state == "bac"
    undoing.do("bad", kind="notation")
    assert not undoing.can_redo
