"""The machine is kept awake by D-Bus, and may sleep as soon as the session is over, whatever ended it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from retro_timer.desktop import awake as module
from retro_timer.desktop import bus
from retro_timer.desktop.awake import Awake, AwakeProgram, inhibitors
from retro_timer.desktop.kept_awake import KeptAwake, hopeless
from tests.desktop.private_bus import FakeDesktop, PrivateBus, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from retro_timer.desktop.awake import Inhibitor

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")
AGAIN = (0.05,)


@pytest.fixture
async def desktop(private_bus: PrivateBus) -> AsyncIterator[FakeDesktop]:  # noqa: ARG001  (it has to run)
    found = FakeDesktop()
    await found.start()
    yield found
    found.close()


async def held_by(found: list[Inhibitor]) -> tuple[Awake, KeptAwake]:
    """Keep awake; returns also what was reported."""
    reported: asyncio.Future[KeptAwake] = asyncio.get_running_loop().create_future()
    awake = Awake(found, reported.set_result, AGAIN)
    return awake, await asyncio.wait_for(reported, 60)


async def test_logind_and_the_screen_saver_are_held_until_the_end(desktop: FakeDesktop) -> None:
    awake, held = await held_by(inhibitors("linux"))
    assert held == KeptAwake(("logind", "the screen saver"))
    assert held.warning == ""
    await until(lambda: desktop.holds_all)
    assert ["idle:sleep", "Retro Timer", "a session is running", "block"] in desktop.asked
    await awake.release()
    await until(lambda: desktop.holds_nothing)


async def test_what_is_refused_is_reported_with_the_reason(desktop: FakeDesktop) -> None:
    desktop.refuses = True
    awake, held = await held_by(inhibitors("linux"))
    assert held == KeptAwake(why="logind refuses; the screen saver refuses")
    assert held.warning.startswith("The computer may go to sleep: ")
    await awake.release()


async def test_a_desktop_that_does_not_answer_is_not_waited_for(
    desktop: FakeDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.silent = True
    monkeypatch.setattr(bus, "ANSWERS_WITHIN", 0.3)
    awake, held = await held_by(inhibitors("linux"))
    assert "logind does not answer" in held.why
    await awake.release()


async def test_without_services_or_without_a_bus_it_says_so(private_bus: PrivateBus) -> None:
    awake, held = await held_by(inhibitors("linux"))
    assert held.why == "there is no logind; there is no screen saver"
    await awake.release()
    private_bus.kill()
    awake, held = await held_by(inhibitors("linux"))
    assert held.why == "there is no D-Bus system bus; there is no D-Bus session bus"
    await awake.release()


async def test_it_is_held_again_after_the_bus_was_lost(private_bus: PrivateBus, desktop: FakeDesktop) -> None:
    awake, _ = await held_by(inhibitors("linux"))
    await until(lambda: desktop.holds_all)
    desktop.close()
    private_bus.kill()
    private_bus.start()
    back = FakeDesktop()
    await back.start()
    await until(lambda: back.holds_all)
    await awake.release()
    await until(lambda: back.holds_nothing)
    desktop.locks.clear()
    back.close()


class Slow:
    """An inhibitor that keeps the machine awake before it says so."""

    name = "slow"

    def __init__(self) -> None:
        self.keeps = False
        self.answers = asyncio.Event()
        self._held = False

    async def hold(self) -> None:
        self.keeps = True
        await self.answers.wait()
        self._held = True

    async def lost(self) -> None:
        await asyncio.Event().wait()

    async def release(self) -> None:
        if self._held:
            self.keeps = False


async def test_what_is_released_while_it_is_being_taken_is_not_held_forever() -> None:
    slow = Slow()
    awake = Awake([slow], lambda _: None)
    await until(lambda: slow.keeps)
    await awake.release()
    slow.answers.set()
    await until(lambda: not slow.keeps)


SESSION = """
import os, sys, time
from retro_timer.desktop.helper import Helper
helper = Helper({"pid": os.getpid(), "awake": True}, print, lambda held: print(*held.by, flush=True))
sys.stdin.read()
"""


async def test_nothing_is_held_after_the_session_was_killed(desktop: FakeDesktop) -> None:
    pipe = asyncio.subprocess.PIPE
    session = await asyncio.create_subprocess_exec(sys.executable, "-c", SESSION, stdin=pipe)
    await until(lambda: desktop.holds_all)
    session.kill()
    await session.wait()
    await until(lambda: desktop.holds_nothing)


async def test_a_program_holds_while_it_runs_and_is_asked_again_when_it_ends() -> None:
    program = AwakeProgram("stand-in", (sys.executable, "-c", "import sys; sys.stdin.read()"))
    awake, held = await held_by([program])
    assert held == KeptAwake(("stand-in",))
    first = program._process
    assert first is not None
    first.kill()
    await until(lambda: program._process not in (None, first))
    await awake.release()
    assert program._process is None


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        ((sys.executable, "-c", "import sys; sys.exit('not\\nallowed')"), "stand-in: not allowed"),
        ((sys.executable, "-c", "raise SystemExit(3)"), "stand-in: ended with 3"),
        (("/nowhere/program",), "stand-in: no such file or directory"),
    ],
)
async def test_a_program_that_refuses_says_why(
    argv: tuple[str, ...], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REFUSED_WITHIN", 60.0)
    awake, held = await held_by([AwakeProgram("stand-in", argv)])
    assert held == KeptAwake(why=why)
    await awake.release()


def test_each_system_has_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.name for one in inhibitors("darwin", 12)] == ["caffeinate"]
    assert [one.name for one in inhibitors("win32")] == ["Windows"]
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/systemd-inhibit")
    assert [one.name for one in inhibitors("linux")] == ["systemd-inhibit"]


def test_only_linux_without_any_bus_is_hopeless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "_SYSTEM_BUS", "unix:path=/nowhere/at/all")
    assert hopeless({}, "linux") == KeptAwake(why="there is no D-Bus")
    assert hopeless({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}, "linux") is None
    assert hopeless({"DBUS_SYSTEM_BUS_ADDRESS": "unix:abstract=x"}, "linux") is None
    assert hopeless({}, "darwin") is None
    assert hopeless({"XDG_RUNTIME_DIR": os.devnull}, "win32") is None
