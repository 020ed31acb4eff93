"""The outcome of one kind of fault, and the table of all outcomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass
class Outcome:
    """How often a fault was tried, and how often the program passed.

    Attributes:
        fault: its name in the table.
        worst: the most milliseconds of a session that were lost; None if no session ran.
        failures: the failures, each with how to repeat it.
    """

    fault: str
    tried: int = 0
    worst: int | None = None
    failures: list[str] = field(default_factory=list)

    @property
    def held(self) -> int:
        return self.tried - len(self.failures)

    def note(self, problem: str, how: str) -> None:
        """Count a try; `problem` is empty if it passed."""
        self.tried += 1
        if problem:
            self.failures.append(f"{how}: {problem}")

    def lost(self, milliseconds: int) -> None:
        """Record the worst loss."""
        self.worst = max(self.worst or 0, milliseconds)


def table(outcomes: Iterable[Outcome]) -> str:
    """The outcomes, one a line."""
    lines = [f"{'fault':32} {'tried':>6} {'held':>6} {'worst loss':>11}"]
    for one in outcomes:
        worst = "-" if one.worst is None else f"{one.worst / 1000:.2f} s"
        lines.append(f"{one.fault:32} {one.tried:6} {one.held:6} {worst:>11}")
    return "\n".join(lines)
