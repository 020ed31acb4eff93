"""`retro-timer config`: read and change the settings."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import click
from click.shell_completion import CompletionItem

from retro_timer.audio.custom import check_sound_settings
from retro_timer.cli.completing import offered
from retro_timer.cli.streams import json_text
from retro_timer.config.keymap import ACTIONS
from retro_timer.config.paths import find_paths
from retro_timer.config.schema import SETTINGS
from retro_timer.config.setting_kinds import Choice, File, Toggle
from retro_timer.config.settings import KEYS, SettingsError, rows
from retro_timer.config.settings_file import SettingsFile, shown
from retro_timer.errors import UserError, reason
from retro_timer.files.atomic import write_atomic
from retro_timer.text import printable, printable_path

if TYPE_CHECKING:
    from retro_timer.config.paths import Paths
    from retro_timer.config.schema import Settings


def _complete_key(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """The settings and actions whose dotted names begin with the typed text."""
    known = {key: setting.help for key, setting in SETTINGS.items()}
    return offered(known | {f"{KEYS}.{action.id}": action.help for action in ACTIONS}, typed)


def _complete_value(ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """The values of the setting typed before, if they can be listed."""
    key = str(ctx.params.get("key", "")).replace("-", "_")
    kind = SETTINGS[key].kind if key in SETTINGS else None
    if isinstance(kind, File):
        return [CompletionItem(typed, type="file")]
    if key == "look.theme":
        from textual.theme import BUILTIN_THEMES

        from retro_timer.ui.themes import theme_names

        return offered(dict.fromkeys(theme_names(BUILTIN_THEMES)), typed)
    words = kind.options if isinstance(kind, Choice) else ("true", "false") if isinstance(kind, Toggle) else ()
    return offered(dict.fromkeys(words), typed)


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
        click.echo(json_text({key: value for key, value, _ in found}))
        return
    width = max(len(key) for key, _, _ in found)
    for key, value, is_default in found:
        click.echo(f"{' ' if is_default else '*'} {key:{width}}  {value}")


@config.command()
@click.argument("key", shell_complete=_complete_key)
@click.pass_context
def get(ctx: click.Context, /, *, key: str) -> None:
    """Print one setting.

    \b
    Example:
      retro-timer config get session.lead_in
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    click.echo(shown(_file(ctx).load().settings, key))


@config.command("set")
@click.argument("key", shell_complete=_complete_key)
@click.argument("value", shell_complete=_complete_value)
@click.pass_context
def set_(ctx: click.Context, /, *, key: str, value: str) -> None:
    """Change one setting; comments in the file are kept.

    \b
    Example:
      retro-timer config set session.wait_at_turns true
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    check_sound_settings({key: value})
    loaded = _file(ctx).set({key: value})
    click.echo(f"{key} = {shown(loaded.settings, key)}")
    if key in {"plan.pinned", "plan.programme"}:
        _warn_of_pin(loaded.settings, find_paths(ctx.obj["data_dir"]))


@config.command()
@click.argument("key", shell_complete=_complete_key)
@click.pass_context
def unset(ctx: click.Context, /, *, key: str) -> None:
    """Reset one setting to its default, or remove one that no longer exists.

    \b
    Example:
      retro-timer config unset look.theme
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    loaded = _file(ctx).unset(key)
    try:
        click.echo(f"{key} = {shown(loaded.settings, key)}")
    except SettingsError:
        click.echo(f"{printable(key)} was removed")


@config.command()
@click.pass_context
def path(ctx: click.Context) -> None:
    """Print the path of the settings file.

    \b
    Example:
      retro-timer config path
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    click.echo(_file(ctx).path)


_KINDS: Final = ("settings", "workout", "programme")


@config.command()
@click.argument("kind", type=click.Choice(_KINDS), default="settings")
@click.option("--save", is_flag=True, help="Write it next to the files it is for.")
@click.pass_context
def schema(ctx: click.Context, /, *, kind: str, save: bool) -> None:
    """Print the JSON Schema of a file, for editors that complete and check TOML.

    The files are the settings, your own workouts, and programmes. With --save it is written next to them; the line to
    put above everything else in them is printed.

    \b
    Examples:
      retro-timer config schema --save
      retro-timer config schema workout --save
      retro-timer config schema programme > programme.schema.json
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    found = _schema(kind)
    if not save:
        click.echo(json_text(found))
        return
    paths = find_paths(ctx.obj["data_dir"])
    directory = {"settings": paths.config, "workout": paths.workouts, "programme": paths.programmes}[kind]
    file = directory / f"{kind}.schema.json"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(file, json.dumps(found, indent=2, ensure_ascii=False).encode())
    except OSError as error:
        raise UserError(f"{printable_path(file)} cannot be written: {reason(error)}") from error
    click.echo(f"wrote {printable_path(file)}")
    click.echo(f"the first line of {'settings.toml' if kind == 'settings' else 'each file'}:")
    click.echo(f"#:schema ./{file.name}")


def _schema(kind: str) -> dict[str, Any]:
    if kind == "settings":
        from retro_timer.config.json_schema import json_schema

        return json_schema()
    if kind == "workout":
        from retro_timer.formats.workout_toml import workout_schema

        return workout_schema()
    from retro_timer.formats.programme_toml import programme_schema

    return programme_schema()


@config.command()
@click.pass_context
def edit(ctx: click.Context) -> None:
    """Open the settings in your editor ($VISUAL or $EDITOR).

    They take effect when you close it. An editor with a window of its own has to wait for that: VISUAL="code --wait".

    \b
    Example:
      retro-timer config edit
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    from retro_timer.config.settings_editing import edit_settings

    file = _file(ctx)
    notes = edit_settings(file.path, lambda copy: click.edit(filename=str(copy)))
    for warning in (*notes, *file.load().warnings):
        click.echo(f"retro-timer: {warning}", err=True)


def _warn_of_pin(settings: Settings, paths: Paths) -> None:
    """Print why the plan ignores its pin, if it does."""
    from retro_timer.storage.programmes import ProgrammeError, ignored_pin

    with suppress(ProgrammeError):  # the plan reports it
        if ignored := ignored_pin(settings, paths):
            click.echo(f"retro-timer: {ignored}", err=True)


def _file(ctx: click.Context) -> SettingsFile:
    found = ctx.obj["settings"]
    assert isinstance(found, SettingsFile)  # noqa: S101  (set by the group)
    return found
