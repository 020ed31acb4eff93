"""A calendar of sessions: one column per week, one row per day of the week."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from retro_timer.training.weeks import start_of_week
from retro_timer.ui.context import DrawsAscii

if TYPE_CHECKING:
    from datetime import date

    from retro_timer.runtime.progress import Progress

DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
NAMES_WIDTH: Final = 3
LINES: Final = 8
"""Number of lines: one for the months, and one for each day of the week."""
LEVELS: Final = ((15.0, "▪"), (1e9, "■"))
"""Upper limits in minutes, with their marks."""
ASCII_LEVELS: Final = ((15.0, "o"), (1e9, "#"))
_WEEK: Final = timedelta(days=7)


class Calendar(DrawsAscii, Widget):
    """Shows as many weeks as fit, the latest at the right, with one to three cells per week.

    The first line names the months. With twice the height, there is an empty line below each day.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"calendar--walked", "calendar--none", "calendar--today", "calendar--name"}
    DEFAULT_CSS = """
    Calendar {
        width: 1fr; height: 8;
        .calendar--walked { color: $phase-backward; }
        .calendar--none { color: $panel; }
        .calendar--today { color: $foreground; text-style: bold; }
        .calendar--name { color: $muted; }
        &:ansi .calendar--none, &:nocolor .calendar--none { color: $muted; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._progress: Progress | None = None

    def show(self, progress: Progress) -> None:
        """Show progress data."""
        self._progress = progress
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Render the months, or one day of every week."""
        width, height = self.size
        day, apart = divmod(y + 1, 2) if height >= 2 * LINES - 1 else (y, 0)
        if self._progress is None or apart != (height >= 2 * LINES - 1) or day >= LINES or width <= NAMES_WIDTH:
            return Strip.blank(width, self.rich_style)
        weeks, cells = self._weeks(self._progress, width - NAMES_WIDTH)
        segments = self._months(weeks, cells) if day == 0 else self._row(self._progress, weeks, cells, day - 1)
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _weeks(self, progress: Progress, room: int) -> tuple[list[date], int]:
        """The first days of the displayed weeks, and the cells per week."""
        last = start_of_week(progress.last, progress.week_start)
        wanted = (last - start_of_week(progress.first, progress.week_start)).days // 7 + 1
        cells = next((cells for cells in (3, 2) if wanted * cells <= room), 1)
        count = min(wanted, room // cells)
        return [last - _WEEK * back for back in range(count - 1, -1, -1)], cells

    def _months(self, weeks: list[date], cells: int) -> list[Segment]:
        """The names of months above their first weeks; names without enough room are left out."""
        line = " " * NAMES_WIDTH
        before = None
        for index, week in enumerate(weeks):
            at = NAMES_WIDTH + index * cells
            month = (week + timedelta(days=6)).month
            if month != before and len(line) <= at <= self.size.width - 3:
                line = f"{line:{at}}{week + timedelta(days=6):%b} "
            before = month
        return [Segment(line, self.get_component_rich_style("calendar--name"))]

    def _row(self, progress: Progress, weeks: list[date], cells: int, row: int) -> list[Segment]:
        name = DAYS[(int(progress.week_start) + row) % 7] if row % 2 == 0 else ""
        segments = [Segment(f"{name:{NAMES_WIDTH}}", self.get_component_rich_style("calendar--name"))]
        for week in weeks:
            day = week + timedelta(days=row)
            segments.append(self._day(progress, day, cells))
        return segments

    def _day(self, progress: Progress, day: date, cells: int) -> Segment:
        minutes = progress.minutes.get(day, 0)
        mark, kind = ("." if self.ascii_only else "·"), "none"
        if minutes:
            levels = ASCII_LEVELS if self.ascii_only else LEVELS
            mark, kind = next(mark for most, mark in levels if minutes <= most), "walked"
        elif day > progress.last:
            mark = " "
        elif day == progress.last:
            kind = "today"
        return Segment(f"{mark:{cells}}", self.get_component_rich_style(f"calendar--{kind}"))
