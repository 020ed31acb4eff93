"""The rows of the list on Home: workouts with profiles, headings, and unreadable files."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.widgets import ListItem, ListView

from retro_timer.scheduling.schedule import flatten
from retro_timer.text import clock_time
from retro_timer.ui.context import services_of
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.events import Click

    from retro_timer.scheduling.model import Workout
    from retro_timer.storage.workouts import LibraryEntry


LONGEST_SPAN: Final = 3600
"""Maximum number of seconds that the width of the profiles stands for; a longer workout fills the width."""


class WorkoutRow(ListItem):
    """A workout in the list, with its name, totals and profile.

    Args:
        workout: the workout.
        own: whether it is the walker's own, so that it can be edited, renamed and deleted.
    """

    def __init__(self, workout: Workout, *, own: bool = False) -> None:
        super().__init__()
        self.workout = workout
        self.own = own
        totals = f"{clock_time(workout.backward_seconds)} backward  {clock_time(workout.total_seconds):>7}"
        self._line = Line(workout.name, right=totals)
        self._totals = totals
        self._profile = Profile(flatten(workout), marker=False)

    def on_click(self, event: Click) -> None:
        """Choose it on the first click and start it on the next, to avoid accidental starts."""
        event.prevent_default()
        if isinstance(self.parent, WorkoutList):
            self.parent.clicked(self)

    def compose(self) -> ComposeResult:
        """Two lines."""
        yield self._line
        yield self._profile

    def show_today(self, today: bool) -> None:
        """Mark it as today's workout, or remove the mark."""
        mark = ">" if services_of(self).ascii_only else "●"
        self._line.show(f"{mark} {self.workout.name}   today" if today else self.workout.name, right=self._totals)
        self.set_class(today, "-today")

    def show_span(self, span: int) -> None:
        """Set the number of seconds that the width of the profile stands for."""
        self._profile.show_span(span)


class ProblemRow(ListItem):
    """An unreadable file of the library, with its name and error."""

    def __init__(self, entry: LibraryEntry) -> None:
        super().__init__(classes="-problem")
        self.entry = entry

    def compose(self) -> ComposeResult:
        """Two lines."""
        yield Line(self.entry.name, right="cannot be read")
        why = Line(self.entry.problem)
        why.add_class("why")
        yield why


class Heading(ListItem):
    """A heading between two parts of the list; cannot be chosen."""

    def __init__(self, text: str) -> None:
        super().__init__(classes="-heading", disabled=True)
        self._text = text

    def compose(self) -> ComposeResult:
        """One line."""
        yield Line(self._text)


class WorkoutList(ListView, inherit_bindings=False):
    """The list on Home: the ladder, and the walker's own workouts below. The screen handles the enter key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor_up", show=False),
        Binding("down", "cursor_down", show=False),
        Binding("home", "go(-10000)", show=False),
        Binding("end", "go(10000)", show=False),
        Binding("pageup", "go(-4)", show=False),
        Binding("pagedown", "go(4)", show=False),
    ]

    def __init__(self, ladder: list[WorkoutRow], first: int) -> None:
        super().__init__(*ladder, initial_index=first)
        self._moved = False
        self._ladder = len(ladder)
        self._first = first
        self._clicked: WorkoutRow | None = None

    def on_mount(self) -> None:
        """Draw all profiles on one scale."""
        self._scale()

    def _scale(self) -> None:
        rows = [row for row in self.children if isinstance(row, WorkoutRow)]
        # There are none if the app is closing.
        span = min(LONGEST_SPAN, max((row.workout.total_seconds for row in rows), default=LONGEST_SPAN))
        for row in rows:
            row.show_span(span)

    def show_today(self, preset_id: str | None) -> None:
        """Mark today's workout; the cursor goes there unless the walker has moved it."""
        for index, row in enumerate(self.children):
            if isinstance(row, WorkoutRow) and not row.own:
                row.show_today(row.workout.id == preset_id)
                if row.workout.id == preset_id and not self._moved:
                    self._first = self.index = index

    def watch_index(self, old_index: int | None, new_index: int | None) -> None:
        """Remember whether the walker moved the cursor."""
        super().watch_index(old_index, new_index)
        if self.is_mounted and self.has_focus and new_index not in (None, self._first):
            self._moved = True

    def clicked(self, row: WorkoutRow) -> None:
        """Choose the clicked row; select it if a click has already chosen it."""
        again = row is self._clicked and row is self.highlighted_child
        self._clicked = row
        self.focus()
        self.index = self.children.index(row)
        if again:
            self.action_select_cursor()

    def action_go(self, by: int) -> None:
        """Move by some rows, skipping those that cannot be chosen."""
        can = [index for index, child in enumerate(self.children) if not child.disabled]
        at = can.index(self.index) if self.index in can else 0
        self.index = can[max(0, min(len(can) - 1, at + by))]

    async def show_own(self, rows: Sequence[ListItem], choose: str = "") -> None:
        """Replace the rows below the ladder.

        Args:
            rows: the new rows.
            choose: the id of the own workout to choose; otherwise the cursor stays at its workout, or on its line.
        """
        at, row = self._first if self.index is None else self.index, self.highlighted_child
        if not choose and isinstance(row, WorkoutRow) and row.own:
            choose = row.workout.id
        if len(self.children) > self._ladder:
            await self.remove_children(list(self.children[self._ladder :]))
        if rows:
            await self.extend(rows)
        self._scale()
        ids = [child.workout.id if isinstance(child, WorkoutRow) and child.own else "" for child in self.children]
        self.index = None  # the highlighted row may be gone
        self.index = ids.index(choose) if choose and choose in ids else min(at, len(ids) - 1)
