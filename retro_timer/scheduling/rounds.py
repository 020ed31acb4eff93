"""Adding rounds to a repeat of a running schedule, and removing its last ones.

An added round is a copy of the last one, with all edits. A round can be removed only before it, or a turn that leads to
it, has begun: otherwise the walker would face the wrong way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.errors import EditError
from retro_timer.scheduling.model import MAX_INTERVALS, count_intervals
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import Entry, Layout, Place, Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


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
    last, place = _last_of(schedule, loop)
    last_round = [
        (entry, inside.between)
        for entry in schedule
        if (inside := place_in(entry.place, loop)) and inside.round == place.rounds
    ]
    body = [entry for entry, is_between in last_round if not is_between]
    between = schedule.betweens[loop]
    # The running entry may belong to the `between` before a round that was removed: do not add that part again.
    walked_between = len(last_round) - len(body)
    if len(schedule) + more * (len(body) + count_intervals(between)) > MAX_INTERVALS:
        raise EditError(f"a workout has at most {MAX_INTERVALS:,} intervals")
    copies = _Copies(schedule, loop)
    added: list[Entry] = []
    for number in range(place.rounds, place.rounds + more):
        added += copies.layout.lay(between, place._replace(round=number, between=True))
        added += copies.of(body, number + 1)
    entries = (*schedule.entries[: last + 1], *added[walked_between:], *schedule.entries[last + 1 :])
    betweens = {**schedule.betweens, **copies.layout.betweens}
    return Schedule(_numbered(entries, index, loop, place.rounds + more), betweens)


def remove_rounds(schedule: Schedule, index: int, loop: int, fewer: int) -> Schedule:
    """Remove the last rounds of a repeat, with the intervals between that lead to them.

    Args:
        schedule: the schedule.
        index: index of the running entry; it and earlier entries stay.
        loop: the number of the repeat.
        fewer: number of rounds to remove.

    Raises:
        EditError: if one of these rounds, or the turn that leads to it, has begun.
    """
    rounds = _last_of(schedule, loop)[1].rounds - fewer

    def is_removed(at: int) -> bool:
        place = place_in(schedule[at].place, loop)
        return place is not None and (place.round > rounds or (leads_out(place) and at > index))

    def leads_out(place: Place) -> bool:
        return place.between and place.round == rounds

    def has_turned(at: int) -> bool:
        place = place_in(schedule[at].place, loop)
        return place is not None and leads_out(place) and schedule[at].phase is Phase.TURN

    if rounds < 1 or any(is_removed(at) or has_turned(at) for at in range(index + 1)):
        raise EditError("the last round is running or already walked")
    entries = tuple(entry for at, entry in enumerate(schedule) if not is_removed(at))
    return Schedule(_numbered(entries, index, loop, rounds), schedule.betweens)


def place_in(place: Place | None, loop: int) -> Place | None:
    """The place within one repeat, searched from the innermost outward; None if outside it."""
    while place is not None and place.loop != loop:
        place = place.outer
    return place


def _last_of(schedule: Schedule, loop: int) -> tuple[int, Place]:
    """The last entry of a repeat, and its place in it."""
    found = ((at, place) for at in range(len(schedule) - 1, -1, -1) if (place := place_in(schedule[at].place, loop)))
    return next(found)


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

    def changed(place: Place) -> Place:
        if place.loop == loop:
            return place._replace(rounds=rounds)
        return place._replace(outer=place.outer and changed(place.outer))

    return entries[:index] + tuple(
        Entry(entry.interval, changed(entry.place)) if place_in(entry.place, loop) and entry.place else entry
        for entry in entries[index:]
    )
