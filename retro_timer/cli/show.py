"""`retro-timer show`: one workout in full."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from retro_timer.cli.find_workout import find_workout
from retro_timer.cli.options import overridden, override_options
from retro_timer.scheduling.notation import format_notation
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.show import as_json as to_json
from retro_timer.text import clock_time
from retro_timer.training.speeds import fastest_backward

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout


@click.command()
@click.argument("workout")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@override_options
@click.pass_context
def show(ctx: click.Context, /, *, workout: str, as_json: bool, **overrides: int | None) -> None:
    """Show a workout: its notation, intervals and totals. Warns of backward speeds that are too fast.

    WORKOUT is a preset's id, a saved workout's name, a file, or notation in quotes.

    \b
    Examples:
      retro-timer show builder
      retro-timer show builder --rounds 6 --json
      retro-timer show "4x(turn 30s, back 1m, turn 30s | fwd 1m)"
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    found = overridden(find_workout(workout), overrides)
    _warn(ctx, found)
    if as_json:
        click.echo(json.dumps(to_json(found), indent=2, ensure_ascii=False))
        return
    for line in lines(found):
        click.echo(line)


def _warn(ctx: click.Context, workout: Workout) -> None:
    if fastest_backward(workout.blocks) is None:
        return
    from retro_timer.cli.speed import warn_of_speed
    from retro_timer.runtime.wiring import Setup

    warn_of_speed(Setup(data_dir=ctx.obj["data_dir"]), workout)


def lines(workout: Workout) -> list[str]:
    """A workout as lines: name, notation, totals, then one line per interval."""
    schedule = flatten(workout)
    share = 100 * workout.backward_seconds / workout.total_seconds
    shown = [workout.name] if workout.name else []
    shown += [
        format_notation(workout),
        f"{clock_time(workout.total_seconds)} total, {clock_time(workout.backward_seconds)} backward ({share:.0f} %)",
        "",
    ]
    for index, entry in enumerate(schedule):
        round_of = f"round {entry.place.round} of {entry.place.rounds}" if entry.place else ""
        details = [f"{entry.interval.speed_kmh:.1f} km/h" if entry.interval.speed_kmh else "", entry.interval.label]
        line = f"{clock_time(schedule.starts[index]):>8}  {entry.phase.value:10} {clock_time(entry.duration):>7}"
        shown.append("  ".join([line, f"{round_of:16}", *filter(None, details)]).rstrip())
    return shown
