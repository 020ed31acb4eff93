"""A modal question with two answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from retro_timer.ui.context import app_of
from retro_timer.ui.keys import bindings, with_key
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.sound_check import Preview
from retro_timer.ui.widgets.keysbar import KeysBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType


class Question(RepaintsRegions, ModalScreen[bool]):
    """Asks a question; dismissed with True for yes, False for no or escape.

    Args:
        question: the question.
        details: what to know before answering.
        yes: the label of the button for yes.
        no: the label of the button for no.
        spoken: the question and its answers as parts of phrases; empty if nothing or the session speaks them.
    """

    DEFAULT_CSS = """
    Question {
        align: center middle;
        & > Vertical {
            width: 52; max-width: 100%; height: auto; max-height: 100%;
            padding: 1 2; background: $panel; border: round $accent;
        }
        Static { width: 1fr; }
        #question { text-style: bold; }
        Horizontal { height: auto; align-horizontal: right; margin-top: 1; }
        Button { margin-left: 1; }
        &.-tiny {
            & > Vertical { padding: 0; border: none; }
            #details { display: none; }
            Horizontal { layout: vertical; margin: 0; }
            Button { height: 1; min-width: 0; margin: 0; border: none !important; }
        }
    }
    """
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (9, "-roomy")]
    can_end_session = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("question", {"yes": "answer(True)", "no": "answer(False)"})

    def __init__(
        self,
        question: str,
        details: str = "",
        *,
        yes: str = "yes",
        no: str = "go on",
        spoken: Sequence[tuple[str, ...]] = (),
    ) -> None:
        super().__init__()
        self._spoken = spoken
        self._voice = Preview(self)
        self._question = question
        self._details = details
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        """Question, details and answers."""
        with Vertical():
            yield Static(self._question, id="question", markup=False)
            if self._details:
                yield Static(self._details, id="details", markup=False)
            if app_of(self).live_session:
                yield KeysBar()
            with Horizontal():
                yield Button(with_key(self, "question.yes", self._yes), id="yes")
                yield Button(with_key(self, "question.no", self._no), id="no", variant="warning")

    def on_mount(self) -> None:
        """Focus the harmless answer, and speak the question."""
        self.query_one("#no", Button).focus()
        if self._spoken:
            self._voice.ask(*self._spoken)

    def on_unmount(self) -> None:
        """Stop the question."""
        self._voice.close()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer by button."""
        if self.is_active:
            self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Answer by key."""
        self.dismiss(yes)
