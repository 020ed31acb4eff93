"""`retro-timer guide`: technique, safety, evidence and sources, for reading offline."""

from __future__ import annotations

import click

from retro_timer.config.keymap import resolve
from retro_timer.help.content import sections
from retro_timer.help.layout import in_text

WIDTH = 80


@click.command()
def guide() -> None:
    """Technique, safety, evidence and sources, for reading offline.

    \b
    Example:
      retro-timer guide | less
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    click.echo(in_text(sections(resolve({})), WIDTH))
