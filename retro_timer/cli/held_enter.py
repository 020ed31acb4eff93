"""A held enter key in a terminal: it produces empty lines, but must pause or resume only once."""

from __future__ import annotations

from typing import Final

from retro_timer.session.held_keys import HeldKeys

_TEXT: Final = "text"
_ENTER: Final = "enter"


class HeldEnter:
    """Distinguishes typed empty lines from those of a held enter key, as `HeldKeys` does for presses.

    A line with text always acts, even if repeated, because a held enter key cannot produce one. The enter key that ends
    it acts again only after it is pressed again.
    """

    def __init__(self) -> None:
        self._keys: HeldKeys[str | None] = HeldKeys()

    @property
    def due(self) -> int | None:
        """The moment at which to call `settle`; None if no line is waiting."""
        return self._keys.due

    def line(self, line: str, now: int) -> tuple[str, ...]:
        """Register a line. Returns the lines that act now, in order.

        Args:
            line: the text without its newline.
            now: the moment of its arrival, in milliseconds.
        """
        if not line.rstrip("\r"):
            return _lines(self._keys.press(_ENTER, now, line))
        return _lines(self._keys.press(_TEXT, now, line) + self._keys.press(_ENTER, now, None))

    def settle(self, now: int) -> tuple[str, ...]:
        """The waiting line, if it is due and turned out to be typed."""
        return _lines(self._keys.settle(now))


def _lines(ready: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(line for line in ready if line is not None)
