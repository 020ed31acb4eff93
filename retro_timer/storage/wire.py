"""Walks as they are written down, in the database and in JSON alike: strictly decoded, bounded, without surprises.

One form serves both, so that an export holds what the history holds and both are checked by the same rules.
"""

from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta, Struct

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.workout import MAX_INTERVALS, MAX_LABEL, MAX_NAME, MAX_SECONDS, unsafe_character
from retro_timer.session.engine import Spent
from retro_timer.session.events import PauseReason
from retro_timer.session.record import EditMade, Leaving, PauseTaken, Planned, Totals, WalkedInterval, WalkState
from retro_timer.storage.model import MAX_NOTE, Feedback, NextDay, Start, Summary, Walk
from retro_timer.storage.problems import DamagedError, RefusedError, clean

T = TypeVar("T")

LONGEST: Final = 10 * 366 * 24 * 3600 * 1000
"""Milliseconds: no time of a walk is longer. A pause may last as long as a laptop is left open."""

Ms = Annotated[int, Meta(ge=0, le=LONGEST)]
Seconds = Annotated[int, Meta(ge=1, le=MAX_SECONDS)]
Count = Annotated[int, Meta(ge=0, le=MAX_INTERVALS)]
Ordinal = Annotated[int, Meta(ge=1, le=MAX_INTERVALS)]
Speed = Annotated[float, Meta(gt=0, le=25)]
Score = Annotated[int, Meta(ge=0, le=10)]
Total = Annotated[int, Meta(ge=1, le=MAX_INTERVALS * MAX_SECONDS)]
Word = Annotated[str, Meta(max_length=80)]
Notation = Annotated[str, Meta(min_length=1, max_length=2_000_000)]
Uuid = Annotated[str, Meta(pattern=r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]
Moment = Annotated[datetime, Meta(tz=True)]


class IntervalData(Struct, frozen=True, forbid_unknown_fields=True):
    """A `WalkedInterval`."""

    index: Count
    phase: Phase
    planned: Seconds
    target: Seconds
    at: Ms
    walked: Ms
    held: Ms
    left: Leaving
    round: Ordinal | None
    rounds: Ordinal | None
    speed_kmh: Speed | None
    label: Annotated[str, Meta(max_length=MAX_LABEL)]


class PauseData(Struct, frozen=True, forbid_unknown_fields=True):
    """A `PauseTaken`."""

    at: Ms
    position: Ms
    length: Ms
    reason: PauseReason


class EditData(Struct, frozen=True, forbid_unknown_fields=True):
    """An `EditMade`."""

    at: Ms
    position: Ms
    what: Word
    words: Annotated[str, Meta(max_length=500)]
    total: Total


class SummaryData(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A `Summary`; the fields are the columns of the table of sessions."""

    uuid: Uuid
    started: Moment
    zone: Word
    state: WalkState
    name: Annotated[str, Meta(max_length=MAX_NAME)]
    workout_id: Annotated[str, Meta(max_length=200)]
    notation: Notation
    rung: Word | None
    planned_seconds: Total
    planned_rounds: Count
    lead_in: Ms
    walked: Ms
    held: Ms
    paused: Ms
    away: Ms
    backward: Ms
    forward: Ms
    turn: Ms
    rest: Ms
    longest_backward: Ms
    rounds_done: Count
    incomplete: Count
    completion: Annotated[float, Meta(ge=0, le=1)]
    effort: Score | None
    stumble: bool | None
    pain_before: Score | None
    pain_after: Score | None
    note: Annotated[str, Meta(max_length=MAX_NOTE)]
    next_day: NextDay | None
    fall: bool | None


class WalkData(SummaryData, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A `Walk`."""

    intervals: list[IntervalData]
    pauses: list[PauseData]
    edits: list[EditData]


class JournalData(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a walk stood when it was last seen; `seen` in milliseconds since 1970 in UTC."""

    position: Ms
    lead_in: Ms
    walked: Ms
    held: Ms
    paused: Ms
    longest_backward: Ms
    seen: Annotated[int, Meta(ge=0, le=253_402_300_799_000)]  # to the end of the year 9999


def checked(row: dict[str, Any], kind: type[T]) -> T:
    """A row of the database, as what it should be.

    Raises:
        DamagedError: when it is not.
    """
    try:
        data = msgspec.convert(row, kind, strict=True)
    except msgspec.ValidationError as error:
        raise DamagedError(f"the history holds something it should not ({clean(str(error))})") from None
    if problem := unsafe_text(data):
        raise DamagedError(f"the history holds something it should not ({problem})")
    return data


def unsafe_text(data: object) -> str:
    """What is wrong with the text of a struct, empty when nothing is: no character may steer a terminal."""
    for name in getattr(data, "__struct_fields__", ()):
        value = getattr(data, name)
        if not isinstance(value, str) or (value.isascii() and value.isprintable()):
            continue
        bad = next((character for character in value if unsafe_character(character)), None)
        if bad is not None:
            return f"U+{ord(bad):04X} in {name}"
    return ""


def to_summary(data: SummaryData) -> Summary:
    """The summary of what was decoded."""
    return Summary(
        start=Start(data.uuid, data.started, data.zone),
        state=data.state,
        planned=Planned(
            data.name, data.workout_id, data.notation, data.planned_seconds, data.planned_rounds, data.rung
        ),
        spent=Spent(data.lead_in, data.walked, data.held, data.paused),
        totals=Totals(
            backward=data.backward,
            forward=data.forward,
            turn=data.turn,
            rest=data.rest,
            longest_backward=data.longest_backward,
            rounds_done=data.rounds_done,
            incomplete=data.incomplete,
            completion=data.completion,
        ),
        away=data.away,
        feedback=Feedback(
            data.effort, data.stumble, data.pain_before, data.pain_after, data.note, data.next_day, data.fall
        ),
    )


def to_walk(data: WalkData) -> Walk:
    """The walk of what was decoded."""
    return Walk(
        to_summary(data),
        tuple(to_interval(interval) for interval in data.intervals),
        tuple(to_pause(pause) for pause in data.pauses),
        tuple(to_edit(edit) for edit in data.edits),
    )


def to_interval(data: IntervalData) -> WalkedInterval:
    """The interval of what was decoded."""
    return WalkedInterval(**msgspec.structs.asdict(data))


def to_pause(data: PauseData) -> PauseTaken:
    """The pause of what was decoded."""
    return PauseTaken(data.at, data.position, data.length, data.reason)


def to_edit(data: EditData) -> EditMade:
    """The edit of what was decoded."""
    return EditMade(data.at, data.position, data.what, data.words, data.total)


def from_walk(walk: Walk) -> WalkData:
    """What is to be written of a walk."""
    summary = walk.summary
    planned, spent, totals, feedback = summary.planned, summary.spent, summary.totals, summary.feedback
    return WalkData(
        uuid=summary.start.uuid,
        started=summary.start.started,
        zone=summary.start.zone,
        state=summary.state,
        name=planned.name,
        workout_id=planned.workout_id,
        notation=planned.notation,
        rung=planned.rung,
        planned_seconds=planned.seconds,
        planned_rounds=planned.rounds,
        lead_in=spent.lead_in,
        walked=spent.walked,
        held=spent.held,
        paused=spent.paused,
        away=summary.away,
        backward=totals.backward,
        forward=totals.forward,
        turn=totals.turn,
        rest=totals.rest,
        longest_backward=totals.longest_backward,
        rounds_done=totals.rounds_done,
        incomplete=totals.incomplete,
        completion=totals.completion,
        effort=feedback.effort,
        stumble=feedback.stumble,
        pain_before=feedback.pain_before,
        pain_after=feedback.pain_after,
        note=feedback.note,
        next_day=feedback.next_day,
        fall=feedback.fall,
        intervals=[msgspec.convert(interval, IntervalData, from_attributes=True) for interval in walk.intervals],
        pauses=[msgspec.convert(pause, PauseData, from_attributes=True) for pause in walk.pauses],
        edits=[msgspec.convert(edit, EditData, from_attributes=True) for edit in walk.edits],
    )


def check_note(text: str) -> str:
    """Return a note, or say what is wrong with it.

    Raises:
        RefusedError: when it is too long, or holds characters a terminal would obey.
    """
    if len(text) > MAX_NOTE:
        raise RefusedError(f"a note has at most {MAX_NOTE:,} characters, this one has {len(text):,}")
    bad = next((character for character in text if unsafe_character(character)), None)
    if bad is not None:
        raise RefusedError(f"a note holds printable characters only, not U+{ord(bad):04X}")
    return text
