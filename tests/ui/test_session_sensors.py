"""The session screen with a treadmill and a heart rate sensor."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from retro_timer.config.schema import SensorSettings, Settings
from retro_timer.config.settings import Loaded
from retro_timer.session.events import PauseReason
from retro_timer.session.sensing import LinkState, SensorKind
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.widgets.measured_line import ID
from tests.formats.sessions import walked_session
from tests.sensors.made import MadeSensors
from tests.ui.support import SIZES, Stage, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

    from retro_timer.testing import FakeSensors


CHOSEN = SensorSettings(belt="AA:00:00:00:00:01 Treadmill", heart="BB:00:00:00:00:01 Strap", pause="both")
WALK = "back 60s @1.6km/h, turn 20s, fwd 60s"


class Walk:
    """A session on the screen, with its sensors."""

    def __init__(self, stage: Stage, pilot: Pilot[int], made: list[FakeSensors]) -> None:
        self.stage, self.pilot, self._made = stage, pilot, made

    @property
    def sensors(self) -> FakeSensors:
        return self._made[0]

    async def belt(self, *speeds: float) -> None:
        for speed in speeds:
            await self.stage.move(self.pilot, 1000)
            self.sensors.belt(speed)
            await self.pilot.pause()

    @property
    def text(self) -> str:
        return "\n".join(text_of(self.stage.app))


@asynccontextmanager
async def walking(size: tuple[int, int], settings: SensorSettings = CHOSEN) -> AsyncIterator[Walk]:
    make = MadeSensors()
    loaded = Loaded(Settings(sensors=settings), ())
    stage = Stage(WALK, loaded=loaded, make_sensors=make)
    async with stage.app.run_test(size=size) as pilot:
        await pilot.pause()
        await stage.move(pilot, 10_000)
        yield Walk(stage, pilot, make.made)
    assert all(each.closed for each in make.made)


async def test_what_is_measured_is_shown_and_a_standing_belt_pauses() -> None:
    async with walking((80, 24)) as walk:
        assert " belt searching   heart searching " in walk.text
        for kind in SensorKind:
            walk.sensors.link(kind, LinkState.OK)
        walk.sensors.heart(112)
        await walk.belt(1.5, 1.5, 1.5)
        assert "belt 1.5 km/h, target 1.6 km/h   112 bpm" in walk.text
        assert "belt ok, heart ok" in walk.text
        await walk.belt(0, 0)
        assert walk.stage.session_screen.runner.session.pause_reason is PauseReason.BELT
        assert "paused when the belt stopped; space resumes" in walk.text
        await walk.belt(0.8, 0.8)
        assert walk.stage.session_screen.runner.session.pause_reason is None
        walk.sensors.link(SensorKind.BELT, LinkState.LOST, "it does not answer")
        await walk.stage.move(walk.pilot, 4000)
        assert "belt lost" in walk.text


@pytest.mark.parametrize("size", SIZES)
async def test_the_countdown_and_the_measured_values_fit_every_size(size: tuple[int, int]) -> None:
    async with walking(size) as walk:
        walk.sensors.link(SensorKind.BELT, LinkState.OK)
        await walk.belt(1.5, 1.5)
        line = walk.stage.session_screen.query_one(f"#{ID}")
        assert line.display == (size[1] > 8)
        assert not line.display or line.region.bottom <= size[1]


async def test_a_narrow_screen_leaves_out_the_target() -> None:
    async with walking((40, 24)) as walk:
        walk.sensors.heart(112)
        await walk.belt(1.5, 1.5)
        assert " belt 1.5 km/h   112 bpm   0.00 km" in walk.text


async def test_without_a_chosen_sensor_nothing_is_there() -> None:
    async with walking((80, 24), SensorSettings()) as walk:
        assert not walk.stage.session_screen.query(f"#{ID}")
        assert not walk._made


async def test_the_summary_has_what_was_measured() -> None:
    session = walked_session("fwd 2m, back 2m", sampled=lambda _: (1.8, 100))
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        stage.app.push_screen(SummaryScreen(session))
        await pilot.pause()
        text = "\n".join(text_of(stage.app))
        for line in (
            "distance",
            "0.12 km",
            "backward speed",
            "1.8 km/h",
            "0.06 km",
            "2:00 of  2:00",
            "100 bpm, at most 100",
        ):
            assert line in text
