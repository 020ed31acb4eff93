"""Checks that the program can be installed and used on the machines that people have.

Usage: .venv/bin/python .ci/shipping.py [STEP ...]

The steps, all by default: `types` (Windows and macOS), `wheels` (nothing is compiled on any platform), `versions` (the
other versions of Python on this machine, the lowest dependencies), `package` (wheel and source distribution, installed
and run), `newest` (the newest Textual: a failure is only a warning).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
"""What differs between versions of Python and of the libraries is here: SQLite, TOML, click, logging."""

READ_DESCRIPTION = """
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
print(wheel.read(next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))).decode())
"""
TEST_PACKAGES = ("hypothesis", "pytest", "pytest-asyncio", "pytest-timeout", "pytest-xdist", "pyte")


class FailedError(Exception):
    """A check that failed, with what it printed."""


def types() -> None:
    """The package has no type errors on Windows and macOS."""
    for platform in ("win32", "darwin"):
        run(sys.executable, "-m", "mypy", "--platform", platform, "-p", "retro_timer")


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
    """What would be installed, by wheels only."""
    extras = [f"--extra={name}" for name in ("page", "serve", "desktop", "sensors")]
    where = ("--python-platform", platform, "--python-version", python)
    return run(UV, "pip", "compile", "-q", "--only-binary", ":all:", "--no-header", *where, *extras, "pyproject.toml")


def versions() -> None:
    """The tests of what differs pass with the other versions of Python, and with the lowest dependencies."""
    for python in PYTHONS[1:]:
        interpreter = find_python(python)
        if interpreter is None:
            print(f"   Python {python} is not on this machine: only resolved")
            continue
        check_with(interpreter, [])
    check_with(sys.executable, ["--resolution", "lowest-direct"])


def check_with(interpreter: str, how: list[str], tests: tuple[str, ...] = TESTS) -> None:
    """Install into an environment of its own and run tests there."""
    with tempfile.TemporaryDirectory() as folder:
        python = environment(folder, interpreter)
        run(UV, "pip", "install", "-q", "-p", python, *how, "-e", ".[serve,page,desktop,sensors]")
        run(UV, "pip", "install", "-q", "-p", python, *TEST_PACKAGES)
        options = ("-q", "-n", "auto", "-p", "no:cacheprovider", "-m", "not real_time")
        run(python, "-m", "pytest", *options, *tests, env={"CI": "", "HYPOTHESIS_PROFILE": "mutants"})


def package() -> None:
    """Wheel and source distribution hold what they should, install, and run, in a folder with spaces."""
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
    """An environment without a home, without our own package on the path, and with directories of its own."""
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


def run(*command: str, env: dict[str, str] | None = None, cwd: str | Path = ROOT) -> str:
    """Run a command; returns what it prints.

    Raises:
        FailedError: when it fails.
    """
    around = {**os.environ, **(env or {})}
    done = subprocess.run(command, cwd=cwd, env=around, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(f"{' '.join(command)}\n{done.stdout[-6000:]}{done.stderr[-3000:]}")
    return done.stdout


STEPS = {step.__name__: step for step in (types, wheels, package, versions, newest)}


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
