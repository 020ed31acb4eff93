"""Logged sessions: they add up, and their ids say that the timer did not run them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.history import Feedback, Start
from retro_timer.session.logged import Origin, Spell, logged_id, logged_session, origin_of
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


@given(st.binary(min_size=16, max_size=16), st.sampled_from([Origin.HAND, Origin.IMPORT]))
def test_an_id_says_where_its_session_comes_from(content: bytes, origin: Origin) -> None:
    made = logged_id(content, origin)
    assert origin_of(made) is origin
    assert uuid.UUID(made).version == 8
    assert uuid.UUID(made).variant == uuid.RFC_4122
    assert origin_of(str(uuid.uuid4())) is Origin.TIMER
    assert checked({"uuid": made, "started": NOON, "zone": ""}, Start).uuid == made
