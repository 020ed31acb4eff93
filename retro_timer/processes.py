"""Starting child processes: parts of this program, and other programs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_PACKAGE_ROOT: Final = Path(__file__).parents[1]
# The child loads the package from the same directory as its parent: another `retro_timer` may come first in the path.
_PROGRAM: Final = """\
import sys
from importlib import import_module, util
from importlib.machinery import PathFinder
_, root, module, *sys.argv[1:] = sys.argv
spec = PathFinder.find_spec("retro_timer", [root])
sys.modules["retro_timer"] = util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["retro_timer"])
sys.path.append(root)
sys.exit(import_module(module).main())
"""
_SEARCH: Final = {"ignore_environment": "-E", "no_user_site": "-s", "no_site": "-S"}
"""Options that restrict where Python looks for modules, by `sys.flags` name: a child looks where its parent does."""


def command(module: str, *arguments: str) -> list[str]:
    """The command line of a child that runs the `main` of a module of this package.

    Nothing is imported from the current directory (`-P`).
    """
    search = [option for flag, option in _SEARCH.items() if getattr(sys.flags, flag)]
    return [sys.executable, "-P", *search, "-c", _PROGRAM, str(_PACKAGE_ROOT), module, *arguments]


def start_child(
    argv: Sequence[str], *, reads: int | IO[bytes] = subprocess.PIPE, reports: bool = True
) -> subprocess.Popen[bytes]:
    """Start a child with a pipe to its standard input, and one from its standard output if it reports anything.

    The child has no window, and Ctrl+C in the terminal does not reach it.

    Args:
        argv: its command line.
        reads: its standard input, if not a pipe: a file, or `subprocess.DEVNULL`.
        reports: whether its output is read.

    Raises:
        OSError: if it could not be started.
    """
    return subprocess.Popen(
        argv,
        stdin=reads,
        stdout=subprocess.PIPE if reports else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=_windows_flags(),
    )


def run_apart(module: str, data: bytes, seconds: float) -> subprocess.CompletedProcess[bytes]:
    """Run the `main` of a module in a child with `data` on its standard input, and wait for it to end.

    Raises:
        OSError: if the child could not be started.
        subprocess.TimeoutExpired: if it did not end within `seconds`; it is then killed.
    """
    return subprocess.run(
        command(module),
        input=data,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        check=False,
        start_new_session=True,
        creationflags=_windows_flags(),
    )


def _windows_flags() -> int:
    """Flags for no console window and no Ctrl+C from the console."""
    if os.name != "nt":
        return 0
    return int(getattr(subprocess, "CREATE_NO_WINDOW", 0)) | int(getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0))
