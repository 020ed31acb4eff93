"""The recorded sound of a session and of its page: the same moments, and the computer replaces a lost phone."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio.tones import STEPS
from retro_timer.clock import monotonic_ms
from retro_timer.session.cue import Sound
from tests.browser import browser, until
from tests.e2e.test_page_of_session import command_lines, parent, shows, state, walking
from tests.requirements_present import require_modules, require_programs
from tests.sound_server import SoundServer, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sound_server import Recorder

pytestmark = [
    pytest.mark.sound,
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes in /proc"),
]

CLICK_HZ = STEPS[Sound.STEP][0].hz
STEP_MS = 500
SETTINGS = f'[metronome]\non = true\ntempo = {60_000 // STEP_MS}\n\n[session]\ncoaching = "off"\n'
"""The metronome clicks all the time, so that it is always heard which device plays."""
APART_MS = 25
TAKES_OVER_MS = 2000


@pytest.fixture
def computer_and_phone() -> Iterator[tuple[SoundServer, SoundServer]]:
    """Two sound servers."""
    require_programs("pulseaudio", "parec", "pactl", "chromium")
    require_modules("aiohttp", "segno", "miniaudio")
    with (
        tempfile.TemporaryDirectory(prefix="rt") as one,
        tempfile.TemporaryDirectory(prefix="rt") as other,
        SoundServer(Path(one)) as computer,
        SoundServer(Path(other)) as phone,
    ):
        yield computer, phone


async def test_the_page_sounds_with_the_session_and_the_session_takes_over(
    computer_and_phone: tuple[SoundServer, SoundServer], tmp_path: Path
) -> None:
    computer, phone = computer_and_phone
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(SETTINGS)
    sound = {key: computer.environment[key] for key in ("HOME", "XDG_RUNTIME_DIR", "PULSE_SERVER", "ALSA_CONFIG_PATH")}
    async with (
        walking(tmp_path, "back 10m", "--lead-in", "0", audio="miniaudio", more=sound) as walk,
        browser(tmp_path / "browser", environment=phone.environment) as page,
    ):
        await page.resize(390, 844)
        await page.call("Page.enable")
        await page.call("Page.navigate", url=await walk.line("page: "))
        await shows(page, "the session", state("running"))
        await page.tap("#speak")
        await shows(page, "the sound", "document.getElementById('sound').textContent.startsWith('sound: here')")

        await page.tap("#both")
        await shows(page, "both", "document.getElementById('sound').textContent.endsWith('and the computer')")
        await asyncio.sleep(2)  # the computer's sound has just been opened
        with computer.record() as here, phone.record() as there:
            await asyncio.sleep(8)
            clicks = here.stop().onsets(CLICK_HZ, least=200)
            late = [moment - (nearest(clicks, moment) or 0) for moment in there.stop().onsets(CLICK_HZ, least=200)]
        assert len(late) >= 10
        assert abs(median(late)) <= APART_MS, [round(each) for each in late]

        await page.tap("#both")
        await shows(page, "alone", "!document.getElementById('sound').textContent.includes('computer')")
        await asyncio.sleep(1)
        with computer.record() as here:
            await asyncio.sleep(2)
            assert here.so_far().loudest(0, monotonic_ms()) < 50
            lost = monotonic_ms()
            stopped = _stop(tmp_path / "browser")
            try:
                first = await until("the computer's sound", lambda: _first_click(here, lost))
            finally:
                for pid in stopped:
                    os.kill(pid, signal.SIGKILL)
        assert first - lost <= TAKES_OVER_MS + STEP_MS


async def _first_click(recorder: Recorder, after: float) -> float | None:
    return next((each for each in recorder.so_far().onsets(CLICK_HZ, least=200) if each > after), None)


def _stop(folder: Path) -> set[int]:
    """Stop a browser with all its processes, like a phone out of reach: it closes no connection."""
    found = {pid for pid, line in command_lines() if f"--user-data-dir={folder}" in line}
    while more := {pid for pid, _ in command_lines() if parent(pid) in found} - found:
        found |= more
    for pid in found:
        os.kill(pid, signal.SIGSTOP)
    return found
