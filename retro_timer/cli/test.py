"""`retro-timer test`: the backward walk test, and its results."""

from __future__ import annotations

import json
import sys

import click

from retro_timer.cli.options import audio_option, data_dir_option
from retro_timer.runtime.wiring import Setup


@click.command()
@click.option("--list", "lists", is_flag=True, help="Print the results so far instead.")
@click.option("--json", "as_json", is_flag=True, help="With --list: as JSON, in seconds.")
@audio_option
@data_dir_option
@click.pass_context
def test(ctx: click.Context, /, *, lists: bool, as_json: bool, audio: str | None) -> int:
    """Walk three meters backward, as fast as is safe; the better of two tries counts.

    Home offers it once a month. It shows your own trend, and is not a diagnosis.

    \b
    Examples:
      retro-timer test
      retro-timer test --list
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    setup = Setup(data_dir=ctx.obj["data_dir"], audio=audio)
    if lists or as_json:
        _list(setup, as_json=as_json)
        return 0
    from retro_timer.cli.walk import shows_screen, test_on_the_full_screen
    from retro_timer.runtime.walk_test_report import why_no_walk_test

    if not shows_screen() or not sys.stdout.isatty():
        raise click.UsageError("the walk test needs a terminal; --list prints the results so far")
    if why := why_no_walk_test(setup.history_to_read(), setup.clock.wall(), setup.loaded.settings):
        raise click.UsageError(why)
    return test_on_the_full_screen(setup)


def _list(setup: Setup, *, as_json: bool) -> None:
    from retro_timer.runtime.walk_test_report import SOURCES, result
    from retro_timer.storage.walk_tests import walk_tests

    found = walk_tests(setup.history_to_read())
    if as_json:
        rows = [
            {
                "started": one.started.isoformat(timespec="seconds"),
                "best": one.best / 1000,
                "tries": [each / 1000 for each in one.tries],
            }
            for one in found
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    for one in found:
        click.echo(f"{one.started:%Y-%m-%d}  {result(one)}")
    click.echo(SOURCES if found else "No walk test yet: retro-timer test")
