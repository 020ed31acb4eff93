"""How to install an optional part of the program, for the way in which it is installed."""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from retro_timer.text import printable_path

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE: Final = Path(__file__).parent


def install_command(extra: str = "") -> str:
    """The command that installs the program, with an extra, and where it must be given if that matters."""
    brackets = f"[{extra}]" if extra else ""
    if (_PACKAGE.parent / "pyproject.toml").is_file():
        return _from_folder(brackets, _PACKAGE.parent, "-e ")
    place = _installed_from()
    if place is not None and place.is_dir():
        return _from_folder(brackets, place)
    source = printable_path(place) if place is not None and place.is_file() else "retro-timer"
    return f"{pip_install()} {in_shell(source + brackets)}"


def pip_install(folder: Path | None = None) -> str:
    """The command that installs what follows it into this environment, as it is called in a folder."""
    if find_spec("pip") is None:
        return f"uv pip install --python {in_shell(sys.executable)}"
    if not _needs_path(os.environ):
        return "pip install"
    program = Path(sys.prefix, "Scripts" if sys.platform == "win32" else "bin", "pip")
    if folder is not None and program.is_relative_to(folder):
        program = program.relative_to(folder)
    return f"{in_shell(printable_path(program), program=True)} install"


def in_shell(text: str, *, program: bool = False) -> str:
    """A word as a POSIX shell, or on Windows PowerShell and cmd, read it."""
    if sys.platform != "win32":
        import shlex

        return shlex.quote(text)
    if not any(character in text for character in " [](),;&'"):
        return text
    return f'{"& " if program else ""}"{text}"'  # PowerShell calls what is quoted only so


def _from_folder(brackets: str, folder: Path, how: str = "") -> str:
    return f"{pip_install(folder)} {how}{in_shell(f'.{brackets}')} (in {printable_path(folder)})"


def _needs_path(environ: Mapping[str, str]) -> bool:
    """Whether `pip` alone would be another one: the program runs in a virtual environment that is not activated."""
    return sys.prefix != sys.base_prefix and environ.get("VIRTUAL_ENV") != sys.prefix


def _installed_from() -> Path | None:
    """The folder or the wheel that was installed; None for a package index.

    Reads the record beside the package itself: a session asks, and importlib.metadata takes 17 ms to import.
    https://packaging.python.org/en/latest/specifications/direct-url/
    """
    from urllib.parse import urlsplit

    for record in _PACKAGE.parent.glob("retro_timer-*.dist-info/direct_url.json"):
        try:
            found = urlsplit(json.loads(record.read_text("utf-8"))["url"])
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            continue
        if found.scheme == "file":
            return Path(_local_path(found.path))
    return None


def _local_path(path: str) -> str:
    """The path of a file's address."""
    if sys.platform == "win32":
        from urllib.request import url2pathname

        return url2pathname(path)
    from urllib.parse import unquote  # all that the other does there, without OpenSSL

    return unquote(path)
