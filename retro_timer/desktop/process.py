"""The helper process: reads a session's events, and passes them to the desktop and to hooks.

It ends when its standard input closes, however the session ended. The machine may then sleep again at once; hooks'
programs that are still running keep their ten seconds.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from retro_timer.desktop.events import NOTIFY
from retro_timer.runtime.session_input import give_way, lines_of_session
from retro_timer.structs import from_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.desktop.awake import Awake
    from retro_timer.desktop.hook_runner import HookRunner
    from retro_timer.desktop.kept_awake import KeptAwake
    from retro_timer.desktop.mpris import MediaPlayer
    from retro_timer.runtime.log import Log

LONGEST: Final = 2_000_000
"""Limit of a line from the session, in bytes."""


class Hello(msgspec.Struct, frozen=True):
    """The session's first line, which says what to do.

    Attributes:
        pid: the session's process.
        log: the log file; empty for none.
        hooks: program and arguments by the name of the event.
        awake: whether to keep the machine and its screen awake.
        media: whether to offer the session as a media player.
    """

    pid: int
    log: str = ""
    hooks: dict[str, tuple[str, ...]] = {}
    awake: bool = False
    media: bool = False


class Happened(msgspec.Struct, frozen=True):
    """An event of the session: its name and its fields."""

    event: str
    fields: dict[str, Any] = {}


class Service:
    """What the helper does for one session."""

    def __init__(self, hello: Hello) -> None:
        self._log = log = _log_to(hello.log)
        self._notifying: set[asyncio.Task[None]] = set()
        self._hooks: HookRunner | None = None
        self._awake: Awake | None = None
        if hello.hooks:
            from retro_timer.desktop.hook_runner import HookRunner

            self._hooks = HookRunner(hello.hooks, log)
        if hello.awake:
            from retro_timer.desktop.awake import Awake, inhibitors

            self._awake = Awake(inhibitors(sys.platform, hello.pid), _report_held)
        self._player: MediaPlayer | None = None
        if hello.media:
            from retro_timer.config.paths import find_runtime_directory
            from retro_timer.desktop.mpris import MediaPlayer

            self._player = MediaPlayer(hello.pid, find_runtime_directory(), log)

    def take(self, happened: Happened) -> None:
        """Handle an event."""
        if happened.event == NOTIFY:
            task = asyncio.get_running_loop().create_task(self._notify(str(happened.fields.get("text", ""))))
            self._notifying.add(task)
            task.add_done_callback(self._notifying.discard)
            return
        if self._hooks is not None:
            self._hooks.start(happened.event, msgspec.json.encode(happened.fields))

    async def end(self) -> None:
        """Let the machine sleep again at once, and wait for the hooks' programs."""
        if self._awake is not None:
            await self._awake.release()
        if self._player is not None:
            await self._player.close()
        if self._notifying:
            await asyncio.wait(self._notifying)
        if self._hooks is not None:
            await self._hooks.finish()

    async def _notify(self, text: str) -> None:
        from retro_timer.desktop.bus import BusError
        from retro_timer.desktop.notifications import notify

        try:
            await notify(text)
        except BusError as error:
            self._log(f"No notification could be shown: {error}.")


def main() -> None:
    """Run until standard input closes."""
    give_way()
    asyncio.run(_serve())


async def _serve() -> None:
    lines = lines_of_session(LONGEST)
    try:
        hello = from_json(await lines.get(), Hello)
    except msgspec.DecodeError:
        return
    service = Service(hello)
    while line := await lines.get():
        with suppress(msgspec.DecodeError):
            service.take(from_json(line, Happened))
    await service.end()


def _report_held(held: KeptAwake) -> None:
    """Tell the session what keeps the machine awake."""
    with suppress(OSError, ValueError):  # the session is gone
        sys.stdout.buffer.write(msgspec.json.encode(held) + b"\n")
        sys.stdout.buffer.flush()


def _log_to(path: str) -> Callable[[str], None]:
    """A function that writes a line to the session's log."""
    log: Log | None = None

    def say(line: str) -> None:
        nonlocal log
        if not path:
            return
        if log is None:
            from retro_timer.runtime.log import Log

            log = Log(Path(path), lambda: datetime.now(UTC).astimezone())
        log.say(line)

    return say


if __name__ == "__main__":
    main()
