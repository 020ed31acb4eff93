"""What clients of a session are sent, and what they can ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.remote.messages import (
    ActionWanted,
    Answer,
    ClientHello,
    CuesCancelled,
    CuesSent,
    Goodbye,
    Ping,
    Pong,
    SharedSchedule,
    SharedState,
    SpeakerClaim,
    SummaryAnswers,
    WalkedSummary,
    Welcome,
)
from retro_timer.remote.protocol import PROTOCOL, SPEAKER_ALIVE_MS
from retro_timer.session.actions import SESSION_ACTIONS
from retro_timer.session.cue import CueKind
from retro_timer.session.events import CueHeard
from retro_timer.session.states import State

if TYPE_CHECKING:
    from tests.remote.support import Rig, Wire

START = 10_000
"""The lead-in, in milliseconds."""


def ask(rig: Rig, wire: Wire, name: str, number: int = 1) -> Answer:
    """Ask for an action, and wait for the answer."""
    wire.send(ActionWanted(number, name))
    rig.until(lambda: any(isinstance(each, Answer) and each.id == number for each in wire.updates))
    answer = wire.last(Answer)
    assert isinstance(answer, Answer)
    return answer


def test_a_client_is_greeted_with_everything(rig: Rig) -> None:
    wire = rig.join()
    assert wire.kinds() == ["hello", "schedule", "state"]
    welcome, schedule, state = wire.updates
    assert isinstance(welcome, Welcome)
    assert isinstance(schedule, SharedSchedule)
    assert isinstance(state, SharedState)
    assert (welcome.protocol, welcome.rate, welcome.session) == (PROTOCOL, 1, rig.listening.session)
    assert [interval.duration for interval in schedule.intervals] == [60, 10, 60, 10, 60, 30]
    assert (state.state, state.phase, state.runs_from) == ("lead-in", "warm-up", rig.clock.now() + START)


def test_the_actions_offered_are_those_of_the_table(rig: Rig) -> None:
    """All that need no screen; ending the session is not for a page."""
    welcome = rig.join().last(Welcome)
    assert [action.name for action in welcome.actions] == [each.name for each in SESSION_ACTIONS if each.act]
    assert [action.name for action in welcome.actions if not action.page] == ["quit"]
    assert {action.name: action.keys for action in welcome.actions}["pause"][0] == "space"


def test_state_is_sent_when_something_changes_not_with_time(rig: Rig) -> None:
    wire = rig.join()
    rig.move(START)
    for _ in range(50):
        rig.move(1000)
    rig.settle()
    shown = [(each.state, each.index, each.caption) for each in wire.updates if isinstance(each, SharedState)]
    assert len(shown) == len(set(shown))
    state = wire.last(SharedState)
    assert state.state == "running"
    assert rig.clock.now() - state.runs_from + state.position == 50_000


def test_an_edit_sends_the_schedule_again(rig: Rig) -> None:
    wire, other = rig.join(), rig.join()
    rig.move(START)
    assert ask(rig, wire, "longer").done
    rig.settle()
    for each in (wire, other):
        assert each.kinds().count("schedule") == 2
        assert each.last(SharedSchedule).intervals[0].duration == 70


def test_an_action_is_performed_and_answered_after_its_effect(rig: Rig) -> None:
    wire, other = rig.join(), rig.join()
    rig.move(START)
    assert ask(rig, wire, "pause") == Answer(1, done=True)
    assert wire.kinds()[-2:] == ["state", "answer"]
    assert rig.runner.session.state is State.PAUSED
    rig.settle()
    assert other.last(SharedState).state == "paused"
    assert other.last(SharedState).reason == "walker"
    assert "answer" not in other.kinds()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("turned", "no turn is waiting"),
        ("adjust", "Adjust needs the full screen"),
        ("jump", 'there is no action "jump"'),
        ("__class__", 'there is no action "__class__"'),
        ("", 'there is no action ""'),
    ],
)
def test_a_refused_action_says_why(rig: Rig, name: str, why: str) -> None:
    wire = rig.join()
    answer = ask(rig, wire, name)
    assert not answer.done
    assert answer.why.startswith(why)


def test_a_page_cannot_end_the_session_but_stop_it(rig: Rig) -> None:
    wire = rig.join("page")
    rig.move(START)
    assert ask(rig, wire, "quit") == Answer(1, done=False, why="that is done where the session runs")
    assert ask(rig, wire, "bail_out", 2).done
    assert rig.runner.session.state is State.PAUSED


def test_a_view_only_client_can_do_nothing(rig: Rig) -> None:
    wire = rig.join("view", cues=True)
    rig.move(START)
    answers = [ask(rig, wire, action.name, number) for number, action in enumerate(SESSION_ACTIONS)]
    assert {answer.done for answer in answers} == {False}
    wire.send(SpeakerClaim(on=True), SummaryAnswers(99, effort=3))
    rig.until(lambda: any(isinstance(each, Answer) and each.id == 99 for each in wire.updates))
    assert rig.runner.session.state is State.RUNNING
    assert rig.runner.speaker == ""
    assert rig.answers == []


def test_a_ping_is_answered_with_the_clock_of_the_session(rig: Rig) -> None:
    wire = rig.join()
    wire.send(Ping(12.5))
    rig.until(lambda: wire.last(Pong) is not None)
    assert wire.last(Pong) == Pong(sent=12.5, at=float(rig.clock.now()))


def test_cues_go_to_those_who_want_them_with_their_moments(rig: Rig) -> None:
    wants, other = rig.join(cues=True), rig.join()
    joined = rig.clock.now()
    rig.move(START)
    rig.settle()
    cues = {(cue.due, cue.kind) for each in wants.updates if isinstance(each, CuesSent) for cue in each.cues}
    played = {(due_cue.due, due_cue.cue.kind.value) for due_cue in rig.player.queued if due_cue.due > joined}
    assert played <= cues
    assert "cues" not in other.kinds()


def test_who_comes_later_gets_the_cues_that_are_still_to_come(rig: Rig) -> None:
    rig.move(START)
    rig.move(40_000)
    wire = rig.join(cues=True)
    first = wire.last(CuesSent)
    pending = [(due_cue.due, due_cue.cue.kind.value) for due_cue in rig.runner.conductor.pending]
    assert [(cue.due, cue.kind) for cue in first.cues] == pending
    assert all(cue.due > rig.clock.now() for cue in first.cues)


def test_a_pause_cancels_the_cues(rig: Rig) -> None:
    wire = rig.join(cues=True)
    rig.move(START)
    ask(rig, wire, "pause")
    kinds = wire.kinds()
    assert wire.last(CuesCancelled) == CuesCancelled(sounding=True)
    assert kinds.index("cancel") < len(kinds) - 1 - kinds[::-1].index("cues")  # then "paused" is said
    assert any(cue.kind == CueKind.PAUSED.value for cue in wire.last(CuesSent).cues)


def test_a_phone_that_plays_the_sound_is_named_and_the_session_is_silent(rig: Rig) -> None:
    phone, other = rig.join("page", "phone", cues=True), rig.join()
    phone.send(SpeakerClaim(on=True))
    rig.until(lambda: rig.runner.speaker == "phone")
    assert rig.player.muted
    rig.until(lambda: other.last(SharedState).sound.speaker == "phone")
    assert other.last(SharedState).sound.alone
    phone.send(SpeakerClaim(on=False))
    rig.until(lambda: rig.runner.speaker == "")
    assert not rig.player.muted
    assert not any(isinstance(event, CueHeard) and event.cue.kind is CueKind.SOUND for event in rig.taken)


def test_the_session_speaks_again_when_the_phone_is_gone(rig: Rig) -> None:
    phone = rig.join("page", "phone", cues=True)
    rig.move(START + 20_000)
    phone.send(SpeakerClaim(on=True))
    rig.until(lambda: rig.player.muted)
    phone.socket.close()
    rig.wires.remove(phone)
    rig.until(lambda: not rig.player.muted)
    rig.move(100)
    spoken = [due_cue.cue.words for due_cue in rig.player.queued if due_cue.cue.kind is CueKind.SOUND]
    said = [event.cue.words for event in rig.taken if isinstance(event, CueHeard)]
    assert rig.runner.config.cues.phrases.SOUND_BACK in [word for words in spoken + said for word in words]


def test_the_session_speaks_again_when_the_phone_says_nothing_any_more(rig: Rig) -> None:
    phone = rig.join("page", "phone", cues=True)
    phone.send(SpeakerClaim(on=True))
    rig.until(lambda: rig.player.muted)
    rig.clock.move(SPEAKER_ALIVE_MS)
    rig.settle()
    assert rig.player.muted
    rig.clock.move(1)
    rig.until(lambda: not rig.player.muted)
    assert SPEAKER_ALIVE_MS < 2000


def test_of_two_speakers_the_later_counts_and_then_the_earlier_again(rig: Rig) -> None:
    phone, tablet = rig.join("page", "phone"), rig.join("page", "tablet")
    phone.send(SpeakerClaim(on=True))
    rig.until(lambda: rig.runner.speaker == "phone")
    tablet.send(SpeakerClaim(on=True))
    rig.until(lambda: rig.runner.speaker == "tablet")
    phone.send(SpeakerClaim(on=True))  # it says that it is alive
    rig.settle()
    assert rig.runner.speaker == "tablet"
    tablet.send(SpeakerClaim(on=False))
    rig.until(lambda: rig.runner.speaker == "phone")
    assert rig.player.muted


def test_a_walker_who_mutes_is_muted_whoever_speaks(rig: Rig) -> None:
    phone = rig.join("page", "phone")
    rig.move(START)
    ask(rig, phone, "mute")
    phone.send(SpeakerClaim(on=True))
    rig.until(lambda: rig.runner.speaker == "phone")
    phone.send(SpeakerClaim(on=False))
    rig.until(lambda: rig.runner.speaker == "")
    assert rig.player.muted
    assert phone.last(SharedState).sound.muted


def test_at_the_end_everybody_gets_what_was_walked(rig: Rig) -> None:
    wire = rig.join()
    rig.move(START)
    rig.move(20_000)
    ask(rig, wire, "quit")
    rig.settle()
    walked = wire.last(WalkedSummary)
    assert (walked.walked, walked.complete, walked.asks) == (20_000, False, False)
    assert len(walked.effort_words) == 11
    wire.send(SummaryAnswers(5, effort=4))
    rig.until(lambda: any(isinstance(each, Answer) and each.id == 5 for each in wire.updates))
    assert wire.last(Answer) == Answer(5, done=False, why="nothing is kept of this session")
    late = rig.join()
    rig.until(lambda: "walked" in late.kinds())


def test_answers_are_refused_before_the_end(rig: Rig) -> None:
    wire = rig.join()
    wire.send(SummaryAnswers(5, effort=4))
    rig.until(lambda: wire.last(Answer) is not None)
    assert wire.last(Answer) == Answer(5, done=False, why="the session is not over")


def test_when_the_session_ends_its_clients_hear_of_it(rig: Rig) -> None:
    wire = rig.join()
    rig.shared.close()
    rig.until(lambda: wire.ended)
    assert wire.last(Goodbye) == Goodbye("the session is over", over=True)
    assert list(rig.directory.iterdir()) == []


def test_without_followers_a_change_asks_for_no_state(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a session that nobody follows pays nothing."""
    monkeypatch.setattr("retro_timer.remote.snapshot.shared_state", None)
    monkeypatch.setattr("retro_timer.remote.snapshot.shared_cues", None)
    rig.move(START)
    rig.move(30_000)


def test_a_client_of_another_version_hears_why(rig: Rig) -> None:
    wire = rig.connect(ClientHello(PROTOCOL + 1))
    rig.until(lambda: wire.ended)
    assert "newer" in wire.last(Goodbye).why
    older = rig.connect(ClientHello(PROTOCOL - 1))
    rig.until(lambda: older.ended)
    assert "older" in older.last(Goodbye).why
