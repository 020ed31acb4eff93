"""The measurements of a past activity's laps, stored like those from the sensors of a session."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from msgspec import Struct

from retro_timer.scheduling.units import kmh_over
from retro_timer.session.sensing import MAX_BPM, MAX_KMH, MAX_METRES, MIN_BPM
from retro_timer.session.states import SECOND
from retro_timer.session.trace import IntervalMeasures

if TYPE_CHECKING:
    from collections.abc import Sequence


class PastMeasures(Struct, frozen=True):
    """The measurements of a lap, or of part of a lap.

    Attributes:
        metres: the distance.
        moved: the time for which the distance is known, in milliseconds; 0 if it is not known.
        fastest_kmh: the highest speed; None if it is not known.
        heart_mean: the mean heart rate; None if it is not known.
        heart_max: the highest heart rate; None if it is not known.
        beat: the time for which the heart rate is known, in milliseconds.
    """

    metres: float = 0.0
    moved: int = 0
    fastest_kmh: float | None = None
    heart_mean: float | None = None
    heart_max: int | None = None
    beat: int = 0

    def part(self, walked: int, of: int) -> PastMeasures:
        """The measurements of `walked` out of `of` milliseconds. Means and highest values stay the same."""
        share = walked / of
        return PastMeasures(
            self.metres * share,
            round(self.moved * share),
            self.fastest_kmh,
            self.heart_mean,
            self.heart_max,
            round(self.beat * share),
        )

    def kept(self, interval: int) -> IntervalMeasures | None:
        """The measurements as stored for an interval, as if from sensors once a second; None if there are none."""
        speed = kmh_over(self.metres, self.moved) if self.moved else 0.0
        speeds = max(1, round(self.moved / SECOND)) if 0 < speed <= MAX_KMH else 0
        beats = max(1, round(self.beat / SECOND)) if self.heart_mean is not None and self.beat else 0
        if not speeds and not beats:
            return None
        return IntervalMeasures(
            interval,
            metres=min(self.metres, MAX_METRES) if speeds else 0.0,
            speeds=speeds,
            speed_mean=speed if speeds else None,
            speed_max=self.fastest_kmh if speeds else None,
            beats=beats,
            heart_mean=self.heart_mean if beats else None,
            heart_max=self.heart_max if beats else None,
        )


def measures_of(
    walked: int,
    metres: float | None = None,
    fastest_kmh: float | None = None,
    heart_mean: float | None = None,
    heart_max: float | None = None,
) -> PastMeasures:
    """The measurements of a lap, from the values in a file; impossible values count as unknown.

    Args:
        walked: its walking time, in milliseconds.
        metres: its distance.
        fastest_kmh: its highest speed.
        heart_mean: its mean heart rate.
        heart_max: its highest heart rate.
    """
    speed = kmh_over(metres, walked) if metres and walked else 0.0
    moves = 0 < speed <= MAX_KMH
    mean = heart_mean if heart_mean is not None and MIN_BPM <= heart_mean <= MAX_BPM else None
    highest = round(heart_max) if heart_max is not None and isfinite(heart_max) else 0
    return PastMeasures(
        metres=metres if metres and moves else 0.0,
        moved=walked if moves else 0,
        fastest_kmh=fastest_kmh if moves and fastest_kmh and speed <= fastest_kmh <= MAX_KMH else None,
        heart_mean=mean,
        heart_max=highest if mean is not None and round(mean) <= highest <= MAX_BPM else None,
        beat=0 if mean is None else walked,
    )


def joined(parts: Sequence[PastMeasures]) -> PastMeasures:
    """The combined measurements of neighbouring parts of an interval."""
    beat = sum(part.beat for part in parts)
    rates = sum((part.heart_mean or 0.0) * part.beat for part in parts)
    return PastMeasures(
        sum(part.metres for part in parts),
        sum(part.moved for part in parts),
        max((part.fastest_kmh for part in parts if part.fastest_kmh is not None), default=None),
        rates / beat if beat else None,
        max((part.heart_max for part in parts if part.heart_max is not None), default=None),
        beat,
    )
