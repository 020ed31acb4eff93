"""The terminal's title and the events for the desktop, from a full-screen session."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from retro_timer.config.schema import DesktopSettings, Hooks, Settings
from retro_timer.config.settings import Loaded
from retro_timer.desktop import companion
from retro_timer.desktop.helper import Helper
from retro_timer.desktop.kept_awake import KeptAwake
from tests.ui.support import Stage, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from textual.pilot import Pilot

GIVEN_BACK = "\x1b]2;\a\x1b[23;0t"
ASLEEP = DesktopSettings(awake=False)
WALK = "back 70s, turn 5s, fwd 30s"


class Titled:
    """A session with a title, and the output written to the terminal."""

    def __init__(self, stage: Stage, pilot: Pilot[int], written: list[str]) -> None:
        self.stage = stage
        self.pilot = pilot
        self.written = written

    @property
    def titles(self) -> list[str]:
        return re.findall("\x1b]2;([^\a]+)\a", "".join(self.written))

    async def until(self, title: str) -> None:
        """Wait until a title is shown; there is at most one a second."""
        for _ in range(600):
            if self.titles[-1:] == [title]:
                return
            await self.pilot.pause(0.05)
        pytest.fail(f"{title!r} is not the last of {self.titles}")


@asynccontextmanager
async def titled(walk: str = WALK, **services: Any) -> AsyncIterator[Titled]:  # noqa: ANN401
    stage, written = Stage(walk, **{"title": True, "desktop": True, **services}), list[str]()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        driver = stage.app._driver
        assert driver is not None
        driver.write = written.append  # type: ignore[method-assign, assignment]
        for _ in range(600):
            if (links := stage.session_screen._made_links) is not None and links._desktop is not None:
                break
            await pilot.pause(0.05)
        yield Titled(stage, pilot, written)


async def test_the_title_has_phase_time_left_and_workout() -> None:
    async with titled("builder") as session:
        await session.stage.move(session.pilot, 10_000)
        await session.until("WARM UP 3:00 - Builder")
        await session.stage.move(session.pilot, 3_000)
        await session.until("WARM UP 2:57 - Builder")
        await session.pilot.press("space")
        await session.until("PAUSED 2:57 - Builder")


async def test_the_old_title_is_given_back_at_the_end_of_the_session_and_set_again_if_that_is_undone() -> None:
    async with titled() as session:
        await session.stage.move(session.pilot, 10_000)
        await session.until("BACKWARD 1:10")
        session.stage.session_screen.action_act("quit")
        await session.pilot.pause()
        assert session.written[-1] == GIVEN_BACK
        session.stage.session_screen.action_act("undo")
        await session.until("READY 0:05")


async def test_the_old_title_is_given_back_when_the_screen_closes() -> None:
    async with titled() as session:
        await session.stage.move(session.pilot, 10_000)
        await session.until("BACKWARD 1:10")
        session.stage.app.exit(0)
    assert session.written[-1] == GIVEN_BACK


async def test_without_the_setting_nothing_is_written() -> None:
    async with titled(title=False) as session:
        await session.stage.move(session.pilot, 10_000, 1_000)
        assert session.titles == []
    assert GIVEN_BACK not in session.written


async def test_the_time_left_does_not_need_the_screen_on_top() -> None:
    async with titled() as session:
        await session.stage.move(session.pilot, 10_000)
        await session.pilot.press("question_mark", "question_mark")
        await session.stage.move(session.pilot, 5_000)
        await session.until("BACKWARD 1:05")


async def test_events_go_to_the_helper_only_if_something_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def send(_helper: Helper, message: Mapping[str, Any]) -> None:
        sent.append(str(message.get("event", "hello")))

    made: Callable[..., None] = lambda self, hello, *_: self.send(hello)  # noqa: E731
    monkeypatch.setattr(Helper, "__init__", made)
    monkeypatch.setattr(Helper, "send", send)
    monkeypatch.setattr(Helper, "close", lambda _: sent.append("closed"))
    for hooks, written in ((Hooks(), []), (Hooks(end=("true",)), ["hello", "start", "phase", "stop", "closed"])):
        sent.clear()
        async with titled(loaded=Loaded(Settings(hooks=hooks, desktop=ASLEEP), ())) as session:
            await session.stage.move(session.pilot, 10_000)
            await session.pilot.press("x")
        assert sent == written


async def test_without_the_desktop_as_in_a_rehearsal_no_helper_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Helper, "__init__", lambda *_: pytest.fail("a helper was started"))
    async with titled(loaded=Loaded(Settings(hooks=Hooks(start=("true",))), ()), desktop=False) as session:
        await session.stage.move(session.pilot, 10_000)


@pytest.mark.parametrize("remote", ["", "You are connected over SSH."])
async def test_the_screen_says_once_that_it_may_go_blank(remote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companion, "hopeless", lambda _: KeptAwake(why="there is no D-Bus"))
    async with titled(loaded=Loaded(Settings(), ()), remote=remote) as session:
        await session.pilot.pause()
        shown = "\n".join(text_of(session.stage.app))
        said = "The computer may go to sleep: there is no D-Bus" in shown
        assert said is not bool(remote)
        await session.stage.move(session.pilot, 10_000)
        shown = "\n".join(text_of(session.stage.app))
        assert "Walk backward." in shown  # instructions are more important
        assert "The computer may go to sleep" not in shown


async def test_the_screen_says_what_the_helper_could_not_keep_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companion, "hopeless", lambda _: None)
    reports: list[Callable[[KeptAwake], None]] = []
    made: Callable[..., None] = lambda _self, _hello, _log, on_report: reports.append(on_report)  # noqa: E731
    monkeypatch.setattr(Helper, "__init__", made)
    monkeypatch.setattr(Helper, "send", lambda *_: None)
    monkeypatch.setattr(Helper, "close", lambda _: None)
    async with titled(loaded=Loaded(Settings(), ())) as session:
        reports[0](KeptAwake(("logind",), "there is no screen saver"))
        await session.pilot.pause()
        assert "The screen may go blank: there is no screen saver" in "\n".join(text_of(session.stage.app))
        reports[0](KeptAwake(("logind", "the screen saver")))


@pytest.mark.parametrize("by_bus", [False, True], ids=["terminal", "desktop"])
async def test_a_notification_is_shown_at_the_end_and_of_lost_sound_without_focus(
    by_bus: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Mapping[str, Any]] = []
    monkeypatch.setattr(companion, "media_problem", lambda _: "" if by_bus else "there is no D-Bus session bus")
    monkeypatch.setattr(Helper, "__init__", lambda *_: None)
    monkeypatch.setattr(Helper, "send", lambda _, message: sent.append(message))
    monkeypatch.setattr(Helper, "close", lambda _: None)
    wanted = DesktopSettings(awake=False, media_keys=False, notify=True)
    async with titled(loaded=Loaded(Settings(desktop=wanted), ()), title=False) as session:

        def shown() -> list[str]:
            texts = [message["fields"]["text"] for message in sent if message.get("event") == "notify"]
            return texts if by_bus else re.findall("\x1b]777;notify;Retro Timer;([^\a]+)\a", "".join(session.written))

        await session.stage.move(session.pilot, 10_000)
        session.stage.player.lose()
        await session.stage.move(session.pilot, 1_000)
        assert shown() == []  # the terminal has the focus
        session.stage.app.app_focus = False
        session.stage.player.lose()
        await session.stage.move(session.pilot, 1_000)
        assert shown() == ["The sound was lost."]
        session.stage.session_screen.action_act("quit")
        assert shown() == ["The sound was lost.", "The session was ended early."]


async def test_no_notification_is_shown_by_default() -> None:
    async with titled(loaded=Loaded(Settings(desktop=ASLEEP), ()), title=False) as session:
        session.stage.app.app_focus = False
        session.stage.session_screen.action_act("quit")
        assert session.written == []
