"""The profile: the whole workout as a row of bars, with the current position."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.units import show_speed
from retro_timer.session.states import SECOND
from retro_timer.text import clock_time
from retro_timer.ui.context import DrawsAscii, services_of
from retro_timer.ui.drawing.cached_line import CachedLineWidget
from retro_timer.ui.view_model import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.events import Click, MouseMove, Resize

    from retro_timer.scheduling.schedule import Schedule

HEIGHTS: Final = {
    Phase.WARM_UP: 3,
    Phase.BACKWARD: 8,
    Phase.TURN: 1,
    Phase.FORWARD: 5,
    Phase.REST: 1,
    Phase.COOL_DOWN: 3,
}
"""Height of the bar of each phase, in eighths."""
BLOCKS: Final = " ▁▂▃▄▅▆▇█"
ASCII_BLOCKS: Final = " ._-=+oO#"
_DIM: Final = Style(dim=True)
MARK_STEPS: Final = (5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Possible distances between time marks, in seconds; the smallest that fits is used."""
MARK_APART: Final = 14
"""Minimum distance between time marks, in cells."""
MARK_GAP: Final = 2
"""Minimum gap between two texts on the line of marks, in cells."""


def bars(schedule: Schedule, width: int) -> list[Phase]:
    """The phase of each of `width` cells: the phase at the middle of the cell's time."""
    total = schedule.total
    return [schedule[schedule.position_at(int((cell + 0.5) * total / width)).index].phase for cell in range(width)]


def time_marks(total: int, width: int) -> list[tuple[int, str]]:
    """Evenly spaced round times along the profile, each with its cell.

    Args:
        total: the length of the schedule in seconds.
        width: the width of the profile in cells.
    """
    every = next((step for step in MARK_STEPS if step * width >= MARK_APART * total), 0)
    if not every:
        return []
    return [(second * width // total, clock_time(second)) for second in range(every, total, every)]


def marker_line(total: int, second: int, cell: int, width: int, *, ascii_only: bool = False) -> str:
    """The line below the profile: time marks, the position with its time, and the total time at the end.

    Args:
        total: the length of the schedule in seconds.
        second: the position in seconds.
        cell: the cell of the position.
        width: the width of the profile in cells.
        ascii_only: whether to draw with ASCII only.
    """
    pointer, tick = "^'" if ascii_only else "▲╵"
    walked = clock_time(second)
    here = f"{pointer} {walked}"
    at = cell
    if cell + len(here) > width:
        at, here = max(0, cell - len(here) + 1), f"{walked} {pointer}"
    line = _marks_around(total, at, len(here), width, tick)
    return f"{line[:at]}{here}{line[at + len(here) :]}"[:width]


@lru_cache(maxsize=4)
def _marks_around(total: int, at: int, length: int, width: int, tick: str) -> str:
    """The time marks and the total time, leaving room for a text at a cell. Cached, since they rarely change."""
    end = clock_time(total)
    placed = [(at, " " * length)]
    marks = [(mark, f"{tick}{time}") for mark, time in time_marks(total, width)]
    for begin, part in [(width - len(end), end), *marks]:
        if all(begin + len(part) + MARK_GAP <= x or x + len(other) + MARK_GAP <= begin for x, other in placed):
            placed.append((begin, part))
    line = ""
    for begin, part in sorted(placed):
        line = line.ljust(begin) + part
    return line.ljust(width)


def about(schedule: Schedule, index: int, *, imperial: bool = False) -> str:
    """A description of an interval: phase, length, start, round, and speed and label if it has them."""
    entry = schedule[index]
    facts = [f"{NAMES[entry.phase]} {clock_time(entry.duration)} from {clock_time(schedule.starts[index])}"]
    if entry.place:
        facts.append(f"round {entry.place.round} of {entry.place.rounds}")
    if entry.interval.speed_kmh is not None:
        facts.append(show_speed(entry.interval.speed_kmh, imperial=imperial))
    if entry.interval.label:
        facts.append(entry.interval.label)
    return ", ".join(facts)


class Profile(DrawsAscii, CachedLineWidget):
    """Draws a schedule in which each cell is an equal share of the time.

    With `marker`, the last line shows the position, its time, and the total time. The whole width stands for the
    schedule, or for the seconds of `show_span`, so that schedules below each other share one scale.
    """

    DEFAULT_CSS = """
    Profile { width: 1fr; height: 3; }
    """

    class Chosen(Message):
        """An interval was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, schedule: Schedule | None = None, *, marker: bool = True) -> None:
        super().__init__()
        self._span = 0
        self._schedule = schedule
        self._marker = marker
        self._inks: dict[Phase, Style] = {}
        self._bars: list[Phase] = []
        self._position = 0
        self._cell = 0
        self._marker_shown = ""
        self._described = ""

    def show(self, schedule: Schedule, position: int = 0) -> None:
        """Show a schedule and a position in milliseconds; redraws only the changes."""
        if schedule is not self._schedule:
            self._schedule = schedule
            self._bars = []
            self._position = position
            self.redraw_all()
            return
        moved = position // SECOND != self._position // SECOND
        self._position = position
        cell = self._cell_of(position)
        if cell != self._cell:
            self._cell = cell
            self.redraw_all()
        elif moved and self._marker and self.size.width:
            before, after = self._marker_shown, self._marker_text(self.size.width)
            if len(before) != len(after):
                self.redraw_all()
                return
            self.redraw((before,), (after,), self.size.height - 1)

    def show_span(self, span: int) -> None:
        """Set the number of seconds that the whole width stands for."""
        if span != self._span:
            self._span = span
            self._bars = []
            self.redraw_all()

    def on_resize(self, _event: Resize) -> None:
        """Recompute the bars."""
        self._bars = []

    def on_mouse_move(self, event: MouseMove) -> None:
        """Show the interval under the pointer as a tooltip."""
        index = self._interval_at(event.x)
        if self._schedule is None or index is None:
            return
        description = about(self._schedule, index, imperial=services_of(self).imperial)
        if description != self._described:
            self._described = description
            self.tooltip = Content(description)  # labels are free text: Content does not interpret markup

    def on_click(self, event: Click) -> None:
        """Report the clicked interval."""
        index = self._interval_at(event.x)
        if index is not None:
            self.post_message(self.Chosen(index))

    def _interval_at(self, cell: int) -> int | None:
        """The interval that a cell stands for."""
        if self._schedule is None or not 0 <= cell < self._width:
            return None
        return self._schedule.position_at(int((cell + 0.5) * self._schedule.total / self._width)).index

    def render_line(self, y: int) -> Strip:
        """Render a line of the bars, or the marker line."""
        width, height = self.size
        if self._schedule is None or width < 1:
            return Strip.blank(width, self.ink)
        if len(self._bars) != self._width:
            self._bars = bars(self._schedule, self._width)
            self._cell = self._cell_of(self._position)
        rows = height - 1 if self._marker and height > 1 else height
        if y >= rows:
            return self._marker_line(width)
        return Strip(self._bar_line(rows - 1 - y, rows)).simplify()

    def _bar_line(self, level: int, rows: int) -> Iterator[Segment]:
        """The segments of a line of the bars (level 0 is the lowest), merging cells that look the same."""
        blocks = ASCII_BLOCKS if self.ascii_only else BLOCKS
        marker = self._cell if self._marker else -1
        looks = ((phase, (cell > marker) - (cell < marker)) for cell, phase in enumerate(self._bars))
        for (phase, side), cells in groupby(looks):
            length = len(tuple(cells))
            if side == 0:
                yield Segment(blocks[8] * length, self.ink)
                continue
            eighths = max(0, min(8, HEIGHTS[phase] * rows - level * 8))
            style = self._style_of(phase)
            yield Segment(blocks[eighths] * length, style if side > 0 else style + _DIM)

    @property
    def _width(self) -> int:
        """The width of the bars in cells."""
        if self._schedule is None or not self._span:
            return self.size.width
        return max(1, min(self.size.width, round(self.size.width * self._schedule.total / self._span)))

    def _style_of(self, phase: Phase) -> Style:
        """The style of a phase in the current theme."""
        if (style := self._inks.get(phase)) is None:
            colour = Color.parse(self.app.theme_variables[f"phase-{phase.value}"])
            style = self._inks[phase] = self.ink + Style.from_color(colour.rich_color)
        return style

    def _forget(self) -> None:
        super()._forget()
        self._inks.clear()

    def _marker_line(self, width: int) -> Strip:
        self._marker_shown = self._marker_text(width)
        return Strip([Segment(self._marker_shown, self.ink)], len(self._marker_shown))

    def _marker_text(self, width: int) -> str:
        if self._schedule is None:
            return ""
        cell = self._cell_of(self._position)
        return marker_line(self._schedule.total, self._position // SECOND, cell, width, ascii_only=self.ascii_only)

    def _cell_of(self, position: int) -> int:
        if self._schedule is None:
            return 0
        return min(self.size.width - 1, position * self.size.width // (self._schedule.total * SECOND))
