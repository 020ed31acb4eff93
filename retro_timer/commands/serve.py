"""`retro-timer serve`: the app in a browser, on a tablet or a TV."""

from __future__ import annotations

import gc

import click

from retro_timer.commands.finding import find_workout
from retro_timer.commands.options import data_dir_option


@click.command()
@click.argument("workout", required=False)
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help="Where to listen; 127.0.0.1 is this machine only.")
@click.option("--port", default=8000, type=click.IntRange(1, 65535), metavar="PORT", help="Which port; 8000.")
@data_dir_option
@click.pass_context
def serve(ctx: click.Context, /, *, workout: str | None, host: str, port: int) -> None:
    """Show the app in a browser on this machine, or with --host on others. Every page is an app of its own.

    \b
    Examples:
      retro-timer serve
      retro-timer serve first-try --port 9000
      retro-timer serve --host 0.0.0.0     for a tablet: everybody on the network can use it
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    try:
        from retro_timer.serving.server import AppServer  # noqa: PLC0415  (an extra that may be missing)
    except ModuleNotFoundError as error:
        raise click.UsageError(f"{error.name} is missing: pip install 'retro-timer[serve]'") from error
    if workout is not None:
        find_workout(workout)  # said here rather than in every browser
    arguments = ["run", "--", workout] if workout is not None else []
    if data_dir := ctx.obj["data_dir"]:
        arguments = ["--data-dir", data_dir, *arguments]
    gc.enable()  # `__main__` stopped it, and a server runs for days
    try:
        AppServer(arguments, host, port, click.echo).serve()
    except OSError as error:
        raise click.UsageError(f"cannot listen on {host}, port {port}: {error.strerror or error}") from error
