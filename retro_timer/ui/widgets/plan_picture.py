"""The plan's levels as a picture: a bar for each level, where the walker is, and how often each was walked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from retro_timer.runtime.today import speed_words
from retro_timer.storage.programmes import eight_weeks
from retro_timer.text import clock_time
from retro_timer.ui.context import DrawsAscii
from retro_timer.ui.drawing.cached_line import CachedLineWidget
from retro_timer.ui.widgets.line import fitted

if TYPE_CHECKING:
    from retro_timer.runtime.today import Today
    from retro_timer.training.levels import Level
    from retro_timer.training.programme import Programme

NAME: Final = 23
"""Cells for mark, week and name."""
STATUS: Final = 26
"""Cells for where the walker is, and how often the level was walked."""
SPEEDS_FROM: Final = 110
"""Minimum width in cells for showing the speeds."""
ROOMY: Final = 38
"""Minimum height of the screen in lines for an empty line below each level."""
SPEEDS: Final = 40
_DIM: Final = Style(dim=True)


class PlanPicture(DrawsAscii, CachedLineWidget):
    """Draws a line for each level: a bar of its minutes, backward first in amber, with one scale for all levels."""

    DEFAULT_CSS = """
    PlanPicture { width: 1fr; height: auto; color: $foreground; }
    """

    def __init__(self, *, imperial: bool) -> None:
        super().__init__()
        self._imperial = imperial
        self._today: Today | None = None

    def show(self, today: Today) -> None:
        """Show where the walker is."""
        self._today = today
        self.refresh(layout=True)

    @property
    def _programme(self) -> Programme:
        """The programme that the plan follows; until it is known, the built-in one."""
        return self._today.programme if self._today else eight_weeks()

    def get_content_height(self, *_: object) -> int:
        """The height of all levels, in lines."""
        return len(self._programme.levels) * self._step

    @property
    def _step(self) -> int:
        """Lines for each level: two where there is room."""
        return 2 if self.screen.size.height >= ROOMY else 1

    def render_line(self, y: int) -> Strip:
        """Render the line of a level."""
        width = self.size.width
        y, rest = divmod(y, self._step)
        levels = self._programme.levels
        if rest or not 0 <= y < len(levels):
            return Strip.blank(width, self.ink)
        level, here = levels[y], self._here
        bold = Style(bold=y == here)
        mark = ("> " if self.ascii_only else "▶ ") if y == here else "  "
        name = fitted(f"{mark}week {level.week}  {self._programme.name_of(level.workout_id)}", NAME - 1)
        head = Segment(f"{name} ", self.ink + bold)
        speeds = SPEEDS if width >= SPEEDS_FROM else 0
        room = max(0, width - NAME - STATUS - speeds - 2)
        bar = self._bar(level, room, reached=here is None or y <= here)
        tail = fitted(f"  {self._status(y)}", STATUS + 2) + fitted(self._speeds(level), speeds)
        return Strip([head, *bar, Segment(tail, self.ink + bold)]).adjust_cell_length(width, self.ink)

    @property
    def _here(self) -> int | None:
        """The line of the walker's level."""
        if self._today is None:
            return None
        return self._today.advice.index

    def _bar(self, level: Level, room: int, *, reached: bool) -> tuple[Segment, Segment, Segment]:
        programme = self._programme
        workout = programme.workout(level.workout_id)
        longest = max(programme.workout(each.workout_id).total_seconds for each in programme.levels)
        whole = round(room * workout.total_seconds / longest)
        backward = max(1, round(room * workout.backward_seconds / longest)) if room else 0
        full, shade = ("#", "-") if self.ascii_only else ("█", "░")
        colour = Color.parse(self.app.theme_variables["phase-backward"]).rich_color
        ink = self.ink + Style.from_color(colour)
        return (
            Segment(full * backward, ink if reached else ink + _DIM),
            Segment(shade * max(0, whole - backward), self.ink + _DIM),
            Segment(" " * max(0, room - max(whole, backward)), self.ink),
        )

    def _status(self, y: int) -> str:
        if self._today is None:
            return ""
        walked = self._today.walked.get(self._programme.levels[y].workout_id, 0)
        words = f"{walked} walked" if walked else ""
        return ", ".join(filter(None, ("you are here" if y == self._here else "", words)))

    def _speeds(self, level: Level) -> str:
        backward = self._programme.workout(level.workout_id).backward_seconds
        if level.backward is None:
            return f"{clock_time(backward)} backward, off the belt"
        return f"{clock_time(backward)} backward at {speed_words(level.backward, imperial=self._imperial)}"
