"""Warnings about a workout, on standard error: speeds that are too fast, and limits; nothing is refused."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from retro_timer.training.speeds import blocks_warning, depends_on_level, fastest_backward, is_beginner

if TYPE_CHECKING:
    from retro_timer.runtime.wiring import Setup
    from retro_timer.scheduling.model import Workout


def warn_of_speed(setup: Setup, workout: Workout) -> None:
    """Print a warning if a workout has backward speeds that are too fast."""
    if fastest_backward(workout.blocks) is None:
        return
    from retro_timer.config.locale import resolve_units

    imperial = resolve_units(setup.loaded.settings.units, os.environ).mph
    beginner = depends_on_level(workout.blocks) and is_beginner(_level(setup))
    if warning := blocks_warning(workout.blocks, beginner=beginner, imperial=imperial):
        click.echo(f"retro-timer: {warning}", err=True)


def warn_of_limits(setup: Setup, workout: Workout) -> None:
    """Print a warning if a workout is beyond the limits of an imported programme."""
    from retro_timer.config.locale import resolve_units
    from retro_timer.storage.programmes import ProgrammeError, followed_programme
    from retro_timer.training.programme import beyond_limits

    settings = setup.loaded.settings
    try:
        programme = followed_programme(settings, setup.paths)
    except ProgrammeError:
        return  # the plan reports it
    imperial = resolve_units(settings.units, os.environ).mph
    if warning := beyond_limits(programme, workout, imperial=imperial):
        click.echo(f"retro-timer: {warning}", err=True)


def _level(setup: Setup) -> str | None:
    """The workout of the plan's level, or else the preset that the walker chose; None if unknown."""
    from retro_timer.config.locale import resolve_units
    from retro_timer.runtime.today import level_to_warn_for, today_of
    from retro_timer.storage.errors import StorageError

    settings = setup.loaded.settings
    if not setup.paths.history.exists():
        return level_to_warn_for(None, settings.plan)
    week_start = resolve_units(settings.units, os.environ).week_start
    try:
        history = setup.store.readable_history().history
        today = today_of(history, settings, week_start, setup.clock.wall(), paths=setup.paths)
    except StorageError:
        return None  # the command that needs the history reports the error
    return level_to_warn_for(today, settings.plan)
