"""The budget of the product compared with its peers, and the tables of results."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

OURS = "retro-timer"
WITH_SOUND = "retro-timer with sound"
FLOOR = "floor: Textual Digits"
TERMDOWN = "termdown 2.0.0"


def anything(text: str) -> bool:
    """Whether a screen shows anything."""
    return bool(text.strip())


@dataclass
class Program:
    """A program that counts down.

    Attributes:
        name: its name in the table.
        command: the arguments for counting down from half an hour, after the directory of the environment's programs.
        quit: the keys that end it.
        begin: the keys that start the countdown.
        counts: whether a screen shows the countdown.
    """

    name: str
    command: tuple[str, ...]
    quit: str = "\x03"
    begin: str = ""
    counts: Callable[[str], bool] = anything
    first: list[float] = field(default_factory=list)
    leave: list[float] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    def line(self, binaries: dict[str, Path]) -> list[str]:
        """The command line."""
        return [str(binaries[self.command[0]]), *self.command[1:]]

    @property
    def all_figures(self) -> dict[str, float]:
        """The measured figures, in seconds, MB, bytes per second and milliseconds."""
        medians = {"first": statistics.median(self.first or [nan]), "quit": statistics.median(self.leave or [nan])}
        return {**self.figures, **medians}


class Limit(NamedTuple):
    """A figure of ours and its maximum."""

    what: str
    value: float
    limit: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether it is met."""
        return self.value <= self.limit


def report(figures: Sequence[Limit], *, as_json: bool) -> int:
    """Print figures with their budgets; returns the exit code, 1 if one is not met."""
    if as_json:
        print(json.dumps([{**figure._asdict(), "met": figure.met} for figure in figures], indent=2))
    else:
        for figure in figures:
            verdict = "met" if figure.met else "NOT MET"
            print(f"{figure.what:52}{figure.value:>10.2f} {figure.unit:8} budget {figure.limit:g}  {verdict}")
    return 0 if all(figure.met for figure in figures) else 1


class Ratio(NamedTuple):
    """A figure of ours compared with the floor and with the best of the other Python timers."""

    what: str
    floor: float
    peer: float
    best: str


def budget(found: Sequence[Program], commands: dict[str, float]) -> list[Limit]:
    """The budget of the product."""
    by_name = {program.name: program for program in found}
    ours, sound, floor, termdown = (by_name[name].all_figures for name in (OURS, WITH_SOUND, FLOOR, TERMDOWN))
    slowest = max(commands[name] for name in ("--help", "--version", "presets"))
    return [
        Limit("first frame / floor", ours["first"] / floor["first"], 1.15, "x"),
        Limit("first frame with sound / floor", sound["first"] / floor["first"], 1.2, "x"),
        Limit("CPU / floor", ours["cpu"] / floor["cpu"], 1.1, "x"),
        Limit("CPU / termdown", ours["cpu"] / termdown["cpu"], 0.8, "x"),
        Limit("RSS / floor", ours["rss"] / floor["rss"], 1.25, "x"),
        Limit("bytes a second / floor", ours["bytes"] / floor["bytes"], 12, "x"),
        Limit("displayed second, p99 error", ours["error_p99"], 8, "ms"),
        Limit("drift", abs(ours["drift"]), 5, "ms"),
        Limit("--help, --version, presets / import click", slowest / commands["import click"], 2, "x"),
        Limit("quit to shell", ours["quit"] * 1000, 100, "ms"),
    ]


def against(found: Sequence[Program]) -> list[Ratio]:
    """Our figures compared with the floor and the best peer."""
    by_name = {program.name: program.all_figures for program in found}
    ours, floor = by_name[OURS], by_name[FLOOR]
    peers = {name: figures for name, figures in by_name.items() if not name.startswith((OURS, FLOOR))}
    ratios = []
    for key, what in (("first", "first frame"), ("cpu", "CPU"), ("rss", "RSS"), ("bytes", "bytes a second")):
        best = min((name for name in peers if peers[name][key] > 0), key=lambda name: peers[name][key])
        ratios.append(Ratio(what, ours[key] / floor[key], ours[key] / peers[best][key], best))
    return ratios


COLUMNS = (
    ("first ms", "first", 1000, 0), ("quit ms", "quit", 1000, 0), ("CPU s/min", "cpu", 1, 3),
    ("player", "cpu_children", 1, 3), ("RSS MB", "rss", 1, 1), ("player", "rss_children", 1, 1),
    ("bytes/s", "bytes", 1, 0), ("median", "error_median", 1, 1), ("p99", "error_p99", 1, 1),
    ("max ms", "error_max", 1, 1), ("drift ms", "drift", 1, 1),
)  # fmt: skip
"""The columns of the table: heading, figure, factor, decimal places."""


def print_tables(found: Sequence[Program], limits: Sequence[Limit], ratios: Sequence[Ratio]) -> None:
    """Print everything, the budget last."""
    print(f"{'':24}" + "".join(f"{heading:>10}" for heading, *_ in COLUMNS))
    for program in found:
        figures = program.all_figures
        cells = [f"{figures.get(key, nan) * factor:10.{digits}f}" for _, key, factor, digits in COLUMNS]
        print(f"{program.name:24}" + "".join(cells))
    print()
    for ratio in ratios:
        print(f"{ratio.what:24} {ratio.floor:6.2f} x floor {ratio.peer:8.2f} x best Python peer ({ratio.best})")
    print()
    for limit in limits:
        met = "met" if limit.met else "NOT MET"
        print(f"{limit.what:44} {limit.value:8.2f} {limit.unit:2}  budget {limit.limit:g}  {met}")
