"""A workout being made: its name, its outline and its notation, which are two views of one thing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from retro_timer.scheduling.errors import NotationError, WorkoutError
from retro_timer.scheduling.notation import format_workout, parse
from retro_timer.scheduling.outline import Outline, OutlineError
from retro_timer.scheduling.workout import MAX_NAME, Workout, check_text


@dataclass(frozen=True, slots=True)
class Draft:
    """A workout as it is being written.

    While the notation cannot be read, the outline is what it was when it last could.

    Attributes:
        name: as it was typed.
        outline: its blocks, and which of them are chosen.
        notation: as it was typed, or in canonical form after a change of the outline.
        problem: what is wrong with the notation, in one sentence; empty when it can be read.
        column: where in the notation, counted from 1; 0 when it is no place in it.
    """

    name: str
    outline: Outline
    notation: str
    problem: str = ""
    column: int = 0

    @classmethod
    def of(cls, workout: Workout) -> Draft:
        """A workout to be changed."""
        return cls(workout.name, Outline(workout.blocks), format_workout(workout))

    def named(self, name: str) -> Draft:
        """The draft with another name; whether it can be saved so is told by `workout`."""
        return replace(self, name=name)

    def written(self, notation: str) -> Draft:
        """The draft with other notation; the outline follows when it can be read."""
        try:
            blocks = parse(notation).blocks
        except NotationError as error:
            return replace(self, notation=notation, problem=error.problem, column=error.column)
        except WorkoutError as error:
            return replace(self, notation=notation, problem=str(error), column=0)
        try:
            outline = Outline(blocks, self.outline.chosen)
        except OutlineError:
            outline = Outline(blocks)  # what was chosen is gone
        return replace(self, notation=notation, problem="", column=0, outline=outline)

    def outlined(self, outline: Outline) -> Draft:
        """The draft with another outline; the notation follows, whatever was wrong with it."""
        if outline.blocks == self.outline.blocks and not self.problem:
            return replace(self, outline=outline)
        notation = format_workout(Workout(outline.blocks))
        return replace(self, outline=outline, notation=notation, problem="", column=0)

    def workout(self, base: Workout) -> Workout:
        """The workout as it stands, with the id and description of the one it was made from.

        Raises:
            WorkoutError: when the notation cannot be read, or the name is none.
        """
        if self.problem:
            raise WorkoutError(self.problem)
        name = self.name.strip()
        if name:
            check_text(name, "name", MAX_NAME)
        return base.but(blocks=self.outline.blocks, name=name)

    def same(self, other: Draft) -> bool:
        """Whether both would be saved as the same."""
        mine, theirs = (self.name.strip(), self.outline.blocks), (other.name.strip(), other.outline.blocks)
        return mine == theirs and not self.problem and not other.problem
