from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio.cue_queue import CueQueue
from tests.audio.cues import prepared


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
