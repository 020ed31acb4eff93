"""Edits of what is left of a schedule: each gives a new schedule whose past is unchanged.

`at` is where the walker is: the index of the running entry and how many whole seconds, rounded up, it has run. The
running entry is never cut to end sooner than `NOTICE` seconds from now, so that the 3-2-1 is always heard.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import Entry, Place, Schedule
from retro_timer.scheduling.workout import MAX_SECONDS, MIN_SECONDS, Interval

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST_BOUT = 5
"""Seconds below which shortening all bouts of a phase stops: less cannot be followed."""
NOTICE = 3
"""Seconds that are always left of the running interval after an edit: as long as the count takes."""
DEFAULT_COOL_DOWN = 120
DEFAULT_TURN = 30


class EditError(WorkoutError):
    """An edit that would change nothing or cannot be made now. The message is one sentence for the walker."""


@dataclass(frozen=True, slots=True)
class At:
    """Where the walker is in a schedule.

    Attributes:
        index: the running entry.
        into: whole seconds since it started, rounded up.
    """

    index: int
    into: int


Edit = Callable[[Schedule, At], Schedule]
"""An edit: raises `EditError` when it cannot be made."""


@dataclass(frozen=True, slots=True)
class ChangeThis:
    """Make the running interval longer or shorter by some seconds."""

    seconds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with the running interval changed."""
        running = schedule[at.index]
        length = _running_length(running.duration, running.duration + self.seconds, at)
        if length == running.duration:
            raise EditError(_no_change(self.seconds))
        return _with_entries(schedule, at.index, [_lasting(running, length)])


@dataclass(frozen=True, slots=True)
class SetThis:
    """Give the running interval a length in seconds, as long as it is the one that was meant.

    Attributes:
        index: the entry that was running when the length was chosen.
        seconds: its new length.
    """

    index: int
    seconds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with the running interval set."""
        if at.index != self.index:
            raise EditError("that interval is over")
        return ChangeThis(self.seconds - schedule[at.index].duration)(schedule, at)


@dataclass(frozen=True, slots=True)
class ChangeAll:
    """Make all bouts of a phase that are left longer or shorter by some seconds, the running one too."""

    phase: Phase
    seconds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with every bout of the phase that is left changed."""
        return _change_phase(
            schedule, at, self.phase, lambda length: max(min(length, SHORTEST_BOUT), length + self.seconds)
        )


@dataclass(frozen=True, slots=True)
class SetAll:
    """Give all bouts of a phase that are left one length in seconds, the running one too."""

    phase: Phase
    seconds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with every bout of the phase that is left set."""
        return _change_phase(schedule, at, self.phase, lambda _: self.seconds)


@dataclass(frozen=True, slots=True)
class ChangeRounds:
    """Add a round to the repeat being walked, or the next one to come, or take its last away."""

    rounds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with that many rounds more or fewer."""
        for _ in range(abs(self.rounds)):
            schedule = _add_round(schedule, at) if self.rounds > 0 else _remove_round(schedule, at)
        return schedule


@dataclass(frozen=True, slots=True)
class Combined:
    """Several edits made as one, in order: all of them or, when one cannot be made, none.

    The first is the one that is said aloud, so the weightiest comes first.
    """

    edits: tuple[Edit, ...]

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with every edit made."""
        for edit in self.edits:
            schedule = edit(schedule, at)
        return schedule


@dataclass(frozen=True, slots=True)
class CoolDownNow:
    """End the running interval after the notice and go to the cool-down, turning first when facing backward."""

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with nothing between now and the cool-down but the turn that leads there."""
        running = schedule[at.index]
        if running.phase is Phase.COOL_DOWN:
            raise EditError("the cool-down is running already")
        left = schedule.entries[at.index + 1 :]
        cool_down = [entry for entry in left if entry.phase is Phase.COOL_DOWN] or [
            Entry(Interval(Phase.COOL_DOWN, DEFAULT_COOL_DOWN), None)
        ]
        if running.phase is Phase.TURN:
            head = [running]  # whichever way it leads, the walker needs its time to end up facing forward
        else:
            head = [_lasting(running, _running_length(running.duration, MIN_SECONDS, at))]
        if running.phase.faces_backward:
            head.append(Entry(Interval(Phase.TURN, _turn_length(schedule)), None))
        entries = (*head, *cool_down)
        if entries == schedule.entries[at.index :]:
            raise EditError("the cool-down is next already")
        return replace(schedule, entries=(*schedule.entries[: at.index], *entries))


def restore(current: Schedule, wanted: Schedule, at: At) -> Schedule:
    """What undo and redo give: the wanted schedule, but for what has been walked since.

    When nothing has been walked since, this is the wanted schedule itself.

    Raises:
        EditError: when the two part ways before the running interval, so that its past would have to change.
    """
    index = at.index
    if index >= len(wanted) or not all(
        _same_kind(mine, theirs)
        for mine, theirs in zip(current.entries[: index + 1], wanted.entries[: index + 1], strict=True)
    ):
        raise EditError("too late: that part is walked already")
    running, target = current[index], wanted[index]
    length = _running_length(running.duration, target.duration, at)
    entry = target if length == target.duration else _lasting(target, length)
    past = current.entries[:index]
    entries = (*past, entry, *wanted.entries[index + 1 :])
    return wanted if entries == wanted.entries else replace(wanted, entries=entries)


def loop_at(schedule: Schedule, index: int) -> int | None:
    """The repeat that an edit of rounds means: the one being walked, else the next to come; None without one."""
    for entry in schedule.entries[index:]:
        if entry.place:
            return entry.place.loop
    return None


def _running_length(now: int, wanted: int, at: At) -> int:
    """The length the running interval gets: never sooner than the notice allows, never longer than it may be."""
    if wanted >= now:
        return min(wanted, MAX_SECONDS)
    return max(wanted, min(now, at.into + NOTICE), MIN_SECONDS)


def _lasting(entry: Entry, seconds: int) -> Entry:
    return Entry(entry.interval.lasting(seconds), entry.place)


def _with_entries(schedule: Schedule, index: int, entries: list[Entry]) -> Schedule:
    """The schedule with as many entries replaced, from an index on."""
    after = index + len(entries)
    return replace(schedule, entries=(*schedule.entries[:index], *entries, *schedule.entries[after:]))


def _no_change(seconds: int) -> str:
    return "it cannot be shorter: it is about to end" if seconds < 0 else "it is as long as it may be"


def _change_phase(schedule: Schedule, at: At, phase: Phase, change: Callable[[int], int]) -> Schedule:
    def changed(entry: Entry) -> Entry:
        if entry.interval.phase is not phase:
            return entry
        length = max(MIN_SECONDS, min(MAX_SECONDS, change(entry.interval.duration)))
        return entry if length == entry.interval.duration else _lasting(entry, length)

    running = schedule[at.index]
    entries = [changed(entry) for entry in schedule.entries[at.index :]]
    if running.phase is phase:
        length = _running_length(running.duration, entries[0].duration, at)
        entries[0] = running if length == running.duration else _lasting(running, length)
    if not any(entry.interval.phase is phase for entry in entries):
        raise EditError(f"no {phase} interval is left")
    if all(new is old for new, old in zip(entries, schedule.entries[at.index :], strict=True)):
        raise EditError(f"the {phase} intervals left have that length, or can get no other")
    betweens = {loop: tuple(changed(entry) for entry in between) for loop, between in schedule.betweens.items()}
    return Schedule((*schedule.entries[: at.index], *entries), betweens)


def _add_round(schedule: Schedule, at: At) -> Schedule:
    loop = _loop_to_change(schedule, at)
    places = [_place_in(entry.place, loop) for entry in schedule]
    last = max(index for index, place in enumerate(places) if place)
    rounds = _rounds(places[last])
    body = [
        entry
        for entry, place in zip(schedule, places, strict=True)
        if place and place.round == rounds and not place.between
    ]
    renumber = _Renumber(schedule)
    between = [
        _moved(entry, loop, rounds, renumber.fresh() if _nested(entry, loop) else {})
        for entry in schedule.betweens.get(loop, ())
    ]
    fresh = renumber.fresh()
    added = between + [_moved(entry, loop, rounds + 1, fresh) for entry in body]
    betweens = dict(schedule.betweens)
    for old, new in fresh.items():
        if old in betweens:
            betweens[new] = tuple(_moved(entry, loop, rounds + 1, fresh) for entry in betweens[old])
    entries = (*schedule.entries[: last + 1], *added, *schedule.entries[last + 1 :])
    return Schedule(_with_rounds(entries, at.index, loop, rounds + 1), betweens)


def _remove_round(schedule: Schedule, at: At) -> Schedule:
    loop = _loop_to_change(schedule, at)
    places = [_place_in(entry.place, loop) for entry in schedule]
    last = max(index for index, place in enumerate(places) if place)
    rounds = _rounds(places[last])

    def goes(index: int) -> bool:
        place = places[index]
        return place is not None and (
            place.round == rounds or (place.round == rounds - 1 and place.between and index > at.index)
        )

    if rounds <= 1 or any(goes(index) for index in range(at.index + 1)):
        raise EditError("the last round is running or walked already")
    entries = tuple(entry for index, entry in enumerate(schedule.entries) if not goes(index))
    return Schedule(_with_rounds(entries, at.index, loop, rounds - 1), schedule.betweens)


def _loop_to_change(schedule: Schedule, at: At) -> int:
    loop = loop_at(schedule, at.index)
    if loop is None:
        raise EditError("no rounds are left to change")
    return loop


def _rounds(place: Place | None) -> int:
    if place is None:
        raise EditError("no rounds are left to change")
    return place.rounds


def _place_in(place: Place | None, loop: int) -> Place | None:
    """The place within one repeat, looked for from the innermost outward."""
    while place is not None and place.loop != loop:
        place = place.outer
    return place


def _nested(entry: Entry, loop: int) -> bool:
    return entry.place is not None and entry.place.loop != loop


def _moved(entry: Entry, loop: int, to_round: int, fresh: dict[int, int]) -> Entry:
    """An entry copied to another round of a repeat; repeats inside it get numbers of their own."""

    def moved(place: Place | None) -> Place | None:
        if place is None:
            return None
        if place.loop == loop:
            return place._replace(round=to_round)
        return place._replace(loop=fresh[place.loop], outer=moved(place.outer)) if place.loop in fresh else place

    return Entry(entry.interval, moved(entry.place))


class _Renumber:
    """Gives numbers that no repeat of a schedule has yet."""

    def __init__(self, schedule: Schedule) -> None:
        self.loops = {place.loop for entry in schedule for place in _chain(entry.place)}
        self.next = max(self.loops, default=-1) + 1

    def fresh(self) -> dict[int, int]:
        numbers = {loop: self.next + offset for offset, loop in enumerate(sorted(self.loops))}
        self.next += len(self.loops)
        return numbers


def _chain(place: Place | None) -> Iterator[Place]:
    while place is not None:
        yield place
        place = place.outer


def _with_rounds(entries: tuple[Entry, ...], index: int, loop: int, rounds: int) -> tuple[Entry, ...]:
    """Entries with the number of rounds of a repeat changed from an index on; what is past keeps what it was."""

    def changed(place: Place | None) -> Place | None:
        if place is None:
            return None
        if place.loop == loop:
            return place._replace(rounds=rounds)
        return place._replace(outer=changed(place.outer)) if place.outer else place

    return entries[:index] + tuple(Entry(entry.interval, changed(entry.place)) for entry in entries[index:])


def _same_kind(mine: Entry, theirs: Entry) -> bool:
    return (mine.phase, mine.interval.label) == (theirs.phase, theirs.interval.label)


def _turn_length(schedule: Schedule) -> int:
    turns = [entry.duration for entry in schedule if entry.phase is Phase.TURN]
    return turns[-1] if turns else DEFAULT_TURN
