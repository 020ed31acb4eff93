"""The engine: pauses, lead-ins, bailing out, and sessions that were interrupted."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.phases import Phase
from retro_timer.session.events import IntervalEnded, IntervalStarted, Move, Paused, PauseReason, Resumed, Resuming
from retro_timer.session.spent import Spent
from retro_timer.session.states import State
from tests.session.walking import T, brief, only, record_of, session_of, walking


def test_a_belt_phase_resumes_after_a_lead_in() -> None:
    session = walking(at=25_000)
    session.skip(T + 25_000)
    assert brief(session.pause(T + 26_000)) == [("Paused", 26_000, 31_000)]
    session.advance(T + 90_000)
    assert brief(session.resume(T + 100_000)) == [("Resuming", 100_000, 31_000)]
    assert (session.lead_in_left, session.phase_ahead) == (5_000, Phase.BACKWARD)
    (resumed,) = session.advance(T + 105_000)
    assert resumed == Resumed(moment=T + 105_000, at=31_000, standing=79_000)
    assert session.spent == Spent(walked=26_000, paused=79_000)


@pytest.mark.parametrize("notation", ["turn 20s, back 9s", "rest 20s, back 9s"])
def test_off_the_belt_it_goes_on_at_once(notation: str) -> None:
    session = walking(notation, at=5_000)
    session.pause(T + 5_000)
    assert session.resume(T + 9_000) == (Resumed(moment=T + 9_000, at=5_000, standing=4_000),)
    assert session.state is State.RUNNING


@pytest.mark.parametrize(("wanted", "given_ms"), [(0, 3_000), (2, 3_000), (3, 3_000), (8, 8_000)])
def test_the_belt_never_moves_without_three_seconds_of_count(wanted: int, given_ms: int) -> None:
    session = walking("back 20s", at=5_000, resume_lead_in=wanted)
    session.pause(T + 5_000)
    assert only(session.resume(T + 6_000), Resuming).lead_in == given_ms


def test_repeated_pauses_cause_no_shift() -> None:
    session = walking("back 60s", at=0)
    now = T
    for _ in range(40):
        now += 333
        session.pause(now)
        now += 77
        session.resume(now)
        now += 5_000
    assert session.advance(now) == (Resumed(moment=now, at=40 * 333, standing=5_077),)
    assert session.position == 40 * 333


def test_pausing_during_a_lead_in_restarts_it() -> None:
    session = walking("back 20s", at=5_000)
    session.pause(T + 5_000)
    session.resume(T + 10_000)
    session.pause(T + 12_000)
    assert only(session.resume(T + 20_000), Resuming).moment == T + 20_000
    (resumed,) = session.advance(T + 25_000)
    assert resumed == Resumed(moment=T + 25_000, at=5_000, standing=20_000)


def test_a_paused_first_lead_in_leads_to_the_first_interval() -> None:
    session = session_of("back 20s")
    session.start(T)
    session.pause(T + 4_000)
    session.resume(T + 8_000)
    (started,) = session.advance(T + 13_000)
    assert started == IntervalStarted(moment=T + 13_000, at=0, index=0, entry=session.entry, move=Move.START)
    assert session.spent == Spent(lead_in=4_000, paused=9_000)


def test_a_sleep_is_a_pause_with_its_reason() -> None:
    session = walking(at=5_000)
    assert only(session.pause(T + 5_000, PauseReason.SLEEP), Paused).reason is PauseReason.SLEEP
    assert session.pause(T + 6_000) == ()
    assert session.pause_reason is PauseReason.SLEEP


def test_bailing_out_stops_at_once_and_can_be_gone_on_from() -> None:
    session = walking(at=35_000)
    assert brief(session.pause(T + 35_250, PauseReason.BAIL_OUT)) == [("Paused", 35_250, 35_250)]
    assert session.pause(T + 36_000) == ()
    assert session.pause_reason is PauseReason.BAIL_OUT
    assert brief(session.resume(T + 60_000)) == [("Resuming", 60_000, 35_250)]
    assert session.pause_reason is None


def test_bailing_out_of_a_pause_and_of_a_count() -> None:
    session = walking(at=35_000)
    session.pause(T + 35_000)
    assert only(session.pause(T + 36_000, PauseReason.BAIL_OUT), Paused).reason is PauseReason.BAIL_OUT
    session.resume(T + 37_000)
    assert only(session.pause(T + 38_000, PauseReason.BAIL_OUT), Paused).reason is PauseReason.BAIL_OUT
    assert session.position == 35_000


@pytest.mark.parametrize("reason", [reason for reason in PauseReason if reason is not PauseReason.WALKER])
@pytest.mark.parametrize("notation", ["turn 20s, back 9s", "rest 20s, back 9s"])
def test_off_the_belt_it_resumes_through_a_lead_in_when_the_walker_may_have_stepped_off(
    notation: str, reason: PauseReason
) -> None:
    session = walking(notation, at=5_000)
    session.pause(T + 5_000, reason)
    assert only(session.resume(T + 9_000), Resuming).lead_in == 5_000
    assert only(session.advance(T + 14_000), Resumed).at == 5_000


def test_a_pause_during_that_lead_in_does_not_cancel_it() -> None:
    session = walking("turn 20s, back 9s", at=5_000)
    session.pause(T + 5_000, PauseReason.BAIL_OUT)
    session.resume(T + 9_000)
    session.pause(T + 10_000)
    assert only(session.resume(T + 12_000), Resuming).lead_in == 5_000
    session.advance(T + 17_000)
    session.pause(T + 18_000)
    assert only(session.resume(T + 19_000), Resumed).at == 6_000


def test_a_restored_session_resumes_a_turn_through_a_lead_in() -> None:
    session = session_of("turn 20s, back 9s")
    session.restore(T, record_of(session, 5_000))
    assert only(session.resume(T), Resuming).lead_in == 5_000


def test_an_interrupted_session_resumes_paused_where_it_stopped() -> None:
    session = session_of()
    spent = Spent(lead_in=10_000, walked=41_500, paused=7_000)
    started, paused = session.restore(T, record_of(session, 35_500, spent))
    assert isinstance(started, IntervalStarted)
    assert (started.index, started.move, started.at) == (2, Move.RESUME, 35_500)
    assert paused == Paused(moment=T, at=35_500, reason=PauseReason.INTERRUPTED)
    assert session.spent == spent
    session.resume(T + 1_000)
    events = session.advance(T + 60_000)
    assert brief(events)[:2] == [("Resumed", 6_000, 35_500), ("IntervalEnded", 30_500, 60_000)]
    assert only(events[:2], IntervalEnded).walked == 30_000
    assert session.spent.total == spent.total + 60_000


@pytest.mark.parametrize(("position", "kept"), [(-5, 0), (10**9, 159_999)])
def test_a_position_out_of_range_is_clamped(position: int, kept: int) -> None:
    session = session_of()
    session.restore(T, record_of(session, position))
    assert session.position == kept


def test_a_session_that_has_started_cannot_be_restored() -> None:
    session = walking(at=0)
    with pytest.raises(ValueError, match="has not started"):
        session.restore(T, record_of(session, 0))
