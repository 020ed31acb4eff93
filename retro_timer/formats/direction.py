"""Turn the bouts of a file into blocks: assume missing directions, insert turns, and fold rounds."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct

from retro_timer.formats.assumptions import Assume, Assumptions
from retro_timer.formats.errors import DirectionUnknownError, too_many_intervals
from retro_timer.scheduling.folding import fold_intervals
from retro_timer.scheduling.model import MAX_INTERVALS, Interval, Repeat, Workout, iter_intervals
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.text import clock_time, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retro_timer.scheduling.model import Block

TURN_SECONDS: Final = 30
"""Length of an inserted turn: the same as in the ladder."""
_LONG_BOUT: Final = 180
"""The longest bout of the ladder's level Consistent, in seconds. A longer assumed bout gives a warning."""


class Bout(Struct, frozen=True):
    """An interval as read from a file.

    Attributes:
        seconds: its length.
        phase: its phase; None if the file does not give one.
        work: True for the work of a pair, False for the recovery, None for neither.
        place: its place in the file, for error messages.
        group: rounds are detected within a group only.
        repeated: whether it is part of a set that the file repeats.
    """

    seconds: int
    phase: Phase | None = None
    speed_kmh: float | None = None
    label: str = ""
    work: bool | None = None
    place: str = ""
    group: int = 0
    repeated: bool = False


class Directed(NamedTuple):
    """Blocks with a phase for each interval, and a note for each decision."""

    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()


def direct(bouts: Sequence[Bout], assumptions: Assumptions) -> Directed:
    """Turn the bouts of a file into blocks: give each a phase, and fold repetitions into rounds.

    If the file gives every phase, nothing is added. Otherwise a turn of `TURN_SECONDS` is inserted at every change of
    direction without one, so that nobody walks backward unprepared.

    Raises:
        DirectionUnknownError: if a phase is unknown and nothing is assumed.
        FormatError: if there are too many intervals; names the place.
    """
    if len(bouts) > MAX_INTERVALS:
        raise too_many_intervals(bouts[MAX_INTERVALS].place)
    unknown = next((bout for bout in bouts if bout.phase is None), None)
    if unknown is None:
        return Directed(tuple(_in_rounds((bout, _interval(bout, bout.phase)) for bout in bouts if bout.phase)))
    if assumptions.direction is None:
        raise DirectionUnknownError(place=unknown.place)
    walked = list(_with_turns(_assumed(bouts, assumptions)))
    return Directed(tuple(_in_rounds(walked)), tuple(_notes(bouts, walked, assumptions.direction)))


def _interval(bout: Bout, phase: Phase) -> Interval:
    return Interval(phase, bout.seconds, bout.speed_kmh, bout.label)


def _assumed(bouts: Sequence[Bout], assumptions: Assumptions) -> Iterator[tuple[Bout, Interval]]:
    """A phase for every bout; an assumed backward bout that is too long is continued forward."""
    easy = _easy(bouts)
    backward = True
    for index, bout in enumerate(bouts):
        phase = bout.phase
        if phase is None:
            backward = index not in easy and (backward if bout.work is None else bout.work)
            phase = Phase.BACKWARD if backward and assumptions.direction is Assume.ALTERNATE else Phase.FORWARD
        if phase in (Phase.BACKWARD, Phase.FORWARD):
            backward = phase is Phase.FORWARD
        longest = assumptions.longest
        if longest and bout.phase is None and phase is Phase.BACKWARD and bout.seconds > longest:
            yield bout, _interval(bout, phase).with_duration(longest)
            yield bout, Interval(Phase.FORWARD, bout.seconds - longest, bout.speed_kmh)
        else:
            yield bout, _interval(bout, phase)


def _easy(bouts: Sequence[Bout]) -> set[int]:
    """The indices of the bouts taken for a warm-up or a cool-down, although the file does not say so."""
    sets = [index for index, bout in enumerate(bouts) if bout.repeated or bout.work is not None]
    before = bouts[: sets[0]] if sets else bouts[: len(bouts) > 1]
    easy = set() if any(bout.phase is Phase.WARM_UP for bout in before) else set(range(len(before)))
    return easy | {len(bouts) - 1} if sets and sets[-1] < len(bouts) - 1 else easy


def _with_turns(walked: Iterable[tuple[Bout, Interval]]) -> Iterator[tuple[Bout, Interval]]:
    """Insert a turn at every change of direction that has none."""
    faces_backward = turned = False
    for bout, interval in walked:
        if interval.phase is Phase.TURN:
            turned = True
        elif interval.phase is not Phase.REST:
            if interval.phase.faces_backward != faces_backward and not turned:
                yield bout, Interval(Phase.TURN, TURN_SECONDS)
            faces_backward, turned = interval.phase.faces_backward, False
        yield bout, interval


def _in_rounds(walked: Iterable[tuple[Bout, Interval]]) -> Iterator[Block]:
    """Fold repeated intervals into rounds, separately for each group."""
    for _, group in groupby(walked, key=lambda pair: pair[0].group):
        for block in fold_intervals([interval for _, interval in group]):
            # Identical turns in a row are not rounds.
            if isinstance(block, Repeat) and not any(inner.phase.on_belt for inner in iter_intervals(block.body)):
                yield from (entry.interval for entry in flatten(Workout((block,))))
            else:
                yield block


def _notes(bouts: Sequence[Bout], walked: Sequence[tuple[Bout, Interval]], way: Assume) -> Iterator[str]:
    """A note for each decision about directions."""
    unknown = sum(bout.phase is None for bout in bouts)
    yield f"the direction of {unknown:,} of {counted(len(bouts), 'interval')} is assumed ({way.value})"
    added = sum(interval.phase is Phase.TURN for _, interval in walked)
    added -= sum(bout.phase is Phase.TURN for bout in bouts)
    if added:
        yield f"{counted(added, 'turn')} of {clock_time(TURN_SECONDS)} {'is' if added == 1 else 'are'} added"
    assumed = [
        interval.duration for bout, interval in walked if bout.phase is None and interval.phase is Phase.BACKWARD
    ]
    if max(assumed, default=0) > _LONG_BOUT:
        long, limit = clock_time(max(assumed)), clock_time(_LONG_BOUT)
        yield f"the longest backward bout is {long}, more than {limit} at a time; --longest {limit} limits it"
