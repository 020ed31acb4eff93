"""Hypothesis strategies: workouts, positions, edits, settings."""

from __future__ import annotations

from hypothesis import strategies as st

from retro_timer.scheduling.edits import (
    AddRounds,
    AddToInterval,
    AddToPhase,
    Combined,
    CoolDownNow,
    SetInterval,
    SetPhase,
)
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import (
    MAX_LABEL,
    MAX_SECONDS,
    MAX_SPEED_KMH,
    MIN_SPEED_KMH,
    Block,
    Interval,
    Repeat,
    Workout,
    count_intervals,
    iter_intervals,
)
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import At, Schedule, flatten
from retro_timer.scheduling.units import kmh
from retro_timer.session.cue import CueKind
from retro_timer.session.ports import VOICES
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings

MOST_INTERVALS = 60
"""Maximum number of intervals in a generated workout: whatever breaks also breaks in a small one."""

phases = st.sampled_from(Phase)
lengths = st.one_of(st.integers(1, 12), st.integers(1, 180), st.integers(1, MAX_SECONDS))
"""Lengths in seconds: short ones, where cues are crowded, most often."""
short_lengths = st.integers(1, 40)
labels = st.one_of(
    st.just(""),
    st.sampled_from(
        ['say "go"', "back\\slash", "\\", '"', "眼睛看前方", "Fuß - ça va", "👩‍🦯 eyes up", "a, b | c) x("]
    ),
    st.text(
        st.characters(exclude_categories=("Cc", "Cf", "Cn", "Cs", "Zl", "Zp"), include_characters="\u200d"),
        min_size=1,
        max_size=MAX_LABEL,
    ).filter(lambda text: bool(text.strip())),
)
"""Labels: what is difficult to quote, and any text of safe characters."""
speeds = st.one_of(
    st.none(),
    st.integers(1, 250).map(lambda tenths: tenths / 10),
    st.integers(7, 1500).map(lambda hundredths: kmh(hundredths / 100)).filter(
        lambda speed: MIN_SPEED_KMH <= speed <= MAX_SPEED_KMH
    ),
    st.floats(MIN_SPEED_KMH, MAX_SPEED_KMH),
)  # fmt: skip
"""Speeds in km/h: round ones, round ones in mph, and any."""


def intervals(seconds: st.SearchStrategy[int] = lengths, *, plain: bool = False) -> st.SearchStrategy[Interval]:
    """Intervals; plain ones have neither a speed nor a label."""
    if plain:
        return st.builds(Interval, phases, seconds)
    return st.builds(Interval, phases, seconds, speeds, labels)


def blocks(interval: st.SearchStrategy[Interval]) -> st.SearchStrategy[tuple[Block, ...]]:
    """Blocks with nested repeats; their number is not limited."""

    def repeats(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
        several = st.lists(inner, min_size=1, max_size=3).map(tuple)
        between = st.one_of(st.just(()), st.lists(inner, max_size=2).map(tuple))
        return st.builds(Repeat, st.integers(1, 4), several, between)

    block: st.SearchStrategy[Block] = st.recursive(interval, repeats, max_leaves=6)
    return st.lists(block, min_size=1, max_size=4).map(tuple)


def workouts(
    seconds: st.SearchStrategy[int] = lengths, *, plain: bool = False, most: int = MOST_INTERVALS
) -> st.SearchStrategy[Workout]:
    """Workouts, nested repeats included."""
    return blocks(intervals(seconds, plain=plain)).map(lambda some: Workout(_at_most(most, some)))


def _at_most(most: int, some: tuple[Block, ...]) -> tuple[Block, ...]:
    """The first blocks, as many as have few enough intervals: filtering would reject too many."""
    while count_intervals(some) > most:
        some = some[:-1] if len(some) > 1 else (next(iter_intervals(some)),)
    return some


@st.composite
def ladders(draw: st.DrawFn, seconds: st.SearchStrategy[int] = short_lengths) -> Workout:
    """Workouts with the structure of the presets: warm-up, rounds of turn, backward and turn with forward in between,
    cool-down.
    """
    turn = Interval(Phase.TURN, draw(seconds))
    bout = Interval(Phase.BACKWARD, draw(seconds), draw(st.sampled_from([None, 1.6])))
    between = draw(st.sampled_from([(Interval(Phase.FORWARD, draw(seconds)),), ()]))
    middle = Repeat(draw(st.integers(1, 4)), (turn, bout, turn), between)
    return Workout((Interval(Phase.WARM_UP, draw(seconds)), middle, Interval(Phase.COOL_DOWN, draw(seconds))))


def walkable(seconds: st.SearchStrategy[int] = short_lengths) -> st.SearchStrategy[Workout]:
    """Workouts to walk in a test: short intervals, with any structure or that of the presets."""
    return st.one_of(ladders(seconds), workouts(seconds, most=20))


@st.composite
def places(draw: st.DrawFn, schedule: Schedule) -> At:
    """Any position in a schedule, including the end of an interval (a turn may wait there)."""
    index = draw(st.integers(0, len(schedule) - 1))
    return At(index, draw(st.integers(0, schedule[index].duration)))


steps = st.one_of(st.sampled_from([-15, -10, -5, 5, 10, 15]), st.integers(-400, 400), st.integers(-20_000, 20_000))
single_edits = st.one_of(
    st.builds(AddToInterval, steps),
    st.builds(SetInterval, st.integers(0, 20), st.integers(-5, MAX_SECONDS + 5)),
    st.builds(AddToPhase, phases, steps),
    st.builds(SetPhase, phases, st.one_of(lengths, st.integers(-5, MAX_SECONDS + 5))),
    st.builds(AddRounds, st.one_of(st.sampled_from([-1, 1]), st.integers(-5, 5))),
    st.just(CoolDownNow()),
)
edits = st.one_of(single_edits, st.lists(single_edits, min_size=1, max_size=3).map(tuple).map(Combined))


@st.composite
def edited_schedules(draw: st.DrawFn, workout: st.SearchStrategy[Workout] | None = None) -> Schedule:
    """Schedules after some edits, each made at a later position than the one before."""
    schedule = flatten(draw(workout if workout is not None else walkable()))
    index = 0
    for edit in draw(st.lists(edits, max_size=4)):
        index = draw(st.integers(min(index, len(schedule) - 1), len(schedule) - 1))
        try:
            schedule = edit(schedule, At(index, draw(st.integers(0, schedule[index].duration))))
        except WorkoutError:
            continue
    return schedule


rules = st.builds(
    Rules,
    lead_in=st.integers(0, 12),
    resume_lead_in=st.integers(0, 8),
    wait_at_turns=st.booleans(),
    reminder=st.integers(5, 20),
)
cue_settings = st.builds(
    CueSettings,
    off=st.one_of(st.just(frozenset[CueKind]()), st.frozensets(st.sampled_from(CueKind), max_size=4)),
    ticks=st.one_of(st.just(3), st.integers(0, 10)),
    announce=st.one_of(st.just(10), st.integers(5, 30)),
    belt_lead=st.one_of(st.just(0), st.integers(0, 30)),
    waits_at_turns=st.booleans(),
    voice=st.sampled_from(VOICES),
)
