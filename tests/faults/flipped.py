"""Files with flipped bytes: the program starts, reports the damage, and never loses anything silently."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

from tests.faults.environments import furnish
from tests.faults.killed import WALK, ids
from tests.faults.outcome import Outcome
from tests.faults.program import Home

if TYPE_CHECKING:
    from pathlib import Path

WORKOUT = 'name = "Hills"\nnotation = "4x(back 1m \\"eyes up\\" | fwd 1m)"\n'
SETTINGS = '[session]\nlead_in = 7\n\n[look]\ntheme = "amber"\n'
FILES = {
    "database": ("data/history.db", ("history", "--json")),
    "WAL": ("data/history.db-wal", ("history", "--json")),
    "settings": ("config/settings.toml", ("config", "list")),
    "workouts": ("config/workouts/hills.toml", ("show", "Hills", "--json")),
}
"""The damaged files, and the commands that read them."""


def flipped(name: str, times: int, seed: int, folder: Path) -> Outcome:
    """Damage a file in many ways, each time on a new copy."""
    outcome, choice = Outcome(f"bytes flipped: {name}"), random.Random(seed)
    furnished = _furnished(folder)
    place, command = FILES[name]
    sound = furnished.run(*command).out
    before = ids(furnished)
    for number in range(times):
        home = Home(folder / f"{name}-{number}")
        # Not the runtime directory: the session was killed, and sockets cannot be copied.
        shutil.copytree(furnished.path, home.path, ignore=shutil.ignore_patterns("run"))
        flips = _damage(home.path / place, choice)
        ran = home.run(*command)
        problem = ran.problem
        if not problem and command[0] == "history":
            found = {row["id"] for row in ran.json} if ran.code == 0 else set()
            if before - found and not ran.err:
                problem = f"{len(before - found)} of {len(before)} sessions are gone without a word"
        elif not problem and ran.code not in (0, 2):
            problem = f"exit {ran.code}"
        elif not problem and ran.code == 2 and not ran.err:
            problem = "refused without a word"
        outcome.note(problem, f"seed {seed}, {name} {number}, {flips} bytes")
        shutil.rmtree(home.path)
    assert furnished.run(*command).out == sound
    return outcome


def _furnished(folder: Path) -> Home:
    """A home with a history, a WAL that was not checkpointed, settings and a workout."""
    home = Home(folder / "to damage")
    if home.path.exists():
        return home
    home.path.mkdir()
    furnish(home)
    (home.config / "workouts").mkdir(parents=True)
    (home.config / "workouts" / "hills.toml").write_text(WORKOUT)
    (home.config / "settings.toml").write_text(SETTINGS)
    running = home.start(*WALK)
    assert running.stdout is not None
    while b'"interval"' not in running.stdout.readline():
        pass
    for line in iter(running.stdout.readline, b""):
        if b'"cue"' in line:
            break
    running.kill()
    running.communicate()
    # Read once: the first command that opens a history marks the interrupted session.
    shutil.copytree(home.data, home.path / "kept")
    ids(home)
    if not (home.data / "history.db-wal").exists():
        shutil.rmtree(home.data)
        (home.path / "kept").rename(home.data)
    return home


def _damage(path: Path, choice: random.Random) -> int:
    data = bytearray(path.read_bytes()) if path.exists() else bytearray()
    if not data:
        return 0
    flips = choice.choice((1, 1, 1, 8, 64))
    for _ in range(flips):
        data[choice.randrange(len(data))] ^= 1 << choice.randrange(8)
    path.write_bytes(data)
    return flips
