"""Energy, effort and load of a session. Energy is an estimate, shown as "about" with a range; sources are named."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.units import mph
from retro_timer.session.bounds import SCORES

if TYPE_CHECKING:
    from collections.abc import Iterable


class TreadmillMet(NamedTuple):
    """An entry of the 2024 Adult Compendium: the MET of walking forward on a treadmill.

    Attributes:
        below_mph: the exclusive upper end of its speeds, which start at the previous entry's.
        met: the MET.
        code: the code of the entry.
    """

    below_mph: float
    met: float
    code: int


MIN_KG: Final = 20.0
MAX_KG: Final = 300.0
"""Body weights outside this range are refused as typing errors."""
STANDING_MET: Final = 1.3
"""A turn or a rest counts as standing: 1.3 MET (2024 Adult Compendium of Physical Activities)."""
BACKWARD_FACTOR: Final = 1.25
"""Ratio of backward to forward MET at the same speed; gives the Compendium's 6.0 MET at 3.5 mph (code 17320)."""
BACKWARD_UPPER: Final = 1.5
"""Upper bound of the ratio: the articles' "up to 50 %". Kim & Choi 2001 are said to have measured 1.48 at 5 km/h."""
BACKWARD_LOWER: Final = 1.17
"""Lower bound of the ratio: 17 to 20 % more at 2.5 mph uphill (J Orthop Sports Phys Ther 2004, 34:65)."""
RAIL_SAVES: Final = 0.2
"""The most that holding the rail saves. Gripping it cut oxygen uptake by 15 to 21 % in one study of 10 people (PubMed
17135860); others found no change. Walkers are told to hold it, so the low end of the range includes it."""
FORWARD_METS: Final = (
    TreadmillMet(1.0, 2.1, 17340),
    TreadmillMet(1.2, 2.3, 17343),
    TreadmillMet(2.0, 2.8, 17346),
    TreadmillMet(2.5, 3.0, 17349),
    TreadmillMet(3.0, 3.5, 17352),
    TreadmillMet(3.5, 3.8, 17355),
    TreadmillMet(4.0, 4.8, 17358),
)
"""The treadmill entries of the Compendium, slowest first."""
EFFORTS: Final = (
    (range(1), "resting"),
    (range(1, 3), "easy"),
    (range(3, 5), "comfortable, can talk"),
    (range(5, 7), "working, short sentences"),
    (range(7, 9), "hard, a few words"),
    (range(9, 11), "as hard as I can"),
)
"""The scale of effort, 0 to 10, in our own words: published scales and their wording are licensed (design)."""
AIM: Final = range(3, 6)
"""The efforts of a good session."""


class Walked(NamedTuple):
    """Time spent in one phase, in seconds, and its speed in km/h if known."""

    phase: Phase
    seconds: float
    speed_kmh: float | None = None


class Energy(NamedTuple):
    """An estimate in kcal: the likely value and its range."""

    about: float
    low: float
    high: float

    def __str__(self) -> str:
        """The text shown to the walker: `about 64 kcal (range 58-70)`."""
        return f"about {self.about:.0f} kcal (range {self.low:.0f}-{self.high:.0f})"


class _Mets(NamedTuple):
    about: float
    low: float
    high: float


def forward_met(speed_kmh: float) -> float | None:
    """The MET of walking forward on a treadmill; None outside the range of walking speeds.

    The speed is rounded to 0.1 mph, the resolution of the table: 1.6 km/h counts as 1.0 mph.
    """
    if not math.isfinite(speed_kmh) or speed_kmh <= 0:
        return None
    rounded = round(mph(speed_kmh), 1)
    return next((entry.met for entry in FORWARD_METS if rounded < entry.below_mph), None)


def estimate(
    parts: Iterable[Walked],
    weight_kg: float | None,
    backward_kmh: float | None = None,
    forward_kmh: float | None = None,
) -> Energy | None:
    """Estimate the energy of a session; None without a body weight, or if a speed is unknown or out of range.

    kcal per minute = MET x 3.5 x kg / 200. The range of a backward part runs from `BACKWARD_LOWER` times the cost of
    forward walking, with the rail held throughout, to `BACKWARD_UPPER` times that cost without the rail (design).

    Args:
        parts: the time spent in each phase.
        weight_kg: body weight.
        backward_kmh: default speed of backward parts.
        forward_kmh: default speed of warm-up, forward and cool-down parts.

    Raises:
        ValueError: for an impossible weight or length.
    """
    if weight_kg is None:
        return None
    if not MIN_KG <= weight_kg <= MAX_KG:
        raise ValueError(f"a body weight is {MIN_KG:g} to {MAX_KG:g} kg, not {weight_kg:g}")
    about = low = high = 0.0
    for part in parts:
        if not 0 <= part.seconds < math.inf:
            raise ValueError(f"a part of a walk cannot take {part.seconds:g} seconds")
        if not part.seconds:
            continue
        usual = backward_kmh if part.phase.faces_backward else forward_kmh
        mets = _mets(part.phase, usual if part.speed_kmh is None else part.speed_kmh)
        if mets is None:
            return None
        kcal_per_met = part.seconds / 60 * 3.5 * weight_kg / 200
        about += mets.about * kcal_per_met
        low += mets.low * kcal_per_met
        high += mets.high * kcal_per_met
    return Energy(about, low, high)


def session_load(effort: int | None, seconds: float) -> float | None:
    """Effort times minutes (Foster); None if the effort is unknown."""
    return None if effort is None else effort * seconds / 60


def effort_words(effort: int) -> str:
    """What an effort feels like, such as "comfortable, can talk".

    Raises:
        ValueError: if the effort is not 0 to 10.
    """
    if effort not in SCORES:
        raise ValueError(f"an effort is {SCORES[0]} to {SCORES[-1]}, not {effort}")
    return next(words for values, words in EFFORTS if effort in values)


def _mets(phase: Phase, speed_kmh: float | None) -> _Mets | None:
    if phase in (Phase.TURN, Phase.REST):
        return _Mets(STANDING_MET, STANDING_MET, STANDING_MET)
    forward = None if speed_kmh is None else forward_met(speed_kmh)
    if forward is None:
        return None
    if phase.faces_backward:
        low = forward * BACKWARD_LOWER * (1 - RAIL_SAVES)
        return _Mets(forward * BACKWARD_FACTOR, low, forward * BACKWARD_UPPER)
    return _Mets(forward, forward, forward)
