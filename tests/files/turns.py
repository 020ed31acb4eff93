"""The lock between threads that change files, which tells when a second one wants it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from retro_timer.files import locking

if TYPE_CHECKING:
    import pytest


class Turns:
    """A lock in place of that of `locking`, for tests of two threads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        monkeypatch.setattr(locking, "_threads", self)

    def __enter__(self) -> None:
        if self._lock.locked():
            self._wanted.set()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def wait_for_second(self) -> None:
        """Wait until a second thread waits for its turn; fails if none does."""
        assert self._wanted.wait(20), "nobody waits"
