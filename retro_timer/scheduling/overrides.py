"""Overrides: lengths and the number of rounds of a workout, changed before a session starts."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import Block, Interval, Repeat, Workout, iter_intervals, map_intervals
from retro_timer.scheduling.phases import Phase


class Overrides(Struct, frozen=True):
    """The values to change, lengths in seconds; None keeps the workout's value."""

    backward: int | None = None
    forward: int | None = None
    turn: int | None = None
    rounds: int | None = None
    warm_up: int | None = None
    cool_down: int | None = None

    def lengths(self) -> dict[Phase, int]:
        """The new length of each changed phase within the rounds."""
        wanted = {Phase.BACKWARD: self.backward, Phase.FORWARD: self.forward, Phase.TURN: self.turn}
        return {phase: seconds for phase, seconds in wanted.items() if seconds is not None}


def override(workout: Workout, wanted: Overrides) -> Workout:
    """Change the lengths of a workout: every interval of a phase gets the new length.

    A missing warm-up or cool-down is added. Rounds apply to outermost repeats; if there are several, to each of them.

    Raises:
        WorkoutError: if there is nothing to change, or a length is out of bounds.
    """
    lengths = wanted.lengths()
    present = {interval.phase for interval in iter_intervals(workout.blocks)}
    for phase in lengths:
        if phase not in present:
            raise WorkoutError(f"this workout has no {phase} interval to change")
    blocks = map_intervals(workout.blocks, lambda i: i.with_duration(lengths[i.phase]) if i.phase in lengths else i)
    if wanted.rounds is not None:
        blocks = _with_rounds(blocks, wanted.rounds)
    if wanted.warm_up is not None:
        blocks = _with_end(blocks, Phase.WARM_UP, wanted.warm_up, first=True)
    if wanted.cool_down is not None:
        blocks = _with_end(blocks, Phase.COOL_DOWN, wanted.cool_down, first=False)
    return replace(workout, blocks=blocks)


def _with_rounds(blocks: tuple[Block, ...], rounds: int) -> tuple[Block, ...]:
    if not any(isinstance(block, Repeat) for block in blocks):
        raise WorkoutError("this workout has no rounds to change")
    return tuple(replace(block, times=rounds) if isinstance(block, Repeat) else block for block in blocks)


def _with_end(blocks: tuple[Block, ...], phase: Phase, seconds: int, *, first: bool) -> tuple[Block, ...]:
    """Set the length of the warm-up or cool-down, or add one."""
    if any(interval.phase is phase for interval in iter_intervals(blocks)):
        return map_intervals(blocks, lambda i: i.with_duration(seconds) if i.phase is phase else i)
    end = Interval(phase, seconds)
    return (end, *blocks) if first else (*blocks, end)
