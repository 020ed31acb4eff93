"""Retro Timer: an interval timer for walking backward.

The public API. Names are loaded on first use, so that importing the package costs nothing.

- `Workout`: what is planned; `parse` and `format_notation` turn notation into a workout and back.
- `flatten`: the `Schedule` of a workout: its intervals in order, with their start offsets.
- `Session`: one run of a schedule, driven by the times you pass in.
- `read_workout`, `write_workout`: workouts in the formats of other programs.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retro_timer.formats.registry import read_workout, write_workout
    from retro_timer.scheduling.model import Workout
    from retro_timer.scheduling.notation import format_notation, parse
    from retro_timer.scheduling.schedule import flatten
    from retro_timer.session.engine import Session

__version__ = "0.1.0"
__all__ = ["Session", "Workout", "flatten", "format_notation", "parse", "read_workout", "write_workout"]

_PLACES = {
    "Session": "retro_timer.session.engine",
    "Workout": "retro_timer.scheduling.model",
    "flatten": "retro_timer.scheduling.schedule",
    "format_notation": "retro_timer.scheduling.notation",
    "parse": "retro_timer.scheduling.notation",
    "read_workout": "retro_timer.formats.registry",
    "write_workout": "retro_timer.formats.registry",
}


def __getattr__(name: str) -> object:
    """Load a name of the public API (PEP 562)."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted([*globals(), *__all__])
