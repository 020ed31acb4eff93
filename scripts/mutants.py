"""Mutation testing: change the program in many small ways, one at a time, and see whether its tests notice.

Usage: python scripts/mutants.py [--seed N] [--count N] [--after N] [--package NAME ...] [--at FILE:LINE ...] [--list]

`mutations.py` beside this file says what is changed and what is skipped. A mutant is applied in a temporary copy of the
tree and run against the tests that execute its line, according to a coverage map: first those named after its module,
then those of its package, then others, the quickest first. Tests in real time are left out. A mutant that no test
notices is printed; a mutant that hangs counts as noticed if the same tests end in time without it, and otherwise is not
counted. The map is made once and kept until the program or the tests change. `--after 80` continues a run that was
stopped at 80.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

from mutant_tests import ROOT, Copy, Map, Outcome, Result
from mutations import Mutant, compiles, mutants_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PACKAGES = ("scheduling", "session", "formats", "storage", "audio")
TESTED_BY = (*PACKAGES, "training", "runtime")
"""The tests that are mapped: those of the packages, and quick ones of packages that use them."""
WORKERS = 2


class Change(NamedTuple):
    """A mutant of a file.

    Attributes:
        path: the file, from the root of the tree.
        mutant: the change to it.
    """

    path: Path
    mutant: Mutant

    @property
    def package(self) -> str:
        """The package the file is in."""
        return self.path.parts[1]

    def __str__(self) -> str:
        return f"{self.path.as_posix()}:{self.mutant.line}\n  - {self.mutant.before}\n  + {self.mutant.after}"


def main(arguments: Sequence[str]) -> int:
    """Test mutants; returns 1 if one survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="which mutants are drawn; 1 if not given")
    parser.add_argument("--count", type=int, default=50, help="how many; 50 if not given")
    parser.add_argument("--after", type=int, default=0, metavar="N", help="leave out the first N, tested before")
    parser.add_argument("--package", action="append", choices=PACKAGES, help="of these packages; all if not given")
    parser.add_argument("--at", action="append", metavar="FILE:LINE", help="all mutants of these lines, instead")
    parser.add_argument("--list", action="store_true", help="print the mutants and run nothing")
    options = parser.parse_args(arguments)
    if options.at:
        changes = [each for place in options.at for each in changes_at(place)]
    else:
        changes = drawn(list(all_changes(options.package or PACKAGES)), options.seed, options.count)
    if options.list:
        print(*changes, sep="\n")
        return 0
    return report(changes, options.after)


def all_changes(packages: Sequence[str]) -> Iterator[Change]:
    """Every mutant of some packages."""
    for package in packages:
        for file in sorted((ROOT / "retro_timer" / package).rglob("*.py")):
            yield from (Change(file.relative_to(ROOT), mutant) for mutant in mutants_of(file.read_bytes()))


def changes_at(place: str) -> list[Change]:
    """Every mutant of a line, such as `retro_timer/text.py:20`."""
    name, _, line = place.rpartition(":")
    path = Path(name)
    found = (Change(path, mutant) for mutant in mutants_of((ROOT / path).read_bytes()))
    return [each for each in found if each.mutant.line == int(line) and is_python(each)]


def drawn(changes: list[Change], seed: int, count: int) -> list[Change]:
    """A number of mutants drawn at random, the same ones for the same seed."""
    random.Random(seed).shuffle(changes)  # noqa: S311 - no secret
    found: list[Change] = []
    for each in changes:
        if len(found) == count:
            break
        if is_python(each):
            found.append(each)
    return found


def is_python(change: Change) -> bool:
    """Whether the changed file still compiles."""
    return compiles(change.mutant.applied((ROOT / change.path).read_bytes()))


def report(changes: list[Change], after: int) -> int:
    """Run all mutants except the first few, and print each result; returns 1 if any survived."""
    tested: Counter[str] = Counter()
    survived: Counter[str] = Counter()
    timed_out = undecided = 0
    with ExitStack() as stack:
        places = [Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mu-"))) for _ in range(WORKERS)]
        copies = [Copy(place) for place in places]
        known = Map(copies, TESTED_BY)
        free: SimpleQueue[Copy] = SimpleQueue()
        for copy in copies:
            free.put(copy)

        def result_of(change: Change) -> Result:
            copy = free.get()
            try:
                return copy.run(change.path, change.mutant, known.tests_for(change.path, change.mutant.line))
            finally:
                free.put(copy)

        pool = stack.enter_context(ThreadPoolExecutor(WORKERS))
        left = changes[after:]
        for number, (change, result) in enumerate(zip(left, pool.map(result_of, left), strict=True), start=after + 1):
            timed_out += result.outcome is Outcome.TIMED_OUT
            undecided += result.outcome is Outcome.UNDECIDED
            tested[change.package] += result.outcome is not Outcome.UNDECIDED
            survived[change.package] += result.outcome is Outcome.SURVIVED
            print(f"{number}/{len(changes)} {in_words(change, result)}", flush=True)
    for package in sorted(+tested):
        print(rate(package, tested[package], survived[package]))
    print(rate("all", tested.total(), survived.total()), end="; ")
    print(f"{timed_out} of them by running out of time, {undecided} undecided")
    return 1 if +survived else 0


def in_words(change: Change, result: Result) -> str:
    """The result of a mutant: on one line if a test killed it, and otherwise with the mutant."""
    if result.outcome is Outcome.KILLED:
        return f"killed: {change.path.as_posix()}:{change.mutant.line} by {result.by or 'all tests'}"
    return f"{result.outcome.name.lower().replace('_', ' ')}: {change}"


def rate(name: str, tested: int, survived: int) -> str:
    """How many mutants were killed, in words."""
    killed = tested - survived
    return f"{name}: {killed} of {tested} killed ({100 * killed / max(1, tested):.1f} %)"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
