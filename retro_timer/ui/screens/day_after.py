"""How was the day after the last walk? Asked once, the next time the program starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from retro_timer.storage.model import NextDay

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from retro_timer.storage.model import Summary

ANSWERS = ((NextDay.NORMAL, "n", "Normal"), (NextDay.SORE, "s", "Sore, or painful"))


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
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", f"answer('{NextDay.UNTOLD.value}')", "rather not say"),
        *(Binding(key, f"answer('{answer.value}')", text) for answer, key, text in ANSWERS),
    ]

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
            for answer, key, text in ANSWERS:
                yield Button(f"{text} ({key})", id=answer.value)
            yield Button("Rather not say (esc)", id=NextDay.UNTOLD.value)

    def on_mount(self) -> None:
        """The usual answer has the focus."""
        self.query_one(f"#{NextDay.NORMAL.value}", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer by button."""
        self.dismiss(NextDay(event.button.id or NextDay.UNTOLD))

    def action_answer(self, answer: str) -> None:
        """Answer by key."""
        self.dismiss(NextDay(answer))
