"""A field for a length or a number: typed, or stepped by key, wheel, or a click on its arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from msgspec import Struct
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_SECONDS
from retro_timer.scheduling.notation import parse_length
from retro_timer.text import clock_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.events import Click, Key, MouseScrollDown, MouseScrollUp


class Unit(Struct, frozen=True):
    """The kind of number in a stepper.

    Attributes:
        read: parses text; raises `WorkoutError` with one sentence if it is invalid.
        show: formats a number as text that `read` accepts.
        least: the minimum for stepping.
        most: the maximum for stepping.
        first: the value of the first step if the field is empty; None if it must not be empty.
        typed: the accepted characters; other keys are passed to the screen.
    """

    read: Callable[[str], int]
    show: Callable[[int], str]
    least: int
    most: int
    first: int | None = None
    typed: str = "0123456789"


def read_count(text: str) -> int:
    """Parse a whole number.

    Raises:
        WorkoutError: if it is not one.
    """
    found = text.strip()
    if not (found.isascii() and found.isdigit() and len(found) <= 6):
        raise WorkoutError("expected a whole number")
    return int(found)


LENGTH: Final = Unit(parse_length, clock_time, 5, MAX_SECONDS, typed="0123456789:.hminsec")
"""Lengths in seconds, such as `1:30`, `90` and `90s`. Less than five is too short to follow, but can be typed."""
COUNT: Final = Unit(read_count, str, 1, 99)


FIELD_KEYS: Final[tuple[BindingType, ...]] = (
    Binding("tab", "app.focus_next", show=False, priority=True),
    Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    Binding("down", "app.focus_next", show=False),
    Binding("up", "app.focus_previous", show=False),
)
"""Bindings for screens with fields; with priority, so that input right after a tab goes to the next field. A list among
the fields keeps its own arrows."""


class StepInput(Input):
    """The input of a stepper.

    Args:
        text: the initial text.
        typed: the accepted characters.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "step(1)", show=False),
        Binding("left", "step(-1)", show=False),
    ]

    class Stepped(Message):
        """A step was requested: 1 up, -1 down."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    def __init__(self, text: str, typed: str) -> None:
        super().__init__(text, compact=True, max_length=12)
        self._typed = typed

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002  (Textual's signature)
        """Whether the field consumes a key as input or as a step; + and - always step."""
        return character is not None and character.lower() in {*self._typed, "+", "-", "="}

    def action_step(self, steps: int) -> None:
        """Request a step."""
        self.post_message(self.Stepped(steps))

    async def _on_key(self, event: Key) -> None:
        """Step on + and -; pass characters that are not accepted to the screen."""
        if event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()
            return
        if event.character in ("+", "-", "="):
            self.action_step(-1 if event.character == "-" else 1)
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)


class Stepper(Horizontal):
    """A field for a number that can be typed and stepped."""

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
        &.-focused .step { color: $accent; text-style: bold $cursor-reverse; }
        &.-problem StepInput { color: $error; }
        &:disabled { opacity: 100%; }
        &:disabled .step { color: $panel; }
        &:disabled StepInput { color: $muted; background: $panel; opacity: 100%; }
    }
    """

    class Changed(Message):
        """The number was changed: see `value` and `problem` of the stepper."""

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
        id: str | None = None,  # noqa: A002  (Textual's name)
    ) -> None:
        super().__init__(id=id)
        self._value = value
        self._problem = ""
        self._seen = ""  # the text that was last parsed
        self._taken = True  # whether the owner has the last change
        self._step = step
        self._unit = unit

    @property
    def value(self) -> int | None:
        """The number, or the last valid one; None if the field is empty."""
        return self._value

    @property
    def problem(self) -> str:
        """The error in the typed text, as one sentence; empty if it is valid."""
        return self._problem

    def compose(self) -> ComposeResult:
        """The input between two arrows."""
        yield Static("◂", id="less", classes="step", markup=False)
        self._seen = self._text
        field = StepInput(self._text, self._unit.typed)
        field.cursor_blink = False
        yield field
        yield Static("▸", id="more", classes="step", markup=False)

    def show(self, value: int | None) -> None:
        """Show a number without sending a message."""
        self._display(value)
        self._taken = True

    def _display(self, value: int | None) -> None:
        field = self.query_one(StepInput)
        self._value, self._problem = value, ""
        self._seen = self._text
        self.remove_class("-problem")
        if field.value != self._text:
            with self.prevent(Input.Changed):
                field.value = self._text

    def take(self) -> bool:
        """Parse the typed text; True if the number was changed since the last call or `show`.

        Call this before acting on a key, because messages about the last typed letters may still be queued.
        """
        self._parse()
        changed = not self._taken
        self._taken = True
        return changed

    def _parse(self) -> bool:
        """Parse the typed text if it has changed; True if it has."""
        text = self.query_one(StepInput).value
        if text == self._seen:
            return False
        self._seen = text
        self._taken = False
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
        # A step further beyond a limit keeps a typed value that is already beyond it.
        self._step_to(max(self._value, within) if steps > 0 else min(self._value, within))

    def _step_to(self, value: int | None) -> None:
        if value is not None:
            self._display(value)
            self._taken = False
            self.post_message(self.Changed(self))

    @property
    def _text(self) -> str:
        return "" if self._value is None else self._unit.show(self._value)

    def on_step_input_stepped(self, event: StepInput.Stepped) -> None:
        """Step by key."""
        event.stop()
        self.step(event.steps)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Parse typed text."""
        event.stop()
        if self._parse():
            self.post_message(self.Changed(self))

    def on_input_blurred(self, event: Input.Blurred) -> None:
        """Reformat the typed text."""
        event.stop()
        if self._parse():
            self.post_message(self.Changed(self))
        if not self._problem:
            self._display(self._value)

    def on_descendant_focus(self) -> None:
        """Highlight the arrows; `:focus-within` does not apply to children of the matched widget."""
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """Remove the highlight."""
        self.remove_class("-focused")

    def on_click(self, event: Click) -> None:
        """Step by click."""
        if self.disabled or event.widget is None:
            return
        steps = {"less": -1, "more": 1}.get(event.widget.id or "", 0)
        if steps:
            event.stop()
            self.query_one(StepInput).focus()
            self.step(steps)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Step up by wheel if the field has the focus; otherwise the wheel scrolls."""
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Step down by wheel."""
        self._wheel(event, -1)

    def _wheel(self, event: MouseScrollUp | MouseScrollDown, steps: int) -> None:
        if self.query_one(StepInput).has_focus:
            event.stop()
            event.prevent_default()
            self.step(steps)
