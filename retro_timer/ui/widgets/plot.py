"""Plots in the colours of the theme, through textual-plotext: bars of weeks, and points of days."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.text import Text
from textual_plotext import PlotextPlot

from retro_timer.scheduling.plan_weeks import NAMES

if TYPE_CHECKING:
    from datetime import date

    from textual.color import Color

    from retro_timer.progress import Point, Progress

SOLID: Final = "█"
HATCHED: Final = "▒"
FINE: Final = "hd"
"""Plotext's name for quarters of a cell."""
WIDEST: Final = 8
"""Cells of a bar at most."""
TICK: Final = 12
"""Cells for a date below the plot, with the space to the next."""


class Plot(PlotextPlot):
    """Draws one aspect of the progress; nothing where there is nothing to be drawn.

    Args:
        ascii_only: whether to draw with plain characters.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"plot--backward", "plot--forward", "plot--axis"}
    DEFAULT_CSS = """
    Plot {
        width: 1fr; height: 1fr;
        .plot--backward { color: $phase-backward; }
        .plot--forward { color: $phase-forward; }
        .plot--axis { color: $muted; }
    }
    """

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._ascii = ascii_only
        self._progress: Progress | None = None

    def show(self, progress: Progress) -> None:
        """Show other progress."""
        self._progress = progress
        self.refresh()

    def on_mount(self) -> None:
        """Plotext's own themes are not used: the colours are those of the screen, whenever it is drawn."""

    def render(self) -> Text:
        """The plot as it is now."""
        width, height = self.size
        if self._progress is None or width < 16 or height < 4:
            return Text("")
        plt = self.plt
        plt.clear_figure()
        plt.plotsize(width, height)
        plt._set_size(width, height)  # noqa: SLF001  (plotsize alone does not shrink it: textual-plotext issue 5)
        axis = self.colour("plot--axis")
        plt.canvas_color("default")
        plt.axes_color("default")
        plt.ticks_color(axis)
        plt.frame(False)
        self.draw(plt, self._progress)
        text = Text.from_ansi(plt.build())
        text.no_wrap = True
        return text

    def draw(self, plt: Any, progress: Progress) -> None:  # noqa: ANN401  (plotext ships no types)
        """Draw it."""
        raise NotImplementedError

    def colour(self, name: str) -> Any:  # noqa: ANN401  (what plotext takes as a colour)
        """A colour of the theme as plotext takes it; in a theme of the terminal's own colours one of these."""
        colour: Color = self.get_component_styles(name).color
        return colour.rgb if colour.ansi is None else max(0, colour.ansi)

    def dates(self, plt: Any, days: list[date], places: list[float], *, months: bool = False) -> None:  # noqa: ANN401
        """Put as many dates below the plot as fit."""
        step = max(1, -(-len(days) * TICK // max(1, self.size.width)))
        chosen = range(len(days) - 1, -1, -step) if days else range(0)
        names = [f"{days[index]:%b %Y}" if months else f"{days[index].day} {days[index]:%b}" for index in chosen]
        plt.xticks([places[index] for index in chosen], names)


class BarsPlot(Plot):
    """A bar for each week or month, on whole columns."""

    def begin(self, plt: Any, progress: Progress, highest: float) -> tuple[list[int], int]:  # noqa: ANN401
        """Set the scales up: minutes at the side, dates below. Returns where bars begin, and how wide they are."""
        top = max(1, ceil(highest))
        ticks = sorted({0, top // 2, top} if top > 3 else set(range(top + 1)))
        plt.ylim(0, top)
        plt.yticks(ticks, [str(tick) for tick in ticks])
        columns = self.size.width - len(str(top))
        step = max(1, columns // len(progress.buckets))
        wide = min(WIDEST, max(1, step - (2 if step > 4 else 1)))
        starts = [index * step for index in range(len(progress.buckets))]
        plt.xlim(0, columns - 1)
        middles = [start + (wide - 1) / 2 for start in starts]
        self.dates(plt, [bucket.first for bucket in progress.buckets], middles, months=progress.by_month)
        return starts, wide

    @staticmethod
    def bars(plt: Any, starts: list[int], wide: int, values: list[float], **look: Any) -> None:  # noqa: ANN401
        """Draw the bars that are there."""
        places = [
            (start + column, value) for start, value in zip(starts, values, strict=True) for column in range(wide)
        ]
        seen = [(place, value) for place, value in places if value > 0]
        if seen:
            plt.scatter([place for place, _ in seen], [value for _, value in seen], fillx=True, **look)


class MinutesPlot(BarsPlot):
    """Minutes a week, backward below forward."""

    def draw(self, plt: Any, progress: Progress) -> None:  # noqa: ANN401  (plotext ships no types)
        """Forward in the back, backward before it; each with a texture of its own, for eyes and terminals alike."""
        total = [bucket.backward + bucket.forward for bucket in progress.buckets]
        backward = [bucket.backward for bucket in progress.buckets]
        starts, wide = self.begin(plt, progress, max(total))
        solid, hatched = ("#", "-") if self._ascii else (SOLID, HATCHED)
        self.bars(plt, starts, wide, total, color=self.colour("plot--forward"), marker=hatched)
        self.bars(plt, starts, wide, backward, color=self.colour("plot--backward"), marker=solid)


class LongestPlot(BarsPlot):
    """The longest stretch backward of each week, in minutes."""

    def draw(self, plt: Any, progress: Progress) -> None:  # noqa: ANN401  (plotext ships no types)
        """Bars."""
        longest = [bucket.longest for bucket in progress.buckets]
        starts, wide = self.begin(plt, progress, max(longest))
        look = {"color": self.colour("plot--backward"), "marker": "#" if self._ascii else FINE}
        self.bars(plt, starts, wide, longest, **look)


class PointsPlot(Plot):
    """Values of days."""

    def points(self, plt: Any, progress: Progress, points: tuple[Point, ...], colour: str) -> None:  # noqa: ANN401
        """Draw the points."""
        places = [float((point.day - progress.first).days) for point in points]
        if points:
            look = {"color": self.colour(colour), "marker": "o" if self._ascii else "●"}
            plt.scatter(places, [point.value for point in points], **look)
        plt.xlim(0, max(1, (progress.last - progress.first).days))
        days = [bucket.first for bucket in progress.buckets]
        self.dates(plt, days, [float((day - progress.first).days) for day in days], months=progress.by_month)


class EffortPlot(PointsPlot):
    """Effort on the CR10 scale."""

    def draw(self, plt: Any, progress: Progress) -> None:  # noqa: ANN401  (plotext ships no types)
        """0 to 10, with the range to aim for marked at its ends."""
        plt.ylim(0, 10)
        plt.yticks([0, 3, 5, 10], ["0", "3", "5", "10"])
        self.points(plt, progress, progress.efforts, "plot--forward")


class RungPlot(PointsPlot):
    """The rung of the ladder."""

    def draw(self, plt: Any, progress: Progress) -> None:  # noqa: ANN401  (plotext ships no types)
        """The rungs by name, as many as there is height for."""
        names = list(NAMES.values())
        step = 1 if self.size.height > len(names) + 1 else 2
        places = list(range(1, len(names) + 1, step))
        plt.ylim(1, len(names))
        plt.yticks(places, [names[place - 1] for place in places])
        self.points(plt, progress, progress.rungs, "plot--backward")
