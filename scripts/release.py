"""Make a release: check that everything is ready, build, try what was built, and tag.

Usage: .venv/bin/python scripts/release.py VERSION [--dry-run]

`.ci/shipping.py` checks platforms, versions of Python and dependencies, and builds wheel and source distribution into
`dist/`. Nothing is published. What only a person can check is printed first, and what is left to do last.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION_FILE = ROOT / "retro_timer" / "__init__.py"
CHANGELOG = ROOT / "CHANGELOG.md"
UNRELEASED = "## [Unreleased]\n"
CHECKLIST = """\
Before a release, by a person:
  [ ] .ci/run has passed on this commit
  [ ] just audit names no known fault of a dependency
  [ ] just bench meets its budgets on an idle machine, and docs/benchmarks.md has the figures
  [ ] a session was walked with sound, the eyes closed, from README's first line in a fresh clone
  [ ] an older history and older settings were opened: nothing was lost
  [ ] the pictures of the README show the program as it is (python -m tests.ui.look --docs)
"""
AFTERWARDS = """\
Tagged v{version}. Now, by hand:
  git push --follow-tags
  uvx twine upload dist/*
  in an empty folder: uvx retro-timer --version
  README: the lines for a package index are true from now on
"""


class NotReadyError(Exception):
    """Why there can be no release now, in one sentence."""


def main(arguments: list[str]) -> int:
    """Make a release; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", help="such as 1.2.0")
    parser.add_argument("--dry-run", action="store_true", help="check and build; commit and tag nothing")
    options = parser.parse_args(arguments)
    print(CHECKLIST)
    try:
        check(options.version)
        try:
            write(options.version)
            run(sys.executable, str(ROOT / ".ci" / "shipping.py"))
            if not list((ROOT / "dist").glob(f"retro_timer-{options.version}-*.whl")):
                raise NotReadyError("what was built has another version")
            if not options.dry_run:
                commit(options.version)
        finally:
            run("git", "checkout", "-q", "--", str(VERSION_FILE), str(CHANGELOG))
        if options.dry_run:
            print("Ready. Nothing was committed.")
            return 0
    except NotReadyError as error:
        print(f"Not released: {error}", file=sys.stderr)
        return 1
    print(AFTERWARDS.format(version=options.version))
    return 0


def check(version: str) -> None:
    """Check that a version can be released from this tree.

    Raises:
        NotReadyError: when it cannot.
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise NotReadyError(f"{version} is not a version such as 1.2.0")
    if output("git", "status", "--porcelain"):
        raise NotReadyError("there are uncommitted changes")
    if f"v{version}" in output("git", "tag").splitlines():
        raise NotReadyError(f"v{version} was released already")
    notes = unreleased(CHANGELOG.read_text(encoding="utf-8"))
    if not notes.strip():
        raise NotReadyError("the changelog has nothing under Unreleased")


def unreleased(changelog: str) -> str:
    """The text under Unreleased in a changelog."""
    _, found, rest = changelog.partition(UNRELEASED)
    if not found:
        raise NotReadyError("the changelog has no section Unreleased")
    return re.split(r"^(?:## |\[)", rest, maxsplit=1, flags=re.MULTILINE)[0]


def write(version: str) -> None:
    """Write the version into the package and the changelog, so that the built files have it."""
    source = VERSION_FILE.read_text(encoding="utf-8")
    VERSION_FILE.write_text(re.sub(r'__version__ = ".*"', f'__version__ = "{version}"', source), encoding="utf-8")
    changelog = CHANGELOG.read_text(encoding="utf-8")
    dated = f"{UNRELEASED}\n## [{version}] - {datetime.now(UTC):%Y-%m-%d}\n"
    CHANGELOG.write_text(changelog.replace(UNRELEASED, dated, 1), encoding="utf-8")


def commit(version: str) -> None:
    """Commit the version and tag it."""
    run("git", "commit", "-q", "-m", f"Release {version}", str(VERSION_FILE), str(CHANGELOG))
    run("git", "tag", "-a", f"v{version}", "-m", f"Retro Timer {version}")


def run(*command: str) -> None:
    """Run a command in the root.

    Raises:
        NotReadyError: when it fails.
    """
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise NotReadyError(f"`{' '.join(command[:4])}` failed")


def output(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
