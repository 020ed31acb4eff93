"""Full disks, locked histories, signals and environments: the program reports the problem and keeps the record."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING

from retro_timer.runtime.exit_codes import STOP_SIGNALS
from tests.faults.environments import COMMANDS, ENVIRONMENTS, furnish, try_command
from tests.faults.killed import LIMIT, WALK
from tests.faults.outcome import Outcome
from tests.faults.program import PROGRAM, Home, Ran

if TYPE_CHECKING:
    from pathlib import Path

SHORT = ("run", "back 2s", "--plain", "--audio", "off", "--lead-in", "0")
CHANGES = {
    "backup": ("backup", "{files}/new.db"),
    "import": ("import", "{files}/history.json"),
    "restore": ("restore", "{files}/backup.db", "--yes"),
    "delete": ("history", "--delete", "last", "--yes"),
}


def full_disk(times: int, seed: int, folder: Path) -> Outcome:
    """Walk with a limit on the file size; an unsaved session must be reported."""
    outcome, choice = Outcome("full disk"), random.Random(seed)
    for number in range(times):
        home = Home(folder / f"full-{number}")
        home.path.mkdir()
        blocks = choice.choice((0, 1, 4, 16, 64, 128))
        done = subprocess.run(
            ["/bin/bash", "-c", f'ulimit -f {blocks}; "$@"', "bash", *PROGRAM, *SHORT],
            env=home.environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        ran = Ran(done.returncode, done.stdout, done.stderr)
        problem = ran.problem
        if not problem and ran.code == 0 and not home.run("history", "--json").json:
            problem = "exit 0, and no session is kept"
        outcome.note(problem, f"seed {seed}, ulimit -f {blocks}")
    return outcome


def locked(times: int, seed: int, folder: Path) -> Outcome:
    """Change the history while another process locks it: it is refused and changes nothing."""
    outcome = Outcome("locks")
    home = Home(folder / f"locked-{seed}")
    home.path.mkdir()
    furnish(home)
    names = list(CHANGES)
    for number in range(times):
        name = names[number % len(names)]
        with closing(sqlite3.connect(home.data / "history.db")) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            ran = home.run(*(part.format(files=home.path / "files") for part in CHANGES[name]))
        made = (home.path / "files" / "new.db").exists()
        problem = ran.problem or ("" if ran.code == 2 and not made else f"exit {ran.code}, {ran.err.decode().strip()}")
        outcome.note(problem, f"BEGIN EXCLUSIVE, {name}")
    return outcome


def signals(times: int, seed: int, folder: Path) -> Outcome:
    """End a session by every signal that can be handled: the exit code names it, and the session is in the history."""
    outcome, choice = Outcome("signals", worst=0), random.Random(seed)
    for number in range(times):
        home = Home(folder / f"signal-{number}")
        home.path.mkdir()
        running = home.start(*WALK)
        assert running.stdout is not None
        while b'"interval"' not in (line := running.stdout.readline()):
            assert line, running.communicate()
        began = time.monotonic()
        which = STOP_SIGNALS[number % len(STOP_SIGNALS)]
        time.sleep(choice.uniform(0, 1.5))  # the walk itself
        running.send_signal(which)
        walked = int((time.monotonic() - began) * 1000)
        out, err = running.communicate(timeout=30)
        ran = Ran(running.returncode, out, err)
        problem = ran.problem or ("" if ran.code == 128 + which else f"exit {ran.code}")
        rows = home.run("history", "--json").json
        lost = walked - (round(rows[0]["walked_seconds"] * 1000) if rows else 0)
        outcome.lost(lost)
        outcome.note(problem or (f"{lost} ms lost" if lost > LIMIT else ""), signal.Signals(which).name)
    return outcome


def environments(times: int, seed: int, folder: Path) -> Outcome:
    """Commands in unusual environments; all pairs if there are enough tries."""
    outcome, choice = Outcome("environments"), random.Random(seed)
    furnished = Home(folder / "home to copy")
    furnished.path.mkdir()
    furnish(furnished)
    pairs = [(command, environment) for environment in ENVIRONMENTS for command in COMMANDS]
    choice.shuffle(pairs)
    for number, (command, environment) in enumerate(pairs[:times]):
        place = folder / f"environment-{number}"
        place.mkdir()
        ran = try_command(command, environment, furnished.path, place)
        outcome.note(ran.problem, f"{command} with {environment}")
    return outcome
