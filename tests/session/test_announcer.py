"""Announcements, one situation at a time, as a listener hears them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from retro_timer.scheduling.edits import AddRounds, AddToInterval, AddToPhase
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.conductor import Conductor
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.engine import Session
from retro_timer.session.events import Event, PauseReason, Refused
from retro_timer.session.languages import english as phrases
from retro_timer.session.ports import SoundState
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings
from retro_timer.testing import RecordingPlayer
from tests.session.listening import LADDER, START, Listener, listening, said
from tests.session.understanding import spoken_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSED = "The session is paused. Press the space bar to resume."

# Where, mute


@pytest.mark.usefixtures("written_lengths")
def test_where_announces_phase_time_left_next_round_and_total() -> None:
    listener = listening()
    listener.walk(50_000)
    listener.conductor.where(listener.now)
    assert [due_cue.cue.text for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE] == [
        "The backward bout:",
        "Forty-five seconds left.",
        "Next is a turn.",
        "Round one of two.",
        "About four minutes thirty until the end.",
    ]
    dues = [due_cue.due for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE]
    assert dues[0] == listener.now
    first, second, *_ = [due_cue.cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE]
    assert dues[1] >= dues[0] + listener.settings.duration_ms(first)
    assert dues[2] >= dues[1] + listener.settings.duration_ms(second)


def asked_where(listener: Listener) -> list[str]:
    listener.conductor.where(listener.now)
    return [due_cue.cue.text for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE]


@pytest.mark.usefixtures("written_lengths")
def test_where_names_the_phase_and_gives_no_order() -> None:
    listener = listening()
    listener.walk(25_000)
    assert asked_where(listener) == [
        "The turn:",
        "Eight seconds left.",
        "Next is a backward bout.",
        "Round one of two.",
        "About five minutes until the end.",
    ]  # after "Ten seconds. Walk backward."


def test_where_in_a_pause_a_count_and_a_turn_that_waits() -> None:
    listener = listening("2x(turn 5s, back 30s)", wait_at_turns=True)
    listener.walk(6_000)
    assert asked_where(listener) == ["Press enter when you have turned."]
    listener.after(1_000, listener.session.pause)
    listener.walk(1_000)
    assert asked_where(listener) == ["The session is paused.", "Press the space bar to resume."]
    listener.after(1_000, listener.session.resume)
    listener.after(1_000, listener.session.turned)
    assert asked_where(listener) == ["The backward bout:"]  # its opening says the rest


def test_where_after_the_end() -> None:
    listener = listening("back 5s")
    listener.finish()
    assert asked_where(listener) == [phrases.COMPLETE]
    listener = listening("back 5s")
    listener.after(1_000, listener.session.end)
    assert asked_where(listener) == [phrases.ENDED]


@pytest.mark.usefixtures("written_lengths")
def test_where_waits_for_current_words_and_gives_way_to_later_ones() -> None:
    listener = listening()  # at 10 s: "Ten seconds. Turn around."
    listener.walk(10_500)
    listener.conductor.where(listener.now)
    listener.walk(4_000)
    announced = next(cue for _, cue in listener.heard if cue.kind is CueKind.ANNOUNCE)
    assert listener.heard_of(CueKind.WHERE)[0] == (10 + listener.settings.duration_ms(announced) / 1000, "The warm-up:")
    listener = listening()
    listener.walk(9_000)
    listener.conductor.where(listener.now)
    listener.walk(4_000)
    assert listener.heard_of(CueKind.WHERE) == [(9, "The warm-up:"), (11.7, "Eight seconds left.")]
    assert (10, "Ten seconds. Turn around.") in listener.texts


def test_asking_while_it_is_being_said_stops_it_and_asking_again_begins_anew() -> None:
    listener = listening("back 5m")
    listener.walk(50_000)
    listener.conductor.where(listener.now)
    listener.after(300)
    silenced = listener.player.silenced
    listener.conductor.where(listener.now)
    assert listener.player.silenced == silenced + 1
    assert not [due_cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.WHERE]
    listener.walk(3_000)
    assert listener.heard_of(CueKind.WHERE) == [(50, "The backward bout:")]
    listener.conductor.where(listener.now)
    listener.walk(5_000)
    asked = [(due, cue) for due, cue in listener.heard if cue.kind is CueKind.WHERE]
    assert [cue.text for _, cue in asked][1:3] == ["The backward bout:", "About four minutes left."]
    assert all(due + listener.settings.duration_ms(cue) <= after for (due, cue), (after, _) in pairwise(asked))


def test_stopping_the_answer_stops_nothing_else() -> None:
    """It waits for other words; these continue, and pending cues stay queued."""
    listener = listening()  # at 10 s: "Ten seconds. Turn around."
    listener.walk(10_500)
    coming = list(listener.player.queued)
    listener.conductor.where(listener.now)
    silenced = listener.player.silenced
    listener.conductor.where(listener.now)
    assert listener.player.silenced == silenced
    assert listener.player.queued == coming


@pytest.mark.usefixtures("written_lengths")
@pytest.mark.parametrize(("at", "said_at"), [(8_000, 8_000), (10_500, 11_700), (9_900, 11_700), (19_500, 23_830)])
def test_an_edit_is_announced_after_words_that_are_still_true(at: int, said_at: int) -> None:
    """It never interrupts important cues and is not interrupted by them: if there is no room, it waits."""
    listener = listening()
    listener.walk(at, step=100)
    listener.after(0, lambda now: listener.session.edit(now, AddRounds(1)))
    listener.walk(5_000)
    assert listener.heard_of(CueKind.EDITED) == [(said_at / 1000, "Three rounds.")]


def test_an_edit_does_not_wait_for_a_tick() -> None:
    listener = listening()
    listener.walk(17_200, step=100)
    listener.after(0, lambda now: listener.session.edit(now, AddRounds(1)))
    listener.after(1)
    assert listener.heard_of(CueKind.EDITED) == [(17.2, "Three rounds.")]


@pytest.mark.parametrize("at", [15_500, 17_100, 18_600, 19_800])
def test_nothing_is_said_between_the_numbers_of_a_spoken_count(at: int) -> None:
    listener = listening(LADDER, CueSettings(spoken_count=True))
    listener.walk(at, step=100)
    listener.conductor.where(listener.now)
    listener.after(0, lambda now: listener.session.edit(now, AddRounds(1)))
    listener.walk(10_000, step=100)
    counted = [(due, due + 1000) for due, cue in listener.heard if cue.kind is CueKind.COUNT]
    assert len(counted) >= 3
    for due, cue in listener.heard:
        if cue.words and cue.kind is not CueKind.COUNT:
            assert all(due + listener.settings.duration_ms(cue) <= begins or ends <= due for begins, ends in counted)


def test_an_edit_is_not_announced_over_a_cue_that_becomes_due_meanwhile() -> None:
    listener = listening("turn 30s, 2x(back 30s)")
    listener.walk(19_000)
    listener.after(0, listener.session.pause)
    listener.after(1_000, listener.session.resume)  # the sound alone: "Ten seconds. Walk backward." comes soon
    listener.after(500, lambda now: listener.session.edit(now, AddRounds(1)))
    listener.walk(5_000)
    (announced,) = [
        due + listener.settings.duration_ms(cue) for due, cue in listener.heard if cue.kind is CueKind.ANNOUNCE
    ]
    assert listener.heard_of(CueKind.EDITED) == [((announced - START) / 1000, "Three rounds.")]


def test_an_edit_cuts_short_what_it_made_false() -> None:
    listener = listening()
    listener.walk(10_500)
    listener.after(0, lambda now: listener.session.edit(now, AddToInterval(10)))
    listener.walk(1_000)
    assert listener.heard_of(CueKind.EDITED) == [(10.5, "The warm-up: thirty seconds.")]


@pytest.mark.usefixtures("written_lengths")
def test_only_the_last_of_several_edits_is_announced() -> None:
    """Pending ones are cancelled by the next one."""
    listener = listening()
    listener.walk(10_500)
    for _ in range(3):
        listener.after(200, lambda now: listener.session.edit(now, AddToPhase(Phase.FORWARD, 15)))
    listener.walk(4_000)
    assert listener.heard_of(CueKind.EDITED) == [(11.7, "The forward bout: one minute forty-five.")]


def test_bailing_out_of_a_turn_that_waits_silences_its_question() -> None:
    listener = listening("turn 5s, back 30s", wait_at_turns=True)
    listener.walk(5_500)
    silenced = listener.player.silenced
    listener.after(0, lambda now: listener.session.pause(now, PauseReason.BAIL_OUT))
    assert listener.player.silenced == silenced + 1


def test_a_pause_cancels_the_rest_of_where() -> None:
    listener = listening()
    listener.walk(50_000)
    listener.conductor.where(listener.now)
    listener.after(500, listener.session.pause)
    assert [due_cue.cue.kind for due_cue in listener.player.queued] == [CueKind.PAUSED]


def test_mute_and_sound_on_are_announced() -> None:
    listener = listening()
    listener.walk(5_000)
    assert not listener.conductor.muted
    assert said(listener.conductor.mute(listener.now, muted=True)) == ["You have muted the sound."]
    assert listener.player.muted
    assert listener.conductor.muted
    assert said(listener.conductor.mute(listener.now, muted=False)) == ["The sound is on again."]
    assert not listener.player.muted


@pytest.mark.usefixtures("written_lengths")
@pytest.mark.parametrize(
    ("unmuted", "heard"),
    [
        (
            36_000,
            [(36, "The sound is on again."), (36.84, "The backward bout: about one minute left.")],
        ),  # within the change's own words
        (50_000, [(50, "The sound is on again."), (50.84, "The backward bout: about forty-five seconds left.")]),
        (94_800, [(98.83, "The sound is on again.")]),  # the next cue announces it
        (30_000, [(30, "The sound is on again.")]),  # no change was missed
    ],
)
def test_after_a_change_missed_while_muted_the_phase_is_announced(unmuted: int, heard: list[tuple[float, str]]) -> None:
    listener = listening()  # backward from 35 s to 95 s
    listener.walk(28_000)
    listener.conductor.mute(listener.now, muted=True)
    listener.walk(unmuted - 28_000, step=100)
    listener.conductor.mute(listener.now, muted=False)
    listener.walk(5_000, step=100)
    answers = [
        (at, text) for at, text in listener.texts if at >= unmuted / 1000 and text[-1] == "." and at not in (95, 97.79)
    ]
    assert answers[: len(heard)] == heard


@pytest.mark.usefixtures("written_lengths")
def test_a_change_muted_while_it_is_spoken_counts_as_missed() -> None:
    listener = listening()
    listener.walk(35_500, step=100)
    listener.conductor.mute(listener.now, muted=True)
    listener.walk(2_000, step=100)
    listener.conductor.mute(listener.now, muted=False)
    listener.walk(3_000, step=100)
    assert listener.texts[-2:] == [
        (37.5, "The sound is on again."),
        (38.34, "The backward bout: about fifty-five seconds left."),
    ]


# Sound that is lost and returns


def outage(listener: Listener, duration: int) -> list[tuple[float, str]]:
    """Interrupt the sound for a while, and listen for ten seconds after it returns."""
    listener.player.lose()
    listener.walk(duration, step=100)
    listener.player.state = SoundState.OK
    since = listener.now
    listener.walk(10_000, step=100)
    return [(at, text) for at, text in listener.texts if at * 1000 > since - START]


@pytest.mark.usefixtures("written_lengths")
def test_returned_sound_announces_where_the_walker_is() -> None:
    listener = listening("back 2m, turn 10s, fwd 10s")
    listener.walk(10_000, step=100)
    heard = outage(listener, 33_000)
    assert heard == [(43.1, "Sound is back."), (44.06, "The backward bout: one minute fifteen left.")]
    assert listener.player.silenced == 1  # nothing was silenced for it


def test_a_loss_that_is_over_before_it_is_noticed_is_announced_too() -> None:
    listener = listening("back 2m")
    listener.walk(10_000, step=100)
    listener.player.lose()
    listener.player.state = SoundState.OK
    assert listener.conductor.sound_changed
    listener.walk(6_000, step=100)
    assert not listener.conductor.sound_changed
    assert [text for _, text in listener.texts][-2:] == [
        "Sound is back.",
        "The backward bout: about one minute fifty left.",
    ]


def test_a_loss_while_muted_is_not_announced_later() -> None:
    listener = listening("back 2m")
    listener.walk(10_000, step=100)
    listener.conductor.mute(listener.now, muted=True)
    listener.walk(2_000, step=100)
    listener.player.lose()
    listener.player.state = SoundState.MUTED
    listener.walk(2_000, step=100)
    listener.conductor.mute(listener.now, muted=False)
    listener.player.state = SoundState.OK
    listener.walk(5_000, step=100)
    assert "Sound is back." not in [text for _, text in listener.texts]


def test_a_change_of_the_sound_is_known_until_the_session_was_advanced() -> None:
    listener = listening("back 2m")
    listener.player.lose()
    assert listener.conductor.sound_changed
    listener.after(0)
    assert not listener.conductor.sound_changed  # lost, and known to be
    listener.player.state = SoundState.OK
    assert listener.conductor.sound_changed
    listener.after(0)
    assert not listener.conductor.sound_changed


@pytest.mark.parametrize("duration", range(1_000, 40_000, 700))
def test_after_an_outage_the_announced_time_left_is_right(duration: int) -> None:
    listener = listening(LADDER)
    listener.walk(18_000, step=100)
    outage(listener, duration)
    after = START + 18_000 + duration
    said = [(due, cue) for due, cue in listener.heard if due > after]
    assert "Sound is back." in [cue.text for _, cue in said]
    for due, cue in said:
        if cue.kind is not CueKind.PHASE or phrases.LEFT not in cue.words:
            continue
        number = cue.words.index(phrases.LEFT) - 1
        named = cue.words[: cue.words.index(phrases.ABOUT) if phrases.ABOUT in cue.words else number]
        spoken_at = due - START + sum(phrases.spoken_ms(phrase, "heart") for phrase in named) + phrases.WORD_GAP_MS
        place = listener.session.schedule.position_at(spoken_at // 1000)
        assert cue.words[0] == phrases.NAMED[listener.session.schedule[place.index].phase]
        left = listener.session.schedule.starts[place.index + 1] * 1000 - spoken_at
        off = abs(1000 * spoken_seconds(cue.words[len(named) + (phrases.ABOUT in cue.words) : -1]) - left)
        assert off <= (2_500 if phrases.ABOUT in cue.words else 1_000)


def test_returned_sound_is_announced_in_every_state() -> None:
    listener = listening("2x(turn 5s, back 30s)", wait_at_turns=True)
    listener.walk(6_000, step=100)
    asks = "Press enter when you have turned."
    assert [text for _, text in outage(listener, 1_000)][:2] == ["Sound is back.", asks]
    listener.after(0, lambda now: listener.session.pause(now, PauseReason.BAIL_OUT))
    listener.walk(2_000, step=100)
    assert [text for _, text in outage(listener, 3_000)] == ["Sound is back.", "Hold the rail. Step off."]


def test_a_session_that_waits_for_its_sound_checks_for_it_even_when_paused() -> None:
    listener = listening("back 60s")
    listener.walk(6_000)
    listener.after(0, listener.session.pause)
    listener.walk(2_000)
    assert listener.conductor.next_wakeup(listener.now) is None
    listener.player.lose()
    listener.after(0)
    assert listener.conductor.next_wakeup(listener.now) == listener.now + 250
    assert [text for _, text in outage(listener, 3_000)] == ["Sound is back.", PAUSED]


@pytest.mark.parametrize(("ready", "announced"), [(300, False), (4_000, True)])
def test_sound_that_is_ready_late_announces_what_was_missed(ready: int, announced: bool) -> None:
    listener = Listener(flatten(parse("back 60s")), Rules(lead_in=0))
    listener.player.state = SoundState.STARTING
    listener.conductor = Conductor(listener.session, listener.player)
    listener.after(0, listener.session.start)
    listener.walk(ready, step=100)
    listener.player.state = SoundState.OK
    listener.walk(3_000, step=100)
    assert ("The sound is on again." in [text for _, text in listener.texts]) is announced


def test_an_edit_as_the_sound_returns_is_not_followed_by_outdated_words() -> None:
    listener = listening("back 2m")
    listener.walk(40_000, step=100)
    listener.player.lose()
    listener.walk(5_000, step=100)
    listener.player.state = SoundState.OK
    listener.walk(500, step=100)
    listener.after(0, lambda now: listener.session.edit(now, AddToInterval(60)))
    listener.walk(6_000, step=100)
    assert [text for _, text in listener.texts][-3:] == [
        "Sound is back.",
        "The backward bout: three minutes.",
        "The backward bout: about two minutes fifteen left.",
    ]


# Refusals


def test_a_refusal_sounds_at_once_and_changes_nothing_else() -> None:
    listener = listening()
    listener.walk(18_500)
    queued = list(listener.player.queued)
    events = listener.after(0, lambda now: listener.session.edit(now, AddToPhase(Phase.REST, 5)))
    assert [event.why for event in events if isinstance(event, Refused)] == ["no rest interval is left"]
    assert said(events) == ["no rest interval is left"]
    (refusal,) = [due_cue for due_cue in listener.player.queued if due_cue not in queued]
    assert (refusal.due, refusal.cue.sound, refusal.cue.words) == (listener.now, Sound.REFUSED, ())
    assert [due_cue for due_cue in listener.player.queued if due_cue in queued] == queued
    assert listener.player.silenced == 1  # at the start


def test_a_key_without_effect_is_refused_with_a_sentence() -> None:
    listener = listening()
    listener.walk(5_000)
    events = listener.conductor.refuse(listener.now, "The key z means nothing here.")
    assert [type(event).__name__ for event in events] == ["Refused", "CueHeard"]
    assert said(events) == ["The key z means nothing here."]


@pytest.mark.parametrize("passed", [0, 21_000, 600_000])
def test_a_refusal_sounds_in_every_state(passed: int) -> None:
    listener = Listener(flatten(parse(LADDER)), Rules(lead_in=5))
    if passed:
        listener.after(0, listener.session.start)
        listener.walk(passed)
    assert said(listener.conductor.refuse(listener.now, "No.")) == ["No."]


def test_many_refusals_do_not_pile_up() -> None:
    listener = listening()
    listener.walk(5_000)
    events = [event for _ in range(100) for event in (*listener.after(10), *refuse(listener))]
    assert len([event for event in events if isinstance(event, Refused)]) == 100
    listener.after(1_000)
    refusals = [due for due, cue in listener.heard if cue.kind is CueKind.REFUSED]
    assert len(refusals) == 4
    assert min(later - earlier for earlier, later in pairwise(refusals)) >= 250


def refuse(listener: Listener) -> tuple[Event, ...]:
    return listener.conductor.refuse(listener.now, "No.")


def test_refusals_can_be_switched_off() -> None:
    listener = listening(settings=CueSettings(off=frozenset({CueKind.REFUSED})))
    listener.walk(5_000)
    assert [type(event).__name__ for event in refuse(listener)] == ["Refused"]


# To the millisecond


def words_of(milliseconds: int) -> str:
    """Words that take so long, with the estimated lengths."""
    assert (milliseconds - 450) % 75 == 0
    return "x" * ((milliseconds - 450) // 75)


def speaking(milliseconds: int, notation: str = "back 120s, 2x(fwd 30s)") -> Listener:
    """A session that begins with words of so many milliseconds."""
    return listening(notation, CueSettings(go_words=(words_of(milliseconds),), off=frozenset({CueKind.HALFWAY})))


def asks(listener: Listener) -> None:
    listener.conductor.ask(listener.now, [("Did you fall?",)])


def warns(listener: Listener) -> None:
    listener.conductor.warn(listener.now, "The belt is still moving.")


def edits(listener: Listener) -> None:
    listener.after(0, lambda now: listener.session.edit(now, AddRounds(1)))


def asks_where(listener: Listener) -> None:
    listener.conductor.where(listener.now)


@pytest.mark.usefixtures("estimated_lengths")
@pytest.mark.parametrize(
    ("speaks", "kind", "takes", "latest"),
    [
        (edits, CueKind.EDITED, 10_200, 10_000),
        (asks_where, CueKind.WHERE, 20_175, 20_000),
        (asks, CueKind.QUESTION, 30_150, 30_000),
        (warns, CueKind.BELT, 5_025, 5_000),
    ],
)
def test_an_answer_waits_only_so_long_for_the_words_before_it(
    speaks: Callable[[Listener], None], kind: CueKind, takes: int, latest: int
) -> None:
    for after, waits in ((takes - latest, True), (takes - latest - 1, False)):
        listener = speaking(takes)
        listener.after(after)
        speaks(listener)
        due = [due_cue.due - START for due_cue in listener.player.queued if due_cue.cue.kind is kind]
        assert due[:1] == ([takes] if waits else [])


@pytest.mark.usefixtures("estimated_lengths")
def test_the_parts_of_an_answer_are_a_moment_apart() -> None:
    listener = listening("back 5m")
    listener.walk(50_000)
    listener.conductor.where(listener.now)
    parts = [(due_cue.due - START, due_cue.cue.text) for due_cue in listener.player.queued]
    assert parts[:3] == [
        (50_000, "The backward bout:"),
        (50_000 + 1_800 + 150, "About four minutes left."),
        (51_950 + 3_315 + 150, "This is the last interval."),
    ]


@pytest.mark.usefixtures("estimated_lengths")
@pytest.mark.parametrize(("returns", "said_at"), [(1_000, 1_000 + 700 + 1_500 + 120 + 1_275), (1_001, 1_001)])
def test_words_that_have_just_begun_are_played_when_the_sound_returns(returns: int, said_at: int) -> None:
    """They begin anew, so what is said about the sound waits for them."""
    listener = listening("back 60s")
    listener.player.lose()
    listener.player.state = SoundState.OK
    listener.after(returns)
    first = next(due_cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.SOUND)
    assert (first.due - START, first.cue.text) == (said_at, "Sound is back.")


@pytest.mark.parametrize(("ready", "announced"), [(1_500, False), (1_501, True)])
def test_a_change_counts_as_missed_a_second_and_a_half_later(ready: int, announced: bool) -> None:
    listener = Listener(flatten(parse("back 60s")), Rules(lead_in=0))
    listener.player.state = SoundState.STARTING
    listener.conductor = Conductor(listener.session, listener.player)
    listener.after(0, listener.session.start)
    listener.player.state = SoundState.OK
    listener.after(ready)
    assert bool([each for each in listener.player.queued if each.cue.kind is CueKind.SOUND]) is announced


def test_a_quarter_of_a_second_passes_between_two_refusals() -> None:
    listener = listening("back 60s")
    listener.walk(5_000)
    sounded = []
    for passed in (0, 249, 1, 249, 1):
        listener.after(passed)
        before = len(listener.player.queued)
        refuse(listener)
        sounded.append(len(listener.player.queued) > before)
    assert sounded == [True, False, True, False, True]


def test_what_was_walked_is_said_a_second_after_the_end() -> None:
    listener = listening("back 5s")
    listener.finish()
    (recap,) = [due_cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.RECAP]
    complete = next(cue for _, cue in listener.heard if cue.kind is CueKind.COMPLETE)
    assert recap.due == START + 5_000 + listener.settings.duration_ms(complete) + 1_000


def test_a_muted_player_that_is_unmuted_within_a_change_knows_what_was_missed() -> None:
    """A change that was over when the sound was muted was heard."""
    ends = CueSettings().duration_ms(Cue(0, CueKind.PHASE, Sound.BACKWARD, ("Walk backward.", "One minute.")))
    for at, named in ((ends - 1, True), (ends, False)):
        listener = listening("back 60s, turn 30s")
        listener.after(at)
        listener.conductor.mute(listener.now, muted=True)
        listener.conductor.mute(listener.now, muted=True)  # twice is once
        listener.after(2_000)
        listener.conductor.mute(listener.now, muted=False)
        listener.walk(4_000)
        assert ("The backward bout:" in " ".join(text for _, text in listener.texts)) is named


def test_a_question_takes_the_place_of_the_one_before_it() -> None:
    listener = listening("back 5m")
    listener.walk(50_000)
    listener.conductor.ask(listener.now, [("Did you fall?",), ("Press the letter Y or the letter N.",)])
    listener.after(100)
    silenced = listener.player.silenced
    assert said(listener.conductor.ask(listener.now, [("You can type a note.",)])) == ["You can type a note."]
    assert listener.player.silenced == silenced + 1
    asked = [due_cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.QUESTION]
    assert [due_cue.cue.text for due_cue in asked] == ["You can type a note."]
    assert asked[0].due == listener.now
    listener.conductor.ask(listener.now, [])
    assert not [due_cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.QUESTION]


def test_a_warning_has_its_sound() -> None:
    listener = listening("back 5m")
    listener.walk(50_000)
    events = listener.conductor.warn(listener.now, phrases.BELT_MOVING)
    assert said(events) == ["The belt is still moving."]
    warning = listener.player.queued[-1].cue
    assert (warning.kind, warning.sound, warning.at) == (CueKind.BELT, Sound.ATTENTION, 50_000)


def kinds_due(listener: Listener) -> list[tuple[int, CueKind]]:
    return [(due_cue.due - listener.now, due_cue.cue.kind) for due_cue in listener.player.queued]


def test_where_waits_for_an_answer_and_a_question_and_a_warning_do_not() -> None:
    for speaks, kind, waits in (
        (asks_where, CueKind.WHERE, True),
        (asks, CueKind.QUESTION, False),
        (warns, CueKind.BELT, False),
        (edits, CueKind.EDITED, False),
    ):
        listener = listening("back 5m, 2x(fwd 30s)")
        listener.walk(50_000)
        edits(listener)
        listener.after(100)
        (edited,) = [cue for _, cue in listener.heard if cue.kind is CueKind.EDITED]
        speaks(listener)
        first = next(due for due, found in kinds_due(listener) if found is kind)
        assert first == (listener.settings.duration_ms(edited) - 100 if waits else 0)


@pytest.mark.parametrize("asked", [False, True])
def test_a_walker_who_asked_where_while_muted_gets_no_second_answer(asked: bool) -> None:
    listener = listening()  # backward from 35 s on
    listener.walk(30_000)
    listener.conductor.mute(listener.now, muted=True)
    listener.walk(10_000)
    if asked:
        listener.conductor.where(listener.now)
    listener.walk(2_000)
    listener.conductor.mute(listener.now, muted=False)
    announced = [due_cue for due_cue in listener.player.queued if due_cue.cue.kind is CueKind.PHASE]
    assert [due_cue.cue.words[0] for due_cue in announced] == ([] if asked else ["The backward bout:"])


def test_the_first_moment_of_all_is_like_any_other() -> None:
    session, player = Session(flatten(parse("back 60s, 2x(fwd 30s)")), Rules(lead_in=0)), RecordingPlayer()
    conductor = Conductor(session, player)
    assert {event.moment for event in conductor.call(0, session.start)} == {0}
    assert said(conductor.refuse(0, "No.")) == ["No."]
    before = list(player.queued)
    conductor.call(0, lambda now: session.edit(now, AddRounds(1)))
    assert [each.cue.text for each in player.queued if each not in before] == ["Three rounds."]


def test_a_loss_while_muted_says_nothing_even_if_the_player_works_again() -> None:
    listener = listening("back 60s")
    listener.walk(10_000)
    listener.conductor.mute(listener.now, muted=True)
    listener.walk(4_000)
    listener.player.lose()
    listener.player.state = SoundState.OK
    listener.after(100)
    assert CueKind.SOUND not in [kind for _, kind in kinds_due(listener)]


def test_sound_that_is_back_does_not_wait_for_an_answer() -> None:
    listener = listening("back 5m, 2x(fwd 30s)")
    listener.walk(50_000)
    edits(listener)
    listener.after(100)
    listener.player.lose()
    listener.player.state = SoundState.OK
    listener.after(400)
    assert kinds_due(listener)[0] == (0, CueKind.SOUND)


def test_a_missed_change_is_announced_once() -> None:
    listener = listening()  # backward from 35 s on
    listener.walk(30_000)
    announced = []
    for passed in (10_000, 5_000):
        listener.conductor.mute(listener.now, muted=True)
        listener.walk(passed)
        listener.conductor.mute(listener.now, muted=False)
        announced.append(CueKind.PHASE in [kind for _, kind in kinds_due(listener)])
        listener.walk(6_000)
    assert announced == [True, False]


@pytest.mark.parametrize(("early", "repeated"), [(1, True), (0, False)])
def test_an_edit_before_the_place_was_announced_announces_it_again(early: int, repeated: bool) -> None:
    listener = listening("back 5m, 2x(fwd 30s)")
    listener.walk(50_000)
    listener.conductor.sound_returned(listener.now)
    announced = next(due for due, kind in kinds_due(listener) if kind is CueKind.PHASE)
    listener.after(announced - early)
    edits(listener)
    assert [kind for _, kind in kinds_due(listener)[:2]] == [CueKind.EDITED, CueKind.PHASE][: 1 + repeated]
