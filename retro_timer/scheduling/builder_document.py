"""A workout being edited: its name, and its outline and notation, which are kept in sync."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.scheduling.errors import NotationError, WorkoutError
from retro_timer.scheduling.model import MAX_NAME, Workout
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.outline import Outline, OutlineError

FIRST: Final = "warm 3m, 4x(turn 30s, back 1m, turn 30s | fwd 90s), cool 2m"
"""The notation of a new workout: the lengths of the starter preset."""


class BuilderDocument(Struct, frozen=True):
    """A workout being edited.

    While the notation is invalid, the outline is that of the last valid notation.

    Attributes:
        name: the name as typed.
        outline: the blocks and the selection.
        notation: the notation as typed, or in canonical form after a change of the outline.
        problem: what is wrong with the notation, in one sentence; empty if it is valid.
        column: the column of the problem, counted from 1; 0 if it has none.
    """

    name: str
    outline: Outline
    notation: str
    problem: str = ""
    column: int = 0

    @classmethod
    def of(cls, workout: Workout) -> BuilderDocument:
        """The document of an existing workout."""
        return cls(workout.name, Outline(workout.blocks), format_notation(workout))

    def with_name(self, name: str) -> BuilderDocument:
        """Change the name; `workout` validates it."""
        return replace(self, name=name)

    def with_notation(self, notation: str) -> BuilderDocument:
        """Change the notation; the outline follows if the notation is valid."""
        try:
            blocks = parse(notation).blocks
        except NotationError as error:
            return replace(self, notation=notation, problem=error.problem, column=error.column)
        except WorkoutError as error:
            return replace(self, notation=notation, problem=str(error), column=0)
        try:
            outline = Outline(blocks, self.outline.chosen)
        except OutlineError:
            outline = Outline(blocks)  # the chosen block is gone
        return replace(self, notation=notation, problem="", column=0, outline=outline)

    def with_outline(self, outline: Outline) -> BuilderDocument:
        """Change the outline; replaces the notation, even an invalid one."""
        if outline.blocks == self.outline.blocks and not self.problem:
            return replace(self, outline=outline)
        notation = format_notation(Workout(outline.blocks))
        return replace(self, outline=outline, notation=notation, problem="", column=0)

    def workout(self, base: Workout) -> Workout:
        """The edited workout, with the id and description of `base`.

        Raises:
            WorkoutError: if the notation or the name is invalid.
        """
        if self.problem:
            raise WorkoutError(self.problem)
        return replace(base, blocks=self.outline.blocks, name=self.name.strip())

    def same(self, other: BuilderDocument) -> bool:
        """Whether both would be saved as the same workout."""
        mine, theirs = (self.name.strip(), self.outline.blocks), (other.name.strip(), other.outline.blocks)
        return mine == theirs and not self.problem and not other.problem


def copy_of(workout: Workout) -> Workout:
    """A copy of a preset, or of a programme's workout, for the walker's own."""
    return replace(workout, id="", name=f"My {workout.name}"[:MAX_NAME].rstrip())
