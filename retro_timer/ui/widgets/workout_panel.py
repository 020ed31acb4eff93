"""The builder's workout as a whole: its name, totals, profile and notation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.widgets import Input

from retro_timer.scheduling.model import MAX_NAME, Workout
from retro_timer.scheduling.schedule import flatten
from retro_timer.text import clock_time
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.notation_field import NotationField
from retro_timer.ui.widgets.panel import Panel
from retro_timer.ui.widgets.profile import Profile

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from retro_timer.scheduling.builder_document import BuilderDocument
    from retro_timer.scheduling.model import Block


class WorkoutPanel(Panel):
    """Shows a builder document; `name_typed` and `notation` read its fields.

    Args:
        title: the title of the panel.
        draft: the document.
    """

    DEFAULT_CSS = """
    WorkoutPanel {
        height: auto;
        #head { height: 1; }
        #name { width: 1fr; background: $background; color: $accent; text-style: bold; }
        #name.-textual-compact { padding: 0; }
        #name:focus { background: $panel; background-tint: $panel 0%; }
        #totals { width: 40; color: $muted; }
        NotationInput:focus { background: $panel; }
    }
    """

    def __init__(self, title: str, draft: BuilderDocument) -> None:
        super().__init__(title, id="workout")
        self._draft = draft
        self.shown: tuple[Block, ...] = ()
        """The blocks of the displayed profile and totals."""

    def compose(self) -> ComposeResult:
        """Name and totals, profile, notation."""
        with Horizontal(id="head"):
            name = Input(
                self._draft.name, compact=True, max_length=MAX_NAME, placeholder="name of the workout", id="name"
            )
            name.cursor_blink = False
            yield name
            yield Line(id="totals")
        yield Profile(marker=False)
        yield NotationField(self._draft.notation)

    @property
    def name_typed(self) -> str:
        """The name as typed."""
        return self.query_one("#name", Input).value

    @property
    def notation(self) -> str:
        """The notation as typed."""
        return self.query_one(NotationField).notation

    def focus_name(self) -> None:
        """Focus the name."""
        self.query_one("#name", Input).focus()

    def show(self, draft: BuilderDocument) -> bool:
        """Show a document; the text being typed is not reformatted. Returns whether the blocks have changed."""
        name = self.query_one("#name", Input)
        if name.value != draft.name:
            with self.prevent(Input.Changed):
                name.value = draft.name
        self.query_one(NotationField).show(draft.notation, draft.problem, draft.column)
        if draft.outline.blocks is self.shown:
            return False
        self.shown = draft.outline.blocks
        workout = Workout(self.shown)
        self.query_one(Profile).show(flatten(workout))
        self.query_one("#totals", Line).show(right=totals(workout))
        return True


def totals(workout: Workout) -> str:
    """The length of a workout, and how much of it is backward."""
    total, backward = workout.total_seconds, workout.backward_seconds
    share = round(100 * backward / total)
    return f"{clock_time(total)}   {clock_time(backward)} backward   {share} %"
