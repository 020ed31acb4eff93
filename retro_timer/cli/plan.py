"""`retro-timer plan`: what to walk today, and why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from retro_timer.cli.options import data_dir_option, score_option
from retro_timer.cli.streams import json_text
from retro_timer.runtime.today import day_in_rows, today_of
from retro_timer.runtime.wiring import Setup

if TYPE_CHECKING:
    from retro_timer.runtime.today import Today
    from retro_timer.training.levels import SpeedRange


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object; speeds in km/h.")
@score_option("--pain", about="Your pain today.")
@data_dir_option
@click.pass_context
def plan(ctx: click.Context, /, *, as_json: bool, pain: int | None) -> None:
    """Show what to walk today, and why.

    The plan advises and never blocks: any workout may be walked.

    \b
    Examples:
      retro-timer plan
      retro-timer plan --pain 5
      retro-timer plan --json
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    from retro_timer.config.locale import resolve_units

    setup = Setup(data_dir=ctx.obj["data_dir"])
    settings = setup.loaded.settings
    units = resolve_units(settings.units, os.environ)
    today = today_of(
        setup.history_to_read(), settings, units.week_start, setup.clock.wall(), pain=pain, paths=setup.paths
    )
    for problem in today.problems:
        click.echo(f"retro-timer: {problem}", err=True)
    if as_json:
        click.echo(json_text(as_object(today)))
        return
    advice = today.advice
    click.echo(f"{advice.sentence}\n")
    if advice.preset_id is not None:
        click.echo(f"{'walk it':12}retro-timer run {advice.preset_id}")
    for name, text in day_in_rows(today, imperial=units.mph):
        click.echo(f"{name:12}{text}")


def as_object(today: Today) -> dict[str, Any]:
    """The output of `--json`; lengths in seconds, speeds in km/h."""
    advice, week, streak = today.advice, today.week, today.streak
    return {
        "day": today.day.isoformat(),
        "action": advice.action.value,
        "programme": today.programme.id,
        "rung": advice.preset_id,
        "week": advice.week,
        "rule": advice.rule,
        "headline": advice.headline,
        "reason": advice.reason,
        "backward_kmh": _range(advice.backward),
        "forward_kmh": _range(advice.forward),
        "pace": advice.pace or None,
        "words": advice.words or None,
        "to_move_on": advice.to_move_on or None,
        "ignored": advice.ignored or None,
        "next_action": advice.next_action.value,
        "next_reason": advice.next_reason,
        "this_week": {
            "start": week.start.isoformat(),
            "sessions": week.sessions,
            "logged": week.logged,
            "seconds": week.seconds,
            "backward_seconds": week.backward_seconds,
            "goal_sessions": today.goal.sessions,
            "goal_seconds": today.goal.seconds,
        },
        "streak": {"weeks": streak.weeks, "forgiven": streak.forgiven, "at_risk": streak.at_risk},
        "left_out": list(today.problems),
    }


def _range(speeds: SpeedRange | None) -> list[float] | None:
    return None if speeds is None else [speeds.low, speeds.high]
