"""Today: the plan's advice, this week against the goal and the streak, the same for every screen and command."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.runtime.walk_times import local_time
from retro_timer.scheduling.units import mph, show_speed
from retro_timer.session.history import day_at
from retro_timer.text import clock_time, counted
from retro_timer.training.plan import advise
from retro_timer.training.programme import with_words
from retro_timer.training.walk_test import is_fit
from retro_timer.training.weeks import STREAK_RULE, Goal, streak, week_totals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from retro_timer.config.paths import Paths
    from retro_timer.config.schema import PlanSettings, Settings
    from retro_timer.scheduling.model import Workout
    from retro_timer.scheduling.units import WeekStart
    from retro_timer.storage.history import History
    from retro_timer.storage.training_entries import Practised
    from retro_timer.training.levels import SpeedRange
    from retro_timer.training.plan import Advice, PlanChoices
    from retro_timer.training.programme import Programme
    from retro_timer.training.weeks import Streak, WeekTotals


class Today(Struct, frozen=True):
    """What screens and commands show about a day.

    Attributes:
        day: the local date.
        advice: what the plan says.
        week: what was walked this week.
        goal: the goal for a week.
        streak: weeks of practice.
        programme: the programme that the plan follows.
        fit_for_test: whether the backward walk test may be offered.
        problems: one sentence for each session that is impossible, and so left out.
        walked: how many sessions of each preset were walked as planned.
    """

    day: date
    advice: Advice
    week: WeekTotals
    goal: Goal
    streak: Streak
    programme: Programme
    fit_for_test: bool = False
    problems: tuple[str, ...] = ()
    walked: Mapping[str, int] = MappingProxyType({})

    @property
    def workout(self) -> Workout | None:
        """The advised workout, with the words of the programme; None if the plan is off or says stop."""
        advice = self.advice
        if advice.preset_id is None:
            return None
        return with_words(self.programme.workout(advice.preset_id), advice.words)

    @property
    def place_words(self) -> str:
        """Where the walker is in the programme: `week 3 of 8`, with its name unless it is the built-in one."""
        if not self.advice.week:
            return ""
        name = f"{self.programme.name}, " if self.programme.is_imported else ""
        return f"{name}week {self.advice.week} of {self.programme.weeks}"

    @property
    def next_words(self) -> str:
        """What the plan says about the next walk, in one or two lines."""
        advice = self.advice
        if advice.preset_id is None:
            return advice.sentence
        move_on = f"To move on: {advice.to_move_on}" if advice.to_move_on else ""
        return "\n".join(
            filter(None, (f"Next time: {self.programme.name_of(advice.preset_id)}. {advice.next_reason}", move_on))
        )

    @property
    def week_words(self) -> str:
        """This week against the goal: `2 of 3 sessions, 24 of 30 min`."""
        week, goal = self.week, self.goal
        walked = clock_time(week.seconds) if 0 < week.seconds < 60 else week.seconds // 60
        return f"{week.sessions} of {goal.sessions} sessions, {walked} of {goal.seconds // 60} min"

    @property
    def streak_words(self) -> str:
        """The streak: `4 weeks, one forgiven`; empty without one."""
        weeks = self.streak.weeks
        if not weeks:
            return ""
        forgiven = f", {self.streak.forgiven} forgiven" if self.streak.forgiven else ""
        risk = "; walk this week to keep it" if self.streak.at_risk else ""
        return f"{counted(weeks, 'week')}{forgiven}{risk}"


def today_of(  # noqa: PLR0913  (where all of it comes from)
    history: History,
    settings: Settings,
    week_start: WeekStart,
    now: datetime,
    *,
    pain: int | None = None,
    paths: Paths | None = None,
) -> Today:
    """Today, from the history, the settings and the programme's file.

    Raises:
        StorageError: when the history cannot be read.
        PlanError: for a pain that is not 0 to 10.
    """
    from retro_timer.storage.programmes import followed_programme
    from retro_timer.storage.training_entries import entries_of

    programme = followed_programme(settings, paths)
    choices = settings.plan_choices(week_start)
    goal = Goal(settings.plan.sessions, settings.plan.minutes)
    ends = settings.plan.day_ends
    walked = entries_of(history, now, ends, programme.own)
    return today_from_entries(programme, walked, day_at(now, ends), choices, goal, pain=pain)


def until_next_day(now: datetime, day_ends: int) -> timedelta:
    """The time left until the walker's next day, which begins `day_ends` hours after midnight."""
    tomorrow = day_at(now, day_ends) + timedelta(days=1)
    return local_time(datetime.combine(tomorrow, time(day_ends)), now) - now


def today_from_entries(  # noqa: PLR0913  (where all of it comes from)
    programme: Programme, walked: Practised, day: date, choices: PlanChoices, goal: Goal, *, pain: int | None = None
) -> Today:
    """A day, from every session.

    Args:
        programme: the programme that the plan follows.
        walked: every session.
        day: the local date.
        choices: the walker's choices about the plan.
        goal: the walker's goal for a week; the programme may allow fewer days.
        pain: 0 to 10; None if it was not asked.

    Raises:
        PlanError: for a pain that is not 0 to 10.
    """
    entries = walked.entries
    advice = advise(programme, entries, day, choices, pain)
    return Today(
        day=day,
        advice=advice,
        week=week_totals(entries, day, choices.week_start),
        goal=replace(goal, sessions=min(goal.sessions, advice.most_days)),
        streak=streak((entry.day for entry in entries), day, choices.week_start),
        programme=programme,
        fit_for_test=is_fit(entries, day),
        problems=walked.problems,
        walked=Counter(entry.preset for entry in entries if entry.preset and entry.as_planned),
    )


def level_to_warn_for(today: Today | None, plan: PlanSettings) -> str | None:
    """The workout of the plan's level, or else the preset that the walker chose; None if a programme leaves no choice.

    Args:
        today: the day; None if there is no history.
        plan: the settings of the plan.
    """
    from retro_timer.storage.programmes import BUILT_IN

    if today and today.advice.preset_id:
        return today.advice.preset_id
    return (plan.pinned or plan.start) if plan.programme == BUILT_IN else None


def speed_words(speeds: SpeedRange, *, imperial: bool) -> str:
    """A range of speeds in the walker's unit: `1.0-1.2 mph`, `1.6 km/h`."""
    high = show_speed(speeds.high, imperial=imperial)
    low = f"{mph(speeds.low) if imperial else speeds.low:.1f}"
    return high if high.startswith(f"{low} ") else f"{low}-{high}"


def speeds_words(advice: Advice, *, imperial: bool) -> str:
    """The speeds backward and forward; empty where none applies."""
    parts = [
        f"{name} {speed_words(speeds, imperial=imperial)}"
        for name, speeds in (("backward", advice.backward), ("forward", advice.forward))
        if speeds is not None
    ]
    return ", ".join(parts)


def day_in_rows(today: Today, *, imperial: bool) -> Iterator[tuple[str, str]]:
    """The day as rows of a heading and a text."""
    advice, programme = today.advice, today.programme
    if advice.preset_id is not None:
        workout = programme.workout(advice.preset_id)
        total, backward = clock_time(workout.total_seconds), clock_time(workout.backward_seconds)
        name = programme.name_of(advice.preset_id)
        yield "workout", f"{name}, {total} with {backward} backward; week {advice.week} of {programme.weeks}"
    if advice.words:
        yield "words", advice.words
    for name, speeds in (("backward", advice.backward), ("forward", advice.forward)):
        if speeds is not None:
            yield name, speed_words(speeds, imperial=imperial)
    if advice.pace:
        yield "pace", advice.pace
    if advice.to_move_on:
        yield "to move on", advice.to_move_on
    if advice.ignored:
        yield "pin", advice.ignored
    if programme.is_imported:
        yield from _programme_in_rows(today, imperial=imperial)
    logged = f"; {today.week.logged} of them logged, not timed" if today.week.logged else ""
    yield "this week", f"{today.week_words}{logged}"
    yield "streak", f"{today.streak_words or 'none yet'}. {STREAK_RULE}"


def _programme_in_rows(today: Today, *, imperial: bool) -> Iterator[tuple[str, str]]:
    """An imported programme: its name and author, today's rule, and its limits."""
    programme, limits = today.programme, today.programme.limits
    by = f", by {programme.author}" if programme.author else ""
    yield "programme", f"{programme.name}{by}"
    yield "rule", today.advice.rule
    parts = [f"stop at pain {limits.pain} of 10"]
    if limits.longest_bout is not None:
        parts.append(f"bouts up to {clock_time(limits.longest_bout)}")
    if limits.top_speed is not None:
        parts.append(f"backward up to {show_speed(limits.top_speed, imperial=imperial)}")
    yield "limits", ", ".join(parts)
