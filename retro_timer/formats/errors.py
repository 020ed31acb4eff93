"""Errors in external files: one line each that names the file and the place."""

from __future__ import annotations

from typing import ClassVar

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import TOO_MANY_INTERVALS


class FormatError(WorkoutError):
    """A file cannot be read or written.

    Attributes:
        source: the file's name, safe to print; empty for text without a file.
        place: where the problem is, such as "line 7"; empty if it concerns the whole file.
        problem: what is wrong.
    """

    def __init__(self, problem: str, *, place: str = "", source: str = "") -> None:
        super().__init__(": ".join(part for part in (source, place, problem) if part))
        self.source = source
        self.place = place
        self.problem = problem

    def named(self, source: str) -> FormatError:
        """The same error with the name of the file it was found in."""
        return type(self)(self.problem, place=self.place, source=source)


class AssumptionNeededError(FormatError):
    """The file leaves something open. The caller asks the walker, and reads the file again with the answer."""

    usual: ClassVar = ""

    def __init__(self, problem: str = "", *, place: str = "", source: str = "") -> None:
        super().__init__(problem or self.usual, place=place, source=source)


class DirectionUnknownError(AssumptionNeededError):
    """The file has no directions."""

    usual = "it does not say which way to walk: choose forward or alternate (--assume forward|alternate)"


class LengthsUnknownError(AssumptionNeededError):
    """The lengths of the file may be metres or seconds."""

    @property
    def if_either(self) -> str:
        """The total length in either unit, as in the message."""
        return self.problem.partition("(")[2].partition(")")[0]


class PaceUnknownError(AssumptionNeededError):
    """The file has distances but no pace."""

    usual = "it has distances, and a timer needs times: give the pace, such as --pace 20:00/km"


def too_many_intervals(place: str) -> FormatError:
    """The error for a workout with more than `MAX_INTERVALS`."""
    return FormatError(TOO_MANY_INTERVALS, place=place)
