"""Wait until an app has nothing to do.

Textual's pilot considers a process idle if it has used little processor time for 20 milliseconds, which can be too
early on a busy machine, and adds up over thousands of keys. Here the event loop is asked what it has to do, and only if
other threads can give it more does a test wait for them.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from textual.pilot import Pilot

SOON: Final = 0.04
"""A timer due within this many seconds counts as something to do: the screen is drawn up to 34 ms after a change."""
THREADS_TAKE: Final = 0.1
"""Seconds to wait for background calls to end; some tests make them block."""
OTHERS_TAKE: Final = 0.02
"""Seconds in which other threads, such as the journal's, can use the processor to post a call, as with Textual."""
CALLS_TAKE: Final = 0.05
"""The same if background calls have not ended: a call that computes gets processor time meanwhile."""
NOT_THE_APP: Final = frozenset(threading.enumerate())
"""The threads of the test run, which start before any app."""


async def wait_for_idle(_min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Wait until nothing is ready to run or due soon; has the same arguments as Textual's function of this name."""
    loop: Any = asyncio.get_running_loop()  # Any, because its queues have no public names
    begun = loop.time()
    while (now := loop.time()) < begun + max_sleep:
        await asyncio.sleep(0)
        if loop._ready:
            continue
        due = min((timer._when for timer in loop._scheduled if not timer._cancelled), default=now + 1)
        if due < now + SOON:
            await asyncio.sleep(max(0, due - now))
            continue
        threads = set(threading.enumerate()) - NOT_THE_APP
        if not threads and not loop._ready:
            return
        calls = any(thread.name == "background call" for thread in threads)
        if calls and now < begun + THREADS_TAKE:
            await asyncio.sleep(0.001)
            continue
        used = time.process_time()
        await asyncio.sleep(CALLS_TAKE if calls else OTHERS_TAKE)
        if time.process_time() - used < 0.001 and not loop._ready:
            return


async def wait_for_screen(pilot: Pilot[Any], _timeout: float = 30) -> bool:
    """Wait until the app has nothing to do; returns whether it has no error.

    Textual's pilot sends a message to every widget instead, and waits until all are handled.
    """
    await wait_for_idle()
    return not pilot.app._exception_event.is_set()
