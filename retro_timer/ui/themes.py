"""The product's own themes. Every phase has a colour of its own, at least 7:1 against the background.

Hues are chosen so that backward, forward and turn stay apart with any colour vision: amber, blue and white differ in
lightness and along the blue-yellow axis, which red-green deficiencies leave intact; in `paper` they are dark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual.theme import Theme


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme."""

    name: str
    dark: bool
    background: str
    surface: str
    panel: str
    text: str
    muted: str
    backward: str
    forward: str
    turn: str
    warm_up: str
    cool_down: str
    rest: str
    error: str

    def theme(self) -> Theme:
        """The theme as Textual takes it; phases are variables such as `$phase-backward`."""
        return Theme(
            name=self.name,
            dark=self.dark,
            primary=self.text,
            secondary=self.forward,
            accent=self.backward,
            foreground=self.text,
            background=self.background,
            surface=self.surface,
            panel=self.panel,
            warning=self.backward,
            error=self.error,
            success=self.warm_up,
            variables={
                "muted": self.muted,
                "phase-backward": self.backward,
                "phase-forward": self.forward,
                "phase-turn": self.turn,
                "phase-warm-up": self.warm_up,
                "phase-cool-down": self.cool_down,
                "phase-rest": self.rest,
                "footer-key-foreground": self.backward,
                "block-cursor-text-style": "none",
            },
        )


PALETTES: Final = (
    Palette(
        "phosphor", dark=True, background="#07100a", surface="#0c1a10", panel="#12261a", text="#a8f5b4",
        muted="#6fbf82", backward="#ffb545", forward="#6cc8ff", turn="#f6fff6", warm_up="#7df08f", cool_down="#8fd8c8",
        rest="#b9c9bd", error="#ff8f80",
    ),
    Palette(
        "amber", dark=True, background="#120b02", surface="#1d1306", panel="#2b1d0a", text="#ffc66b", muted="#c59443",
        backward="#ffa726", forward="#9fd0ff", turn="#fff6e6", warm_up="#ffd98a", cool_down="#d8b98c", rest="#cbb898",
        error="#ff9380",
    ),
    Palette(
        "paper", dark=False, background="#faf6ea", surface="#f1ebda", panel="#e6dec8", text="#1d1a12", muted="#55503f",
        backward="#7a3300", forward="#00417a", turn="#111111", warm_up="#2d4a12", cool_down="#14494a", rest="#4a4636",
        error="#8a1010",
    ),
    Palette(
        "contrast", dark=True, background="#000000", surface="#000000", panel="#1a1a1a", text="#ffffff",
        muted="#d0d0d0", backward="#ffd000", forward="#5cd6ff", turn="#ffffff", warm_up="#8cff8c", cool_down="#b8e0ff",
        rest="#d0d0d0", error="#ffb0b0",
    ),
)  # fmt: skip
DEFAULT_THEME: Final = "phosphor"

OTHER_THEMES: Final = {
    "muted": "$text-muted",
    "phase-backward": "$warning",
    "phase-forward": "$primary",
    "phase-turn": "$foreground",
    "phase-warm-up": "$success",
    "phase-cool-down": "$secondary",
    "phase-rest": "$text-muted",
}
