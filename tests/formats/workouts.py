"""Random workouts for the tests of the formats, and a way to compare two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from retro_timer.scheduling.model import MAX_LABEL, MAX_NAME, MAX_SECONDS, Interval, Repeat, Workout
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.units import kmh
from retro_timer.text import unsafe_character

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Block


def text(longest: int) -> st.SearchStrategy[str]:
    """Valid names and labels: hostile to files and markup, but printable."""
    characters = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")).filter(
        lambda c: not unsafe_character(c)
    )
    hostile = st.sampled_from(
        ["<b>&amp;</b>", "../../etc/passwd", "CON", "[@click=app.quit]", '"', "\\", "5x", "a: b", "- 2m"]
    )
    return st.one_of(hostile, st.text(characters, min_size=1, max_size=longest)).filter(lambda t: bool(t.strip()))


def round_speeds() -> st.SearchStrategy[float]:
    """Speeds as people set them: one decimal, in either unit."""
    tenths = st.integers(1, 150).map(lambda n: n / 10)
    return st.one_of(tenths, st.integers(1, 90).map(lambda n: kmh(n / 10)))


def speeds() -> st.SearchStrategy[float]:
    """Any speed, to the last bit."""
    return st.one_of(round_speeds(), st.floats(0.1, 25.0))


def interval(
    speed: st.SearchStrategy[float] | None = None, label: st.SearchStrategy[str] | None = None
) -> st.SearchStrategy[Interval]:
    """Any interval."""
    return st.builds(
        Interval,
        st.sampled_from(Phase),
        st.one_of(st.integers(1, 600), st.integers(1, MAX_SECONDS)),
        st.one_of(st.none(), speeds() if speed is None else speed),
        st.one_of(st.just(""), text(MAX_LABEL) if label is None else label),
    )


def workouts(intervals: st.SearchStrategy[Interval] | None = None) -> st.SearchStrategy[Workout]:
    """Any workout of a moderate size, with a name or none."""
    leaves: st.SearchStrategy[Block] = interval() if intervals is None else intervals

    def repeated(blocks: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
        body = st.lists(blocks, min_size=1, max_size=4).map(tuple)
        between = st.lists(blocks, max_size=2).map(tuple)
        return st.builds(Repeat, st.integers(1, 5), body, between)

    blocks = st.lists(st.recursive(leaves, repeated, max_leaves=8), min_size=1, max_size=6).map(tuple)
    names = st.one_of(st.just(""), text(MAX_NAME))
    return st.builds(Workout, blocks, name=names)


def walked(workout: Workout) -> list[Interval]:
    """The walked intervals, in order: the same for two workouts that differ only in the notation of their rounds."""
    return [entry.interval for entry in flatten(workout)]
