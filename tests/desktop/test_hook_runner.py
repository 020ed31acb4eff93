"""Programs of hooks: no shell, bounded in number and time, killed with their group, failures logged."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from retro_timer.desktop.hook_runner import RUNNING, WAITING, HookRunner

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are POSIX ones")
PYTHON = sys.executable
FOREVER = (PYTHON, "-c", "import time; time.sleep(600)")
TIMEOUT = 60.0
"""Seconds that a program may take that is not meant to be killed."""


def script(code: str, *arguments: str) -> tuple[str, ...]:
    return (PYTHON, "-c", code, *arguments)


async def run(program: tuple[str, ...], data: bytes = b"{}", *, seconds: float = TIMEOUT) -> list[str]:
    """Run a hook to its end; returns what was logged."""
    logged: list[str] = []
    runner = HookRunner({"phase": program}, logged.append, seconds)
    runner.start("phase", data)
    await runner.finish()
    return logged


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as file:  # noqa: PTH123
            return file.read().rpartition(") ")[2].startswith("Z")
    except FileNotFoundError:
        return True


async def until_gone(process: int) -> None:
    until = time.monotonic() + 30
    while not gone(process):
        assert time.monotonic() < until
        await asyncio.sleep(0.02)


async def test_a_program_gets_its_arguments_as_they_are_and_the_event_as_json(tmp_path: Path) -> None:
    to = tmp_path / "said"
    code = "import json, sys; json.dump([sys.argv[2:], json.load(sys.stdin)], open(sys.argv[1], 'w'))"
    assert await run(script(code, str(to), "$HOME; rm -rf *", "`id`"), b'{"event": "phase", "at": 1.5}') == []
    assert json.loads(to.read_text()) == [["$HOME; rm -rf *", "`id`"], {"event": "phase", "at": 1.5}]


async def test_an_event_without_a_program_starts_none() -> None:
    runner = HookRunner({}, pytest.fail)
    runner.start("phase", b"{}")
    await runner.finish()


async def test_a_failure_is_logged_with_the_beginning_of_its_standard_error() -> None:
    logged = await run(script("import sys; sys.stderr.write('no route\\n\\x1b[31m' + 'x' * 100000); sys.exit(6)"))
    assert len(logged) == 1
    assert logged[0].startswith(f"The hook phase failed with 6: {PYTHON[:79]}")
    assert "no route [31mxxx" in logged[0]
    assert len(logged[0]) < 500


@pytest.mark.parametrize("program", [("/nowhere/at/all",), ("no-such-program-anywhere",), ("/",), ("a\0b",)])
async def test_a_program_that_cannot_be_started_is_logged(program: tuple[str, ...]) -> None:
    [line] = await run(program)
    assert line.startswith("The hook phase could not be started: ")
    assert line.isprintable()


async def test_a_program_that_takes_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    to = tmp_path / "child"
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, file=open(sys.argv[1], 'w'), flush=True)\n"
        "time.sleep(600)"
    )
    logged: list[str] = []
    runner = HookRunner({"phase": script(code, str(to))}, logged.append, 5.0)
    runner.start("phase", b"{}")
    await runner.finish()
    assert logged == [f"The hook phase was killed after 5 s: {PYTHON[:80]}."]
    if to.exists() and to.read_text().strip():  # otherwise it was too slow to have a child
        await until_gone(int(to.read_text()))


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
async def test_a_flood_of_output_blocks_nothing(stream: str) -> None:
    assert await run(script(f"import sys\nfor _ in range(200): sys.{stream}.write('x' * 65536)")) == []


async def test_a_program_need_not_read_its_input() -> None:
    assert await run(script("pass"), b"x" * 1_000_000) == []


async def test_a_program_that_ends_its_own_process_group_ends_nobody_else() -> None:
    [line] = await run(script("import os, signal; os.killpg(0, signal.SIGKILL)"))
    assert line.startswith("The hook phase failed with -9: ")


async def test_only_so_many_run_and_wait_at_a_time() -> None:
    logged: list[str] = []
    runner = HookRunner({"phase": FOREVER, "end": script("pass")}, logged.append, 1.0)
    for _ in range(RUNNING + WAITING):
        runner.start("phase", b"{}")
    runner.start("end", b"{}")
    assert logged == [f"The hook end was left out: {RUNNING + WAITING} programs of hooks are running or waiting."]
    await runner.finish()
    assert logged[1:] == [f"The hook phase was killed after 1 s: {PYTHON[:80]}."] * (RUNNING + WAITING)
