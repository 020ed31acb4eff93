"""Reading the output of `retro-timer history --json` and `--csv`: sessions without their details.

Details that the output lacks (each interval, pauses, edits) are lost. If the totals match the notation, the intervals
are those of the notation; otherwise they are made from the totals: one forward, one turn, one backward and one rest.
What was planned, and so its place in the plan, stays.
"""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_SECONDS, Interval, Workout
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase

# msgspec reads the annotations.
from retro_timer.session.bounds import Count, Moment, Name, Notation, Note, Score, Uuid, Word, WorkoutId  # noqa: TC001
from retro_timer.session.history import Feedback, NextDay, Start, StoredSession
from retro_timer.session.logged import Spell, logged_session
from retro_timer.session.record import Planned, SessionStatus
from retro_timer.storage.errors import RefusedError
from retro_timer.storage.rows import unsafe_text
from retro_timer.storage.transfer import problem_with
from retro_timer.structs import convert
from retro_timer.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

MAX_SESSIONS: Final = 100_000
_Length = Annotated[float, Meta(ge=0, le=86_400)]
_CSV_NAMES: Final = {"uuid": "id"}
_TEXTS: Final = frozenset(
    {"id", "started", "zone", "state", "name", "workout_id", "rung", "notation", "note", "next_day"}
)
_ANSWERS: Final = {"yes": True, "no": False}


class _Listed(Struct, frozen=True):
    """A session in the output; lengths in seconds. Other fields are ignored."""

    id: Uuid
    started: Moment
    notation: Notation
    walked_seconds: _Length
    backward_seconds: _Length
    forward_seconds: _Length
    turn_seconds: _Length
    longest_backward_seconds: _Length
    completion: Annotated[float, Meta(ge=0, le=1)]
    state: SessionStatus
    zone: Word | None = None
    name: Name | None = None
    workout_id: WorkoutId | None = None
    rung: Word | None = None
    rounds_done: Count | None = None
    incomplete: Count | None = None
    effort: Score | None = None
    stumble: bool | None = None
    fall: bool | None = None
    pain_before: Score | None = None
    pain_after: Score | None = None
    next_day: NextDay | None = None
    note: Note | None = None


class Listed(NamedTuple):
    """What a list has.

    Attributes:
        sessions: the sessions, in the order of the list.
        problems: one clause for each session that was left out, because it is impossible.
    """

    sessions: list[StoredSession]
    problems: list[str]


def is_listed_json(head: bytes) -> bool:
    """Whether a file begins like the output of `history --json`."""
    return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"[") and b'"walked_seconds"' in head


def is_listed_csv(head: bytes) -> bool:
    """Whether a file begins like the output of `history --csv`."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(b"uuid,started,")


def read_listed_json(data: bytes, now: datetime) -> Listed:
    """The sessions in the output of `history --json`.

    Raises:
        RefusedError: if the JSON is invalid, or every session is impossible; names the first.
    """
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"not valid JSON: {printable(str(error), longest=80)}") from None
    if not isinstance(rows, list):
        raise RefusedError("expected a list of sessions")
    return _listed(rows, now)


def read_listed_csv(data: bytes, now: datetime) -> Listed:
    """The sessions in the output of `history --csv`.

    Raises:
        RefusedError: if the CSV is invalid, or every session is impossible; names the first.
    """
    try:
        rows = list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise RefusedError("not valid CSV in UTF-8") from None
    return _listed([_typed(row) for row in rows], now)


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    """A row of CSV with numbers and answers converted from text; empty cells are left out."""
    typed: dict[str, Any] = {}
    for column, cell in row.items():
        if not isinstance(cell, str) or not cell:
            continue
        name = _CSV_NAMES.get(column, column)
        if name in _TEXTS:
            # `storage.history_csv` puts a quote before text that a spreadsheet would take for a formula.
            typed[name] = cell[1:] if cell[0] == "'" and cell[1:2] in tuple("=+-@\t\r") else cell
        elif cell in _ANSWERS:
            typed[name] = _ANSWERS[cell]
        else:
            try:
                number = float(cell)
            except ValueError:
                typed[name] = cell  # refused with its name
            else:
                typed[name] = int(number) if number.is_integer() else number
    return typed


def _listed(rows: Iterable[Any], now: datetime) -> Listed:
    listed = Listed([], [])
    for number, row in enumerate(rows, 1):
        if number > MAX_SESSIONS:
            raise RefusedError(f"more than {MAX_SESSIONS:,} sessions")
        try:
            listed.sessions.append(_checked(row, now))
        except (msgspec.ValidationError, WorkoutError, RefusedError) as error:
            listed.problems.append(f"session {number}: {printable(str(error), longest=200)}")
    if listed.problems and not listed.sessions:
        raise RefusedError(listed.problems[0])
    return listed


def _checked(row: object, now: datetime) -> StoredSession:
    """A session of the list.

    Raises:
        RefusedError: if it is impossible, or an error of msgspec or of its notation.
    """
    listed = convert(row, _Listed)
    if problem := unsafe_text(listed):
        raise RefusedError(problem)
    session = _session(listed)
    if problem := problem_with(session, now):
        raise RefusedError(problem)
    return session


def _session(listed: _Listed) -> StoredSession:
    workout = replace(parse(listed.notation), name=listed.name or "", id=listed.workout_id or "")
    walked = round(listed.walked_seconds * 1000)
    as_planned = workout.total_seconds * 1000 == walked and workout.backward_seconds == listed.backward_seconds
    start = Start(listed.id, listed.started, listed.zone or "")
    longest = round(listed.longest_backward_seconds * 1000)
    feedback = Feedback(**{name: getattr(listed, name) for name in Feedback.__struct_fields__ if name != "note"})
    feedback = replace(feedback, note=listed.note or "")
    planned = Planned.of(workout, listed.rung)
    if as_planned:
        session = logged_session(start, workout, feedback, longest_backward=longest)
    else:
        session = _from_totals(start, listed, feedback)
        if listed.rounds_done is None:  # in lists of older versions: without rounds, none of them is missing
            planned = replace(planned, rounds=0)
    summary = session.summary
    state = listed.state if listed.state.is_over else SessionStatus.ENDED_EARLY
    given = {"rounds_done": listed.rounds_done, "incomplete": listed.incomplete}
    totals = replace(
        summary.totals,
        completion=listed.completion,
        **{name: count for name, count in given.items() if count is not None},
    )
    if state is not SessionStatus.FINISHED:
        totals = replace(totals, incomplete=max(1, totals.incomplete))
    return replace(session, summary=replace(summary, state=state, planned=planned, totals=totals))


def _from_totals(start: Start, listed: _Listed, feedback: Feedback) -> StoredSession:
    """A session made from its totals, if only these are known."""
    walked, turn, backward = (
        round(seconds * 1000) for seconds in (listed.walked_seconds, listed.turn_seconds, listed.backward_seconds)
    )
    lengths = {Phase.FORWARD: round(listed.forward_seconds * 1000), Phase.TURN: turn, Phase.BACKWARD: backward}
    lengths[Phase.REST] = walked - sum(lengths.values())
    if lengths[Phase.REST] < 0:
        raise WorkoutError("its parts add up to more than was walked")
    parts = [(phase, length) for phase, length in lengths.items() if length]
    if not parts:
        raise WorkoutError("nothing was walked")
    blocks = tuple(Interval(phase, min(MAX_SECONDS, max(1, round(length / 1000)))) for phase, length in parts)
    longest = min(backward, round(listed.longest_backward_seconds * 1000))
    spells = [Spell(length) for _, length in parts]
    return logged_session(start, Workout(blocks), feedback, spells=spells, longest_backward=longest)
