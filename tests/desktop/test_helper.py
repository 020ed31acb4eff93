"""The helper process: every event reaches it, nobody waits for it, and it ends with the session, however that ended."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from retro_timer.desktop.helper import MOST_UNSENT, Helper
from tests.processes import runs

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT = 60.0
WRITES = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read() + '\\n')"


def appends(to: Path) -> list[str]:
    """A program that appends its input to a file, as a line."""
    return [sys.executable, "-c", WRITES, str(to)]


def lines_of(path: Path, count: int) -> list[Any]:
    """Wait for as many lines of JSON in a file."""
    until = time.monotonic() + TIMEOUT
    while not path.exists() or path.read_text().count("\n") < count:
        assert time.monotonic() < until, path.read_text() if path.exists() else "nothing was written"
        time.sleep(0.02)
    return [json.loads(line) for line in path.read_text().splitlines()]


def event(name: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"event": name, "fields": {"event": name, **fields}}


def test_each_event_reaches_its_program(tmp_path: Path) -> None:
    to, logged = tmp_path / "written", list[str]()
    helper = Helper({"pid": 1, "hooks": {"start": appends(to), "end": appends(to)}}, logged.append)
    helper.send(event("start", workout="Früh"))
    lines_of(to, 1)
    helper.send(event("phase"))
    helper.send(event("end", left=0.0))
    helper.close()
    written = lines_of(to, 2)
    assert written == [{"event": "start", "workout": "Früh"}, {"event": "end", "left": 0.0}]
    assert logged == []


def test_a_failure_is_in_the_log_of_the_session(tmp_path: Path) -> None:
    log = tmp_path / "log"
    helper = Helper({"pid": 1, "log": str(log), "hooks": {"end": ["/nowhere/hook"]}}, pytest.fail)
    helper.send(event("end"))
    helper.close()
    until = time.monotonic() + TIMEOUT
    while not log.exists() or "/nowhere/hook" not in log.read_text():
        assert time.monotonic() < until
        time.sleep(0.02)
    assert "The hook end could not be started: /nowhere/hook: " in log.read_text()


def test_a_notification_that_cannot_be_shown_is_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    log = tmp_path / "log"
    helper = Helper({"pid": 1, "log": str(log)}, pytest.fail)
    helper.send({"event": "notify", "fields": {"text": "The workout is complete."}})
    helper.close()
    until = time.monotonic() + TIMEOUT
    while not log.exists() or "No notification could be shown: " not in log.read_text():
        assert time.monotonic() < until
        time.sleep(0.02)


SESSION = """
import sys
from retro_timer.desktop.helper import Helper
helper = Helper({"pid": 1, "hooks": {"start": sys.argv[1:]}}, print)
helper.send({"event": "start", "fields": {}})
print("started", flush=True)
sys.stdin.readline()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_program_is_finished_and_the_helper_ends_though_the_session_is_killed(tmp_path: Path) -> None:
    to = tmp_path / "written"
    # The program says who started it, then waits until that process has no input any more and ends.
    code = (
        "import os, sys; open(sys.argv[1], 'a').write(str(os.getppid()) + '\\n'); import time; time.sleep(1);"
        "open(sys.argv[1], 'a').write('1\\n')"
    )
    session = subprocess.Popen(
        [sys.executable, "-c", SESSION, sys.executable, "-c", code, str(to)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with session:
        assert session.stdout is not None
        assert session.stdout.readline() == "started\n"
        [helper] = lines_of(to, 1)
        session.kill()
    assert lines_of(to, 2) == [helper, 1]
    until = time.monotonic() + TIMEOUT
    while runs(helper):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_helper_that_cannot_be_started_or_has_ended_is_logged_and_nothing_else() -> None:
    for argv, said in ((["/nowhere/python"], "could not be started"), ([sys.executable, "-c", ""], "has ended")):
        logged: list[str] = []
        helper = Helper({}, logged.append, argv=argv)
        until = time.monotonic() + TIMEOUT
        while not logged:
            helper.send(event("phase"))
            assert time.monotonic() < until
            time.sleep(0.02)
        helper.close()
        assert said in logged[0]


def test_messages_for_a_helper_that_does_not_read_are_dropped_and_logged_once(tmp_path: Path) -> None:
    logged, gate = list[str](), tmp_path / "gate"
    waits = "import os, sys, time\nwhile not os.path.exists(sys.argv[1]): time.sleep(0.05)"
    helper = Helper({}, logged.append, argv=[sys.executable, "-c", waits, str(gate)])
    for _ in range(MOST_UNSENT * 4):
        helper.send(event("phase", label="x" * 4000))
    assert logged == ["The desktop helper does not answer: events are left out."]
    gate.touch()
    helper.close()
