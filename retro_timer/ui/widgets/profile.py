"""The profile strip: the whole workout as a row of bars, and where the walker is in it."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final, cast

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.content import Content
from textual.strip import Strip

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.show import clock_time
from retro_timer.scheduling.units import show_speed
from retro_timer.ui.face import NAMES
from retro_timer.ui.widgets.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.events import MouseMove, Resize

    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.ui.app import RetroTimerApp

HEIGHTS: Final = {
    Phase.WARM_UP: 3,
    Phase.BACKWARD: 8,
    Phase.TURN: 1,
    Phase.FORWARD: 5,
    Phase.REST: 1,
    Phase.COOL_DOWN: 3,
}
"""How high a phase's bar is, in eighths of the strip."""
BLOCKS: Final = " ▁▂▃▄▅▆▇█"
ASCII_BLOCKS: Final = " ._-=+oO#"
SECOND: Final = 1000
_DIM: Final = Style(dim=True)
MARK_STEPS: Final = (5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Seconds from one time mark to the next, whichever leaves them apart."""
MARK_APART: Final = 14
"""Cells from one time mark to the next, at least."""
MARK_GAP: Final = 2
"""Cells between two things on the line of marks."""


def bars(schedule: Schedule, width: int) -> list[Phase]:
    """The phase of each of `width` cells: the one walked in the middle of the time it stands for."""
    total = schedule.total
    return [schedule[schedule.position_at(int((cell + 0.5) * total / width)).index].phase for cell in range(width)]


def time_marks(total: int, width: int) -> list[tuple[int, str]]:
    """Round times along a strip of a width, well apart, each with its cell.

    Args:
        total: what the strip stands for, in seconds.
        width: in cells.
    """
    every = next((step for step in MARK_STEPS if step * width >= MARK_APART * total), 0)
    if not every:
        return []
    return [(second * width // total, clock_time(second)) for second in range(every, total, every)]


def marker_line(total: int, second: int, cell: int, width: int, *, ascii_only: bool = False) -> str:
    """The line below a strip: time marks, the position with the time walked, and at the end the whole time.

    Args:
        total: what the strip stands for, in seconds.
        second: the position.
        cell: the one that stands for it.
        width: of the strip, in cells.
        ascii_only: whether to draw with plain characters.
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
    """The time marks and the whole time, as far as there is room beside something at a cell; they seldom change."""
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
    """An interval in words: phase, length, start, round, and its speed and label where it has them."""
    entry = schedule[index]
    facts = [f"{NAMES[entry.phase]} {clock_time(entry.duration)} from {clock_time(schedule.starts[index])}"]
    if entry.place:
        facts.append(f"round {entry.place.round} of {entry.place.rounds}")
    if entry.interval.speed_kmh is not None:
        facts.append(show_speed(entry.interval.speed_kmh, imperial=imperial))
    if entry.interval.label:
        facts.append(entry.interval.label)
    return ", ".join(facts)


class Profile(Painted):
    """Draws a schedule, one cell for an equal share of its time.

    With `marker` its last line shows the position, the time walked and the whole time.
    """

    DEFAULT_CSS = """
    Profile { width: 1fr; height: 3; }
    """

    def __init__(
        self,
        schedule: Schedule | None = None,
        *,
        marker: bool = True,
        ascii_only: bool = False,
        id: str | None = None,  # noqa: A002  (Textual's name)
    ) -> None:
        super().__init__(id=id)
        self._schedule = schedule
        self._marker = marker
        self._ascii = ascii_only
        self._inks: dict[Phase, Style] = {}
        self._bars: list[Phase] = []
        self._position = 0
        self._cell = 0
        self._marker_shown = ""
        self._told = ""

    def show(self, schedule: Schedule, position: int = 0) -> None:
        """Show a schedule and a position in milliseconds; only what changed is drawn again."""
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

    def on_resize(self, _event: Resize) -> None:
        """Divide the time anew."""
        self._bars = []

    def on_mouse_move(self, event: MouseMove) -> None:
        """Tell about the interval under the pointer."""
        if self._schedule is None or not self.size.width:
            return
        second = int((event.x + 0.5) * self._schedule.total / self.size.width)
        index = self._schedule.position_at(second).index
        told = about(self._schedule, index, imperial=cast("RetroTimerApp", self.app).services.imperial)
        if told != self._told:
            self._told = told
            self.tooltip = Content(told)  # labels are the walker's own: no markup is read in them

    def render_line(self, y: int) -> Strip:
        """One line of bars, or the marker."""
        width, height = self.size
        if self._schedule is None or width < 1:
            return Strip.blank(width, self.ink)
        if len(self._bars) != width:
            self._bars = bars(self._schedule, width)
            self._cell = self._cell_of(self._position)
        rows = height - 1 if self._marker and height > 1 else height
        if y >= rows:
            return self._marker_line(width)
        return Strip(self._bar_line(rows - 1 - y, rows), width).simplify()

    def _bar_line(self, level: int, rows: int) -> Iterator[Segment]:
        """One line of the bars, level 0 is the lowest: cells that look the same in one piece."""
        blocks = ASCII_BLOCKS if self._ascii else BLOCKS
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

    def _style_of(self, phase: Phase) -> Style:
        """A phase's colour in this theme."""
        if (style := self._inks.get(phase)) is None:
            colour = Color.parse(self.app.theme_variables[f"phase-{phase.value}"])
            style = self._inks[phase] = self.ink + Style.from_color(colour.rich_color)
        return style

    def _forget(self) -> None:
        super()._forget()
        self._inks.clear()

    def _marker_line(self, width: int) -> Strip:
        self._marker_shown = self._marker_text(width)
        return Strip([Segment(self._marker_shown, self.ink)], width)

    def _marker_text(self, width: int) -> str:
        if self._schedule is None:
            return ""
        cell = self._cell_of(self._position)
        return marker_line(self._schedule.total, self._position // SECOND, cell, width, ascii_only=self._ascii)

    def _cell_of(self, position: int) -> int:
        if self._schedule is None:
            return 0
        return min(self.size.width - 1, position * self.size.width // (self._schedule.total * SECOND))
