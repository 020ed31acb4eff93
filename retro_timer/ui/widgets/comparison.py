"""Two profiles on one scale: before and after a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Horizontal, Vertical

from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.profile import Profile

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from retro_timer.scheduling.schedule import Schedule

BEFORE: Final = "now"
AFTER: Final = "then"


class Comparison(Vertical):
    """Shows two schedules, the longer one over the full width, each followed by a text."""

    DEFAULT_CSS = """
    Comparison {
        width: 1fr; height: auto;
        Horizontal { height: 1; }
        .name { width: 6; color: $muted; }
        .scale { width: 1fr; }
        .end { width: 26; color: $muted; padding: 0 0 0 2; }
        Profile { height: 1; }
        &.-changed #after .name, &.-changed #after .end { color: $foreground; text-style: bold; }
    }
    """

    def __init__(self, *, marker: bool = True) -> None:
        super().__init__()
        self._marker = marker

    def compose(self) -> ComposeResult:
        """Two rows."""
        for name in (BEFORE, AFTER):
            with Horizontal(id="before" if name == BEFORE else "after"):
                yield _classed(Line(name), "name")
                with Horizontal(classes="scale"):
                    yield Profile(marker=self._marker)
                yield _classed(Line(), "end")

    def show(self, before: Schedule, after: Schedule, ends: tuple[str, str], position: int = 0) -> None:
        """Show two schedules, the text after each, and a position in milliseconds in both."""
        longest = max(before.total, after.total)
        self.set_class(before != after, "-changed")
        for name, schedule, end in zip(("#before", "#after"), (before, after), ends, strict=True):
            profile = self.query_one(f"{name} Profile", Profile)
            profile.styles.width = f"{100 * schedule.total / longest:.2f}%"
            profile.show(schedule, position)
            self.query_one(f"{name} .end", Line).show(right=end)


def _classed(line: Line, name: str) -> Line:
    line.add_class(name)
    return line
