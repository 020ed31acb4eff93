"""Errors in external files: one line each that names the file and the place."""

from __future__ import annotations

from typing import Final

from retro_timer.scheduling.errors import WorkoutError

_WHICH_WAY: Final = "it does not say which way to walk: choose forward or alternate (--assume forward|alternate)"


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


class DirectionUnknownError(FormatError):
    """The file has no directions. The caller asks the walker and reads the file again with `assume`."""

    def __init__(self, problem: str = "", *, place: str = "", source: str = "") -> None:
        super().__init__(problem or _WHICH_WAY, place=place, source=source)
