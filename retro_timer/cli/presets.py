"""`retro-timer presets`: the ladder."""

from __future__ import annotations

import click

from retro_timer.cli.streams import json_text
from retro_timer.scheduling.notation import format_notation
from retro_timer.scheduling.presets import presets as ladder
from retro_timer.text import clock_time


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
def presets(as_json: bool) -> None:
    """List the ladder of presets, from the first steps backward to consistent practice.

    \b
    Example:
      retro-timer presets --json
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    if as_json:
        rows = [
            {
                "id": workout.id,
                "name": workout.name,
                "description": workout.description,
                "notation": format_notation(workout),
                "total_seconds": workout.total_seconds,
                "backward_seconds": workout.backward_seconds,
            }
            for workout in ladder()
        ]
        click.echo(json_text(rows))
        return
    click.echo(f"{'':12} {'total':>6} {'backward':>9}")
    for workout in ladder():
        total, backward = clock_time(workout.total_seconds), clock_time(workout.backward_seconds)
        click.echo(f"{workout.id:12} {total:>6} {backward:>9}  {workout.description}")
