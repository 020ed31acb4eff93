"""Calls in a thread always return to the event loop, whatever they raise and however long they take."""

from __future__ import annotations

import ast
import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import retro_timer
from retro_timer.ui.run_in_thread import finish, in_thread

if TYPE_CHECKING:
    from collections.abc import Callable


def raises(error: BaseException) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


@pytest.mark.parametrize(("raised", "expected"), [(StopIteration(3), RuntimeError), (KeyError("x"), KeyError)])
async def test_an_exception_reaches_the_caller(raised: Exception, expected: type[Exception]) -> None:
    """With asyncio's own function, a StopIteration would make the caller wait forever."""
    with pytest.raises(expected):
        await asyncio.wait_for(in_thread(raises(raised)), 10)


async def test_a_call_is_made_on_another_thread_with_its_arguments() -> None:
    assert await in_thread(lambda a, b: (a, b, threading.current_thread()), 1, b=2) != (1, 2, threading.main_thread())


async def test_no_ending_program_waits_for_a_thread_that_hangs() -> None:
    go_on, begun = threading.Event(), threading.Event()

    def hang() -> threading.Thread:
        begun.set()
        go_on.wait(60)
        return threading.current_thread()

    waiting = asyncio.ensure_future(in_thread(hang))
    await asyncio.sleep(0)
    assert begun.wait(10)
    finish(0.01)
    assert not waiting.done()
    go_on.set()
    assert (await waiting).daemon
    finish(10)


async def test_a_cancelled_caller_does_not_wait_for_the_thread() -> None:
    go_on = threading.Event()
    waiting = asyncio.ensure_future(in_thread(go_on.wait, 60))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()
    finish(10)


def test_nothing_uses_threads_that_are_waited_for() -> None:
    package = Path(retro_timer.__file__).parent
    # Separate processes that exit at once, whatever their threads are doing.
    own_process = {package / name for name in ("page/child.py", "page/session_link.py", "desktop/media_client.py")}
    for path in {*package.rglob("*.py")} - own_process:
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        used = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        used |= {name.name for node in nodes if isinstance(node, ast.ImportFrom) for name in node.names}
        waited_for = used & {"to_thread", "run_in_executor", "ThreadPoolExecutor"}
        assert not waited_for, f"{path.relative_to(package)} uses {waited_for}: `ui.run_in_thread` is the way"
