"""A short guide to the notation, next to its field."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.widgets import Static

HOW: Final = (
    ("back 2m", "a phase and its length: 90, 1:30 or 1m30s"),
    ("warm  back  turn  fwd  rest  cool", "the phases"),
    ("4x(turn 30s, back 1m | fwd 1m)", "rounds; after | what comes only between two"),
    ("@1.0mph  @1.6km/h", "a speed"),
    ('back 1m "eyes up"', "your own words, which are spoken"),
)


class NotationHelp(Static):
    """Shows examples, each with its meaning."""

    def __init__(self) -> None:
        parts: list[tuple[str, str]] = []
        for example, meaning in HOW:
            parts += [(f"{example}\n", "$foreground"), (f"  {meaning}\n", "$muted")]
        super().__init__(Content.assemble(*parts))
