"""Commands that install optional parts of the program, matching how the program itself was installed."""

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
    """The command that installs the program with an extra, and the folder to run it in if that matters."""
    brackets = f"[{extra}]" if extra else ""
    if (_PACKAGE.parent / "pyproject.toml").is_file():
        return _from_folder(brackets, _PACKAGE.parent, "-e ")
    place = _installed_from()
    if place is not None and place.is_dir():
        return _from_folder(brackets, place)
    source = printable_path(place) if place is not None and place.is_file() else "retro-timer"
    return f"{pip_install()} {in_shell(source + brackets)}"


def pip_install(folder: Path | None = None) -> str:
    """The beginning of a command that installs packages into this environment, as typed in `folder`."""
    if find_spec("pip") is None:
        return f"uv pip install --python {in_shell(sys.executable)}"
    if not _needs_path(os.environ):
        return "pip install"
    program = Path(sys.prefix, "Scripts" if sys.platform == "win32" else "bin", "pip")
    if folder is not None and program.is_relative_to(folder):
        program = program.relative_to(folder)
    return f"{in_shell(printable_path(program), program=True)} install"


def in_shell(text: str, *, program: bool = False) -> str:
    """Quote a word for a POSIX shell, or on Windows for PowerShell and cmd."""
    if sys.platform != "win32":
        import shlex

        return shlex.quote(text)
    if not any(character in text for character in " [](),;&'"):
        return text
    return f'{"& " if program else ""}"{text}"'  # PowerShell runs a quoted path only after `&`


def _from_folder(brackets: str, folder: Path, how: str = "") -> str:
    return f"{pip_install(folder)} {how}{in_shell(f'.{brackets}')} (in {printable_path(folder)})"


def _needs_path(environ: Mapping[str, str]) -> bool:
    """Whether a bare `pip` would be the wrong one: the program's virtual environment is not activated."""
    return sys.prefix != sys.base_prefix and environ.get("VIRTUAL_ENV") != sys.prefix


def _installed_from() -> Path | None:
    """The folder or wheel that the program was installed from; None if it came from a package index.

    Reads the record next to the package directly: sessions call this, and importlib.metadata takes 17 ms to import.
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
    """The local path for the path of a `file:` URL."""
    if sys.platform == "win32":
        from urllib.request import url2pathname

        return url2pathname(path)
    from urllib.parse import unquote  # all that url2pathname does here, without importing OpenSSL

    return unquote(path)
