"""Whether the machine and its screen are kept awake, as the helper process reports it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from retro_timer.desktop.bus import address

if TYPE_CHECKING:
    from collections.abc import Mapping


class KeptAwake(Struct, frozen=True):
    """What is kept awake.

    Attributes:
        by: what keeps it awake, such as "logind"; empty if nothing does.
        why: why something is not kept awake, as one clause; empty if everything is.
    """

    by: tuple[str, ...] = ()
    why: str = ""

    @property
    def warning(self) -> str:
        """What may happen, as one line for the walker; empty if everything is kept awake."""
        if not self.why:
            return ""
        return f"{'The screen may go blank' if self.by else 'The computer may go to sleep'}: {self.why}"

    def __str__(self) -> str:
        """One line for `doctor`."""
        return "; ".join(filter(None, [f"by {' and '.join(self.by)}" if self.by else "not", self.why]))


def hopeless(environ: Mapping[str, str], platform: str = sys.platform) -> KeptAwake | None:
    """The result for a Linux machine without D-Bus, which nothing can keep awake; None where it is worth trying."""
    if platform in ("darwin", "win32"):
        return None
    system = address(environ, system=True).removeprefix("unix:path=")
    if address(environ, system=False) or system.startswith("unix:") or Path(system).exists():
        return None
    return KeptAwake(why="there is no D-Bus")
