"""`retro-timer completion`: the shell completes commands, options and their values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click

from retro_timer.cli.options import data_dir_option
from retro_timer.errors import UserError, reason
from retro_timer.files.atomic import write_atomic
from retro_timer.text import printable_path

SHELLS: Final = ("bash", "zsh", "fish")
_VARIABLE: Final = "_RETRO_TIMER_COMPLETE"
_PLACES: Final = {
    "bash": ("XDG_DATA_HOME", ".local/share", "bash-completion/completions/retro-timer"),
    "zsh": ("XDG_DATA_HOME", ".local/share", "zsh/site-functions/_retro-timer"),
    "fish": ("XDG_CONFIG_HOME", ".config", "fish/completions/retro-timer.fish"),
}
"""Where each shell looks, or can be told to: a variable for the directory, its default in the home, the file."""
_LINES: Final = {
    "bash": "A new terminal completes (by the package bash-completion). Without it, add to ~/.bashrc:\n  source {file}",
    "zsh": "If a new terminal does not complete, add to ~/.zshrc:\n"
    "  fpath=({directory} $fpath); autoload -Uz compinit; compinit",
    "fish": "A new terminal completes.",
}


@click.group()
@data_dir_option
def completion() -> None:
    """Let the shell complete commands, options, workouts, formats, settings and their values.

    \b
    Examples:
      retro-timer completion install
      retro-timer completion install zsh
      retro-timer completion show fish
    """  # noqa: D301  (click's mark for lines to be kept as they are)


@completion.command()
@click.argument("shell", type=click.Choice(SHELLS), required=False)
def install(*, shell: str | None) -> None:
    """Write the file that the shell reads; SHELL is yours by default.

    \b
    Example:
      retro-timer completion install bash
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    shell = shell or _own_shell()
    file = _file(shell)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(file, script(shell).encode())
    except OSError as error:
        raise UserError(f"{printable_path(file)} cannot be written: {reason(error)}") from error
    click.echo(f"wrote {printable_path(file)}")
    click.echo(_LINES[shell].format(file=printable_path(file), directory=printable_path(file.parent)))


@completion.command()
@click.argument("shell", type=click.Choice(SHELLS))
def show(*, shell: str) -> None:
    """Print the script of a shell.

    \b
    Example:
      eval "$(retro-timer completion show bash)"
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    click.echo(script(shell))


def script(shell: str) -> str:
    """What a shell runs to complete."""
    from click.shell_completion import get_completion_class

    from retro_timer.cli.main import app

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  (all of `SHELLS` are click's)
    found = kind(app, {}, "retro-timer", _VARIABLE)
    return found.source_template % found.source_vars()


def _own_shell() -> str:
    name = Path(os.environ.get("SHELL", "")).name
    if name not in SHELLS:
        raise click.UsageError(f"say which shell: {', '.join(SHELLS)}")
    return name


def _file(shell: str) -> Path:
    variable, default, name = _PLACES[shell]
    given = os.environ.get(variable, "")
    try:
        return (Path(given) if os.path.isabs(given) else Path.home() / default) / name  # noqa: PTH117
    except RuntimeError as error:
        raise click.UsageError("there is no home directory: set HOME, or use `completion show`") from error
