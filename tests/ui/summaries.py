"""The summary after a session, reached in the same way as by a walker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retro_timer.config.schema import Settings
from retro_timer.config.settings import Loaded, changed
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock
from retro_timer.ui.screens.summary import SummaryScreen
from tests.ui.drawn import settled
from tests.ui.support import Stage, history, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from retro_timer.config.paths import Paths
    from retro_timer.session.history import Feedback


WHOLE = 480_000
"""Length of First Try in milliseconds."""


def stage_in(
    directory: Path,
    workout: str | None = "first-try",
    *,
    paths: Paths | None = None,
    **settings: Any,  # noqa: ANN401
) -> Stage:
    """An app that saves sessions, with metric settings."""
    mine = Settings()
    for key, value in {"units.speed": "km/h", "units.clock": "24h", "units.week_start": "monday", **settings}.items():
        mine = changed(mine, key, value)
    clock = FakeClock()
    stage = Stage(workout, clock=clock, store=Store(directory, clock), loaded=Loaded(mine, ()), paths=paths)
    stage.clock = clock
    return stage


async def walk(stage: Stage, pilot: Pilot[int], *milliseconds: int) -> None:
    """Walk for some time after the lead-in."""
    await pilot.pause()
    await stage.move(pilot, 10_000, *milliseconds)


async def finish(stage: Stage, pilot: Pilot[int]) -> SummaryScreen:
    """Walk to the end, and continue to the summary."""
    await walk(stage, pilot, WHOLE)
    await pilot.press("enter")
    await settled(pilot)
    assert isinstance(stage.app.screen, SummaryScreen)
    return stage.app.screen


def said(stage: Stage) -> Feedback:
    return history(stage).page()[0].feedback


def shown(stage: Stage) -> str:
    return "\n".join(text_of(stage.app))
