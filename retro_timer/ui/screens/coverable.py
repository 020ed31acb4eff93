"""Session screens that act on keys while another screen covers them, and can show their keys below the countdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from textual.containers import Center
from textual.screen import Screen, ScreenResultType

from retro_timer.ui.context import services_of
from retro_timer.ui.preferences import keymap_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.screens.session_display import NOTICE

if TYPE_CHECKING:
    from retro_timer.runtime.runner import Runner
    from retro_timer.session.events import Event
    from retro_timer.ui.view_model import SessionView
    from retro_timer.ui.widgets.session_keys import SessionKeys

ANSWERS_AFTER: Final = 0.05
"""Seconds until an answer is shown on the screen above; of simultaneous answers, only the last is shown."""
ROOM: Final = (60, 20)
"""The smallest terminal, in cells, with room for the keys below a countdown."""
EXPLAINED: Final = "-explained"
"""The CSS class of a session screen that shows its keys below the countdown."""


class SessionResult(Struct, frozen=True):
    """The result of a session screen.

    Attributes:
        runner: the closed runner.
        refused: why the session could not start; empty if it did.
    """

    runner: Runner
    refused: str = ""


class ExplainsKeys(RepaintsRegions, Screen[ScreenResultType]):
    """A screen of a session, here or in another process, that can show its keys below the countdown."""

    @property
    def has_keys(self) -> bool:
        """Whether keys act on the session."""
        raise NotImplementedError

    def session_keys(self) -> SessionKeys:
        """The widget that shows the keys."""
        from retro_timer.ui.widgets.session_keys import SessionKeys

        return SessionKeys(keymap_of(services_of(self)))

    def show_keys(self) -> bool:
        """Show the keys below the countdown; False if they are already shown, or there is no room or need for them."""
        width, height = self.app.size
        roomy = width >= ROOM[0] and height >= ROOM[1]
        if self.has_class(EXPLAINED) or not self.has_keys or not roomy:
            return False
        self.add_class(EXPLAINED)
        self.mount(Center(self.session_keys(), id="explained"))
        return True

    def hide_keys(self) -> bool:
        """Hide the keys; False if they were not shown."""
        shown = self.has_class(EXPLAINED)
        if shown:
            self.remove_class(EXPLAINED)
            self.query("#explained").remove()
        return shown

    def uncover(self) -> None:
        """Remove all screens above, at once: Textual's own way is delayed, and a second request would pop too many."""
        while self in self.app.screen_stack and not self.is_active:
            self.app.pop_screen()

    def on_screen_suspend(self) -> None:
        """Hide the keys when another screen covers this one."""
        self.hide_keys()


class CoverableScreen(ExplainsKeys[SessionResult]):
    """The screen of a session that keys act on even while another screen covers it.

    Attributes:
        runner: the runner of the session.
    """

    runner: Runner
    _answer = ""
    """The message for a screen above."""

    @property
    def has_keys(self) -> bool:
        """Whether keys act on the session: until it is over."""
        return not self.runner.session.state.is_over

    def perform(self, name: str) -> tuple[Event, ...]:
        """Perform a session action."""
        raise NotImplementedError

    def take(self, events: tuple[Event, ...]) -> None:
        """Show the effect of events."""
        raise NotImplementedError

    def view(self) -> SessionView:
        """The session's current view model."""
        raise NotImplementedError

    def do(self, name: str) -> tuple[Event, ...]:
        """Perform a session action even if another screen covers this one; a bail-out also uncovers this screen."""
        events = self.perform(name)
        if name == "bail_out":
            self.uncover()
        elif not self.is_active:
            view = self.view()
            self._show_above(f"{view.word} {view.countdown}, {view.left}")
        return events

    def refuse(self, why: str) -> None:
        """Refuse a key that has no effect, and say why."""
        self.take(self.runner.refuse(why))
        if not self.is_active:
            self._show_above(why)

    def _show_above(self, answer: str) -> None:
        """Show a message on the screen that covers this one; of simultaneous messages, only the last."""
        if not self._answer:
            self.set_timer(ANSWERS_AFTER, self._show_answer)
        self._answer = answer

    def _show_answer(self) -> None:
        self.app.clear_notifications()
        self.app.notify(self._answer, timeout=NOTICE, markup=False)
        self._answer = ""
