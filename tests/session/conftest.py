"""What the tests of sessions share."""

from __future__ import annotations

import pytest

from retro_timer.session.clip_lengths import CLIP_MS
from retro_timer.session.languages import english
from tests.session.written_lengths import WRITTEN_MS


@pytest.fixture
def written_lengths(monkeypatch: pytest.MonkeyPatch) -> None:
    """The phrases take as long as when the test was written."""
    monkeypatch.setattr(english, "CLIP_MS", {voice: {**lengths, **WRITTEN_MS} for voice, lengths in CLIP_MS.items()})


@pytest.fixture
def estimated_lengths(monkeypatch: pytest.MonkeyPatch) -> None:
    """No phrase has a clip: each takes 450 ms, and 75 ms for each character."""
    monkeypatch.setattr(english, "CLIP_MS", {})
