"""The list of sessions on the progress screen, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from rich.text import Text
from textual.widgets.option_list import Option

from retro_timer.session.logged import origin_of
from retro_timer.session.record import SessionStatus
from retro_timer.session.states import shown_seconds
from retro_timer.text import clock_time
from retro_timer.ui.widgets.line import fitted
from retro_timer.ui.widgets.reversible import ReversibleList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.events import Click, Resize

    from retro_timer.session.history import SessionSummary

ROOMY: Final = 140
"""Minimum width in cells for showing more about each session."""


class SessionsList(ReversibleList):
    """The list of sessions; the first click chooses one, the next opens it."""

    def __init__(self, *, id: str) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id, markup=False)
        self._clicked: int | None = None
        self._shown: list[SessionSummary] = []
        self._roomy = False
        self._clock_12h = False

    @property
    def chosen(self) -> str | None:
        """The uuid of the session under the cursor; None if there is none."""
        return None if self.highlighted is None else self.get_option_at_index(self.highlighted).id

    def add(self, sessions: Iterable[SessionSummary], *, clock_12h: bool) -> None:
        """Add sessions at the end; with `clock_12h`, their times are shown as 5:30 PM."""
        self._clock_12h = clock_12h
        added = list(sessions)
        self._shown += added
        self.add_options([Option(self._row(summary), id=summary.uuid) for summary in added])

    def clear_options(self) -> Self:
        """Empty the list."""
        self._shown.clear()
        return super().clear_options()

    def on_resize(self, event: Resize) -> None:
        """Show more of each session where there is room, and less where there is not."""
        roomy = event.size.width >= ROOMY
        if roomy == self._roomy:
            return
        self._roomy = roomy
        for index, summary in enumerate(self._shown):
            self.replace_option_prompt_at_index(index, self._row(summary))

    def _row(self, summary: SessionSummary) -> Text:
        return _row(summary, clock_12h=self._clock_12h, roomy=self._roomy)

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


def _row(summary: SessionSummary, *, clock_12h: bool, roomy: bool) -> Text:
    """The text of a session in the list; with room, also the longest bout and the pain."""
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
    walked, backward = (clock_time(shown_seconds(time)) for time in (summary.spent.walked, totals.backward))
    words = ", ".join(filter(None, signs))
    if roomy:
        longest = f"longest {clock_time(shown_seconds(totals.longest_backward)):>5}" if totals.longest_backward else ""
        pain = "" if feedback.pain_after is None else f"pain {feedback.pain_after}"
        columns = (
            f"{started:%a %Y-%m-%d} {hour}", fitted(summary.planned.title, 30), f"{walked:>7} walked",
            f"{backward:>5} backward", f"{longest:13}", f"{effort:9}", f"{pain:7}", words,
        )  # fmt: skip
        text = "   ".join(columns)
    else:
        text = f"{started:%Y-%m-%d} {hour}  {fitted(summary.planned.title, 18)} {walked:>7}"
        text += f"  {backward:>5} back  {effort:9}  {words}"
    return Text(text.rstrip(), no_wrap=True, overflow="ellipsis")
