"""Starts saving a session as it runs, and tells the session the longest bout of earlier ones.

Loaded after the first frame.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from retro_timer.storage.errors import BusyError, StorageError
from retro_timer.ui.context import services_of
from retro_timer.ui.run_in_thread import in_thread, start_worker

if TYPE_CHECKING:
    from textual.screen import Screen

    from retro_timer.runtime.runner import Runner
    from retro_timer.storage.store import Store


def keep_session(screen: Screen[Any], runner: Runner, preset_id: str | None) -> str:
    """Start saving a session.

    Args:
        screen: the session screen.
        runner: the session's runner.
        preset_id: the preset that the session counts as, if the plan advised it.

    Returns:
        Why the session cannot continue, because one is running in another window; empty if it can.
    """
    store = services_of(screen).store
    if store is None:
        return ""
    try:
        runner.keep(store, preset_id)
    except BusyError as busy:
        return str(busy)
    if warning := store.unguarded:
        screen.notify(f"{warning[:1].upper()}{warning[1:]}.", severity="warning", markup=False)
    start_worker(screen, partial(_remember_longest, screen, runner, store))
    return ""


async def _remember_longest(screen: Screen[Any], runner: Runner, store: Store) -> None:
    """Tell the session the longest bout so far, so that its praise is true."""
    try:
        await in_thread(runner.remember_longest, store)
    except StorageError as problem:
        services_of(screen).log(f"The longest bout so far is unknown: {problem}.")
