"""A programme: the levels a plan leads through, its limits, and the numbers of its rules.

The built-in eight weeks are one (`eight-weeks.toml`); therapists and coaches write others (docs/programmes.md).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.scheduling.model import Interval, Workout
from retro_timer.scheduling.presets import preset
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.units import show_speed
from retro_timer.text import clock_time
from retro_timer.training.levels import LADDER_ORDER, NAMES
from retro_timer.training.speeds import ROUNDING_KMH, fastest_backward

if TYPE_CHECKING:
    from datetime import date

    from retro_timer.training.levels import Level

EASY_EFFORT: Final = 4
"""The highest effort at which the plan moves on, 0 to 10, unless a programme says otherwise (design)."""
HARD_EFFORT: Final = 7
"""The lowest effort at which the plan steps back, likewise."""
MILD_PAIN: Final = 3
PAIN_TO_SKIP: Final = 5
SHORT_GAP: Final = 7
LONG_GAP: Final = 14
MOST_SESSIONS: Final = 12
"""The most sessions that a level may ask for."""


class Thresholds(Struct, frozen=True):
    """The numbers of the rules.

    Attributes:
        easy_effort: the highest effort at which the plan moves on.
        hard_effort: the lowest effort at which it steps back.
        mild_pain: the highest pain at which it moves on.
        short_gap: days without a session after which a level is repeated.
        long_gap: days without a session after which the plan steps back.
    """

    easy_effort: int = EASY_EFFORT
    hard_effort: int = HARD_EFFORT
    mild_pain: int = MILD_PAIN
    short_gap: int = SHORT_GAP
    long_gap: int = LONG_GAP


class Limits(Struct, frozen=True):
    """The limits of a programme.

    Attributes:
        longest_bout: the longest backward bout in seconds; None for any length.
        top_speed: the fastest backward speed in km/h; None for any speed up to the cap.
        pain: the pain at which to stop, and not to walk that day, 0 to 10.
        days: the most days a week for a walker whose goal is higher than the level's days; None if goals cannot exceed
            the level's.
    """

    longest_bout: int | None = None
    top_speed: float | None = None
    pain: int = PAIN_TO_SKIP
    days: int | None = None


class Programme(Struct, frozen=True, dict=True):
    """A programme.

    Attributes:
        id: its name in the settings; also the prefix of its own workouts' ids.
        name: its name for display.
        levels: the levels in order.
        own: the workouts of levels that are not presets.
        author: who wrote it; may be empty.
        about: what it is for, in a sentence or two; may be empty.
        limits: its limits.
        thresholds: the numbers of the rules.
        started: the first day on which sessions count for it; None if all do.
    """

    id: str
    name: str
    levels: tuple[Level, ...]
    own: tuple[Workout, ...] = ()
    author: str = ""
    about: str = ""
    limits: Limits = Limits()
    thresholds: Thresholds = Thresholds()
    started: date | None = None

    @property
    def is_imported(self) -> bool:
        """Whether a therapist or a coach wrote it: the walker's own choices do not lead out of it."""
        return self.started is not None

    @property
    def top(self) -> int:
        """The index of the last level."""
        return len(self.levels) - 1

    @property
    def weeks(self) -> int:
        """The number of weeks."""
        return max(level.week for level in self.levels)

    @cached_property
    def follows_ladder(self) -> bool:
        """Whether its levels are presets in ladder order, so that all other presets have a place among them."""
        places = [LADDER_ORDER.get(level.workout_id, -1) for level in self.levels]
        return places == sorted(places) and places[0] >= 0

    @cached_property
    def variation_is_too_long(self) -> bool:
        """Whether the variation of the last level has a longer bout than the limits allow: it is not advised.

        Import refuses such a programme; one that was imported before it did may be among the stored ones.
        """
        variation = self.levels[-1].variation
        return bool(variation) and exceeds_longest_bout(preset(variation), self.limits)

    @cached_property
    def _first_level(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for index, level in enumerate(self.levels):
            for workout_id in level.workout_ids:
                found.setdefault(workout_id, index)
        return found

    def level_of(self, workout_id: str | None) -> int | None:
        """The index of the first level with a workout; None if sessions with it do not count.

        In the built-in programme, whose levels follow the ladder, a preset without a level belongs to the last level
        below it, or to the first. An imported one has no place for what its author left out.
        """
        if workout_id is None:
            return None
        exact = self._first_level.get(workout_id)
        if exact is not None or self.is_imported or not self.follows_ladder or workout_id not in LADDER_ORDER:
            return exact
        place = LADDER_ORDER[workout_id]
        below = [index for index, level in enumerate(self.levels) if LADDER_ORDER[level.workout_id] < place]
        return max(below, default=0)

    def first_workout(self, chosen: str) -> str:
        """The workout to start with: the walker's choice in the built-in programme, the first step of an imported one.

        Args:
            chosen: the preset that the walker chose to start with.
        """
        return self.levels[0].workout_id if self.is_imported else chosen

    def is_at_most(self, workout_id: str | None, index: int) -> bool:
        """Whether a workout is not above the workouts of a level."""
        if not self.follows_ladder:
            level = self.level_of(workout_id)
            return level is not None and level <= index
        ceiling = max(LADDER_ORDER[each] for each in self.levels[index].workout_ids)
        return LADDER_ORDER.get(workout_id or "", len(LADDER_ORDER)) <= ceiling

    def workout(self, workout_id: str) -> Workout:
        """One of its workouts, or a preset.

        Raises:
            WorkoutError: if there is none.
        """
        return next((own for own in self.own if own.id == workout_id), None) or preset(workout_id)

    def name_of(self, workout_id: str) -> str:
        """The name of one of its workouts, or of a preset."""
        return next((own.name for own in self.own if own.id == workout_id), None) or NAMES.get(workout_id, workout_id)


def with_words(workout: Workout, words: str) -> Workout:
    """A workout with words to show and speak when it begins, as the label of its first interval if that has none."""
    first, *rest = workout.blocks
    if not words or not isinstance(first, Interval) or first.label:
        return workout
    return replace(workout, blocks=(replace(first, label=words), *rest))


def beyond_limits(programme: Programme, workout: Workout, *, imperial: bool) -> str:
    """How a workout exceeds the limits of an imported programme, as one sentence; empty if it does not."""
    limits, found = programme.limits, []
    if exceeds_longest_bout(workout, limits) and limits.longest_bout is not None:
        longest = flatten(workout).longest_backward
        found.append(f"a bout of {clock_time(longest)} (at most {clock_time(limits.longest_bout)})")
    fastest = fastest_backward(workout.blocks)
    if limits.top_speed is not None and fastest is not None and fastest > limits.top_speed + ROUNDING_KMH:
        most = show_speed(limits.top_speed, imperial=imperial)
        found.append(f"{show_speed(fastest, imperial=imperial)} backward (at most {most})")
    # The limits of the built-in programme apply to every workout: see `training.speeds`.
    if not programme.is_imported or not found:
        return ""
    return f"Beyond the limits of {programme.name}: {', '.join(found)}."


def exceeds_longest_bout(workout: Workout, limits: Limits) -> bool:
    """Whether a workout has a longer bout than the limits allow."""
    return limits.longest_bout is not None and flatten(workout).longest_backward > limits.longest_bout
