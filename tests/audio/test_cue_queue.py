from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio import cue_queue as cue_queues
from retro_timer.audio.cue_queue import Begun, CueQueue, too_late
from retro_timer.audio.protocol import BEGUN
from retro_timer.session.cue import CueKind
from tests.audio.cues import prepared, tick


def test_the_next_cue_is_the_earliest_and_not_the_first_one_added() -> None:
    cue_queue = CueQueue()
    assert cue_queue.next_due() is None
    for ident, due in enumerate((5_000, 3_000, 4_000)):
        cue_queue.add(prepared(ident, due))
    assert cue_queue.next_due() == 3_000
    assert [each.ident for each in cue_queue.take(4_000)] == [1]  # what is due at the moment itself waits
    assert cue_queue.next_due() == 4_000
    cue_queue.clear(after=4_000)
    assert (cue_queue.next_due(), len(cue_queue)) == (4_000, 1)
    cue_queue.clear()
    assert cue_queue.next_due() is None


@given(st.lists(st.integers(0, 100), max_size=30), st.integers(0, 101))
def test_cues_leave_in_the_order_they_are_due_and_else_in_which_they_came(dues: list[int], until: int) -> None:
    cue_queue = CueQueue()
    for ident, due in enumerate(dues):
        cue_queue.add(prepared(ident, due))
    came = sorted(range(len(dues)), key=lambda ident: (dues[ident], ident))
    assert [each.ident for each in cue_queue.take(until)] == [ident for ident in came if dues[ident] < until]
    assert cue_queue.next_due() == min((due for due in dues if due >= until), default=None)


@given(st.lists(st.integers(0, 100), max_size=30), st.integers(0, 101))
def test_what_is_left_when_later_cues_are_removed_keeps_its_order(dues: list[int], after: int) -> None:
    cue_queue = CueQueue()
    for ident, due in enumerate(dues):
        cue_queue.add(prepared(ident, due))
    cue_queue.clear(after=after)
    assert len(cue_queue) == sum(due <= after for due in dues)
    cue_queue.add(prepared(99, 50))
    left = sorted([*((due, ident) for ident, due in enumerate(dues) if due <= after), (50, 99)])
    assert [each.ident for each in cue_queue.take(200)] == [ident for _, ident in left]


def test_a_full_queue_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cue_queues, "MOST", 2)
    cue_queue = CueQueue()
    assert [cue_queue.add(prepared(ident, 1000)) for ident in range(3)] == ["", "", "too many"]
    assert [each.ident for each in cue_queue.take(2000)] == [0, 1]
    assert cue_queue.add(prepared(3, 1000)) == ""


def test_a_started_cue_is_not_added_again_until_it_was_silenced() -> None:
    cue_queue = CueQueue()
    cue_queue.begins(prepared(1, 1000))
    assert cue_queue.add(prepared(2, 1000)) == BEGUN
    assert cue_queue.add(prepared(3, 1001)) == ""
    cue_queue.silence()
    assert len(cue_queue) == 0
    assert cue_queue.add(prepared(4, 1000)) == ""


def test_the_last_sixty_four_started_cues_are_remembered() -> None:
    begun = Begun()
    for due in range(65):
        begun.add(tick(due))
    assert len(begun) == 64
    assert tick(0) not in begun
    assert all(tick(due) in begun for due in range(1, 65))


@pytest.mark.parametrize(("kind", "grace"), [(CueKind.COUNT, 250), (CueKind.ANNOUNCE, 250), (CueKind.PHASE, 1000)])
def test_a_cue_is_dropped_when_it_would_be_later_than_its_kind_may_be(kind: CueKind, grace: int) -> None:
    assert not too_late(prepared(1, 5000, kind=kind), 5000 + grace)
    assert too_late(prepared(1, 5000, kind=kind), 5000 + grace + 1)
