"""Progress with sensors: backward distance and speed at equal effort."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from msgspec.structs import replace

from retro_timer.runtime.progress import Span, progress_of
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.history import Feedback
from retro_timer.ui.screens.progress import ProgressScreen
from tests.formats.sessions import walked_session
from tests.ui.drawn import settled
from tests.ui.support import history, text_of
from tests.ui.test_today import home_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.support import Stage


def add_measured(stage: Stage, days_ago: int, kmh: float, effort: int | None) -> None:
    started = stage.clock.wall() - timedelta(days=days_ago)
    session = walked_session("back 2m, turn 10s, fwd 1m", started=started, sampled=lambda _: (kmh, None))
    summary = session.summary
    start, feedback = replace(summary.start, uuid=str(uuid4())), Feedback(effort=effort)
    history(stage).add(replace(session, summary=replace(summary, start=start, feedback=feedback)))


async def test_speed_at_equal_effort_and_measured_minutes_are_shown(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    for days_ago, kmh, effort in ((20, 1.0, 4), (13, 1.2, 3), (6, 1.5, 4), (5, 3.0, 9), (2, 3.0, None)):
        add_measured(stage, days_ago, kmh, effort)
    found = progress_of(history(stage), Span.TWELVE_WEEKS, stage.clock.wall(), WeekStart.MONDAY)
    assert [point.value for point in found.speeds] == [pytest.approx(kmh) for kmh in (1.0, 1.2, 1.5)]
    assert found.measured_seconds == pytest.approx(found.backward, rel=0.02)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await stage.app.push_screen(ProgressScreen())
        await settled(pilot)
        text = "\n".join(text_of(stage.app))
        assert "10:00 backward, " in text
        assert "speed backward at effort 3 to 5, km/h" in text
        await stage.app.screen.run_action("screen.go_to('4 weeks')")
        await settled(pilot)
        await stage.app.screen.run_action("screen.switch(-1)")
        await settled(pilot)
        assert stage.app.screen.query_one("#plot-speed").has_class("-chosen")


async def test_without_sensors_there_is_no_such_plot(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.app.push_screen(ProgressScreen())
        await settled(pilot)
        assert not stage.app.screen.query("#plot-speed")
