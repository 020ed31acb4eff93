"""The past: what the plan and the streak make of everything but the last weeks, kept so that it is read only once.

The plan judges every walk by where the walker stood before it, from the first one on. So that a long history is not
read again each time a screen opens, marks are left in it: what everything up to a walk comes to. The file itself
forgets a mark when something at or before it changes (`storage.schema`); what follows the mark before it is read again.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta, Struct

from retro_timer import __version__
from retro_timer.scheduling.plan import Past, past_after
from retro_timer.scheduling.plan_rules import Standing
from retro_timer.scheduling.plan_weeks import LEVELS, TOP
from retro_timer.scheduling.practice import MAX_SECONDS, NextDay, Practice, problem_with
from retro_timer.scheduling.week import Run
from retro_timer.storage.practice import AFTER_ALL, BEGINNING, Key, Practised, keyed_practices, untrue_practices
from retro_timer.storage.problems import StorageError
from retro_timer.storage.wire import Score, Word  # noqa: TC001  (msgspec reads the annotations)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from retro_timer.scheduling.units import WeekStart
    from retro_timer.storage.history import History

    Walks = Sequence[tuple[Key, Practice]]

OPEN: Final = timedelta(days=14)
"""For so long walks are read as they are: this week's are counted one by one, and answers come within a week."""
STEP: Final = 50
"""Walks between two marks: so many are read at most besides those of the last two weeks."""
MARK_QUERY: Final = """
    SELECT day, started, session, past FROM marks
    WHERE day <= ? AND (start = ? OR ? IS NULL) AND week_start = ? AND made_by = ?
    ORDER BY day DESC, started DESC, session DESC LIMIT 1
"""
_STATE: Final = ("PRAGMA data_version", "SELECT total_changes()")
_KEEP: Final = """
    INSERT OR REPLACE INTO marks (day, started, session, start, week_start, made_by, past) VALUES (?, ?, ?, ?, ?, ?, ?)
"""

_Count = Annotated[int, Meta(ge=0)]
_Length = Annotated[int, Meta(ge=0, le=MAX_SECONDS)]


class _PracticeData(Struct, frozen=True, array_like=True):
    """A `Practice`."""

    day: date
    preset: Word | None
    complete: bool
    effort: Score | None
    stumble: bool | None
    fall: bool | None
    pain_before: Score | None
    pain_after: Score | None
    next_day: NextDay | None
    walked_seconds: _Length
    backward_seconds: _Length
    longest_bout: _Length
    share: Annotated[float, Meta(ge=0, le=1)]


class _PastData(Struct, frozen=True, array_like=True):
    """A `Past`."""

    index: Annotated[int, Meta(ge=0, le=TOP)]
    done: list[_PracticeData]
    carried: _Count
    strays: list[_PracticeData]
    weeks: _Count
    forgiven: _Count
    last: date | None
    kept: list[_PracticeData]


def lately_of(history: History, now: datetime, week_start: WeekStart, start: str | None = None) -> Practised:
    """The walks of the last weeks, and what those before them come to.

    Args:
        history: what was walked.
        now: the wall clock.
        week_start: the first day of a week.
        start: the rung the plan starts from; None where the standing is not asked for.

    Raises:
        StorageError: when the history cannot be read.
    """
    today = now.date()
    state = _state(history)
    key, before = _last_mark(history, today, week_start, start) or (BEGINNING, None)
    walks = keyed_practices(history, now, key)
    good = _true(walks, today)
    marks = list(_marks(good, today, week_start, start, before))
    if marks:
        _keep(history, marks, week_start, start, state)
        good = good[len(marks) * STEP :]
        key, before = marks[-1]
    told = [*untrue_practices(history, now, walks[0][0] if walks else AFTER_ALL), *walks]
    problems = filter(None, (problem_with(practice, today) for _, practice in told))
    return Practised(
        tuple(practice for _, practice in good), tuple(f"{problem}; it is left out" for problem in problems), before
    )


def _true(walks: Walks, today: date) -> Walks:
    return [walk for walk in walks if problem_with(walk[1], today) is None]


def _marks(
    walks: Walks, today: date, week_start: WeekStart, start: str | None, before: Past | None
) -> Iterator[tuple[Key, Past]]:
    """A mark after each so many walks, as far as they are over for long enough."""
    for first in range(0, len(walks) - STEP + 1, STEP):
        step = walks[first : first + STEP]
        key, last = step[-1]
        if last.day > today - OPEN:
            return
        before = past_after([practice for _, practice in step], start or LEVELS[0].rung, week_start, before)
        yield key, before


def _last_mark(history: History, today: date, week_start: WeekStart, start: str | None) -> tuple[Key, Past] | None:
    """The last mark before the weeks that are read as they are."""
    last_day = (today - OPEN).toordinal()
    rows = history.database.read(MARK_QUERY, (last_day, start, start, week_start, __version__))
    for day, started, session, past in rows:
        with suppress(msgspec.MsgspecError):  # changed by hand: it is made again
            return Key(day, started, session), _decoded(past)
    return None


def _keep(
    history: History, marks: Sequence[tuple[Key, Past]], week_start: WeekStart, start: str | None, state: list[object]
) -> None:
    """Leave marks, unless the history was changed since it was read, or cannot be written."""
    rung = start or LEVELS[0].rung
    with suppress(StorageError), history.database.writing() as connection:
        if _state(history) == state:
            rows = [(*key, rung, week_start, __version__, _encoded(past)) for key, past in marks]
            connection.executemany(_KEEP, rows)


def _state(history: History) -> list[object]:
    """Something that is another one after any change to the history, by whatever connection."""
    return [history.database.read(query)[0][0] for query in _STATE]


def _encoded(past: Past) -> bytes:
    standing, run = past.standing, past.run
    done, strays, kept = (
        [msgspec.convert(practice, _PracticeData, from_attributes=True) for practice in practices]
        for practices in (standing.done, standing.strays, past.kept)
    )
    return msgspec.json.encode(_PastData(standing.index, done, standing.carried, strays, *run, kept))


def _decoded(past: bytes) -> Past:
    data = msgspec.json.decode(past, type=_PastData)
    done, strays, kept = (
        tuple(Practice(**msgspec.structs.asdict(practice)) for practice in practices)
        for practices in (data.done, data.strays, data.kept)
    )
    return Past(Standing(data.index, done, data.carried, strays), Run(data.weeks, data.forgiven, data.last), kept)
