"""`retro-timer export`: write a workout, a session or the whole history to a file."""

from __future__ import annotations

import sys
from functools import partial
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from retro_timer.cli.completing import complete_format, complete_stored_session
from retro_timer.cli.find_workout import complete_workout, find_workout
from retro_timer.cli.options import assumed, assumption_options, data_dir_option
from retro_timer.cli.stored_sessions import the_session
from retro_timer.formats.export import Export, export_to_file
from retro_timer.formats.registry import SESSION_FORMATS, WRITTEN_FORMATS, write_session, write_workout
from retro_timer.runtime.wiring import Setup
from retro_timer.storage.history_csv import write_sessions_csv
from retro_timer.storage.transfer import write_json
from retro_timer.storage.walk_tests import walk_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.formats.assumptions import Assumptions
    from retro_timer.formats.format import Format


def _table(title: str, known_formats: Sequence[Format]) -> str:
    """A table of formats for the epilog of the help, one per line."""
    lines = (f"  {known.id:<12}{' '.join(known.suffixes):<12}{known.help}" for known in known_formats)
    return "\n".join(("\b", title, *lines))


@click.command(
    epilog="\n\n".join((_table("Formats of a workout:", WRITTEN_FORMATS), _table("Of a session:", SESSION_FORMATS)))
)
@click.argument("workout", required=False, shell_complete=complete_workout)
@click.option("--history", "whole", is_flag=True, help="The whole history, as JSON or CSV that import reads.")
@click.option(
    "--session",
    "session_id",
    metavar="ID",
    shell_complete=complete_stored_session,
    help="A session from the history; `last` is the newest.",
)
@click.option("--format", "format_id", metavar="FORMAT", shell_complete=complete_format, help="A format listed below.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Its suffix sets the format.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@assumption_options
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
    **options: Any,  # noqa: ANN401  (values of several types)
) -> None:
    """Write a workout, a session or the history to FILE, or to standard output.

    \b
    Examples:
      retro-timer export builder -o builder.zwo
      retro-timer export builder --format icu
      retro-timer export hills.zwo --assume alternate --format qz
      retro-timer export --session last -o walk.fit
      retro-timer export --history -o history.json
      retro-timer export --history -o history.csv
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    if sum((workout is not None, whole, session_id is not None)) != 1:
        raise click.UsageError("name a workout, or give --session ID, or --history")
    setup = Setup(data_dir=ctx.obj["data_dir"])
    target = format_id or output
    if whole:
        make = partial(_history, setup, _history_format(format_id, output))
    elif target is None:
        raise click.UsageError("give the format with --format, or by the suffix of -o FILE")
    elif workout is not None:
        make = partial(_workout, workout, assumed(options), target)
    else:
        make = partial(_session, setup, session_id or "", target)
    _write(make, output, force=force)


def _workout(workout: str, assumptions: Assumptions | None, target: Path | str) -> Export:
    return write_workout(find_workout(workout, assumptions), target)


def _session(setup: Setup, session_id: str, target: Path | str) -> Export:
    history = setup.history_to_read()
    session = history.session(the_session(history, session_id).uuid)
    if session is None:
        raise click.UsageError("this session cannot be read: see retro-timer repair")
    return write_session(session, target)


def _history_format(format_id: str | None, output: Path | None) -> str:
    """The format of a history: the one given, or else by the file's suffix; JSON for any other suffix."""
    if format_id is None:
        return "csv" if output is not None and output.suffix.lower() == ".csv" else "json"
    if format_id not in ("json", "csv"):
        raise click.UsageError(f"a history is written as json or csv, not as {format_id[:20]!r}")
    return format_id


def _history(setup: Setup, written_as: str) -> Export:
    history = setup.history_to_read()
    if written_as == "csv":
        text = StringIO(newline="")
        write_sessions_csv(history.everything(), text)
        return Export(text.getvalue().encode(), ("CSV: intervals, edits and walk tests are left out; JSON has them",))
    data = BytesIO()
    write_json(history.everything(), data, setup.clock.wall(), walk_tests(history))
    return Export(data.getvalue())


def _write(make: Callable[[], Export], output: Path | None, *, force: bool) -> None:
    """Write to a file, or to standard output; prints the export's notes."""
    if output is None:
        export = make()
        sys.stdout.flush()
        sys.stdout.buffer.write(export.data)
        sys.stdout.buffer.flush()
    else:
        export = export_to_file(output, make, force=force, otherwise="--force replaces it")
    for note in export.notes:
        click.echo(note, err=True)
