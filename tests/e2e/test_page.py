"""The page of a session in a real browser, with a session that stands where it is told to."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from tests.browser import Page, another_page, browser, until
from tests.requirements_present import require_modules, require_programs

require_modules("aiohttp")

from retro_timer.clock import monotonic_ms  # noqa: E402  (the page needs aiohttp)
from retro_timer.remote.messages import (  # noqa: E402  (the same)
    ActionWanted,
    SensorsMeasured,
    SharedLink,
    SharedValue,
    SpeakerClaim,
    SummaryAnswers,
)
from retro_timer.remote.protocol import encode  # noqa: E402  (the same)
from retro_timer.remote.remote_session import RemoteSession  # noqa: E402  (the same)
from retro_timer.session.sensing import LinkState  # noqa: E402  (the same)
from retro_timer.ui.measured_text import measured_parts  # noqa: E402  (the same)
from tests.page.fakes import KEYS, WALKED, FakeSession, served  # noqa: E402  (the same)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

pytestmark = [pytest.mark.terminal, pytest.mark.slow]

SIZES = ((320, 568), (390, 844), (667, 375), (800, 480), (1280, 800), (1920, 1080), (3840, 2160))
THREE_HOURS = """
const exact = performance.now.bind(performance);
window.jump = 3 * 3600 * 1000;
performance.now = () => exact() + window.jump;
const wall = Date.now;
Date.now = () => wall() - 5 * 3600 * 1000;
"""
SHOWN = "document.getElementById('countdown').dataset.shown || ''"
WATCH = """
window.seen = [];
window.watcher?.disconnect();
window.watcher = new MutationObserver(() => {
  window.seen.push([performance.timeOrigin + exact(), document.getElementById("countdown").dataset.shown]);
});
window.watcher.observe(document.getElementById("countdown"), { attributeFilter: ["data-shown"] });
"""
BOXES = """
[...document.querySelectorAll("button, input")].filter((each) => each.checkVisibility()).map((each) => {
  const { x, y, width, height } = each.getBoundingClientRect();
  const over = document.elementFromPoint(x + width / 2, y + height / 2);
  return { name: each.id || each.dataset.action, x, y, width, height, free: each === over || each.contains(over) };
})
"""
CONTRASTS = """
(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => numbers(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if ((numbers(colour)[3] ?? 1) > 0) return colour;
    }
    return "rgb(7, 16, 10)";
  };
  return [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility() && !each.closest("[aria-hidden=true], .unseen"))
    .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((each) => {
      const [one, other] = [light(getComputedStyle(each).color), light(behind(each))].sort().reverse();
      return [each.textContent.trim().slice(0, 20), (one + 0.05) / (other + 0.05)];
    });
})()
"""


PARTS = "[...document.querySelectorAll('#measured span')].map((each) => each.textContent)"
ROOM = """
["digits", "measured"].map((id) => document.getElementById(id).getBoundingClientRect())
  .map(({ x, y, width, height }) => ({ x, y, width, height }))
"""
HIDDEN = """
(() => {
  const { bottom } = document.getElementById("measured").getBoundingClientRect();
  return [...document.querySelectorAll("#measured span")]
    .filter((each) => each.getBoundingClientRect().top >= bottom).map((each) => each.textContent);
})()
"""
OK, LOST = SharedLink(LinkState.OK), SharedLink(LinkState.LOST, "it sends nothing")


class Phone:
    """A page of the session in a browser."""

    def __init__(self, page: Page, session: FakeSession) -> None:
        self.page = page
        self.session = session

    async def open(self, port: int, key: str = KEYS.steer, before: str = "") -> None:
        await self.page.call("Page.enable")
        await self.page.call("Page.addScriptToEvaluateOnNewDocument", source=before)
        await self.page.call("Page.navigate", url=f"http://localhost:{port}/#key={key}")
        await self.until("the countdown", SHOWN)

    async def until(self, what: str, expression: str) -> Any:  # noqa: ANN401  (whatever it computes)
        async def found() -> Any:  # noqa: ANN401  (the same)
            # the document may be being loaded
            return (
                await self.page.result(f"(() => {{ try {{ return ({expression}) }} catch {{ return null }} }})()")
                or None
            )

        return await until(what, found, timeout=60)

    async def text(self, name: str) -> str:
        return str(await self.page.result(f"document.getElementById({json.dumps(name)}).textContent"))

    async def asked(self, what: object) -> None:
        async def found() -> bool | None:
            return what in self.session.asked or None

        await until(repr(what), found, timeout=60)


@asynccontextmanager
async def phone(folder: Path) -> AsyncIterator[tuple[Phone, int]]:
    """A phone that follows a session, and the port of the page."""
    require_programs("chromium")
    session = FakeSession()
    async with served(session) as (_, port), browser(folder) as page:
        await page.resize(390, 844)
        yield Phone(page, session), port


async def test_the_countdown_is_that_of_the_session_with_a_wrong_clock(tmp_path: Path) -> None:
    """Every second is shown, none early, on a device whose clocks are wrong by hours and jump."""
    async with phone(tmp_path) as (device, port):
        await device.open(port, before=THREE_HOURS)
        started = device.session.state.runs_from or 0
        wall_of = await device.page.result("performance.timeOrigin + exact()") - monotonic_ms()
        left_at_start = 120_000 - 18_000

        def due(shown: str) -> float:
            """When the session begins to show this."""
            minutes, seconds = shown.split(":")
            return float(started + left_at_start - (int(minutes) * 60 + int(seconds)) * 1000 + wall_of)

        async def follows() -> None:
            await device.page.result(f"(() => {{ {WATCH} }})()")
            seen = await device.until("four seconds", "window.seen.length >= 4 && window.seen")
            values = [
                sum(int(part) * 60**place for place, part in enumerate(reversed(shown.split(":")))) for _, shown in seen
            ]
            assert values == list(range(values[0], values[0] - len(values), -1))
            assert all(moment >= due(shown) - 50 for moment, shown in seen)

        await follows()
        await device.page.result("window.jump += 3600 * 1000; dispatchEvent(new Event('focus'))")
        wanted = (
            f"Math.abs(retroTimer.clock.at(performance.now()) - (performance.timeOrigin + exact() - {wall_of})) < 50"
        )
        await device.until("the new clock", wanted)
        await follows()


async def test_every_button_does_what_it_says(tmp_path: Path) -> None:
    async with phone(tmp_path) as (device, port):
        await device.open(port)
        session, page = device.session, device.page
        for number, (selector, name) in enumerate({
            "[data-action=shorter]": "shorter", "[data-action=longer]": "longer", "#pause": "pause",
            "[data-action=skip]": "skip",
            "#stop": "bail_out", "#keys [data-action=undo]": "undo",
        }.items()):  # fmt: skip
            await page.tap(selector)

            async def came(wanted: int = number + 1) -> bool | None:
                return len([each for each in session.asked if isinstance(each, ActionWanted)]) == wanted or None

            await until(name, came)
            assert [each.name for each in session.asked if isinstance(each, ActionWanted)][-1] == name
        session.move(1, 30_000, "holding")
        await device.until("the turn", "document.getElementById('turned').checkVisibility()")
        await page.tap("#turned")
        await until(
            "turned",
            lambda: _found(
                lambda: any(isinstance(each, ActionWanted) and each.name == "turned" for each in session.asked)
            ),
        )
        assert await device.text("word") == "TURN"
        session.move(2, 30_000, "paused", "bail-out")
        await device.until("the stop", "document.body.dataset.state === 'stopped'")
        assert await device.text("word") == "STOPPED"
        assert "resume" in await device.text("pause")
        session.move(17, 120_000, "finished")
        session.send(WALKED)
        await device.until("the summary", "document.getElementById('summary').checkVisibility()")
        for question, value in (("effort", "4"), ("stumble", "false"), ("pain", "0"), ("fall", "false")):
            await page.result(f"document.querySelector('[data-question={question}]').scrollIntoView()")
            await page.tap(f"[data-question={question}] [data-value='{value}']")
        for answer in ({"effort": 4}, {"stumble": False}, {"pain": 0}, {"fall": False}):
            await until(
                str(answer),
                lambda answer=answer: _found(
                    lambda: any(
                        isinstance(each, SummaryAnswers)
                        and all(getattr(each, name) == value for name, value in answer.items())
                        for each in session.asked
                    )
                ),
            )
        effort = await device.page.result("document.querySelector('#answers output').textContent")
        assert effort == "comfortable, can talk"


async def test_it_fits_every_device_and_can_be_read(tmp_path: Path) -> None:
    """From 320 px to 4K: targets of 64 px or more, none covered, STOP the largest, a contrast of 7:1."""
    async with phone(tmp_path) as (device, port):
        await device.open(port)
        states = (("running", ""), ("holding", ""), ("paused", "bail-out"))
        for_long = round(monotonic_ms()) + 600_000
        values = (SharedValue(1.6, for_long), SharedValue(2.0, for_long), SharedValue(112, for_long))
        device.session.send(SensorsMeasured(OK, OK, *values, 312.4))
        for width, height in SIZES:
            await device.page.resize(width, height)
            for state, reason in states:
                device.session.move(1 if state == "holding" else 2, 20_000, state, reason)
                await device.until(state, f"document.body.dataset.state === '{'stopped' if reason else state}'")
                await device.until(
                    "the size",
                    f"innerWidth === {width} && document.getElementById('digits').getBoundingClientRect().height > 30",
                )
                boxes = await device.page.result(BOXES)
                where = f"{width} x {height}, {state}"
                assert all(box["width"] >= 64 and box["height"] >= 64 for box in boxes), (where, boxes)
                assert all(box["free"] for box in boxes), (where, boxes)
                assert all(
                    box["x"] >= 0
                    and box["y"] >= 0
                    and box["x"] + box["width"] <= width
                    and box["y"] + box["height"] <= height
                    for box in boxes
                ), (where, boxes)
                largest = max(boxes, key=lambda box: box["width"] * box["height"])
                assert largest["name"] == "stop", (where, boxes)
                assert [(text, ratio) for text, ratio in await device.page.result(CONTRASTS) if ratio < 7] == []
                digits, measured = await device.page.result(ROOM)
                assert 0 < measured["height"] < digits["height"], (where, digits, measured)
                hidden = await device.page.result(HIDDEN)
                assert not {*hidden} & {"belt 1.6 km/h", "112 bpm"}, (where, hidden)
                assert measured["x"] >= 0, (where, measured)
                assert measured["x"] + measured["width"] <= width, (where, measured)
                assert measured["y"] >= digits["y"] + digits["height"], (where, digits, measured)
        device.session.move(17, 120_000, "finished")
        device.session.send(WALKED)
        await device.until("the summary", "document.getElementById('summary').checkVisibility()")
        assert [(text, ratio) for text, ratio in await device.page.result(CONTRASTS) if ratio < 7] == []
        assert await device.until("the video", "!document.getElementById('awake').paused")


async def test_what_is_measured_is_shown_until_it_is_too_old(tmp_path: Path) -> None:
    async with phone(tmp_path) as (device, port):
        await device.open(port)
        session = device.session
        assert not await device.page.result("document.getElementById('measured').checkVisibility()")
        session.move(2, 20_000, "paused", "belt")
        await device.until(
            "the hint", "document.getElementById('caption').textContent === 'paused when the belt stopped'"
        )
        now = round(monotonic_ms())
        speed, heart = SharedValue(1.6, now + 600_000), SharedValue(112, now + 4000)
        session.send(SensorsMeasured(OK, OK, speed, heart_rate=heart, metres=312.4))
        parts = await device.until("the values", f"{PARTS}.length && {PARTS}")
        assert parts == ["belt 1.6 km/h", "112 bpm", "0.31 km"]
        await device.until("the rate is too old", f"{PARTS}[1] === 'heart: no rate'")  # in a pause, without news
        assert monotonic_ms() > heart.until
        assert await device.page.result("document.getElementById('measured').hasAttribute('data-missing')")
        session.send(SensorsMeasured(LOST, None))
        await device.until("the loss", f"{PARTS}.join() === 'belt lost'")
        session.move(17, 120_000, "finished")
        await device.until("the end", "!document.getElementById('measured').checkVisibility()")


async def test_measured_values_have_the_words_of_the_screen(tmp_path: Path) -> None:
    """Ties, zeros and what is missing included, in both units."""
    cases = [
        SensorsMeasured(belt, heart, speed, incline, rate, metres)
        for belt, heart in ((OK, None), (LOST, OK), (OK, LOST), (None, OK), (SharedLink(LinkState.SEARCHING), LOST))
        for speed, incline, rate, metres in (
            (None, None, None, 0.0),
            (SharedValue(1.25, 9), SharedValue(2.5, 9), SharedValue(112, 9), 125.0),
            (SharedValue(0, 9), SharedValue(0.04, 9), SharedValue(112, 1), 4.9),
            (SharedValue(3.75, 1), SharedValue(-1.25, 9), None, 1_609.3),
        )
    ]
    async with phone(tmp_path) as (device, port):
        await device.open(port)
        welcome, schedule, state = device.session.hello, device.session.schedule, device.session.state
        for imperial in (False, True):
            for measured in cases:
                here = RemoteSession(welcome, schedule, replace(state, at=5), measured).measurements
                wanted = [] if here is None else list(measured_parts(here, imperial=imperial))
                there = f"{encode(measured).decode()}, 5, {json.dumps(imperial)}"
                shown = await device.page.result(f"import('/page.js').then((page) => page.measuredView({there}).parts)")
                assert shown == wanted, measured


async def test_it_counts_on_without_a_connection_and_returns_by_itself(tmp_path: Path) -> None:
    require_programs("chromium")
    session = FakeSession()
    async with browser(tmp_path) as page:
        await page.resize(390, 844)
        device = Phone(page, session)
        async with served(session) as (_, port):
            await device.open(port)
            async with another_page(tmp_path) as second:
                viewer = Phone(second, session)
                await viewer.open(port, KEYS.view)
                assert not await second.result("document.getElementById('keys').checkVisibility()")
                assert [link.role for link in session.links] == ["page", "view"]
                session.move(1, 1000)
                for each in (device, viewer):
                    await each.until("the turn", "document.getElementById('word').textContent === 'TURN'")
        await page.call("Page.bringToFront")
        await device.until(
            "the loss", "document.body.dataset.link === 'lost' && document.getElementById('link').checkVisibility()"
        )
        assert "NO CONNECTION" in await device.text("link")
        shown = await page.result(SHOWN)
        await device.until("the next second", f"({SHOWN}) !== {json.dumps(shown)}")
        await page.tap("#pause")
        await device.until("the refusal", "document.getElementById('caption').textContent.includes('not done')")
        async with served(session, port):
            await device.until("the connection", "document.body.dataset.link === 'open'")
            session.move(4, 1000)
            await device.until("forward", "document.getElementById('word').textContent === 'FORWARD'")
            await page.call("Page.navigate", url="about:blank")
            await page.call("Page.navigate", url=f"http://localhost:{port}/#key={KEYS.steer[::-1]}")
            await device.until("the refusal", "document.body.dataset.link === 'refused'")
            assert "NO LONGER VALID" in await device.text("link")


async def test_it_speaks_after_one_tap_and_says_so(tmp_path: Path) -> None:
    async with phone(tmp_path) as (device, port):
        await device.open(port)
        await device.page.tap("#speak")
        await device.asked(SpeakerClaim(on=True))
        await device.until("the sound", "document.getElementById('sound').textContent.includes('here')")
        assert await device.page.result("document.getElementById('volume').checkVisibility()")
        claims = len(device.session.asked)

        async def repeated() -> bool | None:
            return len(device.session.asked) >= claims + 3 or None

        await until("three signs of life", repeated)
        await device.page.tap("#both")
        await device.asked(SpeakerClaim(on=True, alone=False))
        await device.page.tap("#speak")
        await device.asked(SpeakerClaim(on=False, alone=False))


async def _found(condition: Callable[[], bool]) -> bool | None:
    return condition() or None
