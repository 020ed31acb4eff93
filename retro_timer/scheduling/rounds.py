"""Adding rounds to a repeat of a running schedule, and removing its last rounds.

An added round is a copy of the last one, with all edits. A round can be removed only before it, or a turn that leads to
it, has begun: otherwise the walker would face the wrong way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.errors import EditError
from retro_timer.scheduling.model import MAX_INTERVALS, TOO_MANY_INTERVALS, count_intervals
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import Entry, Layout, Place, Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def add_rounds(schedule: Schedule, index: int, loop: int, more: int) -> Schedule:
    """Add rounds at the end of a repeat.

    Args:
        schedule: the schedule.
        index: index of the running entry; earlier entries do not change.
        loop: the number of the repeat.
        more: number of rounds to add.

    Raises:
        EditError: if there would be too many intervals.
    """
    last, place = last_of(schedule, loop)
    first = _begin(schedule, loop, last, lambda _, inside: inside.round == place.rounds)
    last_round = schedule.entries[first : last + 1]
    body = [entry for entry in last_round if not _is_between(entry, loop)]
    between = schedule.betweens[loop]
    # The running entry may belong to the `between` before a round that was removed: do not add that part again.
    walked_between = len(last_round) - len(body)
    if len(schedule) + more * (len(body) + count_intervals(between)) > MAX_INTERVALS:
        raise EditError(TOO_MANY_INTERVALS)
    copies = _Copies(schedule, loop)
    added: list[Entry] = []
    for number in range(place.rounds, place.rounds + more):
        added += copies.layout.lay(between, place._replace(round=number, between=True))
        added += copies.of(body, number + 1)
    entries = (*schedule.entries[: last + 1], *added[walked_between:], *schedule.entries[last + 1 :])
    betweens = {**schedule.betweens, **copies.layout.betweens}
    return Schedule(_numbered(entries, index, loop, place.rounds + more), betweens)


def remove_rounds(schedule: Schedule, index: int, loop: int, fewer: int) -> Schedule:
    """Remove the last rounds of a repeat, with the intervals between rounds that lead to them.

    Args:
        schedule: the schedule.
        index: index of the running entry; it and earlier entries stay.
        loop: the number of the repeat.
        fewer: number of rounds to remove.

    Raises:
        EditError: if one of these rounds, or the turn that leads to it, has begun.
    """
    last, place = last_of(schedule, loop)
    rounds = place.rounds - fewer

    def leads_out(inside: Place) -> bool:
        return inside.between and inside.round == rounds

    first = _begin(schedule, loop, last, lambda at, inside: inside.round > rounds or (leads_out(inside) and at > index))
    led_out = _begin(schedule, loop, first - 1, lambda _, inside: leads_out(inside))
    has_turned = any(entry.phase is Phase.TURN for entry in schedule.entries[led_out:first])
    if rounds < 1 or first <= index or has_turned:
        raise EditError("the last round is running or already walked")
    entries = schedule.entries[:first] + schedule.entries[last + 1 :]
    return Schedule(_numbered(entries, index, loop, rounds), schedule.betweens)


def place_in(place: Place | None, loop: int) -> Place | None:
    """The place within one repeat, searched from the innermost outward; None if outside it."""
    while place is not None and place.loop != loop:
        place = place.outer
    return place


def last_of(schedule: Schedule, loop: int) -> tuple[int, Place]:
    """The index of a repeat's last entry, and that entry's place in the repeat."""
    found = ((at, place) for at in range(len(schedule) - 1, -1, -1) if (place := place_in(schedule[at].place, loop)))
    return next(found)


def _begin(schedule: Schedule, loop: int, last: int, belongs: Callable[[int, Place], bool]) -> int:
    """The index of the first entry in the run that ends at `last` and satisfies `belongs`; `last + 1` if there is none.

    The entries of a repeat are contiguous.
    """
    first = last + 1
    while first and (place := place_in(schedule[first - 1].place, loop)) and belongs(first - 1, place):
        first -= 1
    return first


def _is_between(entry: Entry, loop: int) -> bool:
    place = place_in(entry.place, loop)
    return place is not None and place.between


class _Copies:
    """Copies a round of a repeat, with new numbers for the repeats inside it."""

    def __init__(self, schedule: Schedule, loop: int) -> None:
        self.layout = Layout(max(schedule.betweens) + 1)
        self._betweens = schedule.betweens
        self._loop = loop

    def of(self, body: Sequence[Entry], number: int) -> Iterator[Entry]:
        """Copy the entries of a round to another round."""
        fresh: dict[int, int] = {}

        def moved(place: Place) -> Place:
            if place.loop == self._loop:
                return place._replace(round=number)
            if place.loop not in fresh:
                fresh[place.loop] = self.layout.number(self._betweens[place.loop])
            return place._replace(loop=fresh[place.loop], outer=place.outer and moved(place.outer))

        return (Entry(entry.interval, entry.place and moved(entry.place)) for entry in body)


def _numbered(entries: tuple[Entry, ...], index: int, loop: int, rounds: int) -> tuple[Entry, ...]:
    """Change the number of rounds of a repeat in all entries from an index on."""
    numbered = list(entries[:index])
    old = new = None
    for interval, place in entries[index:]:
        if place is not old:  # the intervals of a round share their place
            old, new = place, _with_rounds(place, loop, rounds)
        numbered.append(Entry(interval, new))
    return tuple(numbered)


def _with_rounds(place: Place | None, loop: int, rounds: int) -> Place | None:
    """A place with another number of rounds for a repeat."""
    if place is None:
        return None
    # Not `_replace`, which is five times slower: there may be thousands of rounds.
    if place.loop == loop:
        return Place(loop, place.round, rounds, place.between, place.outer)
    return Place(place.loop, place.round, place.rounds, place.between, _with_rounds(place.outer, loop, rounds))
