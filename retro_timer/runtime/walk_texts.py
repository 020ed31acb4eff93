"""A walk as it is typed into a form."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.runtime.change_walk import WalkChanges
from retro_timer.runtime.log_walk import EnteredWalk, is_only_minutes, minutes, what_was_walked
from retro_timer.runtime.resolve import resolve
from retro_timer.runtime.walk_times import LogError, time_of_day
from retro_timer.scheduling.notation import format_length
from retro_timer.session.history import calendar_day
from retro_timer.session.states import shown_seconds
from retro_timer.text import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import time

    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import Feedback, StoredSession


class EnteredTexts(Struct, frozen=True):
    """A walk as it is typed; empty texts are left out.

    Attributes:
        day: a date.
        at: when it began.
        workout: a preset, an own workout or notation.
        backward: the minutes backward, instead of a workout.
        forward: the minutes forward.
        longest: the longest backward bout.
    """

    day: str
    at: str = ""
    workout: str = ""
    backward: str = ""
    forward: str = ""
    longest: str = ""

    @classmethod
    def of(cls, session: StoredSession) -> EnteredTexts:
        """What would be typed to log a logged session again."""
        summary = session.summary
        planned, totals, started = summary.planned, summary.totals, summary.start.started
        backward, forward, longest = (
            format_length(shown_seconds(length)) if length else ""
            for length in (totals.backward, totals.forward, totals.longest_backward)
        )
        day, at = calendar_day(started).isoformat(), f"{started:%H:%M}"
        if is_only_minutes(planned):
            return cls(day, at, backward=backward, forward=forward, longest=longest)
        return cls(day, at, planned.workout_id or planned.notation, longest=longest)

    def entered(self, feedback: Feedback, own: Sequence[Workout]) -> EnteredWalk:
        """The walk.

        Args:
            feedback: the answers about it.
            own: the walker's own workouts.

        Raises:
            LogError: if a date or a time is invalid.
            WorkoutError: if a length or a workout is invalid.
        """
        day, at = self._date(), self._time()
        backward, forward, longest = map(_seconds, (self.backward, self.forward, self.longest))
        workout = self._workout(own)
        walked = what_was_walked(workout, backward, forward)
        return EnteredWalk(day, walked, at, longest or (0 if workout is None else None), feedback)

    def changes(self, before: EnteredTexts, feedback: Feedback, own: Sequence[Workout]) -> WalkChanges:
        """What was changed in the form; a time that was removed stays as it is.

        Args:
            before: the texts before the change.
            feedback: the answers now.
            own: the walker's own workouts.

        Raises:
            LogError: if a date or a time is invalid.
            WorkoutError: if a length or a workout is invalid.
        """
        changes = WalkChanges(
            day=None if self._has("day", before) else self._date(),
            at=None if self._has("at", before) else self._time(),
            longest=None if self._has("longest", before) else _seconds(self.longest) or 0,
            feedback=feedback,
        )
        if self._has("workout", before) and self._has("backward", before) and self._has("forward", before):
            return changes
        workout, backward, forward = self._workout(own), _seconds(self.backward), _seconds(self.forward)
        if workout is None:
            return replace(changes, backward=backward or 0, forward=forward or 0)
        return replace(changes, workout=what_was_walked(workout, backward, forward), longest=changes.longest or None)

    def _has(self, name: str, before: EnteredTexts) -> bool:
        """Whether a text is as it was."""
        text: str = getattr(self, name)
        was: str = getattr(before, name)
        return text.strip() == was

    def _date(self) -> date:
        try:
            return date.fromisoformat(self.day.strip())
        except ValueError:
            raise LogError(f"expected a date such as 2026-03-02, not {quoted(self.day)}") from None

    def _time(self) -> time | None:
        return time_of_day(self.at) if self.at.strip() else None

    def _workout(self, own: Sequence[Workout]) -> Workout | None:
        """The workout; None if the minutes are given instead."""
        return resolve(self.workout, own=own) if self.workout.strip() else None


def _seconds(text: str) -> int | None:
    return minutes(text) if text.strip() else None
