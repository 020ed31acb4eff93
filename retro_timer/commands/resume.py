"""`retro-timer resume`: take up the session that was interrupted, keep it as ended early, or discard it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from retro_timer.commands.options import data_dir_option
from retro_timer.commands.setup import Setup
from retro_timer.commands.walk import line_by_line, on_the_full_screen, shows_screen
from retro_timer.exits import EXIT_BAD_INPUT, EXIT_DONE
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.show import clock_time

if TYPE_CHECKING:
    from retro_timer.scheduling.workout import Workout
    from retro_timer.storage.model import Interrupted


@click.command()
@click.option("--keep", is_flag=True, help="Keep it as a session that was ended early.")
@click.option("--discard", is_flag=True, help="Delete it.")
@click.option("--plain", is_flag=True, help="One line per event instead of the full screen.")
@click.option("--json", "as_json", is_flag=True, help="With --plain: one JSON object per line.")
@click.option("--audio", metavar="BACKEND", help="auto, miniaudio, simpleaudio, system, bell or off.")
@data_dir_option
@click.pass_context
def resume(  # noqa: PLR0913  (one argument per option)
    ctx: click.Context, /, *, keep: bool, discard: bool, plain: bool, as_json: bool, audio: str | None
) -> int:
    """Take up the session that was interrupted, where it was.

    Without --plain it waits for the space key, and goes on through a count-in.

    \b
    Examples:
      retro-timer resume
      retro-timer resume --keep
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    if keep and discard:
        raise click.UsageError("--keep and --discard exclude each other")
    setup = Setup(data_dir=ctx.obj["data_dir"], audio=audio)
    found = setup.keeper.interrupted()
    if not found:
        click.echo("no session was interrupted", err=True)
        return EXIT_BAD_INPUT
    walk = found[-1]
    if keep or discard:
        settle = setup.keeper.history.keep if keep else setup.keeper.history.discard
        settle(walk)
        click.echo(f"{'kept as ended early' if keep else 'discarded'}: {_described(walk)}")
        return EXIT_DONE
    workout = workout_of(walk)
    if plain or as_json or not shows_screen():
        if not as_json:
            click.echo(f"resuming: {_described(walk)}")
        return line_by_line(setup, workout, as_json=as_json, interrupted=walk)
    return on_the_full_screen(setup, workout, walk)


def workout_of(walk: Interrupted) -> Workout:
    """The workout that an interrupted session was planned as."""
    return parse(walk.planned.notation, name=walk.planned.name, workout_id=walk.planned.workout_id)


def _described(walk: Interrupted) -> str:
    at, total = clock_time(walk.record.position // 1000), clock_time(walk.record.schedule.total)
    return f"{walk.planned.name or walk.planned.notation}, at {at} of {total}"
