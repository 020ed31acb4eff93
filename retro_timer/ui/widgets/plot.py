"""Plots in the colours of the theme, using textual-plotext: bars for weeks, points for days."""

from __future__ import annotations

from itertools import count
from math import ceil
from textwrap import wrap
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.text import Text
from textual_plotext import PlotextPlot

from retro_timer.scheduling.units import mph
from retro_timer.session.bounds import SCORES
from retro_timer.training.energy import effort_words
from retro_timer.training.levels import NAMES
from retro_timer.ui.context import DrawsAscii, services_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from textual.color import Color

    from retro_timer.runtime.progress import Point, Progress
    from retro_timer.runtime.services import Services

SOLID: Final = "█"
HATCHED: Final = "▒"
WIDEST: Final = 8
"""Maximum width of a bar in cells."""
AXIS: Final = 4
"""Width of the numbers at the side in cells."""
ROOMY: Final = 9
"""Above this height, a plot has room for numbers every other line."""
MOST_TICKS: Final = 6
FEW_TICKS: Final = 4
WORDY: Final = 50
"""Minimum width of a plot with words at the side."""
WIDEST_TEXT: Final = 44
TICK: Final = 12
"""Width of a date below the plot in cells, including the space to the next."""


class Plot(DrawsAscii, PlotextPlot):
    """Base class of the progress plots; without data, a plot says what it will show, and what that takes."""

    awaits: ClassVar[str] = ""
    """The text to show without data."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"plot--backward", "plot--forward", "plot--axis"}
    DEFAULT_CSS = """
    Plot {
        width: 1fr; height: 1fr;
        .plot--backward { color: $phase-backward; }
        .plot--forward { color: $phase-forward; }
        .plot--axis { color: $muted; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._progress: Progress | None = None

    def show(self, progress: Progress) -> None:
        """Show progress data."""
        self._progress = progress
        self.refresh()

    def on_mount(self) -> None:
        """Disable Plotext's own themes: the colours come from the app's theme."""

    def render(self) -> Text:
        """Render the plot."""
        width, height = self.size
        nothing = services_of(self).store is None if self._progress is None else not self.has_data(self._progress)
        if width < 16 or height < 4 or (self._progress is None and not nothing):
            return Text("")
        if self._progress is None or nothing:
            return self._announced(width, height)
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

    def has_data(self, progress: Progress) -> bool:
        """Whether there is anything to draw."""
        raise NotImplementedError

    def legend(self, services: Services) -> tuple[tuple[str, str], ...]:  # noqa: ARG002  (most have none)
        """The meaning of the plot's colours: texts with their colours, for the title."""
        return ()

    def _announced(self, width: int, height: int) -> Text:
        """The text to show without data, centred."""
        lines = wrap(self.awaits, min(width, WIDEST_TEXT))
        above = "\n" * max(0, (height - len(lines)) // 2)
        style = self.get_component_rich_style("plot--axis")
        return Text(above + "\n".join(line.center(width) for line in lines), style, no_wrap=True)

    def draw(self, plt: Any, progress: Progress) -> None:  # noqa: ANN401  (plotext has no type annotations)
        """Draw the plot."""
        raise NotImplementedError

    def colour(self, name: str) -> Any:  # noqa: ANN401  (plotext's type of colours)
        """A colour of the theme for plotext; in ANSI themes one of the terminal's colours."""
        colour: Color = self.get_component_styles(name).color
        return colour.rgb if colour.ansi is None else max(0, colour.ansi)

    def dates(self, plt: Any, days: list[date], places: list[float], columns: int, *, months: bool) -> None:  # noqa: ANN401
        """Label the plot with as many dates as fit."""
        step = max(1, -(-len(days) * TICK // max(1, columns)))
        chosen = range(len(days) - 1, -1, -step)
        names = [f"{days[index]:%b %Y}" if months else f"{days[index].day} {days[index]:%b}" for index in chosen]
        plt.xticks([places[index] for index in chosen], names)


class BarsPlot(Plot):
    """One bar per week or month, on whole columns; if there are not enough columns, several share a bar."""

    def begin(self, plt: Any, progress: Progress, lengths: list[float]) -> tuple[list[int], int]:  # noqa: ANN401
        """Set up the scales: minutes at the side, dates below. Returns the starts of the bars and their width."""
        ticks = even_ticks(max(lengths), MOST_TICKS if self.size.height > ROOMY else FEW_TICKS)
        top = ticks[-1]
        plt.ylim(0, top)
        plt.yticks(ticks, [f"{tick} " for tick in ticks])
        columns = self.size.width - len(str(top)) - 1
        step = max(1, columns // len(lengths))
        wide = min(WIDEST, max(1, step - (2 if step > 4 else 1)))
        starts = [index * step for index in range(len(lengths))]
        plt.xlim(0, columns - 1)
        firsts = [bucket.first for bucket in progress.buckets][:: self.together(progress)]
        self.dates(plt, firsts, [start + (wide - 1) / 2 for start in starts], columns, months=progress.by_month)
        return starts, wide

    def together(self, progress: Progress) -> int:
        """The number of weeks or months per bar."""
        return -(-len(progress.buckets) // max(1, self.size.width - AXIS))

    @staticmethod
    def bars(plt: Any, starts: list[int], wide: int, lengths: list[float], **look: Any) -> None:  # noqa: ANN401
        """Draw all bars that are not empty."""
        seen = [(start, length) for start, length in zip(starts, lengths, strict=True) if length > 0]
        places = [(start + column, length) for start, length in seen for column in range(wide)]
        if places:
            plt.scatter([place for place, _ in places], [length for _, length in places], fillx=True, **look)


class MinutesPlot(BarsPlot):
    """Minutes per week, backward below forward."""

    awaits = "After your first walk, each week has a bar here: its minutes backward and forward."

    def has_data(self, progress: Progress) -> bool:
        """Whether anything was walked."""
        return any(bucket.backward + bucket.forward > 0 for bucket in progress.buckets)

    def legend(self, services: Services) -> tuple[tuple[str, str], ...]:
        """The textures of the bars, in their colours."""
        solid, hatched = textures(ascii_only=services.ascii_only)
        return (
            ("  ", ""),
            (f"{solid} backward", "$phase-backward"),
            ("  ", ""),
            (f"{hatched} forward", "$phase-forward"),
        )

    def draw(self, plt: Any, progress: Progress) -> None:  # noqa: ANN401  (plotext has no type annotations)
        """Draw the totals first and backward over them, with different textures that do not depend on colour."""
        shared = self.together(progress)
        total = _joined([bucket.backward + bucket.forward for bucket in progress.buckets], shared, sum)
        backward = _joined([bucket.backward for bucket in progress.buckets], shared, sum)
        starts, wide = self.begin(plt, progress, total)
        solid, hatched = textures(ascii_only=self.ascii_only)
        self.bars(plt, starts, wide, total, color=self.colour("plot--forward"), marker=hatched)
        self.bars(plt, starts, wide, backward, color=self.colour("plot--backward"), marker=solid)


class LongestPlot(BarsPlot):
    """The longest backward bout of each week, in minutes."""

    awaits = "Each week's longest backward bout appears here, so that you see it grow."

    def has_data(self, progress: Progress) -> bool:
        """Whether anything was walked backward."""
        return any(bucket.longest > 0 for bucket in progress.buckets)

    def draw(self, plt: Any, progress: Progress) -> None:  # noqa: ANN401  (plotext has no type annotations)
        """Draw the bars."""
        longest = _joined([bucket.longest for bucket in progress.buckets], self.together(progress), max)
        starts, wide = self.begin(plt, progress, longest)
        look = {"color": self.colour("plot--backward"), "marker": "#" if self.ascii_only else SOLID}
        self.bars(plt, starts, wide, longest, **look)


class PointsPlot(Plot):
    """A plot of values by day."""

    def points(
        self,
        plt: Any,  # noqa: ANN401
        progress: Progress,
        points: tuple[Point, ...],
        colour: str,
        names: int = AXIS,
    ) -> None:
        """Draw the points; `names` is the width of the labels at the side in cells."""
        places = [float((point.day - progress.first).days) for point in points]
        if points:
            look = {"color": self.colour(colour), "marker": "o" if self.ascii_only else "●"}
            plt.scatter(places, [point.value for point in points], **look)
        plt.xlim(0, max(1, (progress.last - progress.first).days))
        days = [bucket.first for bucket in progress.buckets]
        room = self.size.width - names
        self.dates(plt, days, [float((day - progress.first).days) for day in days], room, months=progress.by_month)


class EffortPlot(PointsPlot):
    """Effort from 0 to 10."""

    awaits = "No effort rated yet: say after a walk how hard it was, or edit a session below."

    def has_data(self, progress: Progress) -> bool:
        """Whether any effort was rated."""
        return bool(progress.efforts)

    def draw(self, plt: Any, progress: Progress) -> None:  # noqa: ANN401  (plotext has no type annotations)
        """Draw the scale from 0 to 10 in even steps, in words if there is room for them."""
        step = 2 if self.size.height > ROOMY else 5
        efforts = SCORES[::step]
        wordy = self.size.width >= WORDY
        names = [f"{effort} {effort_words(effort).partition(',')[0]} " if wordy else f"{effort} " for effort in efforts]
        plt.ylim(SCORES[0], SCORES[-1])
        plt.yticks(list(efforts), names)
        self.points(plt, progress, progress.efforts, "plot--forward", max(map(len, names)))


class SpeedPlot(PointsPlot):
    """The measured backward speed, of sessions whose effort was in the range to aim for."""

    awaits = "No speed measured at such an effort yet: say after a walk how hard it was."

    def has_data(self, progress: Progress) -> bool:
        """Whether a speed was measured in such a session."""
        return bool(progress.speeds)

    def draw(self, plt: Any, progress: Progress) -> None:  # noqa: ANN401  (plotext has no type annotations)
        """Draw the speeds, in the walker's unit."""
        imperial = services_of(self).imperial
        points = tuple(point._replace(value=mph(point.value) if imperial else point.value) for point in progress.speeds)
        top = max(1, ceil(max((point.value for point in points), default=0)))
        plt.ylim(0, top)
        plt.yticks(list(range(top + 1)), [f"{tick} " for tick in range(top + 1)])
        self.points(plt, progress, points, "plot--backward")


class LevelPlot(PointsPlot):
    """The place of the preset on the ladder."""

    awaits = "Each session with a preset appears here, on its step of the ladder."

    def has_data(self, progress: Progress) -> bool:
        """Whether a preset was walked."""
        return bool(progress.preset_ids)

    def draw(self, plt: Any, progress: Progress) -> None:  # noqa: ANN401  (plotext has no type annotations)
        """Draw the scale with as many names of presets as fit."""
        names = list(NAMES.values())
        step = 1 if self.size.height > len(names) + 1 else 2
        places = list(range(1, len(names) + 1, step))
        plt.ylim(1, len(names))
        plt.yticks(places, [f"{names[place - 1]} " for place in places])
        self.points(plt, progress, progress.preset_ids, "plot--backward", max(map(len, names)))


def textures(*, ascii_only: bool) -> tuple[str, str]:
    """The characters that bars are made of: backward, and forward."""
    return ("#", "-") if ascii_only else (SOLID, HATCHED)


def even_ticks(highest: float, most: int) -> list[int]:
    """Evenly spaced round numbers from 0 to at least the highest value: as many as possible, but at most `most`."""
    needed = max(1, ceil(highest))
    step = next(step for step in _steps() if step * (most - 1) >= needed)
    return list(range(0, step * ceil(needed / step) + 1, step))


def _steps() -> Iterator[int]:
    """Round distances, ever larger: 1, 2, 5, 10, 20, 50, ..."""
    for power in count():
        yield from (factor * 10**power for factor in (1, 2, 5))


def _joined(lengths: list[float], shared: int, how: Callable[[list[float]], float]) -> list[float]:
    """Combine groups of `shared` lengths."""
    return [how(lengths[index : index + shared]) for index in range(0, len(lengths), shared)]
