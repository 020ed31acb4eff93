"""The declaration of a format. Modules of this package list theirs in `FORMATS`, where the registry finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.formats.direction import Assume
    from retro_timer.formats.export import Export
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import StoredSession


class Format(Struct, frozen=True):
    """What every format declares.

    Attributes:
        id: its name on the command line.
        suffixes: file name suffixes in lower case, the usual one first.
        help: one line about it.
    """

    id: str
    suffixes: tuple[str, ...]
    help: str


class WorkoutFormat(Format, frozen=True):
    """A format for workouts.

    Attributes:
        write: writes a workout.
        read: reads a file's contents; the second argument is what to assume about missing directions. None if the
            format is export only.
    """

    write: Callable[[Workout], Export]
    read: Callable[[bytes, Assume | None], Workout] | None = None


class SessionFormat(Format, frozen=True):
    """A format for sessions, export only.

    Attributes:
        write: writes a session.
    """

    write: Callable[[StoredSession], Export]
