"""`retro-timer programme`: the programme that the plan follows, the others, and the report for its author."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from retro_timer.cli.completing import complete_programme
from retro_timer.cli.options import data_dir_option
from retro_timer.cli.streams import json_text
from retro_timer.runtime.wiring import Setup
from retro_timer.text import clock_time, counted

if TYPE_CHECKING:
    from retro_timer.config.schema import Settings
    from retro_timer.training.programme import Programme


@click.group(invoke_without_command=True)
@data_dir_option
@click.pass_context
def programme(ctx: click.Context, /) -> None:
    """Show which programme the plan follows, and the others.

    A therapist or a coach writes one as a TOML file: see docs/programmes.md. `retro-timer import FILE` reads it, and
    the plan follows it from that day on.

    \b
    Examples:
      retro-timer import knee.toml
      retro-timer programme report -o knee.md
      retro-timer programme use eight-weeks
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    if ctx.invoked_subcommand is not None:
        return
    from retro_timer.runtime.import_files import describe
    from retro_timer.storage.programmes import ProgrammeError, ProgrammeLibrary

    setup = Setup(data_dir=ctx.obj["data_dir"])
    library, chosen = ProgrammeLibrary(setup.paths.programmes), setup.loaded.settings.plan.programme
    for programme_id in library.ids():
        mark = ">" if programme_id == chosen else " "
        try:
            line = describe(library.get(programme_id))
        except ProgrammeError as error:
            line = str(error)
        click.echo(f"{mark} {programme_id:16}{line}")


@programme.command()
@click.argument("programme_id", metavar="ID", shell_complete=complete_programme)
@click.pass_context
def use(ctx: click.Context, /, *, programme_id: str) -> None:
    """Let the plan follow another programme; `eight-weeks` is the built-in one.

    \b
    Example:
      retro-timer programme use knee
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    from retro_timer.storage.programmes import ProgrammeLibrary

    setup = Setup(data_dir=ctx.obj["data_dir"])
    found = ProgrammeLibrary(setup.paths.programmes).get(programme_id)
    _say_followed(setup, found, _follow(setup, found))


@programme.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="A file instead of the terminal.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@click.pass_context
def report(ctx: click.Context, /, *, output: Path | None, force: bool) -> None:
    """Write what was walked as one Markdown page, to hand back to whoever wrote the programme.

    \b
    Example:
      retro-timer programme report -o knee.md
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    from retro_timer.config.locale import resolve_units
    from retro_timer.formats.export import Export, export_to_file
    from retro_timer.runtime.programme_report import notes_of
    from retro_timer.runtime.programme_report import report as written
    from retro_timer.storage.programmes import followed_programme
    from retro_timer.storage.training_entries import entries_of
    from retro_timer.storage.walk_tests import walk_tests

    setup = Setup(data_dir=ctx.obj["data_dir"])
    settings = setup.loaded.settings
    units = resolve_units(settings.units, os.environ)
    followed = followed_programme(settings, setup.paths)
    history, now = setup.history_to_read(), setup.clock.wall()
    walked = entries_of(history, now, settings.plan.day_ends, followed.own)
    for problem in walked.problems:
        click.echo(f"retro-timer: {problem}", err=True)
    page = written(
        followed,
        walked.entries,
        notes_of(history.summaries(since=followed.started), settings.plan.day_ends),
        settings.plan.day_of(now),
        choices=settings.plan_choices(units.week_start),
        imperial=units.mph,
        tests=walk_tests(history),
    )
    if output is None:
        click.echo(page, nl=False)
    else:
        export_to_file(output, lambda: Export(page.encode()), force=force, otherwise="--force replaces it")


@programme.command()
def schema() -> None:
    """Print the JSON Schema of programme files, for editors that complete and validate TOML.

    \b
    Example:
      retro-timer programme schema > programme.schema.json
    and in the programme, above everything else:
      #:schema ./programme.schema.json
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    from retro_timer.formats.programme_toml import programme_schema

    click.echo(json_text(programme_schema()))


def _follow(setup: Setup, found: Programme) -> Settings:
    """Let the plan follow a programme. Returns the settings."""
    from retro_timer.config.settings_file import SettingsFile

    return SettingsFile(setup.paths.settings).set({"plan.programme": found.id}).settings


def _say_followed(setup: Setup, found: Programme, settings: Settings) -> None:
    """Print that the plan follows a programme."""
    from retro_timer.runtime.import_files import describe
    from retro_timer.storage.own_workouts import namesakes
    from retro_timer.storage.programmes import ignored_pin

    click.echo(f"the plan follows {describe(found)}")
    for warning in (ignored_pin(settings, setup.paths), namesakes(found, setup.paths)):
        if warning:
            click.echo(f"retro-timer: {warning}", err=True)


def import_programme(setup: Setup, file: Path) -> None:
    """Import a programme; the plan follows it from today on."""
    from retro_timer.formats.errors import FormatError
    from retro_timer.formats.files import read_file
    from retro_timer.formats.programme_toml import read_programme
    from retro_timer.storage.programmes import BUILT_IN, ProgrammeError, ProgrammeLibrary
    from retro_timer.text import file_name

    library = ProgrammeLibrary(setup.paths.programmes)
    today = setup.loaded.settings.plan.day_of(setup.clock.wall())
    try:
        data = read_file(file)
        with library.undone_on_error(read_programme(data).id):
            saved = library.save(data, today)
            settings = _follow(setup, saved)
    except FormatError as error:
        raise error.named(file_name(file)) from None
    except ProgrammeError as error:
        raise ProgrammeError(f"{file_name(file)}: {error}") from None
    _say_followed(setup, saved, settings)
    for number, level in enumerate(saved.levels, 1):
        workout = saved.workout(level.workout_id)
        total, backward = clock_time(workout.total_seconds), clock_time(workout.backward_seconds)
        days = counted(level.most_days, "day")
        click.echo(f"{number:3}  {workout.name}: {total}, {backward} backward, {days} a week")
    click.echo(f"retro-timer programme use {BUILT_IN} goes back to the built-in one")
