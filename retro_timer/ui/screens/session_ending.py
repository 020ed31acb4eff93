"""The end of a session: its summary opens by itself or by a key, and leads out of the session or back into it.

Loaded on first use, after the first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from retro_timer.session.states import State
from retro_timer.ui.screens.ending import Ending
from retro_timer.ui.screens.summary import SummaryScreen

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer

    from retro_timer.runtime.runner import Runner
    from retro_timer.session.events import Event
    from retro_timer.session.history import Feedback

SUMMARY_DELAY = 4.0
"""Seconds from the end of the session until the summary opens by itself."""


class EndedScreen(Protocol):
    """The interface of a session screen for its summary."""

    @property
    def runner(self) -> Runner:
        """The runner of the session."""

    def ask(self, *parts: tuple[str, ...]) -> None:
        """Speak a question for a screen above; without one, stop the last one."""

    def take(self, events: tuple[Event, ...]) -> None:
        """Show the effect of events."""

    def action_act(self, name: str) -> None:
        """Perform a session action."""

    def finish(self) -> None:
        """Return the result, and close."""


class SessionEnding:
    """Leads from a session to its summary, and on from there.

    Args:
        node: the session screen.
        screen: the same screen, by its interface for the summary.
        closes_after: seconds after which the summary of a finished workout closes by itself; None for never.

    Attributes:
        is_summarising: whether the summary is shown.
    """

    def __init__(self, node: Screen[Any], screen: EndedScreen, closes_after: float | None) -> None:
        self._node = node
        self._screen = screen
        self._runner = screen.runner
        self._closes_after = closes_after
        self._timer: Timer | None = None
        self.is_summarising = False

    def wait(self) -> None:
        """Start the timer for the summary."""
        if self._timer:
            self._timer.stop()
        self._timer = self._node.set_timer(SUMMARY_DELAY, self.summary_due)

    def summary_due(self) -> None:
        """Show the summary, unless another screen is on top or the end was undone."""
        if not self._is_over:
            return
        if self._node.is_active:
            self.leave(by_itself=True)
        else:
            self.wait()

    def leave(self, *, by_itself: bool = False) -> None:
        """Go to the summary if anything was walked, otherwise close."""
        if self._runner.session.spent.walked:
            self.summarise(by_itself=by_itself)
        else:
            self._screen.finish()

    def summarise(self, *, by_itself: bool = False) -> None:
        """Show the summary."""
        session = self._runner.session
        ending = Ending(
            settle=self._runner.settle,
            schedule=session.schedule,
            kept=self._runner.journal is not None,
            reopens=session.can_reopen,
            closes_after=self._closes_after if session.state is State.FINISHED else None,
            opened_by_itself=by_itself,
            ask=self._screen.ask,
        )
        self.is_summarising = True
        self._node.app.push_screen(SummaryScreen(self._runner.stored_session(), ending), self._summarised)

    async def answer(self, given: Feedback) -> str:
        """Save a device's answers about the session. Returns why they are not saved, as one clause; empty if saved."""
        if self._node.is_active:
            self.leave(by_itself=True)
        summary = self._node.app.screen
        if not isinstance(summary, SummaryScreen):
            return "another screen covers the summary"
        return await summary.answer(given)

    @property
    def _is_over(self) -> bool:
        return self._runner.session.state.is_over

    def _summarised(self, go_on: bool | None) -> None:
        self.is_summarising = False
        self._screen.ask()
        if go_on and self._is_over:
            self._screen.take(self._runner.reopen())
            return
        if go_on:
            self._screen.action_act("pause")
            return
        if not self._is_over:
            self._screen.action_act("quit")
        self._screen.finish()
