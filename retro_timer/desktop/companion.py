"""Tells the helper process what happens in a session; both the full screen and plain sessions use it."""

from __future__ import annotations

import os
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, Protocol

from retro_timer.desktop.bus import media_problem
from retro_timer.desktop.events import EVENTS, LOST_SOUND, NOTIFY, PHASE, START, described, names_of
from retro_timer.desktop.helper import Helper
from retro_timer.desktop.kept_awake import KeptAwake, hopeless
from retro_timer.session.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from retro_timer.config.schema import Settings
    from retro_timer.runtime.runner import Runner
    from retro_timer.session.events import Event


TRIED_WITHIN: Final = 20.0
"""Timeout in seconds for the helper's report of what keeps the machine awake."""


def hooks_of(settings: Settings) -> dict[str, tuple[str, ...]]:
    """The programs of the hooks, by the name of the event."""
    programs = {name: getattr(settings.hooks, name) for name in EVENTS}
    return {name: program for name, program in programs.items() if program}


def hello_of(settings: Settings, log: Path | None) -> dict[str, Any] | None:
    """The helper's first message, which says what to do for a session; None if there is nothing to do."""
    hooks, awake = hooks_of(settings), settings.desktop.awake and hopeless(os.environ) is None
    media = settings.desktop.media_keys and not media_problem(os.environ)
    if not hooks and not awake and not media and not notifies_by_bus(settings):
        return None
    return {"pid": os.getpid(), "log": str(log or ""), "hooks": hooks, "awake": awake, "media": media}


def notifies_by_bus(settings: Settings) -> bool:
    """Whether notifications are wanted and the desktop can show them."""
    return settings.desktop.notify and not media_problem(os.environ)


def unheld(settings: Settings) -> str:
    """Why nothing keeps this machine awake, as one sentence, if that is known without asking; otherwise empty."""
    held = hopeless(os.environ) if settings.desktop.awake else None
    return held.warning if held is not None else ""


def try_awake(log: Callable[[str], None]) -> KeptAwake:
    """Try to keep the machine awake for a moment; returns the result."""
    if (known := hopeless(os.environ)) is not None:
        return known
    answers: SimpleQueue[KeptAwake] = SimpleQueue()
    helper = Helper({"pid": os.getpid(), "awake": True}, log, answers.put)
    try:
        return answers.get(timeout=TRIED_WITHIN)
    except Empty:
        return KeptAwake(why="the desktop helper does not answer")
    finally:
        helper.close()


class Sends(Protocol):
    """The methods of the helper process that the companion uses."""

    def send(self, message: Mapping[str, Any]) -> None:
        """Queue a message; never blocks, never raises."""

    def close(self) -> None:
        """Let the helper end, without waiting for it."""


class Companion:
    """Follows a session that has just started, and sends its events to the helper process.

    Args:
        runner: the session's runner.
        hello: the helper's first message.
        log: writes a line about what went wrong; called in any thread.
        on_warning: called in a thread with a sentence that tells the walker what is not kept awake.
        helper: makes the helper process from `hello`, `log` and a function that takes its reports, or None.
    """

    def __init__(
        self,
        runner: Runner,
        hello: Mapping[str, Any],
        log: Callable[[str], None],
        on_warning: Callable[[str], None],
        helper: Callable[..., Sends] = Helper,
    ) -> None:
        self._runner = runner
        self._on_warning = on_warning
        self._losses = runner.player.losses
        self._helper = helper(hello, log, self._reported if hello.get("awake") else None)
        self._send(START)
        if runner.session.state is not State.LEAD_IN:
            self._send(PHASE)  # without a lead-in, or when an interrupted session is resumed, it began before us
        runner.conductor.add_listener(self._note)

    def check_sound(self) -> None:
        """Report if the sound was lost since the last call."""
        losses = self._runner.player.losses
        if losses != self._losses and not self._runner.session.state.is_over:
            self._send(LOST_SOUND)
        self._losses = losses

    def notify(self, text: str) -> None:
        """Show a desktop notification."""
        self._helper.send({"event": NOTIFY, "fields": {"text": text}})

    def close(self) -> None:
        """Let the helper end, without waiting for that."""
        self._helper.close()

    def _reported(self, held: KeptAwake) -> None:
        if held.warning:
            self._on_warning(held.warning)

    def _note(self, event: Event) -> None:
        for name in names_of(event):
            self._send(name, event)

    def _send(self, name: str, event: Event | None = None) -> None:
        fields = described(name, self._runner.session, self._runner.workout.name, event)
        self._helper.send({"event": name, "fields": fields})
