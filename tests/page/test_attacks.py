"""Every attack of the list is refused, and the list is long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.requirements_present import require_modules

require_modules("aiohttp")

from retro_timer.page import server  # noqa: E402  (needs aiohttp)
from tests.page.attacks import allowed, tried  # noqa: E402  (the same)

if TYPE_CHECKING:
    import pytest


async def test_every_attack_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "IDLE_S", 3.0)  # what never asks is waited for only that long
    results = await tried()
    assert len(results) >= 200
    assert [(attack.kind, attack.what, outcome.what) for attack, outcome in results if not outcome.refused] == []


async def test_what_our_own_page_does_is_not() -> None:
    assert [outcome for outcome in await allowed() if outcome.refused] == []
