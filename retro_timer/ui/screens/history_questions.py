"""Home's questions about the history: the day after, questions left unanswered, and a repair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from retro_timer.session.history import Feedback
from retro_timer.storage.errors import StorageError
from retro_timer.ui.context import services_of
from retro_timer.ui.preferences import keymap_of
from retro_timer.ui.run_in_thread import run_in_thread
from retro_timer.ui.widgets.today import TodayPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from retro_timer.session.history import NextDay, SessionSummary
    from retro_timer.storage.store import Store
    from retro_timer.ui.facts import Facts

MOST_LINES: Final = 6
"""Maximum number of lines shown about a repair."""


class HistoryQuestions:
    """Asks about the history on Home, and saves the answers.

    Args:
        home: the screen, with a `TodayPanel`.
        report: shows why a session cannot be read.
    """

    def __init__(self, home: Screen[Any], report: Callable[[str], object]) -> None:
        self._home = home
        self._report = report
        self._asked_about = ""  # the session after which the day was asked about last
        self._offered = False
        self.unanswered: SessionSummary | None = None
        """The last session, if questions from its end are open and may be asked again."""

    @property
    def _store(self) -> Store:
        store = services_of(self._home).store
        assert store is not None  # noqa: S101  (whatever is asked about came from it)
        return store

    @property
    def _panel(self) -> TodayPanel:
        return self._home.query_one(TodayPanel)

    def ask(self, facts: Facts) -> None:
        """Ask about the day after, once for each session, or offer a repair once; not on top of another screen."""
        self.unanswered = facts.unanswered
        if not self._home.is_active:
            return
        if facts.day_after_due is not None and facts.day_after_due.uuid != self._asked_about:
            self._asked_about = facts.day_after_due.uuid
            self._ask_day_after(facts.day_after_due)
        elif facts.repairable and not self._offered:
            self._offered = True
            self._offer_repair()

    def open_unanswered(self) -> None:
        """Open the summary of the last session at its unanswered questions."""
        if self.unanswered is not None:
            self._home.run_worker(self._open_summary(self.unanswered.uuid), exclusive=True, group="answer")

    async def _open_summary(self, uuid: str) -> None:
        from retro_timer.ui.screens.summary import SummaryScreen

        try:
            session = await run_in_thread(self._home, self._store.history.session, uuid)
        except StorageError as problem:
            self._report(f"the session cannot be read: {problem}")
            return
        if session is not None and self._home.is_active:
            self._home.app.push_screen(SummaryScreen(session, unanswered_only=True))

    def _ask_day_after(self, walked: SessionSummary) -> None:
        from retro_timer.ui.screens.day_after import DayAfterScreen

        def answered(answer: NextDay | None) -> None:
            if answer is not None:
                self._home.run_worker(self._save_day_after(walked, answer))

        self._home.app.push_screen(DayAfterScreen(walked), answered)

    async def _save_day_after(self, walked: SessionSummary, answer: NextDay) -> None:
        try:
            await run_in_thread(self._home, self._store.give_feedback, walked.uuid, Feedback(next_day=answer))
        except StorageError as problem:
            self._panel.unsaved = f"Your answer is not saved: {problem}."
        else:
            self._panel.unsaved = ""
        self._panel.read()

    def _offer_repair(self) -> None:
        from retro_timer.ui.screens.question import Question

        def answered(yes: bool | None) -> None:
            if yes:
                self._home.run_worker(self._repair())

        details = "Part of it was damaged and set aside. Whatever can still be read is added back; nothing is deleted."
        services = services_of(self._home)
        keys, phrases = keymap_of(services).keys, services.phrases
        spoken = (
            (phrases.REPAIR,),
            phrases.press(phrases.REPAIR_BY, keys["question.yes"]),
            phrases.press(phrases.LATER_BY, keys["question.no"]),
        )
        question = Question("Repair the history?", details, yes="repair", no="not now", spoken=spoken)
        self._home.app.push_screen(question, answered)

    async def _repair(self) -> None:
        """Repair the history and report the result."""
        try:
            reports = await run_in_thread(self._home, self._store.repair)
        except StorageError as problem:
            self._home.app.notify(f"Not repaired: {problem}.", severity="error", markup=False)
        else:
            lines = [line for report in reports for line in (str(report), *report.partly, *report.lost)]
            shown = lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], "The log names the others."]
            for line in lines:
                services_of(self._home).log(line)
            self._home.app.notify("\n".join(shown), title="Repaired", timeout=60, markup=False)
        self._panel.read()
