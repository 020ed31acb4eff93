"""Random keys for the real program in a real terminal: `python -m tests.faults.keys [--keys 10000] [--seed N]`.

All layouts, all dialogs; held and doubled keys, escape sequences and bytes that are not keys, while other processes
keep the machine busy. Through all of it the program lives, no session ends that was not ended on purpose, nothing
raises,
and every key is answered.

On purpose is: an answer to "End this session?", leaving the summary, a skip of the last interval.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from retro_timer.config.key_names import character_of
from retro_timer.config.keymap import ACTIONS
from retro_timer.config.pressed import LAYOUTS
from tests.terminal import Terminal, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM: Final = (sys.executable, "-m", "tests.faults.answering")
WORKOUT: Final = "50x(back 9m, turn 1m | fwd 9m)"
WALKED_BEFORE: Final = "[first_start]\nsafety_read = true\nsound_checked = true\ndone = true\n"
ON_PURPOSE: Final = ("End this session?", "next finish", "how hard?", "end it here")
"""Texts on screens on which the next key may end a session."""
ENDED: Final = ("act quit", "act skip", "advance")
LATE: Final = 15.0
"""Seconds after which a key counts as unanswered, on a busy machine."""
NO_KEY: Final = 0.15
"""Seconds to wait after input that may not be a key; longer after a paste without an end."""
PASTE_LASTS: Final = 1.5
DRAWN: Final = 0.03
"""Seconds without a change on the screen."""
BUSY: Final = "while True: pass"

NAMED: Final = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "backspace": "\x7f", "delete": "\x1b[3~",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "f1": "\x1bOP", "f5": "\x1b[15~", "f12": "\x1b[24~",
    "ctrl+a": "\x01", "ctrl+b": "\x02", "ctrl+p": "\x10", "ctrl+s": "\x13", "ctrl+t": "\x14", "ctrl+x": "\x18",
}  # fmt: skip
LETTERS: Final = sorted({
    character for action in ACTIONS for key in action.keys if action.scope in ("session", "app", "help", "settings")
    and (character := character_of(key))
})  # fmt: skip
KITTY: Final = (
    "\x1b[57413;;43u", "\x1b[57412;;45u", "\x1b[57414u", "\x1b[57404;129;53u", "\x1b[57441;2u", "\x1b[57358;65u",
    "\x1b[98:66;2u", "\x1b[98;65;66u", "\x1b[1095::120;;1095u", "\x1b[1591::120;;1591u", "\x1b[120;5u",
    "\x1b[115;;115u", "\x1b[32;;32u", "\x1b[27u", "\x1b[98:66:::;2:1:;u", "\x1b[57430u",
)  # fmt: skip
PASTE: Final = b"\x1b[200~x"
REPORTS: Final = (
    PASTE, b"\x1b[201~", b"\x1b[110;1:3u", b"\x1b[48;9999999;9999999;0;0t", b"\x1b[48;0;0;0;0t", b"\x1b[?2048;1$y",
    b"\x1b[I", b"\x1b[O", b"\x1b[<0;40;12M\x1b[<0;40;12m", b"\x1b[<64;5;5M", b"\x1b[<0;99999;99999M", b"\x1b[?62;22c",
    b"\xe2\x80",
)  # fmt: skip
LEAVE_ALONE: Final = frozenset(b"\x03\x11\x1a")
"""Keys that leave the program on purpose: ctrl+c, ctrl+q, ctrl+z."""


@dataclass
class Tally:
    """What was sent, and the results."""

    sent: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    sessions: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        most = ", ".join(f"{how} {count}" for how, count in self.answers.most_common(12))
        failed = "\n".join(("", "FAILURES", *self.failures)) if self.failures else ""
        return f"keys {self.sent}, sessions {self.sessions}, answered {self.answers.total()}: {most}{failed}"


def press(choice: random.Random) -> tuple[list[bytes], float]:
    """Input in pieces of at most one key each, and the seconds between them."""
    kind = choice.random()
    if kind < 0.08:
        return [bytes(byte for byte in choice.randbytes(choice.randint(1, 12)) if byte not in LEAVE_ALONE)], NO_KEY
    if kind < 0.13:
        return [choice.choice(REPORTS)], NO_KEY
    if kind < 0.17:
        return [b"\x10", *(bytes([byte]) for byte in choice.choice((b"setting", b"theme", b"mute"))), b"\r"], 0.05
    key = a_key(choice).encode()
    if kind < 0.25:
        return [key] * choice.randint(5, 20), 0.03
    if kind < 0.35:
        return [key] * 2, choice.choice((0, 0.02, 0.2))
    return [key], 0


def a_key(choice: random.Random) -> str:
    """One key, as sent by a random terminal with a random keyboard layout."""
    kind = choice.random()
    if kind < 0.2:
        return choice.choice(list(NAMED.values()))
    if kind < 0.35:
        return choice.choice(KITTY)
    if kind < 0.4:
        return choice.choice("0123456789!#$%&()*@~é€😀漢")
    letter: str = choice.choice((*LETTERS, *" xsxs"))
    if kind < 0.7:
        letters, typed = choice.choice(list(LAYOUTS.values()))
        letter = dict(zip(typed, letters, strict=True)).get(letter, letter)
    return letter.swapcase() if choice.random() < 0.2 else letter


class Run:
    """Types into one program after another until enough was typed.

    Args:
        home: the directories of their files.
        seed: the seed of the random choices.
    """

    def __init__(self, home: Path, seed: int) -> None:
        self.tally = Tally()
        self._choice = random.Random(seed)
        self._home = home
        self._account = home / "account"
        self._read = 0
        self._typed: list[bytes] = []
        self._could_end: list[bool] = []  # whether the screens before the last keys were among them
        self._over = False
        self._shown: list[str] = []  # the last screens

    def __call__(self, keys: int) -> Tally:
        """Type a number of keys."""
        while self.tally.sent < keys and not self.tally.failures:
            self.tally.sessions += 1
            (self._home / "config").mkdir(exist_ok=True)
            (self._home / "config" / "settings.toml").write_text(WALKED_BEFORE)
            self._account.write_text("")
            self._read = 0
            arguments = [str(self._account), "run", WORKOUT, "--audio", "off", "--lead-in", "0"]
            with terminal(arguments, self._home, program=PROGRAM) as running:
                running.wait_for("next", LATE)
                self._session(running, keys)
        return self.tally

    def _session(self, running: Terminal, keys: int) -> None:
        """Type into a program until it ends or enough was typed."""
        self._could_end, self._over = [], False
        while self.tally.sent < keys and not self.tally.failures:
            self._could_end = [*self._could_end[-2:], any(shown in running.text for shown in ON_PURPOSE)]
            self._shown = [*self._shown[-2:], running.text]
            pieces, pause = press(self._choice)
            for piece in pieces:
                if not self._type(running, piece):
                    self._gone(running)
                    return
                running.read_for(PASTE_LASTS if piece == PASTE else pause)
            self._settle(running, 0 if pause == NO_KEY else len(pieces))
        if not self.tally.failures:
            self._stops(running)

    def _type(self, running: Terminal, piece: bytes) -> bool:
        """Send a piece; False if the program has ended."""
        self.tally.sent += 1
        self._typed = [*self._typed[-19:], piece]
        with contextlib.suppress(OSError):
            os.write(running.fd, piece)
        return not self._has_ended(running)

    @staticmethod
    def _has_ended(running: Terminal) -> bool:
        return os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _settle(self, running: Terminal, keys: int) -> None:
        """Wait until a number of keys are accounted for and their effects are drawn."""
        until, answered = time.monotonic() + LATE, 0
        while not self.tally.failures and not self._has_ended(running):
            seen = len(running.output)
            running.read(DRAWN)
            answered += self._take_account()
            if answered >= keys and seen == len(running.output):
                return
            if time.monotonic() > until:
                self._fail(f"{keys - answered} keys were not answered")

    def _take_account(self) -> int:
        """Read the program's record of its keys; returns how many there are."""
        lines = self._account.read_text().splitlines()[self._read :]
        self._read += len(lines)
        keys = 0
        for line in lines:
            about: dict[str, Any] = json.loads(line)
            if "ended" in about:
                self._over = any(self._could_end) and about["ended"].startswith(ENDED)
                if not self._over:
                    self._fail(f"a session ended by {about['ended']}")
                continue
            keys += 1
            if about["by"] and not about["by"].startswith("silence"):
                self.tally.answers[about["by"].partition(",")[0].partition(" does nothing")[0]] += 1
            elif not self._over:
                self._fail(f"no answer to {about['key']}: {about['by']}")
        return keys

    def _gone(self, running: Terminal) -> None:
        """Check that the program ended on purpose."""
        self._take_account()
        code = running.wait(LATE)
        if code not in (0, 1) or not self._over:
            self._fail(f"the program ended with {code}:\n{running.text}")
        self._look_for_errors(running)

    def _stops(self, running: Terminal) -> None:
        """Check that the stop key still works at once."""
        os.write(running.fd, b"\x1b[201~")
        running.read_for(PASTE_LASTS)
        self._look_for_errors(running)

    def _look_for_errors(self, running: Terminal) -> None:
        log = self._home / "data" / "retro-timer.log"
        if log.exists() and "Error" in (text := log.read_text()):
            self._fail(text)
        if "Traceback" in running.text:
            self._fail(running.text)

    def _fail(self, what: str) -> None:
        typed = b" ".join(self._typed)
        screens = "\n".join(self._shown)
        self.tally.failures.append(f"{what}\n  after {self.tally.sent} keys, the last of them {typed!r}\n{screens}")


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep the machine busy."""
    running = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--keys", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=None, help="repeat a run that failed")
    parser.add_argument("--load", type=int, default=2, help="processes that keep the machine busy")
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as home, busy(options.load):
        tally = Run(Path(home), seed)(options.keys)
    print(tally)
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
