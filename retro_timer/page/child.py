"""The page server's process. It reads its task from standard input, and exits when standard input closes.

The keys come that way because anybody can see a process's arguments, and often its environment.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from retro_timer.audio.protocol import decode, decode_options, encode
from retro_timer.errors import reason
from retro_timer.files.leftovers import is_alive
from retro_timer.page.task import Task
from retro_timer.remote.address import Address, UnreachableError, addresses
from retro_timer.structs import from_json

if TYPE_CHECKING:
    import socket

    from retro_timer.page.access import Role
    from retro_timer.page.server import PageServer
    from retro_timer.page.session_link import SessionLink

LOOK_S: Final = 1.0
"""Seconds between two checks that the session is still there."""
LAST_S: Final = 2.0
"""Seconds for the last messages, once the session is over."""


def main() -> None:
    """Serve a session's page until the session ends or standard input closes."""
    from retro_timer.page.links import listen

    try:
        task = from_json(sys.stdin.buffer.readline(), Task)
        sockets = listen(task.port, lan=task.lan)
    except msgspec.DecodeError as error:
        _report("failed", why=f"the page was started wrongly: {error}")
    except OSError as error:
        _report("failed", why=f"cannot listen on port {task.port}: {reason(error)}")
    else:
        asyncio.run(_serve(task, sockets))


async def _serve(task: Task, sockets: list[socket.socket]) -> None:
    from retro_timer.audio.options import SoundOptions
    from retro_timer.page.clips import PageClips
    from retro_timer.page.links import own_names
    from retro_timer.page.server import PageServer
    from retro_timer.page.session_link import join

    options = decode_options(decode(sys.stdin.buffer.readline())) or SoundOptions()
    runtime = Path(task.runtime)

    async def joined(role: Role, name: str) -> SessionLink:
        address = find(runtime, task.process)
        if address is None:
            raise UnreachableError("it is not there")
        return await join(address, role, name)

    server = PageServer(
        task.keys, joined, options, PageClips(options, lambda _: None), own_names() if task.lan else frozenset()
    )
    loop = asyncio.get_running_loop()
    alone = loop.create_task(asyncio.to_thread(sys.stdin.buffer.read))
    reports = loop.create_task(_report_pages(server))
    over = loop.create_task(_until_over(server, runtime, task.process))
    _report("open", port=sockets[0].getsockname()[1])
    await server.serve(sockets, asyncio.wait([alone, over], return_when=asyncio.FIRST_COMPLETED))
    reports.cancel()
    if over.done():
        _report("over")
    os._exit(0)  # the thread that reads standard input would keep the process alive


def find(runtime: Path, process: int) -> Address | None:
    """The address of a process's session; None if it has none."""
    return next((each for each in addresses(runtime) if each.process == process), None)


async def _until_over(server: PageServer, runtime: Path, process: int) -> None:
    """Wait until the session has appeared and is gone again, or has said that it is over."""
    was_there = False
    while not server.session_over.is_set():
        there = await asyncio.to_thread(find, runtime, process) is not None and is_alive(process)
        if was_there and not there:
            break
        was_there = there
        await asyncio.sleep(LOOK_S)
    await asyncio.sleep(LAST_S)


async def _report_pages(server: PageServer) -> None:
    """Report how many pages follow the session, whenever that changes."""
    known = 0
    while True:
        if server.pages != known:
            known = server.pages
            _report("pages", count=known)
        await asyncio.sleep(LOOK_S / 4)


def _report(kind: str, **fields: object) -> None:
    try:
        sys.stdout.buffer.write(encode(kind, **fields))
        sys.stdout.buffer.flush()
    except OSError:
        os._exit(1)  # nobody is listening any more


if __name__ == "__main__":
    main()
