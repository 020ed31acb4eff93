"""Importing past activities and listed sessions: recognizes files, and adds what the history does not have yet."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from retro_timer.errors import UserError
from retro_timer.formats.activity_csv import is_activity_list, read_activity_list
from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import read_file
from retro_timer.formats.past_activity import (
    MAX_ACTIVITY_BYTES,
    PastActivities,
    checked_activity,
    in_phases,
    laid_over,
    session_from,
)
from retro_timer.formats.tcx_past import TAG, read_tcx_activities
from retro_timer.runtime.walk_times import overlapping
from retro_timer.scheduling.notation import phase_word
from retro_timer.session.history import calendar_day
from retro_timer.session.states import shown_seconds
from retro_timer.storage.listed_sessions import Listed, is_listed_csv, is_listed_json, read_listed_csv, read_listed_json
from retro_timer.storage.transfer import Imported, import_sessions, left_out
from retro_timer.text import clock_time, file_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from retro_timer.formats.past_activity import PastActivity
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import SessionSummary, StoredSession
    from retro_timer.storage.history import History

HEAD: Final = 4096
"""Bytes at the beginning of a file by which it is recognized."""
_SLACK: Final = timedelta(seconds=2)
"""Files round moments: activities that follow one another must not count as overlapping."""


class Past(StrEnum):
    """The kinds of files with past sessions; the values are for messages."""

    FIT = "FIT"
    TCX = "TCX"
    TABLE = "CSV"
    LISTED_JSON = "history --json"
    LISTED_CSV = "history --csv"

    @property
    def is_ours(self) -> bool:
        """Whether it is one of our own lists."""
        return self in (Past.LISTED_JSON, Past.LISTED_CSV)


def past_in(file: Path) -> Past | None:
    """The kind of a file with past sessions, by how it begins; None for any other file, and for an unreadable one."""
    try:
        if not file.is_file():
            return None
        with file.open("rb") as opened:
            head = opened.read(HEAD)
    except (OSError, ValueError):
        return None
    return _kind(head)


def _kind(head: bytes) -> Past | None:
    """The kind of a file that begins like this."""
    recognized = {
        Past.FIT: head[8:12] == b".FIT",
        Past.LISTED_JSON: is_listed_json(head),
        Past.LISTED_CSV: is_listed_csv(head),
    }
    for past, is_it in recognized.items():
        if is_it:
            return past
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", errors="ignore")
    if TAG in text.lower():
        return None if "<workouts" in text.lower() else Past.TCX
    return Past.TABLE if is_activity_list(text) else None


def read_activities(file: Path, past: Past, now: datetime) -> PastActivities:
    """The activities in a file.

    Raises:
        FormatError: if it cannot be read, or every activity is impossible; names the file.
    """
    try:
        return _possible(_reader(past)(_contents(file)), now)
    except FormatError as error:
        raise error.named(file_name(file)) from error


def _possible(read: PastActivities, now: datetime) -> PastActivities:
    """The activities that are possible.

    Raises:
        FormatError: why the first is not, if none is.
    """
    found, errors = [], []
    for number, activity in enumerate(read.found, 1):
        try:
            found.append(checked_activity(activity, now))
        except FormatError as error:
            errors.append((number, error))
    if not found:
        raise errors[0][1]
    return PastActivities(tuple(found), (*read.problems, *(f"activity {number}: {error}" for number, error in errors)))


def read_listed(file: Path, past: Past, now: datetime) -> Listed:
    """The sessions in the output of `retro-timer history`.

    Raises:
        FormatError: if the file cannot be read.
        UserError: if it is no list, or every session is impossible; names the file.
    """
    data, source = _contents(file), file_name(file)
    try:
        return read_listed_json(data, now) if past is Past.LISTED_JSON else read_listed_csv(data, now)
    except UserError as error:
        raise UserError(f"{source}: {error}") from None


def known_as(history: History, activity: PastActivity) -> SessionSummary | None:
    """The session in the history that an activity duplicates: the same one, or one that ran at the same time."""
    day = calendar_day(activity.started)
    near = history.page(since=day - timedelta(days=1), until=day + timedelta(days=1), limit=1000)
    return _known_session(session_from(activity).summary, {day: list(near)})


def with_phases(activity: PastActivity, phases: str, find: Callable[[str], Workout]) -> PastActivity:
    """The activity with a phase for each lap.

    Args:
        activity: the activity.
        phases: what was walked: one phase, a phase for each lap, or a workout.
        find: finds a workout by the walker's name for it.

    Raises:
        UserError: if the phases do not fit, or there is no such workout.
    """
    words = [phase_word(word.strip()) for word in phases.split(",")]
    if all(word is not None for word in words):
        return in_phases(activity, [word for word in words if word is not None])
    return laid_over(activity, find(phases))


def activity_lines(activity: PastActivity, most: int) -> Iterator[str]:
    """What is known about an activity whose phases are asked for, with at most so many of its laps."""
    when, length = f"{activity.started:%Y-%m-%d %H:%M}", clock_time(shown_seconds(activity.walked))
    yield f"{activity.name or 'A walk'} of {when}, {length}"
    for number, lap in enumerate(activity.laps[:most], 1):
        speed = "" if lap.speed_kmh is None else f" at {lap.speed_kmh:.1f} km/h"
        yield f"  lap {number}: {clock_time(shown_seconds(lap.walked))}{speed}"
    if len(activity.laps) > most:
        yield f"  and {len(activity.laps) - most} more"


def import_words(added: Sequence[StoredSession], known: Sequence[SessionSummary], problems: Sequence[str] = ()) -> str:
    """What was imported, what was skipped and left out, and why: one to three sentences."""
    walked = sum(shown_seconds(each.summary.spent.walked) for each in added)
    backward = sum(shown_seconds(each.summary.totals.backward) for each in added)
    sum_up = f": {clock_time(walked)} walked, {clock_time(backward)} backward" if added else ""
    sentences = [f"{_sessions(len(added))} added{sum_up}."]
    if known:
        first = f"{known[0].planned.title[:60]} of {known[0].start.started:%Y-%m-%d %H:%M}"
        more = f", and {len(known) - 1} more" if len(known) > 1 else ""
        sentences.append(f"{len(known)} skipped, already in the history: {first}{more}.")
    if problems:
        sentences.append(f"{left_out(problems)}.")
    return " ".join(sentences)


def listed_words(done: Imported) -> str:
    """What was imported from one of our own lists, what was skipped and left out, and why: one to three sentences."""
    skipped = f" {done.skipped} skipped, already in the history." if done.skipped else ""
    others = f" {left_out(done.problems)}." if done.problems else ""
    return f"{_sessions(done.added)} added.{skipped}{others}"


def _sessions(number: int) -> str:
    return "1 session" if number == 1 else f"{number:,} sessions"


def add_listed(history: History, listed: Listed) -> Imported:
    """Add listed sessions, except those that are in the history, or overlap a session there."""
    known = _by_day(history)
    fresh = [session for session in listed.sessions if _known_session(session.summary, known) is None]
    done = import_sessions(history, fresh)
    return Imported(done.added, done.skipped + len(listed.sessions) - len(fresh), listed.problems)


def add_activities(
    history: History, activities: Sequence[PastActivity]
) -> tuple[list[StoredSession], list[SessionSummary]]:
    """Add activities, all or none, except those that are in the history, and those that are twice among them.

    Returns:
        The sessions that were added, and the sessions that the others duplicate.
    """
    known = _by_day(history)
    added: list[StoredSession] = []
    duplicated: list[SessionSummary] = []
    for activity in activities:
        session = session_from(activity)
        if there := _known_session(session.summary, known):
            duplicated.append(there)
        else:
            known[calendar_day(session.summary.start.started)].append(session.summary)
            added.append(session)
    import_sessions(history, added)
    return added, duplicated


def _by_day(history: History) -> defaultdict[date, list[SessionSummary]]:
    """The sessions of each date of the calendar."""
    known: defaultdict[date, list[SessionSummary]] = defaultdict(list)
    for summary in history.page(limit=1_000_000):
        known[calendar_day(summary.start.started)].append(summary)
    return known


def _known_session(fresh: SessionSummary, known: Mapping[date, list[SessionSummary]]) -> SessionSummary | None:
    """The known session that a session duplicates: the same one, or one that ran at the same time."""
    day = calendar_day(fresh.start.started)
    near = [other for days in (-1, 0, 1) for other in known.get(day + timedelta(days=days), ())]
    same = next((other for other in near if other.uuid == fresh.uuid), None)
    length = max(timedelta(milliseconds=fresh.spent.total) - 2 * _SLACK, timedelta(milliseconds=1))
    return same or overlapping(fresh.start.started + _SLACK, length, near)


def _contents(file: Path) -> bytes:
    """The contents of a file with past sessions.

    Raises:
        FormatError: if it is too large, or cannot be read; names it.
    """
    with suppress(OSError):  # reading the file reports it
        if file.stat().st_size > MAX_ACTIVITY_BYTES:
            limit = f"{MAX_ACTIVITY_BYTES // 1_000_000} MB"
            raise FormatError(f"larger than {limit}: no walk is that long", source=file_name(file))
    return read_file(file, MAX_ACTIVITY_BYTES)


def _reader(past: Past) -> Callable[[bytes], PastActivities]:
    if past is Past.TABLE:
        return read_activity_list
    if past is Past.TCX:
        return read_tcx_activities
    from retro_timer.formats.fit.past import read_fit_activities

    return read_fit_activities
