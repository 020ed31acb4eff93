"""The questions that a session asks over its screen while it keeps running: whether to end, adjust, or skip ahead.

Loaded on first use, after the first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from retro_timer.ui.context import services_of
from retro_timer.ui.preferences import keymap_of
from retro_timer.ui.screens.adjust import AdjustScreen
from retro_timer.ui.screens.question import Question
from retro_timer.ui.widgets.profile import about

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from retro_timer.runtime.runner import Runner
    from retro_timer.scheduling.edits import Edit
    from retro_timer.session.events import Event


class AskingScreen(Protocol):
    """The interface of a session screen for its questions."""

    @property
    def runner(self) -> Runner:
        """The runner of the session."""

    def ask(self, *parts: tuple[str, ...]) -> None:
        """Speak a question for a screen above; without one, stop the last one."""

    def take(self, events: tuple[Event, ...]) -> None:
        """Show the effect of events."""

    def refuse(self, why: str) -> None:
        """Refuse a key or click that has no effect, and say why."""


class SessionQuestions:
    """The questions of a session.

    Args:
        node: the session screen.
        screen: the same screen, by its interface for questions.
    """

    def __init__(self, node: Screen[Any], screen: AskingScreen) -> None:
        self._node = node
        self._screen = screen
        self._runner = screen.runner

    def end(self, end: Callable[[], None]) -> None:
        """Ask whether to end the session; the clock keeps running."""

        def answered(yes: bool | None) -> None:
            self._screen.ask()
            if yes:
                end()

        question = Question("End this session?", "The clock keeps running. What you walked is saved.", yes="end it")
        self._node.app.push_screen(question, answered)
        keys, phrases = keymap_of(services_of(self._node)).keys, self._runner.config.cues.phrases
        self._screen.ask(
            (phrases.END_SESSION,),
            phrases.press(phrases.END_BY, keys["question.yes"]),
            phrases.press(phrases.GO_ON_BY, keys["question.no"]),
        )

    def adjust(self) -> None:
        """Open the Adjust panel; the session continues above it."""

        def adjusted(edit: Edit | None) -> None:
            self._screen.ask()
            if edit is not None:
                self._screen.take(self._runner.edit(edit))

        self._node.app.push_screen(AdjustScreen(self._runner.conductor), adjusted)
        keys, phrases = keymap_of(services_of(self._node)).keys, self._runner.config.cues.phrases
        self._screen.ask(
            (phrases.ADJUST,),
            (phrases.CHOOSE_BY_ARROWS,),
            phrases.press(phrases.APPLY_BY, keys["adjust.apply"]),
            phrases.press(phrases.CLOSE_BY, keys["adjust.close"]),
        )

    def go_to(self, index: int) -> None:
        """Ask whether to go to a later interval at once; a turn that leads to it comes first."""
        session, schedule = self._runner.session, self._runner.session.schedule

        def refused() -> bool:
            if session.state.is_over:
                why = "the session is over"
            elif session.schedule is not schedule:
                why = "the workout has changed since you clicked"
            elif index <= session.index:
                why = "you are there" if index == session.index else "you've already walked that part"
            else:
                return False
            self._screen.refuse(why)
            return True

        def answered(yes: bool | None) -> None:
            if yes and not refused():
                self._screen.take(self._runner.skip_to(index))

        if refused():
            return
        services = services_of(self._node)
        undo = keymap_of(services).first("session.undo", ascii_only=services.ascii_only)
        turn = "The turn before it comes first. " if schedule.way_in(session.index, index) != index else ""
        details = f"{about(schedule, index, imperial=services.imperial)}. {turn}{undo} undoes it."
        self._node.app.push_screen(Question("Go there now?", details, yes="go there", no="stay"), answered)
