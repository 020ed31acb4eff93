"""`retro-timer import`: read workouts, a history or a programme from files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from retro_timer.cli.completing import complete_file
from retro_timer.cli.options import assumed, assumption_options, data_dir_option
from retro_timer.cli.speed import warn_of_speed
from retro_timer.errors import UserError
from retro_timer.runtime.exit_codes import EXIT_BAD_INPUT, EXIT_DONE
from retro_timer.runtime.wiring import Setup
from retro_timer.scheduling.show import as_lines
from retro_timer.text import clock_time, printable, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.formats.assumptions import Assumptions
    from retro_timer.formats.received import Received
    from retro_timer.scheduling.model import Workout
    from retro_timer.storage.workouts import WorkoutLibrary

_STANDARD_INPUT = "-"


class _Saving:
    """How imported workouts are saved.

    Args:
        name: another name; None for the one in the file.
        replaces: whether a workout replaces an own one with its name.
        renames: whether a workout whose name is taken gets a number.
    """

    def __init__(self, library: WorkoutLibrary, name: str | None, *, replaces: bool, renames: bool) -> None:
        self._library = library
        self._name = name
        self._replaces = replaces
        self._renames = renames

    @property
    def has_name(self) -> bool:
        """Whether a name was given, so that only one workout can be saved."""
        return self._name is not None

    def _named(self, found: Sequence[Received]) -> list[Workout]:
        """The workouts of a file as they are saved: with their names, and the ids of those that they replace.

        Raises:
            UserError: if a name is taken, twice in the file, or invalid.
        """
        from retro_timer.storage.workout_names import free_name, name_key

        taken = list(self._library.taken_names()) if self._renames else []
        workouts: list[Workout] = []
        for received in found:
            name = self._name or received.workout.name
            if self._renames:
                name = free_name(name, taken)
                taken.append(name)
            own = self._library.id_of(name)
            if own and not self._replaces:
                raise UserError(
                    f"you already have a workout {quoted(name, 80)}: give --name NAME, --rename or --replace"
                )
            if name_key(name) in (name_key(before.name) for before in workouts):
                raise UserError(f"it has two workouts {quoted(name, 80)}: give --rename")
            self._library.check_name(name, own)
            workouts.append(replace(received.workout, id=own, name=name))
        return workouts

    def save(self, found: Sequence[Received], setup: Setup) -> None:
        """Print the workouts of a file, with notes on what was decided and lost; then save them, all or none."""
        workouts = self._named(found)
        for workout, received in zip(workouts, found, strict=True):
            click.echo("\n".join(as_lines(workout)))
            if received.notes:
                click.echo("\n".join(("", *(f"note: {note}" for note in received.notes))))
            click.echo()
        for saved in self._library.save_together(workouts):
            total, backward = clock_time(saved.total_seconds), clock_time(saved.backward_seconds)
            click.echo(f"saved as {saved.id}: {total}, {backward} backward")
            warn_of_speed(setup, saved)


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=complete_file)
@click.option("--name", metavar="NAME", help="The name of the workout.")
@click.option("--replace", "replaces", is_flag=True, help="Replace your own workout of the same name.")
@click.option("--rename", "renames", is_flag=True, help="Add a number to a name that is taken.")
@click.option("--phases", metavar="WHAT", help="Past activities: forward, a phase for each lap, or the workout walked.")
@assumption_options
@data_dir_option
@click.pass_context
def import_(  # noqa: PLR0913  (one argument per option)
    ctx: click.Context,
    /,
    *,
    files: Sequence[str],
    name: str | None,
    replaces: bool,
    renames: bool,
    phases: str | None,
    **options: Any,  # noqa: ANN401  (values of several types)
) -> int:
    """Import each FILE; "-" is standard input. A FILE is imported whole or not at all, whatever becomes of the others.

    Workouts become your own, an exported history and past activities (FIT, TCX, CSV, what `history --json` printed)
    are added to yours, and a programme is what the plan follows.

    \b
    Examples:
      retro-timer import hills.zwo --assume alternate --longest 2m
      retro-timer import 5k.zwo --lengths metres --pace 20:00/km
      retro-timer import *.zwo --rename
      retro-timer import history.json
      retro-timer import knee.toml
      retro-timer import walk.fit --phases builder
      retro-timer import walk.tcx --phases "warm, back, fwd, back, cool"
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    if replaces and renames:
        raise click.UsageError("--replace and --rename exclude each other")
    if name and len(files) > 1:
        raise click.UsageError("--name is for one workout")
    setup = Setup(data_dir=ctx.obj["data_dir"])
    from retro_timer.formats.assumptions import NOTHING_ASSUMED
    from retro_timer.storage.own_workouts import workout_library

    assumptions = assumed(options) or NOTHING_ASSUMED
    saving = _Saving(workout_library(setup.paths), name, replaces=replaces, renames=renames)
    if len(files) == 1:
        _import(setup, files[0], saving, assumptions, phases)
        return EXIT_DONE
    code = EXIT_DONE
    for file in files:
        try:
            _import(setup, file, saving, assumptions, phases)
        except UserError as error:
            click.echo(f"retro-timer: {printable(str(error), 300)}", err=True)
            code = EXIT_BAD_INPUT
    return code


def _import(setup: Setup, file: str, saving: _Saving, assumptions: Assumptions, phases: str | None) -> None:
    """Import one file, or standard input."""
    from retro_timer.cli.import_activities import import_past
    from retro_timer.cli.programme import import_programme
    from retro_timer.formats.registry import read_stream, read_workouts
    from retro_timer.runtime.import_activities import past_in
    from retro_timer.runtime.import_files import FileKind, import_history, kind_of

    kind = None if file == _STANDARD_INPUT else kind_of(Path(file))
    if kind is FileKind.HISTORY:
        click.echo(import_history(setup.history_to_write(), Path(file), setup.clock.wall()))
        return
    if kind is FileKind.PROGRAMME:
        import_programme(setup, Path(file))
        return
    if past := past_in(Path(file)) if kind is FileKind.PAST else None:
        import_past(setup, Path(file), past, phases or assumptions.direction)
        return
    if file == _STANDARD_INPUT:
        found = read_stream(sys.stdin.buffer, "standard input", assumptions)
    else:
        found = read_workouts(Path(file), assumptions)
    if saving.has_name and len(found) > 1:
        raise UserError(f"it has {len(found)} workouts, and --name is for one workout")
    saving.save(found, setup)
