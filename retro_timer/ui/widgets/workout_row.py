"""The rows of the list on Home: workouts with profiles, headings, and unreadable files."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import ListItem, ListView

from retro_timer.scheduling.schedule import flatten
from retro_timer.text import clock_time
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.events import Click

    from retro_timer.scheduling.model import Workout
    from retro_timer.storage.workouts import LibraryEntry


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

    def on_click(self, event: Click) -> None:
        """Choose it on the first click and start it on the next, to avoid accidental starts."""
        event.prevent_default()
        if isinstance(self.parent, WorkoutList):
            self.parent.clicked(self)

    def compose(self) -> ComposeResult:
        """Two lines."""
        workout = self.workout
        totals = f"{clock_time(workout.backward_seconds)} backward  {clock_time(workout.total_seconds):>7}"
        yield Line(workout.name, right=totals)
        yield Profile(flatten(workout), marker=False)


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
        self._ladder = len(ladder)
        self._first = first
        self._clicked: WorkoutRow | None = None

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
            choose: the id of the own workout to choose; otherwise the cursor keeps its line.
        """
        at = self._first if self.index is None else self.index
        if len(self.children) > self._ladder:
            await self.remove_children(list(self.children[self._ladder :]))
        if rows:
            await self.extend(rows)
        ids = [child.workout.id if isinstance(child, WorkoutRow) and child.own else "" for child in self.children]
        self.index = None  # the highlighted row may be gone
        self.index = ids.index(choose) if choose and choose in ids else min(at, len(ids) - 1)
