"""`retro-timer sensors`: what is near, chosen, tried and forgotten, on a mock BlueZ."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from retro_timer.extras import install_command
from retro_timer.sensors import nearby
from tests.cli.ran import refused
from tests.desktop.private_bus import PrivateBus
from tests.requirements_present import require_modules, require_programs
from tests.sensors.bluez import TREADMILL_DATA, MockBlueZ, belt, sending, strap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.ran import Ran, Run


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """A bus, to which the environment leads."""
    require_programs("dbus-daemon")
    require_modules("bleak", "dbus_fast")
    found = PrivateBus()
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    yield found
    found.close()


async def while_sending(mock: MockBlueZ, bus: PrivateBus, call: Callable[[], Ran]) -> Ran:
    """Run a command while the sensors send."""
    await mock.start(bus.environment)
    task = asyncio.create_task(asyncio.to_thread(call))
    while not task.done():
        for each in mock.peripherals:
            mock.advertise(each)
        mock.send(mock.peripherals[0], TREADMILL_DATA, bytes([0, 0, 160, 0]))
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.1)
    mock.close()
    assert not mock.writes
    return await task


@pytest.mark.real_time
async def test_a_sensor_is_found_chosen_tried_and_forgotten(run: Run, bus: PrivateBus) -> None:
    device = belt(name="Treadmill \x1b[2J 4F")
    ran = await while_sending(MockBlueZ(device, strap()), bus, lambda: run("sensors", "scan", "--seconds", "2"))
    assert ran.code == 0
    assert sorted(line.split()[0] for line in ran.out.splitlines()) == ["heart", "treadmill"]
    assert "\x1b" not in ran.out
    assert device.address in ran.out
    ran = await while_sending(MockBlueZ(device), bus, lambda: run("sensors", "use", device.address))
    assert (ran.code, ran.out) == (0, f"treadmill: Treadmill [2J 4F ({device.address})\n")
    assert "Treadmill [2J 4F" in run("sensors").out
    name = "treadmill [2j 4f"
    ran = await while_sending(MockBlueZ(device), bus, lambda: run("sensors", "test", name, "--seconds", "1"))
    assert ran.code == 0
    assert "belt ok" in ran.out
    assert "1.60 km/h" in ran.out
    assert run("sensors", "forget", "treadmill").out == "treadmill: none chosen\n"
    assert run("config", "get", "sensors.belt").out.strip() in ("", "not set")


@pytest.mark.real_time
async def test_two_sensors_of_one_name_need_an_address(run: Run, bus: PrivateBus) -> None:
    mock = MockBlueZ(belt(1), belt(2))
    ran = await while_sending(mock, bus, lambda: run("sensors", "use", "Treadmill", "--seconds", "2"))
    refused(ran, "2 sensors are called", belt(1).address, belt(2).address)


async def test_bluetooth_that_is_off_is_one_clear_line(run: Run, bus: PrivateBus) -> None:
    mock = MockBlueZ(belt(), powered=False)
    ran = await while_sending(mock, bus, lambda: run("sensors", "scan"))
    refused(ran, "Bluetooth is switched off")


@pytest.mark.parametrize("arguments", [("scan",), ("test", "Treadmill"), ("use", "Treadmill")])
def test_a_missing_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    monkeypatch.setattr(nearby, "find_spec", lambda _: None)
    refused(run("sensors", *arguments), install_command("sensors"))


def test_a_setting_that_is_no_address_is_refused(run: Run) -> None:
    refused(run("config", "set", "sensors.belt", "Treadmill"), "the address of a treadmill")


@pytest.mark.real_time
def test_a_plain_session_prints_how_its_sensors_are_and_keeps_what_they_measure(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_programs("dbus-daemon")
    require_modules("bleak", "dbus_fast")
    run("config", "set", "sensors.belt", f"{belt().address} Treadmill")
    with sending(every=0.2) as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        ran = run("run", "back 4s", "--plain", "--audio", "off", "--lead-in", "0")
    assert "belt ok" in ran.out
    row = run("history", "--csv", "--intervals").out.splitlines()[1].split(",")
    assert 1.5 <= float(row[-5]) <= 1.7
