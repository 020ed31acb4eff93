"""Blocking calls in threads that cannot delay the program's exit indefinitely."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from textual.dom import DOMNode
    from textual.widget import Widget
    from textual.worker import WorkType

P = ParamSpec("P")
T = TypeVar("T")

_NAME: Final = "background call"


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a call in a new thread.

    `asyncio.to_thread` is not used: it waits forever if the call raises StopIteration, which asyncio futures do not
    accept, and its threads are joined at exit, no matter how long a disk takes to respond.

    Raises:
        RuntimeError: if the call raises StopIteration, as in a generator. Other exceptions are raised unchanged.
    """
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()

    def work() -> None:
        try:
            result = call(*args, **kwargs)
        except StopIteration as stop:
            defect = RuntimeError(f"{call!r} raised StopIteration")
            defect.__cause__ = stop
            future.set_exception(defect)
        except BaseException as error:  # noqa: BLE001  (raised again in the caller)
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=work, name=_NAME, daemon=True).start()
    return await asyncio.wrap_future(future)


async def run_in_thread(widget: Widget, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a call in a thread, from a worker of a widget.

    Raises:
        asyncio.CancelledError: if the widget was removed in the meantime, which ends its worker.
    """
    result = await in_thread(call, *args, **kwargs)
    if not widget.is_attached:
        raise asyncio.CancelledError
    return result


def start_worker(
    node: DOMNode, work: Callable[[], Coroutine[Any, Any, None]], group: str = "default", *, exclusive: bool = False
) -> None:
    """Start a worker from a function: if the app exits at once, a coroutine would be reported as never awaited."""
    begin: WorkType[None] = work
    node.run_worker(begin, group=group, exclusive=exclusive)


def finish(seconds: float) -> None:
    """Wait at exit for running calls, for at most `seconds` in total."""
    until = time.monotonic() + seconds
    for thread in threading.enumerate():
        if thread.name == _NAME:
            thread.join(max(0.0, until - time.monotonic()))
