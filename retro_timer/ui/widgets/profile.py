"""The profile strip: the whole workout as a row of bars, and where the walker is in it."""

from __future__ import annotations

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


def bars(schedule: Schedule, width: int) -> list[Phase]:
    """The phase of each of `width` cells: the one walked in the middle of the time it stands for."""
    total = schedule.total
    return [schedule[schedule.position_at(int((cell + 0.5) * total / width)).index].phase for cell in range(width)]


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
            self.refresh()
            return
        moved = position // SECOND != self._position // SECOND
        self._position = position
        cell = self._cell_of(position)
        if cell != self._cell:
            self._cell = cell
            self.refresh()
        elif moved and self._marker and self.size.width:
            before, after = self._marker_shown, self._marker_text(self.size.width)
            if len(before) != len(after):
                self.refresh()
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
        return Strip([self._bar(cell, rows - 1 - y, rows) for cell in range(width)], width).simplify()

    def _bar(self, cell: int, level: int, rows: int) -> Segment:
        """One cell of a bar; level 0 is the lowest line."""
        phase = self._bars[cell]
        eighths = max(0, min(8, HEIGHTS[phase] * rows - level * 8))
        style = self._style_of(phase)
        if self._marker:
            if cell == self._cell:
                style += Style(reverse=True)
            elif cell < self._cell:
                style += Style(dim=True)
        return Segment((ASCII_BLOCKS if self._ascii else BLOCKS)[eighths], style)

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
        """The position with the time walked, and the end with the whole time."""
        if self._schedule is None:
            return ""
        walked, total = clock_time(self._position // SECOND), clock_time(self._schedule.total)
        pointer = "^" if self._ascii else "▲"
        left = self._cell_of(self._position)
        text = f"{pointer} {walked}"
        at = left if left + len(text) <= width else max(0, left - len(text) + 1)
        if at != left:
            text = f"{walked} {pointer}"
        line = (" " * at + text).ljust(width)[:width]
        if at + len(text) + 2 + len(total) <= width:
            line = line[: width - len(total)] + total
        return line

    def _cell_of(self, position: int) -> int:
        if self._schedule is None:
            return 0
        return min(self.size.width - 1, position * self.size.width // (self._schedule.total * SECOND))
