"""The command line: the table of commands, and errors as one line and an exit code.

Each command is a module of `retro_timer.cli`, imported only when it is called: `--help`, `--version`, `presets`
and `show` never import Textual.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from retro_timer import __version__
from retro_timer.cli.options import data_dir_option
from retro_timer.cli.streams import release_streams
from retro_timer.errors import UserError, system_refusal
from retro_timer.runtime.exit_codes import (
    EXIT_BAD_INPUT,
    EXIT_DONE,
    EXIT_ENDED_EARLY,
    EXIT_INTERRUPTED,
    EXIT_NOTHING_RUNS,
    NothingRunsError,
    Stopped,
)
from retro_timer.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence


class Command(NamedTuple):
    """A command: its place and its help."""

    place: str
    help: str


COMMANDS: Final = {
    "run": Command("run:run", "Walk a workout."),
    "presets": Command("presets:presets", "List the ladder of presets."),
    "show": Command("show:show", "Show a workout: its notation, intervals and totals."),
    "plan": Command("plan:plan", "Show what to walk today, and why."),
    "programme": Command("programme:programme", "The programme that the plan follows, and a report of it."),
    "test": Command("test:test", "Walk three meters backward against the clock, once a month."),
    "history": Command("history:history", "List past sessions."),
    "resume": Command("resume:resume", "Resume an interrupted session."),
    "export": Command("export:export", "Write a workout, a session or the history to a file."),
    "import": Command("import_:import_", "Read a workout, a history or a programme from a file."),
    "backup": Command("backup:backup", "Copy the history to a file."),
    "restore": Command("backup:restore", "Restore the history from a copy."),
    "repair": Command("repair:repair", "Recover what can be read from a damaged history."),
    "config": Command("config:config", "Read and change the settings."),
    "status": Command("status:status", "Show where the running session is, in one line."),
    "send": Command("send:send", "Do in the running session what a key does there."),
    "watch": Command("watch:watch", "Show the session of another terminal."),
    "page": Command("page:page", "Show the running session on a phone, tablet or TV."),
    "sensors": Command("sensors:sensors", "Read a treadmill and a heart rate sensor over Bluetooth."),
    "doctor": Command("doctor:doctor", "Show which backend plays the sound, and play every cue."),
    "serve": Command("serve:serve", "Show the app in a browser on this machine."),
    "completion": Command("completion:completion", "Let the shell complete commands, options and values."),
    "guide": Command("guide:guide", "Technique, safety, evidence and sources."),
}
"""All commands; `place` is a module of `retro_timer.cli` and a name in it."""

MAX_MESSAGE: Final = 2000
"""Maximum length of an error message in characters."""

EXAMPLES: Final = """\b
Examples:
  retro-timer                                the app
  retro-timer run first-try                  eight minutes, two of them backward
  retro-timer run builder --backward 90s     a preset with shorter bouts
  retro-timer run "warm 2m, 3x(turn 20s, back 1m, turn 20s | fwd 1m), cool 1m"
  retro-timer show consistent --json         its intervals, for scripts
"""


class CommandTable(click.Group):
    """The commands of `COMMANDS`, imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """The names of the commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].place.partition(":")
        command = getattr(import_module(f"retro_timer.cli.{module}"), name)
        assert isinstance(command, click.Command)  # noqa: S101  (for the type checker)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for a workout instead of a command, suggest `run`."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f'there is no command "{args[0][:40]}": did you mean {_suggestion(args[0])}?')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])


def _suggestion(word: str) -> str:
    """The command to suggest for an unknown word: a similar one, or `run` with it as a workout."""
    from difflib import get_close_matches

    from retro_timer.scheduling.presets import LADDER

    presets = [each.id for each in LADDER]
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
    from retro_timer.cli.home import open_home

    return open_home(data_dir)


def run_command_line(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. An error is one line on standard error."""
    try:
        code = _run(arguments)
    except NothingRunsError as error:
        code = fail(str(error), EXIT_NOTHING_RUNS)
    except UserError as error:
        code = fail(str(error))
    except BrokenPipeError:
        code = EXIT_ENDED_EARLY
    except (OSError, UnicodeError, MemoryError) as error:
        code = fail(system_refusal(error))
    except ImportError as error:
        if error.path is None:
            raise
        code = fail(printable(str(error)))  # a library of Python itself could not be opened
    except (click.Abort, KeyboardInterrupt):
        code = EXIT_INTERRUPTED
    except Stopped as stop:
        code = stop.code
    problem = release_streams()
    return fail(problem) if problem and code == EXIT_DONE else code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = app.main(args=arguments, prog_name="retro-timer", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return EXIT_BAD_INPUT
    except click.ClickException as error:
        return fail(error.format_message())
    return code if isinstance(code, int) else EXIT_DONE


def fail(message: str, code: int = EXIT_BAD_INPUT) -> int:
    """Print an error as one line; returns the exit code, by default that for bad input."""
    click.echo(f"retro-timer: {printable(' '.join(message.split()), MAX_MESSAGE)}", err=True)
    return code
