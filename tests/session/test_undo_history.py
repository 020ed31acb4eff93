"""What can be undone and redone in a session, and for how long."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.edits import AddToInterval
from retro_timer.scheduling.errors import EditError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import At, flatten
from retro_timer.session.undo_history import JUMP_UNDOABLE, Jump, Present, Spot, UndoHistory

SCHEDULE = flatten(parse("warm 1m, back 2m, fwd 1m, cool 1m"))
LONGER = AddToInterval(10)(SCHEDULE, At(0, 5))
SKIPPED = Jump(Spot(1, Phase.BACKWARD, into=9_000), reached=2, walked=70_000)
"""A skip out of the backward bout, after 70 s of walking."""


def present(notation: str = "", *, index: int = 2, walked: int = 75_000, over: bool = False) -> Present:
    """A session in the interval at an index, five seconds after its start."""
    schedule = flatten(parse(notation)) if notation else SCHEDULE
    spot = Spot(index, schedule[index].phase, into=5_000)
    return Present(schedule, At(index, 5), spot, walked, over)


@pytest.mark.parametrize(
    ("index", "later", "undone"),
    [
        (2, 0, True),
        (2, JUMP_UNDOABLE + 1, True),  # still in the interval that was reached
        (3, JUMP_UNDOABLE, True),
        (3, JUMP_UNDOABLE + 1, False),
        (1, JUMP_UNDOABLE + 1, False),
    ],
)
def test_a_jump_can_be_undone_in_its_interval_and_for_a_minute(index: int, later: int, undone: bool) -> None:
    assert JUMP_UNDOABLE == 60_000
    assert present(index=index, walked=70_000 + later).undoes(SKIPPED) is (SKIPPED if undone else None)


@pytest.mark.parametrize(
    ("notation", "undone"),
    [
        ("back 1m, back 2m", True),
        ("back 1m, fwd 2m", False),
        ("back 1m", False),  # the interval that was left is there no more
    ],
)
def test_a_jump_is_undone_only_if_the_interval_that_was_left_is_still_there(notation: str, undone: bool) -> None:
    assert present(notation, index=0).undoes(SKIPPED) is (SKIPPED if undone else None)


def test_the_opposite_of_a_jump_leads_to_where_the_walker_is() -> None:
    back = present(walked=75_000).opposite(SKIPPED)
    assert back == Jump(Spot(2, Phase.FORWARD, into=5_000), reached=1, walked=75_000)
    assert present().opposite(LONGER) is SCHEDULE


def test_an_edit_is_undone_and_redone() -> None:
    history = UndoHistory()
    assert (history.can_undo, history.can_redo) == (False, False)
    history.add(SCHEDULE)
    assert (history.can_undo, history.can_redo) == (True, False)
    spot = Spot(0, Phase.WARM_UP, into=5_000)
    edited = Present(LONGER, At(0, 5), spot, walked=5_000, over=False)
    assert history.undo(edited) == SCHEDULE
    assert (history.can_undo, history.can_redo) == (False, True)
    assert history.redo(Present(SCHEDULE, At(0, 5), spot, walked=5_000, over=False)) == LONGER
    assert (history.can_undo, history.can_redo) == (True, False)


def test_another_step_forgets_what_was_undone() -> None:
    history = UndoHistory()
    history.add(SKIPPED)
    history.undo(present())
    assert history.can_redo
    history.add(SKIPPED)
    assert not history.can_redo


def test_steps_without_an_effect_are_passed_over_and_forgotten() -> None:
    history = UndoHistory()
    history.add(SKIPPED)
    history.add(SCHEDULE)  # an edit that changes nothing any more
    assert history.undo(present()) is SKIPPED
    assert not history.can_undo
    assert history.can_redo
    with pytest.raises(EditError, match=r"^nothing to undo$"):
        history.undo(present())
    assert history.redo(present(index=1)) == Jump(Spot(2, Phase.FORWARD, into=5_000), reached=1, walked=75_000)
    with pytest.raises(EditError, match=r"^nothing to redo$"):
        history.redo(present())


def test_what_is_too_long_ago_is_refused_and_kept() -> None:
    history = UndoHistory()
    history.add(SKIPPED)
    with pytest.raises(EditError, match=r"^you've already walked that part$"):
        history.undo(present(index=3, walked=70_000 + JUMP_UNDOABLE + 1))
    assert history.can_undo
    assert history.undo(present()) is SKIPPED


def test_after_the_end_only_a_jump_can_be_undone_and_not_redone() -> None:
    history = UndoHistory()
    history.add(LONGER)
    over = present(over=True)
    assert not history.can_reopen(over)
    with pytest.raises(EditError, match=r"^you've already walked that part$"):
        history.undo(over)
    history.add(SKIPPED)
    history.add(LONGER)
    assert history.can_reopen(over)
    assert history.undo(over) is SKIPPED
    assert not history.can_redo
