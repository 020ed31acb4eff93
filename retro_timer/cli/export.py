"""`retro-timer export`: write a workout, a session or the whole history to a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from retro_timer.cli.find_workout import find_workout
from retro_timer.cli.history import find_session
from retro_timer.cli.options import data_dir_option
from retro_timer.formats.registry import SESSION_FORMATS, WORKOUT_FORMATS, write_session, write_workout
from retro_timer.runtime.exit_codes import EXIT_BAD_INPUT, EXIT_DONE
from retro_timer.runtime.wiring import Setup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.formats.export import Export
    from retro_timer.formats.format import Format


def _table(title: str, known_formats: Sequence[Format]) -> str:
    """A table of formats for the epilog of the help, one per line."""
    lines = (f"  {known.id:<12}{' '.join(known.suffixes):<12}{known.help}" for known in known_formats)
    return "\n".join(("\b", title, *lines))


@click.command(
    epilog="\n\n".join((_table("Formats of a workout:", WORKOUT_FORMATS), _table("Of a session:", SESSION_FORMATS)))
)
@click.argument("workout", required=False)
@click.option("--history", "whole", is_flag=True, help="The whole history, as JSON that import reads.")
@click.option("--session", "session_id", metavar="ID", help="A session of the history; `last` is the newest.")
@click.option("--format", "format_id", metavar="FORMAT", help="A format listed below.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Its suffix sets the format.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
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
        raise click.UsageError(f"{output} already exists; --force replaces it")
    if whole:
        return _export_history(Setup(data_dir=ctx.obj["data_dir"]), output)
    target = format_id or (str(output) if output else None)
    if target is None:
        raise click.UsageError("give the format with --format, or by the suffix of -o FILE")
    if workout is not None:
        return _write(write_workout(find_workout(workout), target if format_id else Path(target)), output)
    return _export_session(Setup(data_dir=ctx.obj["data_dir"]), session_id or "", target, output)


def _export_session(setup: Setup, session_id: str, target: str, output: Path | None) -> int:

    history = setup.history_to_read()
    summary = find_session(history, session_id)
    session = history.session(summary.uuid) if summary else None
    if session is None:
        click.echo(f"retro-timer: no single session has the id {session_id[:40]!r}: see retro-timer history", err=True)
        return EXIT_BAD_INPUT
    return _write(write_session(session, target), output)


def _export_history(setup: Setup, output: Path | None) -> int:
    from io import BytesIO

    from retro_timer.formats.export import Export
    from retro_timer.storage.transfer import write_json

    data = BytesIO()
    write_json(setup.history_to_read().everything(), data, setup.clock.wall())
    return _write(Export(data.getvalue()), output)


def _write(export: Export, output: Path | None) -> int:
    """Write a file, or to standard output; prints the export's notes."""
    for note in export.notes:
        click.echo(note, err=True)
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(export.data)
        sys.stdout.buffer.flush()
        return EXIT_DONE
    from retro_timer.files.atomic import write_atomic

    try:
        write_atomic(output, export.data)
    except OSError as error:
        raise click.UsageError(f"{output} cannot be written: {error.strerror}") from error
    return EXIT_DONE
