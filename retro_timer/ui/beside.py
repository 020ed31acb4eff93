"""Work beside the event loop, for a widget that may be gone when it is done."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget

P = ParamSpec("P")
T = TypeVar("T")


async def beside(widget: Widget, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call something on another thread, from a worker of a widget.

    Raises:
        asyncio.CancelledError: when the widget is no longer there to be shown the result; its worker just ends.
    """
    result = await asyncio.to_thread(call, *args, **kwargs)
    if not widget.is_attached:
        raise asyncio.CancelledError
    return result
