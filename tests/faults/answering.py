"""Runs the program and records what handled each key, as one line of JSON per key in the given file.

The program is only observed, not changed. `tests.faults.keys` starts it: `python -m
tests.faults.answering ACCOUNT [ARGUMENTS OF THE PROGRAM]`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from textual.events import Event, Key

from retro_timer.__main__ import main
from retro_timer.runtime.runner import Runner
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.key_path import KeyPath

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

LATE: Final = 5.0
"""Seconds after which a key counts as unanswered."""
LOOK: Final = 0.02


class Account:
    """Records what handled each key.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._acting: dict[str, Any] | None = None

    def note(self, **what: object) -> None:
        """Write a line."""
        self._file.write(json.dumps(what) + "\n")
        self._file.flush()

    def watch(self) -> None:
        """Observe every key from now on."""
        self._watch_the_app()
        self._watch_the_key_path()
        self._watch_the_session()

    def _watch_the_app(self) -> None:
        """Observe a key from the app through its screens, and the binding it finds."""
        handle, bind = RetroTimerApp.on_event, RetroTimerApp._check_bindings

        async def on_event(app: RetroTimerApp, event: Event) -> None:
            if not isinstance(event, Key):
                await handle(app, event)
                return
            new, screen = not event.is_forwarded, app.screen if app.screen_stack else None
            if new:
                event.__dict__.update(about={"key": event.key, "by": ""}, stop=partial(stopped, event))
            self._acting = event.__dict__["about"]
            try:
                await handle(app, event)
            finally:
                self._acting = None
            if new:
                app.run_worker(self._settle(app, screen, event.__dict__["about"]), group="account")

        async def check_bindings(app: RetroTimerApp, key: str, priority: bool = False) -> bool:
            done = await bind(app, key, priority)
            if done:
                self._by("binding")
            return done

        setattr(RetroTimerApp, "on_event", on_event)  # noqa: B010  (for mypy, a method is not assigned to)
        setattr(RetroTimerApp, "_check_bindings", check_bindings)  # noqa: B010

    def _watch_the_key_path(self) -> None:
        """Observe keys that no screen gets, and keys without effect."""
        handle, refuse = KeyPath.take, KeyPath.answer_unknown

        async def take(path: KeyPath, event: Key) -> bool:
            gone = await handle(path, event)
            if gone:
                self._by("taken")  # a lone modifier, repeats of a held key, safety keys
            return gone

        def answer_unknown(path: KeyPath, event: Key) -> None:
            refuse(path, event)
            if path._app.live_session is None:
                self._by("no session")

        setattr(KeyPath, "take", take)  # noqa: B010
        setattr(KeyPath, "answer_unknown", answer_unknown)  # noqa: B010

    def _watch_the_session(self) -> None:
        def watched(name: str, does: Callable[..., Any]) -> Callable[..., Any]:
            def wrapped(runner: Runner, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
                was_over = runner.session.state.is_over
                events = does(runner, *arguments, **named)
                what = " ".join(map(str, (name, *arguments)))
                if name != "advance":
                    self._by(what if events or arguments == ("where",) else f"silence: {what}")
                if runner.session.state.is_over and not was_over:
                    self.note(ended=what)
                return events

            return wrapped

        for name in ("act", "edit", "refuse", "advance"):
            setattr(Runner, name, watched(name, getattr(Runner, name)))

    def _by(self, what: str) -> None:
        if self._acting is not None:
            self._acting["by"] += f"{', ' if self._acting['by'] else ''}{what}"

    async def _settle(self, app: RetroTimerApp, screen: Screen[Any] | None, about: dict[str, Any]) -> None:
        """Wait until the screen that got a key has handled it; the screen may close meanwhile."""
        for _ in range(round(LATE / LOOK)):
            if about["by"]:
                break
            await asyncio.sleep(LOOK)
            if screen not in app.screen_stack:
                about["by"] = about["by"] or "screen closed"
        self.note(**about)


def stopped(event: Key, stop: bool = True) -> Key:
    """Replaces `Key.stop`: a widget that stops a key has handled it."""
    if "message_pump" not in sys._getframe(1).f_code.co_filename:
        event.__dict__["about"]["by"] += "widget"
    Key.stop(event, stop)
    return event


if __name__ == "__main__":
    Account(Path(sys.argv[1])).watch()
    sys.argv[1:2] = []
    sys.exit(main())
