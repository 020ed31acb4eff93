"""The totals of a session: times by phase, rounds, the longest bout, energy and load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from retro_timer.runtime.review import Measure
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.units import show_distance, show_speed
from retro_timer.session.shown import shown_percent
from retro_timer.text import clock_time
from retro_timer.training.energy import session_load
from retro_timer.ui.context import services_of
from retro_timer.ui.view_model import SYMBOLS
from retro_timer.ui.widgets.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from retro_timer.runtime.review import Review


class SessionTotals(Vertical):
    """Shows the walked totals, next to the planned ones.

    Args:
        review: the totals.
        walked: seconds on the belt, for the load.
        effort: how hard it was, 0 to 10; None if it is not known.
        id: the id of the widget.
    """

    def __init__(
        self,
        review: Review,
        walked: float,
        effort: int | None,
        *,
        id: str | None = None,  # noqa: A002  (Textual's name)
    ) -> None:
        super().__init__(id=id)
        self._review = review
        self._walked = walked
        self._load = Line(self._load_of(effort), id="load")

    def compose(self) -> ComposeResult:
        """A line for each total."""
        review = self._review
        yield from self._phases()
        yield Line("  total", right=_of(review.total))
        if review.rounds.planned:
            yield Line("  rounds", right=f"{review.rounds.walked} of {review.rounds.planned}")
        if review.longest.walked or not review.backward.walked:  # it may be unknown for a logged session
            yield Line("  longest bout", right=_of(review.longest))
        yield from self._measured()
        yield Line("  of what was planned", right=f"{shown_percent(review.completion)} %")
        if review.energy is not None:
            yield _classed(Line(f"  {review.energy}"), "quiet")
        yield _classed(self._load, "quiet")

    def show_effort(self, effort: int | None) -> None:
        """Show the session's load for an effort."""
        self._load.show(self._load_of(effort))

    def _phases(self) -> Iterator[Line]:
        for phase, name, measure in (
            (Phase.BACKWARD, "backward", self._review.backward),
            (Phase.FORWARD, "forward", self._review.forward),
            (Phase.TURN, "turning", self._review.turn),
            (Phase.REST, "rest", self._review.rest),
        ):
            if phase is Phase.REST and not (measure.walked or measure.planned):
                continue
            yield _classed(Line(f"{SYMBOLS[phase]} {name}", right=_of(measure)), phase.value)

    def _measured(self) -> Iterator[Line]:
        """The lines of sensor measurements; none without sensors."""
        measured = self._review.measured
        if measured is None:
            return
        imperial = services_of(self).imperial
        if measured.metres is not None:
            yield Line("  distance", right=show_distance(measured.metres, imperial=imperial))
        if measured.backward_kmh is not None:
            yield Line("  backward speed", right=show_speed(measured.backward_kmh, imperial=imperial))
            yield Line("  backward distance", right=show_distance(measured.backward_metres, imperial=imperial))
            yield Line(
                "  measured backward", right=_of(Measure(measured.backward_seconds, self._review.backward.planned))
            )
        if measured.heart_mean is not None:
            most = f", at most {measured.heart_max}" if measured.heart_max is not None else ""
            yield Line("  heart rate", right=f"{measured.heart_mean} bpm{most}")

    def _load_of(self, effort: int | None) -> str:
        load = session_load(effort, self._walked)
        return "" if load is None else f"  session load {load:.0f} (effort x min)"


def _of(measure: Measure) -> str:
    walked = clock_time(measure.walked)
    return walked if measure.planned is None else f"{walked} of {clock_time(measure.planned):>5}"


def _classed(line: Line, name: str) -> Line:
    line.add_class(name)
    return line
