"""Calls from other threads to screens.

`loop.call_soon_threadsafe` runs a call in the thread's context, in which Textual has no active app, so that setting a
timer fails. A message is handled in the context of its receiver.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump


def on_loop(pump: MessagePump, call: Callable[[], object]) -> Callable[[], None]:
    """Make a thread-safe version of a call that must run on the event loop.

    Args:
        pump: the screen or app that the call belongs to. Calls before it is mounted and after it is closed are dropped;
            it should read the current state when it is mounted.
        call: runs soon on the event loop.

    Returns:
        A function for any thread; it never blocks and never raises.
    """

    def post() -> None:
        with suppress(RuntimeError):  # no app yet, or its event loop is closed
            pump.call_later(call)

    return post
