"""`retro-timer config`: the settings, read and changed."""

from __future__ import annotations

import json

import click

from retro_timer.storage.paths import find_paths
from retro_timer.storage.settings import rows
from retro_timer.storage.settings_file import SettingsFile


@click.group()
@click.pass_context
def config(ctx: click.Context) -> None:
    """Read and change the settings.

    \b
    Examples:
      retro-timer config list
      retro-timer config set sound.voice_volume 60
      retro-timer config set keys.session.skip "n, down"
      retro-timer config edit
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    ctx.obj["settings"] = SettingsFile(find_paths(ctx.obj["data_dir"]).settings)


@config.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def list_(ctx: click.Context, /, *, as_json: bool) -> None:
    """List every setting; those that were changed are marked with a star.

    \b
    Example:
      retro-timer config list --json
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    loaded = _file(ctx).load()
    for warning in loaded.warnings:
        click.echo(f"retro-timer: {warning}", err=True)
    found = tuple(rows(loaded.settings))
    if as_json:
        click.echo(json.dumps({key: value for key, value, _ in found}, indent=2, ensure_ascii=False))
        return
    width = max(len(key) for key, _, _ in found)
    for key, value, is_default in found:
        click.echo(f"{' ' if is_default else '*'} {key:{width}}  {value}")


@config.command()
@click.argument("key")
@click.pass_context
def get(ctx: click.Context, /, *, key: str) -> None:
    """Print one setting.

    \b
    Example:
      retro-timer config get session.lead_in
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    click.echo(_file(ctx).get(key))


@config.command("set")
@click.argument("key")
@click.argument("value")
@click.pass_context
def set_(ctx: click.Context, /, *, key: str, value: str) -> None:
    """Change one setting; the file's comments stay.

    \b
    Example:
      retro-timer config set session.wait_at_turns true
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    _file(ctx).set({key: value})
    click.echo(f"{key} = {_file(ctx).get(key)}")


@config.command()
@click.argument("key")
@click.pass_context
def unset(ctx: click.Context, /, *, key: str) -> None:
    """Give one setting its default back.

    \b
    Example:
      retro-timer config unset look.theme
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    _file(ctx).unset(key)
    click.echo(f"{key} = {_file(ctx).get(key)}")


@config.command()
@click.pass_context
def path(ctx: click.Context) -> None:
    """Print where the settings are.

    \b
    Example:
      retro-timer config path
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    click.echo(_file(ctx).path)


@config.command()
@click.pass_context
def edit(ctx: click.Context) -> None:
    """Open the settings in your editor ($VISUAL or $EDITOR).

    \b
    Example:
      retro-timer config edit
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    file = _file(ctx)
    click.edit(filename=str(file.ensure()))
    for warning in file.load().warnings:
        click.echo(f"retro-timer: {warning}", err=True)


def _file(ctx: click.Context) -> SettingsFile:
    found = ctx.obj["settings"]
    assert isinstance(found, SettingsFile)  # noqa: S101  (what the group has put there)
    return found
