"""What was walked of each interval, in the record as in the session, whatever was undone."""

from __future__ import annotations

from retro_timer.scheduling.phases import Phase
from retro_timer.session.record import Leaving, SessionStatus
from tests.session.test_record import RecordedSession


def recorded(notation: str, *, wait_at_turns: bool = False) -> RecordedSession:
    """A session that is recorded, right after its lead-in."""
    session = RecordedSession(notation, wait_at_turns=wait_at_turns)
    session.on(3000)
    return session


def test_everything_that_was_walked_counts_after_an_undone_skip_to_a_turn_that_waits() -> None:
    walk = recorded("back 20s, turn 4s, fwd 8s", wait_at_turns=True)
    walk.do(walk.session.skip, 8000)
    walk.do(walk.session.undo, 6000)
    walk.do(walk.session.resume, 1000)
    walk.on(30_000)
    walk.do(walk.session.turned, 0)
    walk.on(30_000)
    assert [(i.index, i.into, i.walked, i.left) for i in walk.record.intervals] == [
        (0, 0, 8000, Leaving.SKIPPED),
        (1, 0, 4000, Leaving.COMPLETE),
        (0, 8000, 12_000, Leaving.COMPLETE),
        (1, 0, 4000, Leaving.COMPLETE),
        (2, 0, 8000, Leaving.COMPLETE),
    ]
    assert (walk.totals.completion, walk.record.state) == (1.0, SessionStatus.FINISHED)


def test_everything_that_was_walked_counts_after_a_restart_that_was_undone_and_redone() -> None:
    walk = recorded("back 40s")
    walk.do(walk.session.back, 20_000)
    walk.do(walk.session.undo, 5000)
    walk.do(walk.session.redo, 2000)
    walk.on(10_000)
    assert walk.record.walked == {(0, Phase.BACKWARD): 22_000}
    assert walk.session.bouts == {0: 22_000}
    walk.do(walk.session.end, 15_000)
    assert walk.record.walked == {(0, Phase.BACKWARD): 30_000}
    assert walk.session.bouts == {0: 30_000}


def test_everything_that_was_walked_counts_after_undoing_the_end_and_the_skip_before_it() -> None:
    walk = recorded("back 40s, fwd 10s")
    walk.do(walk.session.skip, 20_000)
    walk.on(10_000)
    walk.do(walk.session.undo, 5000)
    walk.do(walk.session.resume, 0)
    walk.do(walk.session.end, 4000 + 15_000)
    assert walk.record.walked == {(0, Phase.BACKWARD): 35_000, (1, Phase.FORWARD): 10_000}
    assert walk.session.bouts == {0: 35_000}


def test_an_interval_that_takes_the_place_of_another_has_not_been_walked() -> None:
    walk = recorded("warm 10s, fwd 60s, back 60s, cool 60s")
    walk.do(walk.session.back, 10_000 + 60_000 + 55_000)
    walk.do(walk.session.back, 0)
    walk.do(walk.session.resume, 0)
    walk.do(walk.session.cool_down, 4000)
    walk.on(3000 + 30_000)
    assert (walk.session.index, walk.session.entry.phase) == (2, Phase.COOL_DOWN)
    walk.do(walk.session.skip, 0)
    assert walk.record.state is SessionStatus.ENDED_EARLY
    assert (walk.totals.backward, walk.totals.completion) == (55_000, (10 + 60 + 55 + 30) / 190)


def test_an_interrupted_session_ends_with_its_interval_complete_if_that_continued_after_an_undone_jump() -> None:
    walk = recorded("fwd 8s, turn 6s, back 8s", wait_at_turns=True)
    walk.on(8000)
    walk.do(walk.session.skip, 2000)
    walk.do(walk.session.undo, 0)
    walk.on(60_000)
    last = walk.record.closed().intervals[-1]
    assert (last.phase, last.into, last.walked, last.left) == (Phase.TURN, 2000, 4000, Leaving.COMPLETE)
