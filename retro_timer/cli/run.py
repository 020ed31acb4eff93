"""`retro-timer run`: walk a workout, on the full screen or as plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from retro_timer.cli.find_workout import complete_workout, find_workout
from retro_timer.cli.options import (
    assumed,
    assumption_options,
    audio_option,
    data_dir_option,
    overridden,
    override_options,
    page_options,
)
from retro_timer.scheduling.model import iter_intervals

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout

MAX_REHEARSAL = 1000


@click.command()
@click.argument("workout", shell_complete=complete_workout)
@override_options
@assumption_options
@click.option("--plain", is_flag=True, help="One line per event instead of the full screen.")
@click.option("--json", "as_json", is_flag=True, help="With --plain: one JSON object per line.")
@click.option(
    "--rehearse", type=click.IntRange(1, MAX_REHEARSAL), metavar="N", help="Run time N times faster, silently."
)
@audio_option
@click.option("--lead-in", type=click.IntRange(0, 60), metavar="SECONDS", help="Lead-in before the first interval.")
@click.option("--wait-at-turns/--no-wait-at-turns", default=None, help="Turns wait until you say that you have turned.")
@page_options
@data_dir_option
@click.pass_context
def run(  # noqa: PLR0913  (one argument per option)
    ctx: click.Context,
    /,
    *,
    workout: str,
    plain: bool,
    as_json: bool,
    rehearse: int | None,
    audio: str | None,
    lead_in: int | None,
    wait_at_turns: bool | None,
    page: bool,
    lan: bool,
    port: int | None,
    **options: Any,  # noqa: ANN401  (values of several types)
) -> int:
    """Walk a workout.

    WORKOUT is a preset's id, a saved workout's name, a file, or notation in quotes. Without a terminal, or with
    --plain, it prints one line per event.

    \b
    Examples:
      retro-timer run first-try
      retro-timer run builder --backward 90s --rounds 6
      retro-timer run "back 5s, turn 3s, fwd 5s"
      retro-timer run consistent --plain --json --rehearse 60
      retro-timer run builder --page --lan
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    from retro_timer.cli.walk import line_by_line, on_the_full_screen, shows_screen
    from retro_timer.runtime.wiring import Setup

    found: Workout = overridden(find_workout(workout, assumed(options)), options)
    setup = Setup(
        data_dir=ctx.obj["data_dir"], audio=audio, rehearse=rehearse, lead_in=lead_in, wait_at_turns=wait_at_turns
    )
    if page or lan or port is not None:
        from retro_timer.cli.web_page import wanted_page

        setup = replace(setup, page=wanted_page(page=page, lan=lan, port=port))
    if any(interval.speed_kmh for interval in iter_intervals(found.blocks)):
        from retro_timer.cli.speed import warn_of_speed

        warn_of_speed(setup, found)
    if setup.paths.programmes.is_dir():
        from retro_timer.cli.speed import warn_of_limits

        warn_of_limits(setup, found)
    if labels := setup.unrendered_labels(found):
        click.echo("retro-timer: rendering the labels of this workout", err=True)
        setup.render_labels(labels)
    if plain or as_json or not shows_screen():
        return line_by_line(setup, found, as_json=as_json)
    return on_the_full_screen(setup, found)
