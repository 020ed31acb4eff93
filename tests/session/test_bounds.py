"""The bounds of a record: whatever a workout may be, a record of it can be read back."""

from __future__ import annotations

import msgspec

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
from retro_timer.session.bounds import Label, Notation, Speed


def test_the_largest_workout_fits_a_record() -> None:
    label = '"' * MAX_LABEL  # each is escaped
    speed = MAX_SPEED_KMH - 1e-14
    block: Block = Interval(Phase.BACKWARD, MAX_SECONDS - 1, speed, label)
    for _ in range(MAX_DEPTH):
        block = Repeat(1, (block,))
    workout = Workout((block,) * MAX_INTERVALS)
    written = format_notation(workout)
    assert msgspec.convert(written, Notation) == written
    assert msgspec.convert(label, Label) == label
    assert msgspec.convert(MAX_SPEED_KMH, Speed) == MAX_SPEED_KMH
