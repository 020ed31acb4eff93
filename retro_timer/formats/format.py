"""The declaration of a format. Modules of this package list theirs in `FORMATS`, where the registry finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.formats.assumptions import Assumptions
    from retro_timer.formats.export import Export
    from retro_timer.formats.received import Received
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import StoredSession


class Format(Struct, frozen=True):
    """The attributes that every format declares.

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
        write: writes a workout; None if the format is import only.
        read: reads the workouts in a file's contents; None if the format is export only.
        recognizes: whether a text without leading whitespace is in this format; None if only the suffix can tell.
    """

    write: Callable[[Workout], Export] | None = None
    read: Callable[[bytes, Assumptions], Sequence[Received]] | None = None
    recognizes: Callable[[str], bool] | None = None


class SessionFormat(Format, frozen=True):
    """A format for sessions, export only.

    Attributes:
        write: writes a session.
    """

    write: Callable[[StoredSession], Export]
