"""The sensor process: follows sensors, or looks for sensors, and reports on its standard output.

It ends when its standard input closes. Whatever happens to it, the session continues.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from retro_timer.runtime.session_input import give_way, lines_of_session
from retro_timer.sensors.messages import LONGEST, SensorTask, encode
from retro_timer.session.sensing import LinkState, SensorKind, SensorLink
from retro_timer.structs import from_json

if TYPE_CHECKING:
    from retro_timer.session.sensing import SensorReport

DISCONNECTED_WITHIN: Final = 2.0
"""Seconds for disconnecting from the sensors at the end."""
ROUND_OF_SCAN: Final = 5.0
"""Length of a scan in seconds; between two scans, the sensors to follow are looked for."""
BETWEEN_SCANS: Final = 0.5
AFTER_A_FAILURE: Final = 3.0


def main() -> None:
    """Run until standard input closes."""
    logging.disable()  # bleak logs to standard error, which nobody reads
    give_way()
    asyncio.run(_serve())


async def _serve() -> None:
    lines = lines_of_session(LONGEST)
    try:
        task = from_json(await lines.get(), SensorTask)
    except msgspec.DecodeError:
        return
    loop = asyncio.get_running_loop()
    work = loop.create_task(_work(task))
    waiting = loop.create_task(_end_of(lines))
    await asyncio.wait([work, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    work.cancel()
    await asyncio.wait([work], timeout=DISCONNECTED_WITHIN)
    os._exit(0)  # even if Bluetooth is still waiting for something


async def _end_of(lines: asyncio.Queue[bytes]) -> None:
    while await lines.get():
        pass


async def _work(task: SensorTask) -> None:
    from retro_timer.sensors.device_link import DeviceLink

    searching = asyncio.Lock()
    links = [DeviceLink(kind, chosen, report, searching).keep() for kind, chosen in task.follow.items()]
    scans = [_scan(searching)] if task.scan or not links else []
    await asyncio.gather(*links, *scans)


async def _scan(searching: asyncio.Lock) -> None:
    from retro_timer.sensors.radio import RadioError, scan

    while True:
        try:
            async with searching:
                await scan(ROUND_OF_SCAN, report)
        except RadioError as error:
            for kind in SensorKind:
                report(SensorLink(kind, LinkState.OFF, str(error)))
            await asyncio.sleep(AFTER_A_FAILURE)
        await asyncio.sleep(BETWEEN_SCANS)


def report(message: SensorReport) -> None:
    """Report to the session, which may be gone."""
    with suppress(OSError, ValueError):
        sys.stdout.buffer.write(encode(message))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
