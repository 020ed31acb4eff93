"""`retro-timer` without a command: the app, with the Home screen."""

from __future__ import annotations

import click

from retro_timer.cli.walk import on_the_full_screen, shows_screen
from retro_timer.runtime.wiring import Setup


def open_home(data_dir: str | None) -> int:
    """Run the app; returns the exit code."""
    if not shows_screen():
        raise click.UsageError("the app needs a terminal; without one: retro-timer run first-try --plain")
    return on_the_full_screen(Setup(data_dir=data_dir), None)
