"""Choose the backend, and give the reason in one sentence."""

from __future__ import annotations

import shutil
import sys
from importlib import metadata
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from retro_timer.extras import install_command, pip_install
from retro_timer.session.ports import AUTO, BACKENDS
from retro_timer.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAMS: Final = ("pw-play", "paplay", "aplay", "afplay")
"""System players, the best first; Windows uses Python's `winsound` instead."""
MIXES: Final = frozenset({"miniaudio"})
"""Backends that mix simultaneous sounds into one output, and so can play the metronome."""
AUTOMATIC: Final = "chosen automatically."
AS_ASKED: Final = "as asked"


class Found(Struct, frozen=True):
    """The availability of a backend on this machine.

    Attributes:
        name: one of `session.ports.OUTPUTS`.
        usable: whether it can be tried.
        version: the version of the library, or the program; empty if there is none.
        missing: what is missing, as one sentence, if it is not usable.
    """

    name: str
    usable: bool
    version: str = ""
    missing: str = ""


class BackendChoice(Struct, frozen=True):
    """The choice of backends.

    Attributes:
        order: the backends to try, in order; empty for the bell only, or no sound.
        why: the reason as one sentence, for the screen and `doctor`.
        quiet: "bell" or "off" if the walker chose that.
    """

    order: tuple[str, ...]
    why: str
    quiet: str = ""


def find_backends(
    *,
    which: Callable[[str], str | None] = shutil.which,
    version: Callable[[str], str | None] | None = None,
    python: tuple[int, int] = sys.version_info[:2],
    platform: str = sys.platform,
    machine: str | None = None,
) -> tuple[Found, ...]:
    """Find the backends on this machine, without importing or opening anything."""
    version = version or _version
    ready = _has_miniaudio(platform, machine if machine is not None else _machine(), python)
    return (_miniaudio(version, ready=ready), _simpleaudio(version, python), _system(which, platform))


def choose(wanted: str, found: tuple[Found, ...]) -> BackendChoice:
    """Choose the backends to try, in order."""
    usable = tuple(entry.name for entry in found if entry.usable)
    if wanted == "off":
        return BackendChoice((), "switched off", quiet="off")
    if wanted == "bell":
        return BackendChoice((), "the bell only, as requested", quiet="bell")
    if wanted in usable:
        return BackendChoice((wanted, *(name for name in usable if name != wanted)), AS_ASKED)
    problem = _problem(wanted, found)
    if not usable:
        reasons = " ".join(entry.missing for entry in found)
        return BackendChoice((), f"{problem}no way to play sound was found. {reasons}".strip())
    if problem:
        return BackendChoice(usable, f"{problem}{usable[0]}.")
    better = [entry.missing for entry in found[: [entry.name for entry in found].index(usable[0])]]
    return BackendChoice(usable, " ".join([AUTOMATIC, *better]))


def _problem(wanted: str, found: tuple[Found, ...]) -> str:
    if wanted == AUTO:
        return ""
    missing = next((entry.missing for entry in found if entry.name == wanted), None)
    if missing is not None:
        return f"{missing} Instead: "
    return f"There is no audio backend {quoted(wanted)} (there are {', '.join(BACKENDS)}). Instead: "


def _version(distribution: str) -> str | None:
    """The version of an installed distribution, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _machine() -> str:
    import platform

    return platform.machine()


def _has_miniaudio(platform: str, machine: str, python: tuple[int, int]) -> bool:
    """Whether miniaudio can be installed without a compiler, as in the dependencies of `pyproject.toml`."""
    by_platform = {"linux": machine == "x86_64", "darwin": True, "win32": machine != "ARM64"}
    return python < (3, 15) and by_platform.get(platform, False)


def _miniaudio(version: Callable[[str], str | None], *, ready: bool) -> Found:
    number = version("miniaudio")
    if number is None and not ready:
        return Found("miniaudio", usable=False, missing="miniaudio would have to be compiled for this machine.")
    if number is None:
        return Found("miniaudio", usable=False, missing=f"miniaudio is not installed ({pip_install()} miniaudio).")
    return Found("miniaudio", usable=True, version=number)


def _simpleaudio(version: Callable[[str], str | None], python: tuple[int, int]) -> Found:
    patched, original = version("simpleaudio-patched"), version("simpleaudio")
    if patched is not None:
        return Found("simpleaudio", usable=True, version=f"{patched} (patched)")
    if original is None:
        missing = f"simpleaudio is not installed ({install_command('simpleaudio')})."
        return Found("simpleaudio", usable=False, missing=missing)
    if python >= (3, 12):
        missing = f"simpleaudio {original} crashes this Python ({install_command('simpleaudio')})."
        return Found("simpleaudio", usable=False, version=original, missing=missing)
    return Found("simpleaudio", usable=True, version=original)


def _system(which: Callable[[str], str | None], platform: str) -> Found:
    if platform == "win32":
        return Found("system", usable=True, version="winsound")
    for program in PROGRAMS:
        if which(program):
            return Found("system", usable=True, version=program)
    return Found("system", usable=False, missing=f"None of {', '.join(PROGRAMS)} is installed.")
