"""Starting a session's page: with which keys, on which port, and for whom."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from retro_timer.files.atomic import open_own, write_atomic
from retro_timer.files.locking import changing_in
from retro_timer.page.access import KEY_LENGTH, PageKeys
from retro_timer.page.supervisor import PageSupervisor
from retro_timer.page.task import Task
from retro_timer.structs import from_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retro_timer.audio.options import SoundOptions
    from retro_timer.config.schema import Settings
    from retro_timer.page.supervisor import PageStatus

KEPT: Final = "page-keys.json"
"""The file for the keys in the data directory, if they are kept."""
_LONGEST: Final = 200


def start_page(  # noqa: PLR0913  (what it is made of)
    *,
    process: int,
    runtime: Path,
    data: Path | None,
    settings: Settings,
    sound: SoundOptions,
    changed: Callable[[PageStatus], None],
    lan: bool = False,
    port: int | None = None,
) -> PageSupervisor:
    """Start a session's page. It may take a moment to read and write the keys, if they are kept.

    Args:
        process: the session's process.
        runtime: the runtime directory.
        data: the data directory; None if nothing is kept.
        settings: the walker's settings.
        sound: how the session sounds.
        changed: called with each new status, in any thread.
        lan: whether it is open to the network.
        port: the port; by default that of the settings.
    """
    keys = kept_keys(data / KEPT) if settings.session.keep_page_link and data is not None else PageKeys.new()
    chosen = port if port is not None else settings.session.page_port or None
    supervisor = PageSupervisor(Task(keys, str(runtime), process, port=chosen, lan=lan), sound, changed)
    supervisor.start()
    return supervisor


def kept_keys(path: Path) -> PageKeys:
    """The keys of earlier sessions; new ones if they cannot be read. Only the owner can read the file.

    Two sessions that start at the same time get the same ones.
    """
    with changing_in(path.parent):
        if (kept := _read(path)) is not None:
            return kept
        keys = PageKeys.new()
        with suppress(OSError):  # they still work for this session
            write_atomic(path, msgspec.json.encode(keys))
        return keys


def _read(path: Path) -> PageKeys | None:
    try:
        with os.fdopen(open_own(path, os.O_RDONLY), "rb") as file:
            keys = from_json(file.read(_LONGEST), PageKeys)
    except (OSError, msgspec.DecodeError):
        return None
    return keys if len(keys.steer) == len(keys.view) == KEY_LENGTH and keys.steer != keys.view else None
