"""Questions about unsaved changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retro_timer.ui.screens.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen


def ask_to_walk(screen: Screen[Any], walk: Callable[[], object]) -> None:
    """Ask whether to walk a workout without saving it first."""
    details = "You walk your changes without saving them. You can still save them after the session."
    _ask(screen, Question("Walk without saving?", details, yes="walk", no="stay"), walk)


def ask_to_close(screen: Screen[Any], close: Callable[[], object]) -> None:
    """Ask whether to discard the changes."""
    _ask(screen, Question("Close without saving?", "Your changes will be lost.", yes="close", no="stay"), close)


def ask_which(screen: Screen[Any], name: str, keep: Callable[[], object], load: Callable[[], object]) -> None:
    """Ask whether to keep the walker's version of a workout or to load the one that its file has by now."""
    details = (
        "If you keep yours, the other version stays as a .bak file. If you load the other, undo brings yours back."
    )
    question = Question(
        f"The file of {name} was changed in the meantime.", details, yes="keep mine", no="load the other"
    )
    _ask(screen, question, keep, load)


def _ask(
    screen: Screen[Any], question: Question, act: Callable[[], object], otherwise: Callable[[], object] | None = None
) -> None:
    def answered(yes: bool | None) -> None:
        if yes:
            act()
        elif otherwise is not None:
            otherwise()

    screen.app.push_screen(question, answered)
