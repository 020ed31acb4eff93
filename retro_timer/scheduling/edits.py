"""Edits of the remaining part of a schedule: each returns a new schedule with the same past.

`at` is the current position: the index of the running entry and the seconds since its start, rounded up. The running
entry never ends sooner than `NOTICE` seconds from now, so that the 3-2-1 count is always heard.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.scheduling.errors import EditError
from retro_timer.scheduling.model import MAX_SECONDS, MIN_SECONDS, Interval, check_seconds, map_intervals
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.rounds import add_rounds, remove_rounds
from retro_timer.scheduling.schedule import NOTICE, At, Entry, Place, Schedule

SHORTEST_BOUT = 5
"""Minimum in seconds when shortening all bouts of a phase: shorter ones cannot be followed."""
DEFAULT_COOL_DOWN = 120
DEFAULT_TURN = 30


Edit = Callable[[Schedule, At], Schedule]
"""An edit raises `EditError` if it is not possible."""


class AddToInterval(Struct, frozen=True):
    """Make the running interval longer or shorter by some seconds."""

    seconds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with the running interval changed."""
        running = schedule[at.index]
        length = _running_length(running.duration, running.duration + self.seconds, at)
        if length == running.duration:
            raise EditError(_no_change(self.seconds))
        return _with_entries(schedule, at.index, [_with_duration(running, length)])


class SetInterval(Struct, frozen=True):
    """Set the length of the running interval in seconds, if it is still the same interval.

    Attributes:
        index: index of the entry that was running when the length was chosen.
        seconds: its new length.
    """

    index: int
    seconds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with the running interval changed."""
        if at.index != self.index:
            raise EditError("that interval is over")
        return AddToInterval(self.seconds - schedule[at.index].duration)(schedule, at)


class AddToPhase(Struct, frozen=True):
    """Make all remaining bouts of a phase longer or shorter by some seconds, including the running one."""

    phase: Phase
    seconds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with every remaining bout of the phase changed."""
        return _change_phase(
            schedule, at, self.phase, lambda length: max(min(length, SHORTEST_BOUT), length + self.seconds)
        )


class SetPhase(Struct, frozen=True):
    """Set the length in seconds of all remaining bouts of a phase, including the running one."""

    phase: Phase
    seconds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with every remaining bout of the phase changed."""
        check_seconds(self.seconds)
        return _change_phase(schedule, at, self.phase, lambda _: self.seconds)


class AddRounds(Struct, frozen=True):
    """Add rounds to the running repeat, or to the next one, or remove its last rounds."""

    rounds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with rounds added or removed."""
        loop = loop_at(schedule, at.index)
        if loop is None:
            raise EditError("no rounds are left to change")
        if self.rounds > 0:
            return add_rounds(schedule, at.index, loop, self.rounds)
        if self.rounds < 0:
            return remove_rounds(schedule, at.index, loop, -self.rounds)
        raise EditError("it already has that many rounds")


class Combined(Struct, frozen=True):
    """Several edits as one, in order: all of them, or none if one is not possible.

    Only the first is announced, so the most important one comes first.
    """

    edits: tuple[Edit, ...]

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with all edits applied."""
        for edit in self.edits:
            schedule = edit(schedule, at)
        return schedule


class CoolDownNow(Struct, frozen=True):
    """End the running interval after the notice and go to the cool-down, with a turn first if facing backward."""

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with everything before the cool-down removed, except a turn that leads to it."""
        running = schedule[at.index]
        if running.phase is Phase.COOL_DOWN:
            raise EditError("the cool-down has already begun")
        left = schedule.entries[at.index + 1 :]
        cool_down = [entry for entry in left if entry.interval.phase is Phase.COOL_DOWN] or [
            Entry(Interval(Phase.COOL_DOWN, DEFAULT_COOL_DOWN), None)
        ]
        head = [_with_duration(running, self._last_length(schedule, at))]
        if running.phase is not Phase.TURN and schedule.faces_backward(at.index):
            head.append(Entry(Interval(Phase.TURN, _turn_length(schedule)), None))
        if (*head, *cool_down) == schedule.entries[at.index :]:
            raise EditError("the cool-down is already next")
        head[0] = Entry(head[0].interval, _in_last_round(running.place))
        return Schedule((*schedule.entries[: at.index], *head, *cool_down))

    @staticmethod
    def _last_length(schedule: Schedule, at: At) -> int:
        """The new length of the running interval. A turn keeps its length; one to backward gets time to turn back."""
        running = schedule[at.index]
        if running.phase is not Phase.TURN:
            return _running_length(running.duration, MIN_SECONDS, at)
        turned = at.into + running.duration if schedule.leads_backward(at.index) else running.duration
        return min(turned, MAX_SECONDS)


def restore(current: Schedule, wanted: Schedule, at: At) -> Schedule:
    """The result of undo and redo: the wanted schedule, except for the part walked since.

    Returns `wanted` itself if nothing has been walked since, and `current` if all differences are in the past.

    Raises:
        EditError: if the two differ before the running interval, so that the past would have to change.
    """
    index = at.index
    if index >= len(wanted) or not all(
        _same_kind(mine, theirs)
        for mine, theirs in zip(current.entries[: index + 1], wanted.entries[: index + 1], strict=True)
    ):
        raise EditError("you've already walked that part")
    running, target = current[index], wanted[index]
    length = _running_length(running.duration, target.duration, at)
    entry = target if length == target.duration else _with_duration(target, length)
    past = current.entries[:index]
    entries = (*past, entry, *wanted.entries[index + 1 :])
    if entries == current.entries:
        return current
    return wanted if entries == wanted.entries else replace(wanted, entries=entries)


def loop_at(schedule: Schedule, index: int) -> int | None:
    """The repeat that an edit of rounds applies to: the running one, otherwise the next; None if there is none."""
    for entry in schedule.entries[index:]:
        if entry.place and entry.place.loop in schedule.betweens:
            return entry.place.loop
    return None


def _running_length(now: int, wanted: int, at: At) -> int:
    """The new length of the running interval, limited by `NOTICE` and `MAX_SECONDS`."""
    if wanted >= now:
        return min(wanted, MAX_SECONDS)
    return max(wanted, min(now, at.into + NOTICE), MIN_SECONDS)


def _with_duration(entry: Entry, seconds: int) -> Entry:
    return Entry(entry.interval.with_duration(seconds), entry.place)


def _with_entries(schedule: Schedule, index: int, entries: list[Entry]) -> Schedule:
    """The schedule with entries replaced, from an index on."""
    after = index + len(entries)
    return replace(schedule, entries=(*schedule.entries[:index], *entries, *schedule.entries[after:]))


def _no_change(seconds: int) -> str:
    return "it cannot be shorter: it is about to end" if seconds < 0 else "it cannot be longer"


def _change_phase(schedule: Schedule, at: At, phase: Phase, change: Callable[[int], int]) -> Schedule:
    @cache  # rounds share their intervals
    def changed(interval: Interval) -> Interval:
        if interval.phase is not phase:
            return interval
        return interval.with_duration(max(MIN_SECONDS, min(MAX_SECONDS, change(interval.duration))))

    entries = list(schedule.entries)
    bouts = [index for index in range(at.index, len(entries)) if entries[index].interval.phase is phase]
    if not bouts:
        raise EditError(f"no {phase} interval is left")
    for index in bouts:
        interval, place = entries[index]
        entries[index] = Entry(changed(interval), place)
    running = schedule[at.index]
    if running.phase is phase:
        entries[at.index] = _with_duration(running, _running_length(running.duration, entries[at.index].duration, at))
    if all(entries[index].duration == schedule[index].duration for index in bouts):
        raise EditError(f"the {phase} intervals left already have that length, or cannot change")
    betweens = {loop: map_intervals(between, changed) for loop, between in schedule.betweens.items()}
    return Schedule(tuple(entries), betweens)


def _same_kind(mine: Entry, theirs: Entry) -> bool:
    return (mine.phase, mine.interval.label) == (theirs.phase, theirs.interval.label)


def _in_last_round(place: Place | None) -> Place | None:
    """The place, with its round as the last one."""
    return place and place._replace(rounds=place.round, outer=_in_last_round(place.outer))


def _turn_length(schedule: Schedule) -> int:
    turns = schedule.lengths(Phase.TURN)
    return turns[-1] if turns else DEFAULT_TURN
