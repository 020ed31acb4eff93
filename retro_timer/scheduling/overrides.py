"""Overrides: one length or the number of rounds of any workout, changed before it is walked."""

from __future__ import annotations

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.values import Value
from retro_timer.scheduling.workout import Block, Interval, Repeat, Workout, map_intervals, walk


class Overrides(Value):
    """What to change; lengths in seconds, None leaves the workout as it is."""

    backward: int | None = None
    forward: int | None = None
    turn: int | None = None
    rounds: int | None = None
    warm_up: int | None = None
    cool_down: int | None = None

    def lengths(self) -> dict[Phase, int]:
        """The length wanted for each phase that changes within the rounds."""
        wanted = {Phase.BACKWARD: self.backward, Phase.FORWARD: self.forward, Phase.TURN: self.turn}
        return {phase: seconds for phase, seconds in wanted.items() if seconds is not None}


def override(workout: Workout, wanted: Overrides) -> Workout:
    """A workout with its lengths changed: every interval of the phase gets the length.

    A warm-up or cool-down that is not there is added at its end. Rounds change the outermost repeat; a workout
    with several has each of them changed.

    Raises:
        WorkoutError: when there is nothing to change, or a length is out of bounds.
    """
    lengths = wanted.lengths()
    present = {interval.phase for interval in walk(workout.blocks)}
    for phase in lengths:
        if phase not in present:
            raise WorkoutError(f"this workout has no {phase} interval to change")
    blocks = map_intervals(workout.blocks, lambda i: i.lasting(lengths[i.phase]) if i.phase in lengths else i)
    if wanted.rounds is not None:
        blocks = _with_rounds(blocks, wanted.rounds)
    if wanted.warm_up is not None:
        blocks = _with_end(blocks, Phase.WARM_UP, wanted.warm_up, first=True)
    if wanted.cool_down is not None:
        blocks = _with_end(blocks, Phase.COOL_DOWN, wanted.cool_down, first=False)
    return workout.but(blocks=blocks)


def _with_rounds(blocks: tuple[Block, ...], rounds: int) -> tuple[Block, ...]:
    if not any(isinstance(block, Repeat) for block in blocks):
        raise WorkoutError("this workout has no rounds to change")
    return tuple(block.but(times=rounds) if isinstance(block, Repeat) else block for block in blocks)


def _with_end(blocks: tuple[Block, ...], phase: Phase, seconds: int, *, first: bool) -> tuple[Block, ...]:
    """The blocks with the length of every interval of an end phase set, or one added at its end."""
    if any(interval.phase is phase for interval in walk(blocks)):
        return map_intervals(blocks, lambda i: i.lasting(seconds) if i.phase is phase else i)
    end = Interval(phase, seconds)
    return (end, *blocks) if first else (*blocks, end)
