"""The tests of a mutant: which ones execute its line, and running them in a copy of the tree."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, TypedDict
from xml.etree import ElementTree as ET

from coverage import CoverageData

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mutations import Mutant

ROOT: Final = Path(__file__).resolve().parent.parent
KEPT: Final = ROOT / ".pytest_cache" / "mutants"
ENOUGH_S: Final = 90.0
"""Limit in seconds for the tests of a mutant together, as measured for the map; the last ones are left out."""
ONE_TEST_S: Final = 40
"""Seconds after which a test counts as hung."""
ONE_MAPPED_TEST_S: Final = 600
"""The same while the map is being made: measuring is slow, and slower on a busy machine."""
MEMORY_KB: Final = 6_000_000
USAGE_ERROR: Final = 4
NO_TESTS: Final = 5
FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
"""The line of pytest's summary that names a test."""
FILES_AT_A_TIME: Final = 8
"""How many test files are mapped before their maps are saved."""


class FileMap(TypedDict):
    """The map of one test file.

    Attributes:
        key: what it depends on, as a hash.
        seconds: how long each test takes.
        lines: the tests that execute each line, by the file of the program and the line.
    """

    key: str
    seconds: dict[str, float]
    lines: dict[str, dict[str, list[str]]]


Kept: TypeAlias = dict[str, FileMap]
"""The maps of the test files in a directory, by file."""


class Outcome(Enum):
    """The outcome of testing a mutant."""

    KILLED = auto()
    TIMED_OUT = auto()
    SURVIVED = auto()
    UNDECIDED = auto()  # the tests ran out of time both with the mutant and without it


class Result(NamedTuple):
    """The result of testing a mutant, and the test that killed it.

    Attributes:
        outcome: the outcome.
        by: the test that failed, if pytest named it; otherwise empty.
    """

    outcome: Outcome
    by: str = ""


class Copy:
    """A copy of the tree as it is, without what git ignores.

    Args:
        place: an empty directory for it.
    """

    def __init__(self, place: Path) -> None:
        self.tree = place / "tree"
        self._temporary = place / "tmp"
        self._temporary.mkdir()
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0"):
            if name and (ROOT / name).is_file():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.tree / name)

    def pytest(
        self, *arguments: str, seconds: float, one_test_s: int = ONE_TEST_S, cached: bool = False
    ) -> tuple[int | None, str]:
        """Run pytest; returns its exit code, None if it ran out of time, and what it printed."""
        environment = os.environ | {
            "PYTHONPATH": str(self.tree),
            "PYTHONDONTWRITEBYTECODE": "" if cached else "1",
            "HYPOTHESIS_PROFILE": "mutants",
            "TMPDIR": str(self._temporary),
        }
        limited = ["sh", "-c", f'ulimit -v {MEMORY_KB}; exec "$@"', "sh"]
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", "not real_time"]
        # To a file: a pipe would end only when every process that a test left behind has ended.
        with (
            tempfile.TemporaryFile() as output,
            subprocess.Popen(
                [*limited, *command, f"--timeout={one_test_s}", *arguments],
                cwd=self.tree,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process,
        ):
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
            output.seek(0)
            return code, output.read().decode(errors="replace")

    def run(self, path: Path, mutant: Mutant, tests: Iterable[tuple[str, float]]) -> Result:
        """Run tests, each with its length in seconds, against a mutant of a file."""
        chosen = dict(tests)
        file = self.tree / path
        before, source = file.stat(), file.read_bytes()
        file.write_bytes(mutant.applied(source))
        # Python trusts its compiled files by size and second.
        os.utime(file, (before.st_atime, before.st_mtime + 10))
        seconds = 60 + 5 * sum(chosen.values())
        try:
            result = self._result(list(chosen), seconds) if chosen else Result(Outcome.SURVIVED)
        finally:
            file.write_bytes(source)
            os.utime(file, (before.st_atime, before.st_mtime))
        # On a busy machine the tests may be slow whatever the program does.
        if result.outcome is Outcome.TIMED_OUT:
            without = self._result(list(chosen), seconds).outcome
            return result if without is Outcome.SURVIVED else Result(Outcome.UNDECIDED)
        return result

    def _result(self, tests: list[str], seconds: float) -> Result:
        shutil.rmtree(self._temporary, ignore_errors=True)
        self._temporary.mkdir()
        chosen = self._temporary / "tests"
        chosen.write_text("\n".join(tests), encoding="utf-8")
        code, printed = self.pytest("-x", f"@{chosen}", seconds=seconds)
        if code == USAGE_ERROR:
            # The mutant changed the name of a test, or keeps a file from being imported.
            code, printed = self.pytest("-x", *sorted({test.split("::")[0] for test in tests}), seconds=seconds)
        if code is None or "Failed: Timeout" in printed:
            return Result(Outcome.TIMED_OUT)
        if code in {0, NO_TESTS}:
            return Result(Outcome.SURVIVED)
        named = FAILED.search(printed)
        return Result(Outcome.KILLED, named.group(1) if named else "")


class Map:
    """Which tests execute which line, and how long they take.

    Args:
        copies: the copies in which the tests are run to find out, one directory of tests each at a time.
        directories: the directories of tests, within `tests`.
    """

    def __init__(self, copies: Sequence[Copy], directories: Sequence[str]) -> None:
        self._tree = copies[0].tree
        self._lines: dict[str, dict[int, list[str]]] = {}
        self._seconds: dict[str, float] = {}
        free: SimpleQueue[Copy] = SimpleQueue()
        for copy in copies:
            free.put(copy)

        def made(directory: str) -> Kept:
            copy = free.get()
            try:
                return kept_map(copy, directory)
            finally:
                free.put(copy)

        with ThreadPoolExecutor(len(copies)) as pool:
            for kept in pool.map(made, directories):
                for each in kept.values():
                    self._add(each)

    def _add(self, mapped: FileMap) -> None:
        self._seconds |= mapped["seconds"]
        for path, lines in mapped["lines"].items():
            known = self._lines.setdefault(path, {})
            for line, tests in lines.items():
                known.setdefault(int(line), []).extend(tests)

    def tests_for(self, path: Path, line: int) -> list[tuple[str, float]]:
        """The tests to run against a mutant of a line, in order, each with its seconds."""
        lines = self._lines.get(path.as_posix(), {})
        own = f"tests/{path.parts[1]}/"
        at_line = set(lines.get(line, ()))
        # Code that runs on import, or whose result is cached, is executed by no test, or only by the first one.
        candidates = at_line | {test for tests in lines.values() for test in tests if test.startswith(own)}
        candidates |= self._importing(path) or (
            set() if candidates else {t for t in self._seconds if t.startswith(own)}
        )

        def rank(test: str) -> tuple[bool, bool, bool, float, str]:
            elsewhere = not test.startswith(own)
            return test not in at_line, elsewhere, path.stem not in test, self._seconds.get(test, 1.0), test

        chosen: list[tuple[str, float]] = []
        left = ENOUGH_S
        for test in sorted(candidates, key=rank):
            seconds = self._seconds.get(test, 1.0)
            if seconds <= left:
                chosen.append((test, seconds))
                left -= seconds
        return chosen

    def _importing(self, path: Path) -> set[str]:
        """The tests of the package whose files import a module."""
        *packages, name = path.with_suffix("").parts
        package = ".".join(packages)
        imports = re.compile(rf"from {package}\.{name} import|from {package} import [^\n]*\b{name}\b")
        found = [
            f"tests/{path.parts[1]}/{file.name}"
            for file in (self._tree / "tests" / path.parts[1]).glob("test_*.py")
            if imports.search(file.read_text(encoding="utf-8"))
        ]
        return {test for test in self._seconds if test.partition("::")[0] in found}


def kept_map(copy: Copy, directory: str) -> Kept:
    """The map of a directory of tests: the saved one, remade for each test file that has changed since.

    After a change to the program, or to code that tests share, all of it is remade.

    Raises:
        SystemExit: when the tests fail without any mutant.
    """
    path = KEPT / f"{directory}.json"
    before: Kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    keys = fingerprints(copy.tree, directory)
    kept: Kept = {file: before[file] for file, key in keys.items() if file in before and before[file]["key"] == key}
    stale = [file for file in keys if file not in kept]
    for start in range(0, len(stale), FILES_AT_A_TIME):
        some = stale[start : start + FILES_AT_A_TIME]
        print(f"mapping {' '.join(some)} ...", file=sys.stderr, flush=True)
        for file, mapped in measured(copy, some).items():
            kept[file] = mapped
            mapped["key"] = keys[file]
        KEPT.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kept), encoding="utf-8")
    return kept


def fingerprints(tree: Path, directory: str) -> dict[str, str]:
    """A hash of everything that the map depends on, for each test file."""
    tests = set(tree.glob(f"tests/{directory}/**/test_*.py"))
    shared = {file for file in tree.glob(f"tests/{directory}/**/*") if file.suffix != ".pyc"} - tests
    shared |= {*tree.glob("retro_timer/**/*.py"), *tree.glob("tests/*.py")}
    common = hashlib.sha256()
    for file in sorted(shared):
        if file.is_file():
            common.update(file.relative_to(tree).as_posix().encode() + file.read_bytes())
    return {
        file.relative_to(tree).as_posix(): hashlib.sha256(common.digest() + file.read_bytes()).hexdigest()
        for file in sorted(tests)
    }


def measured(copy: Copy, files: Sequence[str]) -> dict[str, FileMap]:
    """The maps of some test files, by file.

    Raises:
        SystemExit: when the tests fail without any mutant.
    """
    found, times, settings = (copy.tree / name for name in (".mapped", ".times.xml", ".mapping"))
    settings.write_text(f"[run]\nsource = retro_timer\nrelative_files = true\ndata_file = {found}\n", encoding="utf-8")
    measure = ["--cov=retro_timer", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
    measure.append(f"--junitxml={times}")
    code, printed = copy.pytest(*measure, *files, seconds=3000, one_test_s=ONE_MAPPED_TEST_S, cached=True)
    if code not in {0, NO_TESTS}:
        # Reported at once: the maps of other directories are still being made.
        print(f"these tests must pass before mutants are tested:\n{printed[-3000:]}", file=sys.stderr, flush=True)
        raise SystemExit(1)
    data = CoverageData(str(found))
    data.read()
    took = {
        f"{each.get('classname')}.{each.get('name')}": float(each.get("time", "1"))
        for each in ET.parse(times).iter("testcase")  # noqa: S314 - pytest wrote it
    }
    maps: dict[str, FileMap] = {file: {"key": "", "seconds": {}, "lines": {}} for file in files}
    for path in data.measured_files():
        for line, contexts in data.contexts_by_lineno(path).items():
            for test in {context.rpartition("|")[0] for context in contexts if context}:
                file = test.partition("::")[0]
                maps[file]["seconds"][test] = took.get(as_junit_has_it(test), 1.0)
                maps[file]["lines"].setdefault(path, {}).setdefault(str(line), []).append(test)
    return maps


def as_junit_has_it(test: str) -> str:
    """The class name and name of a test by its id."""
    where, bracket, parameters = test.partition("[")
    return where.replace(".py::", "::").replace("/", ".").replace("::", ".") + bracket + parameters
