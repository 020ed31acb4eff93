"""A question with a row of answers, one of which may be chosen: by digit, by arrow keys or by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.events import Click, Key


class Scale(Widget, can_focus=True):
    """Asks one question; nothing is chosen until something is.

    Left and right move, a digit goes to its answer, the first letter of a word too, backspace takes it back. With the
    answers in a line of their own what the chosen one means stands behind the question.

    Args:
        question: a few words.
        answers: in order.
        meaning: what an answer means, in a few words.
        value: the index of the chosen answer, None without one.
        inline: whether the answers stand behind the question.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"scale--chosen", "scale--answer", "scale--meaning"}
    DEFAULT_CSS = """
    Scale {
        width: 1fr; height: 2; color: $muted;
        &:focus { color: $foreground; text-style: bold; }
        .scale--answer { color: $muted; }
        .scale--meaning { color: $accent; }
        .scale--chosen { color: $background; background: $accent; text-style: bold; }
        &.-inline { height: 1; }
        &:ansi .scale--chosen, &:nocolor .scale--chosen { color: $foreground; text-style: bold reverse; }
    }
    """

    class Changed(Message):
        """Another answer was chosen, or none any more."""

        def __init__(self, scale: Scale, value: int | None) -> None:
            super().__init__()
            self.scale = scale
            self.value = value

        @property
        def control(self) -> Scale:
            """The question."""
            return self.scale

    def __init__(  # noqa: PLR0913  (a question and how it is shown)
        self,
        question: str,
        answers: Sequence[str],
        *,
        meaning: Callable[[int], str] | None = None,
        value: int | None = None,
        inline: bool = False,
        id: str | None = None,  # noqa: A002  (Textual's name)
    ) -> None:
        super().__init__(id=id, classes="-inline" if inline else None)
        self._question = question
        self._answers = tuple(answers)
        self._meaning = meaning
        self._inline = inline
        self._typed = ""
        self.value = value

    @property
    def said(self) -> str:
        """What the chosen answer means; empty without one."""
        if self.value is None or self._meaning is None:
            return ""
        return f"{self._answers[self.value]} {self._meaning(self.value)}"

    def choose(self, value: int | None) -> None:
        """Choose an answer, or none."""
        if value != self.value:
            self.value = value
            self.refresh()
            self.post_message(self.Changed(self, value))

    def on_focus(self) -> None:
        """Digits typed elsewhere do not count here."""
        self._typed = ""

    def on_key(self, event: Key) -> None:
        """Choose by key; every other key goes on to the screen."""
        step = {"left": -1, "right": 1}.get(event.key)
        if step:
            start = -1 if step > 0 else len(self._answers)
            self._by_key(
                event, max(0, min(len(self._answers) - 1, (start if self.value is None else self.value) + step))
            )
        elif event.key in ("backspace", "delete"):
            self._by_key(event, None)
        elif event.character and (found := self._named(event.character)) is not None:
            self._by_key(event, found, typed=event.character)

    def on_click(self, event: Click) -> None:
        """Choose by mouse."""
        value = event.style.meta.get("answer")
        if isinstance(value, int):
            event.stop()
            self.choose(value)

    def render_line(self, y: int) -> Strip:
        """The question and what the answer means, or the answers."""
        width = self.size.width
        if self._inline:
            answers = self._segments()
            used = sum(segment.cell_length for segment in answers)
            left = self._question.ljust(max(0, width - used))[: max(0, width - used)]
            return Strip([Segment(left, self.rich_style), *answers]).adjust_cell_length(width, self.rich_style)
        if y == 0:
            meant = Segment(self.said, self.get_component_rich_style("scale--meaning"))
            gap = max(1, width - cell_len(self._question) - cell_len(self.said))
            strip = Strip([Segment(self._question + " " * gap, self.rich_style), meant])
            return strip.adjust_cell_length(width, self.rich_style)
        return Strip(self._segments() if y == 1 else []).adjust_cell_length(width, self.rich_style)

    def _segments(self) -> list[Segment]:
        chosen, other = (self.get_component_rich_style(f"scale--{name}") for name in ("chosen", "answer"))
        return [
            Segment(f" {answer} ", (chosen if index == self.value else other) + Style(meta={"answer": index}))
            for index, answer in enumerate(self._answers)
        ]

    def _by_key(self, event: Key, value: int | None, typed: str = "") -> None:
        event.stop()
        event.prevent_default()
        self._typed = typed
        self.choose(value)

    def _named(self, character: str) -> int | None:
        """The answer that a character names: with the one before it where both together do, as for 10."""
        for wanted in (self._typed + character, character):
            if wanted in self._answers:
                return self._answers.index(wanted)
        starts = [index for index, answer in enumerate(self._answers) if answer.startswith(character)]
        return starts[0] if starts and character.isalpha() else None
