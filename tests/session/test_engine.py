"""The engine, one situation at a time: start, end and rules; `test_engine_any_walk` tests general properties."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from retro_timer.scheduling.phases import Phase
from retro_timer.session.events import Ended, EndReason, Event, IntervalEnded
from retro_timer.session.record import IntervalRecord, Leaving
from retro_timer.session.spent import Spent
from retro_timer.session.states import Rules, State
from tests.session.walking import T, brief, only, record_of, session_of, walking


def test_a_session_from_lead_in_to_end() -> None:
    session = session_of("back 5s, turn 3s")
    assert (session.state, session.advance(T), session.next_wakeup(T)) == (State.READY, (), None)
    assert brief(session.start(T)) == [("Started", 0, 0)]
    assert (session.state, session.lead_in_left, session.runs_from) == (State.LEAD_IN, 10_000, T + 10_000)
    assert brief(session.advance(T + 60_000)) == [
        ("IntervalStarted", 10_000, 0),
        ("IntervalEnded", 15_000, 5_000),
        ("IntervalStarted", 15_000, 5_000),
        ("IntervalEnded", 18_000, 8_000),
        ("Ended", 18_000, 8_000),
    ]
    assert session.state is State.FINISHED
    assert session.spent == Spent(lead_in=10_000, walked=8_000)
    assert session.advance(T + 99_000) == ()
    assert session.next_wakeup(T + 99_000) is None


def test_without_a_lead_in_the_first_interval_starts_at_once() -> None:
    session = session_of(lead_in=0)
    assert brief(session.start(T)) == [("Started", 0, 0), ("IntervalStarted", 0, 0)]
    assert session.start(T) == ()


def test_an_hour_of_irregular_calls_ends_on_the_millisecond() -> None:
    session = session_of("60x(back 30s, fwd 30s)", lead_in=0)
    session.start(T)
    now = T
    events: list[Event] = []
    while not session.state.is_over:
        now += 333 + now % 77
        events += session.advance(now)
    assert events[-1] == Ended(moment=T + 3_600_000, at=3_600_000, reason=EndReason.COMPLETE)
    assert [event.moment - T for event in events if isinstance(event, IntervalEnded)] == [
        30_000 * number for number in range(1, 121)
    ]


def test_ending_early_keeps_what_was_walked() -> None:
    session = walking(at=25_000)
    assert brief(session.end(T + 25_500)) == [("IntervalEnded", 25_500, 25_500), ("Ended", 25_500, 25_500)]
    assert session.state is State.ENDED_EARLY
    assert session.end(T + 26_000) == ()
    assert session_of().end(T) == ()


def test_a_wakeup_is_when_a_shown_second_changes() -> None:
    session = session_of()
    session.start(T)
    assert session.next_wakeup(T) == T + 1_000
    session.advance(T + 2_345)
    assert session.next_wakeup(T + 2_345) == T + 3_000
    session.advance(T + 10_400)
    assert session.next_wakeup(T + 10_400) == T + 11_000
    assert session.next_wakeup(T + 11_500) == T + 11_500  # late already: now
    session.pause(T + 11_700)
    assert session.next_wakeup(T + 11_700) is None
    session.resume(T + 13_000)
    session.advance(T + 18_000)
    assert session.next_wakeup(T + 18_000) == T + 18_300


def test_a_moment_before_the_last_one_counts_as_the_last() -> None:
    session = walking(at=25_000)
    assert brief(session.pause(T + 3_000)) == [("Paused", 25_000, 25_000)]
    late = session_of()
    late.advance(T + 5)
    assert late.start(T)[0].moment == T + 5


def test_the_defaults() -> None:
    assert Rules() == Rules(lead_in=10, resume_lead_in=5, wait_at_turns=False, reminder=10)


@pytest.mark.parametrize("wrong", [{"lead_in": -1}, {"resume_lead_in": -1}, {"reminder": 0}])
def test_rules_out_of_bounds_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Rules(**wrong)  # type: ignore[arg-type]  # by name


def test_rules_may_be_as_short_as_they_can_be() -> None:
    shortest = Rules(lead_in=0, resume_lead_in=0, reminder=1)
    assert (shortest.lead_in, shortest.resume_lead_in, shortest.reminder) == (0, 0, 1)


@pytest.mark.parametrize("undone", [False, True], ids=["at once", "with a skip undone"])
@pytest.mark.parametrize(("walked", "reason"), [(79_999, EndReason.EARLY), (80_000, EndReason.COMPLETE)])
def test_a_session_is_complete_to_the_millisecond(walked: int, reason: EndReason, undone: bool) -> None:
    session = walking("fwd 1s, back 100s, turn 9s", at=1_000)
    if undone:
        session.advance(T + 51_000)
        session.skip(T + 51_000)
        session.undo(T + 51_000)
    session.advance(T + 1_000 + walked)
    session.skip(T + 1_000 + walked)
    assert only(session.skip(T + 1_000 + walked), Ended).reason is reason


@pytest.mark.parametrize("lead_in", [0, 1, 10])
def test_how_long_a_lead_in_is_and_what_is_left_of_it(lead_in: int) -> None:
    session = session_of("back 60s", lead_in=lead_in, resume_lead_in=7)
    assert (session.lead_in_length, session.lead_in_left) == (0, 0)
    session.start(T)
    assert (session.lead_in_length, session.lead_in_left) == (lead_in * 1000, lead_in * 1000)
    session.advance(T + lead_in * 1000 + 400)
    assert session.lead_in_left == 0
    session.pause(T + 20_000)
    session.resume(T + 30_000)
    session.advance(T + 31_500)
    assert (session.lead_in_length, session.lead_in_left) == (7_000, 5_500)
    session.pause(T + 32_000)
    assert session.lead_in_left == 0


def test_a_skip_right_after_a_start_without_a_lead_in_is_meant() -> None:
    session = session_of("back 60s, fwd 60s", lead_in=0)
    session.start(T)
    session.skip(T + 100)
    assert session.index == 1


@pytest.mark.parametrize(("walked", "reason"), [(79_999, EndReason.EARLY), (80_000, EndReason.COMPLETE)])
def test_a_restored_session_counts_what_was_walked_before(walked: int, reason: EndReason) -> None:
    session = session_of("fwd 100s, back 100s, turn 9s")
    session.restore(T, record_of(session, 100_000))  # all before was walked
    session.resume(T)
    session.advance(T + 5_000 + walked)
    session.skip(T + 5_000 + walked)
    assert only(session.skip(T + 5_000 + walked), Ended).reason is reason


@pytest.mark.parametrize(("before", "reason"), [(59_999, EndReason.EARLY), (60_000, EndReason.COMPLETE)])
def test_a_restored_session_counts_what_is_handed_to_it(before: int, reason: EndReason) -> None:
    session = session_of("fwd 100s, back 100s")
    walked = IntervalRecord.of(session.schedule[0], 0, 0, walked=before, left=Leaving.SKIPPED)
    session.restore(T, replace(record_of(session, 100_000), intervals=(walked,)))
    session.resume(T)
    assert session.completes is (reason is EndReason.COMPLETE)
    assert only(session.advance(T + 500_000), Ended).reason is reason


@pytest.mark.parametrize(("left", "woken_in"), [(2_000, 1_000), (1_001, 1), (1_000, 1_000), (999, 999), (1, 1)])
def test_a_lead_in_wakes_when_its_second_changes(left: int, woken_in: int) -> None:
    session = session_of(lead_in=10)
    session.start(T)
    session.advance(T + 10_000 - left)
    assert session.next_wakeup(T + 10_000 - left) == T + 10_000 - left + woken_in


def test_a_turn_that_waits_wakes_every_second() -> None:
    session = walking("turn 5s, back 5s", at=5_000, wait_at_turns=True)
    for passed, wakes in ((5_000, 6_000), (5_300, 6_000), (6_000, 7_000), (8_999, 9_000)):
        session.advance(T + passed)
        assert session.next_wakeup(T + passed) == T + wakes


def test_what_is_ahead_at_the_end_is_what_was_walked_last() -> None:
    session = walking("back 5s, fwd 5s", at=4_000)
    assert session.phase_ahead is Phase.BACKWARD
    session.advance(T + 20_000)
    assert (session.state, session.phase_ahead) == (State.FINISHED, Phase.FORWARD)


def test_a_pause_before_the_first_turn_is_over_at_once() -> None:
    session = session_of("turn 20s, back 5s")
    session.start(T)
    session.pause(T + 2_000)
    assert brief(session.resume(T + 3_000)) == [("IntervalStarted", 3_000, 0)]
    belt = session_of("back 20s")
    belt.start(T)
    belt.pause(T + 2_000)
    assert brief(belt.resume(T + 3_000)) == [("Resuming", 3_000, 0)]


def test_what_is_left_and_where_the_position_runs_from() -> None:
    session = session_of("back 5s, turn 5s", lead_in=3)
    assert (session.interval_left, session.left, session.at_interval_start, session.runs_from) == (
        5000,
        10_000,
        True,
        None,
    )
    session.start(T)
    assert (session.lead_in_left, session.runs_from) == (3_000, T + 3_000)
    session.advance(T + 4_500)
    assert (session.interval_left, session.left, session.at_interval_start) == (3_500, 8_500, False)
    assert session.runs_from == T + 4_500
    session.pause(T + 5_000)
    assert session.interval_left == 3_000
    assert not session.runs_from
