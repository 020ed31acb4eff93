"""A whole session by playerctl: paused, resumed, a turn confirmed, stopped at once."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.desktop.private_bus import PrivateBus
from tests.requirements_present import require_modules, require_programs
from tests.terminal import Terminal, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.terminal, pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")]
WALK = ("run", "turn 1s, back 5m", "--audio", "off", "--lead-in", "0", "--wait-at-turns")


@pytest.fixture
def private_bus() -> Iterator[PrivateBus]:
    require_programs("dbus-daemon", "playerctl")
    require_modules("dbus_fast")
    found = PrivateBus()
    yield found
    found.close()


class Keys:
    """The media keys of a desktop."""

    def __init__(self, bus: PrivateBus, running: Terminal) -> None:
        self._environment = {"PATH": "/usr/bin:/bin", **bus.environment}
        self._running = running

    def press(self, *arguments: str) -> str:
        """Run playerctl; returns what it prints."""
        self._running.read(0)
        done = subprocess.run(
            ["playerctl", *arguments], capture_output=True, text=True, check=False, env=self._environment, timeout=60
        )
        return (done.stdout or done.stderr).strip()

    def until(self, *arguments: str, wanted: str) -> None:
        """Wait until playerctl prints something."""
        end = time.monotonic() + 60
        while (found := self.press(*arguments)) != wanted:
            assert time.monotonic() < end, found
            self._running.read(0.05)


@pytest.mark.parametrize("mode", [(), ("--plain",)], ids=["full screen", "plain"])
def test_playerctl_drives_a_session(tmp_path: Path, private_bus: PrivateBus, mode: tuple[str, ...]) -> None:
    with terminal([*WALK, *mode], tmp_path, environment=private_bus.environment) as running:
        keys = Keys(private_bus, running)
        keys.until("status", wanted="Playing")
        assert keys.press("metadata", "artist") == "next: Backward 5:00"
        keys.press("pause")
        assert keys.press("status") == "Paused"
        keys.press("play")
        keys.until("status", wanted="Playing")
        running.wait_for(lambda text: "turn waits" in text or "turn around, then press" in text)
        keys.press("next")
        keys.until("metadata", "title", wanted="Backward 5:00")
        keys.press("stop")
        assert keys.press("status") == "Stopped"
        running.wait_for(lambda text: "STOPPED" in text or "Step off." in text or "step off" in text)
        running.signal(15)
        assert running.wait() == 143
        keys.until("status", wanted="No players found")
