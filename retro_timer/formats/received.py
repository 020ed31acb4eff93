"""A workout that was read from a file, with what was decided about it and what was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.formats.assumptions import Assumptions
    from retro_timer.scheduling.model import Workout


class Received(Struct, frozen=True):
    """A workout as it was read.

    Attributes:
        workout: the workout; without a name if the file has none.
        notes: one line for each thing that was decided or lost.
    """

    workout: Workout
    notes: tuple[str, ...] = ()


def only(read: Callable[[bytes, Assumptions], Received]) -> Callable[[bytes, Assumptions], Sequence[Received]]:
    """The reader of a format that has one workout in a file."""
    return lambda data, assumptions: (read(data, assumptions),)
