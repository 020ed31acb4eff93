"""A workout's blocks as an outline that can be edited: one block is chosen, and every change gives a new outline.

Pure: what a screen shows as a tree and a form is a view of this. An outline is always a workout that can be walked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.workout import Block, Interval, Repeat, Workout, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_ROUNDS: Final = 4
DEFAULT_SECONDS: Final = {
    Phase.WARM_UP: 180,
    Phase.BACKWARD: 60,
    Phase.TURN: 30,
    Phase.FORWARD: 60,
    Phase.REST: 60,
    Phase.COOL_DOWN: 120,
}
"""Lengths in seconds of an interval that is added where the workout has none of its phase: those of the first rungs."""


class OutlineError(WorkoutError):
    """A change that cannot be made to an outline. The message is one sentence for the walker."""


class Part(StrEnum):
    """Which list of a repeat a block stands in; the outermost list is a body."""

    BODY = "body"
    BETWEEN = "between"


class Step(NamedTuple):
    """One step of the way to a block: a list, and the place in it."""

    part: Part
    place: int


Path = tuple[Step, ...]
"""The way to a block, from the outside in; never empty."""


class Row(NamedTuple):
    """A block as a line of the outline.

    Attributes:
        path: the way to it.
        block: the interval, or the repeat whose blocks follow.
    """

    path: Path
    block: Block

    @property
    def depth(self) -> int:
        """In how many repeats it stands."""
        return len(self.path) - 1

    @property
    def opens_between(self) -> bool:
        """Whether it is the first block between the rounds of its repeat."""
        return self.path[-1] == Step(Part.BETWEEN, 0)


@dataclass(frozen=True, slots=True)
class Outline:
    """Blocks, and which of them are chosen.

    Attributes:
        blocks: what is walked; at least one.
        chosen: the way to the chosen block.
        more: how many blocks behind it in the same list are chosen too.
    """

    blocks: tuple[Block, ...]
    chosen: Path = (Step(Part.BODY, 0),)
    more: int = 0

    def __post_init__(self) -> None:
        Workout(self.blocks)  # whatever cannot be walked is refused here
        _block_at(self.blocks, self.chosen)

    @property
    def block(self) -> Block:
        """The chosen block."""
        return _block_at(self.blocks, self.chosen)

    def rows(self) -> Iterator[Row]:
        """Every block, in the order it is written."""
        return _rows(self.blocks, (), Part.BODY)

    def is_chosen(self, path: Path) -> bool:
        """Whether a block is chosen, or stands within one that is."""
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
        """Choose more blocks behind the chosen one, or fewer; as many as there are."""
        siblings = _list_at(self.blocks, self.chosen)
        most = len(siblings) - 1 - self.chosen[-1].place
        return replace(self, more=max(0, min(most, self.more + blocks)))

    def change(self, block: Block) -> Outline:
        """Put another block in the place of the chosen one."""
        return replace(self, blocks=_splice(self.blocks, self.chosen, 1, (block,)), more=0)

    def add(self) -> Outline:
        """Add an interval behind what is chosen: the phase that is walked next, as long as others of it."""
        at = _moved(self.chosen, self.more + 1)
        return Outline(_splice(self.blocks, at, 0, (self._following(),)), at)

    def duplicate(self) -> Outline:
        """Copy what is chosen, behind itself."""
        at = _moved(self.chosen, self.more + 1)
        return Outline(_splice(self.blocks, at, 0, self._taken()), at, self.more)

    def remove(self) -> Outline:
        """Take what is chosen away; a repeat that would be left empty goes with it.

        Raises:
            OutlineError: when nothing would be left.
        """
        blocks, path = _without(self.blocks, self.chosen, self.more + 1)
        return Outline(blocks, path)

    def wrap(self, times: int = DEFAULT_ROUNDS) -> Outline:
        """Put what is chosen into a repeat, and choose that."""
        repeat = Repeat(times, self._taken())
        return Outline(_splice(self.blocks, self.chosen, self.more + 1, (repeat,)), self.chosen)

    def unwrap(self) -> Outline:
        """Take the chosen repeat apart, or the one around the chosen interval: its blocks stay, once.

        Raises:
            OutlineError: when there is none.
        """
        path = self.chosen if isinstance(self.block, Repeat) else self.chosen[:-1]
        if not path:
            raise OutlineError("this interval stands in no repeat")
        repeat = _block_at(self.blocks, path)
        assert isinstance(repeat, Repeat)  # noqa: S101  (only repeats have something in them)
        inside = (*repeat.body, *repeat.between)
        return Outline(_splice(self.blocks, path, 1, inside), path, len(inside) - 1)

    def move_down(self) -> Outline:
        """Move the chosen block one place down: into the repeat it meets, through its two parts, and out of it.

        Raises:
            OutlineError: when it stands last, or its repeat would be left empty.
        """
        siblings = _list_at(self.blocks, self.chosen)
        part, index = self.chosen[-1]
        outer = self.chosen[:-1]
        if index + 1 < len(siblings):
            if isinstance(siblings[index + 1], Repeat):
                # Once the block is taken out, the repeat stands where it stood.
                return self._put((*self.chosen, Step(Part.BODY, 0)))
            return self._put(_moved(self.chosen, 1))
        if not outer:
            raise OutlineError("it stands last already")
        if part is Part.BETWEEN:
            return self._put(_moved(outer, 1))
        return self._put((*outer, Step(Part.BETWEEN, 0)))

    def move_up(self) -> Outline:
        """Move the chosen block one place up: the way back of `move_down`.

        Raises:
            OutlineError: when it stands first, or its repeat would be left empty.
        """
        siblings = _list_at(self.blocks, self.chosen)
        part, index = self.chosen[-1]
        outer = self.chosen[:-1]
        if index > 0:
            before = siblings[index - 1]
            if isinstance(before, Repeat):
                return self._put((*_moved(self.chosen, -1), Step(Part.BETWEEN, len(before.between))))
            return self._put(_moved(self.chosen, -1))
        if not outer:
            raise OutlineError("it stands first already")
        if part is Part.BODY:
            return self._put(outer)
        return self._put((*outer, Step(Part.BODY, len(_repeat_at(self.blocks, outer).body))))

    def _put(self, path: Path) -> Outline:
        """Take the chosen block out and put it in where it has `path` then."""
        if self.more:
            raise OutlineError("choose one interval or repeat to move it")
        block = self.block
        part, _ = self.chosen[-1]
        if part is Part.BODY and len(self.chosen) > 1 and len(_list_at(self.blocks, self.chosen)) == 1:
            raise OutlineError("a repeat needs at least one interval")
        return Outline(_splice(_splice(self.blocks, self.chosen, 1, ()), path, 0, (block,)), path)

    def _taken(self) -> tuple[Block, ...]:
        """What is chosen."""
        first = self.chosen[-1].place
        return _list_at(self.blocks, self.chosen)[first : first + self.more + 1]

    def _following(self) -> Interval:
        """What is walked after what is chosen."""
        before = self._phases_to_here()
        phase = _next_phase(before[-1], before[-2] if len(before) > 1 else None)
        lengths = [interval.duration for interval in walk(self.blocks) if interval.phase is phase]
        return Interval(phase, lengths[-1] if lengths else DEFAULT_SECONDS[phase])

    def _phases_to_here(self) -> list[Phase]:
        """The phases of everything written up to the end of what is chosen."""
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
    """What comes after a phase: a turn between the two directions."""
    if phase is Phase.TURN:
        return Phase.FORWARD if before is Phase.BACKWARD else Phase.BACKWARD
    return Phase.COOL_DOWN if phase is Phase.COOL_DOWN else Phase.TURN


def _rows(blocks: tuple[Block, ...], outer: Path, part: Part) -> Iterator[Row]:
    for index, block in enumerate(blocks):
        path = (*outer, Step(part, index))
        yield Row(path, block)
        if isinstance(block, Repeat):
            yield from _rows(block.body, path, Part.BODY)
            yield from _rows(block.between, path, Part.BETWEEN)


def _moved(path: Path, by: int) -> Path:
    """The path of a neighbour in the same list."""
    part, index = path[-1]
    return (*path[:-1], Step(part, index + by))


def _part_of(repeat: Repeat, part: Part) -> tuple[Block, ...]:
    return repeat.body if part is Part.BODY else repeat.between


def _list_at(blocks: tuple[Block, ...], path: Path) -> tuple[Block, ...]:
    """The list in which a path ends."""
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
        raise OutlineError("only a repeat has something in it")
    return block


def _splice(blocks: tuple[Block, ...], path: Path, remove: int, insert: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks with some replaced, from the end of a path on."""
    first = path[0]
    if len(path) == 1:
        return (*blocks[: first.place], *insert, *blocks[first.place + remove :])
    repeat = _repeat_at(blocks, path[:1])
    inner = path[1:]
    part = inner[0].part
    changed = _splice(_part_of(repeat, part), inner, remove, insert)
    rebuilt = repeat.but(body=changed) if part is Part.BODY else repeat.but(between=changed)
    return (*blocks[: first.place], rebuilt, *blocks[first.place + 1 :])


def _without(blocks: tuple[Block, ...], path: Path, count: int) -> tuple[tuple[Block, ...], Path]:
    """The blocks without some, and what is chosen then: the one that follows, or the one before."""
    siblings = _list_at(blocks, path)
    left = len(siblings) - count
    part, index = path[-1]
    if left == 0 and len(path) == 1:
        raise OutlineError("a workout needs at least one interval")
    if left == 0 and part is Part.BODY:
        return _without(blocks, path[:-1], 1)
    chosen = path[:-1] if left == 0 else (*path[:-1], Step(part, min(index, left - 1)))
    return _splice(blocks, path, count, ()), chosen
