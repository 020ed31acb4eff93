"""Resolve and complete the WORKOUT argument."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from retro_timer.errors import UserError
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.presets import preset
from retro_timer.text import file_name

if TYPE_CHECKING:
    from pathlib import Path

    import click
    from click.shell_completion import CompletionItem

    from retro_timer.formats.assumptions import Assumptions
    from retro_timer.scheduling.model import Workout


def find_workout(text: str, assumptions: Assumptions | None = None) -> Workout:
    """Find a workout: a preset, one of the walker's own, a file, or notation.

    Notes on what was decided and lost in reading a file are printed to standard error.

    Args:
        text: the argument.
        assumptions: what to assume if a file does not say it.

    Raises:
        WorkoutError: if there is none, or it is invalid; one line.
    """
    try:
        return preset(text)  # no further imports or files needed
    except WorkoutError:
        from retro_timer.runtime.resolve import resolve

        return resolve(text, own=_own(), read_file=partial(_read_file, assumptions))


def _own() -> list[Workout]:
    """The walker's own valid workouts, and those of imported programmes."""
    from retro_timer.config.paths import find_paths

    paths = find_paths()
    if not (paths.workouts.is_dir() or paths.programmes.is_dir()):
        return []  # no further imports needed
    from retro_timer.storage.own_workouts import own_workouts

    return own_workouts(paths)


def _read_file(assumptions: Assumptions | None, path: Path) -> Workout:
    import click

    from retro_timer.formats.assumptions import NOTHING_ASSUMED
    from retro_timer.formats.registry import read_one

    received = read_one(path, assumptions or NOTHING_ASSUMED)
    for note in received.notes:
        click.echo(f"{file_name(path)}: {note}", err=True)
    return received.workout


def complete_workout(ctx: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Every workout that has a name, or the next word of notation; files if none of these match."""
    from retro_timer.cli.completing import complete_file, offered
    from retro_timer.scheduling.notation import continued
    from retro_timer.scheduling.presets import LADDER

    known: dict[str, str | None] = {each.id: each.description for each in LADDER}
    with suppress(UserError, OSError):
        known |= {workout.id: workout.name for workout in _own()}
    return offered(known | dict.fromkeys(continued(typed)), typed) or complete_file(ctx, param, typed)
