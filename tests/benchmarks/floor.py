"""The floor, the least that a countdown in Textual costs: a bare `Digits`, updated once a second."""

from __future__ import annotations

import sys
import time
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.widgets import Digits


class Floor(App[None]):
    """Counts down from a number of seconds."""

    CSS = "Screen { align: center middle; } Digits { width: auto; }"
    BINDINGS: ClassVar = [("q", "quit", "quit")]

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self._end = time.monotonic() + seconds

    def compose(self) -> ComposeResult:
        yield Digits("")

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        left = self._end - time.monotonic()
        shown = -int(-left // 1)
        self.query_one(Digits).update(f"{shown // 60}:{shown % 60:02}")
        self.set_timer(max(0.0, left - (shown - 1)), self._show)


if __name__ == "__main__":
    Floor(int(sys.argv[1])).run()
