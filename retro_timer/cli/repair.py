"""`retro-timer repair`: recover what is readable of damaged histories and sessions."""

from __future__ import annotations

from pathlib import Path

import click

from retro_timer.cli.options import data_dir_option
from retro_timer.runtime.wiring import Setup


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@data_dir_option
@click.pass_context
def repair(ctx: click.Context, /, *, file: Path | None) -> None:
    """Recover what is readable of a damaged history, and list what was lost.

    FILE is a history or a backup; it is not changed. Without FILE, all quarantined histories and sessions are searched.
    Sessions that are already in the history are not changed.

    \b
    Examples:
      retro-timer repair
      retro-timer repair history-2026.db
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    setup = Setup(data_dir=ctx.obj["data_dir"])
    setup.history_to_write()  # quarantines a damaged history
    reports = setup.store.repair(file)
    if not reports:
        click.echo("there is nothing to repair")
    for report in reports:
        click.echo(str(report))
        for line in (*report.partly, *(f"lost: {lost}" for lost in report.lost)):
            click.echo(f"  {line}")
