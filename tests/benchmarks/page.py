"""How exactly a session's page counts and plays sound, and how soon a touch reaches the session; in headless Chromium.

    python tests/benchmarks/page.py           prints a table
    python tests/benchmarks/page.py --json    prints the same as JSON

The page's clock is wrong by three hours. Needs chromium, and for the sound pulseaudio and pulseaudio-utils; it
plays on a private server with a null sink. Times are milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import statistics
import sys
import tempfile
import time
import wave
from array import array
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from retro_timer.audio.options import SoundOptions
from retro_timer.clock import monotonic_ms
from retro_timer.remote.messages import CuesSent, SharedCue
from tests.browser import Page, browser, until
from tests.page.fakes import KEYS, FakeSession, served
from tests.sound_server import SoundServer, nearest
from tests.terminal import PROGRAM, own_directories

SECONDS: Final = 40
TOUCHES: Final = 40
CUES: Final = 80
FREQUENCY: Final = 1000
SETTLED_S: Final = 3.0
_RATE: Final = 16_000
_LEAD_MS: Final = 5000
LIMITS: Final = {
    "second shown, p99": (0.0, 50.0),
    "touch to engine, p95": (0.0, 60.0),
    "sound, median": (-25.0, 25.0),
    "sound, p95 - p5": (0.0, 10.0),
    "sound, missing": (0, 0),
}
_WRONG_CLOCK: Final = """
const exact = performance.now.bind(performance);
performance.now = () => exact() + 3 * 3600 * 1000;
const stamp = AudioContext.prototype.getOutputTimestamp;
AudioContext.prototype.getOutputTimestamp = function () {
  const { contextTime, performanceTime } = stamp.call(this);
  return { contextTime, performanceTime: performanceTime + 3 * 3600 * 1000 };
};
window.seen = [];
window.touched = [];
addEventListener("click", () => window.touched.push(performance.timeOrigin + exact()), true);
"""
_WATCH: Final = """
new MutationObserver(() => {
  window.seen.push([performance.timeOrigin + exact(), document.getElementById("countdown").dataset.shown]);
}).observe(document.getElementById("countdown"), { attributeFilter: ["data-shown"] });
"""


def percentile(values: list[float], percent: float) -> float:
    """A percentile, between the two nearest values."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low + (high - low) * (place % 1)


def write_tone(path: Path) -> None:
    """A tone that begins at once: 100 ms."""
    samples = array("h", (round(12000 * math.sin(2 * math.pi * FREQUENCY * n / _RATE)) for n in range(_RATE // 10)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples.tobytes())


async def opened(page: Page, link: str) -> float:
    """Open the page; returns what to add to a moment of the session to get one of the page's wall clock."""
    await page.resize(390, 844)
    await page.call("Page.enable")
    await page.call("Page.addScriptToEvaluateOnNewDocument", source=_WRONG_CLOCK)
    await page.call("Page.navigate", url=link)

    async def counts() -> bool | None:
        return await page.result("!!document.getElementById('countdown')?.dataset.shown") or None

    await until("the countdown", counts)
    await asyncio.sleep(SETTLED_S)
    return time.time() * 1000 - monotonic_ms()


async def seconds_shown(page: Page, session: FakeSession, wall: float) -> list[float]:
    """How late each second was shown."""
    session.move(2, 10_000)
    start = (session.state.runs_from or 0) + wall
    await page.result(f"(() => {{ window.seen = []; {_WATCH} }})()")
    await asyncio.sleep(SECONDS)
    late = []
    for moment, shown in (await page.result("window.seen"))[2:]:
        minutes, seconds = shown.split(":")
        late.append(moment - (start + 110_000 - (int(minutes) * 60 + int(seconds)) * 1000))
    return late


async def touches(folder: Path) -> list[float]:
    """How long each touch took until a real session had done what it asks for, and printed it."""
    command = [*PROGRAM, "run", "back 60m", "--plain", "--json", "--page", "--audio", "off", "--lead-in", "0"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **own_directories(folder)}, stdin=pipe, stdout=pipe, stderr=pipe
    )
    assert process.stdout is not None
    assert process.stderr is not None
    edited: list[float] = []

    async def read(lines: asyncio.StreamReader) -> None:
        while line := await lines.readline():
            if b'"event": "edited"' in line:
                edited.append(monotonic_ms())

    reading = asyncio.create_task(read(process.stdout))
    try:
        while not (line := (await process.stderr.readline()).decode()).startswith("page: "):
            pass
        async with browser(folder / "browser") as page:
            wall = await opened(page, line.removeprefix("page: ").strip())
            for number in range(TOUCHES):
                await page.tap("#keys [data-action=longer]")

                async def came(number: int = number) -> bool | None:
                    return len(edited) > number or None

                await until("the touch", came)
                await asyncio.sleep(random.uniform(0.1, 0.3))
            begun = await page.result("window.touched")
    finally:
        process.kill()
        await process.wait()
        await reading
    return [moment + wall - start for start, moment in zip(begun[-TOUCHES:], edited, strict=True)]


async def sounds(page: Page, session: FakeSession, server: SoundServer) -> tuple[list[float], int]:
    """How late each of many cues was heard, and how many were not."""
    await page.tap("#speak")

    async def speaks() -> bool | None:
        return await page.result("document.getElementById('sound').textContent.includes('here')") or None

    await until("the sound", speaks)
    await asyncio.sleep(1)
    due = monotonic_ms() + _LEAD_MS
    moments = []
    for _ in range(CUES):
        moments.append(round(due))
        due += random.uniform(250, 450)
    with server.record() as recorder:
        session.send(CuesSent(tuple(SharedCue(each, "count", "tick") for each in moments)))
        await asyncio.sleep((moments[-1] - monotonic_ms()) / 1000 + 1)
        heard = await asyncio.to_thread(lambda: recorder.stop().onsets(FREQUENCY))
    found = [(moment, nearest(heard, moment)) for moment in moments]
    errors = [onset - moment for moment, onset in found if onset is not None and abs(onset - moment) < 120]
    return errors, CUES - len(errors)


async def measured() -> dict[str, float]:
    """All figures."""
    with tempfile.TemporaryDirectory(prefix="page") as folder, SoundServer(Path(folder) / "s") as server:
        write_tone(Path(folder) / "tone.wav")
        session = FakeSession()
        options = SoundOptions(custom={"tick": str(Path(folder) / "tone.wav")})
        environment = {**server.environment, "HOME": folder}
        async with (
            served(session, sound=options) as (_, port),
            browser(Path(folder) / "browser", environment=environment) as page,
        ):
            wall = await opened(page, f"http://localhost:{port}/#key={KEYS.steer}")
            late = await seconds_shown(page, session, wall)
            errors, missing = await sounds(page, session, server)
        taken = await touches(Path(folder) / "session")
    return {
        "second shown, median": statistics.median(late),
        "second shown, p99": percentile([abs(each) for each in late], 99),
        "touch to engine, median": statistics.median(taken),
        "touch to engine, p95": percentile(taken, 95),
        "sound, median": statistics.median(errors),
        "sound, p95 - p5": percentile(errors, 95) - percentile(errors, 5),
        "sound, missing": missing,
    }


def main() -> int:
    """Measure and print; returns 1 if a figure is outside its limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = asyncio.run(measured())
    bad = [name for name, (low, high) in LIMITS.items() if not low <= figures[name] <= high]
    if arguments.json:
        print(json.dumps({"figures": figures, "limits": LIMITS, "outside": bad}))
    else:
        for name, value in figures.items():
            limit = "" if name not in LIMITS else "  limit {:g} to {:g}".format(*LIMITS[name])
            print(f"{name:28} {value:8.1f}{limit}{'  OUTSIDE' if name in bad else ''}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
