"""The parts of a plain session outside its lines: the terminal's title and the helper process."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from retro_timer.desktop.companion import Companion, hello_of, unheld
from retro_timer.desktop.title import TerminalTitle, title_text
from retro_timer.runtime.job_control import in_background
from retro_timer.runtime.terminal import titled
from retro_timer.session.events import PauseReason
from retro_timer.session.states import SECOND, State
from retro_timer.ui.view_model import session_view

if TYPE_CHECKING:
    from retro_timer.config.schema import Settings
    from retro_timer.runtime.runner import Runner
    from retro_timer.runtime.wiring import Setup


class PlainDesktop:
    """Keeps the title up to date if standard output is a terminal, and tells the helper process what happens.

    Args:
        setup: provides the settings and the log.
        runner: the runner of the session, which has started.
    """

    def __init__(self, setup: Setup, runner: Runner) -> None:
        self._runner = runner
        settings = setup.loaded.settings
        shows = settings.desktop.title_bar and sys.stdout.isatty() and titled(os.environ, windows=os.name == "nt")
        self._title = TerminalTitle(_write, monotonic) if shows else None
        self._wait = 0.0
        self._companion = None if setup.rehearse else self._follow(settings, setup)

    def update(self) -> None:
        """Update the title, and check for a loss of sound; called whenever something happens."""
        if self._companion is not None:
            self._companion.check_sound()
        if self._title is None:
            return
        session = self._runner.session
        stopped = session.pause_reason is PauseReason.STOPPED  # the terminal is the shell's
        if session.state.is_over or stopped or in_background(sys.stdout.fileno()):
            self._title.restore()
            return
        view = session_view(self._runner.session, self._runner.workout.name, lambda _action: "")
        self._wait = self._title.show(title_text(view.word, view.countdown, view.name))

    def next_update(self) -> float | None:
        """Seconds until the title changes by itself; None if it does not."""
        session = self._runner.session
        if self._title is None or session.state not in (State.LEAD_IN, State.RUNNING):
            return None
        left = session.lead_in_left if session.state is State.LEAD_IN else session.interval_left
        return max(self._wait, ((left - 1) % SECOND + 1) / SECOND)

    def _follow(self, settings: Settings, setup: Setup) -> Companion | None:
        if warning := unheld(settings):
            _warn(warning)
        hello = hello_of(settings, setup.paths.log)
        return None if hello is None else Companion(self._runner, hello, setup.say, _warn)

    def close(self) -> None:
        """Restore the old title, and let the helper end."""
        if self._title is not None:
            self._title.restore()
        if self._companion is not None:
            self._companion.close()


def _warn(warning: str) -> None:
    """Print a warning if standard error is a terminal; a script does not need to know."""
    if sys.stderr.isatty():
        sys.stderr.write(f"retro-timer: {warning}\n")


def _write(sequence: str) -> None:
    """Write to the terminal directly, because `sys.stdout` replaces control characters."""
    with suppress(OSError):
        sys.stdout.flush()
        os.write(sys.stdout.fileno(), sequence.encode(errors="replace"))
