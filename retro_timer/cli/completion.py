"""`retro-timer completion`: shell completion of commands, options and their values.

A shell's script calls `retro-timer completion offer` with the typed words.
"""

from __future__ import annotations

import os
import shlex
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Final

import click

from retro_timer.cli.offers import bash_offers, offers
from retro_timer.cli.options import data_dir_option
from retro_timer.errors import UserError, reason
from retro_timer.files.atomic import write_atomic
from retro_timer.text import printable_path

SHELLS: Final = ("bash", "zsh", "fish")
_PLACES: Final = {
    "bash": ("XDG_DATA_HOME", ".local/share", "bash-completion/completions/retro-timer"),
    "zsh": ("XDG_DATA_HOME", ".local/share", "zsh/site-functions/_retro-timer"),
    "fish": ("XDG_CONFIG_HOME", ".config", "fish/completions/retro-timer.fish"),
}
"""Where each shell looks, or can be told to: the directory's variable, its default in the home directory, the file."""
_SCRIPTS: Final = {"bash": "retro-timer.bash", "zsh": "_retro-timer", "fish": "retro-timer.fish"}
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
    if shutil.which(shell) is None:
        click.echo(f"{shell} was not found here; once it is installed, it reads the file.")
    click.echo(_LINES[shell].format(file=_in_shell(file), directory=_in_shell(file.parent)))


@completion.command()
@click.argument("shell", type=click.Choice(SHELLS))
def show(*, shell: str) -> None:
    """Print the script of a shell.

    \b
    Example:
      eval "$(retro-timer completion show bash)"
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    click.echo(script(shell), nl=False)


@completion.command(hidden=True)
@click.argument("words", nargs=-1)
@click.option("--replacing", metavar="TEXT", help="WORDS is one line of bash, which replaces this at its end.")
@click.pass_context
def offer(ctx: click.Context, /, *, words: tuple[str, ...], replacing: str | None) -> None:
    """Print what can stand in place of the last word: a kind, the word and what it is, between tabs.

    \b
    Example:
      retro-timer completion offer -- run first
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    app = ctx.find_root().command
    found = offers(app, list(words)) if replacing is None else bash_offers(app, " ".join(words), replacing)
    # As bytes, because the shell must get back what was typed, whatever the locale.
    click.echo(os.fsencode("".join("\t".join(each) + "\n" for each in found)), nl=False)


def script(shell: str) -> str:
    """The completion script of a shell."""
    return files("retro_timer.cli").joinpath("shell_scripts", _SCRIPTS[shell]).read_text("utf-8")


def _in_shell(path: Path) -> str:
    return shlex.quote(printable_path(path))


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
