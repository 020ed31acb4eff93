"""A workout read from a file, with notes on what was decided and lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.formats.assumptions import Assumptions
    from retro_timer.scheduling.model import Workout


class Received(Struct, frozen=True):
    """A workout read from a file.

    Attributes:
        workout: the workout; without a name if the file has none.
        notes: one line for each thing that was decided or lost.
    """

    workout: Workout
    notes: tuple[str, ...] = ()


def only(read: Callable[[bytes, Assumptions], Received]) -> Callable[[bytes, Assumptions], Sequence[Received]]:
    """The reader of a format with one workout per file."""
    return lambda data, assumptions: (read(data, assumptions),)
