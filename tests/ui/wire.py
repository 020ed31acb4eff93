"""The text sent to a terminal, and the resulting cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pyte.screens import wcwidth
from textual.drivers.headless_driver import HeadlessDriver

if TYPE_CHECKING:
    from textual.app import App

MOST_MARKS: Final = 4
"""Maximum combining marks on one letter; more would cover the lines above."""
_SENT: Final = re.compile(
    r"\x1b\[(?P<row>\d+);(?P<column>\d+)H"
    r"|\x1b\[(?P<style>[\d;]*)m"
    r"|\x1b\[\?2026[hl]"  # the start or end of an update
    r"|\x1b\]22;[a-z-]+\x07"  # the pointer's shape
    r"|\n(?=\x1b\[\d+;\d+H|\Z)"  # between lines, although each line has a position
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
)
"""Everything that Textual may send while an app runs; each draw begins with a cursor position."""
UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters, bidirectional and invisible marks, and lone surrogates."""
_NEVER_USED: Final = {"5", "6", "8"}
"""Blinking and hidden text."""


class Wire(HeadlessDriver):
    """Records what is sent to the terminal, and draws it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  (Textual's own)
        super().__init__(*arguments, **options)
        self.problems: list[str] = []
        self.cells: dict[tuple[int, int], str] = {}
        self._at = (0, 0)

    @property
    def is_headless(self) -> bool:
        """False, because an app writes nothing to a headless driver."""
        return False

    def write(self, data: str) -> None:
        """Record output."""
        if data == "\a":
            return  # the bell, rung by a full field
        at = 0
        while at < len(data):
            found = _SENT.match(data, at)
            if found is None:
                self.problems.append(f"{data[at : at + 12]!r} is sent, in {data[max(0, at - 20) : at + 20]!r}")
                at += 1
                continue
            at = found.end()
            if found["row"]:
                self._at = int(found["column"]) - 1, int(found["row"]) - 1
            elif found["text"]:
                self._draw(found["text"])
            elif found["style"] and _NEVER_USED & set(_plain(found["style"])):
                self.problems.append(f"the style {found['style']!r} is sent")

    def text(self) -> str:
        """The lines on the screen."""
        width, height = self._size or (0, 0)
        return "\n".join("".join(self.cells.get((x, y), " ") for x in range(width)) for y in range(height))

    def _draw(self, text: str) -> None:
        if unseen := UNSEEN.search(text):
            self.problems.append(f"U+{ord(unseen.group()):04X} is sent, in {text!r}")
        (x, y), last = self._at, self._at
        assert self._size is not None
        for character in text:
            width = max(0, wcwidth(character))
            if width:
                last = x, y
                self.cells[last] = character
                if width > 1:
                    self.cells[x + 1, y] = ""
                x += width
            else:
                self.cells[last] = heap = self.cells.get(last, "") + character
                if len(heap) > MOST_MARKS + 1:
                    self.problems.append(f"a heap of {len(heap) - 1} marks is sent")
        if x > self._size[0]:
            self.problems.append(f"{text!r} ends in column {x} of {self._size[0]}")
        self._at = x, y


def _plain(style: str) -> list[str]:
    """The parameters of a style, without those for colours."""
    return re.sub(r"[34]8;(5;\d+|2;\d+;\d+;\d+)", "", style).split(";")


def obeyed(app: App[Any], canary: str) -> list[str]:
    """The parts of a drawn text that were interpreted as markup: links, and actions with the canary."""
    strips = app.screen._compositor.render_strips()
    styles = {segment.style for strip in strips for segment in strip if segment.style}
    return [f"{style.link or style.meta} is drawn" for style in styles if style.link or canary in str(style.meta)]
