"""What was walked against what was planned, and what it took: the same for the summary and for the list of sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from retro_timer.scheduling.energy import Walked, estimate
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.record import FACING_FORWARD

if TYPE_CHECKING:
    from retro_timer.scheduling.energy import Energy
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.storage.model import Walk
    from retro_timer.storage.settings_schema import Walker

SECOND = 1000


class Measure(NamedTuple):
    """Something walked; lengths in seconds. `planned` is None where what was planned cannot be read any more."""

    walked: int
    planned: int | None


@dataclass(frozen=True, slots=True)
class Review:
    """A walk against its plan.

    Attributes:
        backward, forward, turn, total: in seconds; forward includes warm-up and cool-down.
        rounds: rounds walked to their end.
        longest: the longest stretch backward without a stop, in seconds.
        completion: how much of what was planned was walked, 0 to 1.
        energy: None where it cannot be told.
    """

    backward: Measure
    forward: Measure
    turn: Measure
    total: Measure
    rounds: Measure
    longest: Measure
    completion: float
    energy: Energy | None


def review_of(walk: Walk, walker: Walker | None = None) -> Review:
    """A walk against its plan.

    Args:
        walk: what was walked.
        walker: body weight and usual speeds, for the energy.
    """
    summary, totals = walk.summary, walk.summary.totals
    planned = planned_schedule(summary.planned.notation)
    sums = {phase: _sum(planned, phase) for phase in Phase} if planned else None
    forward = sum(sums[phase] or 0 for phase in FACING_FORWARD) if sums else None
    return Review(
        backward=Measure(totals.backward // SECOND, sums[Phase.BACKWARD] if sums else None),
        forward=Measure(totals.forward // SECOND, forward),
        turn=Measure(totals.turn // SECOND, sums[Phase.TURN] if sums else None),
        total=Measure(summary.spent.walked // SECOND, summary.planned.seconds),
        rounds=Measure(totals.rounds_done, summary.planned.rounds),
        longest=Measure(totals.longest_backward // SECOND, _longest(planned) if planned else None),
        completion=totals.completion,
        energy=_energy(walk, walker),
    )


def planned_schedule(notation: str) -> Schedule | None:
    """What was planned; None where the history was edited by hand and holds no workout there."""
    try:
        return flatten(parse(notation))
    except WorkoutError:
        return None


def _sum(schedule: Schedule, phase: Phase) -> int:
    return sum(entry.duration for entry in schedule if entry.phase is phase)


def _longest(schedule: Schedule) -> int:
    longest = stretch = 0
    for entry in schedule:
        stretch = stretch + entry.duration if entry.phase is Phase.BACKWARD else 0
        longest = max(longest, stretch)
    return longest


def _energy(walk: Walk, walker: Walker | None) -> Energy | None:
    if walker is None:
        return None
    parts = [Walked(part.phase, part.walked / SECOND, part.speed_kmh) for part in walk.intervals]
    return estimate(parts, walker.weight_kg, walker.backward_kmh, walker.forward_kmh)
