"""`retro-timer show`: one workout in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from retro_timer.cli.find_workout import complete_workout, find_workout
from retro_timer.cli.options import assumed, assumption_options, overridden, override_options
from retro_timer.cli.streams import json_text
from retro_timer.scheduling.show import as_json as to_json
from retro_timer.scheduling.show import as_lines
from retro_timer.training.speeds import fastest_backward

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout


@click.command()
@click.argument("workout", shell_complete=complete_workout)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@override_options
@assumption_options
@click.pass_context
def show(
    ctx: click.Context,
    /,
    *,
    workout: str,
    as_json: bool,
    **options: Any,  # noqa: ANN401  (values of several types)
) -> None:
    """Show a workout: its notation, intervals and totals. Warns of backward speeds that are too fast.

    WORKOUT is a preset's id, a saved workout's name, a file, or notation in quotes.

    \b
    Examples:
      retro-timer show builder
      retro-timer show builder --rounds 6 --json
      retro-timer show "4x(turn 30s, back 1m, turn 30s | fwd 1m)"
      retro-timer show hills.zwo --assume alternate --longest 2m
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    found = overridden(find_workout(workout, assumed(options)), options)
    _warn(ctx, found)
    if as_json:
        click.echo(json_text(to_json(found)))
        return
    for line in as_lines(found):
        click.echo(line)


def _warn(ctx: click.Context, workout: Workout) -> None:
    if fastest_backward(workout.blocks) is None:
        return
    from retro_timer.cli.speed import warn_of_speed
    from retro_timer.runtime.wiring import Setup

    warn_of_speed(Setup(data_dir=ctx.obj["data_dir"]), workout)
