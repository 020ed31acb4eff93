"""Which backend is used, and one sentence why."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Final

from retro_timer.audio.options import BACKENDS
from retro_timer.audio.wire import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PROGRAMS: Final = ("pw-play", "paplay", "aplay", "afplay")
"""System players, the best first; Windows has `winsound` in Python instead."""
MIXES: Final = frozenset({"miniaudio"})
"""Backends that mix what sounds at the same time into one output, and so can click beneath it."""
AUTOMATIC: Final = "chosen automatically."
AS_ASKED: Final = "as asked"


@dataclass(frozen=True, slots=True)
class Found:
    """What one backend looks like here.

    Attributes:
        name: one of `options.BACKENDS`.
        usable: whether there is anything to try.
        version: of the library, or the program that is used; empty when there is none.
        missing: what is missing, in one sentence, when it is not usable.
    """

    name: str
    usable: bool
    version: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is tried.

    Attributes:
        order: the backends to try, the first first; empty when only the bell, or nothing, is left or wanted.
        why: one sentence for the screen and for doctor.
        quiet: "bell" or "off" when that is what was asked for.
    """

    order: tuple[str, ...]
    why: str
    quiet: str = ""


def look_around(
    *,
    which: Callable[[str], str | None] = shutil.which,
    version: Callable[[str], str | None] | None = None,
    python: tuple[int, int] = sys.version_info[:2],
    platform: str = sys.platform,
) -> tuple[Found, ...]:
    """What there is on this machine; nothing is imported or opened."""
    version = version or _version
    return (_miniaudio(version), _simpleaudio(version, python), _system(which, platform))


def choose(wanted: str, found: tuple[Found, ...]) -> Choice:
    """Which backends to try, in order."""
    usable = tuple(entry.name for entry in found if entry.usable)
    if wanted == "off":
        return Choice((), "switched off", quiet="off")
    if wanted == "bell":
        return Choice((), "the bell only, as asked", quiet="bell")
    if wanted in usable:
        return Choice((wanted, *(name for name in usable if name != wanted)), AS_ASKED)
    complaint = _complaint(wanted, found)
    if not usable:
        reasons = " ".join(entry.missing for entry in found)
        return Choice((), f"{complaint}no way to play sound was found. {reasons}".strip())
    if complaint:
        return Choice(usable, f"{complaint}{usable[0]}.")
    better = [entry.missing for entry in found[: [entry.name for entry in found].index(usable[0])]]
    return Choice(usable, " ".join([AUTOMATIC, *better]))


def at_far_end(environment: Mapping[str, str] | None = None) -> bool:
    """Whether this runs over SSH, so that the sound comes out of another machine than the screen."""
    environment = os.environ if environment is None else environment
    return bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))


def _complaint(wanted: str, found: tuple[Found, ...]) -> str:
    if wanted == "auto":
        return ""
    missing = next((entry.missing for entry in found if entry.name == wanted), None)
    if missing is not None:
        return f"{missing} Instead: "
    return f'There is no audio backend "{printable(wanted)}" (there are {", ".join(BACKENDS)}). Instead: '


def _version(distribution: str) -> str | None:
    """The version of an installed distribution, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _miniaudio(version: Callable[[str], str | None]) -> Found:
    number = version("miniaudio")
    if number is None:
        return Found("miniaudio", usable=False, missing="miniaudio is not installed (pip install miniaudio).")
    return Found("miniaudio", usable=True, version=number)


def _simpleaudio(version: Callable[[str], str | None], python: tuple[int, int]) -> Found:
    patched, original = version("simpleaudio-patched"), version("simpleaudio")
    if patched is not None:
        return Found("simpleaudio", usable=True, version=f"{patched} (patched)")
    if original is None:
        missing = "simpleaudio is not installed (pip install 'retro-timer[simpleaudio]')."
        return Found("simpleaudio", usable=False, missing=missing)
    if python >= (3, 12):
        missing = f"simpleaudio {original} crashes this Python (pip install 'retro-timer[simpleaudio]')."
        return Found("simpleaudio", usable=False, version=original, missing=missing)
    return Found("simpleaudio", usable=True, version=original)


def _system(which: Callable[[str], str | None], platform: str) -> Found:
    if platform == "win32":
        return Found("system", usable=True, version="winsound")
    for program in PROGRAMS:
        if which(program):
            return Found("system", usable=True, version=program)
    return Found("system", usable=False, missing=f"None of {', '.join(PROGRAMS)} is installed.")
