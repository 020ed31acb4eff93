"""The rows of Home: workouts with their profiles, headings, and files that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import ListItem, ListView

from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.show import clock_time
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.events import Click

    from retro_timer.scheduling.workout import Workout
    from retro_timer.storage.workouts import LibraryEntry


class WorkoutRow(ListItem):
    """A workout in the list: its name and totals, and its profile.

    Args:
        workout: what is shown.
        own: whether it is the walker's own: it can be changed, renamed and deleted.
        ascii_only: draw without block characters.
    """

    def __init__(self, workout: Workout, *, own: bool = False, ascii_only: bool) -> None:
        super().__init__()
        self.workout = workout
        self.own = own
        self._ascii = ascii_only

    def on_click(self, event: Click) -> None:
        """A click chooses it, the next one walks it: a walk does not begin by a slip of the hand."""
        event.prevent_default()
        if isinstance(self.parent, WorkoutList):
            self.parent.clicked(self)

    def compose(self) -> ComposeResult:
        """Two lines."""
        workout = self.workout
        totals = f"{clock_time(workout.backward_seconds)} backward  {clock_time(workout.total_seconds):>7}"
        yield Line(workout.name, right=totals)
        yield Profile(flatten(workout), marker=False, ascii_only=self._ascii)


class ProblemRow(ListItem):
    """A file of the library that cannot be read: its name and why."""

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
    """Words between two parts of the list; cannot be chosen."""

    def __init__(self, text: str) -> None:
        super().__init__(classes="-heading", disabled=True)
        self._text = text

    def compose(self) -> ComposeResult:
        """One line."""
        yield Line(self._text)


class WorkoutList(ListView, inherit_bindings=False):
    """The list of Home: the ladder, and what is put beneath it. The key that walks is the screen's."""

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
        """Choose the row; select it where it was chosen by a click already."""
        again = row is self._clicked and row is self.highlighted_child
        self._clicked = row
        self.focus()
        self.index = self.children.index(row)
        if again:
            self.action_select_cursor()

    def action_go(self, by: int) -> None:
        """Go some rows away, past what cannot be chosen."""
        can = [index for index, child in enumerate(self.children) if not child.disabled]
        at = can.index(self.index) if self.index in can else 0
        self.index = can[max(0, min(len(can) - 1, at + by))]

    async def show_own(self, rows: Sequence[ListItem], choose: str = "") -> None:
        """Put other rows beneath the ladder.

        Args:
            rows: instead of those that are there.
            choose: the id of the own workout to choose; otherwise the cursor stays.
        """
        at = self._first if self.index is None else self.index
        if len(self.children) > self._ladder:
            await self.remove_children(list(self.children[self._ladder :]))
        if rows:
            await self.extend(rows)
        ids = [child.workout.id if isinstance(child, WorkoutRow) and child.own else "" for child in self.children]
        self.index = None  # what was highlighted may be gone: begin anew
        self.index = ids.index(choose) if choose and choose in ids else min(at, len(ids) - 1)
