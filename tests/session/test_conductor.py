"""The conductor, one situation at a time: what somebody with closed eyes hears."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.edits import ChangeAll, ChangeRounds, ChangeThis
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.conductor import STALE
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.engine import Rules, Spent, State
from retro_timer.session.events import Ended, Event, IntervalStarted, PauseReason, Said
from retro_timer.session.timeline import CueSettings, CueTimeline, duration_ms
from tests.session.listening import START, Listener, is_course
from tests.strategies import walkable

if TYPE_CHECKING:
    from retro_timer.scheduling.workout import Workout

LADDER = "warm 20s, 2x(turn 15s, back 60s, turn 15s | fwd 60s), cool 60s"
ONLY_PHASES = CueSettings(off=frozenset(CueKind) - {CueKind.PHASE})


def listening(
    notation: str = LADDER, settings: CueSettings | None = None, *, stale: int | None = STALE, **rules: int | bool
) -> Listener:
    """Somebody who listens to a session that has just begun, without a lead-in unless one is asked for."""
    wanted = Rules(**{"lead_in": 0, **rules})  # type: ignore[arg-type]  # by name
    listener = Listener(flatten(parse(notation)), wanted, settings, stale)
    listener.after(0, listener.session.start)
    return listener


def said(events: tuple[Event, ...]) -> list[str]:
    return [event.cue.text for event in events if isinstance(event, Said)]


# An undisturbed walk


@given(walkable(), st.lists(st.integers(300, 10_000), min_size=1, max_size=30), st.integers(0, 12))
def test_an_undisturbed_walk_sounds_like_its_timeline_however_irregularly_it_is_looked_at(
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
    assert listener.player.queued == []


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


# Pause and resume


def test_a_pause_silences_everything_that_was_to_come() -> None:
    listener = listening("back 60s")
    listener.walk(57_500)
    listener.after(0, listener.session.pause)
    assert [due_cue.cue.text for due_cue in listener.player.queued] == ["Paused."]
    assert listener.player.queued[0].cue.sound is Sound.PAUSED
    listener.walk(60_000)
    assert listener.texts[-1] == (57.5, "Paused.")
    assert listener.player.silenced == 2  # at the start, and now


def test_a_resumed_bout_is_counted_in_and_goes_on_in_the_right_place() -> None:
    listener = listening("back 60s")
    listener.walk(45_000)
    listener.after(0, listener.session.pause)
    listener.after(15_000, listener.session.resume)
    listener.walk(11_000)
    assert listener.texts[3:] == [
        (60, "Resuming: backward in"),
        (62, "3"),
        (63, "2"),
        (64, "1"),
        (65, "Walk backward."),  # the sound, so that it is known when it begins
        (70, "Ten seconds. Almost done."),
    ]
    resumed = listener.heard[7][1]
    assert (resumed.kind, resumed.sound, resumed.words) == (CueKind.PHASE, Sound.BACKWARD, ())


def test_a_resumed_turn_says_what_is_left_of_it() -> None:
    listener = listening("turn 30s, back 9s")
    listener.walk(12_000)
    listener.after(0, listener.session.pause)
    listener.after(5_000, listener.session.resume)
    listener.walk(1_000)
    assert listener.texts[-1] == (17, "Turn: Eighteen seconds.")
    assert listener.heard[-1][1].sound is Sound.TURN


def test_skipping_the_count_says_what_begins() -> None:
    listener = listening("back 60s")
    listener.walk(15_000)
    listener.after(0, listener.session.pause)
    listener.after(5_000, listener.session.resume)
    listener.after(1_500, listener.session.skip)
    listener.walk(1_000)
    assert listener.texts[-2:] == [(20, "Resuming: backward in"), (21.5, "Backward: Forty five seconds.")]


def test_going_back_while_counting_in_says_the_new_phase_and_counts_again() -> None:
    listener = listening("fwd 9s, back 20s")
    listener.walk(10_000)
    listener.after(0, listener.session.pause)
    listener.after(5_000, listener.session.resume)
    listener.after(3_500, listener.session.back)
    listener.walk(6_000)
    assert listener.texts[-5:] == [
        (18.5, "Resuming: forward in"),
        (20.5, "3"),
        (21.5, "2"),
        (22.5, "1"),
        (23.5, "Walk forward. Nine seconds."),
    ]


def test_going_back_from_a_turn_that_waited_to_where_the_clock_already_is() -> None:
    """The place it goes back to is as far behind as the count would have taken: the clock alone shows no jump."""
    listener = listening("warm 1s, turn 1s, back 9s", wait_at_turns=True)
    listener.after(2_000)
    listener.after(0, listener.session.turned)
    listener.after(1_000, listener.session.back)
    listener.walk(1_500, step=500)
    assert listener.heard_of(CueKind.PHASE)[-2:] == [(3, "Warm up."), (4, "Turn around.")]


@pytest.mark.parametrize(
    ("reason", "words", "sound"),
    [
        (PauseReason.WALKER, "Paused.", Sound.PAUSED),
        (PauseReason.STOPPED, "Paused.", Sound.PAUSED),
        (PauseReason.SLEEP, "Paused. The computer was asleep.", Sound.PAUSED),
        (PauseReason.BAIL_OUT, "Hold the rail. Step off.", Sound.ATTENTION),
    ],
)
def test_a_pause_says_why(reason: PauseReason, words: str, sound: Sound) -> None:
    listener = listening()
    listener.walk(5_000)
    listener.after(0, lambda now: listener.session.pause(now, reason))
    (queued,) = listener.player.queued
    assert (queued.due, queued.cue.text, queued.cue.sound) == (listener.now, words, sound)
    assert (queued.cue.kind is CueKind.BAIL_OUT) == (reason is PauseReason.BAIL_OUT)


def test_a_session_taken_up_again_is_silent_until_it_goes_on() -> None:
    listener = Listener(flatten(parse(LADDER)), Rules())
    listener.after(0, lambda now: listener.session.restore(now, 40_000, Spent()))
    assert listener.player.queued == []
    listener.after(1_000, listener.session.resume)
    listener.walk(6_000)
    assert listener.texts[0] == (1, "Resuming: backward in")
    assert listener.texts[-1] == (6, "Walk backward.")


# Skip, back, end


def test_a_skip_is_heard_at_once_and_nothing_stale_after_it() -> None:
    listener = listening()
    listener.walk(12_000)
    events = listener.after(100, listener.session.skip)
    assert said(events) == ["Turn around. Fifteen seconds."]
    listener.walk(6_000)
    assert listener.texts[-2:] == [(12.1, "Turn around. Fifteen seconds."), (17.1, "Ten seconds. Walk backward.")]


def test_back_says_again_what_begins_again() -> None:
    listener = listening()
    listener.walk(30_000)
    listener.after(0, listener.session.back)
    listener.walk(1_000)
    assert listener.texts[-1] == (30, "Turn around. Fifteen seconds.")


def test_complete_is_heard_once_at_the_end() -> None:
    listener = listening("back 20s", ONLY_PHASES)
    listener.finish()
    assert listener.heard_of(CueKind.COMPLETE) == []  # switched off
    listener = listening("back 20s")
    silenced = listener.player.silenced
    listener.finish(step=7_000)
    assert listener.heard_of(CueKind.COMPLETE) == [(20, "Workout complete. Well done.")]
    assert listener.player.silenced == silenced  # it is not cut short by its own end


@pytest.mark.parametrize("passed", [5_000, 19_999])
def test_skipping_the_end_completes_too(passed: int) -> None:
    listener = listening("back 20s")
    listener.walk(passed)
    listener.after(0, listener.session.skip)
    listener.walk(10_000)
    assert listener.heard_of(CueKind.COMPLETE) == [(passed / 1000, "Workout complete. Well done.")]
    assert listener.texts[-1][1] == "Workout complete. Well done."


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
    assert listener.texts[-1] == (15, "Session ended.")


# Edits


def test_an_edit_far_ahead_leaves_what_is_queued_alone() -> None:
    listener = listening()
    listener.walk(6_000)
    queued, cancels = list(listener.player.queued), listener.player.cancels
    listener.after(0, lambda now: listener.session.edit(now, ChangeRounds(1)))
    assert listener.player.cancels == cancels
    assert [due_cue for due_cue in listener.player.queued if is_course(due_cue.cue)] == queued
    listener.after(1)
    assert listener.texts[-1] == (6, "Three rounds.")


def test_an_edit_moves_what_is_queued_and_cuts_nothing_short() -> None:
    listener = listening()
    listener.walk(12_000)  # the turn is announced already
    silenced = listener.player.silenced
    listener.after(0, lambda now: listener.session.edit(now, ChangeThis(10)))
    listener.walk(20_000)
    assert listener.player.silenced == silenced
    assert [text for at, text in listener.texts if at >= 10] == [
        "Ten seconds. Turn around.",
        "Warm-up: Thirty seconds.",
        "Ten seconds. Turn around.",
        "3",
        "2",
        "1",
        "Turn around. Fifteen seconds.",
    ]


def test_a_bout_cut_short_still_has_its_count() -> None:
    listener = listening()
    listener.walk(50_400)
    listener.after(0, lambda now: listener.session.edit(now, ChangeAll(Phase.BACKWARD, -15)))
    listener.after(0, listener.session.cool_down)
    listener.walk(5_000)
    assert listener.heard_of(CueKind.COUNT, CueKind.PHASE)[-4:] == [
        (51, "3"),
        (52, "2"),
        (53, "1"),
        (54, "Turn around. Fifteen seconds."),
    ]
    assert listener.heard_of(CueKind.EDITED) == [
        (50.4, "Backward: Forty five seconds."),
        (50.4, "Cool-down: One minute."),
    ]


@pytest.mark.parametrize("at", [0, 2_000, 8_500])
def test_an_edit_in_the_lead_in_keeps_the_count_and_the_opening(at: int) -> None:
    listener = listening(lead_in=10)
    listener.walk(at, step=500)
    listener.after(0, lambda now: listener.session.edit(now, ChangeThis(40)))
    listener.walk(12_000)
    assert listener.heard_of(CueKind.COUNT, CueKind.PHASE) == [
        (7, "3"),
        (8, "2"),
        (9, "1"),
        (10, "Warm up. One minute."),
    ]


def test_an_edit_before_the_start_is_heard_when_it_is_made() -> None:
    listener = Listener(flatten(parse(LADDER)), Rules())
    events = listener.after(3_000, lambda now: listener.session.edit(now, ChangeRounds(1)))
    assert [event.moment for event in events] == [START + 3_000, START + 3_000]
    assert said(events) == ["Three rounds."]


def test_undo_says_so_and_puts_the_cues_back() -> None:
    listener = listening()
    listener.walk(6_000)
    queued = list(listener.player.queued)
    listener.after(0, lambda now: listener.session.edit(now, ChangeThis(30)))
    listener.after(0, listener.session.undo)
    assert [due_cue for due_cue in listener.player.queued if is_course(due_cue.cue)] == queued
    listener.walk(1_000)
    assert listener.heard_of(CueKind.EDITED) == [(6, "Warm-up: Fifty seconds."), (6, "Undone.")]


# Turns that wait


def test_a_turn_that_waits_is_asked_about_every_ten_seconds() -> None:
    listener = listening("turn 5s, back 30s", wait_at_turns=True)
    listener.walk(27_000)
    listener.after(500, listener.session.turned)
    listener.walk(4_000, step=500)
    assert listener.texts == [
        (0, "Turn around. Five seconds."),
        (5, "Turn around. Press enter when you have turned."),
        (15, "Turn around. Press enter when you have turned."),
        (25, "Turn around. Press enter when you have turned."),
        (27.5, "3"),
        (27.5, "Resuming: backward in"),
        (28.5, "2"),
        (29.5, "1"),
        (30.5, "Walk backward. Thirty seconds."),
    ]
    assert {cue.sound for _, cue in listener.heard if cue.kind is CueKind.HOLDING} == {Sound.ATTENTION}


def test_nothing_is_promised_beyond_a_turn_that_waits() -> None:
    """A stall right at its end must not let the next phase sound while the session waits."""
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
    assert listener.texts[-1] == (10, "Workout complete. Well done.")


def test_a_waiting_turn_found_late_is_asked_about_once() -> None:
    listener = listening("turn 5s, back 30s", wait_at_turns=True)
    events = listener.after(42_000)
    assert said(events) == ["Turn around. Press enter when you have turned."]
    listener.after(1)
    assert listener.texts[-1] == (42, "Turn around. Press enter when you have turned.")
    assert listener.heard_of(CueKind.HOLDING) == [listener.texts[-1]]


def test_a_turn_confirmed_as_it_is_found_waiting_is_not_asked_about() -> None:
    listener = listening("turn 5s, back 30s", wait_at_turns=True)
    listener.after(7_000, listener.session.turned)
    listener.walk(500)
    assert listener.heard_of(CueKind.HOLDING) == []
    assert listener.heard_of(CueKind.RESUMING) == [(7, "Resuming: backward in")]


# Stalls


def test_after_a_long_stall_the_phase_is_told_and_nothing_is_replayed() -> None:
    listener = listening()  # fifteen seconds are on their way when everything stands still
    listener.after(70_000)
    heard = len(listener.heard)
    listener.walk(1)
    assert listener.texts[heard:] == [(70, "Backward: Twenty five seconds.")]
    listener.walk(16_000)
    assert [text for at, text in listener.texts if at > 70] == ["Ten seconds. Turn around."]


def test_after_a_stall_within_an_interval_nothing_is_said_about_it() -> None:
    listener = listening("back 5m")
    listener.walk(10_000)
    listener.after(100_000)
    listener.walk(1_000)
    assert listener.texts == [(0, "Walk backward. Five minutes.")]


def test_completing_unseen_is_told_when_it_is_seen() -> None:
    listener = listening("back 60s")
    listener.after(90_000)
    listener.walk(1_000)
    assert listener.texts[-1] == (90, "Workout complete. Well done.")
    assert [event.moment for event in listener.events if isinstance(event, Ended)] == [START + 60_000]


def test_captions_that_come_late_are_dropped_and_those_of_a_rehearsal_are_not() -> None:
    for stale, shown in ((STALE, ["1", "Turn around. Fifteen seconds."]), (None, ["Warm up. Twenty seconds."])):
        listener = listening(stale=stale)
        events = listener.after(20_000)
        assert set(shown) <= set(said(events)) | set(said(tuple(listener.events)))
        assert ("3" in said(events)) == (stale is None)


@given(walkable(), st.sampled_from([700, 9_999, 40_000, 500_000]), st.booleans())
def test_a_rehearsal_leaves_nothing_out_however_fast_it_runs(workout: Workout, step: int, wait_at_turns: bool) -> None:
    listener = Listener(flatten(workout), Rules(wait_at_turns=wait_at_turns), CueSettings(), stale=None)
    listener.after(0, listener.session.start)
    while not listener.session.state.is_over:
        listener.after(step if listener.session.state is not State.HOLDING else 0, listener.session.turned)
    captions = [event.cue for event in listener.events if isinstance(event, Said)]
    schedule = listener.session.schedule
    expected = CueTimeline(schedule, CueSettings(waits_at_turns=wait_at_turns)).between(0, schedule.total * 1000 + 1)
    course = [cue for cue in captions if is_course(cue) and cue.kind is not CueKind.COUNT]
    assert course == [cue for cue in expected if cue.kind is not CueKind.COUNT]


def test_a_rehearsal_hears_what_is_due_as_it_is_stopped() -> None:
    listener = listening(stale=None)
    events = listener.after(20_000, listener.session.pause)
    assert said(events)[-2:] == ["Turn around. Fifteen seconds.", "Paused."]


# Where, mute


def test_where_tells_phase_time_left_and_round() -> None:
    listener = listening()
    listener.walk(50_000)
    listener.conductor.where(listener.now)
    assert [due_cue.cue.text for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE] == [
        "Backward:",
        "Forty five seconds left.",
        "Round one of two.",
    ]
    dues = [due_cue.due for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE]
    assert dues[0] == listener.now
    first, second, _ = [due_cue.cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE]
    assert dues[1] >= dues[0] + duration_ms(first)
    assert dues[2] >= dues[1] + duration_ms(second)


def asked_where(listener: Listener) -> list[str]:
    listener.conductor.where(listener.now)
    return [due_cue.cue.text for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE]


def test_where_is_never_a_command() -> None:
    listener = listening()
    listener.walk(25_000)
    assert asked_where(listener) == ["Turn:", "Ten seconds left.", "Round one of two."]


def test_where_in_a_pause_a_count_and_a_turn_that_waits() -> None:
    listener = listening("2x(turn 5s, back 30s)", wait_at_turns=True)
    listener.walk(6_000)
    assert asked_where(listener) == ["Turn around. Press enter when you have turned."]
    listener.after(1_000, listener.session.pause)
    listener.walk(1_000)
    assert asked_where(listener) == ["Paused.", "Turn around. Press enter when you have turned."]
    listener.after(1_000, listener.session.resume)
    listener.after(1_000, listener.session.turned)
    assert asked_where(listener) == ["Backward:"]  # its opening says the rest


def test_where_when_it_is_over() -> None:
    listener = listening("back 5s")
    listener.finish()
    assert asked_where(listener) == ["Workout complete. Well done."]
    listener = listening("back 5s")
    listener.after(1_000, listener.session.end)
    assert asked_where(listener) == ["Session ended."]


def test_where_waits_for_what_is_being_said_and_gives_way_to_what_comes() -> None:
    listener = listening()  # at 10 s: "Ten seconds. Turn around."
    listener.walk(10_500)
    listener.conductor.where(listener.now)
    listener.walk(4_000)
    announced = next(cue for _, cue in listener.heard if cue.kind is CueKind.ANNOUNCE)
    assert listener.heard_of(CueKind.WHERE)[0] == (10 + duration_ms(announced) / 1000, "Warm-up:")
    listener = listening()
    listener.walk(9_000)
    listener.conductor.where(listener.now)
    listener.walk(4_000)
    assert listener.heard_of(CueKind.WHERE) == [(9, "Warm-up:")]  # no room for the rest
    assert (10, "Ten seconds. Turn around.") in listener.texts


def test_asking_while_it_is_being_said_does_not_say_it_twice() -> None:
    listener = listening("back 5m")
    listener.walk(50_000)
    for _ in range(4):
        listener.conductor.where(listener.now)
        listener.after(300)
    listener.walk(3_000)
    listener.conductor.where(listener.now)
    listener.walk(5_000)
    asked = [(due, cue) for due, cue in listener.heard if cue.kind is CueKind.WHERE]
    assert [cue.text for _, cue in asked] == [
        "Backward:",
        "Four minutes fifteen left.",
        "Backward:",
        "Four minutes left.",
    ]
    assert all(due + duration_ms(cue) <= after for (due, cue), (after, _) in pairwise(asked))


@pytest.mark.parametrize(("at", "said_at"), [(8_000, 8_000), (10_500, 11_700), (9_900, 9_900), (19_900, 19_900)])
def test_an_edit_is_said_after_what_is_still_true(at: int, said_at: int) -> None:
    """It may be cut short by what comes, and never cuts short what the walker relies on."""
    listener = listening()
    listener.walk(at, step=100)
    listener.after(0, lambda now: listener.session.edit(now, ChangeRounds(1)))
    listener.walk(4_000)
    assert listener.heard_of(CueKind.EDITED) == [(said_at / 1000, "Three rounds.")]


def test_an_edit_does_not_wait_for_a_tick() -> None:
    listener = listening()
    listener.walk(17_200, step=100)
    listener.after(0, lambda now: listener.session.edit(now, ChangeRounds(1)))
    listener.after(1)
    assert listener.heard_of(CueKind.EDITED) == [(17.2, "Three rounds.")]


def test_an_edit_is_not_said_into_what_comes_while_it_waits() -> None:
    listener = listening("turn 30s, 2x(back 30s)")
    listener.walk(19_000)
    listener.after(0, listener.session.pause)
    listener.after(1_000, listener.session.resume)  # "Turn: Eleven seconds." runs into "Ten seconds. Walk backward."
    listener.after(100, lambda now: listener.session.edit(now, ChangeRounds(1)))
    listener.walk(5_000)
    (announced,) = [due + duration_ms(cue) for due, cue in listener.heard if cue.kind is CueKind.ANNOUNCE]
    assert listener.heard_of(CueKind.EDITED) == [((announced - START) / 1000, "Three rounds.")]


def test_an_edit_cuts_short_what_it_made_false() -> None:
    listener = listening()
    listener.walk(10_500)
    listener.after(0, lambda now: listener.session.edit(now, ChangeThis(10)))
    listener.walk(1_000)
    assert listener.heard_of(CueKind.EDITED) == [(10.5, "Warm-up: Thirty seconds.")]


def test_the_last_of_several_edits_is_the_one_that_is_heard() -> None:
    """Those that wait begin at the same moment: later words take the place of earlier ones."""
    listener = listening()
    listener.walk(10_500)
    for _ in range(3):
        listener.after(200, lambda now: listener.session.edit(now, ChangeAll(Phase.FORWARD, 15)))
    listener.walk(4_000)
    assert {at for at, _ in listener.heard_of(CueKind.EDITED)} == {11.7}
    assert listener.heard_of(CueKind.EDITED)[-1][1] == "Forward: One minute forty five."


def test_bailing_out_of_a_turn_that_waits_silences_its_question() -> None:
    listener = listening("turn 5s, back 30s", wait_at_turns=True)
    listener.walk(5_500)
    silenced = listener.player.silenced
    listener.after(0, lambda now: listener.session.pause(now, PauseReason.BAIL_OUT))
    assert listener.player.silenced == silenced + 1


def test_a_pause_takes_back_the_rest_of_where() -> None:
    listener = listening()
    listener.walk(50_000)
    listener.conductor.where(listener.now)
    listener.after(500, listener.session.pause)
    assert [due_cue.cue.text for due_cue in listener.player.queued] == ["Paused."]


def test_mute_and_sound_on_are_said() -> None:
    listener = listening()
    listener.walk(5_000)
    assert not listener.conductor.muted
    assert said(listener.conductor.mute(listener.now, muted=True)) == ["Muted."]
    assert listener.player.muted
    assert listener.conductor.muted
    assert said(listener.conductor.mute(listener.now, muted=False)) == ["Sound on."]
    assert not listener.player.muted


# Reports


def test_a_boundary_is_reported_before_what_is_heard_at_it_and_the_end_last() -> None:
    listener = listening("back 5s")
    listener.finish()
    kinds = [type(event).__name__ for event in listener.events if event.moment == START + 5_000]
    assert kinds == ["IntervalEnded", "Said", "Ended"]
    starts = [index for index, event in enumerate(listener.events) if isinstance(event, IntervalStarted)]
    assert isinstance(listener.events[starts[0] + 1], Said)


def test_what_is_reported_is_returned_and_told_to_everybody() -> None:
    listener = listening()
    more: list[Event] = []
    listener.conductor.listen(more.append)
    returned = listener.after(20_000)
    assert returned == tuple(more)
    assert tuple(listener.events[-len(returned) :]) == returned


def test_the_next_wakeup_is_no_later_than_the_next_cue() -> None:
    listener = listening("back 61s")
    listener.walk(30_000)
    assert listener.conductor.next_wakeup(listener.now) == START + 30_500  # halfway
    assert said(listener.after(500)) == ["Halfway."]
    listener.after(0, listener.session.pause)
    assert listener.conductor.next_wakeup(listener.now) is None


def test_a_clock_that_goes_back_changes_nothing() -> None:
    listener = listening()
    listener.walk(16_000)
    queued = list(listener.player.queued)
    assert listener.conductor.advance(listener.now - 5_000) == ()
    assert listener.player.queued == queued
    events = listener.conductor.tell(listener.now - 5_000, listener.session.pause)
    assert {event.moment for event in events} == {listener.now}


def test_the_same_calls_give_the_same_events() -> None:
    def walk() -> list[Event]:
        listener = listening(lead_in=3, wait_at_turns=True)
        listener.walk(25_000, step=777)
        listener.after(10, lambda now: listener.session.edit(now, ChangeAll(Phase.BACKWARD, 15)))
        listener.after(10, listener.session.pause)
        listener.after(999, listener.session.resume)
        listener.walk(30_000, step=1234)
        return listener.events

    assert walk() == walk()
