"""The bounds of a record: whatever a workout may be, a record of it can be read back."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from retro_timer.scheduling.model import (
    MAX_DEPTH,
    MAX_INTERVALS,
    MAX_LABEL,
    MAX_SECONDS,
    MAX_SPEED_KMH,
    Block,
    Interval,
    Repeat,
    Workout,
)
from retro_timer.scheduling.notation import format_notation
from retro_timer.scheduling.phases import Phase
from retro_timer.session import bounds, sensing
from retro_timer.session.bounds import Label, Notation, Speed


def test_the_largest_workout_fits_a_record() -> None:
    label = '"' * MAX_LABEL  # each is escaped
    speed = MAX_SPEED_KMH - 1e-14
    block: Block = Interval(Phase.BACKWARD, MAX_SECONDS - 1, speed, label)
    for _ in range(MAX_DEPTH):
        block = Repeat(1, (block,))
    few, more = (len(format_notation(Workout((block,) * count))) for count in (100, 101))
    longest = "x" * (few + (MAX_INTERVALS - 100) * (more - few))
    assert msgspec.convert(longest, Notation) == longest
    assert msgspec.convert(label, Label) == label
    assert msgspec.convert(MAX_SPEED_KMH, Speed) == MAX_SPEED_KMH


TEN_YEARS = 10 * 366 * 24 * 60 * 60 * 1000


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [
        (bounds.Ms, 0, TEN_YEARS),
        (bounds.Seconds, 1, 14_400),
        (bounds.Count, 0, 10_000),
        (bounds.Ordinal, 1, 10_000),
        (bounds.Score, 0, 10),
        (bounds.Total, 1, 144_000_000),
        (sensing.Kmh, 0, 25),
        (sensing.Metres, 0, 16_777_216),
        (sensing.Incline, -50, 50),
        (sensing.Bpm, 25, 250),
        (sensing.Pulse, 25, 250),
    ],
)
def test_a_number_may_be_at_its_bounds_and_not_beyond(kind: object, least: int, most: int) -> None:
    for value in (least, most):
        assert msgspec.convert(value, kind) == value
    for value in (least - 1, most + 1):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(value, kind)


@pytest.mark.parametrize(
    ("kind", "longest"),
    [
        (bounds.Label, 80),
        (bounds.Name, 80),
        (bounds.Note, 1000),
        (bounds.Word, 80),
        (bounds.Words, 500),
        (bounds.WorkoutId, 200),
        (sensing.DeviceName, 60),
        (sensing.Clause, 200),
    ],
)
def test_a_text_has_a_longest_length(kind: object, longest: int) -> None:
    assert msgspec.convert("x" * longest, kind) == "x" * longest
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert("x" * (longest + 1), kind)


def test_the_other_bounds() -> None:
    assert msgspec.convert(0.1, Speed) == 0.1
    assert list(bounds.SCORES) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    for speed, share in ((0.0, -0.01), (-1.0, 1.01)):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(speed, Speed)
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(share, bounds.Share)
    assert [msgspec.convert(share, bounds.Share) for share in (0.0, 1.0)] == [0, 1]
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert("", Notation)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(datetime(2026, 3, 2), bounds.Moment)  # noqa: DTZ001  (without its offset from UTC)
    assert msgspec.convert(datetime(2026, 3, 2, tzinfo=UTC), bounds.Moment).year == 2026
