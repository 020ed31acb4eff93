"""Saving the answers about a session, one write at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from retro_timer.storage.errors import StorageError
from retro_timer.ui.run_in_thread import in_thread

if TYPE_CHECKING:
    from retro_timer.session.history import Feedback
    from retro_timer.storage.store import Store
    from retro_timer.ui.widgets.feedback_form import FeedbackForm


class SavedAnswers:
    """Saves the answers about a session.

    Args:
        uuid: the session.

    Attributes:
        writing: held while anything about the session is written.
        failed: whether the last write failed.
    """

    def __init__(self, uuid: str) -> None:
        self._uuid = uuid
        self.writing = asyncio.Lock()
        self.failed = False

    async def save(self, store: Store, form: FeedbackForm, feedback: Feedback) -> str:
        """Save the answers of a form, while `writing` is held. Returns why they are not saved; empty if they are."""
        problem = await in_thread(self._keep, store, feedback)
        self.failed = bool(problem)
        if not problem:
            form.kept = feedback
        return problem

    async def decline(self, store: Store) -> str:
        """Remember not to ask the open questions again. Returns why that is not saved; empty if it is."""
        try:
            await in_thread(store.decline, self._uuid)
        except StorageError as problem:
            self.failed = True
            return str(problem)
        return ""

    def _keep(self, store: Store, feedback: Feedback) -> str:
        try:
            there = store.give_feedback(self._uuid, feedback)
        except StorageError as problem:
            return str(problem)
        return "" if there else "the session is not in the history"
