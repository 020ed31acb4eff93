"""What screens ask of the history: reads files, so not for the event loop."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from retro_timer.ui.preferences import settings_of

if TYPE_CHECKING:
    from datetime import date

    from retro_timer.storage.history import History
    from retro_timer.storage.locale_units import Units
    from retro_timer.storage.model import Summary
    from retro_timer.storage.opening import Opened
    from retro_timer.today import Today
    from retro_timer.ui.services import Services

REMEMBERED: Final = timedelta(days=7)
"""For so long somebody remembers how the day after a walk was (design)."""


def units_of(services: Services) -> Units:
    """The walker's units."""
    from retro_timer.storage.locale_units import resolve_units  # noqa: PLC0415  (after the first frame)

    return resolve_units(settings_of(services).units, os.environ)


@dataclass(frozen=True, slots=True)
class Facts:
    """What Home says about the day.

    Attributes:
        today: the plan, the week and the streak.
        problems: one sentence for each thing that is not as it should be.
        unasked: the last walk, when it is not known how the day after it was.
    """

    today: Today
    problems: tuple[str, ...] = ()
    unasked: Summary | None = None


def facts_from(services: Services) -> Facts | None:
    """What Home says about the day; None where nothing is kept.

    Raises:
        StorageError: when the history cannot be read.
    """
    from retro_timer.storage.problems import DamagedError  # noqa: PLC0415  (after the first frame)

    keeper = services.keeper
    if keeper is None:
        return None
    opened = keeper.opened
    try:
        return _facts(services, opened)
    except DamagedError as damage:
        keeper.meet(damage, opened.history)
        return _facts(services, keeper.opened)


def _facts(services: Services, opened: Opened) -> Facts:
    today = _today(services, opened.history)
    problems = list(today.problems)
    if opened.set_aside:
        problems.insert(0, f"the history was damaged; it was set aside as {opened.set_aside.name}")
    if opened.problem:
        problems.insert(0, f"nothing is kept: {opened.problem}")
    return Facts(today, tuple(problems), _unasked(opened.history, today.day))


def today_from(services: Services, pain: int | None = None) -> Today | None:
    """What the day is about; None where nothing is kept.

    Raises:
        StorageError: when the history cannot be read.
    """
    return _today(services, services.keeper.history, pain) if services.keeper else None


def _today(services: Services, history: History, pain: int | None = None) -> Today:
    from retro_timer.today import today_of  # noqa: PLC0415  (after the first frame)

    week_start = units_of(services).week_start
    return today_of(history, settings_of(services), week_start, services.clock.wall(), pain)


def _unasked(history: History, today: date) -> Summary | None:
    """The last walk, when its day after is over or going on, and nobody has asked yet."""
    last = next(iter(history.page(limit=1)), None)
    if last is None or not last.state.is_over or last.feedback.next_day is not None:
        return None
    return last if timedelta(0) < today - last.day <= REMEMBERED else None
