"""What a command line did."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from retro_timer.runtime.exit_codes import EXIT_BAD_INPUT


class Ran:
    """What a command line did."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:  # noqa: ANN401  (whatever was printed)
        return json.loads(self.out)


Run = Callable[..., Ran]


def refused(ran: Ran, *parts: str) -> None:
    """One clear line on standard error, exit 2, nothing else."""
    assert ran.code == EXIT_BAD_INPUT
    assert ran.out == ""
    assert ran.err.startswith("retro-timer: ")
    assert ran.err.count("\n") == 1
    assert ran.err.rstrip("\n").isprintable()
    for part in parts:
        assert part in ran.err
