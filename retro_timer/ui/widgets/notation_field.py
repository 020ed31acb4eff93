"""An input field for notation, with a marker below the column of an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from rich.highlighter import Highlighter
from textual.containers import Vertical
from textual.events import Paste
from textual.message import Message
from textual.widgets import Input

from retro_timer.scheduling.model import MAX_NOTATION
from retro_timer.scheduling.notation import phases_in
from retro_timer.scheduling.phases import Phase
from retro_timer.ui.widgets.line import Line

if TYPE_CHECKING:
    from rich.text import Text
    from textual.app import ComposeResult


COLOURED: Final = 4000
"""Maximum length of coloured notation in characters; all of it is parsed again for each typed letter."""


class _InPhaseColours(Highlighter):
    """Gives the phases in notation their colours."""

    def __init__(self, field: NotationInput) -> None:
        self._field = field

    def highlight(self, text: Text) -> None:
        """Colour a text."""
        if len(text) > COLOURED:
            return
        for start, end, phase in phases_in(text.plain):
            text.stylize(self._field.get_component_rich_style(f"notation--{phase.value}", partial=True), start, end)


class NotationInput(Input):
    """An input for one line of notation, in the colours of its phases; pasted lines are joined."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"notation--{phase.value}" for phase in Phase}
    DEFAULT_CSS = """
    NotationInput {
        .notation--warm-up { color: $phase-warm-up; }
        .notation--backward { color: $phase-backward; }
        .notation--turn { color: $phase-turn; }
        .notation--forward { color: $phase-forward; }
        .notation--rest { color: $phase-rest; }
        .notation--cool-down { color: $phase-cool-down; }
    }
    """

    def __init__(self, notation: str) -> None:
        super().__init__(notation, compact=True, select_on_focus=False, max_length=MAX_NOTATION)
        self.highlighter = _InPhaseColours(self)
        self.cursor_blink = False

    def _on_paste(self, event: Paste) -> None:
        """Insert all pasted lines, not only the first."""
        super()._on_paste(Paste(" ".join(event.text.split())))
        event.stop()
        event.prevent_default()


class NotationField(Vertical):
    """A notation field with its error message."""

    DEFAULT_CSS = """
    NotationField {
        width: 1fr; height: 3;
        Input { background: $background; color: $foreground; }
        Input.-textual-compact { padding: 0; }
        Input:focus { background: $background; background-tint: $background 0%; }
        Line { color: $error; }
    }
    """

    class Changed(Message):
        """The notation was changed: see `notation`."""

    def __init__(self, notation: str) -> None:
        super().__init__()
        self._notation = notation

    @property
    def notation(self) -> str:
        """The current text."""
        return self.query_one(NotationInput).value

    def compose(self) -> ComposeResult:
        """The input and two lines below it."""
        yield NotationInput(self._notation)
        yield Line(id="mark")
        yield Line(id="problem")

    def show(self, notation: str, problem: str, column: int) -> None:
        """Show notation and its error at a column counted from 1, without sending a message."""
        field = self.query_one(NotationInput)
        if field.value != notation:
            with self.prevent(Input.Changed):
                field.value = notation
                field.cursor_position = len(notation)
        mark, line = self._marked(problem, column)
        self.query_one("#mark", Line).show(mark)
        self.query_one("#problem", Line).show(line)

    def focus_at(self, column: int) -> None:
        """Focus the field at a column counted from 1."""
        field = self.query_one(NotationInput)
        field.focus()
        field.cursor_position = max(0, column - 1)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Forward the change."""
        event.stop()
        self.post_message(self.Changed())

    def _marked(self, problem: str, column: int) -> tuple[str, str]:
        """A pointer to the column with the error next to it, on two lines if it does not fit on one."""
        if not problem or not column:
            return problem, ""
        field = self.query_one(NotationInput)
        width, height = self.size
        at = cell_len(field.value[: column - 1]) - round(field.scroll_offset.x)
        if not 0 <= at < width:
            return f"column {column}: {problem}", ""
        if at + 2 + cell_len(problem) <= width:
            return f"{' ' * at}▲ {problem}", ""
        left = at - 1 - cell_len(problem)
        if left >= 0:
            return f"{' ' * left}{problem} ▲", ""
        return (f"{' ' * at}▲", problem) if height > 2 else (f"column {column}: {problem}", "")
