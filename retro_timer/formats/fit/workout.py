"""FIT workouts for watches and head units, export only. Imports fit-tool, so import this module only when needed.

Steps and repeats follow Garmin's "Encoding FIT Workout Files": lengths are in milliseconds; a repeat is a step of type
`repeat_until_steps_cmplt` with the step to go back to and the number of repetitions. The sport is walking (11) on a
treadmill (1).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from retro_timer.formats.export import Export
from retro_timer.formats.fit.file import (
    INTENSITY,
    FileType,
    Message,
    Sport,
    SubSport,
    WorkoutMessage,
    WorkoutStepDuration,
    WorkoutStepMessage,
    WorkoutStepTarget,
    build,
    file_id,
    fit_text,
    message,
)
from retro_timer.formats.texts import describe
from retro_timer.scheduling.model import Block, Interval, Repeat, Workout, iter_intervals
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.units import metres_per_second

if TYPE_CHECKING:
    from collections.abc import Iterable


def write_fit_workout(workout: Workout, created: datetime | None = None) -> Export:
    """A workout as a FIT file.

    Args:
        workout: the workout to write.
        created: the creation time written to the file; by default the current time.
    """
    steps = _steps(workout.blocks)
    about = message(
        WorkoutMessage,
        workout_name=fit_text(workout.name or "Walk"),
        sport=Sport.WALKING,
        sub_sport=SubSport.TREADMILL,
        num_valid_steps=len(steps),
    )
    head = file_id(FileType.WORKOUT, created or datetime.now(UTC))
    return Export(build([head, about, *steps]), tuple(_notes(workout)))


def step(interval: Interval, number: int) -> Message:
    """An interval as a step, named after its phase."""
    target: dict[str, Any] = {"target_type": WorkoutStepTarget.OPEN, "target_value": 0}
    if interval.speed_kmh is not None:
        speed = metres_per_second(interval.speed_kmh)
        target["target_type"] = WorkoutStepTarget.SPEED
        target |= {"custom_target_speed_low": speed, "custom_target_speed_high": speed}
    return message(
        WorkoutStepMessage,
        message_index=number,
        workout_step_name=fit_text(describe(interval, speed=False)),
        duration_type=WorkoutStepDuration.TIME,
        duration_time=float(interval.duration),
        intensity=INTENSITY[interval.phase],
        **target,
    )


def _notes(workout: Workout) -> list[str]:
    notes = ["FIT: a watch shows the direction only in the name of a step"]
    if any(isinstance(block, Repeat) and _is_nested(block) for block in workout.blocks):
        notes.append("FIT: nested repeats are written out")
    if any(_is_cut(interval) for interval in iter_intervals(workout.blocks)):
        notes.append("FIT: long labels are shortened")
    return notes


def _steps(planned: Iterable[Block]) -> list[Message]:
    """The numbered steps of a workout; nested repeats are unrolled, since many watches support only one level."""
    steps: list[Message] = []
    for block in planned:
        if isinstance(block, Interval):
            steps.append(step(block, len(steps)))
            continue
        body, between = _unrolled(block.body), _unrolled(block.between)
        _add_rounds(steps, body + between, block.times - 1 if between else block.times)
        if between:
            _add_rounds(steps, body, 1)
    return steps


def _add_rounds(steps: list[Message], walked: list[Interval], times: int) -> None:
    if not times:
        return
    first = len(steps)
    steps += [step(interval, first + offset) for offset, interval in enumerate(walked)]
    if times > 1:
        go_back = message(
            WorkoutStepMessage,
            message_index=len(steps),
            duration_type=WorkoutStepDuration.REPEAT_UNTIL_STEPS_CMPLT,
            duration_step=first,
            target_type=WorkoutStepTarget.OPEN,
            target_repeat_steps=times,
        )
        steps.append(go_back)


def _unrolled(planned: tuple[Block, ...]) -> list[Interval]:
    return [entry.interval for entry in flatten(Workout(planned))] if planned else []


def _is_nested(repeat: Repeat) -> bool:
    return any(isinstance(block, Repeat) for block in (*repeat.body, *repeat.between))


def _is_cut(interval: Interval) -> bool:
    text = describe(interval, speed=False)
    return fit_text(text) != text
