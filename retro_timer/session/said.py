"""How a change of what is left is said: "Backward:", "One minute thirty."."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.edits import (
    ChangeAll,
    ChangeRounds,
    ChangeThis,
    Combined,
    CoolDownNow,
    SetAll,
    SetThis,
    loop_at,
)
from retro_timer.scheduling.phases import Phase
from retro_timer.session import phrases

if TYPE_CHECKING:
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.schedule import Schedule

RESTORED: Final = {"undo": phrases.UNDONE, "redo": phrases.REDONE}


def edit(made: Edit, after: Schedule, index: int) -> tuple[str, ...]:
    """An edit as it is said, as phrases; none for what has no clip."""
    if isinstance(made, Combined):
        # One announcement is two phrases at most: the weightiest change that is still to be seen speaks for all.
        return next((words for one in made.edits if (words := edit(one, after, index))), ())
    if isinstance(made, ChangeThis | SetThis):
        running = after[index]
        return phrases.NAMED[running.phase], phrases.length(running.duration)
    if isinstance(made, ChangeAll | SetAll):
        lengths = [entry.duration for entry in after.entries[index:] if entry.phase is made.phase]
        # The running bout may be longer than the others: it is never cut short without notice.
        return (phrases.NAMED[made.phase], phrases.length(lengths[-1])) if lengths else ()
    if isinstance(made, ChangeRounds):
        return phrases.rounds(_rounds(after, index))
    if isinstance(made, CoolDownNow):
        # As a length, not as a command: a turn may come first.
        lengths = [entry.duration for entry in after.entries[index:] if entry.phase is Phase.COOL_DOWN]
        return phrases.NAMED[Phase.COOL_DOWN], phrases.length(sum(lengths))
    return ()


def _rounds(schedule: Schedule, index: int) -> int:
    loop = loop_at(schedule, index)
    places = [entry.place for entry in schedule.entries[index:] if entry.place and entry.place.loop == loop]
    return places[-1].rounds if places else 0
