"""`retro-timer backup` and `retro-timer restore`: copy and restore the whole history."""

from __future__ import annotations

from pathlib import Path

import click

from retro_timer.cli.options import data_dir_option
from retro_timer.runtime.wiring import Setup
from retro_timer.storage.backup import back_up
from retro_timer.storage.backup import restore as take_back


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@data_dir_option
@click.pass_context
def backup(ctx: click.Context, /, *, file: Path) -> None:
    """Copy the history to FILE, which must not exist yet.

    \b
    Example:
      retro-timer backup history-2026.db
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    back_up(Setup(data_dir=ctx.obj["data_dir"]).history_to_write(), file)
    click.echo(f"the history was copied to {file}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@data_dir_option
@click.pass_context
def restore(ctx: click.Context, /, *, file: Path, yes: bool) -> None:
    """Restore the history from FILE; the current one is kept under another name.

    \b
    Example:
      retro-timer restore history-2026.db
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    setup = Setup(data_dir=ctx.obj["data_dir"])
    if not yes:
        click.confirm(f"Replace the history with {file}?", abort=True)
    kept = take_back(setup.store.file, file, setup.store.lock, setup.clock.wall())
    click.echo(f"the history was restored from {file}")
    if kept:
        click.echo(f"the previous history is {kept}")
