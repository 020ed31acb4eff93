"""The whole way: a plain session, its page in a browser, `send` and `status` beside it, and the history at the end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import Page, browser, until
from tests.requirements_present import require_modules, require_programs
from tests.terminal import PROGRAM, own_directories

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes in /proc"),
]

WITHIN = 90


class Walk:
    """A plain session with its page."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.errors: list[str] = []

    async def line(self, start: str) -> str:
        """The rest of the next line of standard error with this start."""
        assert self.process.stderr is not None
        async with asyncio.timeout(WITHIN):
            while line := (await self.process.stderr.readline()).decode():
                self.errors.append(line)
                if line.startswith(start):
                    return line.removeprefix(start).strip()
        raise AssertionError(f"no line {start!r}: {self.errors}")

    async def command(self, *arguments: str) -> str:
        """Run another command of the program; returns what it prints."""
        done = await asyncio.create_subprocess_exec(
            *PROGRAM, *arguments, env=environment(self.folder), stdout=subprocess.PIPE
        )
        return (await done.communicate())[0].decode()

    def servers(self) -> list[int]:
        """The processes of the page's server."""
        return [
            pid for pid, line in command_lines() if "retro_timer.page.child" in line and parent(pid) == self.process.pid
        ]


def command_lines() -> list[tuple[int, str]]:
    """Every process that can be seen, with its command line."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            found.append(
                (int(each.name), (each / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            )
    return found


def parent(pid: int) -> int | None:
    """The parent of a process; None if it has ended."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return None


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, **own_directories(folder)}


@asynccontextmanager
async def walking(
    folder: Path, *arguments: str, audio: str = "off", more: dict[str, str] | None = None
) -> AsyncIterator[Walk]:
    """A plain session with its page, killed at the end if it still runs.

    Args:
        folder: for all its files.
        arguments: of `run`.
        audio: the backend.
        more: variables of its environment.
    """
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, "run", *arguments, "--plain", "--page", "--audio", audio,
        env={**environment(folder), **(more or {})},
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Walk(process, folder)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def shows(page: Page, what: str, expression: str) -> None:
    async def found() -> bool | None:
        return await page.result(f"(() => {{ try {{ return ({expression}) }} catch {{ return null }} }})()") or None

    await until(what, found, timeout=WITHIN)


async def holds(what: str, condition: Callable[[], Any]) -> None:
    async def found() -> bool | None:
        return bool(condition()) or None

    await until(what, found, timeout=WITHIN)


async def answer(page: Page, question: str, value: str) -> None:
    chosen = f"[data-question={question}] [data-value='{value}']"
    await page.result(f"document.querySelector({json.dumps(chosen)}).scrollIntoView()")
    await page.tap(chosen)


def said(text: str) -> str:
    return f"document.body.innerText.includes({json.dumps(text)})"


def state(*names: str) -> str:
    return f"{json.dumps(names)}.includes(document.body.dataset.state)"


async def test_a_touch_without_an_answer_is_reported_and_a_stop_is_done_later(tmp_path: Path) -> None:
    require_modules("aiohttp", "segno")
    require_programs("chromium")
    async with walking(tmp_path, "back 5m", "--lead-in", "0") as walk, browser(tmp_path / "browser") as page:
        await page.resize(390, 844)
        await page.call("Page.enable")
        await page.call("Page.navigate", url=await walk.line("page: "))
        await shows(page, "the session", state("running"))
        (server,) = walk.servers()
        os.kill(server, signal.SIGSTOP)
        await page.tap("#pause")
        await shows(page, "the loss", said("NO CONNECTION: that may not have been done."))
        await page.tap("#stop")
        await shows(page, "the promise", said("NO CONNECTION: STOP will be sent if it is back within 15 s."))
        os.kill(server, signal.SIGCONT)
        await shows(page, "the stop", state("stopped"))
        assert json.loads(await walk.command("status", "--json"))["reason"] == "bail-out"

        assert walk.process.stdin is not None
        walk.process.stdin.write(b"q\n")
        await shows(page, "the summary", "document.getElementById('summary').checkVisibility()")
        os.kill(server, signal.SIGSTOP)
        await answer(page, "effort", "5")
        await shows(page, "the loss of an answer", said("Not kept: no connection."))
        os.kill(server, signal.SIGCONT)


async def test_a_session_is_followed_steered_and_answered_from_a_page(tmp_path: Path) -> None:
    require_modules("aiohttp", "segno")
    require_programs("chromium")
    async with walking(tmp_path, "back 5m, turn 5s", "--lead-in", "0") as walk:
        link = await walk.line("page: ")
        assert link.startswith("http://localhost:")
        (server,) = walk.servers()
        key = link.partition("key=")[2]
        assert not [line for _, line in command_lines() if key in line]
        assert key not in "".join(each.read_text(errors="replace") for each in (tmp_path / "data").glob("*.log"))
        async with browser(tmp_path / "browser") as page:
            await page.resize(390, 844)
            await page.call("Page.enable")
            await page.call("Page.navigate", url=link)
            await shows(page, "the session", state("running"))
            assert await page.result("document.getElementById('word').textContent") == "BACKWARD"

            await walk.command("send", "pause")
            assert json.loads(await walk.command("status", "--json"))["state"] == "paused"
            await shows(page, "the pause", state("paused"))
            await page.tap("#pause")
            await shows(page, "going on", state("lead-in", "running"))

            os.kill(server, signal.SIGKILL)
            await page.tap("#stop")  # whether the page knows yet that the server is gone, or not
            await holds("another server", lambda: walk.servers() not in ([], [server]))
            await shows(page, "the stop", state("stopped"))
            assert json.loads(await walk.command("status", "--json"))["reason"] == "bail-out"

            assert walk.process.stdin is not None
            walk.process.stdin.write(b"q\n")
            await shows(page, "the summary", "document.getElementById('summary').checkVisibility()")
            for question, value in (("effort", "3"), ("stumble", "false"), ("pain", "1"), ("fall", "true")):
                await answer(page, question, value)
                await shows(page, question, "document.getElementById('kept').textContent === 'Kept.'")
        async with asyncio.timeout(WITHIN):
            await walk.process.wait()
        assert walk.servers() == []
        (kept,) = json.loads(await walk.command("history", "--json"))
        assert (kept["effort"], kept["stumble"], kept["pain_after"], kept["fall"]) == (3, False, 1, True)
