"""The link from a full-screen session to the desktop: the terminal's title and the helper process.

Created after the first frame, so that the frame does not wait for it.
"""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from retro_timer.desktop.companion import Companion, hello_of, notifies_by_bus, unheld
from retro_timer.desktop.notifications import for_terminal
from retro_timer.desktop.title import TerminalTitle, title_text
from retro_timer.session.events import Ended, EndReason
from retro_timer.ui.bridge import on_loop
from retro_timer.ui.context import app_of, services_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen
    from textual.timer import Timer

    from retro_timer.runtime.runner import Runner
    from retro_timer.session.events import Event
    from retro_timer.ui.view_model import SessionView


class DesktopLink:
    """Keeps the terminal's title up to date, and tells the helper process what happens.

    Args:
        screen: the session screen.
        runner: the session's runner.
        show: shows a sentence for a few seconds.
    """

    def __init__(self, screen: Screen[Any], runner: Runner, show: Callable[[str], None]) -> None:
        self._screen = screen
        self._runner = runner
        self._show_sentence = show
        self._title = TerminalTitle(self._write, monotonic)
        self._text = ""
        self._timer: Timer | None = None
        self._losses = runner.player.losses
        self._companion = self._follow()
        runner.conductor.add_listener(self._note)
        app_of(screen).take_back_title = self._title.take_back
        # Back from the shell, whose own title was restored meanwhile.
        screen.app.app_resume_signal.subscribe(screen, lambda _: self._show_title())

    def show(self, view: SessionView) -> None:
        """Show the session's state in the title, now or as soon as the title may change."""
        if self._companion is not None:
            self._companion.check_sound()
        losses = self._runner.player.losses
        if losses != self._losses:
            self._notify("The sound was lost.")
        self._losses = losses
        if services_of(self._screen).title and not self._runner.session.state.is_over:
            self._text = title_text(view.word, view.countdown, view.name)
            self._show_title()
        else:
            self.restore_title()

    def restore_title(self) -> None:
        """Give the terminal its old title back."""
        self._text = ""
        self._title.restore()

    def leave(self) -> None:
        """Restore the terminal's old title and unsubscribe from the app, because the screen closes."""
        self.restore_title()
        self._screen.app.app_resume_signal.unsubscribe(self._screen)

    def close(self) -> None:
        """Let the helper exit, once it has received all events."""
        if self._companion is not None:
            self._companion.close()

    def _note(self, event: Event) -> None:
        if isinstance(event, Ended):
            complete = event.reason is EndReason.COMPLETE
            self._notify("The workout is complete." if complete else "The session was ended early.")

    def _notify(self, text: str) -> None:
        """Show a notification if the walker wants it and the terminal does not have the focus."""
        services = services_of(self._screen)
        if not services.desktop or services.loaded is None or self._screen.app.app_focus:
            return
        settings = services.loaded.settings
        if self._companion is not None and notifies_by_bus(settings):
            self._companion.notify(text)
        elif settings.desktop.notify:
            self._write(for_terminal(text))

    def _show_title(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._text and (wait := self._title.show(self._text)):
            self._timer = self._screen.set_timer(wait, self._show_title)

    def _write(self, sequence: str) -> None:
        driver = self._screen.app._driver  # noqa: SLF001  (Textual has no public access)
        if driver is not None:
            driver.write(sequence)
            driver.flush()

    def _follow(self) -> Companion | None:
        services = services_of(self._screen)
        if not services.desktop or services.loaded is None:
            return None
        settings = services.loaded.settings
        # Over SSH the walker looks at another machine's screen, and the caption already says so.
        warning = "" if services.remote else unheld(settings)
        if warning:
            self._show_sentence(warning)
        hello = hello_of(settings, services.paths.log if services.paths else None)
        return None if hello is None else Companion(self._runner, hello, services.log, self._warn)

    def _warn(self, warning: str) -> None:
        """Show a warning that the computer is not kept awake; called from a thread."""
        on_loop(self._screen, partial(self._show_sentence, warning))()
