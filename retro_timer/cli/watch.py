"""`retro-timer watch`: the session of another terminal on the full screen."""

from __future__ import annotations

import sys

import click

from retro_timer.cli.find_session import one_session, session_option


@click.command()
@session_option
def watch(*, session: str | None) -> int:
    """Show the session of another terminal, or of a plain session; keys act on it.

    Several terminals can watch at once. The key that ends a session only ends watching.

    \b
    Examples:
      retro-timer watch
      ssh laptop -t retro-timer watch
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    address = one_session(session)
    from retro_timer.cli.walk import shows_screen, watch_on_the_full_screen
    from retro_timer.runtime.wiring import Setup

    if not shows_screen():
        problem = "" if not (sys.stdin.isatty() and sys.stdout.isatty()) else "; this terminal cannot show it"
        raise click.UsageError(f"watching needs a terminal{problem}: try retro-timer status")
    return watch_on_the_full_screen(Setup(), address)
