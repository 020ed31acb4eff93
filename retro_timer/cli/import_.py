"""`retro-timer import`: read a workout or a history from a file."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec.structs import replace

from retro_timer.cli.options import data_dir_option
from retro_timer.cli.speed import warn_of_speed
from retro_timer.runtime.wiring import Setup
from retro_timer.storage.transfer import FORMAT
from retro_timer.text import clock_time

_HEAD = 4096


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="The name of the workout.")
@click.option("--assume", type=click.Choice(["forward", "alternate"]), help="The direction to assume if FILE has none.")
@data_dir_option
@click.pass_context
def import_(ctx: click.Context, /, *, file: Path, name: str | None, assume: str | None) -> None:
    """Import FILE: a workout becomes one of your own, an exported history is added to yours.

    \b
    Examples:
      retro-timer import hills.zwo --assume alternate
      retro-timer import history.json
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    setup = Setup(data_dir=ctx.obj["data_dir"])
    if _is_history(file):
        _import_history(setup, file)
        return
    from retro_timer.formats.registry import read_workout
    from retro_timer.storage.workouts import WorkoutLibrary

    workout = replace(read_workout(file, assume=assume), id="")
    if name:
        workout = replace(workout, name=name)
    saved = WorkoutLibrary(setup.paths.workouts).save(workout)
    total, backward = clock_time(saved.total_seconds), clock_time(saved.backward_seconds)
    click.echo(f"saved as {saved.id}: {total}, {backward} backward")
    warn_of_speed(setup, saved)


def _import_history(setup: Setup, file: Path) -> None:
    from retro_timer.storage.transfer import import_sessions, read_json

    sessions = read_json(file, setup.clock.wall())
    done = import_sessions(setup.history_to_write(), sessions)
    click.echo(f"{done.added} sessions added, {done.skipped} already present")


def _is_history(file: Path) -> bool:
    """Whether a file begins like an exported history; False for an unreadable file, which fails later."""
    try:
        if not file.is_file():
            return False
        with file.open("rb") as start:
            return f'"{FORMAT}"'.encode() in start.read(_HEAD)
    except OSError:
        return False
