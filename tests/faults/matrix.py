"""Every kind of fault, and the number of tries in the short and in the long run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tests.faults.flipped import FILES, flipped
from tests.faults.held_up import environments, full_disk, locked, signals
from tests.faults.hostile import hostile_text
from tests.faults.killed import COMMANDS, killed_commands, killed_sessions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.outcome import Outcome

SEED = 20260302


class Kind(NamedTuple):
    """A kind of fault: the function that tries it, and the number of tries in the short and in the long run."""

    run: Callable[[int, int, Path], Outcome]
    short: int
    long: int


KINDS = {
    "kill-session": Kind(killed_sessions, 3, 250),
    **{f"kill-{name.replace(' ', '-')}": Kind(partial(killed_commands, name), 2, 60) for name in COMMANDS},
    **{f"flip-{name.lower()}": Kind(partial(flipped, name), 3, 500) for name in FILES},
    "full-disk": Kind(full_disk, 2, 30),
    "locks": Kind(locked, 4, 20),
    "signals": Kind(signals, 9, 45),
    "environments": Kind(environments, 8, 1000),
    "hostile-text": Kind(hostile_text, 12, 1000),
}
