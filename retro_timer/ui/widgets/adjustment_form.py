"""A form of adjustment fields: one row per field, with a note or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Horizontal, Vertical
from textual.message import Message

from retro_timer.scheduling.adjustment import AdjustmentField
from retro_timer.text import clock_time
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.stepper import COUNT, LENGTH, StepInput, Stepper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from retro_timer.scheduling.adjustment import AdjustmentValues
    from retro_timer.session.actions import Steps

NOTHING_LEFT: Final = "none left"


class AdjustmentRow(Horizontal):
    """An adjustment field: its name, a stepper and a note."""

    DEFAULT_CSS = """
    AdjustmentRow {
        height: 1; width: 1fr;
        .name { width: 14; color: $muted; }
        &.-focused .name { color: $foreground; text-style: bold; }
        .note { color: $muted; padding: 0 0 0 1; }
        &.-problem .note { color: $error; }
    }
    """

    def __init__(self, adjustment_field: AdjustmentField, *, step: int) -> None:
        super().__init__(id=f"knob-{adjustment_field.name.lower()}")
        self.adjustment_field = adjustment_field
        self._step = step

    def compose(self) -> ComposeResult:
        """Name, stepper and note."""
        name = Line(self.adjustment_field.value)
        name.add_class("name")
        yield name
        unit = COUNT if self.adjustment_field is AdjustmentField.ROUNDS else LENGTH
        yield Stepper(step=self._step, unit=unit)
        note = Line()
        note.add_class("note")
        yield note

    def on_descendant_focus(self) -> None:
        """Highlight the name."""
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """Remove the highlight."""
        self.remove_class("-focused")

    def say(self, note: str, *, problem: bool = False) -> None:
        """Show a note next to the field."""
        self.set_class(problem, "-problem")
        self.query_one(".note", Line).show(note)


class AdjustmentForm(Horizontal):
    """A form of adjustment fields in two columns.

    `wanted` has the changed values, and `unreadable` the errors of invalid input. A field with an error shows a short
    note; `problem` is the full sentence.
    """

    DEFAULT_CSS = """
    AdjustmentForm {
        width: 1fr; height: auto;
        Vertical { width: 1fr; height: auto; }
        #right { margin: 0 0 0 2; }
    }
    """

    class Changed(Message):
        """A value was typed or stepped."""

    def __init__(self, adjustment_fields: Sequence[AdjustmentField], steps: Steps) -> None:
        super().__init__()
        self._adjustment_fields = tuple(adjustment_fields)
        self._steps = steps
        self.wanted: dict[AdjustmentField, int] = {}
        self.unreadable: dict[AdjustmentField, str] = {}
        self.problem = ""

    def compose(self) -> ComposeResult:
        """One row per field."""
        half = -(-len(self._adjustment_fields) // 2)
        columns = {"left": self._adjustment_fields[:half], "right": self._adjustment_fields[half:]}
        for name, adjustment_fields in columns.items():
            with Vertical(id=name):
                for each in adjustment_fields:
                    yield AdjustmentRow(each, step=self._step_of(each))

    @property
    def is_changed(self) -> bool:
        """Whether closing would discard any input."""
        return bool(self.wanted or self.unreadable)

    def forget(self, adjustment_field: AdjustmentField) -> None:
        """Discard the input of a field."""
        self.wanted.pop(adjustment_field, None)
        self.unreadable.pop(adjustment_field, None)

    def show(
        self,
        standing: Mapping[AdjustmentField, AdjustmentValues],
        notes: Mapping[AdjustmentField, str],
        problems: Mapping[AdjustmentField, str],
    ) -> None:
        """Show the values of unchanged fields, and the problem or note of each field."""
        for row in self.query(AdjustmentRow):
            adjustment_field, values = row.adjustment_field, standing[row.adjustment_field]
            stepper = row.query_one(Stepper)
            if values.value is None:
                self.forget(adjustment_field)
            if adjustment_field not in self.wanted and adjustment_field not in self.unreadable:
                stepper.show(values.value)
            stepper.disabled = values.value is None
            if adjustment_field in self.unreadable:
                row.say("not a number" if adjustment_field is AdjustmentField.ROUNDS else "not a length", problem=True)
            elif adjustment_field in problems:
                row.say("refused", problem=True)
            else:
                row.say(notes.get(adjustment_field) or note(values))
        found = self.unreadable | dict(problems)
        self.problem = next((f"{adjustment_field}: {problem}" for adjustment_field, problem in found.items()), "")

    def focus_problem(self, problems: Mapping[AdjustmentField, str]) -> bool:
        """Focus the first field with an error; False if there is none."""
        for row in self.query(AdjustmentRow):
            if row.adjustment_field in self.unreadable or row.adjustment_field in problems:
                row.query_one(StepInput).focus()
                return True
        return False

    def gather(self) -> None:
        """Read all input, including changes whose messages are still queued."""
        for row in self.query(AdjustmentRow):
            if row.query_one(Stepper).take():
                self._remember(row)

    def on_stepper_changed(self, event: Stepper.Changed) -> None:
        """Record the new value."""
        event.stop()
        row = event.stepper.parent
        if isinstance(row, AdjustmentRow):
            self._remember(row)
            self.post_message(self.Changed())

    def _remember(self, row: AdjustmentRow) -> None:
        stepper = row.query_one(Stepper)
        self.forget(row.adjustment_field)
        if stepper.problem:
            self.unreadable[row.adjustment_field] = stepper.problem
        elif stepper.value is not None:
            self.wanted[row.adjustment_field] = stepper.value

    def _step_of(self, adjustment_field: AdjustmentField) -> int:
        if adjustment_field is AdjustmentField.ROUNDS:
            return 1
        if adjustment_field is AdjustmentField.THIS:
            return self._steps.this
        return self._steps.turn if adjustment_field is AdjustmentField.TURN else self._steps.bout


def note(values: AdjustmentValues) -> str:
    """The default note of a field: the number of remaining bouts, and whether they differ."""
    if values.value is None:
        return NOTHING_LEFT
    if values.mixed:
        return f"{values.bouts} left, {clock_time(values.lowest)} to {clock_time(values.highest)}"
    return f"{values.bouts} left" if values.bouts > 1 else ""
