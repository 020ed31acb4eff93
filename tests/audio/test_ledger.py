from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio.ledger import MOST, Ledger
from retro_timer.audio.rules import AGAIN, AGAIN_MS
from retro_timer.session.cue import SAFETY_KINDS, CueKind
from tests.audio.cues import cue, phase, tick

NOW = 1_000_000


def dues(ledger: Ledger, now: int = NOW) -> list[int]:
    return [sent.due for _, sent in ledger.recover(now)]


def test_what_is_to_come_is_sent_again_as_it_was() -> None:
    ledger = Ledger()
    ledger.add([tick(NOW + 500), phase(NOW + 3000), cue(NOW + 9000, CueKind.HALFWAY)])
    assert dues(ledger) == [NOW + 500, NOW + 3000, NOW + 9000]


@pytest.mark.parametrize("kind", sorted(AGAIN))
def test_a_lost_safety_cue_is_due_again_at_once_for_ten_seconds(kind: CueKind) -> None:
    ledger = Ledger()
    ledger.add([cue(NOW - AGAIN_MS, kind)])
    assert dues(ledger) == [NOW]
    assert dues(ledger, NOW + AGAIN_MS + 1) == []


@pytest.mark.parametrize("kind", [CueKind.COUNT, CueKind.ANNOUNCE, CueKind.HALFWAY, CueKind.WHERE, CueKind.EDITED])
def test_what_was_bound_to_its_moment_is_never_said_afterwards(kind: CueKind) -> None:
    ledger = Ledger()
    ledger.add([cue(NOW - 1100, kind)])
    assert dues(ledger) == []


def test_only_the_phase_that_runs_is_said_again() -> None:
    ledger = Ledger()
    ledger.add([phase(NOW - 9000), phase(NOW - 4000), phase(NOW + 4000)])
    assert dues(ledger) == [NOW, NOW + 4000]


def test_a_lost_phase_is_not_said_again_when_a_later_one_was_heard() -> None:
    ledger = Ledger()
    (_, _), (heard, _) = ledger.add([phase(NOW - 5000), phase(NOW - 3000)])
    ledger.acknowledged(heard, begun=True)
    ledger.acknowledged(heard, begun=False)
    assert dues(ledger) == []


def test_a_phase_that_was_cut_off_by_the_loss_is_said_again() -> None:
    ledger = Ledger()
    ((ident, _),) = ledger.add([phase(NOW - 2000)])
    ledger.acknowledged(ident, begun=True)
    assert dues(ledger) == [NOW]


def test_a_cancelled_cue_never_comes_back() -> None:
    ledger = Ledger()
    ledger.add([phase(NOW - 2000), tick(NOW + 2000)])
    ledger.clear(after=NOW)
    assert dues(ledger) == [NOW]
    ledger.clear()
    assert dues(ledger) == []


def test_more_cues_than_fit_are_left_out() -> None:
    ledger = Ledger()
    assert len(ledger.add(tick(NOW + n) for n in range(MOST + 10))) == MOST
    assert len(ledger) == MOST


def test_what_is_long_past_is_forgotten() -> None:
    ledger = Ledger()
    ledger.add([tick(NOW - 70_000), tick(NOW)])
    ledger.expire(NOW)
    assert len(ledger) == 1


def test_the_bell_rings_once_for_each_phase_and_tick_in_time() -> None:
    ledger = Ledger()
    ledger.add([tick(NOW), phase(NOW + 1000), cue(NOW + 500, CueKind.HALFWAY), tick(NOW + 5000)])
    assert ledger.next_ring() == NOW
    assert [ledger.ring(NOW + at) for at in (-1, 0, 1, 600, 1001, 1002)] == [False, True, False, False, True, False]
    assert not ledger.ring(NOW + 5300)
    assert ledger.next_ring() is None


@given(st.lists(st.tuples(st.integers(-20_000, 20_000), st.sampled_from(CueKind)), max_size=30))
def test_recovery_sends_nothing_untrue_and_nothing_twice(cues: list[tuple[int, CueKind]]) -> None:
    ledger = Ledger()
    ledger.add([cue(NOW + at, kind) for at, kind in cues])
    sent = ledger.recover(NOW)
    assert len({ident for ident, _ in sent}) == len(sent)
    assert [due.due for _, due in sent] == sorted(due.due for _, due in sent)
    assert sum(at > 0 for at, _ in cues) == sum(due.due > NOW for _, due in sent)
    assert all(due.due > NOW - 1001 for _, due in sent)
    assert all(due.cue.kind in SAFETY_KINDS for _, due in sent if due.due == NOW and (0, due.cue.kind) not in cues)
