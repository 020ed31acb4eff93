"""Walked times in the whole seconds that are shown, so that the parts of a session add up to its total.

Times are rounded down: no more is shown than was walked. Rounding down each part would lose up to a second for each, so
the parts are placed one after another, and their ends are rounded down. Backward comes first: its time is then the same
where it is shown alone.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from retro_timer.session.states import shown_seconds

if TYPE_CHECKING:
    from retro_timer.session.record import Totals


class ShownTotals(NamedTuple):
    """The parts of the walking time in seconds; together they are all of it."""

    backward: int
    forward: int
    turn: int
    rest: int


def shown_totals(totals: Totals) -> ShownTotals:
    """The parts of a session's walking time, as they are shown."""
    ends = accumulate((totals.backward, totals.forward, totals.turn, totals.rest), initial=0)
    return ShownTotals(*(end - start for start, end in pairwise(map(shown_seconds, ends))))


def shown_percent(share: float) -> int:
    """The whole percent that are shown of a share: rounded down, because 100 % is all of it."""
    return int(round(share * 100, 9))  # 0.29 * 100 is a little less than 29
