"""The fields of what can be adjusted: one row for each knob, with a word or an error beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Grid, Horizontal
from textual.message import Message

from retro_timer.scheduling.adjustment import Knob
from retro_timer.scheduling.show import clock_time
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.stepper import COUNT, LENGTH, StepInput, Stepper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from retro_timer.scheduling.adjustment import Reading
    from retro_timer.session.actions import Steps

NOTHING_LEFT: Final = "none left"


class KnobRow(Horizontal):
    """One knob: its name, its stepper, a note."""

    DEFAULT_CSS = """
    KnobRow {
        height: 1; width: 1fr;
        .name { width: 14; color: $muted; }
        &.-focused .name { color: $foreground; text-style: bold; }
        .note { color: $muted; padding: 0 0 0 1; }
        &.-problem .note { color: $error; }
    }
    """

    def __init__(self, knob: Knob, *, step: int, ascii_only: bool) -> None:
        super().__init__(id=f"knob-{knob.name.lower()}")
        self.knob = knob
        self._step = step
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        """From left to right."""
        name = Line(self.knob.value)
        name.add_class("name")
        yield name
        unit = COUNT if self.knob is Knob.ROUNDS else LENGTH
        yield Stepper(step=self._step, unit=unit, ascii_only=self._ascii)
        note = Line()
        note.add_class("note")
        yield note

    def on_descendant_focus(self) -> None:
        """Light up the name."""
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """Dim the name."""
        self.remove_class("-focused")

    def say(self, note: str, *, problem: bool = False) -> None:
        """Show a word beside the field."""
        self.set_class(problem, "-problem")
        self.query_one(".note", Line).show(note)


class Knobs(Grid):
    """Rows of knobs. What was changed is in `wanted`, and in `unreadable` why what was typed cannot be read.

    A field with an error has a word beside it; `problem` is the whole sentence.
    """

    DEFAULT_CSS = """
    Knobs {
        width: 1fr; height: auto; grid-size: 2; grid-rows: 1; grid-gutter: 0 2;
    }
    """

    class Changed(Message):
        """A value was typed or stepped."""

    def __init__(self, knobs: Sequence[Knob], steps: Steps, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._knobs = tuple(knobs)
        self._steps = steps
        self._ascii = ascii_only
        self.wanted: dict[Knob, int] = {}
        self.unreadable: dict[Knob, str] = {}
        self.problem = ""

    def compose(self) -> ComposeResult:
        """A row for each."""
        for knob in self._knobs:
            yield KnobRow(knob, step=self._step_of(knob), ascii_only=self._ascii)

    def forget(self, knob: Knob) -> None:
        """Let a knob stand as it is, whatever was typed."""
        self.wanted.pop(knob, None)
        self.unreadable.pop(knob, None)

    def show(self, standing: Mapping[Knob, Reading], notes: Mapping[Knob, str], problems: Mapping[Knob, str]) -> None:
        """Show the values that were not touched, and beside each field its problem or its note."""
        for row in self.query(KnobRow):
            knob, reading = row.knob, standing[row.knob]
            stepper = row.query_one(Stepper)
            if reading.value is None:
                self.forget(knob)
            if knob not in self.wanted and knob not in self.unreadable:
                stepper.show(reading.value)
            stepper.disabled = reading.value is None
            if knob in self.unreadable:
                row.say("no number" if knob is Knob.ROUNDS else "no length", problem=True)
            elif knob in problems:
                row.say("refused", problem=True)
            else:
                row.say(notes.get(knob) or note(reading))
        found = self.unreadable | dict(problems)
        self.problem = next((f"{knob}: {problem}" for knob, problem in found.items()), "")

    def focus_problem(self, problems: Mapping[Knob, str]) -> bool:
        """Go to the first field with an error; False when there is none."""
        for row in self.query(KnobRow):
            if row.knob in self.unreadable or row.knob in problems:
                row.query_one(StepInput).focus()
                return True
        return False

    def gather(self) -> None:
        """Remember what was typed up to now, though the messages about it are still on their way."""
        for row in self.query(KnobRow):
            if row.query_one(Stepper).take():
                self._remember(row)

    def on_stepper_changed(self, event: Stepper.Changed) -> None:
        """Remember what is wanted."""
        event.stop()
        row = event.stepper.parent
        if isinstance(row, KnobRow):
            self._remember(row)
            self.post_message(self.Changed())

    def _remember(self, row: KnobRow) -> None:
        stepper = row.query_one(Stepper)
        self.forget(row.knob)
        if stepper.problem:
            self.unreadable[row.knob] = stepper.problem
        elif stepper.value is not None:
            self.wanted[row.knob] = stepper.value

    def _step_of(self, knob: Knob) -> int:
        if knob is Knob.ROUNDS:
            return 1
        if knob is Knob.THIS:
            return self._steps.this
        return self._steps.turn if knob is Knob.TURN else self._steps.bout


def note(reading: Reading) -> str:
    """What is said beside a field by itself: how many bouts are left, and whether they differ."""
    if reading.value is None:
        return NOTHING_LEFT
    if reading.mixed:
        return f"{reading.bouts} left, {clock_time(reading.lowest)} to {clock_time(reading.highest)}"
    return f"{reading.bouts} left" if reading.bouts > 1 else ""
