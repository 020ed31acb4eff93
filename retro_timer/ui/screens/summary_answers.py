"""Saving the answers about a session, one write at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from retro_timer.storage.errors import StorageError
from retro_timer.ui.run_in_thread import in_thread

if TYPE_CHECKING:
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

    async def save(self, store: Store, form: FeedbackForm) -> str:
        """Save the changed answers of a form, while `writing` is held. Returns why not; empty if saved."""
        given, problem = form.feedback, ""
        try:
            stored = await in_thread(store.give_feedback, self._uuid, given, form.kept)
            if stored is None:
                problem = "the session is not in the history"
            else:
                form.saved(given, stored)
        except StorageError as error:
            problem = str(error)
        self.failed = bool(problem)
        return problem

    async def decline(self, store: Store) -> str:
        """Remember not to ask the open questions again. Returns why that is not saved; empty if it is."""
        try:
            await in_thread(store.decline, self._uuid)
        except StorageError as problem:
            self.failed = True
            return str(problem)
        return ""
