"""A question with a row of answers, chosen by digit, arrow keys or click."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.events import Click, Key
    from textual.timer import Timer


WAIT_FOR_MORE: Final = 0.8
"""Seconds to wait for a second digit before the first one counts alone."""


def _stay(_scale: Scale) -> None:
    """Stay at the answered question."""


class Scale(Widget, can_focus=True):
    """Asks a question; initially no answer is chosen.

    The left and right keys move between the answers, a digit or the first letter of a word chooses its answer, and
    backspace clears it. Unless the scale is inline, the meaning of the chosen answer is shown after the question;
    without an answer, the meaning of the ends.

    A typed answer moves on to the next question. After a 1 that could become 10, the scale waits a moment for the 0.

    Args:
        question: a few words.
        answers: the answers in order.
        meaning: returns the meaning of an answer in a few words.
        inline: whether to show the answers on the question's line.
        ends: the meaning of the ends of the scale, shown while no answer is chosen.

    Attributes:
        value: the index of the chosen answer; None for no answer.
        move_on: focuses the next question and returns it, or None if there is none. By default, the focus stays.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"scale--chosen", "scale--answer", "scale--meaning"}
    DEFAULT_CSS = """
    Scale {
        width: 1fr; height: 2; color: $muted;
        &:focus { color: $foreground; text-style: bold $cursor-reverse; }
        .scale--answer { color: $muted; text-style: not reverse; }
        .scale--meaning { color: $accent; text-style: not reverse; }
        .scale--chosen { color: $background; background: $accent; text-style: bold not reverse; }
        &.-inline { height: 1; }
        &:ansi .scale--chosen, &:nocolor .scale--chosen { color: $foreground; text-style: bold reverse; }
    }
    """

    class Changed(Message):
        """An answer was chosen or cleared."""

        def __init__(self, scale: Scale, value: int | None) -> None:
            super().__init__()
            self.scale = scale
            self.value = value

        @property
        def control(self) -> Scale:
            """The scale that sent the message."""
            return self.scale

    def __init__(  # noqa: PLR0913  (a question and how it is shown)
        self,
        question: str,
        answers: Sequence[str],
        *,
        meaning: Callable[[int], str] | None = None,
        inline: bool = False,
        ends: str = "",
        id: str | None = None,  # noqa: A002  (Textual's name)
    ) -> None:
        super().__init__(id=id, classes="-inline" if inline else None)
        self._question = question
        self._answers = tuple(answers)
        self._meaning = meaning
        self._inline = inline
        self._ends = ends
        self._typed = ""
        self._waiting: Timer | None = None
        self.move_on: Callable[[Scale], Scale | None] = _stay
        self.value: int | None = None

    @property
    def meaning_text(self) -> str:
        """The chosen answer with its meaning; without one, the meaning of the ends."""
        if self.value is None:
            return self._ends
        if self._meaning is None:
            return ""
        return f"{self._answers[self.value]} {self._meaning(self.value)}"

    def choose(self, value: int | None) -> None:
        """Choose an answer, or clear it."""
        if value != self.value:
            self.value = value
            self.refresh()
            self.post_message(self.Changed(self, value))

    def show(self, value: int | None) -> None:
        """Show an answer that was given elsewhere; None for no answer."""
        self.value = value
        self.refresh()

    def on_focus(self) -> None:
        """Forget digits typed elsewhere."""
        self._typed = ""

    def on_blur(self) -> None:
        """Stop waiting for a second digit."""
        self._stop_waiting()

    def on_key(self, event: Key) -> None:
        """Choose by key; other keys are passed to the screen."""
        step = {"left": -1, "right": 1}.get(event.key)
        if step:
            start = -1 if step > 0 else len(self._answers)
            self._by_key(
                event, max(0, min(len(self._answers) - 1, (start if self.value is None else self.value) + step))
            )
        elif event.key in ("backspace", "delete"):
            self._by_key(event, None)
        elif event.character and (self._waiting or self._named(event.character) is not None):
            event.stop()
            event.prevent_default()
            self.type(event.character)

    def type(self, character: str) -> None:
        """Choose the answer that a typed character stands for, and move on."""
        waited = self._stop_waiting()
        if waited and self._typed + character not in self._answers and (following := self.move_on(self)):
            following.type(character)
            return
        found = self._named(character)
        if found is None:
            return
        self._typed = character
        self.choose(found)
        longer = (answer for answer in self._answers if answer != character and answer.startswith(character))
        if character.isdigit() and not waited and next(longer, ""):
            self._waiting = self.set_timer(WAIT_FOR_MORE, self._move_on)
            return
        self._move_on()

    def on_click(self, event: Click) -> None:
        """Choose by click."""
        value = event.style.meta.get("answer")
        if isinstance(value, int):
            event.stop()
            self.choose(value)

    def render_line(self, y: int) -> Strip:
        """Render the question with the meaning of the answer, or the answers."""
        width = self.size.width
        if self._inline:
            answers = self._segments()
            used = sum(segment.cell_length for segment in answers)
            left = self._question.ljust(max(0, width - used))[: max(0, width - used)]
            return Strip([Segment(left, self.rich_style), *answers]).adjust_cell_length(width, self.rich_style)
        if y == 0:
            name = "answer" if self.value is None else "meaning"
            meant = Segment(self.meaning_text, self.get_component_rich_style(f"scale--{name}"))
            gap = max(1, width - cell_len(self._question) - cell_len(self.meaning_text))
            strip = Strip([Segment(self._question + " " * gap, self.rich_style), meant])
            return strip.adjust_cell_length(width, self.rich_style)
        return Strip(self._segments() if y == 1 else []).adjust_cell_length(width, self.rich_style)

    def _move_on(self) -> None:
        self._stop_waiting()
        self._typed = ""
        self.move_on(self)

    def _stop_waiting(self) -> bool:
        """Stop waiting for a second digit; returns whether the scale was waiting."""
        waited, self._waiting = self._waiting, None
        if waited:
            waited.stop()
        return waited is not None

    def _segments(self) -> list[Segment]:
        chosen, other = (self.get_component_rich_style(f"scale--{name}") for name in ("chosen", "answer"))
        return [
            Segment(f" {answer} ", (chosen if index == self.value else other) + Style(meta={"answer": index}))
            for index, answer in enumerate(self._answers)
        ]

    def _by_key(self, event: Key, value: int | None) -> None:
        event.stop()
        event.prevent_default()
        self._stop_waiting()
        self._typed = ""
        self.choose(value)

    def _named(self, character: str) -> int | None:
        """The answer for a typed character, combined with the previous one if both form an answer, as in 10."""
        for wanted in (self._typed + character, character):
            if wanted in self._answers:
                return self._answers.index(wanted)
        starts = [index for index, answer in enumerate(self._answers) if answer.startswith(character)]
        return starts[0] if starts and character.isalpha() else None
