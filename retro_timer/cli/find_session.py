"""The running sessions of this machine, for `status`, `send` and `watch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from retro_timer.config.paths import find_runtime_directory
from retro_timer.errors import UserError
from retro_timer.remote.address import UnreachableError, addresses, connect
from retro_timer.remote.client import SessionClient
from retro_timer.runtime.exit_codes import NothingRunsError
from retro_timer.text import quoted

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from retro_timer.remote.address import Address


def running_sessions() -> list[tuple[Address, SessionClient | UserError]]:
    """Connect to every running session; those that cannot be reached come with the reason.

    Sessions that have ended are left out.

    Raises:
        PathsError: if there is no directory for them.
    """
    found: list[tuple[Address, SessionClient | UserError]] = []
    for address in addresses(find_runtime_directory()):
        try:
            found.append((address, SessionClient(address)))
        except UserError as problem:
            if address.path.exists():  # otherwise it has ended
                found.append((address, problem))
    return found


def one_session(wanted: str | None) -> Address:
    """The running session with an id, or the only one.

    Raises:
        NothingRunsError: if none is running.
        click.UsageError: if it is not clear which one is meant.
    """
    found = addresses(find_runtime_directory())
    alive = [address for address in found if _is_alive(address)]
    if not alive:
        raise NothingRunsError
    chosen = [address for address in alive if wanted is None or address.session.startswith(wanted)]
    if len(chosen) == 1:
        return chosen[0]
    ids = ", ".join(address.session for address in alive)
    if not chosen:
        raise click.UsageError(f"no session {quoted(wanted or '')} is running; these are: {ids}")
    raise click.UsageError(f"{len(chosen)} sessions are running: choose one with --session ({ids})")


def complete_session(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """The ids of the running sessions."""
    from click.shell_completion import CompletionItem

    try:
        found = addresses(find_runtime_directory())
    except UserError:
        return []
    return [CompletionItem(address.session) for address in found if address.session.startswith(typed)]


session_option = click.option(
    "--session", metavar="ID", shell_complete=complete_session, help="Which session, if several are running."
)
"""`--session`, with the beginning of an id."""


def _is_alive(address: Address) -> bool:
    try:
        connect(address)[0].close()
    except UnreachableError:
        return address.path.exists()  # it may be too busy to answer
    return True
