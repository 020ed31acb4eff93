"""When the backward walk test is offered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from retro_timer.session.history import NextDay
from retro_timer.training.walk_test import is_due, is_fit, why_not
from tests.training.simulation import MONDAY, done

TODAY = MONDAY + timedelta(days=20)


def test_it_is_offered_once_a_month() -> None:
    assert is_due(None, TODAY)
    assert is_due(TODAY - timedelta(days=30), TODAY)
    assert not is_due(TODAY - timedelta(days=29), TODAY)


def test_it_is_offered_after_three_sessions() -> None:
    entries = [done(MONDAY + timedelta(days=day), "first-try") for day in range(3)]
    assert is_fit(entries, TODAY)
    assert not is_fit(entries[:2], TODAY)
    assert not is_fit([*entries[:2], done(MONDAY, "first-try", as_planned=False)], TODAY)


@pytest.mark.parametrize(
    ("changes", "days", "says"),
    [
        ({"stumble": True}, 14, "stumbled"),
        ({"fall": True}, 14, "fell"),
        ({"pain_after": 4}, 7, "pain"),
        ({"pain_before": 4}, 7, "pain"),
        ({"next_day": NextDay.PAIN}, 7, "pain"),
        ({"next_day": NextDay.SORE}, 7, "pain"),
    ],
)
def test_a_recent_stumble_or_pain_speaks_against_it(changes: dict[str, object], days: int, says: str) -> None:
    entries = [*(done(MONDAY, "first-try") for _ in range(3)), done(TODAY - timedelta(days=days - 1), None, **changes)]
    assert says in why_not(entries, TODAY)
    assert not is_fit(entries, TODAY)
    assert not why_not(entries, TODAY + timedelta(days=1))
    assert not why_not([done(TODAY, "first-try", pain_after=3, next_day=NextDay.MUSCLES)], TODAY)
