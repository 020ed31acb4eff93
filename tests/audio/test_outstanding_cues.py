from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio.outstanding_cues import OutstandingCues
from retro_timer.audio.rules import AGAIN
from retro_timer.session.cue import SAFETY_KINDS, Cue, CueKind, Sound
from retro_timer.session.languages.english import LEFT
from retro_timer.session.ports import DueCue
from tests.audio.cues import cue, phase, tick

NOW = 1_000_000


def dues(outstanding: OutstandingCues, now: int = NOW) -> list[int]:
    return [sent.due for _, sent in outstanding.recover(now)]


def test_pending_cues_are_sent_again_unchanged() -> None:
    outstanding = OutstandingCues()
    outstanding.add([tick(NOW + 500), phase(NOW + 3000), cue(NOW + 9000, CueKind.HALFWAY)])
    assert dues(outstanding) == [NOW + 500, NOW + 3000, NOW + 9000]


@pytest.mark.parametrize("kind", sorted(AGAIN))
def test_a_lost_safety_cue_is_due_again_at_once_for_ten_seconds(kind: CueKind) -> None:
    outstanding = OutstandingCues()
    words = ("The backward bout:", "Six seconds.", "Left.")
    outstanding.add([DueCue(NOW - 10_000, Cue(0, kind, Sound.ATTENTION, words))])
    ((_, sent),) = outstanding.recover(NOW)
    assert (sent.due, sent.cue.sound, sent.cue.words) == (NOW, Sound.ATTENTION, ())  # the session says what is true now
    assert dues(outstanding, NOW + 10_001) == []


@pytest.mark.parametrize("kind", [CueKind.COUNT, CueKind.ANNOUNCE, CueKind.HALFWAY, CueKind.WHERE, CueKind.EDITED])
def test_a_cue_tied_to_its_moment_is_never_spoken_later(kind: CueKind) -> None:
    outstanding = OutstandingCues()
    outstanding.add([cue(NOW - 1100, kind)])
    assert dues(outstanding) == []


def test_only_the_current_phase_is_repeated() -> None:
    outstanding = OutstandingCues()
    outstanding.add([phase(NOW - 9000), phase(NOW - 4000), phase(NOW + 4000)])
    assert dues(outstanding) == [NOW, NOW + 4000]


def test_a_lost_phase_is_not_repeated_after_a_later_one_was_played() -> None:
    outstanding = OutstandingCues()
    (_, _), (heard, _) = outstanding.add([phase(NOW - 5000), phase(NOW - 3000)])
    outstanding.acknowledged(heard, begun=True)
    outstanding.acknowledged(heard, begun=False)
    assert dues(outstanding) == []


def test_a_phase_that_was_cut_off_by_the_loss_is_repeated() -> None:
    outstanding = OutstandingCues()
    ((ident, _),) = outstanding.add([phase(NOW - 2000)])
    outstanding.acknowledged(ident, begun=True)
    assert dues(outstanding) == [NOW]


def test_a_cancelled_cue_never_comes_back() -> None:
    outstanding = OutstandingCues()
    outstanding.add([phase(NOW - 2000), tick(NOW + 2000)])
    outstanding.clear(after=NOW)
    assert dues(outstanding) == [NOW]
    outstanding.clear()
    assert dues(outstanding) == []


def test_more_cues_than_fit_are_left_out() -> None:
    outstanding = OutstandingCues()
    assert len(outstanding.add(tick(NOW + n) for n in range(20_010))) == 20_000
    assert len(outstanding) == 20_000


def test_old_cues_are_forgotten() -> None:
    outstanding = OutstandingCues()
    outstanding.add([tick(NOW - 70_000), tick(NOW)])
    outstanding.expire(NOW)
    assert len(outstanding) == 1


def test_the_bell_rings_once_for_each_phase_and_tick_in_time() -> None:
    outstanding = OutstandingCues()
    outstanding.add([tick(NOW), phase(NOW + 1000), cue(NOW + 500, CueKind.HALFWAY), tick(NOW + 5000)])
    assert outstanding.next_ring() == NOW
    assert [outstanding.ring(NOW + at) for at in (-1, 0, 1, 600, 1001, 1002)] == [
        False,
        True,
        False,
        False,
        True,
        False,
    ]
    assert not outstanding.ring(NOW + 5300)
    assert outstanding.next_ring() is None


@given(st.lists(st.tuples(st.integers(-20_000, 20_000), st.sampled_from(CueKind)), max_size=30))
def test_recovery_sends_nothing_outdated_and_nothing_twice(cues: list[tuple[int, CueKind]]) -> None:
    outstanding = OutstandingCues()
    outstanding.add([cue(NOW + at, kind) for at, kind in cues])
    sent = outstanding.recover(NOW)
    assert len({ident for ident, _ in sent}) == len(sent)
    assert [due.due for _, due in sent] == sorted(due.due for _, due in sent)
    assert sum(at > 0 for at, _ in cues) == sum(due.due > NOW for _, due in sent)
    assert all(due.due > NOW - 1001 for _, due in sent)
    assert all(due.cue.kind in SAFETY_KINDS for _, due in sent if due.due == NOW and (0, due.cue.kind) not in cues)


@pytest.mark.parametrize("kind", sorted(AGAIN))
def test_a_dropped_safety_cue_that_is_still_true_is_due_again_until_ten_seconds_have_passed(kind: CueKind) -> None:
    outstanding = OutstandingCues()
    ((ident, sent),) = outstanding.add([cue(NOW, kind)])
    first = outstanding.dropped(ident, NOW + 1500)
    assert first is not None
    assert (first.cue, first.again, first.known) == (sent, cue(NOW + 1500, kind), False)
    second = outstanding.dropped(ident, NOW + 3000)
    assert second is not None
    assert second.known
    last = outstanding.dropped(ident, NOW + 10_001)
    assert last is not None
    assert last.again is None
    assert outstanding.dropped(ident, NOW + 10_002) is None


def test_a_dropped_cue_that_was_tied_to_its_moment_is_not_due_again() -> None:
    outstanding = OutstandingCues()
    ((ident, sent),) = outstanding.add([tick(NOW)])
    dropped = outstanding.dropped(ident, NOW + 300)
    assert dropped is not None
    assert (dropped.cue, dropped.again) == (sent, None)
    assert not len(outstanding)


def test_a_dropped_phase_is_not_due_again_after_a_later_one_was_played() -> None:
    outstanding = OutstandingCues()
    (lost, _), (heard, _) = outstanding.add([phase(NOW), phase(NOW + 2000)])
    outstanding.acknowledged(heard, begun=True)
    dropped = outstanding.dropped(lost, NOW + 2500)
    assert dropped is not None
    assert dropped.again is None


def test_a_cancelled_cue_is_not_missed() -> None:
    outstanding = OutstandingCues()
    ((ident, _),) = outstanding.add([phase(NOW)])
    outstanding.clear()
    assert outstanding.dropped(ident, NOW + 1500) is None
    assert outstanding.take_missed() == []


def test_cues_lost_in_an_outage_are_missed_and_played_or_repeated_ones_are_not() -> None:
    outstanding = OutstandingCues()
    (heard, _), *_ = outstanding.add([tick(NOW - 3000), tick(NOW - 2500), phase(NOW - 2000), tick(NOW + 500)])
    outstanding.acknowledged(heard, begun=True)
    assert dues(outstanding) == [NOW, NOW + 500]
    assert outstanding.take_missed() == [tick(NOW - 2500)]
    assert outstanding.take_missed() == []


@pytest.mark.parametrize(
    ("lost", "kind", "words"),
    [
        (1000, CueKind.PAUSED, ("Paused.",)),
        (250, CueKind.HALFWAY, ("Halfway.",)),
        (250, CueKind.WHERE, ("Backward:", "Six seconds.", LEFT)),  # what is left is true only then
    ],
)
def test_a_cue_that_is_a_little_late_is_sent_again_with_its_words_and_no_later(
    lost: int, kind: CueKind, words: tuple[str, ...]
) -> None:
    outstanding = OutstandingCues()
    late = DueCue(NOW - lost, Cue(0, kind, Sound.PAUSED, words, label="eyes up"))
    outstanding.add([late])
    assert [sent for _, sent in outstanding.recover(NOW)] == [late]
    assert dues(outstanding, NOW + 1) == []


def test_a_repeated_cue_is_only_its_sound() -> None:
    outstanding = OutstandingCues()
    lost = Cue(0, CueKind.PHASE, Sound.BACKWARD, ("Walk backward.",), label="eyes up")
    outstanding.add([DueCue(NOW - 1001, lost)])
    assert [sent for _, sent in outstanding.recover(NOW)] == [DueCue(NOW, Cue(0, CueKind.PHASE, Sound.BACKWARD))]


def test_a_lost_cue_without_a_sound_is_not_repeated() -> None:
    outstanding = OutstandingCues()
    outstanding.add([DueCue(NOW - 1001, Cue(0, CueKind.PHASE, words=("Walk backward.",)))])
    assert dues(outstanding) == []


def test_a_phase_that_another_one_followed_within_the_grace_is_over() -> None:
    outstanding = OutstandingCues()
    outstanding.add([phase(NOW - 500), phase(NOW), tick(NOW - 100)])
    assert dues(outstanding) == [NOW - 100, NOW]
    assert outstanding.take_missed() == [phase(NOW - 500)]


def test_a_cue_that_was_not_cancelled_is_missed_if_it_never_began() -> None:
    outstanding = OutstandingCues()
    outstanding.add([tick(NOW), tick(NOW + 5000)])
    outstanding.clear(after=NOW + 1000)
    outstanding.expire(NOW + 60_001)
    assert outstanding.take_missed() == [tick(NOW)]


def test_what_was_heard_before_the_loss_is_not_missed_later() -> None:
    outstanding = OutstandingCues()
    (heard, _), (over, _), _ = outstanding.add([tick(NOW), tick(NOW + 1), tick(NOW + 2)])
    outstanding.acknowledged(heard, begun=True)
    outstanding.acknowledged(over, begun=False)
    outstanding.expire(NOW + 60_000)
    assert len(outstanding) == 2  # a minute has not passed
    outstanding.expire(NOW + 60_003)
    assert (len(outstanding), outstanding.take_missed()) == (0, [tick(NOW + 2)])


def test_a_dropped_cue_is_repeated_without_the_length_and_the_label() -> None:
    outstanding = OutstandingCues()
    words = ("Walk backward.", "Two minutes.")
    ((ident, _),) = outstanding.add([DueCue(NOW, Cue(0, CueKind.PHASE, Sound.BACKWARD, words, label="eyes up"))])
    dropped = outstanding.dropped(ident, NOW + 1500)
    assert dropped is not None
    assert dropped.again == DueCue(NOW + 1500, Cue(0, CueKind.PHASE, Sound.BACKWARD, ("Walk backward.",)))


def test_the_phase_that_just_began_keeps_its_words() -> None:
    outstanding = OutstandingCues()
    begun = phase(NOW - 500, "Walk backward.")
    outstanding.add([begun])
    assert [sent for _, sent in outstanding.recover(NOW)] == [begun]
