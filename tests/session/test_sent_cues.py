"""Sent cues: which are cancelled or withdrawn, and where there is room for words."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.phases import Phase
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.languages.english import HALFWAY, IMPERATIVE, PAUSED
from retro_timer.session.ports import DueCue
from retro_timer.session.sent_cues import SentCues
from retro_timer.session.timeline import CueSettings
from retro_timer.testing import RecordingPlayer

HALFWAY_CUE = DueCue(5_000, Cue(5_000, CueKind.HALFWAY, words=(HALFWAY,)))
TICK = DueCue(7_000, Cue(7_000, CueKind.COUNT, Sound.TICK, caption="3"))
ANSWER = DueCue(9_000, Cue(9_000, CueKind.WHERE, words=(PAUSED,)))
CHANGE = DueCue(12_000, Cue(12_000, CueKind.PHASE, Sound.TURN, (IMPERATIVE[Phase.TURN],)))


def sent(*due_cues: DueCue, timeline_cues: tuple[DueCue, ...] = ()) -> tuple[SentCues, RecordingPlayer]:
    player = RecordingPlayer()
    cues = SentCues(player, CueSettings())
    cues.timeline_cues += timeline_cues
    cues.send([*due_cues, *timeline_cues])
    return cues, player


def test_cues_are_sent_to_the_player_and_reported_once_when_due() -> None:
    cues, player = sent(TICK, HALFWAY_CUE)
    assert player.queued == [HALFWAY_CUE, TICK]
    assert cues.next_due == 5_000
    assert cues.take_due(6_999) == [HALFWAY_CUE]
    assert cues.take_due(7_000) == [TICK]
    assert cues.take_due(8_000) == []
    assert cues.next_due is None


def test_nothing_is_sent_if_there_is_nothing_to_send() -> None:
    cues, player = sent()
    cues.send([])
    assert (player.queued, cues.next_due) == ([], None)


def test_a_cue_that_is_only_noted_is_reported_but_not_played() -> None:
    cues, player = sent()
    cues.note(TICK)
    assert player.queued == []
    assert cues.take_due(7_000) == [TICK]


def test_the_last_spoken_cue_and_its_origin_are_remembered() -> None:
    cues, _ = sent(ANSWER, timeline_cues=(HALFWAY_CUE, TICK))
    cues.take_due(8_000)
    assert (cues.voice, cues.voice_from_timeline) == (HALFWAY_CUE, True)  # a tick has no words
    assert cues.timeline_cues == []
    cues.take_due(9_000)
    assert (cues.voice, cues.voice_from_timeline) == (ANSWER, False)


@pytest.mark.parametrize("sounding", [True, False])
def test_cancelled_cues_are_neither_played_nor_reported(sounding: bool) -> None:
    cues, player = sent(ANSWER, timeline_cues=(HALFWAY_CUE, CHANGE))
    cues.take_due(5_000)
    cues.cancel(6_000, sounding=sounding)
    assert (player.queued, player.silenced) == ([], int(sounding))
    assert cues.take_due(20_000) == []
    assert cues.timeline_cues == []
    assert cues.voice is (None if sounding else HALFWAY_CUE)


def test_announcements_are_withdrawn_and_everything_else_stays_queued() -> None:
    cues, player = sent(ANSWER, TICK, timeline_cues=(CHANGE,))
    cues.withdraw(6_000, (CueKind.WHERE, CueKind.PHASE))
    assert player.queued == [TICK, CHANGE]
    assert cues.take_due(20_000) == [TICK, CHANGE]


def test_what_is_being_said_can_be_withdrawn_too() -> None:
    cues, player = sent(ANSWER, TICK, timeline_cues=(CHANGE,))
    cues.take_due(9_000)
    cues.withdraw(9_100, (CueKind.WHERE,), sounding=True)
    assert (player.silenced, player.queued, cues.voice) == (1, [CHANGE], None)
    assert not cues.has(CueKind.WHERE, 9_100)
    cues.withdraw(9_200, (CueKind.WHERE,), sounding=True)
    assert player.silenced == 1


def test_other_words_are_not_silenced_with_what_is_withdrawn() -> None:
    cues, player = sent(HALFWAY_CUE, ANSWER)
    cues.take_due(5_000)
    cues.withdraw(5_100, (CueKind.WHERE,), sounding=True)
    assert (player.silenced, player.queued, cues.voice) == (0, [], HALFWAY_CUE)


def test_nothing_is_cancelled_if_there_is_nothing_to_withdraw() -> None:
    cues, player = sent(timeline_cues=(CHANGE,))
    cues.withdraw(6_000, (CueKind.PHASE,))
    assert (player.cancels, player.queued) == (0, [CHANGE])


def test_a_cue_is_pending_until_it_has_been_spoken() -> None:
    cues, _ = sent(ANSWER)
    assert cues.has(CueKind.WHERE, 0)
    assert not cues.has(CueKind.EDITED, 0)
    cues.take_due(9_000)
    assert cues.has(CueKind.WHERE, cues.end_of(ANSWER) - 1)
    assert not cues.has(CueKind.WHERE, cues.end_of(ANSWER))


def test_words_are_placed_where_they_overlap_no_others() -> None:
    cues, _ = sent(HALFWAY_CUE, TICK, CHANGE)
    assert cues.free_from(0, 5_000) == 0
    assert cues.free_from(0, 5_001) == cues.end_of(HALFWAY_CUE)
    assert cues.free_from(6_500, 1_000) == 6_500  # a tick can sound during words
    assert cues.free_from(11_500, 501) == cues.end_of(CHANGE)
