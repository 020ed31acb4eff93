"""How a session ended, for its summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.scheduling.schedule import Schedule


class Ending(Struct, frozen=True):
    """The end of a session, or a bail-out.

    Attributes:
        settle: finishes saving; blocks, thread-safe. Returns why the session is not saved; empty if it is.
        schedule: the schedule with all edits.
        kept: whether the session is in the history.
        closes_after: seconds after which the summary closes by itself if no key is pressed; None for never.
        reopens: whether the session can be reopened: it was skipped to its end, or ended early.
        opened_by_itself: whether the summary opened without a key, so that the next key may be meant for the session.
        ask: speaks a question, as parts of phrases; None where nothing can be spoken.
    """

    settle: Callable[[], str]
    schedule: Schedule
    kept: bool = True
    closes_after: float | None = None
    reopens: bool = False
    opened_by_itself: bool = False
    ask: Callable[..., None] | None = None
