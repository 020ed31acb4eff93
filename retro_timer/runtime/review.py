"""Comparison of a session with its plan, for the summary and the list of sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from retro_timer.scheduling.phases import Phase
from retro_timer.session.record import FACING_FORWARD
from retro_timer.session.shown import shown_totals
from retro_timer.session.states import SECOND, shown_seconds
from retro_timer.training.energy import Walked, estimate

if TYPE_CHECKING:
    from retro_timer.config.schema import Walker
    from retro_timer.session.history import StoredSession
    from retro_timer.session.record import IntervalRecord
    from retro_timer.session.trace import IntervalMeasures
    from retro_timer.training.energy import Energy

STANDS_KMH = 0.1
"""A mean speed below this, in km/h, counts as standing."""


class Measure(NamedTuple):
    """A walked and a planned value; lengths in seconds. `planned` is None if the plan is unreadable."""

    walked: int
    planned: int | None


class MeasuredTotals(Struct, frozen=True):
    """What sensors measured in a session.

    Attributes:
        metres: the distance; None if no speed was measured.
        backward_metres: the backward part of it.
        backward_kmh: the mean speed backward; None if it was not measured.
        backward_seconds: the measured time of backward bouts, in seconds.
        heart_mean: the mean heart rate; None if it was not measured.
        heart_max: the highest.
    """

    metres: float | None
    backward_metres: float
    backward_kmh: float | None
    backward_seconds: int
    heart_mean: int | None
    heart_max: int | None


class Review(Struct, frozen=True):
    """A session compared with its plan.

    Attributes:
        backward, forward, turn, rest, total: in seconds; forward includes warm-up and cool-down. The parts add up to
            the total.
        rounds: completed rounds.
        longest: the longest uninterrupted backward bout, in seconds.
        completion: the completed share of the plan, 0 to 1.
        energy: the estimated energy; None if it cannot be estimated.
        measured: what sensors measured; None without any.
    """

    backward: Measure
    forward: Measure
    turn: Measure
    rest: Measure
    total: Measure
    rounds: Measure
    longest: Measure
    completion: float
    energy: Energy | None
    measured: MeasuredTotals | None = None


def review_of(session: StoredSession, walker: Walker | None = None) -> Review:
    """Compare a session with its plan.

    Args:
        session: the session.
        walker: body weight and usual speeds, for the energy.
    """
    summary, totals = session.summary, session.summary.totals
    shown = shown_totals(totals)
    planned = summary.planned.schedule

    def length(*phases: Phase) -> int | None:
        return sum(planned.times.get(phase, 0) for phase in phases) if planned else None

    return Review(
        backward=Measure(shown.backward, length(Phase.BACKWARD)),
        forward=Measure(shown.forward, length(*FACING_FORWARD)),
        turn=Measure(shown.turn, length(Phase.TURN)),
        rest=Measure(shown.rest, length(Phase.REST)),
        total=Measure(shown_seconds(summary.spent.walked), summary.planned.seconds),
        rounds=Measure(totals.rounds_done, summary.planned.rounds),
        longest=Measure(shown_seconds(totals.longest_backward), planned.longest_backward if planned else None),
        completion=totals.completion,
        energy=_energy(session, walker),
        measured=_measured(session),
    )


def _energy(session: StoredSession, walker: Walker | None) -> Energy | None:
    """The energy at the measured speeds, and at the planned ones where none was measured."""
    if walker is None:
        return None
    measures = {each.interval: each for each in session.measures}
    parts = [_walked(interval, measures.get(place)) for place, interval in enumerate(session.intervals)]
    return estimate(parts, walker.weight_kg, walker.backward_kmh, walker.forward_kmh)


def _walked(interval: IntervalRecord, measures: IntervalMeasures | None) -> Walked:
    seconds = interval.walked / SECOND
    if measures is None or measures.speed_mean is None or not measures.covers(seconds):
        return Walked(interval.phase, seconds, interval.speed_kmh)
    if measures.speed_mean < STANDS_KMH:
        return Walked(Phase.REST, seconds)
    return Walked(interval.phase, seconds, measures.speed_mean)


def _measured(session: StoredSession) -> MeasuredTotals | None:
    measures = session.measures
    if not measures:
        return None
    speeds = any(each.speeds for each in measures)
    backward = [each for each in measures if _is_backward(session, each)]
    samples = sum(each.speeds for each in backward)
    beats = sum(each.beats for each in measures)
    return MeasuredTotals(
        metres=sum(each.metres for each in measures) if speeds else None,
        backward_metres=sum(each.metres for each in backward),
        backward_kmh=sum((each.speed_mean or 0) * each.speeds for each in backward) / samples if samples else None,
        backward_seconds=samples,
        heart_mean=round(sum((each.heart_mean or 0) * each.beats for each in measures) / beats) if beats else None,
        heart_max=max((each.heart_max for each in measures if each.heart_max is not None), default=None),
    )


def _is_backward(session: StoredSession, measures: IntervalMeasures) -> bool:
    intervals = session.intervals
    return measures.interval < len(intervals) and intervals[measures.interval].phase.faces_backward
