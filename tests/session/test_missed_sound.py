"""What the walker misses while the sound is muted or lost is announced when it can be heard again."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.edits import AddToInterval
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.conductor import Conductor
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.events import PauseReason
from retro_timer.session.languages import english as phrases
from retro_timer.session.ports import SoundState
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings
from tests.session.listening import LADDER, PAUSED, START, Listener, edits, kinds_due, listening, said
from tests.session.understanding import spoken_seconds


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
