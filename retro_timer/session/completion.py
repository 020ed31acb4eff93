"""The rule for when a session counts as complete, used by engine, exit code, record and history.

The plan asks for more before it moves on: see `training.entry.NEARLY_ALL`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.session.states import SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retro_timer.scheduling.phases import Phase
    from retro_timer.scheduling.schedule import Schedule

    Walked = Mapping[tuple[int, Phase], int]
    """Milliseconds walked of each interval; one that was walked twice counts once.

    Intervals are known by index and phase, since going back and editing may put another one at an index.
    """

COMPLETE_SHARE: Final = 0.8
"""The share that must be walked of the backward time, and of the time on the belt."""


def completed_share(schedule: Schedule, walked: Mapping[Phase, int]) -> float:
    """The completed share of a workout, 0 to 1: that of its backward time or of its time on the belt, if it is smaller.

    Turns and rests do not count: a walker who has turned may skip the rest of a turn. More of one phase does not make
    up for less of another.

    Args:
        schedule: the schedule of the workout.
        walked: the walked time of each phase, in milliseconds; an interval walked twice counts once.
    """
    planned = schedule.times
    belt = [phase for phase in planned if phase.on_belt]
    backward = [phase for phase in belt if phase.faces_backward]
    shares = (
        sum(min(planned[phase] * SECOND, walked.get(phase, 0)) for phase in phases)
        / sum(planned[phase] * SECOND for phase in phases)
        for phases in (belt, backward)
        if phases
    )
    return min(shares, default=1.0)


def is_complete(schedule: Schedule, walked: Walked) -> bool:
    """Whether a session that reached the end of its schedule counts as complete; otherwise it was ended early.

    It is complete if at least `COMPLETE_SHARE` was walked. The schedule includes all edits, so a workout shortened by
    an edit is complete, and one that was mostly skipped is not.

    Args:
        schedule: the schedule with all edits.
        walked: what was walked of each interval.
    """
    done: dict[Phase, int] = {}
    for index, entry in enumerate(schedule):
        done[entry.phase] = done.get(entry.phase, 0) + min(entry.duration * SECOND, walked.get((index, entry.phase), 0))
    return completed_share(schedule, done) >= COMPLETE_SHARE


class WalkedTimes:
    """The walking time of each interval of a session, in milliseconds; an interval walked twice counts once.

    Attributes:
        since_start: the walking time in the running interval since it last started.
    """

    def __init__(self) -> None:
        self.since_start = 0
        self._before = 0  # in the running interval, before a jump that was undone
        self._left: dict[tuple[int, Phase], int] = {}  # the longest time in each interval that was left

    @property
    def in_interval(self) -> int:
        """The walking time in the running interval."""
        return self._before + self.since_start

    def enter(self, before: int = 0) -> None:
        """Begin an interval that was already walked for `before` milliseconds."""
        self.since_start, self._before = 0, before

    def add(self, passed: int) -> None:
        """Add walking time to the running interval."""
        self.since_start += passed

    def leave(self, index: int, phase: Phase) -> None:
        """Leave the running interval: its index, and its phase."""
        self._left[index, phase] = max(self._left.get((index, phase), 0), self.in_interval)

    def restore(self, walked: Walked, since_start: int) -> None:
        """Restore the walking times of an interrupted session: of each interval, and of the running one."""
        self._left = dict(walked)
        self.since_start = since_start

    def bouts(self, schedule: Schedule, index: int) -> dict[int, int]:
        """The walking time of each backward bout, by index.

        Args:
            schedule: the schedule with all edits.
            index: index of the running interval.
        """
        running = index, schedule[index].phase
        walked = self._left | {running: max(self._left.get(running, 0), self.in_interval)}
        return {
            each: milliseconds
            for (each, phase), milliseconds in walked.items()
            if phase.faces_backward and each < len(schedule) and schedule[each].phase is phase
        }

    def completes(self, schedule: Schedule) -> bool:
        """Whether a session that ends now is complete."""
        return is_complete(schedule, self._left)

    def would_complete(self, schedule: Schedule, index: int) -> bool:
        """Whether a session will be complete if the rest of it is walked.

        Args:
            schedule: the schedule with all edits.
            index: index of the running interval.
        """
        ahead = {
            (later, schedule[later].phase): schedule[later].duration * SECOND for later in range(index, len(schedule))
        }
        return is_complete(schedule, self._left | ahead)
