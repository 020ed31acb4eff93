"""What tests of screens share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual._styles_cache import StylesCache  # the only way to its cache

from retro_timer.ui.drawing.cached_line import changed_regions

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _no_summary_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The summary opens where a test asks for it, and not because the machine took four seconds for a step."""
    monkeypatch.setattr("retro_timer.ui.screens.session_ending.SUMMARY_DELAY", 3600.0)


@pytest.fixture(autouse=True)
def _garbage_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep nothing of earlier apps, whose lines add up to hundreds of megabytes in a process that shows so many.

    The app freezes all objects after its first frame, and Textual remembers the drawn lines of a thousand widgets.
    """
    monkeypatch.setattr("retro_timer.ui.app.enable_gc", lambda: None)
    yield
    StylesCache.get_inner_outer.cache_clear()
    changed_regions.cache_clear()
