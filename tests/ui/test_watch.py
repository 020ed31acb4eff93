"""Another process's session, on the screens of two terminals."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from retro_timer.remote.address import addresses
from retro_timer.remote.messages import ClientHello, SpeakerClaim
from retro_timer.remote.protocol import PROTOCOL
from retro_timer.runtime.services import Services
from retro_timer.sensors.companion import STALE_MS
from retro_timer.session.sensing import LinkState, SensorKind
from retro_timer.session.states import State
from retro_timer.testing import RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.widgets.measured_line import ID
from tests.remote.conftest import rig as rig_fixture
from tests.remote.support import GENEROUS_S, Rig
from tests.ui.hostile import CANARY, DRAWN, SEEN
from tests.ui.support import one_by_one, text_of
from tests.ui.wire import Wire, obeyed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.app import App
    from textual.pilot import Pilot


rig = rig_fixture
"""A shared session."""


def watching(rig: Rig) -> RetroTimerApp:
    """An app that watches a session; its clock is the session's."""
    services = Services(clock=rig.clock, make_player=lambda _changed, _ring: RecordingPlayer(), pressed_at=one_by_one())
    return RetroTimerApp(services, watched=addresses(rig.directory)[0])


def shows(app: App[int], text: str) -> bool:
    """Whether a text is on the screen."""
    assert isinstance(app, RetroTimerApp)
    return any(text in line for line in text_of(app))


async def until(rig: Rig, pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Let the session serve its clients, and wait until a condition holds."""
    ends = time.monotonic() + GENEROUS_S
    while not condition():
        assert time.monotonic() < ends, text_of(pilot.app)  # type: ignore[arg-type]
        rig.pump()
        rig.shared.publish()
        await pilot.pause()
        await asyncio.sleep(0.001)


async def test_two_watchers_see_the_session_and_act_on_it(rig: Rig) -> None:
    rig.move(10_000)
    rig.move(20_000)
    first, second = watching(rig), watching(rig)
    async with first.run_test(size=(120, 40)) as pilot, second.run_test(size=(80, 24)) as other:
        for each in (pilot, other):
            await until(rig, each, lambda each=each: shows(each.app, "next ↻ turn around"))  # type: ignore[misc]
        await pilot.press("space")
        await until(rig, pilot, lambda: rig.runner.session.state is State.PAUSED)
        for each in (pilot, other):
            await until(rig, each, lambda each=each: shows(each.app, "resumes"))  # type: ignore[misc]
            assert shows(each.app, "▲ 0:20")
        await other.press("n")
        await until(rig, other, lambda: rig.runner.session.index == 1)


async def test_a_refused_key_is_answered_where_it_was_pressed(rig: Rig) -> None:
    rig.move(15_000)
    app = watching(rig)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(rig, pilot, lambda: shows(app, "next ↻ turn around"))
        await pilot.press("enter")
        await until(rig, pilot, lambda: shows(app, "no turn is waiting"))
        await pilot.press("q")
        await until(rig, pilot, lambda: app.return_code == 0)
    assert rig.runner.session.state is State.RUNNING


async def test_a_question_mark_shows_the_keys_of_a_watched_session_as_they_act_here(rig: Rig) -> None:
    rig.move(15_000)
    app = watching(rig)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(rig, pilot, lambda: shows(app, "next ↻ turn around"))
        await pilot.press("question_mark")
        await until(rig, pilot, lambda: shows(app, "leave; the session continues"))
        assert shows(app, "stop at once")
        assert not shows(app, "adjust")
        await pilot.press("space")
        await until(rig, pilot, lambda: rig.runner.session.state is State.PAUSED)
        await pilot.press("escape")
        await until(rig, pilot, lambda: not shows(app, "leave; the session continues"))
        assert app.return_code is None
        await pilot.press("question_mark")
        await pilot.press("question_mark")
        await until(rig, pilot, lambda: shows(app, "SECTIONS") or shows(app, "HELP"))


async def test_it_counts_by_itself_and_says_that_the_connection_is_lost(rig: Rig) -> None:
    rig.move(10_000)
    app = watching(rig)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(rig, pilot, lambda: shows(app, "4:50 left") or shows(app, "3:50 left"))
        for client in tuple(rig.shared._followers):
            client.socket.shutdown(2)
        rig.listening.path.rename(rig.directory / "elsewhere")
        rig.listening.path.write_text("")  # the file exists, but nobody answers
        rig.clock.move(61_000)
        await until(rig, pilot, lambda: shows(app, "connection lost"))
        await until(rig, pilot, lambda: shows(app, "next ▼ backward"))


async def test_it_shows_what_is_measured_until_that_is_too_old(rig: Rig) -> None:
    rig.move(10_000)
    sensors = rig.follow_sensors()
    app = watching(rig)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(rig, pilot, lambda: shows(app, "belt searching   heart searching"))
        for kind in SensorKind:
            sensors.link(kind, LinkState.OK)
        sensors.belt(1.5, 320, incline_percent=2.0)
        sensors.heart(112)
        await until(rig, pilot, lambda: shows(app, "belt 1.5 km/h   112 bpm   incline 2.0 %"))
        assert shows(app, "belt ok, heart ok")
        await pilot.press("space")
        await until(rig, pilot, lambda: rig.runner.session.state is State.PAUSED)
        for client in tuple(rig.shared._followers):
            client.socket.shutdown(2)
        rig.listening.path.rename(rig.directory / "elsewhere")
        rig.listening.path.write_text("")  # nobody answers, so the watcher has only what it received before
        await until(rig, pilot, lambda: shows(app, "connection lost"))
        rig.clock.move(STALE_MS + 1)
        await until(rig, pilot, lambda: shows(app, "belt: no speed   heart: no rate"))


async def test_without_sensors_there_is_no_line_for_them(rig: Rig) -> None:
    rig.move(10_000)
    app = watching(rig)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(rig, pilot, lambda: shows(app, "next ↻ turn around"))
        assert not app.screen.query(f"#{ID}")


async def test_hostile_text_of_the_session_is_drawn_as_text(tmp_path: Path) -> None:
    label = DRAWN.replace("\\", "\\\\")
    rig = Rig(tmp_path / "run", f'warm 1m "{label}", back 1m "{label}"')
    try:
        rig.move(15_000)
        phone = rig.connect(ClientHello(PROTOCOL, role="page", name=DRAWN[:12]))
        phone.send(SpeakerClaim(on=True))
        app = watching(rig)
        app.driver_class = Wire
        async with app.run_test(headless=False, size=(120, 40)) as pilot:
            wire = app._driver
            assert isinstance(wire, Wire)
            await until(rig, pilot, lambda: SEEN in wire.text().lower())
            assert not obeyed(app, CANARY)
            assert not wire.problems
    finally:
        rig.close()


async def test_the_end_of_the_session_ends_watching(rig: Rig) -> None:
    rig.move(15_000)
    app = watching(rig)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(rig, pilot, lambda: shows(app, "next ↻ turn around"))
        rig.shared.close()
        await until(rig, pilot, lambda: shows(app, "the session is over"))
        await pilot.press("space")
        assert shows(app, "the session is over")
        await until(rig, pilot, lambda: app.return_code == 0)
