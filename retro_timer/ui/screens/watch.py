"""Another process's session, shown with the widgets of the session screen; keys act on that session."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from retro_timer.errors import UserError
from retro_timer.remote.follower import Follower
from retro_timer.runtime.exit_codes import EXIT_BAD_INPUT
from retro_timer.session.ports import SoundState
from retro_timer.text import one_line
from retro_timer.ui.context import app_of, services_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import keymap_of
from retro_timer.ui.run_in_thread import start_worker
from retro_timer.ui.screens.coverable import ExplainsKeys
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.session_display import (
    NOTICE,
    BriefNotice,
    SessionDisplay,
    breakpoint_classes,
    changed_classes,
    sound_text,
)
from retro_timer.ui.view_model import session_view
from retro_timer.ui.widgets.keysbar import Hint
from retro_timer.ui.widgets.measured_line import MeasuredLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from retro_timer.remote.address import Address
    from retro_timer.remote.messages import Answer
    from retro_timer.remote.remote_session import RemoteSession
    from retro_timer.runtime.services import Services
    from retro_timer.scheduling.phases import Phase
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.cue import Cue
    from retro_timer.session.events import PauseReason
    from retro_timer.session.states import State
    from retro_timer.ui.view_model import Appearance
    from retro_timer.ui.widgets.session_keys import SessionKeys

LEAVES_AFTER: Final = 4.0
"""Seconds for which the end of a session is shown."""


class DisplayedRemote:
    """The displayed data of a session in another process."""

    def __init__(self, session: RemoteSession) -> None:
        self.session = session

    @property
    def schedule(self) -> Schedule:
        """Its current schedule."""
        return self.session.schedule

    @property
    def situation(self) -> tuple[State, PauseReason | None]:
        """Its state, and why it is paused, if it is."""
        return self.session.state, self.session.pause_reason

    @property
    def step(self) -> int:
        """Step size of the keys for the interval's length, in seconds."""
        return self.session.welcome.steps.get("this", 10)

    @property
    def unsaved(self) -> str:
        """Why it is not saved; empty if it is."""
        return one_line(self.session.shared.unsaved)

    @property
    def sound(self) -> str:
        """The state of its sound, or the device that plays it."""
        sound = self.session.shared.sound
        return one_line(sound_text(SoundState.MUTED if sound.muted else sound.state, sound.speaker, sound.missed))

    def was_missed(self, cue: Cue) -> bool:  # noqa: ARG002  (its caption says so already)
        """Whether a cue was not heard."""
        return False


def _watching(hint: Hint) -> Hint | None:
    """A hint of the footer as it applies here; None if its key does nothing."""
    return {"session.quit": Hint("session.quit", "leave"), "session.adjust": None}.get(hint.id, hint)


class WatchScreen(ExplainsKeys[None]):
    """Shows another process's session, until that session ends; the key that ends a session only leaves here.

    Args:
        address: the session's address.
        services: the initial services.
    """

    CSS_PATH = "session.tcss"
    AUTO_FOCUS = None
    BLANK = True
    HORIZONTAL_BREAKPOINTS = SessionScreen.HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = SessionScreen.VERTICAL_BREAKPOINTS
    BINDINGS: ClassVar[list[BindingType]] = bindings("session", {"quit": "leave"}, default="act('{name}')")

    def __init__(self, address: Address, services: Services) -> None:
        super().__init__()
        self._follower = Follower(address, self, lambda: float(services.clock.now()))
        self._display: SessionDisplay | None = None
        self._displayed: DisplayedRemote | None = None
        self._measured: MeasuredLine | None = None
        self._timer: Timer | None = None
        self._notice = BriefNotice(self, self._draw)
        self._styled_for: tuple[Phase, Appearance] | tuple[()] = ()

    def compose(self) -> ComposeResult:
        """Nothing yet: the widgets are mounted when the session's first data has arrived."""
        self.update_classes(dict.fromkeys(breakpoint_classes(self, self.app.size), True), update=False)
        return
        yield

    def on_mount(self) -> None:
        """Follow the session."""
        start_worker(self, self._follow)

    async def _follow(self) -> None:
        try:
            await self._follower.follow()
        except UserError as problem:
            self.app.exit(return_code=EXIT_BAD_INPUT, message=f"retro-timer: {one_line(str(problem))}")
            return
        self.hide_keys()
        self.set_timer(LEAVES_AFTER, self.action_leave)

    @property
    def is_live(self) -> bool:
        """Whether keys act on the session."""
        return self._follower.session is not None and not self._follower.over

    @property
    def has_keys(self) -> bool:
        """Whether keys act on the session."""
        return self.is_live

    def session_keys(self) -> SessionKeys:
        """The widget that shows the keys, as they act from here."""
        from retro_timer.ui.widgets.session_keys import SessionKeys

        return SessionKeys(keymap_of(services_of(self)), watched=True)

    def action_act(self, name: str) -> None:
        """Request a session action."""
        if self._follower.over:
            self.refuse("the session is over")
        else:
            self._follower.act(name)

    def do(self, name: str) -> None:
        """Request a session action even if another screen covers this one; a bail-out also uncovers this screen."""
        self.action_act(name)
        if name == "bail_out":
            self.uncover()

    def action_leave(self) -> None:
        """Leave; the session continues. If the keys are shown, only hide them."""
        if self.hide_keys():
            return
        self.app.exit(return_code=0)

    def refuse(self, why: str) -> None:
        """Show why a key has no effect."""
        if not self.is_active:
            app_of(self).notify(why, timeout=NOTICE, markup=False)
        if self._display is None:
            return
        self._notice.show(why)
        self._draw()

    def answered(self, answer: Answer) -> None:
        """Show why an action was refused, if it was."""
        if not answer.done:
            self.refuse(one_line(answer.why))

    def changed(self) -> None:
        """Show the session as it is now."""
        session = self._follower.session
        if session is None:
            return
        if self._displayed is None:
            self._displayed = DisplayedRemote(session)
            self._display = SessionDisplay(self._displayed, services_of(self), _watching)
            self.mount(*self._display.widgets)
            self.call_after_refresh(self._draw)
        self._displayed.session = session
        self._draw()

    def _draw(self) -> None:
        """Draw the session's current state, and set the timer for its next change."""
        session, display = self._follower.session, self._display
        if session is None or display is None:
            return
        session.advance(self._follower.moment)
        keymap, services = keymap_of(services_of(self)), services_of(self)
        view = session_view(
            session,
            session.name,
            lambda action_id: keymap.first(action_id, ascii_only=services.ascii_only),
            imperial=services.imperial,
        )
        if (view.phase, view.look) != self._styled_for:
            before, self._styled_for = self._styled_for, (view.phase, view.look)
            self.update_classes(changed_classes(before, self._styled_for))
        display.caption(one_line(session.shared.caption))
        display.notice = self._news or self._notice.text
        display.draw(view)
        display.show_keys()
        self._draw_measured(session, view.speed)
        if self._timer:
            self._timer.stop()
        due = session.next_change
        if due is not None and not self._follower.over:
            self._timer = self.set_timer(max(0.001, (due - self._follower.moment) / 1000), self._draw)

    def _draw_measured(self, session: RemoteSession, target: str) -> None:
        """Draw the measurements of the session's sensors, if it has any."""
        measured = session.measurements
        if measured is None:
            return
        if self._measured is None:
            self._measured = MeasuredLine(imperial=services_of(self).imperial)
            self.mount(self._measured, after="#caption")
        self._measured.show_measured(measured, target)

    @property
    def _news(self) -> str:
        """The message about a lost connection; empty if there is none."""
        follower = self._follower
        if follower.over:
            return one_line(follower.lost)
        return one_line(f"connection lost, still counting: {follower.lost}") if follower.lost else ""
