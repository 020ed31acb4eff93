"""Comparison of a session with its plan, for the summary and the list of sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.record import FACING_FORWARD
from retro_timer.training.energy import Walked, estimate

if TYPE_CHECKING:
    from retro_timer.config.schema import Walker
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.history import StoredSession
    from retro_timer.session.record import Planned
    from retro_timer.training.energy import Energy

SECOND = 1000


class Measure(NamedTuple):
    """A walked and a planned value; lengths in seconds. `planned` is None if the plan is unreadable."""

    walked: int
    planned: int | None


class Review(Struct, frozen=True):
    """A session compared with its plan.

    Attributes:
        backward, forward, turn, total: in seconds; forward includes warm-up and cool-down.
        rounds: completed rounds.
        longest: the longest uninterrupted backward bout, in seconds.
        completion: the completed share of the plan, 0 to 1.
        energy: the estimated energy; None if it cannot be estimated.
    """

    backward: Measure
    forward: Measure
    turn: Measure
    total: Measure
    rounds: Measure
    longest: Measure
    completion: float
    energy: Energy | None


def review_of(session: StoredSession, walker: Walker | None = None) -> Review:
    """Compare a session with its plan.

    Args:
        session: the session.
        walker: body weight and usual speeds, for the energy.
    """
    summary, totals = session.summary, session.summary.totals
    planned = planned_schedule(summary.planned)
    sums = {phase: _sum(planned, phase) for phase in Phase} if planned else None
    forward = sum(sums[phase] or 0 for phase in FACING_FORWARD) if sums else None
    return Review(
        backward=Measure(totals.backward // SECOND, sums[Phase.BACKWARD] if sums else None),
        forward=Measure(totals.forward // SECOND, forward),
        turn=Measure(totals.turn // SECOND, sums[Phase.TURN] if sums else None),
        total=Measure(summary.spent.walked // SECOND, summary.planned.seconds),
        rounds=Measure(totals.rounds_done, summary.planned.rounds),
        longest=Measure(totals.longest_backward // SECOND, planned.longest_backward if planned else None),
        completion=totals.completion,
        energy=_energy(session, walker),
    )


def planned_schedule(planned: Planned) -> Schedule | None:
    """The planned schedule; None if the workout is invalid because the history was edited by hand."""
    try:
        return flatten(planned.workout())
    except WorkoutError:
        return None


def _sum(schedule: Schedule, phase: Phase) -> int:
    return sum(schedule.lengths(phase))


def _energy(session: StoredSession, walker: Walker | None) -> Energy | None:
    if walker is None:
        return None
    parts = [Walked(part.phase, part.walked / SECOND, part.speed_kmh) for part in session.intervals]
    return estimate(parts, walker.weight_kg, walker.backward_kmh, walker.forward_kmh)
