"""`retro-timer send`: an action in the running session, as if by its key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from retro_timer.cli.find_session import one_session, session_option
from retro_timer.cli.status import line
from retro_timer.remote.client import SessionClient
from retro_timer.runtime.exit_codes import EXIT_BAD_INPUT, EXIT_DONE
from retro_timer.session.actions import SESSION_ACTIONS
from retro_timer.text import one_line, quoted

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


_HELP: Final = {action.name: action.plain_help or action.help for action in SESSION_ACTIONS if action.act is not None}
"""The help of each action that needs no screen."""


def _complete(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name, help=text) for name, text in _HELP.items() if name.startswith(typed)]


@click.command(epilog="\b\nActions:\n" + "\n".join(f"  {name:14}  {text}" for name, text in _HELP.items()))
@click.argument("action", shell_complete=_complete)
@session_option
def send(*, action: str, session: str | None) -> int:
    """Do in the running session what a key does there, and print where it is then.

    The exit code is 2 if it was refused, and 3 if no session is running.

    \b
    Examples:
      retro-timer send pause
      retro-timer send longer
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    if action not in _HELP:
        from difflib import get_close_matches

        near = get_close_matches(action, _HELP, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(_HELP)}"
        raise click.UsageError(f"there is no action {quoted(action)}: {hint}")
    address = one_session(session)
    with SessionClient(address) as client:
        answer = client.act(action)
        if not answer.done:
            click.echo(f"retro-timer: refused: {one_line(answer.why)}", err=True)
            return EXIT_BAD_INPUT
        click.echo(line(client.session))
    return EXIT_DONE
