"""The rule for when a session counts as complete, used by engine, exit code, record and history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retro_timer.scheduling.schedule import Schedule

COMPLETE_SHARE: Final = 0.8
"""The share of the backward time, and of the time on the belt, that must be walked."""


def is_complete(schedule: Schedule, walked: Mapping[int, int]) -> bool:
    """Whether a session that reached the end of its schedule counts as complete; otherwise it was ended early.

    It is complete if at least `COMPLETE_SHARE` of the backward time and of all time on the belt was walked. Turns and
    rests do not count: a walker who has turned may skip the rest of a turn. The schedule includes all edits, so a
    workout shortened by an edit is complete, and one that was mostly skipped is not.

    Args:
        schedule: the schedule with all edits.
        walked: milliseconds walked of each interval, by index; an interval walked twice counts once.
    """
    planned = {"belt": 0, "backward": 0}
    done = {"belt": 0, "backward": 0}
    for index, entry in enumerate(schedule):
        length = entry.duration * 1000
        for kind, counts in (("belt", entry.phase.on_belt), ("backward", entry.phase.faces_backward)):
            if counts:
                planned[kind] += length
                done[kind] += min(length, walked.get(index, 0))
    return all(done[kind] >= COMPLETE_SHARE * planned[kind] for kind in planned)


class WalkedTimes:
    """How long each interval of a session was walked, in milliseconds; what was walked twice counts once.

    Attributes:
        since_start: how long the running interval was walked since it last started.
    """

    def __init__(self) -> None:
        self.since_start = 0
        self._before = 0  # in the running interval before it was left by mistake
        self._left: dict[int, int] = {}  # of each interval that was left: the most

    @property
    def in_interval(self) -> int:
        """How long the running interval was walked."""
        return self._before + self.since_start

    def enter(self, before: int = 0) -> None:
        """An interval begins of which so much was walked before."""
        self.since_start, self._before = 0, before

    def add(self, passed: int) -> None:
        """So much more of the running interval was walked."""
        self.since_start += passed

    def leave(self, index: int) -> None:
        """The running interval, of that index, is left."""
        self._left[index] = max(self._left.get(index, 0), self.in_interval)

    def restore(self, walked: Mapping[int, int], since_start: int) -> None:
        """Go on in an interrupted session: what was walked of each interval, and of the running one."""
        self._left = dict(walked)
        self.since_start = since_start

    def bouts(self, schedule: Schedule, index: int) -> dict[int, int]:
        """What was walked of each backward bout, by its index.

        Args:
            schedule: with every edit.
            index: of the running interval.
        """
        walked = self._left | {index: max(self._left.get(index, 0), self.in_interval)}
        return {each: ms for each, ms in walked.items() if each < len(schedule) and schedule[each].phase.faces_backward}

    def completes(self, schedule: Schedule) -> bool:
        """Whether a session that ends now is complete."""
        return is_complete(schedule, self._left)

    def would_complete(self, schedule: Schedule, index: int, left: int) -> bool:
        """Whether a session is complete when all is walked that is left.

        Args:
            schedule: with every edit.
            index: of the running interval.
            left: milliseconds of it that are left.
        """
        ahead = {later: schedule[later].duration * 1000 for later in range(index, len(schedule))}
        ahead[index] = self.in_interval + left
        return is_complete(schedule, self._left | ahead)
