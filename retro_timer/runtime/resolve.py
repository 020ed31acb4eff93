"""Resolution of typed text to a workout: a preset, the walker's own, a file, or notation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from retro_timer.scheduling.errors import NotationError, WorkoutError
from retro_timer.scheduling.notation import parse, starts_like_notation
from retro_timer.scheduling.presets import nearest, presets
from retro_timer.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.scheduling.model import Workout

_NAME = re.compile(r"[^\d\s,()\"]+([ _-][^\d\s,()\"]+)*")
"""Text that looks like a name rather than notation: words without lengths."""


def resolve(text: str, *, own: Sequence[Workout] = (), read_file: Callable[[Path], Workout] | None = None) -> Workout:
    """Find a workout by a preset's id or name, an own workout's name, a file's path, or notation.

    Raises:
        WorkoutError: if there is none, or it is invalid; one line, with the nearest name if it was a name.
    """
    wanted = text.strip()
    if not wanted:
        raise WorkoutError("no workout given: use a preset such as first-try, a file, or notation such as back 2m")
    for workout in (*presets(), *own):
        if _key(wanted) in (_key(workout.id), _key(workout.name)):
            return workout
    if read_file is not None and _is_file(wanted):
        return read_file(Path(wanted))
    if _NAME.fullmatch(wanted) and not starts_like_notation(wanted):
        raise WorkoutError(_unknown(wanted, own))
    try:
        return parse(wanted)
    except NotationError as error:
        raise WorkoutError(f"cannot read the workout, {error}") from error


def _key(name: str) -> str:
    return "-".join(name.lower().replace("_", " ").replace("-", " ").split())


def _is_file(text: str) -> bool:
    """Whether a file with this path exists; False if the text is too long for a path."""
    try:
        return Path(text).exists()
    except (OSError, ValueError):
        return False


def _unknown(wanted: str, own: Sequence[Workout]) -> str:
    known = ", ".join(workout.id for workout in presets())
    hint = nearest(_key(wanted), tuple(workout.name for workout in own))
    return f"there is no workout {quoted(wanted)}{hint} (the presets are {known})"
