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


def test_what_is_pending_is_known_in_order_with_and_without_its_moments() -> None:
    cues, _ = sent(TICK, CHANGE, HALFWAY_CUE)
    assert list(cues.pending) == [HALFWAY_CUE, TICK, CHANGE]
    assert list(cues.coming) == [HALFWAY_CUE.cue, TICK.cue, CHANGE.cue]
    cues.take_due(7_000)
    assert list(cues.pending) == [CHANGE]
    assert list(cues.coming) == [CHANGE.cue]


def test_a_cue_of_the_timeline_is_one_until_it_is_due() -> None:
    cues, _ = sent(timeline_cues=(HALFWAY_CUE, CHANGE))
    cues.take_due(4_999)
    assert cues.timeline_cues == [HALFWAY_CUE, CHANGE]
    cues.take_due(5_000)
    assert cues.timeline_cues == [CHANGE]


def test_a_cue_that_is_due_now_is_not_withdrawn() -> None:
    cues, player = sent(ANSWER, CHANGE)
    cues.withdraw(9_000, (CueKind.WHERE,), sounding=True)
    assert (player.cancels, cues.take_due(9_000)) == (0, [ANSWER])
    cues, player = sent(ANSWER, CHANGE)
    cues.withdraw(8_999, (CueKind.WHERE,))
    assert (player.queued, cues.pending) == ([CHANGE], (CHANGE,))


def test_words_that_are_over_are_not_silenced_and_those_of_a_pending_cue_are_only_withdrawn() -> None:
    cues, player = sent(ANSWER)
    cues.take_due(9_000)
    cues.withdraw(cues.end_of(ANSWER), (CueKind.WHERE,), sounding=True)
    assert (player.silenced, cues.voice) == (0, ANSWER)
    cues.withdraw(cues.end_of(ANSWER) - 1, (CueKind.WHERE,))
    assert (player.silenced, cues.voice) == (0, ANSWER)
    cues.withdraw(cues.end_of(ANSWER) - 1, (CueKind.WHERE,), sounding=True)
    assert (player.silenced, cues.voice) == (1, None)


def test_withdrawing_one_cue_does_not_silence_another_that_is_being_said() -> None:
    cues, player = sent(HALFWAY_CUE, ANSWER)
    cues.take_due(5_000)
    cues.withdraw(5_100, (CueKind.WHERE,), sounding=True)
    assert (player.cancels, player.silenced, cues.voice) == (1, 0, HALFWAY_CUE)


def test_the_last_cue_of_a_kind_is_the_latest_before_a_position() -> None:
    cues, _ = sent()
    assert cues.last(CueKind.COUNT, 60_000) is None
    first, second = (DueCue(1000 + at, Cue(at, CueKind.COUNT, Sound.TICK, caption="3")) for at in (4_000, 6_000))
    other = DueCue(6_500, Cue(5_500, CueKind.HALFWAY, words=(HALFWAY,)))
    cues.send([first, second, other])
    assert cues.last(CueKind.COUNT, 4_000) is None
    assert cues.last(CueKind.COUNT, 4_001) is first.cue
    assert cues.last(CueKind.COUNT, 6_000) is first.cue
    assert cues.last(CueKind.COUNT, 6_001) is second.cue
    assert cues.last(CueKind.HALFWAY, 60_000) is other.cue
    assert cues.last(CueKind.PHASE, 60_000) is None
    cues.take_due(5_000)
    assert cues.last(CueKind.COUNT, 6_000) is first.cue
    assert cues.last(CueKind.COUNT, 6_001) is second.cue
    cues.take_due(7_000)
    assert cues.last(CueKind.COUNT, 0) is second.cue


def test_how_long_words_go_on() -> None:
    cues, _ = sent()
    assert cues.spoken_until(500) == 500
    cues.send([TICK])
    assert cues.spoken_until(500) == 500  # nothing is said
    cues.send([ANSWER, HALFWAY_CUE])
    assert cues.spoken_until(500) == cues.end_of(ANSWER)
    cues.take_due(9_000)
    assert cues.spoken_until(9_100) == cues.end_of(ANSWER)
    assert cues.spoken_until(cues.end_of(ANSWER) + 1) == cues.end_of(ANSWER) + 1


def test_a_number_of_a_count_takes_its_second() -> None:
    cues, _ = sent()
    number = DueCue(7_000, Cue(7_000, CueKind.COUNT, words=("Three.",)))
    assert cues.end_of(number) == 8_000
    assert cues.end_of(TICK) == 8_000
    assert cues.end_of(HALFWAY_CUE) == 5_000 + CueSettings().duration_ms(HALFWAY_CUE.cue)
    cues.send([number])
    assert cues.free_from(7_500, 100) == 8_000
    assert cues.free_from(6_000, 1_000) == 6_000
    assert cues.free_from(6_000, 1_001) == 8_000
    assert cues.free_from(8_000, 5_000) == 8_000
