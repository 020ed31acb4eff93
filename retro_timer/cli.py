"""The command line: which commands there are, and how a failure becomes one line and an exit code.

Each command is a module of `retro_timer.commands`, imported only when it is called: `--help`, `--version`, `presets`
and `show` never import Textual.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from retro_timer import __version__
from retro_timer.commands.options import data_dir_option
from retro_timer.exits import EXIT_BAD_INPUT, EXIT_DONE, EXIT_ENDED_EARLY, EXIT_INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Sequence


class Command(NamedTuple):
    """A command: where it is, and its line of help."""

    place: str
    help: str


COMMANDS: Final = {
    "run": Command("run:run", "Walk a workout."),
    "presets": Command("presets:presets", "List the ladder of presets."),
    "show": Command("show:show", "Show a workout: its notation, intervals and totals."),
    "plan": Command("plan:plan", "Say what to walk today, and why."),
    "history": Command("history:history", "List what was walked."),
    "resume": Command("resume:resume", "Take up the session that was interrupted."),
    "export": Command("export:export", "Write a workout, a session or the history to a file."),
    "import": Command("importing:import_", "Read a workout or a history from a file."),
    "backup": Command("backup:backup", "Copy the history to a file."),
    "restore": Command("backup:restore", "Take a copy of the history back."),
    "config": Command("config:config", "Read and change the settings."),
    "doctor": Command("doctor:doctor", "Say what plays the sound, and play every cue."),
    "serve": Command("serve:serve", "Show the app in a browser on this machine."),
    "guide": Command("guide:guide", "Technique, safety, evidence and sources."),
}
"""Every command; `place` is a module of `retro_timer.commands` and a name in it."""

EXAMPLES: Final = """\b
Examples:
  retro-timer                                the app
  retro-timer run first-try                  eight minutes, two of them backward
  retro-timer run builder --backward 90s     a preset with shorter bouts
  retro-timer run "warm 2m, 3x(turn 20s, back 1m, turn 20s | fwd 1m), cool 1m"
  retro-timer show consistent --json         its intervals, for scripts
"""


class CommandTable(click.Group):
    """The commands of `COMMANDS`, imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """The names of the commands, in the order they are explained."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].place.partition(":")
        command = getattr(import_module(f"retro_timer.commands.{module}"), name)
        assert isinstance(command, click.Command)  # noqa: S101  (what the table promises)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; somebody who names a workout instead is told how to walk it."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f'there is no command "{args[0][:40]}": did you mean {_meant(args[0])}?')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])


def _meant(word: str) -> str:
    """What somebody meant who typed a word where a command is expected: one that is like it, or to walk it."""
    from difflib import get_close_matches  # noqa: PLC0415  (only where something was mistyped)

    from retro_timer.scheduling.presets import LADDER  # noqa: PLC0415

    presets = [rung.id for rung in LADDER]
    near = get_close_matches(word, [*COMMANDS, *presets], n=1, cutoff=0.65)
    if near and near[0] in COMMANDS:
        return f"retro-timer {near[0]}"
    return f'retro-timer run "{near[0] if near else word[:40]}"'


@click.group(cls=CommandTable, invoke_without_command=True, epilog=EXAMPLES)
@click.version_option(__version__, prog_name="retro-timer", message="%(prog)s %(version)s")
@data_dir_option
@click.pass_context
def app(ctx: click.Context) -> int:
    """An interval timer for walking backward. Without a command, the full-screen app starts."""
    data_dir = ctx.ensure_object(dict).setdefault("data_dir", None)
    if ctx.invoked_subcommand is not None:
        return 0
    from retro_timer.commands.home import open_home  # noqa: PLC0415  (a screen is shown: Textual is needed)

    return open_home(data_dir)


def run_command_line(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. A failure is one line on standard error."""
    try:
        code = app.main(args=arguments, prog_name="retro-timer", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return EXIT_BAD_INPUT
    except click.ClickException as error:
        return fail(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return EXIT_ENDED_EARLY
    except Exception as error:
        if not isinstance(error, _expected_errors()):
            raise
        return fail(str(error))
    finally:
        let_go_of_output()
    return code if isinstance(code, int) else EXIT_DONE


def _expected_errors() -> tuple[type[Exception], ...]:
    """The errors that are sentences for the walker, of the parts that were imported."""
    places = {
        "retro_timer.scheduling.errors": "WorkoutError",
        "retro_timer.storage.problems": "StorageError",
        "retro_timer.storage.settings": "SettingsError",
        "retro_timer.storage.paths": "PathsError",
    }
    return tuple(getattr(sys.modules[module], name) for module, name in places.items() if module in sys.modules)


def let_go_of_output() -> None:
    """Where whoever read our output is gone, nothing is written on the way out either: it would change the code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def fail(message: str) -> int:
    """Say in one line what is wrong; returns the exit code for bad input."""
    line = " ".join(message.split())
    safe = "".join(character if character.isprintable() else "?" for character in line)
    click.echo(f"retro-timer: {safe}", err=True)
    return EXIT_BAD_INPUT
