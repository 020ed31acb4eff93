"""What tests of screens share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_summary_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The summary opens where a test asks for it, and not because the machine took four seconds for a step."""
    monkeypatch.setattr("retro_timer.ui.screens.session_ending.SUMMARY_DELAY", 3600.0)


@pytest.fixture(autouse=True)
def _garbage_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app freezes all objects after its first frame; here, that would keep the garbage of every earlier app."""
    monkeypatch.setattr("retro_timer.ui.app.enable_gc", lambda: None)
