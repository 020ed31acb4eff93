"""`retro-timer resume`: resume an interrupted session, keep it as ended early, or discard it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from retro_timer.cli.options import audio_option, data_dir_option
from retro_timer.cli.walk import line_by_line, on_the_full_screen, shows_screen
from retro_timer.runtime.exit_codes import EXIT_BAD_INPUT, EXIT_DONE
from retro_timer.runtime.wiring import Setup

if TYPE_CHECKING:
    from retro_timer.session.history import InterruptedSession


@click.command()
@click.option("--keep", is_flag=True, help="Keep it as a session ended early.")
@click.option("--discard", is_flag=True, help="Delete it.")
@click.option("--plain", is_flag=True, help="One line per event instead of the full screen.")
@click.option("--json", "as_json", is_flag=True, help="With --plain: one JSON object per line.")
@audio_option
@data_dir_option
@click.pass_context
def resume(  # noqa: PLR0913  (one argument per option)
    ctx: click.Context, /, *, keep: bool, discard: bool, plain: bool, as_json: bool, audio: str | None
) -> int:
    """Resume an interrupted session where it stopped.

    Without --plain it waits for the space key, and continues with a lead-in.

    \b
    Examples:
      retro-timer resume
      retro-timer resume --keep
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    if keep and discard:
        raise click.UsageError("--keep and --discard exclude each other")
    setup = Setup(data_dir=ctx.obj["data_dir"], audio=audio)
    setup.history_to_write()
    store = setup.store
    found = store.interrupted()
    if not found:
        click.echo("no session was interrupted", err=True)
        return EXIT_BAD_INPUT
    interrupted = found[-1]
    if keep or discard:
        settle = store.keep if keep else store.discard
        settle(interrupted)
        click.echo(f"{'kept as ended early' if keep else 'discarded'}: {_described(interrupted)}")
        return EXIT_DONE
    store.claim(interrupted)
    workout = interrupted.workout
    if plain or as_json or not shows_screen():
        if not as_json:
            click.echo(f"resuming: {_described(interrupted)}")
        return line_by_line(setup, workout, as_json=as_json, interrupted=interrupted)
    return on_the_full_screen(setup, workout, interrupted)


def _described(interrupted: InterruptedSession) -> str:
    return f"{interrupted.planned.title}, at {interrupted.stopped_at}"
