"""`retro-timer serve`: the app in a browser on this machine."""

from __future__ import annotations

import gc

import click

from retro_timer.cli.find_workout import complete_workout, find_workout
from retro_timer.cli.options import data_dir_option
from retro_timer.errors import reason
from retro_timer.extras import install_command


@click.command()
@click.argument("workout", required=False, shell_complete=complete_workout)
@click.option("--port", default=8000, type=click.IntRange(1, 65535), metavar="PORT", help="The port; by default 8000.")
@data_dir_option
@click.pass_context
def serve(ctx: click.Context, /, *, workout: str | None, port: int) -> int:
    """Show the app in a browser on this machine. Every page runs its own app.

    \b
    Examples:
      retro-timer serve
      retro-timer serve first-try --port 9000
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    try:
        from retro_timer.serving.server import AppServer
    except ModuleNotFoundError as error:
        raise click.UsageError(f"{error.name} is missing: {install_command('serve')}") from error
    if workout is not None:
        find_workout(workout)  # report an error here, not in every browser
    arguments = ["run", "--", workout] if workout is not None else []
    if data_dir := ctx.obj["data_dir"]:
        arguments = ["--data-dir", data_dir, *arguments]
    gc.enable()  # `__main__` disabled it, and a server runs for days
    try:
        return AppServer(arguments, port, click.echo).run()
    except OSError as error:
        raise click.UsageError(f"cannot listen on port {port}: {reason(error)}") from error
