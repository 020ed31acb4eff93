"""The list of sessions on the progress screen, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets.option_list import Option

from retro_timer.session.logged import origin_of
from retro_timer.session.record import SessionStatus
from retro_timer.text import clock_time
from retro_timer.ui.widgets.line import fitted
from retro_timer.ui.widgets.reversible import ReversibleList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.events import Click

    from retro_timer.session.history import SessionSummary


class SessionsList(ReversibleList):
    """The list of sessions; the first click chooses one, the next opens it."""

    def __init__(self, *, id: str) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id, markup=False)
        self._clicked: int | None = None

    @property
    def chosen(self) -> str | None:
        """The uuid of the session under the cursor; None if there is none."""
        return None if self.highlighted is None else self.get_option_at_index(self.highlighted).id

    def add(self, sessions: Iterable[SessionSummary], *, clock_12h: bool) -> None:
        """Add sessions at the end; with `clock_12h`, their times are shown as 5:30 PM."""
        self.add_options([Option(_row(summary, clock_12h=clock_12h), id=summary.uuid) for summary in sessions])

    async def _on_click(self, event: Click) -> None:
        """Override Textual's handler, which opens on the first click."""
        event.prevent_default()
        row = event.style.meta.get("option")
        if row is None:
            return
        again = row == self._clicked == self.highlighted
        self._clicked = self.highlighted = row
        if again:
            self.action_select()


def _row(summary: SessionSummary, *, clock_12h: bool) -> Text:
    """The text of a session in the list."""
    started, totals, feedback = summary.start.started, summary.totals, summary.feedback
    hour = f"{started:%I:%M %p}" if clock_12h else f"{started:%H:%M}"
    effort = "" if feedback.effort is None else f"effort {feedback.effort}"
    signs = [
        "fell" if feedback.fall else "",
        "stumble" if feedback.stumble else "",
        origin_of(summary.uuid).value,
        "" if summary.state is SessionStatus.FINISHED else summary.state.value.replace("-", " "),
        feedback.note,
    ]
    name = fitted(summary.planned.title, 18)
    text = f"{started:%Y-%m-%d} {hour}  {name} {clock_time(summary.spent.walked // 1000):>7}"
    text += f"  {clock_time(totals.backward // 1000):>5} back  {effort:9}  {', '.join(filter(None, signs))}"
    return Text(text.rstrip(), no_wrap=True, overflow="ellipsis")
