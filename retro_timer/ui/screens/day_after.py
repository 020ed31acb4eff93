"""The question about the day after the last session, asked once when that day has begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from retro_timer.session.history import NextDay
from retro_timer.ui.context import services_of
from retro_timer.ui.keys import bindings, with_key
from retro_timer.ui.preferences import keymap_of, settings_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.sound_check import Preview

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from retro_timer.session.history import SessionSummary

ANSWERS = (NextDay.NORMAL, NextDay.MUSCLES, NextDay.PAIN, NextDay.UNANSWERED)


class DayAfterScreen(RepaintsRegions, ModalScreen[NextDay]):
    """Asks how the day after a session was; escape leaves it unanswered for good."""

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

    def __init__(self, walked: SessionSummary) -> None:
        super().__init__()
        self._walked = walked
        self._voice = Preview(self)

    def compose(self) -> ComposeResult:
        """Question, session and answers."""
        walked = self._walked
        day = settings_of(services_of(self)).plan.day_of(walked.start.started)
        with Vertical():
            yield Static("How was the day after your last walk?", id="question", markup=False)
            yield Static(f"{walked.planned.title}, {day:%A} {day.day} {day:%B}", id="details", markup=False)
            for answer in ANSWERS:
                yield Button(with_key(self, f"day_after.{answer.value}"), id=answer.value)

    def on_mount(self) -> None:
        """Focus the usual answer, and speak the question."""
        self.query_one(f"#{NextDay.NORMAL.value}", Button).focus()
        services = services_of(self)
        keys, phrases = keymap_of(services).keys, services.phrases
        purposes = (phrases.NORMAL_BY, phrases.SORE_MUSCLES_BY, phrases.MORE_PAIN_BY, phrases.NO_ANSWER_BY)
        answers = [
            phrases.press(purpose, keys[f"day_after.{answer.value}"])
            for purpose, answer in zip(purposes, ANSWERS, strict=True)
        ]
        self._voice.ask((phrases.ASKED["day-after"],), *answers)

    def on_unmount(self) -> None:
        """Stop the question."""
        self._voice.close()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer by button."""
        self.dismiss(NextDay(event.button.id or NextDay.UNANSWERED))

    def action_answer(self, answer: str) -> None:
        """Answer by key."""
        self.dismiss(NextDay(answer))
