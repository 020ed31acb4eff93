"""The title of the terminal while a session runs: phase, time left and workout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST: Final = 60
"""Maximum length of a title in characters; a tab shows fewer."""
EVERY: Final = 0.9
"""Minimum time between two titles, in seconds. With a full second between them, every title would be as late
as the first one, which waits for the first frame.
"""
_SAVE: Final = "\x1b[22;0t"
_GIVE_BACK: Final = "\x1b]2;\a\x1b[23;0t"
"""Clears the title, for terminals that cannot save one, then restores the saved one.

Both are in https://invisible-island.net/xterm/ctlseqs/ctlseqs.html; tmux and GNU screen take the same sequences.
"""


def title_text(word: str, countdown: str, workout: str) -> str:
    """The title to show at a moment, without control characters: `BACKWARD 1:23 - Builder`."""
    name = one_line(workout, LONGEST)
    return one_line(f"{word} {countdown} - {name}" if name else f"{word} {countdown}", LONGEST)


class TerminalTitle:
    """Sets the terminal's title, and restores the old one.

    Args:
        write: writes to the terminal.
        now: seconds of a monotonic clock.
    """

    def __init__(self, write: Callable[[str], object], now: Callable[[], float]) -> None:
        self._write = write
        self._now = now
        self._shown = ""
        self._free_at = 0.0

    def show(self, text: str) -> float:
        """Show a title, sanitized by `title_text`, at most about once a second, and only if it has changed.

        Returns:
            Seconds until it may be shown, if it was not; otherwise 0.
        """
        if text == self._shown:
            return 0
        now = self._now()
        if now < self._free_at:
            return self._free_at - now
        self._write(f"{'' if self._shown else _SAVE}\x1b]2;{text}\a")
        self._shown, self._free_at = text, now + EVERY
        return 0

    def restore(self) -> None:
        """Restore the old title, if ours is shown."""
        if sequence := self.take_back():
            self._write(sequence)

    def take_back(self) -> str:
        """The sequence that restores the old title, for the caller to write; empty if ours is not shown."""
        shown, self._shown, self._free_at = self._shown, "", 0.0
        return _GIVE_BACK if shown else ""
