"""The conductor, one situation at a time: what a listener hears after actions, and the reported events."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.edits import AddToPhase
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.events import CueHeard, Event, IntervalStarted, PauseReason, Sampled
from retro_timer.session.languages import english as phrases
from retro_timer.session.languages.english import COMPLETE, ENDED
from retro_timer.session.ports import DueCue, SoundState
from retro_timer.session.states import Rules, State
from retro_timer.testing import RecordingPlayer
from tests.session.listening import LADDER, ONLY_PHASES, PAUSED, START, Listener, listening, said
from tests.session.walking import record_of

# Pause and resume


def test_a_pause_cancels_all_pending_cues() -> None:
    listener = listening("back 60s")
    listener.walk(57_500)
    listener.after(0, listener.session.pause)
    assert [due_cue.cue.text for due_cue in listener.player.queued] == [PAUSED]
    assert listener.player.queued[0].cue.sound is Sound.PAUSED
    listener.walk(60_000)
    assert listener.texts[-1] == (57.5, PAUSED)
    assert listener.player.silenced == 2  # at the start, and now


def test_a_resumed_bout_has_a_lead_in_and_continues_in_the_right_place() -> None:
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
    assert listener.texts[-1] == (17, "The turn: seventeen seconds left.")
    assert listener.heard[-1][1].sound is Sound.TURN


@pytest.mark.parametrize("following", ["turn 20s", "rest 20s"])
def test_a_phase_that_was_reached_in_a_pause_is_ordered_once_when_it_begins(following: str) -> None:
    listener = listening(f"back 60s, {following}, fwd 9s")
    listener.walk(12_000)
    listener.after(0, listener.session.pause)
    listener.after(20_000, listener.session.skip)
    listener.walk(20_000)
    before = len(listener.heard)
    listener.after(0, listener.session.resume)
    listener.walk(1_000)
    orders = [(moment, cue.words) for moment, cue in listener.heard[before:] if cue.kind is CueKind.PHASE]
    phase = listener.session.entry.phase
    assert orders == [(listener.now - 1_000, phrases.opening(phase, 20))]
    assert said(tuple(listener.events))[-1].startswith(phrases.IMPERATIVE[phase])


def test_skipping_the_lead_in_announces_the_phase() -> None:
    listener = listening("back 60s")
    listener.walk(15_000)
    listener.after(0, listener.session.pause)
    listener.after(5_000, listener.session.resume)
    listener.after(1_500, listener.session.skip)
    listener.walk(1_000)
    assert listener.texts[-2:] == [
        (20, "Resuming: backward in"),
        (21.5, "The backward bout: about forty-five seconds left."),
    ]


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


def test_going_back_from_a_waiting_turn_to_a_position_at_its_boundary() -> None:
    """The position it goes back to is as far behind as the lead-in would have taken, so the clock shows no jump."""
    listener = listening("warm 1s, turn 3s, back 9s", wait_at_turns=True)
    listener.after(4_000)
    listener.after(0, listener.session.turned)
    listener.after(0, listener.session.back)
    listener.walk(1_500, step=500)
    turn = "Turn around. Three seconds."
    assert listener.heard_of(CueKind.PHASE)[-2:] == [(1, turn), (4, turn)]


@pytest.mark.parametrize(
    ("reason", "words", "sound"),
    [
        (PauseReason.WALKER, PAUSED, Sound.PAUSED),
        (PauseReason.STOPPED, PAUSED, Sound.PAUSED),
        (PauseReason.SLEEP, f"The computer was asleep. {PAUSED}", Sound.PAUSED),
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


def test_a_restored_session_is_silent_until_it_resumes() -> None:
    listener = Listener(flatten(parse(LADDER)), Rules())
    listener.after(0, lambda now: listener.session.restore(now, record_of(listener.session, 40_000)))
    assert listener.player.queued == []
    listener.after(1_000, listener.session.resume)
    listener.walk(6_000)
    assert listener.texts[0] == (1, "Resuming: backward in")
    assert listener.texts[-1] == (6, "Walk backward.")


# Skip, back, end


@pytest.mark.usefixtures("written_lengths")
def test_a_skip_is_announced_at_once_and_nothing_stale_follows() -> None:
    listener = listening()
    listener.walk(12_000)
    events = listener.after(100, listener.session.skip)
    assert said(events) == ["Turn around. Fifteen seconds."]
    listener.walk(6_000)
    assert listener.texts[-3:] == [
        (12.1, "Turn around. Fifteen seconds."),
        (14.89, "Hold on to the rail."),
        (17.1, "Ten seconds. Walk backward."),
    ]


def test_back_repeats_the_announcement_of_the_interval() -> None:
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
    assert listener.heard_of(CueKind.COMPLETE) == [(20, COMPLETE)]
    assert listener.player.silenced == silenced  # it is not interrupted by its own end


@pytest.mark.parametrize("passed", [16_000, 19_999])
def test_skipping_the_end_completes_too(passed: int) -> None:
    listener = listening("back 20s")
    listener.walk(passed)
    listener.after(0, listener.session.skip)
    listener.walk(10_000)
    assert listener.heard_of(CueKind.COMPLETE) == [(passed / 1000, COMPLETE)]
    assert listener.texts[-2][1] == COMPLETE
    assert listener.heard_of(CueKind.RECAP) == listener.texts[-1:]


def test_a_session_that_was_mostly_skipped_is_not_called_complete() -> None:
    listener = listening("fwd 20s, back 20s")
    listener.walk(5_000)
    listener.after(0, listener.session.skip)
    listener.after(1_000, listener.session.skip)
    listener.walk(10_000)
    assert listener.heard_of(CueKind.COMPLETE) == []
    assert listener.heard_of(CueKind.ENDED) == [(6, ENDED)]


def test_a_session_that_was_mostly_skipped_is_not_complete_when_its_last_interval_runs_out() -> None:
    listener = listening("fwd 60s, back 20s")
    listener.walk(5_000)
    listener.after(0, listener.session.skip)
    listener.walk(25_000)
    assert listener.heard_of(CueKind.COMPLETE) == []
    assert listener.heard_of(CueKind.ENDED) == [(25, ENDED)]


@pytest.mark.usefixtures("written_lengths")
def test_an_undone_skip_says_where_the_walker_is_again() -> None:
    listener = listening("back 60s, turn 10s, fwd 30s")
    listener.walk(20_000)
    listener.after(0, listener.session.skip)
    listener.after(2_000, listener.session.undo)
    listener.walk(41_000)
    assert (22, "The last change is canceled. The backward bout: about forty seconds left.") in listener.texts
    assert listener.heard_of(CueKind.COUNT)[-3:] == [(59, "3"), (60, "2"), (61, "1")]
    assert listener.texts[-1] == (62, "Turn around. Ten seconds.")


def test_jumping_in_a_pause_announces_the_new_position() -> None:
    listener = listening("back 60s, turn 10s, fwd 30s")
    listener.walk(20_000)
    listener.after(0, listener.session.pause)
    listener.walk(3_000)
    listener.after(0, listener.session.skip)
    listener.walk(5_000)
    listener.after(0, listener.session.undo)
    listener.walk(5_000)
    assert [text for moment, text in listener.texts if moment >= 23] == [
        "The session is paused.", "The turn:", "Ten seconds left.", "Next is a forward bout.",
        "The session is paused.", "The backward bout:", "Forty seconds left.", "Next is a turn.",
    ]  # fmt: skip


def test_undoing_the_end_is_silent_until_the_session_resumes() -> None:
    listener = listening("back 60s, turn 10s, fwd 20s")
    listener.walk(82_000)
    listener.after(0, listener.session.skip)
    assert listener.session.state is State.FINISHED
    listener.walk(5_000)
    listener.after(0, lambda now: (*listener.session.undo(now), *listener.session.resume(now)))
    listener.walk(16_000)
    ((_, recap),) = listener.heard_of(CueKind.RECAP)
    assert [text for moment, text in listener.texts if moment >= 82] == [
        COMPLETE, recap, "Resuming: forward in", "3", "2", "1", "Walk forward.", "3", "2", "1", COMPLETE,
    ]  # fmt: skip


# Reports


def test_a_boundary_is_reported_before_its_cues_and_the_end_last() -> None:
    listener = listening("back 5s")
    listener.finish()
    kinds = [type(event).__name__ for event in listener.events if event.moment == START + 5_000]
    assert kinds == ["IntervalEnded", "CueHeard", "Ended"]
    starts = [index for index, event in enumerate(listener.events) if isinstance(event, IntervalStarted)]
    assert isinstance(listener.events[starts[0] + 1], CueHeard)


def test_events_are_returned_and_passed_to_every_listener() -> None:
    listener = listening()
    more: list[Event] = []
    listener.conductor.add_listener(more.append)
    returned = listener.after(20_000)
    assert returned == tuple(more)
    assert tuple(listener.events[-len(returned) :]) == returned


def test_the_next_wakeup_is_no_later_than_the_next_cue() -> None:
    listener = listening("back 61s")
    listener.walk(30_000)
    assert listener.conductor.next_wakeup(listener.now) == START + 30_500  # halfway
    assert said(listener.after(500)) == ["You are halfway."]
    listener.after(0, listener.session.pause)
    assert listener.conductor.next_wakeup(listener.now) is None


def test_a_clock_that_is_set_back_changes_nothing() -> None:
    listener = listening()
    listener.walk(16_000)
    queued = list(listener.player.queued)
    assert listener.conductor.advance(listener.now - 5_000) == ()
    assert listener.player.queued == queued
    events = listener.conductor.call(listener.now - 5_000, listener.session.pause)
    assert {event.moment for event in events} == {listener.now}


def test_the_same_calls_give_the_same_events() -> None:
    def walk() -> list[Event]:
        listener = listening(lead_in=3, wait_at_turns=True)
        listener.walk(25_000, step=777)
        listener.after(10, lambda now: listener.session.edit(now, AddToPhase(Phase.BACKWARD, 15)))
        listener.after(10, listener.session.pause)
        listener.after(999, listener.session.resume)
        listener.walk(30_000, step=1234)
        return listener.events

    assert walk() == walk()


# To the millisecond


@pytest.mark.parametrize(("late", "shown"), [(1_500, True), (1_501, False)])
def test_a_caption_is_shown_up_to_a_second_and_a_half_late(late: int, shown: bool) -> None:
    listener = listening("rest 5s, rest 60s")
    events = listener.after(5_000 + late)
    assert ("Take a rest. One minute." in said(events)) is shown
    rehearsed = listening("rest 5s, rest 60s", stale=None)
    assert "Take a rest. One minute." in said(rehearsed.after(5_000 + late))


def test_lost_sound_is_looked_after_four_times_a_second() -> None:
    listener = listening("back 60s")
    listener.walk(10_100, step=100)
    assert listener.conductor.next_wakeup(listener.now) == START + 11_000
    for state in (SoundState.LOST, SoundState.STARTING):
        listener.player.state = state
        listener.after(0)
        assert listener.conductor.next_wakeup(listener.now) == listener.now + 250
    for state in (SoundState.OK, SoundState.MUTED, SoundState.BELL, SoundState.OFF, SoundState.NONE):
        listener.player.state = state
        listener.after(0)
        assert listener.conductor.next_wakeup(listener.now) == START + 11_000
    rehearsed = listening("back 60s", stale=None)
    rehearsed.player.state = SoundState.LOST
    rehearsed.after(100)
    assert rehearsed.conductor.next_wakeup(rehearsed.now) == START + 1_000


def test_after_the_end_nothing_looks_after_the_sound() -> None:
    listener = listening("back 5s")
    listener.finish()
    listener.walk(60_000)
    listener.player.state = SoundState.LOST
    assert not listener.conductor.sound_changed
    listener.after(0)
    assert listener.conductor.next_wakeup(listener.now) is None


def test_cues_are_sent_fifteen_seconds_ahead() -> None:
    listener = listening("rest 15s, rest 60s", ONLY_PHASES)
    assert [due_cue.due - START for due_cue in listener.player.queued] == [0]
    listener.after(1)
    assert [due_cue.due - START for due_cue in listener.player.queued] == [15_000]


def test_in_a_lead_in_cues_are_sent_fifteen_seconds_beyond_its_end() -> None:
    listener = listening("rest 14s, rest 60s", ONLY_PHASES, lead_in=10)
    assert [due_cue.due - START for due_cue in listener.player.queued] == [10_000, 24_000]


def test_what_sensors_measured_is_reported_and_changes_nothing() -> None:
    listener = listening("back 60s")
    listener.walk(10_000)
    reported = len(listener.events)
    event = listener.conductor.sampled(listener.now + 300, 2.0, 100, 0.5)
    assert event == Sampled(moment=START + 10_300, at=10_000, speed_kmh=2.0, heart_rate=100, metres=0.5)
    assert listener.events[reported:] == [event]
    assert listener.conductor.sampled(listener.now - 5_000, None, None, 0.0).moment == START + 10_000
    assert listener.session.position == 10_000


def test_a_listener_can_be_removed_while_it_is_called() -> None:
    listener = listening("back 60s")
    heard: list[Event] = []

    def once(event: Event) -> None:
        heard.append(event)
        listener.conductor.remove_listener(once)

    listener.conductor.add_listener(once)
    later: list[Event] = []
    listener.conductor.add_listener(later.append)
    events = listener.after(70_000)
    assert heard == list(events[:1])
    assert later == list(events)


def test_what_was_sent_and_is_not_yet_due_is_known() -> None:
    listener = listening("rest 10s, rest 60s", ONLY_PHASES)
    listener.after(1)
    (pending,) = listener.conductor.pending
    assert pending == DueCue(START + 10_000, pending.cue)
    assert listener.conductor.coming == (pending.cue,)
    assert pending.cue.text == "Take a rest. One minute."


def test_another_player_takes_over() -> None:
    listener = listening("rest 10s, rest 60s", ONLY_PHASES)
    listener.walk(1_000)
    other = RecordingPlayer()
    assert listener.conductor.player is listener.player
    listener.conductor.replace_player(other)
    assert listener.conductor.player is other
    listener.conductor.mute(listener.now, muted=True)
    assert (other.muted, listener.player.muted) == (True, False)
    listener.conductor.mute(listener.now, muted=False)


def test_a_device_that_played_the_sound_is_gone() -> None:
    listener = listening("rest 60s")
    listener.walk(10_000)
    events = listener.conductor.sound_returned(listener.now + 500)
    assert said(events) == ["Sound is back."]
    assert listener.session.position == 10_500


def test_the_metronome_is_reported_but_not_spoken() -> None:
    listener = listening("back 60s")
    listener.walk(10_000)
    queued = list(listener.player.queued)
    assert said(listener.conductor.metronome(listener.now, on=True)) == ["Metronome 90."]
    assert listener.conductor.click.on
    assert said(listener.conductor.metronome(listener.now, on=False)) == ["Metronome off."]
    assert not listener.conductor.click.on
    assert listener.player.queued == queued
    listener.player.has_metronome = False
    assert said(listener.conductor.metronome(listener.now, on=True)) == ["This sound output has no metronome."]
    assert not listener.conductor.click.on


def test_the_longest_bout_of_earlier_sessions_is_remembered() -> None:
    listener = listening("back 60s")
    assert listener.conductor.longest_before == 0
    listener.conductor.remember_longest(7_000)
    assert listener.conductor.longest_before == 7_000
