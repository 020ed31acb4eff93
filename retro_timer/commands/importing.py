"""`retro-timer import`: a workout or a history, from a file."""

from __future__ import annotations

from pathlib import Path

import click

from retro_timer.commands.history import tell_about
from retro_timer.commands.options import data_dir_option
from retro_timer.commands.setup import Setup
from retro_timer.scheduling.show import clock_time
from retro_timer.storage.transfer import FORMAT

_HEAD = 4096


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="What the workout is to be called.")
@click.option(
    "--assume", type=click.Choice(["forward", "alternate"]), help="Where nothing in FILE says which way to walk."
)
@data_dir_option
@click.pass_context
def import_(ctx: click.Context, /, *, file: Path, name: str | None, assume: str | None) -> None:
    """Read FILE: a workout becomes one of your own, a history exported before is added to yours.

    \b
    Examples:
      retro-timer import hills.zwo --assume alternate
      retro-timer import history.json
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    setup = Setup(data_dir=ctx.obj["data_dir"])
    if _is_history(file):
        _import_history(setup, file)
        return
    from retro_timer.formats.registry import read_workout  # noqa: PLC0415  (a history does not need it)
    from retro_timer.storage.workouts import WorkoutLibrary  # noqa: PLC0415  (the same)

    workout = read_workout(file, assume=assume).but(id="")
    if name:
        workout = workout.but(name=name)
    saved = WorkoutLibrary(setup.paths.workouts).save(workout)
    total, backward = clock_time(saved.total_seconds), clock_time(saved.backward_seconds)
    click.echo(f"saved as {saved.id}: {total}, {backward} backward")


def _import_history(setup: Setup, file: Path) -> None:
    from retro_timer.storage.transfer import import_walks, read_json  # noqa: PLC0415  (a workout does not need it)

    opened = setup.keeper.opened
    tell_about(opened)
    done = import_walks(opened.history, read_json(file, setup.clock.wall()))
    click.echo(f"{done.added} sessions added, {done.skipped} were there already")


def _is_history(file: Path) -> bool:
    """Whether a file begins as an exported history does; one that cannot be read is whoever reads it to say."""
    try:
        if not file.is_file():
            return False
        with file.open("rb") as start:
            return f'"{FORMAT}"'.encode() in start.read(_HEAD)
    except OSError:
        return False
