"""`retro-timer export`: a workout, a session or the whole history, as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from retro_timer.commands.finding import find_workout
from retro_timer.commands.history import find_session, tell_about
from retro_timer.commands.options import data_dir_option
from retro_timer.commands.setup import Setup
from retro_timer.exits import EXIT_BAD_INPUT, EXIT_DONE

if TYPE_CHECKING:
    from retro_timer.formats.export import Export


@click.command()
@click.argument("workout", required=False)
@click.option("--history", "whole", is_flag=True, help="The whole history, as JSON that import takes back.")
@click.option("--session", "session_id", metavar="ID", help="A walked session; `last` is the newest.")
@click.option("--format", "format_id", metavar="FORMAT", help="json, toml, zwo, icu, qz, fit; a session: fit, tcx.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to; its ending says how.")
@click.option("--force", is_flag=True, help="Replace FILE when it is there.")
@data_dir_option
@click.pass_context
def export(  # noqa: PLR0913  (one argument per option)
    ctx: click.Context,
    /,
    *,
    workout: str | None,
    whole: bool,
    session_id: str | None,
    format_id: str | None,
    output: Path | None,
    force: bool,
) -> int:
    """Write a workout, a session or the history to FILE, or to standard output.

    \b
    Examples:
      retro-timer export builder -o builder.zwo
      retro-timer export builder --format icu
      retro-timer export --session last -o walk.fit
      retro-timer export --history -o history.json
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    if sum((workout is not None, whole, session_id is not None)) != 1:
        raise click.UsageError("name a workout, or give --session ID, or --history")
    if output is not None and output.exists() and not force:
        raise click.UsageError(f"there is a file {output} already; --force replaces it")
    if whole:
        return _export_history(Setup(data_dir=ctx.obj["data_dir"]), output)
    target = format_id or (str(output) if output else None)
    if target is None:
        raise click.UsageError("say the format with --format, or by the ending of -o FILE")
    if workout is not None:
        from retro_timer.formats.registry import write_workout  # noqa: PLC0415  (a session does not need it)

        return _write(write_workout(find_workout(workout), target if format_id else Path(target)), output)
    return _export_session(Setup(data_dir=ctx.obj["data_dir"]), session_id or "", target, output)


def _export_session(setup: Setup, session_id: str, target: str, output: Path | None) -> int:
    from retro_timer.formats.registry import write_session  # noqa: PLC0415  (a workout does not need it)
    from retro_timer.storage.walked import walked_session  # noqa: PLC0415  (the same)

    opened = setup.keeper.opened
    tell_about(opened)
    summary = find_session(opened.history, session_id)
    walk = opened.history.walk(summary.uuid) if summary else None
    if walk is None:
        click.echo(f"retro-timer: no one session has the id {session_id[:40]!r}: see retro-timer history", err=True)
        return EXIT_BAD_INPUT
    return _write(write_session(walked_session(walk), target), output)


def _export_history(setup: Setup, output: Path | None) -> int:
    from io import BytesIO  # noqa: PLC0415  (seldom needed)

    from retro_timer.formats.export import Export  # noqa: PLC0415  (the same)
    from retro_timer.storage.transfer import write_json  # noqa: PLC0415  (the same)

    opened = setup.keeper.opened
    tell_about(opened)
    data = BytesIO()
    write_json(opened.history.everything(), data, setup.clock.wall())
    return _write(Export(data.getvalue()), output)


def _write(export: Export, output: Path | None) -> int:
    """Write a file in one step, or to standard output; what it cannot carry is said."""
    for note in export.notes:
        click.echo(note, err=True)
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(export.data)
        sys.stdout.buffer.flush()
        return EXIT_DONE
    from retro_timer.storage.atomic import write_atomic  # noqa: PLC0415  (seldom needed)

    try:
        write_atomic(output, export.data)
    except OSError as error:
        raise click.UsageError(f"{output} cannot be written: {error.strerror}") from error
    return EXIT_DONE
