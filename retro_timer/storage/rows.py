"""The written form of sessions, in both the database and JSON: strictly decoded, and bounded.

The types and their bounds are those of `session.record` and `session.history`. A summary is written flat, as the
columns of one row; its intervals, pauses, edits and measurements are separate rows. The database and JSON share one
form, so that an export holds everything the history holds, and the same rules check both.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import astuple

from retro_timer.scheduling.phases import Phase
from retro_timer.session.bounds import LONGEST, MAX_NOTE
from retro_timer.session.history import Feedback, SessionSummary, Start, StoredSession
from retro_timer.session.record import FACING_FORWARD, EditRecord, IntervalRecord, PauseRecord, Planned, Totals
from retro_timer.session.sensing import Bpm, Kmh  # noqa: TC001  (msgspec reads the annotations)
from retro_timer.session.spent import Spent
from retro_timer.session.trace import MOST_SAMPLES, IntervalMeasures, Sample, TraceChunk, in_chunks, samples_of
from retro_timer.storage.errors import RefusedError, UnreadableError
from retro_timer.structs import convert
from retro_timer.text import printable, unsafe_character

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

_WITH_TEXT: Final = (str, Struct, tuple)

_GROUPS: Final[Mapping[str, type[Struct]]] = {
    "start": Start, "planned": Planned, "spent": Spent, "totals": Totals, "feedback": Feedback
}  # fmt: skip
"""The fields of a summary that are written as several columns."""
_SINGLE: Final = ("state", "away")
"""The fields of a summary that are written as one column."""
COLUMNS: Final = (*_SINGLE, *(name for group in _GROUPS.values() for name in group.__struct_encode_fields__))
"""The columns of a summary."""
PARTS: Final[Mapping[str, type[Struct]]] = {
    "intervals": IntervalRecord, "pauses": PauseRecord, "edits": EditRecord,
    "measures": IntervalMeasures, "traces": TraceChunk,
}  # fmt: skip
"""The tables with the parts of a session, and the types of their rows."""
_MEASURED: Final = ("measures", "traces")
"""The parts that only sessions with sensors have."""
_WRITTEN: Final[tuple[type[Struct], ...]] = (SessionSummary, *_GROUPS.values())
TYPES: Final = {
    field.encode_name: field.type
    for kind in _WRITTEN
    for field in msgspec.structs.fields(kind)
    if field.encode_name in COLUMNS
}
"""The type of each column of a summary."""


class _WrittenSample(Struct, frozen=True, array_like=True):
    """A sample in an export."""

    at: Annotated[int, Meta(ge=0, le=LONGEST)]
    speed_kmh: Kmh | None
    heart_rate: Bpm | None
    metres: Annotated[float, Meta(ge=0, le=600)]


def checked(row: Any, kind: type[T]) -> T:  # noqa: ANN401  (whatever was written)
    """Convert written data to its type, and validate it.

    Raises:
        UnreadableError: if it is invalid.
    """
    try:
        data = convert(row, kind)
    except msgspec.ValidationError as error:
        raise UnreadableError(printable(str(error))) from None
    if problem := unsafe_text(data):
        raise UnreadableError(problem)
    return data


def unsafe_text(data: object, name: str = "it") -> str:
    """The problem with the text in a value, or empty: no character may control the terminal.

    Args:
        data: a string, or a struct or tuple that contains strings.
        name: the name of its field.
    """
    if isinstance(data, str):
        bad = None if data.isascii() and data.isprintable() else next(filter(unsafe_character, data), None)
        return f"U+{ord(bad):04X} in {name}" if bad else ""
    if isinstance(data, tuple):
        return next(filter(None, map(unsafe_text, data)), "")
    for field in getattr(data, "__struct_fields__", ()):
        value = getattr(data, field)
        if isinstance(value, _WITH_TEXT) and (problem := unsafe_text(value, field)):
            return problem
    return ""


def flat(summary: SessionSummary) -> dict[str, Any]:
    """The columns of a summary."""
    row = {name: getattr(summary, name) for name in _SINGLE}
    for group, kind in _GROUPS.items():
        row.update(zip(kind.__struct_encode_fields__, astuple(getattr(summary, group)), strict=True))
    return row


def nested(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a summary, nested like `SessionSummary`: each group picks its own fields from all columns."""
    return {name: row[name] for name in _SINGLE} | dict.fromkeys(_GROUPS, row)


def whole(session: StoredSession) -> dict[str, Any]:
    """A session with its parts, in the form of an export."""
    parts: dict[str, object] = {table: getattr(session, table) for table in PARTS}
    parts["traces"] = [*samples_of(session.traces)]
    left_out = [table for table in _MEASURED if not parts[table]]  # as in exports from before there were sensors
    return flat(session.summary) | {table: part for table, part in parts.items() if table not in left_out}


def read_whole(row: dict[str, Any]) -> StoredSession:
    """Convert a session from an export.

    Raises:
        UnreadableError: if it is invalid.
    """
    row = {**dict.fromkeys(_MEASURED, ()), **row}
    expected = {*COLUMNS, *PARTS}
    for wrong, names in (("missing", expected - row.keys()), ("unknown", row.keys() - expected)):
        if names:
            raise UnreadableError(f"{wrong} field `{printable(min(names), 60)}`")
    parts = {table: row[table] for table in PARTS} | {"traces": _read_traces(row["traces"])}
    return checked({"summary": nested(row)} | parts, StoredSession)


def _read_traces(written: object) -> tuple[TraceChunk, ...]:
    """Pack the samples from an export."""
    rows = checked(written, tuple[_WrittenSample, ...])
    samples = [Sample(*astuple(row)) for row in rows]
    if any(later.at < earlier.at for earlier, later in pairwise(samples)) or len(samples) > MOST_SAMPLES:
        raise UnreadableError("its traces are not in order, or too many")
    return in_chunks(samples)


def wrong_sums(session: StoredSession) -> str:
    """The first total of a session that differs from the sum of its parts; empty if there is none."""
    spent, totals = session.summary.spent, session.summary.totals

    def walked(*phases: Phase) -> int:
        return sum(interval.walked for interval in session.intervals if interval.phase in phases)

    sums = {
        "walked": (spent.walked, walked(*Phase)),
        "backward": (totals.backward, walked(Phase.BACKWARD)),
        "forward": (totals.forward, walked(*FACING_FORWARD)),
        "turn": (totals.turn, walked(Phase.TURN)),
        "rest": (totals.rest, walked(Phase.REST)),
        "held": (spent.held, sum(interval.held for interval in session.intervals)),
        "paused": (spent.paused, sum(pause.length for pause in session.pauses)),
    }
    for name, (kept, added) in sums.items():
        if kept != added:
            return f"{name} is {kept}, its parts add up to {added}"
    if totals.longest_backward > totals.backward:
        return "longest_backward is more than backward"
    return ""


def check_note(text: str) -> None:
    """Validate a note.

    Raises:
        RefusedError: if it is too long, or contains control characters.
    """
    if len(text) > MAX_NOTE:
        raise RefusedError(f"a note has at most {MAX_NOTE:,} characters, this one has {len(text):,}")
    bad = next((character for character in text if unsafe_character(character)), None)
    if bad is not None:
        raise RefusedError(f"a note has printable characters only, not U+{ord(bad):04X}")
