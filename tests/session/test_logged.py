"""Logged sessions: they add up, and their ids say that the timer did not run them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.events import PauseReason
from retro_timer.session.history import Feedback, Start
from retro_timer.session.logged import Origin, Spell, logged_id, logged_session, origin_of
from retro_timer.session.record import IntervalRecord, Leaving, PauseRecord
from retro_timer.session.spent import Spent
from retro_timer.storage.rows import checked, wrong_sums
from retro_timer.storage.transfer import problem_with
from tests.formats.workouts import workouts

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
START = Start(logged_id(b"0123456789abcdef", Origin.HAND), NOON, "UTC")


@settings(max_examples=30)
@given(workouts(), st.randoms(use_true_random=False))
def test_a_logged_session_adds_up(workout: Workout, random) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    as_planned = logged_session(START, workout, Feedback(effort=4))
    assert problem_with(as_planned, NOON) == ""
    assert as_planned.summary.totals.completion == 1
    assert as_planned.summary.totals.incomplete == 0
    spells = [Spell(random.randrange(100_000), random.choice((0, 5000))) for _ in flatten(workout)]
    differently = logged_session(START, workout, Feedback(), spells=spells)
    assert wrong_sums(differently) == ""
    assert differently.summary.spent.walked == sum(spell.walked for spell in spells)
    assert differently.summary.spent.paused == sum(spell.paused for spell in spells)


def test_a_bout_ends_at_a_turn_and_at_a_pause() -> None:
    workout = parse("back 1m, back 30s, turn 10s, back 1m, fwd 1m")
    assert logged_session(START, workout, Feedback()).summary.totals.longest_backward == 90_000
    spells = [Spell(60_000, 1), Spell(30_000), Spell(10_000), Spell(61_000), Spell(60_000)]
    assert logged_session(START, workout, Feedback(), spells=spells).summary.totals.longest_backward == 61_000
    unknown = logged_session(START, workout, Feedback(), longest_backward=0)
    assert unknown.summary.totals.longest_backward == 0


@pytest.mark.parametrize(
    ("notation", "pauses", "longest"),
    [
        ("fwd 1m, back 1m, back 30s, turn 5s", [0, 0, 0, 0], 90_000),
        ("fwd 1m, back 1m, back 30s, turn 5s", [0, 1, 0, 0], 60_000),
        ("fwd 1m, back 30s, back 40s, back 50s", [0, 1, 0, 7], 90_000),
        ("fwd 1m, back 1m, turn 5s, back 2m", [1, 0, 0, 0], 120_000),
        ("fwd 1m, turn 5s", [0, 0], 0),
        ("back 1s", [1], 1000),
    ],
)
def test_backward_bouts_in_a_row_are_one(notation: str, pauses: list[int], longest: int) -> None:
    workout = parse(notation)
    lengths = [entry.duration * 1000 for entry in flatten(workout)]
    spells = [Spell(walked, paused) for walked, paused in zip(lengths, pauses, strict=True)]
    assert logged_session(START, workout, Feedback(), spells=spells).summary.totals.longest_backward == longest


def test_every_interval_and_pause_of_a_logged_session() -> None:
    workout = parse('fwd 1m @2.0km/h, 2x(back 30s "slowly" | turn 5s)')
    spells = [Spell(50_000, 4_000), Spell(30_000), Spell(6_000, 3_000), Spell(29_000)]
    session = logged_session(START, workout, Feedback(), spells=spells)
    assert session.intervals == (
        IntervalRecord(0, Phase.FORWARD, 60, 60, 0, 50_000, 0, Leaving.COMPLETE, None, None, 2.0, ""),
        IntervalRecord(1, Phase.BACKWARD, 30, 30, 54_000, 30_000, 0, Leaving.COMPLETE, 1, 2, None, "slowly"),
        IntervalRecord(2, Phase.TURN, 5, 5, 84_000, 6_000, 0, Leaving.COMPLETE, 1, 2, None, ""),
        IntervalRecord(3, Phase.BACKWARD, 30, 30, 93_000, 29_000, 0, Leaving.COMPLETE, 2, 2, None, "slowly"),
    )
    assert session.pauses == (
        PauseRecord(50_000, 50_000, 4_000, PauseReason.WALKER),
        PauseRecord(90_000, 86_000, 3_000, PauseReason.WALKER),
    )
    assert session.summary.spent == Spent(walked=115_000, paused=7_000)
    assert session.summary.totals.longest_backward == 30_000


def test_an_id_keeps_what_identifies_the_session() -> None:
    content = bytes.fromhex("0011223344556677f899aabbccddeeff")
    assert logged_id(content, Origin.HAND) == "00112233-4455-8177-8899-aabbccddeeff"
    assert logged_id(content, Origin.IMPORT) == "00112233-4455-8277-8899-aabbccddeeff"


@given(st.binary(min_size=16, max_size=16), st.sampled_from([Origin.HAND, Origin.IMPORT]))
def test_an_id_says_where_its_session_comes_from(content: bytes, origin: Origin) -> None:
    made = logged_id(content, origin)
    assert origin_of(made) is origin
    assert uuid.UUID(made).version == 8
    assert uuid.UUID(made).variant == uuid.RFC_4122
    assert origin_of(str(uuid.uuid4())) is Origin.TIMER
    assert checked({"uuid": made, "started": NOON, "zone": ""}, Start).uuid == made
