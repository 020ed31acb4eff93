"""A field for a phase: changed with the left and right keys, by its first letter, or by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from retro_timer.scheduling.phases import Phase
from retro_timer.ui.view_model import NAMES, SYMBOLS

if TYPE_CHECKING:
    from textual.events import Click, Key

PHASES = tuple(Phase)
_WIDTH = max(map(len, NAMES.values())) + 2


class PhaseChoice(Widget, can_focus=True):
    """Shows a phase between two arrows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"phase--arrow", *(f"phase--{phase.value}" for phase in Phase)}
    DEFAULT_CSS = """
    PhaseChoice {
        width: 1fr; height: 1;
        .phase--arrow { color: $muted; }
        &:focus { text-style: bold; }
        &:focus .phase--arrow { color: $accent; text-style: bold $cursor-reverse; }
        .phase--warm-up { color: $phase-warm-up; background: $background; }
        .phase--backward { color: $phase-backward; background: $background; }
        .phase--turn { color: $phase-turn; background: $background; }
        .phase--forward { color: $phase-forward; background: $background; }
        .phase--rest { color: $phase-rest; background: $background; }
        .phase--cool-down { color: $phase-cool-down; background: $background; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "turn(1)", show=False),
        Binding("left", "turn(-1)", show=False),
    ]

    class Changed(Message):
        """Another phase was chosen."""

        def __init__(self, phase: Phase) -> None:
            super().__init__()
            self.phase = phase

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._phase = Phase.WARM_UP

    def show(self, phase: Phase) -> None:
        """Show a phase without sending a message."""
        if phase is not self._phase:
            self._phase = phase
            self.refresh()

    def choose(self, phase: Phase) -> None:
        """Choose a phase and send a message."""
        if phase is not self._phase:
            self.show(phase)
            self.post_message(self.Changed(phase))

    def action_turn(self, by: int) -> None:
        """Choose the next or previous phase."""
        self.choose(PHASES[(PHASES.index(self._phase) + by) % len(PHASES)])

    def on_key(self, event: Key) -> None:
        """Choose the phase that starts with the typed letter."""
        for phase in PHASES:
            if event.character is not None and phase.value[0] == event.character.lower():
                event.stop()
                self.choose(phase)
                return

    def on_click(self, event: Click) -> None:
        """Choose the previous phase on the left arrow, otherwise the next."""
        self.action_turn(-1 if event.x < 2 else 1)

    def render_line(self, y: int) -> Strip:
        """Render the phase between its arrows."""
        arrow = self.get_component_rich_style("phase--arrow")
        style = self.get_component_rich_style(f"phase--{self._phase.value}")
        text = f" {SYMBOLS[self._phase]} {NAMES[self._phase]}".ljust(_WIDTH + 2)
        segments = [Segment("◂ ", arrow), Segment(text, style), Segment(" ▸", arrow)]
        return Strip(segments if y == 0 else []).adjust_cell_length(self.size.width, self.rich_style)
