"""Make a release: check that everything is ready, build, try the wheel, and tag.

Usage: python scripts/release.py VERSION [--dry-run]

Nothing is published. The last lines say what is left to be done by hand.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import venv
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION_FILE = ROOT / "retro_timer" / "__init__.py"
CHANGELOG = ROOT / "CHANGELOG.md"
UNRELEASED = "## [Unreleased]\n"


class NotReadyError(Exception):
    """Why there can be no release now, in one sentence."""


def main(arguments: list[str]) -> int:
    """Make a release; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", help="such as 1.2.0")
    parser.add_argument("--dry-run", action="store_true", help="check and build; commit and tag nothing")
    options = parser.parse_args(arguments)
    try:
        check(options.version)
        wheel = build()
        try_wheel(wheel)
        if options.dry_run:
            print("Ready. Nothing was committed.")
            return 0
        record(options.version)
    except NotReadyError as error:
        print(f"Not released: {error}", file=sys.stderr)
        return 1
    print(f"Tagged v{options.version}. Now: git push --follow-tags, then upload dist/ to the package index.")
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
    """What stands under Unreleased in a changelog."""
    _, found, rest = changelog.partition(UNRELEASED)
    if not found:
        raise NotReadyError("the changelog has no section Unreleased")
    return re.split(r"^(?:## |\[)", rest, maxsplit=1, flags=re.MULTILINE)[0]


def build() -> Path:
    """Build wheel and source distribution; returns the wheel."""
    dist = ROOT / "dist"
    for old in dist.glob("*"):
        old.unlink()
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(dist), str(ROOT))
    wheels = list(dist.glob("*.whl"))
    if len(wheels) != 1:
        raise NotReadyError(f"expected one wheel, found {len(wheels)}")
    return wheels[0]


def try_wheel(wheel: Path) -> None:
    """Install the wheel into an empty environment and walk half a second there."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        scripts = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        run(str(scripts / "python"), "-m", "pip", "install", "-q", str(wheel))
        program = str(scripts / "retro-timer")
        run(program, "--version")
        run(program, "--data-dir", folder, "run", "back 3s", "--plain", "--rehearse", "60", "--lead-in", "0")


def record(version: str) -> None:
    """Write the version into the package and the changelog, commit and tag."""
    source = VERSION_FILE.read_text(encoding="utf-8")
    VERSION_FILE.write_text(re.sub(r'__version__ = ".*"', f'__version__ = "{version}"', source), encoding="utf-8")
    changelog = CHANGELOG.read_text(encoding="utf-8")
    dated = f"{UNRELEASED}\n## [{version}] - {datetime.now(UTC):%Y-%m-%d}\n"
    CHANGELOG.write_text(changelog.replace(UNRELEASED, dated, 1), encoding="utf-8")
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
