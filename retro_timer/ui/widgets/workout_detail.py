"""The details of a workout beside the list on Home: profile, intervals, speeds, when it was last walked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from retro_timer.scheduling.model import Repeat
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.units import show_speed
from retro_timer.text import clock_time, counted
from retro_timer.ui.context import services_of
from retro_timer.ui.view_model import NAMES, SYMBOLS
from retro_timer.ui.widgets.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from textual.app import ComposeResult

    from retro_timer.scheduling.model import Block, Interval, Workout
    from retro_timer.training.programme import Programme


class WorkoutDetail(VerticalScroll, can_focus=False):
    """Shows one workout in full."""

    DEFAULT_CSS = """
    WorkoutDetail {
        scrollbar-size-vertical: 1;
        Static { width: 1fr; height: auto; }
        Profile { height: 5; margin: 1 0; }
        .muted { color: $muted; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._description = Static(markup=False)
        self._profile = Profile(marker=False)
        self._facts = Static(classes="muted", markup=False)
        self._intervals = Static()
        self.programme: Programme | None = None
        """The programme that the plan follows; None until it is known."""

    def compose(self) -> ComposeResult:
        """Description, profile, facts and intervals."""
        yield self._description
        yield self._profile
        yield self._facts
        yield self._intervals

    def show(self, workout: Workout, last_walked: date | None) -> None:
        """Show a workout, and the day on which it was last walked."""
        self.border_title = Content(workout.name)
        self._description.update(workout.description or f"{clock_time(workout.total_seconds)} total.")
        self._profile.show(flatten(workout))
        self._facts.update("\n".join(self._facts_of(workout, last_walked)))
        self._intervals.update(Content("\n").join([Content(""), *_lines(workout, imperial=services_of(self).imperial)]))

    def _facts_of(self, workout: Workout, last_walked: date | None) -> Iterator[str]:
        from retro_timer.runtime.today import speed_words
        from retro_timer.storage.programmes import eight_weeks
        from retro_timer.training.programme import beyond_limits

        yield f"{clock_time(workout.total_seconds)} total, {clock_time(workout.backward_seconds)} backward"
        programme = self.programme or eight_weeks()
        index = programme.level_of(workout.id) if workout.id else None
        level = None if index is None else programme.levels[index]
        if level is not None and level.backward is not None and level.forward is not None:
            imperial = services_of(self).imperial
            backward, forward = (speed_words(speed, imperial=imperial) for speed in (level.backward, level.forward))
            yield f"backward {backward}, forward {forward}"
        if beyond := beyond_limits(programme, workout, imperial=services_of(self).imperial):
            yield beyond
        yield f"last walked {last_walked:%A} {last_walked.day} {last_walked:%B}" if last_walked else "not walked yet"


def _lines(workout: Workout, *, imperial: bool) -> Iterator[Content]:
    """A line for each interval; the intervals of a repeat are below its number of rounds."""
    for block in workout.blocks:
        if not isinstance(block, Repeat):
            yield _line(block, "", imperial=imperial)
            continue
        yield Content(f"{counted(block.times, 'round')} of")
        yield from _inner(block.body, "  ", imperial=imperial)
        if block.between:
            yield Content("between rounds")
            yield from _inner(block.between, "  ", imperial=imperial)


def _inner(blocks: Iterable[Block], indent: str, *, imperial: bool) -> Iterator[Content]:
    for block in blocks:
        if isinstance(block, Repeat):
            yield Content(f"{indent}{counted(block.times, 'round')} of")
            yield from _inner((*block.body, *block.between), f"{indent}  ", imperial=imperial)
        else:
            yield _line(block, indent, imperial=imperial)


def _line(interval: Interval, indent: str, *, imperial: bool) -> Content:
    """An interval: phase, length, speed and label, in the colour of its phase."""
    speed = "" if interval.speed_kmh is None else f"  {show_speed(interval.speed_kmh, imperial=imperial)}"
    label = f"  {interval.label}" if interval.label else ""
    name = f"{indent}{SYMBOLS[interval.phase]} {NAMES[interval.phase]}"
    text = f"{name:18}{clock_time(interval.duration):>7}{speed}{label}"
    return Content.styled(text, f"$phase-{interval.phase.value}")
