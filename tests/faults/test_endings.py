"""However a session ends, it is in the history at once or can be recovered: real processes, real signals."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from retro_timer.storage.open import FILE_NAME
from tests.faults.test_commands import FULL, POWERLESS
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING
from tests.terminal import PROGRAM, terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

if sys.platform == "win32":
    pytest.skip("signals and limits of POSIX", allow_module_level=True)

WALK = ("run", "back 60s", "--plain", "--json", "--audio", "off", "--lead-in", "0")
SHORT = ("run", "back 1s", "--plain", "--json", "--audio", "off", "--lead-in", "0")
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL]


class Home:
    """The files of a walker, and the program run on them."""

    def __init__(self, root: Path) -> None:
        self.root, self.data = root, root / "data"
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "RETRO_TIMER_DATA_DIR": str(self.data),
            "RETRO_TIMER_CONFIG_DIR": str(root / "config"),
            "XDG_RUNTIME_DIR": str(root),
        }

    def start(self, *arguments: str, program: Sequence[str] = PROGRAM) -> subprocess.Popen[str]:
        """Start the program."""
        return subprocess.Popen(
            [*program, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, program: Sequence[str] = PROGRAM) -> tuple[int, str, str]:
        """Run the program; returns its exit code, output and errors."""
        with self.start(*arguments, program=program) as running:
            out, errors = running.communicate(timeout=60)
            return running.returncode, out, errors

    def history(self) -> list[dict[str, Any]]:
        """The sessions that the next command lists."""
        listed: list[dict[str, Any]] = json.loads(self.run("history", "--json")[1])
        return listed


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def with_fault(before: str) -> tuple[str, ...]:
    """The program in a process that is patched first."""
    code = f"{before} import sys; from retro_timer.__main__ import main; sys.exit(main())"
    return sys.executable, "-B", "-c", code


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_plain_session_ended_by_a_signal_is_listed_at_once_and_can_be_resumed(
    home: Home, number: signal.Signals
) -> None:
    with home.start(*WALK) as running:
        assert running.stdout
        next(line for line in running.stdout if '"backward"' in line)
        while not walked(home):
            assert running.poll() is None
        running.send_signal(number)
        rest = running.stdout.read()
        assert running.wait(30) == (-9 if number == signal.SIGKILL else 128 + number)
    if number in (signal.SIGINT, signal.SIGTERM):
        assert json.loads(rest.splitlines()[-1])["text"] == "saved as interrupted: `retro-timer resume` resumes it"
    (listed,) = home.history()
    assert listed["state"] == "interrupted"
    assert listed["walked_seconds"] > 0
    exported = json.loads(home.run("export", "--history")[1])
    assert [session["state"] for session in exported["sessions"]] == ["interrupted"]
    assert "ended early (interrupted)" in home.run("history")[1]
    code, out, _ = home.run("resume", "--keep")
    assert (code, out.partition(":")[0]) == (0, "kept as ended early")
    assert home.history() == [{**listed, "state": "ended-early"}]


def walked(home: Home) -> bool:
    """Whether something of the session that is going on has been written."""
    path = home.data / FILE_NAME
    if not path.exists():
        return False  # connecting would make it
    with closing(sqlite3.connect(path)) as history:
        return bool(history.execute("SELECT 1 FROM journal WHERE walked > 0").fetchall())


@pytest.mark.terminal
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_full_screen_ended_by_a_signal_leaves_its_session_in_the_history(home: Home, number: signal.Signals) -> None:
    with terminal(("run", "back 60s", "--audio", "off", "--lead-in", "0"), home.root) as running:
        running.wait_for("▲ 0:01")
        running.signal(number)
        running.wait()
    (listed,) = home.history()
    assert listed["state"] == "interrupted"
    assert home.run("resume", "--keep")[0] == 0


def test_a_session_killed_earlier_is_listed_while_another_runs(home: Home) -> None:
    for last in (False, True):
        with home.start(*WALK) as running:
            assert running.stdout
            next(line for line in running.stdout if '"backward"' in line)
            while not walked(home):
                assert running.poll() is None
            if last:
                while not (listed := home.history()):
                    assert running.poll() is None
                assert [row["state"] for row in listed] == ["interrupted"]
            running.kill()
            running.stdout.read()
    assert [row["state"] for row in home.history()] == ["interrupted", "interrupted"]


def test_a_full_disk_leaves_the_session_on_standard_error(home: Home) -> None:
    with open_history(home.data, lambda: MORNING).history as history:
        assert not history.page()
    code, out, errors = home.run(*SHORT, program=with_fault(FULL))
    assert code == 1
    assert '"text": "NOT saved: ' in out.splitlines()[-1]
    said, session = errors.splitlines()[-2:]
    assert said.startswith("retro-timer: NOT saved: ")
    (home.root / "line.json").write_text(session)
    assert home.run("import", str(home.root / "line.json"))[1] == "1 session added, 0 already present\n"
    assert [(row["state"], row["walked_seconds"]) for row in home.history()] == [("finished", 1.0)]


@pytest.mark.parametrize("errors", ["2>&-", "2>/dev/full"])
def test_without_standard_error_an_unsaved_session_changes_neither_output_nor_exit_code(
    home: Home, errors: str
) -> None:
    with open_history(home.data, lambda: MORNING).history as history:
        assert not history.page()
    shell = ("sh", "-c", f'"$@" {errors}', "sh")
    code, out, _ = home.run(*SHORT, program=(*shell, *with_fault(FULL)))
    assert code == 1
    events = [json.loads(line) for line in out.splitlines()]
    assert events[-1]["text"].startswith("NOT saved: ")


def test_if_the_history_cannot_be_written_the_session_is_left_in_a_file(home: Home) -> None:
    with open_history(home.data, lambda: MORNING).history as history:
        assert not history.page()
    home.data.chmod(0o500)
    code, _, errors = home.run(*SHORT, program=with_fault("" if os.getuid() else POWERLESS))
    home.data.chmod(0o700)
    assert code == 1
    found = re.search(r"NOT saved: .* run retro-timer import (\S+)$", errors.strip())
    assert found, errors
    assert Path(found[1]).stat().st_mode & 0o777 == 0o600
    assert home.run("import", found[1])[0] == 0
    assert [(row["state"], row["walked_seconds"]) for row in home.history()] == [("finished", 1.0)]


def test_what_a_full_disk_loses_can_be_imported_again(home: Home) -> None:
    """The history holds the beginning of the session; what is left elsewhere is the whole, and takes its place."""
    with home.start("run", "back 4s", *WALK[2:]) as running:
        assert running.stdout
        assert running.stderr
        next(line for line in running.stdout if '"backward"' in line)
        while not walked(home):
            assert running.poll() is None
        with closing(sqlite3.connect(home.data / FILE_NAME, isolation_level=None)) as other:
            other.execute("PRAGMA busy_timeout = 10000")
            other.execute("BEGIN EXCLUSIVE")
            running.stdout.read()
            errors = running.stderr.read()
            assert running.wait(30) == 1
    assert [row["state"] for row in home.history()] == ["interrupted"]
    file = errors.split()[-1]
    assert home.run("import", file)[1] == "1 session added, 0 already present\n"
    assert [(row["state"], row["walked_seconds"]) for row in home.history()] == [("finished", 4.0)]
    assert home.run("import", file)[1] == "0 sessions added, 1 already present\n"
    assert home.run("resume")[2] == "no session was interrupted\n"


def test_a_hung_disk_loses_nothing_when_a_signal_ends_the_session(home: Home) -> None:
    hangs = "import time; from retro_timer.storage.journal import Journal; Journal.close = lambda *_: time.sleep(600);"
    with home.start(*WALK, program=with_fault(hangs)) as running:
        assert running.stdout
        assert running.stderr
        next(line for line in running.stdout if '"backward"' in line)
        while not walked(home):
            assert running.poll() is None
        running.terminate()
        errors = running.stderr.read()
        assert running.wait(30) == 143
    assert "NOT saved: the disk does not respond" in errors
    assert home.run("import", errors.split()[-1])[1] == "1 session added, 0 already present\n"
    assert [row["state"] for row in home.history()] == ["ended-early"]


@pytest.mark.terminal
@pytest.mark.parametrize("by_signal", [False, True])
def test_after_the_full_screen_the_place_of_an_unsaved_session_is_printed(home: Home, *, by_signal: bool) -> None:
    with open_history(home.data, lambda: MORNING).history as history:
        assert not history.page()
    program = with_fault(f"import os; os.environ['XDG_RUNTIME_DIR'] = {str(home.root)!r}; {FULL}")
    with terminal(("run", "back 60s", "--audio", "off", "--lead-in", "0"), home.root, program=program) as running:
        running.wait_for("▲ 0:01")
        if by_signal:
            running.signal(signal.SIGTERM)
        else:
            running.send("q")
            running.wait_for("End this session?")
            running.answer("y")
            running.wait_for("NOT saved")
            running.send("\x1b")
        assert running.wait() == (143 if by_signal else 1)
        assert not running.restored()
        assert b"retro-timer: NOT saved: " in running.output
        assert b"retro-timer-history" in running.output
