"""`retro-timer guide`: technique, safety, evidence and sources, to be read offline."""

from __future__ import annotations

import click

from retro_timer.helplayout import in_text
from retro_timer.helptext import sections
from retro_timer.keymap import resolve

WIDTH = 80


@click.command()
def guide() -> None:
    """Technique, safety, evidence and sources, to be read offline.

    \b
    Example:
      retro-timer guide | less
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    click.echo(in_text(sections(resolve({})), WIDTH))
