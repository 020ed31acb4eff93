"""Checks that the program can be installed and used on the machines that people have.

Usage: .venv/bin/python .ci/shipping.py [STEP ...]

The steps, all by default: `types` (Windows and macOS), `wheels` (nothing is compiled on any platform), `versions` (the
other versions of Python on this machine, the lowest dependencies), `package` (wheel and source distribution, installed
and run), `user` (as root: a run as another), `audit` (known vulnerabilities, where the package index answers), `newest`
(the newest Textual: a failure is only a warning).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from check_wheel import main as check_wheel

ROOT = Path(__file__).resolve().parent.parent
UV = str(Path(sys.executable).with_name("uv"))
PLATFORMS = (
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "aarch64-pc-windows-msvc",
)
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
TESTS = ("tests/storage", "tests/config", "tests/cli", "tests/runtime")
"""The tests of what differs between versions of Python and of the libraries: SQLite, TOML, click, logging."""

READ_DESCRIPTION = """
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
print(wheel.read(next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))).decode())
"""
NO_ANSWER = re.compile("ConnectionError|ServiceError|timed out|not found in the package registry|Failed to fetch")
"""The messages of pip-audit if nobody answers, and of uv if there is no pip-audit."""
OTHER = "daemon"
"""A user that exists on every system, with its own group."""
USER_TESTS = (
    "tests/files",
    "tests/config/test_paths.py",
    "tests/storage/test_planted.py",
    "tests/audio/test_library.py",
)
TEST_PACKAGES = ("garmin-fit-sdk", "hypothesis", "pytest", "pytest-asyncio", "pytest-timeout", "pytest-xdist", "pyte")


class FailedError(Exception):
    """A check that failed, with what it printed."""


def types() -> None:
    """The package has no type errors on Windows and macOS."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(types_on, ("win32", "darwin")))


def types_on(platform: str) -> None:
    """The package has no type errors on a platform."""
    cache = f".mypy_cache/{platform}"  # the one of this platform stays as it is
    run(sys.executable, "-m", "mypy", "--platform", platform, "--cache-dir", cache, "-p", "retro_timer")


def wheels() -> None:
    """Every platform and version gets wheels for everything, optional parts included."""
    asked = [(platform, python) for platform in PLATFORMS for python in (PYTHONS[0], PYTHONS[-1])]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda one: resolved(*one), asked))
    for (platform, python), text in zip(asked, found, strict=True):
        has = "miniaudio==" in text
        if has == (platform.startswith("aarch64") and "darwin" not in platform):
            raise FailedError(f"miniaudio {'is' if has else 'is not'} installed on {platform} with Python {python}")


def resolved(platform: str, python: str) -> str:
    """What would be installed, from wheels only."""
    extras = [f"--extra={name}" for name in ("page", "serve", "desktop", "sensors")]
    where = ("--python-platform", platform, "--python-version", python)
    return run(UV, "pip", "compile", "-q", "--only-binary", ":all:", "--no-header", *where, *extras, "pyproject.toml")


def versions() -> None:
    """`TESTS` pass with the other versions of Python, and with the lowest dependencies."""
    checks: list[tuple[str, list[str]]] = [(sys.executable, ["--resolution", "lowest-direct"])]
    for python in PYTHONS[1:]:
        interpreter = find_python(python)
        if interpreter is None:
            print(f"   Python {python} is not on this machine: only resolved")
        else:
            checks.append((interpreter, []))
    with ThreadPoolExecutor(2) as pool:  # one installs while another computes
        list(pool.map(lambda check: check_with(*check), checks))


def check_with(interpreter: str, how: list[str], tests: tuple[str, ...] = TESTS) -> None:
    """Install into a fresh environment and run tests there."""
    with tempfile.TemporaryDirectory() as folder:
        python = environment(folder, interpreter)
        run(UV, "pip", "install", "-q", "-p", python, *how, "-e", ".[serve,page,desktop,sensors]")
        run(UV, "pip", "install", "-q", "-p", python, *TEST_PACKAGES)
        # Tests of storage wait for the disk; rewriting every assertion would take longer than many of the tests.
        options = ("-q", "-n", "4", "-p", "no:cacheprovider", "-m", "not real_time", "--assert=plain")
        run(python, "-m", "pytest", *options, *tests, env={"CI": "", "HYPOTHESIS_PROFILE": "mutants"})


def package() -> None:
    """Wheel and source distribution contain what they should, install, and run, in a folder with spaces."""
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    run(UV, "build", "-q")
    [wheel], [source] = ROOT.glob("dist/*.whl"), ROOT.glob("dist/*.tar.gz")
    if check_wheel(wheel):
        raise FailedError("the wheel lacks something")
    described = run(sys.executable, "-c", READ_DESCRIPTION, str(wheel))
    if local := re.findall(r"\]\((?!https://|#)[^)]*\)", described):
        raise FailedError(f"the long description leads to files: {local}")
    run(UV, "tool", "run", "-q", "--with", "readme-renderer[md]", "twine", "check", "--strict", str(wheel), str(source))
    with tempfile.TemporaryDirectory() as folder:
        for number, built in enumerate((wheel, source)):
            place = Path(folder) / f"a place für {number}"
            python = environment(str(place), sys.executable)
            run(UV, "pip", "install", "-q", "-p", python, str(built))
            program = str(Path(python).with_name("retro-timer"))
            walked = run(program, "run", "back 3s", "--plain", "--rehearse", "60", env=home(place), cwd=folder)
            if "complete" not in walked:
                raise FailedError(f"{built.name} does not walk: {walked}")
    run(UV, "tool", "run", "-q", "--from", str(wheel), "retro-timer", "--version")


def user() -> None:
    """As root only: tests of files and permissions, and a walk, as a user who is denied some of them."""
    if sys.platform == "win32" or os.geteuid():
        print("   not as root: another user was not tried")
        return
    python = next((path for path in ("/usr/bin/python3", sys.executable) if allowed(path)), None)
    if python is None:
        print("   no interpreter can be run by others: not tried")
        return
    with tempfile.TemporaryDirectory() as folder:
        place, own = Path(folder) / "copy", Path(folder) / "own"
        for name in ("retro_timer", "tests"):
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", place)
        for path in (Path(folder), own):
            path.mkdir(exist_ok=True)
            path.chmod(0o755)
        shutil.chown(own, OTHER, OTHER)
        there = environment(str(Path(folder) / "env"), python)
        run(UV, "pip", "install", "-q", "-p", there, *requirements(), *TEST_PACKAGES)
        around = {"HOME": str(own), "TMPDIR": str(own), "PYTHONDONTWRITEBYTECODE": "", "CI": "", "XDG_RUNTIME_DIR": ""}
        options = ("-q", "-p", "no:cacheprovider", "-m", "not real_time", "--basetemp", str(own / "tests"))
        run(there, "-m", "pytest", *options, *USER_TESTS, env=around, cwd=place, user=OTHER)
        walk = ("run", "back 3s", "--plain", "--rehearse", "60", "--lead-in", "0")
        if "complete" not in run(there, "-m", "retro_timer", *walk, env=around, cwd=place, user=OTHER):
            raise FailedError("another user cannot walk")


def allowed(python: str) -> bool:
    """Whether others can run an interpreter that is recent enough and makes environments."""
    asks = [python, "-c", "import sys, venv; sys.exit(sys.version_info < (3, 11))"]
    other: Any = {"user": OTHER, "group": OTHER, "extra_groups": []}
    try:
        return subprocess.run(asks, capture_output=True, check=False, cwd="/", **other).returncode == 0
    except OSError:
        return False


def requirements() -> list[str]:
    """The package's dependencies."""
    found: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return found


def audit() -> None:
    """Nothing that is installed has a known vulnerability, as far as the package index knows."""
    with tempfile.TemporaryDirectory() as folder:
        wanted, found = Path(folder) / "requirements.txt", Path(folder) / "found.json"
        wanted.write_text(resolved(PLATFORMS[0], PYTHONS[0]), encoding="utf-8")
        asks = ("--no-deps", "--disable-pip", "--progress-spinner=off", "-f", "json", "-o", str(found))
        command = (UV, "tool", "run", "-q", "pip-audit", *asks, "-r", str(wanted))
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if not found.exists():
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            if not NO_ANSWER.search(done.stderr):
                raise FailedError(f"pip-audit: {done.stderr[-3000:]}")
            print(f"   pip-audit got no answer, nothing was audited: {last[:200]}")
            return
        print(f"   {audited(json.loads(found.read_text('utf-8')))}")


def audited(report: dict[str, Any]) -> str:
    """What pip-audit found, in one line.

    Raises:
        FailedError: for a vulnerability, and if only some packages were audited.
    """
    packages = report["dependencies"]
    if wrong := [f"{each['name']}: {vuln['id']}" for each in packages for vuln in each.get("vulns", ())]:
        raise FailedError(f"known vulnerabilities: {', '.join(wrong)}")
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    if skipped and len(skipped) < len(packages):
        raise FailedError(f"not audited: {', '.join(skipped)}")
    if skipped or not packages:
        return "the package index does not answer what is vulnerable: nothing was audited"
    return f"{len(packages)} packages without a known vulnerability"


def newest() -> None:
    """The newest Textual and Rich; the program uses some names of Textual that may change."""
    try:
        check_with(sys.executable, ["-U"], tests=("tests/ui/test_textual_names.py", "tests/ui/test_home.py"))
    except FailedError as error:
        print(f"   WARNING: with the newest dependencies:\n{str(error)[-1500:]}")


def environment(folder: str, interpreter: str) -> str:
    """Make a virtual environment; returns its interpreter."""
    run(UV, "venv", "-q", "--no-project", "-p", interpreter, folder)
    return str(Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python")


def home(place: Path) -> dict[str, str]:
    """Environment variables without a home, without our own package on the path, and with separate directories."""
    kept = {f"RETRO_TIMER_{name}_DIR": str(place / name.lower()) for name in ("DATA", "CONFIG", "RUNTIME")}
    return {**kept, "HOME": "", "PYTHONPATH": ""}


def find_python(version: str) -> str | None:
    """An interpreter of a version: on the path, or one of pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    names = [shutil.which(f"python{version}"), *sorted(map(str, pyenv.glob(f"{version}.*/bin/python")))]
    for name in filter(None, names):
        asked = subprocess.run([name, "-c", "import sqlite3, venv"], capture_output=True, check=False)
        if asked.returncode == 0:
            return name
    return None


def run(*command: str, env: dict[str, str] | None = None, cwd: str | Path = ROOT, user: str | None = None) -> str:
    """Run a command, as a user; returns what it prints.

    Raises:
        FailedError: when it fails.
    """
    around = {**os.environ, **(env or {})}
    other: Any = {"user": user, "group": user, "extra_groups": []} if user else {}
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command, cwd=cwd, env=around, capture_output=True, text=True, check=False, **other
    )
    if done.returncode:
        raise FailedError(f"{' '.join(command)}\n{done.stdout[-6000:]}{done.stderr[-3000:]}")
    return done.stdout


STEPS = {step.__name__: step for step in (types, wheels, package, user, audit, versions, newest)}


def main(names: list[str]) -> int:
    """Run steps, the short ones first; returns the exit code."""
    if unknown := [name for name in names if name not in STEPS]:
        print(f"there is no step {unknown[0]}: there are {', '.join(STEPS)}")
        return 2
    for name, step in STEPS.items():
        if names and name not in names:
            continue
        began = time.monotonic()
        try:
            step()
        except FailedError as error:
            print(f"FAILED {name}: {error}")
            return 1
        print(f"   {name}: {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
