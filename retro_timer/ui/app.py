"""The Textual app: themes, settings, and navigation between screens."""

from __future__ import annotations

import gc
import signal
import sys
import traceback
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.console import COLOR_SYSTEMS, Console
from textual import constants
from textual.events import Event, Key, Resize

from retro_timer.config.key_names import STOPS, show_key
from retro_timer.errors import UserError
from retro_timer.runtime.exit_codes import EXIT_ENDED_EARLY, EXIT_REFUSED, SIGNALLED
from retro_timer.session.states import State
from retro_timer.text import quoted
from retro_timer.ui.context import LiveSession
from retro_timer.ui.key_path import KeyPath
from retro_timer.ui.keys import bindings
from retro_timer.ui.look import LookedAfterApp
from retro_timer.ui.preferences import keymap_of
from retro_timer.ui.screens.coverable import ExplainsKeys
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.terminal.signals import Signals

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType
    from textual.binding import BindingType
    from textual.command import Provider
    from textual.driver import Driver
    from textual.screen import Screen
    from textual.timer import Timer

    from retro_timer.remote.address import Address
    from retro_timer.runtime.runner import Runner
    from retro_timer.runtime.services import Services
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import InterruptedSession
    from retro_timer.ui.screens.coverable import SessionResult


UNATTENDED: Final = 90.0
"""Seconds until the summary after `run` closes if no key is pressed; stepping off a treadmill takes a while."""
SETTLED: Final = 0.5
"""Seconds until the first frame is on the terminal; garbage collection would delay it."""
FITTED: Final = 0.1
"""Seconds that a terminal must keep its size before the final size is sent again."""
GC_THRESHOLDS: Final = (700, 2, 1)
"""GC thresholds: a session creates so few objects that full collections are cheap, but without them its garbage would
add up to megabytes per hour."""


def _commands() -> type[Provider]:
    """The command palette's provider, imported on first use."""
    from retro_timer.ui.palette import Commands

    return Commands


def enable_gc() -> None:
    """Re-enable garbage collection after the first frame (`__main__` disabled it), for objects created from now on."""
    gc.collect()  # reuse the memory of start-up garbage
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    gc.enable()


class RetroTimerApp(LookedAfterApp):
    """The full-screen app.

    Args:
        services: the services for screens.
        workout: a workout to start at once; the app exits after its session. Without one, Home is shown.
        interrupted: the interrupted session to resume.
        watched: the address of another process's session to show instead; the app exits when that session is over.
        walk_test: whether to start with the backward walk test; the app exits after it.
    """

    TITLE = "Retro Timer"
    CSS = """
    /* Textual's own is white: it is not seen on white, nor without colour. */
    Input:ansi > .input--cursor { color: $foreground; background: $background; text-style: reverse; }
    """
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_commands}
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "app", {"suspend": "suspend_process", "palette": "command_palette", "quit": "leave", "theme": "next_theme"}
    )

    def __init__(
        self,
        services: Services,
        workout: Workout | None = None,
        interrupted: InterruptedSession | None = None,
        watched: Address | None = None,
        *,
        walk_test: bool = False,
    ) -> None:
        if constants.COLOR_SYSTEM not in {None, "auto", *COLOR_SYSTEMS}:
            known = ", ".join(("auto", *COLOR_SYSTEMS))
            raise UserError(f"TEXTUAL_COLOR_SYSTEM is {quoted(constants.COLOR_SYSTEM or '')}, not one of {known}")
        # Load the styles of the first screen now: loading them later would parse all styles again.
        super().__init__(css_path="screens/session.tcss" if workout or watched else "screens/home.tcss")
        # Print tracebacks and messages at exit without escape sequences: `cli.streams` would not let them through.
        self.error_console = Console(stderr=True, color_system=None, markup=False, highlight=False)
        self.services = services
        self._workout = workout
        self._interrupted = interrupted
        self._watched = watched
        self._walk_test = walk_test
        self._signals = Signals(self, self._stopped)
        self.key_path = KeyPath(self)
        self._resized: Timer | None = None
        self.begin_look()

    def get_driver_class(self) -> type[Driver]:
        """The driver for this terminal: our own where possible, otherwise Textual's."""
        try:
            driver = super().get_driver_class()
        except (ImportError, AttributeError, AssertionError) as error:
            raise UserError(f"TEXTUAL_DRIVER is {quoted(constants.DRIVER or '')}, which is not a driver") from error
        if sys.platform != "win32" and driver.__module__ == "textual.drivers.linux_driver":  # not in a browser
            from retro_timer.ui.terminal.driver import SleepingDriver

            return SleepingDriver
        return driver

    def get_default_screen(self) -> Screen[Any]:
        """The first screen: the given workout's session, the watched session, or Home."""
        if self._workout is not None:
            return SessionScreen(
                self._workout, self.services, self._interrupted, closes_after=UNATTENDED, done=self._walked
            )
        if self._watched is not None:
            from retro_timer.ui.screens.watch import WatchScreen

            return WatchScreen(self._watched, self.services)
        from retro_timer.ui.screens.home import HomeScreen

        return HomeScreen()

    def on_mount(self) -> None:
        """Finish the setup; over Home, open the walk test, the first start or the offer to resume a session."""
        self._signals.install()
        self.set_timer(SETTLED, enable_gc)
        if self.services.loaded is not None:
            self.apply_theme(self.services.loaded.settings)
        if self._workout is not None or self._watched is not None:
            return
        if self._walk_test:
            from retro_timer.ui.screens.walk_test import WalkTestScreen

            self.push_screen(WalkTestScreen(), lambda _: self.exit(return_code=0))
            return
        if self._is_first_start:
            from retro_timer.ui.screens.first_start import FirstStartScreen

            self.push_screen(FirstStartScreen(self.services), self._start_first)
            return
        self.call_after_refresh(self._offer_interrupted)

    def on_ready(self) -> None:
        """Handle resizes only after the first frame."""
        self._resized = self.set_timer(FITTED, self._fit, pause=True)

    def on_resize(self) -> None:
        """Schedule `_fit` for when the size is stable."""
        if self._resized is not None:
            self._resized.reset()

    def _fit(self) -> None:
        """Resend the final size after a resize.

        A screen forwards each size to itself in a second message, and messages may be merged, so an older size may
        arrive last. Also, a terminal that was briefly smaller has lost what it cut off, and Textual does not redraw if
        the size is the same as before.
        """
        if not self.screen_stack:
            return  # the app is exiting
        self._resized = self.set_timer(FITTED, self._fit, pause=True)
        if self.screen.outer_size == self.size:
            self.screen.refresh()
        else:
            self.screen.post_message(Resize(self.size, self.size))
            self._resized.reset()

    @property
    def live_session(self) -> LiveSession | None:
        """The session that keys act on, even if another screen covers it; None if none is running."""
        for screen in self.screen_stack:
            session: object = screen  # mypy thinks that a screen never satisfies the protocol
            if isinstance(session, LiveSession) and session.is_live:
                return session
        return None

    async def on_event(self, event: Event) -> None:
        """Pass every key to the key path before any screen gets it."""
        if isinstance(event, Key) and not event.is_forwarded and self.screen_stack:
            await self.key_path.take(event)
        else:
            await super().on_event(event)

    async def on_key(self, event: Key) -> None:
        """Run the bindings of a key that no widget handled; in a session, report a key that has no effect.

        Textual would run the bindings itself, but not report whether any of them acted.
        """
        event.prevent_default()
        if not await self._check_bindings(event.key):
            self.key_path.answer_unknown(event)

    def panic(self, *renderables: RenderableType) -> None:
        """Exit with an error code after an unexpected error."""
        self._return_code = EXIT_ENDED_EARLY
        super().panic(*renderables)

    def _handle_exception(self, error: Exception) -> None:
        """Log a fatal error. Overrides Textual's hook."""
        where = traceback.extract_tb(error.__traceback__)
        places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(where[-4:]))
        self.services.log(f"the program ended because of an error: {type(error).__name__}: {error} ({places})")
        super()._handle_exception(error)

    @property
    def _is_first_start(self) -> bool:
        """Whether this is the first start, according to the settings."""
        loaded = self.services.loaded
        return loaded is not None and not loaded.settings.first_start.done and not self.services.rehearsal

    def _start_first(self, workout: Workout | None) -> None:
        """After the first start: start the workout, if one was chosen."""
        from retro_timer.ui.screens.home import HomeScreen

        home = self.screen
        if workout is not None and isinstance(home, HomeScreen):
            home.walk(workout)
        else:
            self._offer_interrupted()

    def action_help(self) -> None:
        """Open the help over the current screen, or close it; a session first shows its keys below the countdown."""
        if isinstance(self.screen, ExplainsKeys) and self.screen.show_keys():
            return
        from retro_timer.ui.screens.help import HelpScreen, scope_of

        if isinstance(self.screen, HelpScreen):
            self.screen.action_close()
            return
        keymap = keymap_of(self.services)
        self.push_screen(HelpScreen(keymap, scope_of(self.screen)))

    def action_open(self, place: str) -> None:
        """Open the screen that an action of the keymap names, as `module:class`."""
        module, _, name = place.partition(":")
        self.push_screen(getattr(import_module(f"retro_timer.ui.screens.{module}"), name)())

    def action_command_palette(self) -> None:
        """Open the command palette."""
        from retro_timer.ui.palette import Palette

        if not isinstance(self.screen, Palette):
            stop = f"   {show_key(STOPS)} stops the session" if self.live_session else ""
            self.push_screen(Palette(id="--command-palette", placeholder=f"Search for commands…{stop}"))

    def action_suspend_process(self) -> None:
        """Suspend to the shell; a session pauses."""
        self._signals.suspend()

    def action_interrupt(self) -> None:
        """Exit at once, as Ctrl+C does everywhere; a session is saved and can be resumed."""
        self.exit(return_code=SIGNALLED + signal.SIGINT)

    def action_leave(self) -> None:
        """Exit the program; a session asks first, and `run` returns its exit code."""
        session = next((screen for screen in self.screen_stack if isinstance(screen, SessionScreen)), None)
        if session is not None and (session.is_live or session is self.screen):
            session.uncover()
            session.action_quit()
        elif session is not None and self._workout is not None:
            self._exit_after(session.runner)
        else:
            self.exit(return_code=0)

    def _offer_interrupted(self) -> None:
        """Ask what to do with an interrupted session."""
        if self.services.store is not None:
            from retro_timer.ui.run_in_thread import start_worker
            from retro_timer.ui.screens.interrupted import ask_about_interrupted

            start_worker(self, partial(ask_about_interrupted, self, self.services.store))

    def _stopped(self) -> None:
        """Pause the session because the process was stopped or is about to be."""
        for screen in self.screen_stack:
            if isinstance(screen, SessionScreen):
                screen.stopped()

    def _walked(self, result: SessionResult) -> None:
        if result.refused:
            self.exit(return_code=EXIT_REFUSED, message=result.refused)
        else:
            self._exit_after(result.runner)

    def _exit_after(self, runner: Runner) -> None:
        """Exit with the exit code of a session."""
        finished = runner.session.state is State.FINISHED
        self.exit(return_code=0 if finished else EXIT_ENDED_EARLY)
