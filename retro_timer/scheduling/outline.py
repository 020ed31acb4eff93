"""The blocks of a workout as an editable outline with a selection; every change returns a new outline.

The tree and the form on the builder screen are views of it. An outline is always a valid workout.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import Block, Interval, Repeat, Workout, iter_intervals
from retro_timer.scheduling.phases import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_ROUNDS: Final = 4
DEFAULT_SECONDS: Final = {Phase.BACKWARD: 60, Phase.TURN: 30, Phase.FORWARD: 60}
"""Length in seconds of an added interval if the workout has none of its phase, as in the first presets."""


class OutlineError(WorkoutError):
    """A change to an outline that is not possible. The message is one sentence for the walker."""


class Part(StrEnum):
    """Which list of a repeat a block is in; the outermost list counts as a body."""

    BODY = "body"
    BETWEEN = "between"


class OutlineStep(NamedTuple):
    """One step of a path: a list and an index in it."""

    part: Part
    place: int


Path = tuple[OutlineStep, ...]
"""The path of a block, from the outside in; never empty."""


class OutlineRow(NamedTuple):
    """A block as a line of the outline.

    Attributes:
        path: the path of the block.
        block: the interval, or the repeat whose blocks follow.
    """

    path: Path
    block: Block

    @property
    def depth(self) -> int:
        """The number of enclosing repeats."""
        return len(self.path) - 1

    @property
    def opens_between(self) -> bool:
        """Whether it is the first block of its repeat's `between`."""
        return self.path[-1] == OutlineStep(Part.BETWEEN, 0)


class Outline(Struct, frozen=True):
    """Blocks with a selection.

    Attributes:
        blocks: the blocks; at least one.
        chosen: the path of the first chosen block.
        more: number of blocks after it in the same list that are chosen too.
    """

    blocks: tuple[Block, ...]
    chosen: Path = (OutlineStep(Part.BODY, 0),)
    more: int = 0

    def __post_init__(self) -> None:
        Workout(self.blocks)  # validates the blocks
        _block_at(self.blocks, self.chosen)

    @property
    def block(self) -> Block:
        """The chosen block."""
        return _block_at(self.blocks, self.chosen)

    def rows(self) -> Iterator[OutlineRow]:
        """Every block in the order of the notation."""
        return _rows(self.blocks, (), Part.BODY)

    def is_chosen(self, path: Path) -> bool:
        """Whether a block is chosen, or inside a chosen one."""
        depth = len(self.chosen)
        if len(path) < depth or path[: depth - 1] != self.chosen[:-1]:
            return False
        part, index = path[depth - 1]
        first = self.chosen[-1]
        return part is first.part and first.place <= index <= first.place + self.more

    def choose(self, path: Path) -> Outline:
        """Choose one block."""
        return replace(self, chosen=path, more=0)

    def choose_more(self, blocks: int) -> Outline:
        """Extend or reduce the selection by a number of blocks, within the same list."""
        siblings = _list_at(self.blocks, self.chosen)
        most = len(siblings) - 1 - self.chosen[-1].place
        return replace(self, more=max(0, min(most, self.more + blocks)))

    def change(self, block: Block) -> Outline:
        """Replace the chosen block."""
        return replace(self, blocks=_splice(self.blocks, self.chosen, 1, (block,)), more=0)

    def add(self) -> Outline:
        """Add an interval after the selection, with the phase that usually follows and that phase's usual length."""
        at = _moved(self.chosen, self.more + 1)
        return Outline(_splice(self.blocks, at, 0, (self._following(),)), at)

    def duplicate(self) -> Outline:
        """Insert a copy of the selection after it."""
        at = _moved(self.chosen, self.more + 1)
        return Outline(_splice(self.blocks, at, 0, self._selected()), at, self.more)

    def remove(self) -> Outline:
        """Remove the selection; a repeat that would become empty is removed with it.

        Raises:
            OutlineError: if nothing would be left.
        """
        blocks, path = _without(self.blocks, self.chosen, self.more + 1)
        return Outline(blocks, path)

    def wrap(self, times: int = DEFAULT_ROUNDS) -> Outline:
        """Wrap the selection in a repeat, and choose the repeat."""
        repeat = Repeat(times, self._selected())
        return Outline(_splice(self.blocks, self.chosen, self.more + 1, (repeat,)), self.chosen)

    def unwrap(self) -> Outline:
        """Replace the chosen repeat, or the one around the chosen interval, with a single round of its blocks.

        Raises:
            OutlineError: if there is no repeat.
        """
        path = self.chosen if isinstance(self.block, Repeat) else self.chosen[:-1]
        if not path:
            raise OutlineError("this interval is not in a repeat")
        repeat = _block_at(self.blocks, path)
        assert isinstance(repeat, Repeat)  # noqa: S101  (only repeats contain blocks)
        inside = (*repeat.body, *repeat.between)
        return Outline(_splice(self.blocks, path, 1, inside), path, len(inside) - 1)

    def move_down(self) -> Outline:
        """Move the chosen block one place down: into a repeat that follows, through its two parts, and out of it.

        Raises:
            OutlineError: if it is the last block, or its repeat would become empty.
        """
        siblings = _list_at(self.blocks, self.chosen)
        part, index = self.chosen[-1]
        outer = self.chosen[:-1]
        if index + 1 < len(siblings):
            if isinstance(siblings[index + 1], Repeat):
                # Without the block, the repeat moves to the block's index.
                return self._put((*self.chosen, OutlineStep(Part.BODY, 0)))
            return self._put(_moved(self.chosen, 1))
        if not outer:
            raise OutlineError("it is already last")
        if part is Part.BETWEEN:
            return self._put(_moved(outer, 1))
        return self._put((*outer, OutlineStep(Part.BETWEEN, 0)))

    def move_up(self) -> Outline:
        """Move the chosen block one place up, the inverse of `move_down`.

        Raises:
            OutlineError: if it is the first block, or its repeat would become empty.
        """
        siblings = _list_at(self.blocks, self.chosen)
        part, index = self.chosen[-1]
        outer = self.chosen[:-1]
        if index > 0:
            before = siblings[index - 1]
            if isinstance(before, Repeat):
                return self._put((*_moved(self.chosen, -1), OutlineStep(Part.BETWEEN, len(before.between))))
            return self._put(_moved(self.chosen, -1))
        if not outer:
            raise OutlineError("it is already first")
        if part is Part.BODY:
            return self._put(outer)
        return self._put((*outer, OutlineStep(Part.BODY, len(_repeat_at(self.blocks, outer).body))))

    def _put(self, path: Path) -> Outline:
        """Move the chosen block; `path` is its path after removal."""
        if self.more:
            raise OutlineError("select one interval or repeat to move it")
        block = self.block
        part, _ = self.chosen[-1]
        if part is Part.BODY and len(self.chosen) > 1 and len(_list_at(self.blocks, self.chosen)) == 1:
            raise OutlineError("a repeat needs at least one interval")
        return Outline(_splice(_splice(self.blocks, self.chosen, 1, ()), path, 0, (block,)), path)

    def _selected(self) -> tuple[Block, ...]:
        """The selected blocks."""
        first = self.chosen[-1].place
        return _list_at(self.blocks, self.chosen)[first : first + self.more + 1]

    def _following(self) -> Interval:
        """The interval to add after the selection."""
        before = self._phases_to_here()
        phase = _next_phase(before[-1], before[-2] if len(before) > 1 else None)
        lengths = [interval.duration for interval in iter_intervals(self.blocks) if interval.phase is phase]
        return Interval(phase, lengths[-1] if lengths else DEFAULT_SECONDS[phase])

    def _phases_to_here(self) -> list[Phase]:
        """The phases of all intervals up to the end of the selection."""
        phases: list[Phase] = []
        reached = False
        for row in self.rows():
            inside = self.is_chosen(row.path)
            if reached and not inside:
                break
            reached = reached or inside
            if isinstance(row.block, Interval):
                phases.append(row.block.phase)
        return phases


def _next_phase(phase: Phase, before: Phase | None) -> Phase:
    """The phase that usually follows: a turn between the two directions."""
    if phase is Phase.TURN:
        return Phase.FORWARD if before is Phase.BACKWARD else Phase.BACKWARD
    return Phase.COOL_DOWN if phase is Phase.COOL_DOWN else Phase.TURN


def _rows(blocks: tuple[Block, ...], outer: Path, part: Part) -> Iterator[OutlineRow]:
    for index, block in enumerate(blocks):
        path = (*outer, OutlineStep(part, index))
        yield OutlineRow(path, block)
        if isinstance(block, Repeat):
            yield from _rows(block.body, path, Part.BODY)
            yield from _rows(block.between, path, Part.BETWEEN)


def _moved(path: Path, by: int) -> Path:
    """The path of a neighbour in the same list."""
    part, index = path[-1]
    return (*path[:-1], OutlineStep(part, index + by))


def _part_of(repeat: Repeat, part: Part) -> tuple[Block, ...]:
    return repeat.body if part is Part.BODY else repeat.between


def _list_at(blocks: tuple[Block, ...], path: Path) -> tuple[Block, ...]:
    """The list that contains the block of a path."""
    if len(path) == 1:
        return blocks
    return _part_of(_repeat_at(blocks, path[:-1]), path[-1].part)


def _block_at(blocks: tuple[Block, ...], path: Path) -> Block:
    siblings = _list_at(blocks, path)
    if not 0 <= path[-1].place < len(siblings):
        raise OutlineError("there is no such interval")
    return siblings[path[-1].place]


def _repeat_at(blocks: tuple[Block, ...], path: Path) -> Repeat:
    block = _block_at(blocks, path)
    if not isinstance(block, Repeat):
        raise OutlineError("only a repeat contains blocks")
    return block


def _splice(blocks: tuple[Block, ...], path: Path, remove: int, insert: tuple[Block, ...]) -> tuple[Block, ...]:
    """Replace blocks, starting with the block of a path."""
    first = path[0]
    if len(path) == 1:
        return (*blocks[: first.place], *insert, *blocks[first.place + remove :])
    repeat = _repeat_at(blocks, path[:1])
    inner = path[1:]
    part = inner[0].part
    changed = _splice(_part_of(repeat, part), inner, remove, insert)
    rebuilt = replace(repeat, body=changed) if part is Part.BODY else replace(repeat, between=changed)
    return (*blocks[: first.place], rebuilt, *blocks[first.place + 1 :])


def _without(blocks: tuple[Block, ...], path: Path, count: int) -> tuple[tuple[Block, ...], Path]:
    """Remove blocks; also returns the path to choose next: the following block, the one before, or the outer repeat."""
    siblings = _list_at(blocks, path)
    left = len(siblings) - count
    part, index = path[-1]
    if left == 0 and len(path) == 1:
        raise OutlineError("a workout needs at least one interval")
    if left == 0 and part is Part.BODY:
        return _without(blocks, path[:-1], 1)
    chosen = path[:-1] if left == 0 else (*path[:-1], OutlineStep(part, min(index, left - 1)))
    return _splice(blocks, path, count, ()), chosen
