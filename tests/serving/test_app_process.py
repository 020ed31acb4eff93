"""An app behind a page: what it writes reaches the page, and it ends with everything it has started."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Self

import pytest

from tests.requirements_present import require_modules

require_modules("textual_serve")

from textual_serve.download_manager import DownloadManager  # noqa: E402  (after the check above)

from retro_timer.serving import app_process  # noqa: E402  (the same)
from retro_timer.serving.app_process import MAX_PACKET, AppProcess  # noqa: E402  (the same)
from tests.processes import runs  # noqa: E402  (the same)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs of sh")
BEGIN = r"printf '__GANGLION__\n'"
"""What an app writes before its first packet."""


class Page:
    """A page that keeps what it is sent."""

    def __init__(self, program: str) -> None:
        self.received: list[bytes | str] = []
        self.closed = asyncio.Event()
        self.app = AppProcess(
            ["sh", "-c", program],
            write_bytes=self._take,
            write_str=self._take,
            close=self._close,
            download_manager=DownloadManager(),
        )

    async def _take(self, data: bytes | str) -> None:
        self.received.append(data)

    async def _close(self) -> None:
        self.closed.set()

    async def __aenter__(self) -> Self:
        await self.app.start(90, 30)
        assert self.app._process is not None
        self.process = self.app._process
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.app.stop()
        # What a killed app leaves in its pipes is nobody's: they are closed before the loop is.
        self.process._transport.close()  # type: ignore[attr-defined]  # asyncio has no other way
        for _ in range(5):
            await asyncio.sleep(0)

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():  # noqa: ASYNC110  (no event for it)
            await asyncio.sleep(0.005)


async def test_what_the_app_draws_reaches_the_page_which_is_closed_when_it_ends() -> None:
    program = rf"echo warning; {BEGIN}; printf 'D\000\000\000\003abcD\000\000\000\001d'; echo x >&2"
    async with asyncio.timeout(20), Page(program) as page:
        await page.closed.wait()
    assert page.received == [b"abc", b"d"]


async def test_the_app_starts_with_the_size_of_the_page() -> None:
    program = rf"{BEGIN}; printf 'D\000\000\000\005'; printf %s $COLUMNS,$ROWS"
    async with asyncio.timeout(20), Page(program) as page:
        await page.closed.wait()
    assert page.received == [b"90,30"]


@pytest.mark.parametrize(
    ("packet", "then"),
    [
        (r"X\000\000\000\001a", "exec sleep 60"),
        (rf"D\{(MAX_PACKET + 1) >> 24:03o}\377\377\377", "exec sleep 60"),
        (r"D\000\000\000\005ab", "true"),
        ("", "true"),
    ],
)
async def test_an_app_that_does_not_talk_as_agreed_closes_its_page(packet: str, then: str) -> None:
    async with asyncio.timeout(20), Page(f"{BEGIN}; printf 'D\\000\\000\\000\\001a{packet}'; {then}") as page:
        await page.closed.wait()
    assert page.received == [b"a"]


async def test_an_app_is_asked_to_quit_first() -> None:
    program = rf"{BEGIN}; printf 'D\000\000\000\001a'; head -c 21 | grep -q quit && exit 7"
    async with asyncio.timeout(20), Page(program) as page:
        await page.until(lambda: bool(page.received))
        await page.app.stop()
        assert page.process.returncode == 7


async def test_an_app_that_is_stopped_as_soon_as_it_has_started_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before its first output is read: its page has already sent garbage."""
    monkeypatch.setattr(app_process, "QUIT", 0.05)
    async with asyncio.timeout(20), Page("exec sleep 60") as page:
        pass
    assert page.process.returncode == -signal.SIGTERM


async def test_an_app_that_does_not_quit_is_terminated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_process, "QUIT", 0.05)
    monkeypatch.setattr(app_process, "TERMINATE", 20)
    async with asyncio.timeout(20), Page(rf"{BEGIN}; printf 'D\000\000\000\001a'; exec sleep 60") as page:
        await page.until(lambda: bool(page.received))
        await page.app.stop()
        assert page.process.returncode == -signal.SIGTERM


async def test_an_app_that_does_not_end_is_killed_with_all_it_has_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(app_process, "QUIT", 0.05)
    monkeypatch.setattr(app_process, "TERMINATE", 0.05)
    begin = rf"trap '' TERM; sleep 60 & echo $! > {tmp_path}/child; {BEGIN}; printf 'D\000\000\000\001a'; wait"
    async with asyncio.timeout(20), Page(begin) as page:
        await page.until(lambda: bool(page.received))
        await page.app.stop()
        assert page.process.returncode == -signal.SIGKILL
        child = int((tmp_path / "child").read_text())
        await page.until(lambda: not runs(child))
        await page.app.stop()  # a second time there is nothing to do
