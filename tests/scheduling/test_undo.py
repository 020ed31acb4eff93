"""Undo and redo while text and workouts are edited."""

from __future__ import annotations

from retro_timer.scheduling.undo import UndoStack


def test_there_is_nothing_to_undo_at_first() -> None:
    undoing = UndoStack("a")
    assert (undoing.state, undoing.can_undo, undoing.can_redo) == ("a", False, False)
    assert undoing.undo() is False
    assert undoing.redo() is False
    assert (undoing.state, undoing.can_undo, undoing.can_redo) == ("a", False, False)


def test_each_change_is_undone_and_redone_by_itself() -> None:
    undoing = UndoStack("a")
    undoing.do("b")
    undoing.do("c")
    assert (undoing.state, undoing.can_undo, undoing.can_redo) == ("c", True, False)
    assert undoing.undo() is True
    assert (undoing.state, undoing.can_undo, undoing.can_redo) == ("b", True, True)
    assert undoing.undo() is True
    assert (undoing.state, undoing.can_undo, undoing.can_redo) == ("a", False, True)
    assert undoing.redo() is True
    assert undoing.redo() is True
    assert (undoing.state, undoing.can_undo, undoing.can_redo) == ("c", True, False)


def test_a_change_forgets_what_was_undone() -> None:
    undoing = UndoStack("a")
    undoing.do("b")
    undoing.undo()
    undoing.do("c")
    assert undoing.redo() is False
    assert undoing.undo() is True
    assert undoing.state == "a"


def test_changes_of_one_kind_are_one_until_something_else_happens() -> None:
    undoing = UndoStack("")
    undoing.do("a", kind="name")
    undoing.do("ab", kind="name")
    undoing.do("abc", kind="notation")
    undoing.undo()
    assert undoing.state == "ab"
    undoing.do("abd", kind="notation")  # after an undo, a step of its own
    undoing.undo()
    assert undoing.state == "ab"
    undoing.redo()
    undoing.do("abde", kind="notation")
    undoing.undo()
    assert undoing.state == "abd"


def test_typing_goes_on_in_a_step_of_its_own_after_a_pause_and_where_nothing_is_left_to_undo() -> None:
    undoing = UndoStack("")
    undoing.do("a", kind="name")
    undoing.pause()
    undoing.do("ab", kind="name")
    undoing.undo()
    assert undoing.state == "a"
    undoing.undo()
    assert undoing.state == ""
    undoing.do("b", kind="name")
    assert undoing.can_undo


def test_what_is_replaced_is_not_a_step() -> None:
    undoing = UndoStack("a")
    undoing.do("b")
    undoing.replace("c")
    assert (undoing.state, undoing.can_redo) == ("c", False)
    undoing.undo()
    assert undoing.state == "a"
    undoing.redo()
    assert undoing.state == "c"
