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


Reached = tuple["Address", "SessionClient | UserError"]
"""A session, and a connection to it; or why it cannot be reached."""


def running_sessions() -> list[Reached]:
    """Connect to every running session; those that cannot be reached come with the reason.

    One that is over, with its summary still open, is included only if no other is running.

    Raises:
        PathsError: if there is no directory for them.
    """
    return _preferred(_reached(addresses(find_runtime_directory())))


def one_session(wanted: str | None) -> Address:
    """The running session with an id, or the only one; one that is over only if no other is meant.

    Raises:
        NothingRunsError: if none is running.
        click.UsageError: if it is not clear which one is meant.
    """
    found = addresses(find_runtime_directory())
    alive = [address for address in found if _is_alive(address)]
    chosen = [address for address in alive if wanted is None or address.session.startswith(wanted)]
    if len(chosen) > 1:
        chosen = _not_over(chosen)
    if not alive or (wanted is None and not chosen):
        raise NothingRunsError
    if len(chosen) == 1:
        return chosen[0]
    ids = ", ".join(address.session for address in chosen or alive)
    if not chosen:
        raise click.UsageError(f"no session {quoted(wanted or '')} is running; these are: {ids}")
    raise click.UsageError(f"{len(chosen)} sessions are running: choose one with --session ({ids})")


def _reached(found: list[Address]) -> list[Reached]:
    """Connect to sessions, leaving out those that have ended."""
    reached: list[Reached] = []
    for address in found:
        try:
            reached.append((address, SessionClient(address)))
        except UserError as problem:
            if address.path.exists():  # otherwise it has ended
                reached.append((address, problem))
    return reached


def _preferred(reached: list[Reached]) -> list[Reached]:
    """The sessions that are not over, or may not be because they do not answer; all if all are over."""
    over = [client for _, client in reached if isinstance(client, SessionClient) and client.session.state.is_over]
    if len(over) == len(reached):
        return reached
    for client in over:
        client.close()
    return [one for one in reached if one[1] not in over]


def _not_over(found: list[Address]) -> list[Address]:
    """Of several sessions, those that are not over; all if all are."""
    reached = _preferred(_reached(found))
    for _, client in reached:
        if isinstance(client, SessionClient):
            client.close()
    return [address for address, _ in reached]


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
