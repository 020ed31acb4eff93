"""The web page of a session on the command line: its options, and the printing of its links."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

import click

from retro_timer.runtime.session_config import PageOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retro_timer.page.supervisor import PageStatus, PageSupervisor
    from retro_timer.runtime.wiring import Setup


def wanted_page(*, page: bool, lan: bool, port: int | None) -> PageOptions:
    """Combine and check the options of the web page.

    Raises:
        click.UsageError: if `--page` is missing, or something that the page needs is not installed.
    """
    if not page and (lan or port is not None):
        raise click.UsageError(f"{'--lan' if lan else '--port'} is for the web page: give --page, too")
    if page:
        check_extra()
    return PageOptions(page, lan, port)


def check_extra() -> None:
    """Check that everything that the page needs is installed.

    Raises:
        click.UsageError: if something is missing.
    """
    from retro_timer.page.supervisor import missing_extra

    if problem := missing_extra():
        raise click.UsageError(problem)


def open_page(
    setup: Setup, process: int, runtime: Path, options: PageOptions, shown: Callable[[PageStatus], None]
) -> PageSupervisor:
    """Start the page of a session.

    Args:
        setup: provides the settings and the directories.
        process: the id of the session's process.
        runtime: the runtime directory.
        options: the page's options.
        shown: called with each new status, in any thread.
    """
    from retro_timer.page.start import start_page

    return start_page(
        process=process,
        runtime=runtime,
        data=setup.paths.data,
        settings=setup.loaded.settings,
        sound=setup.sound_options(),
        changed=shown,
        lan=options.lan,
        port=options.port,
    )


def coloured_code(link: str) -> str:
    """The QR code of a link, light on dark whatever the colours of the terminal are."""
    from retro_timer.page.qr import qr_lines

    return "".join(f"\x1b[97;40m{line}\x1b[0m\n" for line in qr_lines(link))


class PagePrinter:
    """Prints a page's links and problems to standard error, with a QR code if it is a terminal."""

    def __init__(self) -> None:
        self._printed: object = None

    def __call__(self, status: PageStatus) -> None:
        """Print a status, unless it was printed before."""
        what = status.problem or status.links
        if not what or what == self._printed:
            return
        self._printed = what
        if status.links is None:
            lines = [f"the page: {status.problem}"]
        else:
            lines = list(status.links.lines())
            if sys.stderr.isatty() and sys.stderr.encoding.lower().startswith("utf"):
                with contextlib.suppress(OSError):
                    # Not through `sys.stderr`, which replaces escapes: these are our own.
                    os.write(sys.stderr.fileno(), coloured_code(status.links.steer).encode())
        sys.stderr.write("\n".join([*lines, ""]))
        sys.stderr.flush()
