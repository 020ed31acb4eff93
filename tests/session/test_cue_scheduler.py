"""Timeline cues, one situation at a time, as a listener hears them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.edits import AddRounds, AddToInterval, AddToPhase
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.conductor import STALE
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.events import CueHeard, Ended, PauseReason
from retro_timer.session.languages.english import COMPLETE, ENDED
from retro_timer.session.states import Rules, State
from retro_timer.session.timeline import CueSettings, CueTimeline
from tests.session.listening import LADDER, ONLY_PHASES, START, Listener, is_course, listening, said
from tests.strategies import walkable

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout


COUNTED = CueSettings(off=frozenset(CueKind) - {CueKind.COUNT})
"""Only the ticks."""

# An undisturbed session


@given(walkable(), st.lists(st.integers(300, 10_000), min_size=1, max_size=30), st.integers(0, 12))
def test_an_undisturbed_session_sounds_like_its_timeline_however_irregular_the_calls(
    workout: Workout, stalls: list[int], lead_in: int
) -> None:
    listener = Listener(flatten(workout), Rules(lead_in=lead_in))
    listener.after(0, listener.session.start)
    looks = 0
    while not listener.session.state.is_over:
        listener.after(stalls[looks % len(stalls)])
        looks += 1
    listener.after(1)
    schedule = listener.session.schedule
    begins = START + lead_in * 1000
    expected = [(begins + cue.at, cue) for cue in CueTimeline(schedule).between(0, schedule.total * 1000 + 1)]
    heard = [(due, cue) for due, cue in listener.heard if is_course(cue) and due >= begins]
    assert heard == expected
    assert not listener.player.late
    assert {due_cue.cue.kind for due_cue in listener.player.queued} <= {CueKind.RECAP}


def test_the_lead_in_says_what_is_coming_and_counts() -> None:
    listener = listening("back 30s", lead_in=10)
    listener.walk(11_000)
    assert listener.texts == [
        (0, "Get ready. Walk backward."),
        (7, "3"),
        (8, "2"),
        (9, "1"),
        (10, "Walk backward. Thirty seconds."),
    ]


def test_a_short_lead_in_leaves_room_for_the_count() -> None:
    listener = listening("back 30s", lead_in=2)
    listener.walk(3_000)
    assert listener.texts == [(0, "2"), (0, "Get ready."), (1, "1"), (2, "Walk backward. Thirty seconds.")]


def test_without_a_lead_in_there_is_nothing_to_get_ready_for() -> None:
    listener = listening("back 30s")
    listener.walk(1_000)
    assert listener.texts == [(0, "Walk backward. Thirty seconds.")]


# If there is no room for words before the ticks, the phase is named after them


def test_a_short_lead_in_ticks_first_and_names_the_phase_after_it() -> None:
    listener = listening("back 60s", resume_lead_in=3)
    listener.walk(20_000)
    listener.after(0, listener.session.pause)
    listener.after(5_000, listener.session.resume)
    listener.walk(4_000, step=500)
    assert [one for one in listener.texts if one[0] >= 25] == [
        (25, "3"), (26, "2"), (27, "1"), (28, "The backward bout: about forty seconds left."),
    ]  # fmt: skip


@pytest.mark.parametrize("notation", ["turn 20s, back 9s", "rest 20s, back 9s"])
def test_after_a_bail_out_every_phase_has_a_lead_in(notation: str) -> None:
    listener = listening(notation)
    listener.walk(5_000)
    listener.after(0, lambda now: listener.session.pause(now, PauseReason.BAIL_OUT))
    listener.walk(5_000)
    listener.after(0, listener.session.resume)
    listener.walk(5_000)
    assert [text for moment, text in listener.texts if moment >= 10][1:4] == ["3", "2", "1"]
    assert listener.session.state is State.RUNNING


def test_completing_by_a_skip_can_be_switched_off() -> None:
    listener = listening("back 20s", ONLY_PHASES)
    listener.after(5_000, listener.session.skip)
    listener.walk(2_000)
    assert listener.heard_of(CueKind.COMPLETE) == []


def test_ending_early_says_so_and_nothing_else() -> None:
    listener = listening()
    listener.walk(15_000)
    listener.after(0, listener.session.end)
    listener.walk(20_000)
    assert [text for moment, text in listener.texts if moment >= 15][:1] == [ENDED]
    assert {cue.kind for _, cue in listener.heard[-2:]} == {CueKind.ENDED, CueKind.RECAP}


# Edits


def test_an_edit_far_ahead_leaves_what_is_queued_alone() -> None:
    listener = listening()
    listener.walk(6_000)
    queued, cancels = list(listener.player.queued), listener.player.cancels
    listener.after(0, lambda now: listener.session.edit(now, AddRounds(1)))
    assert listener.player.cancels == cancels
    assert [due_cue for due_cue in listener.player.queued if is_course(due_cue.cue)] == queued
    listener.after(1)
    assert listener.texts[-1] == (6, "Three rounds.")


def test_an_edit_moves_what_is_queued_and_cuts_nothing_short() -> None:
    listener = listening()
    listener.walk(12_000)  # the turn is announced already
    silenced = listener.player.silenced
    listener.after(0, lambda now: listener.session.edit(now, AddToInterval(10)))
    listener.walk(20_000)
    assert listener.player.silenced == silenced
    assert [text for at, text in listener.texts if at >= 10] == [
        "Ten seconds. Turn around.",
        "The warm-up: thirty seconds.",
        "Ten seconds. Turn around.",
        "3",
        "2",
        "1",
        "Turn around. Fifteen seconds.",
    ]


def test_a_shortened_bout_still_has_its_count() -> None:
    listener = listening()
    listener.walk(50_400)
    listener.after(0, lambda now: listener.session.edit(now, AddToPhase(Phase.BACKWARD, -15)))
    listener.after(0, listener.session.cool_down)
    listener.walk(5_000)
    assert listener.heard_of(CueKind.COUNT, CueKind.PHASE)[-4:] == [
        (51, "3"),
        (52, "2"),
        (53, "1"),
        (54, "Turn around. Fifteen seconds."),
    ]
    assert listener.heard_of(CueKind.EDITED) == [
        (50.4, "The backward bout: forty-five seconds."),
        (50.4, "The cool-down: one minute."),
    ]


@pytest.mark.parametrize("at", [49_999, 50_000])
def test_what_an_edit_moves_to_this_moment_is_heard(at: int) -> None:
    listener = listening("back 60s, fwd 60s")
    listener.walk(at)
    listener.after(0, lambda now: listener.session.edit(now, AddToInterval(-7)))
    listener.walk(4_000)
    assert listener.heard_of(CueKind.COUNT) == [(50, "3"), (51, "2"), (52, "1")]


@pytest.mark.parametrize("at", [0, 2_000, 8_500])
def test_an_edit_in_the_lead_in_keeps_the_count_and_the_opening(at: int) -> None:
    listener = listening(lead_in=10)
    listener.walk(at, step=500)
    listener.after(0, lambda now: listener.session.edit(now, AddToInterval(40)))
    listener.walk(12_000)
    assert listener.heard_of(CueKind.COUNT, CueKind.PHASE) == [
        (7, "3"),
        (8, "2"),
        (9, "1"),
        (10, "Start your warm-up. One minute."),
    ]


def test_an_edit_before_the_start_is_announced_at_once() -> None:
    listener = Listener(flatten(parse(LADDER)), Rules())
    events = listener.after(3_000, lambda now: listener.session.edit(now, AddRounds(1)))
    assert [event.moment for event in events] == [START + 3_000, START + 3_000]
    assert said(events) == ["Three rounds."]


def test_undo_is_announced_and_restores_the_cues() -> None:
    listener = listening()
    listener.walk(6_000)
    queued = list(listener.player.queued)
    listener.after(0, lambda now: listener.session.edit(now, AddToInterval(30)))
    listener.after(0, listener.session.undo)
    assert [due_cue for due_cue in listener.player.queued if is_course(due_cue.cue)] == queued
    listener.walk(1_000)
    assert listener.heard_of(CueKind.EDITED) == [
        (6, "The warm-up: fifty seconds."),
        (6, "The last change is canceled."),
    ]


# Turns that wait


def test_a_waiting_turn_reminds_every_ten_seconds() -> None:
    listener = listening("turn 5s, back 30s", wait_at_turns=True)
    listener.walk(27_000)
    listener.after(500, listener.session.turned)
    listener.walk(4_000, step=500)
    assert listener.texts == [
        (0, "Turn around. Five seconds."),
        (2.61, "Hold on to the rail."),
        (5, "Press enter when you have turned."),
        (15, "Press enter when you have turned."),
        (25, "Press enter when you have turned."),
        (27.5, "3"),
        (28.5, "2"),
        (29.5, "1"),
        (30.5, "Walk backward. Thirty seconds."),
    ]
    assert {cue.sound for _, cue in listener.heard if cue.kind is CueKind.HOLDING} == {Sound.ATTENTION}


def test_nothing_is_promised_beyond_a_turn_that_waits() -> None:
    """After a stall right at its end, the next phase must not sound while the session waits."""
    listener = listening("fwd 9s, turn 3s, back 9s", wait_at_turns=True)
    for _ in range(12):
        listener.after(1_000)
        assert all(due_cue.due < START + 12_000 for due_cue in listener.player.queued if is_course(due_cue.cue))
    listener.after(8_000)
    assert listener.heard_of(CueKind.PHASE) == [(0, "Walk forward. Nine seconds."), (9, "Turn around. Three seconds.")]


def test_the_last_turn_does_not_wait_and_hides_nothing() -> None:
    listener = listening("back 5s, turn 5s", wait_at_turns=True)
    assert listener.player.queued[-1].due == START + 10_000
    listener.finish(step=10_000)
    assert listener.texts[-1] == (10, COMPLETE)


def test_a_waiting_turn_noticed_late_reminds_once() -> None:
    listener = listening("turn 5s, back 30s", wait_at_turns=True)
    events = listener.after(42_000)
    assert said(events) == ["Press enter when you have turned."]
    listener.after(1)
    assert listener.texts[-1] == (42, "Press enter when you have turned.")
    assert listener.heard_of(CueKind.HOLDING) == [listener.texts[-1]]


def test_a_turn_confirmed_at_once_gives_no_reminder() -> None:
    listener = listening("turn 5s, back 30s", wait_at_turns=True)
    listener.after(7_000, listener.session.turned)
    listener.walk(500)
    assert listener.heard_of(CueKind.HOLDING) == []
    assert listener.heard_of(CueKind.COUNT) == [(7, "3")]


# Stalls


def test_after_a_long_stall_the_phase_is_announced_and_nothing_is_replayed() -> None:
    listener = listening()  # fifteen seconds are sent ahead when everything stops
    listener.after(70_000)
    heard = len(listener.heard)
    listener.walk(1)
    assert listener.texts[heard:] == [(70, "The backward bout: about twenty-five seconds left.")]
    listener.walk(16_000)
    assert [text for at, text in listener.texts if at > 70] == ["Ten seconds. Turn around."]


@pytest.mark.parametrize("begins", [15, 16, 40])
def test_a_phase_that_began_during_a_stall_is_announced_as_soon_as_the_stall_is_over(begins: int) -> None:
    listener = listening(f"fwd {begins}s, back 60s")  # fifteen seconds are sent ahead, and no more
    listener.after(begins * 1000 + 10_000)
    listener.walk(1_000)
    assert listener.heard_of(CueKind.PHASE)[1:] == [(begins + 10, "The backward bout: about fifty seconds left.")]


def test_a_phase_that_is_only_just_late_is_said_as_it_was_planned() -> None:
    listener = listening("fwd 20s, back 60s")
    listener.after(20_000 + STALE)
    listener.walk(1_000)
    assert listener.heard_of(CueKind.PHASE)[1:] == [(20, "Walk backward. One minute.")]


@pytest.mark.parametrize("seconds", [14, 15, 16])
def test_the_end_is_heard_once_whether_it_was_sent_ahead_or_not(seconds: int) -> None:
    listener = listening(f"back {seconds}s")
    listener.after(seconds * 1000)
    listener.walk(1_000)
    assert listener.heard_of(CueKind.COMPLETE) == [(seconds, COMPLETE)]


def test_a_stall_within_an_interval_is_not_announced() -> None:
    listener = listening("back 5m")
    listener.walk(10_000)
    listener.after(100_000)
    listener.walk(1_000)
    assert listener.texts == [(0, "Walk backward. Five minutes.")]


def test_an_unobserved_end_is_reported_at_the_next_call() -> None:
    listener = listening("back 60s")
    listener.after(90_000)
    listener.walk(1_000)
    assert listener.texts[-1] == (90, COMPLETE)
    assert [event.moment for event in listener.events if isinstance(event, Ended)] == [START + 60_000]


def test_late_captions_are_dropped_except_in_a_rehearsal() -> None:
    for stale, shown in (
        (STALE, ["1", "Turn around. Fifteen seconds."]),
        (None, ["Start your warm-up. Twenty seconds."]),
    ):
        listener = listening(stale=stale)
        events = listener.after(20_000)
        assert set(shown) <= set(said(events)) | set(said(tuple(listener.events)))
        assert ("3" in said(events)) == (stale is None)


@given(walkable(), st.sampled_from([700, 9_999, 40_000, 500_000]), st.booleans())
def test_a_rehearsal_skips_no_cue_however_fast_it_runs(workout: Workout, step: int, wait_at_turns: bool) -> None:
    listener = Listener(flatten(workout), Rules(wait_at_turns=wait_at_turns), CueSettings(), stale=None)
    listener.after(0, listener.session.start)
    while not listener.session.state.is_over:
        listener.after(step if listener.session.state is not State.HOLDING else 0, listener.session.turned)
    captions = [event.cue for event in listener.events if isinstance(event, CueHeard)]
    schedule = listener.session.schedule
    expected = CueTimeline(schedule, CueSettings(waits_at_turns=wait_at_turns)).between(0, schedule.total * 1000 + 1)
    course = [cue for cue in captions if is_course(cue) and cue.kind is not CueKind.COUNT]
    assert course == [cue for cue in expected if cue.kind is not CueKind.COUNT]


def test_a_rehearsal_plays_what_is_due_when_it_is_stopped() -> None:
    listener = listening(stale=None)
    events = listener.after(20_000, listener.session.pause)
    assert said(events)[-2:] == [
        "Turn around. Fifteen seconds.",
        "The session is paused. Press the space bar to resume.",
    ]


@pytest.mark.parametrize("at", [16_999, 17_000, 17_001])
def test_an_edit_far_ahead_leaves_a_tick_of_this_moment_alone(at: int) -> None:
    listener = listening()  # a turn at 20 s
    listener.walk(at, step=1_001)
    cancels = listener.player.cancels
    listener.after(0, lambda now: listener.session.edit(now, AddRounds(1)))
    assert listener.player.cancels == cancels
    listener.walk(3_000)
    assert listener.heard_of(CueKind.COUNT) == [(17, "3"), (18, "2"), (19, "1")]


def test_cues_are_not_sent_further_ahead_for_a_turn_that_will_wait() -> None:
    listener = listening("rest 60s, turn 20s, rest 10s", ONLY_PHASES, wait_at_turns=True)
    assert [due_cue.due - START for due_cue in listener.player.queued] == [0]
    listener.walk(50_000)
    assert [due_cue.due - START for due_cue in listener.player.queued] == [60_000]


@pytest.mark.parametrize("left", [13, 12, 5, 4])
def test_shortening_an_interval_at_a_whole_second_keeps_all_of_the_count(left: int) -> None:
    listener = listening("back 30s, turn 10s", COUNTED)
    listener.walk(30_000 - left * 1000)
    listener.after(0, lambda now: listener.session.edit(now, AddToInterval(-10)))
    listener.walk(2_999)
    ticks = [text for moment, text in listener.heard_of(CueKind.COUNT) if moment >= 30 - left]
    assert ticks == ["3", "2", "1"]


def test_a_tick_that_has_just_begun_is_not_sent_again_when_the_rest_changes() -> None:
    listener = listening("back 30s, turn 10s, fwd 30s", COUNTED)
    listener.walk(27_000)
    listener.after(0, lambda now: listener.session.edit(now, AddToPhase(Phase.TURN, -5)))
    listener.walk(2_999)
    assert listener.heard_of(CueKind.COUNT) == [(27, "3"), (28, "2"), (29, "1")]


def test_a_phase_that_has_just_begun_is_not_ordered_again_when_its_length_changes() -> None:
    listener = listening("warm 10s, back 30s, turn 10s", ONLY_PHASES)
    listener.walk(10_000)
    listener.after(0, lambda now: listener.session.edit(now, AddToInterval(30)))
    listener.walk(2_000)
    assert listener.heard_of(CueKind.PHASE)[1:] == [(10, "Walk backward. Thirty seconds.")]
