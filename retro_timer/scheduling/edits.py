"""Edits of what is left of a schedule: each gives a new schedule whose past is unchanged.

`at` is where the walker is: the index of the running entry and how many whole seconds, rounded up, it has run. The
running entry is never cut to end sooner than `NOTICE` seconds from now, so that the 3-2-1 is always heard.
"""

from __future__ import annotations

from collections.abc import Callable

from retro_timer.scheduling.errors import EditError
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.rounds import add_rounds, remove_rounds
from retro_timer.scheduling.schedule import Entry, Place, Schedule
from retro_timer.scheduling.values import Value
from retro_timer.scheduling.workout import MAX_SECONDS, MIN_SECONDS, Interval, check_seconds, map_intervals

SHORTEST_BOUT = 5
"""Seconds below which shortening all bouts of a phase stops: less cannot be followed."""
NOTICE = 3
"""Seconds that are always left of the running interval after an edit: as long as the count takes."""
DEFAULT_COOL_DOWN = 120
DEFAULT_TURN = 30


class At(Value):
    """Where the walker is in a schedule.

    Attributes:
        index: the running entry.
        into: whole seconds since it started, rounded up.
    """

    index: int
    into: int


Edit = Callable[[Schedule, At], Schedule]
"""An edit: raises `EditError` when it cannot be made."""


class ChangeThis(Value):
    """Make the running interval longer or shorter by some seconds."""

    seconds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with the running interval changed."""
        running = schedule[at.index]
        length = _running_length(running.duration, running.duration + self.seconds, at)
        if length == running.duration:
            raise EditError(_no_change(self.seconds))
        return _with_entries(schedule, at.index, [_lasting(running, length)])


class SetThis(Value):
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


class ChangeAll(Value):
    """Make all bouts of a phase that are left longer or shorter by some seconds, the running one too."""

    phase: Phase
    seconds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with every bout of the phase that is left changed."""
        return _change_phase(
            schedule, at, self.phase, lambda length: max(min(length, SHORTEST_BOUT), length + self.seconds)
        )


class SetAll(Value):
    """Give all bouts of a phase that are left one length in seconds, the running one too."""

    phase: Phase
    seconds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with every bout of the phase that is left set."""
        check_seconds(self.seconds)
        return _change_phase(schedule, at, self.phase, lambda _: self.seconds)


class ChangeRounds(Value):
    """Add rounds to the repeat being walked, or to the next one to come, or take its last ones away."""

    rounds: int

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with that many rounds more or fewer."""
        loop = loop_at(schedule, at.index)
        if loop is None:
            raise EditError("no rounds are left to change")
        if self.rounds > 0:
            return add_rounds(schedule, at.index, loop, self.rounds)
        if self.rounds < 0:
            return remove_rounds(schedule, at.index, loop, -self.rounds)
        raise EditError("it has as many rounds already")


class Combined(Value):
    """Several edits made as one, in order: all of them or, when one cannot be made, none.

    The first is the one that is said aloud, so the weightiest comes first.
    """

    edits: tuple[Edit, ...]

    def __call__(self, schedule: Schedule, at: At) -> Schedule:
        """The schedule with every edit made."""
        for edit in self.edits:
            schedule = edit(schedule, at)
        return schedule


class CoolDownNow(Value):
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
        head = [_lasting(running, self._last_length(schedule, at))]
        if running.phase is not Phase.TURN and _faces_backward(schedule, at.index):
            head.append(Entry(Interval(Phase.TURN, _turn_length(schedule)), None))
        if (*head, *cool_down) == schedule.entries[at.index :]:
            raise EditError("the cool-down is next already")
        head[0] = Entry(head[0].interval, _in_last_round(running.place))
        return Schedule((*schedule.entries[: at.index], *head, *cool_down))

    @staticmethod
    def _last_length(schedule: Schedule, at: At) -> int:
        """How long the running interval gets. A turn keeps its time; one toward backward is walked back again."""
        running = schedule[at.index]
        if running.phase is not Phase.TURN:
            return _running_length(running.duration, MIN_SECONDS, at)
        turned = at.into + running.duration if _leads_backward(schedule, at.index) else running.duration
        return min(turned, MAX_SECONDS)


def restore(current: Schedule, wanted: Schedule, at: At) -> Schedule:
    """What undo and redo give: the wanted schedule, but for what has been walked since.

    When nothing has been walked since, this is the wanted schedule itself; when all that differs is walked already, the
    current one.

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
    if entries == current.entries:
        return current
    return wanted if entries == wanted.entries else wanted.but(entries=entries)


def loop_at(schedule: Schedule, index: int) -> int | None:
    """The repeat that an edit of rounds means: the one being walked, else the next to come; None without one."""
    for entry in schedule.entries[index:]:
        if entry.place and entry.place.loop in schedule.betweens:
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
    return schedule.but(entries=(*schedule.entries[:index], *entries, *schedule.entries[after:]))


def _no_change(seconds: int) -> str:
    return "it cannot be shorter: it is about to end" if seconds < 0 else "it is as long as it may be"


def _change_phase(schedule: Schedule, at: At, phase: Phase, change: Callable[[int], int]) -> Schedule:
    def changed(interval: Interval) -> Interval:
        if interval.phase is not phase:
            return interval
        length = max(MIN_SECONDS, min(MAX_SECONDS, change(interval.duration)))
        return interval if length == interval.duration else interval.lasting(length)

    def changed_entry(entry: Entry) -> Entry:
        interval = changed(entry.interval)
        return entry if interval is entry.interval else Entry(interval, entry.place)

    running = schedule[at.index]
    entries = [changed_entry(entry) for entry in schedule.entries[at.index :]]
    if running.phase is phase:
        length = _running_length(running.duration, entries[0].duration, at)
        entries[0] = running if length == running.duration else _lasting(running, length)
    if not any(entry.interval.phase is phase for entry in entries):
        raise EditError(f"no {phase} interval is left")
    if all(new is old for new, old in zip(entries, schedule.entries[at.index :], strict=True)):
        raise EditError(f"the {phase} intervals left have that length, or can get no other")
    betweens = {loop: map_intervals(between, changed) for loop, between in schedule.betweens.items()}
    return Schedule((*schedule.entries[: at.index], *entries), betweens)


def _same_kind(mine: Entry, theirs: Entry) -> bool:
    return (mine.phase, mine.interval.label) == (theirs.phase, theirs.interval.label)


def _in_last_round(place: Place | None) -> Place | None:
    """The place when no round comes after it."""
    return place and place._replace(rounds=place.round, outer=_in_last_round(place.outer))


def _faces_backward(schedule: Schedule, index: int) -> bool:
    """Whether the walker faces backward during an entry: as on the belt last, but for every turn since."""
    backward = False
    for entry in schedule.entries[: index + 1]:
        if entry.phase.on_belt:
            backward = entry.phase.faces_backward
        elif entry.phase is Phase.TURN:
            backward = not backward
    return backward


def _leads_backward(schedule: Schedule, index: int) -> bool:
    """Whether the next phase on the belt is walked backward."""
    ahead = (entry.phase for entry in schedule.entries[index + 1 :] if entry.phase.on_belt)
    return next(ahead, Phase.FORWARD).faces_backward


def _turn_length(schedule: Schedule) -> int:
    turns = [entry.duration for entry in schedule if entry.phase is Phase.TURN]
    return turns[-1] if turns else DEFAULT_TURN
