"""Kills the real program at random moments: in a session, and during import, backup, restore and config."""

from __future__ import annotations

import json
import random
import shutil
import time
from typing import TYPE_CHECKING

from tests.faults.environments import furnish
from tests.faults.outcome import Outcome
from tests.faults.program import Home
from tests.storage.sessions import downgrade

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 1000
"""Milliseconds of a session that a kill may lose."""
WALK = ("run", "back 60s", "--plain", "--json", "--audio", "off", "--lead-in", "0")
COMMANDS = {
    "import": ("import", "{files}/history.json"),
    "backup": ("backup", "{files}/new.db"),
    "restore": ("restore", "{files}/backup.db", "--yes"),
    "migration": ("history",),
    "settings": ("config", "set", "session.lead_in", "7"),
    "first start": WALK,
}


def killed_sessions(times: int, seed: int, folder: Path) -> Outcome:
    """Walk, kill the program, and compare the history with the time since the session started."""
    outcome, choice = Outcome("kill: session"), random.Random(seed)
    home, known = Home(folder / "sessions"), set[str]()
    home.path.mkdir()
    for number in range(times):
        running = home.start(*WALK)
        assert running.stdout is not None
        while b'"interval"' not in (line := running.stdout.readline()):
            assert line, running.communicate()
        began = time.monotonic()
        time.sleep(choice.uniform(0, 2.5))  # the walk itself
        running.kill()
        walked = int((time.monotonic() - began) * 1000)
        running.communicate()
        ran = home.run("history", "--json")
        problem = ran.problem or ("" if ran.code == 0 else f"history: exit {ran.code}")
        if not problem:
            # A session killed before its first write is missing, and has lost less than a second.
            kept = sum(round(row["walked_seconds"] * 1000) for row in ran.json if row["id"] not in known)
            known |= {row["id"] for row in ran.json}
            outcome.lost(walked - kept)
            if walked - kept > LIMIT:
                problem = f"{walked - kept} ms of {walked} lost: {ran.err.decode().strip()}"
        outcome.note(problem, f"seed {seed}, session {number}")
    return outcome


def killed_commands(name: str, times: int, seed: int, folder: Path) -> Outcome:
    """Kill a command at random moments; afterwards the history is either unchanged or complete."""
    outcome, choice = Outcome(f"kill: {name}"), random.Random(seed)
    furnished = Home(folder / "furnished")
    if not furnished.path.exists():
        furnished.path.mkdir()
        furnish(furnished)
    fresh = name == "first start"
    before = set() if fresh else ids(furnished)
    for number in range(times):
        home = Home(folder / f"{name}-{number}")
        home.path.mkdir() if fresh else shutil.copytree(furnished.path, home.path)
        arguments = [part.format(files=home.path / "files") for part in COMMANDS[name]]
        if name == "migration":
            downgrade(home.data)
        running = home.start(*arguments)
        after = choice.uniform(0.02, 0.5)
        time.sleep(after)
        running.kill()
        running.communicate()
        outcome.note(_state_after(home, before), f"seed {seed}, {name} {number}, killed after {after:.3f} s")
        shutil.rmtree(home.path)
    return outcome


def ids(home: Home) -> set[str]:
    """The ids of the sessions of a history."""
    return {row["id"] for row in home.run("history", "--json").json}


def _state_after(home: Home, before: set[str]) -> str:
    ran = home.run("history", "--json")
    settings = home.run("config", "list")
    for one in (ran, settings):
        if one.problem or one.code != 0:
            return one.problem or f"exit {one.code}: {one.err.decode()}"
    if settings.err:
        return settings.err.decode()
    found = {row["id"] for row in json.loads(ran.out)}
    return "" if before <= found else f"{len(before - found)} sessions are gone"
