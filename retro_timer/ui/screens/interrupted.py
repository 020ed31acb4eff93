"""An interrupted session was found: resume it where it was, keep it as it is, or discard it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.show import clock_time
from retro_timer.ui.keys import bindings, with_key

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from retro_timer.scheduling.workout import Workout
    from retro_timer.storage.model import Interrupted


class Decision(StrEnum):
    """What becomes of an interrupted session."""

    RESUME = "resume"
    KEEP = "keep"
    DISCARD = "discard"


class InterruptedScreen(ModalScreen[Decision]):
    """Asks what becomes of an interrupted session; escape decides nothing, and it is offered again next time."""

    DEFAULT_CSS = """
    InterruptedScreen {
        align: center middle;
        & > Vertical {
            width: 56; max-width: 100%; height: auto; max-height: 100%; overflow-y: auto;
            padding: 1 2; background: $panel; border: round $accent;
        }
        Static { width: 1fr; }
        #question { text-style: bold; }
        #details { color: $muted; margin: 0 0 1 0; }
        Button { width: 1fr; margin: 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "interrupted", {"later": "dismiss(None)"}, default="decide('{name}')"
    )

    def __init__(self, walk: Interrupted) -> None:
        super().__init__()
        self._walk = walk

    def compose(self) -> ComposeResult:
        """What was found, and the answers."""
        with Vertical():
            yield Static("A session was interrupted", id="question", markup=False)
            yield Static(described(self._walk), id="details", markup=False)
            for decision in Decision:
                yield Button(with_key(self, f"interrupted.{decision.value}"), id=decision.value)
            yield Button(with_key(self, "interrupted.later"), id="later")

    def on_mount(self) -> None:
        """Resuming has the focus."""
        self.query_one(f"#{Decision.RESUME}", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Decide by button."""
        answer = event.button.id
        self.dismiss(Decision(answer) if answer in list(Decision) else None)

    def action_decide(self, decision: str) -> None:
        """Decide by key."""
        self.dismiss(Decision(decision))


def workout_of(walk: Interrupted) -> Workout:
    """The workout that an interrupted session was planned as."""
    return parse(walk.planned.notation, name=walk.planned.name, workout_id=walk.planned.workout_id)


def described(walk: Interrupted) -> str:
    """An interrupted session in one line: what, when, how far."""
    record = walk.record
    name = walk.planned.name or walk.planned.notation
    at, total = clock_time(record.position // 1000), clock_time(record.schedule.total)
    return f"{name}, begun {walk.start.started:%Y-%m-%d %H:%M}, stopped at {at} of {total}"
