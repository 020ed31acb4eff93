"""Data from the history for screens. Reads files, so not for the event loop."""

from __future__ import annotations

import os
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from retro_timer.session.record import SessionStatus
from retro_timer.ui.preferences import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from retro_timer.config.locale import Units
    from retro_timer.runtime.services import Services
    from retro_timer.runtime.today import Today
    from retro_timer.scheduling.model import Block
    from retro_timer.session.history import SessionSummary
    from retro_timer.storage.history import History
    from retro_timer.storage.open import OpenedHistory
    from retro_timer.storage.store import Store

REMEMBERED: Final = timedelta(days=7)
"""How long a walker remembers the day after a session (design)."""
ASKED_AGAIN: Final = timedelta(days=2)
"""How long after a session its unanswered questions may be asked again."""


def units_of(services: Services) -> Units:
    """The walker's units."""
    from retro_timer.config.locale import resolve_units

    return resolve_units(settings_of(services).units, os.environ)


class Facts(Struct, frozen=True):
    """The data about today for Home.

    Attributes:
        today: the plan, the week and the streak.
        problems: one sentence for each problem.
        day_after_due: the last session that counts, if the question about the day after is still open.
        unanswered: the last session that counts, if questions from its end are open and may be asked again.
        repairable: whether there is damage that no repair has been tried on.
        test_due: whether the backward walk test is offered.
        last_walked: the day on which each workout in the latest sessions was last walked, by workout id.
    """

    today: Today
    problems: tuple[str, ...] = ()
    day_after_due: SessionSummary | None = None
    unanswered: SessionSummary | None = None
    repairable: bool = False
    test_due: bool = False
    last_walked: Mapping[str, date] = MappingProxyType({})


def facts_from(services: Services) -> Facts | None:
    """The data about today for Home; None without a store.

    Raises:
        StorageError: if the history cannot be read.
    """
    store = services.store
    return store.read(lambda opened: _facts(services, store, opened)) if store else None


def _facts(services: Services, store: Store, opened: OpenedHistory) -> Facts:
    today = _today(services, opened.history)
    unreadable = (str(session) for session in opened.history.quarantined() if not session.tried)
    problems = [*store.warnings, *unreadable, *today.problems]
    if opened.set_aside and opened.set_aside.exists():  # it is renamed after a repair
        problems.insert(0, f"the history was damaged; it was set aside as {opened.set_aside.name}")
    if opened.problem:
        problems.insert(0, f"nothing is saved: {opened.problem}")
    # An interrupted session waits for its own decision; the questions are about the one before it.
    latest = opened.history.page()
    last = next((session for session in latest if session.state.is_over and session.counts), None)
    day_of = settings_of(services).plan.day_of
    ago = today.day - day_of(last.start.started) if last else timedelta(0)
    return Facts(
        today,
        tuple(problems),
        day_after_due=last if last and _is_day_after_due(last, ago) else None,
        unanswered=last if last and _is_unanswered(last, ago, opened.history) else None,
        repairable=store.repairable,
        test_due=today.fit_for_test and _is_test_due(opened.history, today.day, day_of),
        last_walked={
            session.planned.workout_id: day_of(session.start.started) for session in reversed(latest) if session.counts
        },
    )


def today_from(services: Services, pain: int | None = None) -> Today | None:
    """Today's advice, week and streak; None without a store.

    Raises:
        StorageError: if the history cannot be read.
    """
    return _today(services, services.store.history, pain) if services.store else None


def achievement_from(services: Services, summary: SessionSummary) -> str:
    """The title for the first walk or a record, if a session in the history is one, in capitals; otherwise empty.

    Raises:
        StorageError: if the history cannot be read.
    """
    if services.store is None or not summary.totals.backward:
        return ""
    history = services.store.history
    if all(session.uuid == summary.uuid for session in history.page() if session.counts):
        return "FIRST WALK DONE" if summary.state is SessionStatus.FINISHED else ""
    bests = history.bests()
    if bests.longest_backward and bests.longest_backward.uuid == summary.uuid:
        return "LONGEST BOUT YET"
    if bests.most_backward and bests.most_backward.uuid == summary.uuid:
        return "MOST BACKWARD YET"
    return ""


def speed_warning_from(services: Services, blocks: Iterable[Block]) -> str:
    """The warning about the backward speeds of a workout, as one sentence; empty if they are fine."""
    from retro_timer.training import speeds

    beginner = speeds.depends_on_level(blocks) and speeds.is_beginner(_level(services))
    return speeds.blocks_warning(blocks, beginner=beginner, imperial=services.imperial)


def _level(services: Services) -> str | None:
    """The workout of the plan's level, or else the preset that the walker chose; None if unknown."""
    from retro_timer.runtime.today import level_to_warn_for
    from retro_timer.storage.errors import StorageError

    try:
        return level_to_warn_for(today_from(services), settings_of(services).plan)
    except StorageError:
        return None  # Home reports the error


def _today(services: Services, history: History, pain: int | None = None) -> Today:
    from retro_timer.runtime.today import today_of

    week_start = units_of(services).week_start
    return today_of(history, settings_of(services), week_start, services.clock.wall(), pain=pain, paths=services.paths)


def _is_test_due(history: History, today: date, day_of: Callable[[datetime], date]) -> bool:
    from retro_timer.storage.walk_tests import walk_tests
    from retro_timer.training.walk_test import is_due

    tests = walk_tests(history)
    return is_due(day_of(tests[-1].started) if tests else None, today)


def why_no_walk_test(services: Services) -> str:
    """Why the walker should not take the backward walk test now, as one sentence; empty if there is no reason.

    Raises:
        StorageError: if the history cannot be read.
    """
    from retro_timer.runtime import walk_test_report

    if services.store is None:
        return ""
    return walk_test_report.why_no_walk_test(services.store.history, services.clock.wall(), settings_of(services))


def _is_day_after_due(last: SessionSummary, ago: timedelta) -> bool:
    """Whether to ask about the day after the last session: it has begun, is recent, and has not been asked about."""
    return last.feedback.next_day is None and timedelta(0) < ago <= REMEMBERED


def _is_unanswered(last: SessionSummary, ago: timedelta, history: History) -> bool:
    """Whether to ask the open questions from the end of the last session again: it is recent, and not declined."""
    if last.feedback.is_complete or not timedelta(0) <= ago <= ASKED_AGAIN:
        return False
    return not history.is_declined(last.uuid)
