"""How was the day after the last walk? Asked once, the next time the program starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from retro_timer.storage.model import NextDay
from retro_timer.ui.keys import bindings, with_key

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from retro_timer.storage.model import Summary

ANSWERS = (NextDay.NORMAL, NextDay.SORE, NextDay.UNTOLD)


class DayAfterScreen(ModalScreen[NextDay]):
    """Asks how the day after a walk was; escape leaves it unanswered, and it is not asked again."""

    DEFAULT_CSS = """
    DayAfterScreen {
        align: center middle;
        & > Vertical {
            width: 52; max-width: 100%; height: auto; max-height: 100%; overflow-y: auto;
            padding: 1 2; background: $panel; border: round $accent;
        }
        Static { width: 1fr; }
        #question { text-style: bold; }
        #details { color: $muted; margin: 0 0 1 0; }
        Button { width: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("day_after", default="answer('{name}')")

    def __init__(self, walked: Summary) -> None:
        super().__init__()
        self._walked = walked

    def compose(self) -> ComposeResult:
        """The question, which walk it is about, and the answers."""
        walked = self._walked
        name = walked.planned.name or walked.planned.notation
        with Vertical():
            yield Static("How was the day after your last walk?", id="question", markup=False)
            yield Static(f"{name}, {walked.day:%A} {walked.day.day} {walked.day:%B}", id="details", markup=False)
            for answer in ANSWERS:
                yield Button(with_key(self, f"day_after.{answer.value}"), id=answer.value)

    def on_mount(self) -> None:
        """The usual answer has the focus."""
        self.query_one(f"#{NextDay.NORMAL.value}", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer by button."""
        self.dismiss(NextDay(event.button.id or NextDay.UNTOLD))

    def action_answer(self, answer: str) -> None:
        """Answer by key."""
        self.dismiss(NextDay(answer))
