"""The spoken confirmation of an edit: "Backward:", "One minute thirty."."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.edits import (
    AddRounds,
    AddToInterval,
    AddToPhase,
    Combined,
    CoolDownNow,
    SetInterval,
    SetPhase,
    loop_at,
)
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.rounds import last_of

if TYPE_CHECKING:
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.languages import Language


def edit(made: Edit, before: Schedule, after: Schedule, index: int, phrases: Language) -> tuple[str, ...]:
    """The phrases about an edit made during the interval at `index`: exactly true, and never empty."""
    return _describe(made, before, after, index, phrases) or (phrases.CHANGED,)


def _describe(made: Edit, before: Schedule, after: Schedule, index: int, phrases: Language) -> tuple[str, ...]:
    """The phrases about one edit; empty if it has no visible effect or there are no phrases for it."""
    if isinstance(made, Combined):
        # Only the most important visible change is announced.
        return next((words for one in made.edits if (words := _describe(one, before, after, index, phrases))), ())
    if isinstance(made, AddToInterval | SetInterval):
        return _lengths(after[index].phase, [before[index].duration], [after[index].duration], phrases)
    if isinstance(made, AddToPhase | SetPhase):
        return _bouts(made.phase, before, after, index, phrases)
    if isinstance(made, AddRounds):
        return _how_many(_rounds(before, index), _rounds(after, index), phrases)
    if isinstance(made, CoolDownNow):
        # The length, not a command: a turn may come first.
        return phrases.NAMED[Phase.COOL_DOWN], *phrases.length(sum(after.lengths(Phase.COOL_DOWN, index)))
    return ()


def _bouts(phase: Phase, before: Schedule, after: Schedule, index: int, phrases: Language) -> tuple[str, ...]:
    """The length of the remaining bouts of a phase."""
    # The running bout may be longer than the others, since it never ends without notice.
    lengths_before, lengths = (
        schedule.lengths(phase, index + 1) or schedule.lengths(phase, index) for schedule in (before, after)
    )
    return _lengths(phase, lengths_before, lengths, phrases)


def _lengths(phase: Phase, before: list[int], after: list[int], phrases: Language) -> tuple[str, ...]:
    """The common length of the bouts, or the direction of the change if there is no phrase for it."""
    if not after or not before:
        return ()
    if len(set(after)) == 1 and (words := phrases.length(after[0])):
        return phrases.NAMED[phase], *words
    usual_before, usual = sum(before) / len(before), sum(after) / len(after)
    if usual == usual_before:
        return ()
    return phrases.NAMED[phase], phrases.LONGER if usual > usual_before else phrases.SHORTER


def _how_many(before: int, after: int, phrases: Language) -> tuple[str, ...]:
    """The number of rounds, or the direction of the change if there is no phrase for it."""
    if before == after:
        return ()
    return phrases.rounds(after) or (phrases.MORE_ROUNDS if after > before else phrases.FEWER_ROUNDS,)


def _rounds(schedule: Schedule, index: int) -> int:
    loop = loop_at(schedule, index)
    return 0 if loop is None else last_of(schedule, loop)[1].rounds
