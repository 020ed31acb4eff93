"""A form for a block: phase, length, speed and label of an interval, or the rounds of a repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_LABEL, MAX_REPEATS, Interval, Repeat, total_seconds
from retro_timer.scheduling.units import kmh, mph
from retro_timer.text import clock_time
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.phase_choice import PhaseChoice
from retro_timer.ui.widgets.stepper import StepInput, Stepper, Unit, read_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.app import ComposeResult
    from textual.widget import Widget

    from retro_timer.scheduling.model import Block
    from retro_timer.session.actions import Steps

HUNDRED: Final = 100
"""Speeds are handled in hundredths of the walker's unit."""
ROUNDS: Final = Unit(read_count, str, 1, MAX_REPEATS)


class BlockForm(Vertical):
    """Shows a block and sends messages about changes."""

    DEFAULT_CSS = """
    BlockForm {
        width: 36; height: auto;
        .field { height: 1; width: 1fr; }
        .field > .name { width: 9; color: $muted; }
        .field.-focused > .name { color: $foreground; text-style: bold; }
        Stepper { width: 19; }
        .unit { color: $muted; padding: 0 0 0 1; }
        #label { background: $background; color: $foreground; margin: 0 2; }
        #label.-textual-compact { padding: 0 1; }
        #label:focus { background: $background; background-tint: $background 0%; }
        #about { color: $muted; }
        #field-problem { color: $error; }
        .for-repeat { display: none; }
        &.-repeat .for-repeat { display: block; }
        &.-repeat .for-interval { display: none; }
    }
    """

    class Changed(Message):
        """The block was changed; `kind` is the field, so that letters typed into one field are undone together."""

        def __init__(self, block: Block, kind: str) -> None:
            super().__init__()
            self.block = block
            self.kind = kind

    def __init__(self, block: Block, steps: Steps, *, imperial: bool = False) -> None:
        super().__init__()
        self._block = block
        self._steps = steps
        self._imperial = imperial
        self._problems: dict[str, str] = {}

    @property
    def problem(self) -> str:
        """The first error as one sentence; empty if there is none."""
        return next((f"{field}: {problem}" for field, problem in self._problems.items()), "")

    @property
    def block(self) -> Block:
        """The displayed block."""
        return self._block

    def compose(self) -> ComposeResult:
        """One row per field."""
        yield from _field("phase", PhaseChoice(id="phase"))
        yield from _field("length", Stepper(step=self._steps.bout, id="length"))
        unit = "mph" if self._imperial else "km/h"
        yield from _field("speed", Stepper(step=10, unit=self._speed_unit(), id="speed"), unit)
        label = Input(compact=True, max_length=MAX_LABEL, placeholder="your own words", id="label")
        label.cursor_blink = False
        yield from _field("label", label)
        yield from _field("rounds", Stepper(unit=ROUNDS, id="rounds"), css_class="for-repeat")
        about = Line(id="about")
        about.add_class("for-repeat")
        yield about
        yield Line(id="field-problem")

    def on_mount(self) -> None:
        """Show the first block."""
        self.show(self._block)

    def show(self, block: Block) -> None:
        """Show a block without sending a message."""
        self._block = block
        self._problems.clear()
        self._show_problem()
        self.set_class(isinstance(block, Repeat), "-repeat")
        if isinstance(block, Repeat):
            self.query_one("#rounds", Stepper).show(block.times)
            once = clock_time(total_seconds(block.body))
            between = total_seconds(block.between)
            self.query_one("#about", Line).show(
                f"{once} each" + (f", {clock_time(between)} between" if between else "")
            )
            return
        self.query_one(PhaseChoice).show(block.phase)
        self.query_one("#length", Stepper).show(block.duration)
        self.query_one("#speed", Stepper).show(self._hundredths(block.speed_kmh))
        label = self.query_one("#label", Input)
        if label.value != block.label:
            with self.prevent(Input.Changed):
                label.value = block.label

    def open(self) -> None:
        """Focus the first field with an error, otherwise the most frequently changed one."""
        if self._problems:
            field = self.query_one(f"#{next(iter(self._problems))}")
            (field.query_one(StepInput) if isinstance(field, Stepper) else field).focus()
            return
        self.query_one("#rounds StepInput" if isinstance(self._block, Repeat) else "#length StepInput").focus()

    def step(self, steps: int) -> None:
        """Make the block longer or shorter."""
        stepper = self.query_one("#rounds" if isinstance(self._block, Repeat) else "#length", Stepper)
        stepper.step(steps)
        self._read(stepper)

    def on_phase_choice_changed(self, event: PhaseChoice.Changed) -> None:
        """Change the phase."""
        event.stop()
        self._change_interval("phase", lambda interval: replace(interval, phase=event.phase))

    def gather(self) -> None:
        """Read all input, including changes whose messages are still queued."""
        for stepper in self.query(Stepper):
            if stepper.take():
                self._read(stepper)
        label = self.query_one("#label", Input).value.strip()
        if isinstance(self._block, Interval) and label != self._block.label:
            self._change_interval("label", lambda interval: replace(interval, label=label))

    def on_stepper_changed(self, event: Stepper.Changed) -> None:
        """Change the length, speed or number of rounds."""
        event.stop()
        self._read(event.stepper)

    def _read(self, stepper: Stepper) -> None:
        value, kind = stepper.value, stepper.id or ""
        if stepper.problem:
            self._problems[kind] = stepper.problem
            self._show_problem()
        elif kind == "speed":
            self._change_interval(kind, lambda interval: replace(interval, speed_kmh=self._speed(value)))
        elif value is not None and kind == "length":
            self._change_interval(kind, lambda interval: interval.with_duration(value))
        elif value is not None and isinstance(self._block, Repeat):
            repeat = self._block
            self._change(kind, lambda: replace(repeat, times=value))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Change the label."""
        event.stop()
        self._change_interval("label", lambda interval: replace(interval, label=event.value.strip()))

    def on_descendant_focus(self) -> None:
        """Highlight the name of the focused field."""
        for field in self.query(".field"):
            field.set_class(field.has_focus_within, "-focused")

    on_descendant_blur = on_descendant_focus

    def _change_interval(self, kind: str, change: Callable[[Interval], Interval]) -> None:
        interval = self._block
        if isinstance(interval, Interval):
            self._change(kind, lambda: change(interval))

    def _change(self, kind: str, change: Callable[[], Block]) -> None:
        """Apply a change and send a message, or show the error."""
        try:
            changed = change()
        except WorkoutError as error:
            self._problems[kind] = str(error)
        else:
            self._problems.pop(kind, None)
            if changed != self._block:
                self._block = changed
                self.post_message(self.Changed(changed, kind))
        self._show_problem()

    def _show_problem(self) -> None:
        self.query_one("#field-problem", Line).show(self.problem)

    def _speed_unit(self) -> Unit:
        """The unit of the speed stepper; the first step of an empty field gives a slow speed."""
        first = HUNDRED if self._imperial else 160
        return Unit(_read_hundredths, _show_hundredths, 10, 2500, first=first, typed="0123456789.,")

    def _hundredths(self, speed_kmh: float | None) -> int | None:
        if speed_kmh is None:
            return None
        return round((mph(speed_kmh) if self._imperial else speed_kmh) * HUNDRED)

    def _speed(self, hundredths: int | None) -> float | None:
        if hundredths is None:
            return None
        speed = hundredths / HUNDRED
        return kmh(speed) if self._imperial else speed


def _field(name: str, widget: Widget, unit: str = "", css_class: str = "for-interval") -> Iterator[Widget]:
    title, behind = Line(name), Line(unit)
    title.add_class("name")
    behind.add_class("unit")
    parts = [title, widget, behind] if unit else [title, widget]
    yield Horizontal(*parts, classes=f"field {css_class}")


def _read_hundredths(text: str) -> int:
    """Parse a speed such as 1.6 into hundredths."""
    whole, _, part = text.strip().replace(",", ".").partition(".")
    digits = whole + part
    if not (digits.isascii() and digits.isdigit() and len(whole) <= 3 and len(part) <= 2):
        raise WorkoutError("expected a speed such as 1.6")
    return int((whole or "0") + part.ljust(2, "0"))


def _show_hundredths(hundredths: int) -> str:
    whole, part = divmod(hundredths, HUNDRED)
    return f"{whole}.{part:02}" if part % 10 else f"{whole}.{part // 10}"
