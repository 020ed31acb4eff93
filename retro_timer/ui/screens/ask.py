"""Modal questions that are answered with text or with one of several keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from retro_timer.errors import UserError
from retro_timer.ui.keys import bindings
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.run_in_thread import in_thread
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

Answer = TypeVar("Answer")


class Ask(RepaintsRegions, ModalScreen[Answer | None], Generic[Answer]):
    """Asks for text and passes it to `accept` in a thread, so that it may read and write files.

    Dismissed with the result of `accept`, or None. If it raises a `UserError`, the error is shown and the text kept.

    Args:
        question: one line.
        value: the initial text.
        accept: handles the text.
        details: further text.
        word: the label of the enter key.
    """

    CSS_PATH = "ask.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "no")]

    def __init__(
        self, question: str, value: str, accept: Callable[[str], Answer], *, details: str = "", word: str = "save"
    ) -> None:
        super().__init__()
        self._question = question
        self._value = value
        self._accept = accept
        self._details = details
        self._word = word
        self._working = False

    def compose(self) -> ComposeResult:
        """Question, field, error and keys."""
        with Vertical():
            yield Static(self._question, id="question", markup=False)
            if self._details:
                yield Static(self._details, markup=False)
            field = Input(self._value, compact=True, max_length=4096)
            field.cursor_blink = False
            yield field
            yield Static(id="problem", markup=False)
            yield KeysBar([Fixed("enter", self._word, "accept"), Fixed("esc", "no", "close")])

    def on_input_changed(self) -> None:
        """Clear the error after a change."""
        self.query_one("#problem", Static).update("")

    def on_input_submitted(self) -> None:
        """Accept on enter."""
        self.action_accept()

    def action_accept(self) -> None:
        """Pass the text to `accept`."""
        if not self._working:
            self._working = True
            self.run_worker(self._do(self.query_one(Input).value.strip()))

    def action_close(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    async def _do(self, words: str) -> None:
        try:
            answer = await in_thread(self._accept, words)
        except UserError as error:
            self.query_one("#problem", Static).update(str(error))
        else:
            if self.is_active:
                self.dismiss(answer)
        finally:
            self._working = False


class Choose(RepaintsRegions, ModalScreen[str | None]):
    """Asks what to do with an incoming workout; dismissed with the answer, or None.

    Args:
        question: one line.
        answers: names of actions of the scope `incoming`.
        details: further text.
    """

    CSS_PATH = "ask.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("incoming", {"close": "close"}, default="answer('{name}')")

    def __init__(self, question: str, answers: Sequence[str], *, details: str = "") -> None:
        super().__init__()
        self._question = question
        self._answers = tuple(answers)
        self._details = details

    def compose(self) -> ComposeResult:
        """Question and keys."""
        with Vertical():
            yield Static(self._question, id="question", markup=False)
            if self._details:
                yield Static(self._details, markup=False)
            yield Line()
            yield KeysBar([*(Hint(f"incoming.{answer}") for answer in self._answers), Hint("incoming.close")])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow only the offered answers."""
        return action != "answer" or parameters[0] in self._answers

    def action_answer(self, answer: str) -> None:
        """Answer by key or by click."""
        self.dismiss(answer)

    def action_close(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
