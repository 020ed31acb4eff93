"""The product's own themes, and the colours of the phases in every other theme.

Every phase has a colour of its own, at least 7:1 against the background. Hues are chosen so that backward, forward and
turn stay apart with any colour vision: amber, blue and white differ in lightness and along the blue-yellow axis, which
red-green deficiencies leave intact; in `paper` they are dark. `tests/ui/test_themes.py` measures both.
"""

from __future__ import annotations

from typing import Final

from textual.color import Color
from textual.theme import Theme

from retro_timer.scheduling.values import Value


class Palette(Value):
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

    @property
    def phases(self) -> dict[str, str]:
        """The colours of the phases as variables of a theme, such as `$phase-backward`."""
        return {
            "phase-backward": self.backward,
            "phase-forward": self.forward,
            "phase-turn": self.turn,
            "phase-warm-up": self.warm_up,
            "phase-cool-down": self.cool_down,
            "phase-rest": self.rest,
        }

    def theme(self) -> Theme:
        """The theme as Textual takes it."""
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
                **self.phases,
                "muted": self.muted,
                "footer-key-foreground": self.backward,
                "block-cursor-text-style": "none",
                "block-cursor-foreground": self.background,
                "block-cursor-background": self.backward,
                "input-cursor-background": self.backward,
                "input-cursor-foreground": self.background,
                "input-selection-background": self.panel,
                "scrollbar": Color.parse(self.panel).blend(Color.parse(self.muted), 0.4).hex,
                "scrollbar-hover": self.muted,
                "scrollbar-active": self.backward,
                "scrollbar-background": self.background,
                "scrollbar-background-hover": self.background,
                "scrollbar-background-active": self.background,
                "scrollbar-corner-color": self.background,
                "border": self.muted,
                "border-blurred": self.panel,
            },
        )


PALETTES: Final = (
    Palette(
        "phosphor", dark=True, background="#07100a", surface="#0c1a10", panel="#12261a", text="#a8f5b4",
        muted="#6fbf82", backward="#ffb545", forward="#6cc8ff", turn="#f6fff6", warm_up="#7df08f", cool_down="#8fd8c8",
        rest="#b9c9bd", error="#ff8f80",
    ),
    Palette(
        "amber", dark=True, background="#120b02", surface="#1d1306", panel="#2b1d0a", text="#ffc66b", muted="#cf9f50",
        backward="#ffa726", forward="#9fd0ff", turn="#fff6e6", warm_up="#ffd98a", cool_down="#d8b98c", rest="#cbb898",
        error="#ff9380",
    ),
    Palette(
        "paper", dark=False, background="#faf6ea", surface="#f1ebda", panel="#e6dec8", text="#1d1a12", muted="#4b4637",
        backward="#702f00", forward="#00417a", turn="#111111", warm_up="#2d4a12", cool_down="#14494a", rest="#4a4636",
        error="#8a1010",
    ),
    Palette(
        "contrast", dark=True, background="#000000", surface="#000000", panel="#1a1a1a", text="#ffffff",
        muted="#d0d0d0", backward="#ffd000", forward="#45c8ff", turn="#ffffff", warm_up="#8cff8c", cool_down="#b8e0ff",
        rest="#d0d0d0", error="#ffb0b0",
    ),
)  # fmt: skip
DEFAULT_THEME: Final = "phosphor"

ANSI_DARK: Final = {
    "muted": "ansi_white",
    "phase-backward": "ansi_bright_yellow",
    "phase-forward": "ansi_bright_cyan",
    "phase-turn": "ansi_bright_white",
    "phase-warm-up": "ansi_bright_green",
    "phase-cool-down": "ansi_cyan",
    "phase-rest": "ansi_white",
}
"""The phases in a theme of the terminal's own sixteen colours, on dark."""
ANSI_LIGHT: Final = {
    "muted": "ansi_bright_black",
    "phase-backward": "ansi_red",
    "phase-forward": "ansi_blue",
    "phase-turn": "ansi_black",
    "phase-warm-up": "ansi_green",
    "phase-cool-down": "ansi_cyan",
    "phase-rest": "ansi_bright_black",
}
"""The same, on light."""
MUTED_SHARE: Final = 0.85
"""How much of the foreground there is in muted text, where a theme has no colour for it."""


def variables_for(theme: Theme) -> dict[str, str]:
    """The variables that our screens need and a theme that is not ours lacks.

    Phases look the same everywhere: backward stays amber and forward blue, in the shades of `phosphor` on a dark
    background and of `paper` on a light one.
    """
    if any(palette.name == theme.name for palette in PALETTES):
        return {}
    if theme.ansi:
        return ANSI_DARK if theme.dark else ANSI_LIGHT
    colours = theme.to_color_system().generate()
    background, foreground = Color.parse(colours["background"]), Color.parse(colours["foreground"])
    palette = next(palette for palette in PALETTES if palette.dark is theme.dark)
    return {**palette.phases, "muted": background.blend(foreground, MUTED_SHARE).hex}
