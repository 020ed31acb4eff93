"""`retro-timer` without a command: the app, opened on Home."""

from __future__ import annotations

from retro_timer.commands.walk import Walk


def open_home(data_dir: str | None) -> int:
    """Show the app; returns the exit code."""
    return Walk(None, data_dir=data_dir).full_screen()
