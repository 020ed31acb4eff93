"""Which way the walker faces, and which interval to start from so that a turn leads to the other direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.phases import Phase

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Schedule


def faces_backward(schedule: Schedule, index: int) -> bool:
    """Whether the walker faces backward in an interval: the last direction on the belt, reversed by each turn since."""
    backward = False
    for entry in schedule.entries[: index + 1]:
        if entry.phase.on_belt:
            backward = entry.phase.faces_backward
        elif entry.phase is Phase.TURN:
            backward = not backward
    return backward


def leads_backward(schedule: Schedule, index: int) -> bool:
    """Whether the next phase on the belt is backward."""
    ahead = (entry.phase for entry in schedule.entries[index + 1 :] if entry.phase.on_belt)
    return next(ahead, Phase.FORWARD).faces_backward


def way_in(schedule: Schedule, running: int, wanted: int) -> int:
    """The interval to go to in order to reach a later one.

    This is the turn before it if the walker must face the other way, otherwise the later interval itself.

    Args:
        schedule: the schedule.
        running: index of the running interval.
        wanted: index of a later interval.
    """
    before = wanted - 1
    if before <= running or schedule[before].phase is not Phase.TURN or not schedule[wanted].phase.on_belt:
        return wanted
    return before if faces_backward(schedule, running) != schedule[wanted].phase.faces_backward else wanted
