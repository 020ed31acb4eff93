"""The link to the web page over a session: the code, the network, errors, and when it closes."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from retro_timer.audio.options import SoundOptions
from retro_timer.page import start, supervisor
from retro_timer.page.access import PageKeys
from retro_timer.page.links import Links
from retro_timer.page.supervisor import PageStatus
from retro_timer.runtime.session_config import PageOptions
from retro_timer.session.states import State
from retro_timer.ui.screens.page_link import PageLinkScreen
from tests.requirements_present import require_modules
from tests.ui.support import Stage, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    import pytest
    from textual.pilot import Pilot

require_modules("segno")

KEYS = PageKeys("steer-key-steer-key-22", "view-key-view-key-2222")
LINKS = Links.of(KEYS, 8477, lan=False)
OPEN = Links(LINKS.steer.replace("localhost", "192.168.7.5"), LINKS.view, lan=True, network="192.168.7.x")


class FakeSupervisor:
    """A page whose status the test sets."""

    def __init__(self, changed: Callable[[PageStatus], None], options: dict[str, Any]) -> None:
        self.changed = changed
        self.options = options
        self.closed = threading.Event()

    def report(self, status: PageStatus) -> None:
        """Report a status, from another thread as the real one does."""
        thread = threading.Thread(target=self.changed, args=(status,))
        thread.start()
        thread.join()

    def switch_network(self) -> None:
        self.changed(PageStatus(OPEN))

    def close(self) -> None:
        self.closed.set()


class Scene:
    """A session with a page."""

    def __init__(self, stage: Stage, pilot: Pilot[int], started: list[FakeSupervisor]) -> None:
        self.stage = stage
        self.pilot = pilot
        self.started = started

    async def until(self, condition: Callable[[], object]) -> None:
        for _ in range(3000):
            if condition():
                return
            await self.pilot.pause(0.01)
        raise AssertionError("\n".join(text_of(self.stage.app)))

    @property
    def text(self) -> str:
        return "\n".join(text_of(self.stage.app))

    @property
    def shows_link(self) -> bool:
        return isinstance(self.stage.app.screen, PageLinkScreen)


@asynccontextmanager
async def scene(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int] = (100, 40),
    **services: Any,  # noqa: ANN401  (fields of Services)
) -> AsyncIterator[Scene]:
    started: list[FakeSupervisor] = []

    def start_page(*, changed: Callable[[PageStatus], None], **options: Any) -> FakeSupervisor:  # noqa: ANN401  (the same)
        started.append(FakeSupervisor(changed, options))
        return started[-1]

    monkeypatch.setattr(start, "start_page", start_page)
    runtime = tmp_path / "r"
    stage = Stage("builder", runtime_directory=lambda: runtime, sound_options=SoundOptions, **services)
    async with stage.app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Scene(stage, pilot, started)


async def test_w_shows_the_link_and_its_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene(tmp_path, monkeypatch) as on:
        await on.pilot.press("w")
        await on.until(lambda: on.started)
        assert on.started[0].options["lan"] is False
        on.started[0].report(PageStatus(LINKS))
        await on.until(lambda: LINKS.steer in on.text)
        assert "Only this machine can reach it. l opens it to your network, for a phone." in on.text
        assert "██ ▄▄▄▄▄ █" in on.text
        await on.pilot.press("l")
        await on.until(lambda: OPEN.steer in on.text)
        assert "Open to your network (192.168.7.x), without encryption: every device" in on.text
        await on.pilot.press("escape")
        await on.until(lambda: not on.shows_link)
        await on.pilot.press("w")
        await on.until(lambda: OPEN.steer in on.text)
        assert len(on.started) == 1
        supervisor = on.started[0]
    assert supervisor.closed.is_set()


async def test_it_closes_when_the_first_device_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene(tmp_path, monkeypatch) as on:
        await on.pilot.press("w")
        await on.until(lambda: on.started)
        on.started[0].report(PageStatus(LINKS))
        await on.until(lambda: LINKS.steer in on.text)
        on.started[0].report(PageStatus(LINKS, pages=1))
        await on.until(lambda: not on.shows_link)


async def test_a_terminal_without_room_shows_the_link_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene(tmp_path, monkeypatch, size=(80, 20)) as on:
        await on.pilot.press("w")
        await on.until(lambda: on.started)
        on.started[0].report(PageStatus(LINKS))
        await on.until(lambda: LINKS.steer in on.text)
        assert "▄▄▄▄▄ █" not in on.text


async def test_a_missing_extra_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "MODULES", ("no_such_module",))
    monkeypatch.setattr(supervisor, "install_command", lambda extra: f"pip install {extra}")
    async with scene(tmp_path, monkeypatch) as on:
        await on.pilot.press("w")
        await on.until(lambda: "The page needs no_such_module: pip install page" in on.text)
        assert on.started == []


async def test_it_opens_with_the_session_where_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(tmp_path, monkeypatch, page=PageOptions(open=True, lan=True, port=9000)) as on:
        await on.until(lambda: on.shows_link and on.started)
        assert (on.started[0].options["lan"], on.started[0].options["port"]) == (True, 9000)


async def test_nothing_is_opened_without_being_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene(tmp_path, monkeypatch) as on:
        await on.stage.move(on.pilot, 5000)
        assert on.started == []


async def test_stopping_at_once_works_over_the_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene(tmp_path, monkeypatch) as on:
        await on.stage.move(on.pilot, 11_000, 1000)
        await on.pilot.press("w")
        await on.until(lambda: on.shows_link)
        await on.pilot.press("x")
        await on.until(lambda: on.stage.session_screen.conductor.session.state is State.PAUSED)
        await on.until(lambda: not on.shows_link)
