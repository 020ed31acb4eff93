"""The sensors screen: the sensors nearby, the chosen ones, and the data they send."""

from __future__ import annotations

import pytest

from retro_timer.config.schema import FirstStart, SensorSettings, Settings
from retro_timer.config.settings import Loaded
from retro_timer.session.sensing import LinkState, SensorKind
from retro_timer.ui.preferences import settings_of
from retro_timer.ui.screens import sensors as screens
from tests.sensors.made import MadeSensors
from tests.ui.support import SIZES, Stage, text_of

STARTED = FirstStart(done=True)
BELT, STRAP = "AA:00:00:00:00:01", "BB:00:00:00:00:01"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.sampled(2)
async def test_a_sensor_is_found_chosen_seen_live_and_forgotten(size: tuple[int, int]) -> None:
    shop = MadeSensors()
    stage = Stage(make_sensors=shop, loaded=Loaded(Settings(first_start=STARTED), ()))
    async with stage.app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("h")
        await pilot.pause()
        (first,) = shop.made
        assert (first.scan, dict(first.follow)) == (True, {})
        if size[1] >= 24:
            assert "None yet: choose one above and press enter." in "\n".join(text_of(stage.app))
        first.found(SensorKind.HEART, "Strap [/] 7", STRAP)
        first.found(SensorKind.BELT, "Treadmill", BELT)
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert first.closed
        assert settings_of(stage.app.services).sensors.belt == f"{BELT} Treadmill"
        second = shop.last
        assert second.follow[SensorKind.BELT].address == BELT
        second.link(SensorKind.BELT, LinkState.OK)
        second.belt(1.5, 320)
        await pilot.pause()
        if size[1] >= 24:
            text = "\n".join(text_of(stage.app))
            for part in ("Strap [/] 7", "in use", "-60 dBm", "connected", "belt ok   1.5 km/h   0.32 km"):
                assert part in text
        await pilot.press("enter")
        await pilot.pause()
        assert settings_of(stage.app.services).sensors.belt is None
        await pilot.press("escape")
    assert shop.last.closed


async def test_chosen_sensors_are_listed_before_they_are_heard_and_problems_are_said() -> None:
    shop = MadeSensors()
    chosen = Settings(first_start=STARTED, sensors=SensorSettings(heart=f"{STRAP} Strap"))
    stage = Stage(make_sensors=shop, loaded=Loaded(chosen, ()))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("h")
        await pilot.pause()
        shop.last.link(SensorKind.HEART, LinkState.OFF, "Bluetooth is switched off")
        await pilot.pause()
        text = "\n".join(text_of(stage.app))
        for part in ("Strap", "not heard", "heart off: Bluetooth is switched off", "Bluetooth is switched off. When"):
            assert part in text


async def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "missing_extra", lambda: "they need something")
    stage = Stage(loaded=Loaded(Settings(first_start=STARTED), ()))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("h")
        await pilot.pause()
        assert "Sensors cannot be used: they need something" in "\n".join(text_of(stage.app))
