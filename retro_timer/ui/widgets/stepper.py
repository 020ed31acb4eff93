"""A field for a length or a number: typed, or stepped by key, by wheel, or by a click on the arrows beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import parse_length
from retro_timer.scheduling.show import clock_time
from retro_timer.scheduling.workout import MAX_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.events import Click, Key, MouseScrollDown, MouseScrollUp


@dataclass(frozen=True, slots=True)
class Unit:
    """What a stepper holds.

    Attributes:
        read: what was typed as a number; raises `WorkoutError` with one sentence when it is none.
        show: a number as it is shown, which can be read again.
        least: the number at which stepping down stops.
        most: the number at which stepping up stops.
        first: what the first step gives where there is no number; None when there has to be one.
    """

    read: Callable[[str], int]
    show: Callable[[int], str]
    least: int
    most: int
    first: int | None = None


def read_count(text: str) -> int:
    """A whole number.

    Raises:
        WorkoutError: when it is none.
    """
    found = text.strip()
    if not (found.isascii() and found.isdigit() and len(found) <= 6):
        raise WorkoutError("expected a whole number")
    return int(found)


LENGTH: Final = Unit(parse_length, clock_time, 5, MAX_SECONDS)
"""Seconds: `1:30`, `90` and `90s` are read. Less than five cannot be followed, but can be typed."""
COUNT: Final = Unit(read_count, str, 1, 99)


FIELD_KEYS: Final[tuple[BindingType, ...]] = (
    Binding("tab", "app.focus_next", show=False, priority=True),
    Binding("shift+tab", "app.focus_previous", show=False, priority=True),
)
"""For screens with fields: with priority, what is typed right behind a tab goes to the next field already."""


class StepInput(Input):
    """The text of a stepper."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(1)", show=False),
        Binding("down", "step(-1)", show=False),
    ]

    class Stepped(Message):
        """A step was asked for: 1 up, -1 down."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    def action_step(self, steps: int) -> None:
        """Ask for a step."""
        self.post_message(self.Stepped(steps))

    async def _on_key(self, event: Key) -> None:
        """No length and no number has a sign: + and - are steps."""
        if event.character in ("+", "-", "="):
            self.action_step(-1 if event.character == "-" else 1)
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)


class Stepper(Horizontal):
    """A number that can be typed and stepped."""

    DEFAULT_CSS = """
    Stepper {
        width: 12; height: 1;
        .step { width: 2; color: $muted; }
        .step:hover { color: $accent; text-style: bold; }
        #less { text-align: left; }
        #more { text-align: right; }
        StepInput { width: 1fr; background: $background; color: $foreground; text-align: center; }
        StepInput.-textual-compact { padding: 0 1; }
        StepInput:focus { background: $background; background-tint: $background 0%; text-style: bold; }
        &.-focused .step { color: $accent; text-style: bold; }
        &.-problem StepInput { color: $error; }
        &:disabled { opacity: 100%; }
        &:disabled .step { color: $panel; }
        &:disabled StepInput { color: $muted; background: $panel; opacity: 100%; }
    }
    """

    class Changed(Message):
        """The number was typed or stepped: see `value` and `problem` of the stepper."""

        def __init__(self, stepper: Stepper) -> None:
            super().__init__()
            self.stepper = stepper

        @property
        def control(self) -> Stepper:
            """The stepper."""
            return self.stepper

    def __init__(
        self,
        value: int | None = None,
        *,
        step: int = 1,
        unit: Unit = LENGTH,
        ascii_only: bool = False,
        id: str | None = None,  # noqa: A002  (Textual's name)
    ) -> None:
        super().__init__(id=id)
        self._value = value
        self._problem = ""
        self._seen = ""  # the text that was read last
        self._step = step
        self._unit = unit
        self._signs = ("-", "+") if ascii_only else ("◂", "▸")

    @property
    def value(self) -> int | None:
        """The number, the last one that could be read; None when there is none."""
        return self._value

    @property
    def problem(self) -> str:
        """Why what was typed cannot be read, in one sentence; empty when it can."""
        return self._problem

    def compose(self) -> ComposeResult:
        """The text between its two arrows."""
        yield Static(self._signs[0], id="less", classes="step", markup=False)
        self._seen = self._text
        field = StepInput(self._text, compact=True, max_length=12)
        field.cursor_blink = False
        yield field
        yield Static(self._signs[1], id="more", classes="step", markup=False)

    def show(self, value: int | None) -> None:
        """Show another number, without a message about it."""
        field = self.query_one(StepInput)
        self._value, self._problem = value, ""
        self._seen = self._text
        self.remove_class("-problem")
        if field.value != self._text:
            with self.prevent(Input.Changed):
                field.value = self._text

    def take(self) -> bool:
        """Read what was typed, when that has not been done; True when there is something new.

        Messages about it take their time: who acts on a key asks here, so that letters typed just before it count.
        """
        text = self.query_one(StepInput).value
        if text == self._seen:
            return False
        self._seen = text
        self._problem = ""
        if self._unit.first is not None and not text.strip():
            self._value = None
        else:
            try:
                self._value = self._unit.read(text)
            except WorkoutError as error:
                self._problem = str(error)
        self.set_class(bool(self._problem), "-problem")
        return True

    def step(self, steps: int) -> None:
        """Step up or down."""
        if self.disabled:
            return
        if self._value is None:
            self._step_to(self._unit.first)
            return
        wanted = self._value + steps * self._step
        within = max(self._unit.least, min(wanted, self._unit.most))
        # What was typed beyond the limits is not pulled back by a step away from them.
        self._step_to(max(self._value, within) if steps > 0 else min(self._value, within))

    def _step_to(self, value: int | None) -> None:
        if value is not None:
            self.show(value)
            self.post_message(self.Changed(self))

    @property
    def _text(self) -> str:
        return "" if self._value is None else self._unit.show(self._value)

    def on_step_input_stepped(self, event: StepInput.Stepped) -> None:
        """By key."""
        event.stop()
        self.step(event.steps)

    def on_input_changed(self, event: Input.Changed) -> None:
        """As it is typed."""
        event.stop()
        if self.take():
            self.post_message(self.Changed(self))

    def on_input_blurred(self, event: Input.Blurred) -> None:
        """Write what was typed the way it is shown."""
        event.stop()
        if self.take():
            self.post_message(self.Changed(self))
        if not self._problem:
            self.show(self._value)

    def on_descendant_focus(self) -> None:
        """Light up the arrows; `:focus-within` does not reach the children of what it matches."""
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """Dim the arrows."""
        self.remove_class("-focused")

    def on_click(self, event: Click) -> None:
        """A step by mouse."""
        if self.disabled or event.widget is None:
            return
        steps = {"less": -1, "more": 1}.get(event.widget.id or "", 0)
        if steps:
            event.stop()
            self.query_one(StepInput).focus()
            self.step(steps)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """A step up by wheel, where the field has the focus: else the wheel scrolls."""
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """A step down by wheel."""
        self._wheel(event, -1)

    def _wheel(self, event: MouseScrollUp | MouseScrollDown, steps: int) -> None:
        if self.query_one(StepInput).has_focus:
            event.stop()
            event.prevent_default()
            self.step(steps)
