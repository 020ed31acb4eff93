"""Hostile names everywhere: none of their control bytes may reach the terminal."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tests.faults.outcome import Outcome
from tests.faults.program import Home, Ran

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = (
    "\x1b]0;PWNED\x07",
    "\x1b[2J\x1b[31m",
    "\x9b31m\x9d0;PWNED\x9c",
    "walk\u202egnp",
    "\u2066a\u2069\u200b\ufeff",
    "a\r\b\x7f",
    os.fsdecode(b"caf\xe9\xff"),
)
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
COMMANDS = (
    ("show", "{}"), ("run", "{}", "--plain"), ("run", "{}.zwo", "--plain"), ("show", "{home}/{}"),
    ("restore", "/x/{}", "--yes"), ("restore", "{home}/{}", "--yes"), ("backup", "{home}/{}"), ("backup", "/x/{}/y"),
    ("import", "{home}/{}"), ("import", "/x/{}"), ("import", "{home}/good.zwo", "--name", "{}"),
    ("export", "builder", "-o", "/x/{}.zwo"), ("export", "builder", "--format", "{}"), ("export", "--session", "{}"),
    ("history", "--card", "{}"), ("history", "--delete", "{}", "--yes"), ("history", "--since", "{}"),
    ("history", "--limit", "{}"), ("config", "get", "{}"), ("config", "set", "{}", "{}"),
    ("config", "set", "look.theme", "{}"), ("config", "set", "keys.session.skip", "{}"),
    ("config", "set", "sound_files.tick", "/x/{}"), ("config", "unset", "{}"), ("config", "list"), ("config", "path"),
    ("plan", "--pain", "{}"), ("doctor", "--silent", "--audio", "{}"), ("serve", "{}"), ("{}",), ("run",), ("--{}",),
    ("--data-dir", "/dev/null/{}", "history"), ("repair", "{home}/{}"), ("resume", "--{}"),
)  # fmt: skip
"""Every command with a hostile text as every possible argument."""


def hostile_text(times: int, seed: int, folder: Path) -> Outcome:
    """Try every text with every command, in homes whose files have it as name and contents."""
    outcome = Outcome("hostile text")
    tried = [(text, command) for text in TEXTS for command in COMMANDS]
    step = max(1, len(tried) // times)
    homes: dict[str, Home] = {}
    for text, command in tried[seed % step :: step]:
        home = homes.setdefault(text, Home(folder / f"hostile-{len(homes)}"))
        if not home.path.exists():
            _fill(home, text)
        arguments = [part.replace("{home}", str(home.path)).replace("{}", text) for part in command]
        ran = home.run(*(os.fsencode(part) for part in arguments))
        outcome.note(ran.problem or _obeyed(ran), repr(arguments))
    return outcome


def _obeyed(ran: Ran) -> str:
    for data in (ran.out, ran.err):
        if found := OBEYED.search(data.decode(errors="surrogateescape").replace("\r\n", "\n")):
            return f"U+{ord(found.group()):04X} is printed: {data!r}"
    return ""


def _fill(home: Home, text: str) -> None:
    """Write files with hostile names and contents: a workout, settings, a history, a damaged history."""
    home.path.mkdir()
    name = text.replace("/", "")
    (home.path / name).write_bytes(b"SQLite format 3\0" + os.fsencode(text) * 50)
    (home.path / "good.zwo").write_text("<workout_file><workout></workout></workout_file>")
    (home.config / "workouts").mkdir(parents=True)
    (home.config / "workouts" / f"{name}.toml").write_bytes(
        b'notation = "back 1m"\nname = "' + os.fsencode(text) + b'"'
    )
    (home.config / "settings.toml").write_bytes(
        b"[look]\ntheme = '" + os.fsencode(text) + b"'\n[keys.session]\nskip = '" + os.fsencode(text) + b"'\n"
    )
    home.data.mkdir()
    (home.data / "history.db").write_bytes(b"no database " + os.fsencode(text))
    home.variables |= {"COLORTERM": text, "SSH_TTY": text, "TZ": text}
    home.variables |= {"RETRO_TIMER_DATA_DIR": str(home.data)}
