"""Our own themes, and the colours of the phases in all other themes.

Every phase has its own colour with a contrast of at least 7:1. Backward, forward and turn are distinguishable with any
colour vision: amber, blue and white differ in lightness and along the blue-yellow axis, which red-green deficiencies do
not affect; in `paper` they are dark. `tests/ui/test_themes.py` measures both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from textual.color import Color
from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Iterable


PAUSED_SHARE: Final = 0.55
"""The share of grey in the countdown while it stands still: clearly dimmer than any phase, but legible from afar."""


class ThemeColors(Struct, frozen=True):
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
        """The colours of the phases as theme variables, such as `$phase-backward`."""
        return {
            "phase-backward": self.backward,
            "phase-forward": self.forward,
            "phase-turn": self.turn,
            "phase-warm-up": self.warm_up,
            "phase-cool-down": self.cool_down,
            "phase-rest": self.rest,
        }

    def theme(self) -> Theme:
        """The Textual theme."""
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
                "state-paused": Color.parse(self.background).blend(Color.parse(self.rest), PAUSED_SHARE).hex,
                "cursor-background": self.panel,
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
    ThemeColors(
        "phosphor", dark=True, background="#07100a", surface="#0c1a10", panel="#12261a", text="#a8f5b4",
        muted="#6fbf82", backward="#ffb545", forward="#6cc8ff", turn="#f6fff6", warm_up="#7df08f", cool_down="#8fd8c8",
        rest="#b9c9bd", error="#ff8f80",
    ),
    ThemeColors(
        "amber", dark=True, background="#120b02", surface="#1d1306", panel="#2b1d0a", text="#ffc66b", muted="#cf9f50",
        backward="#ffa726", forward="#9fd0ff", turn="#fff6e6", warm_up="#ffd98a", cool_down="#d8b98c", rest="#cbb898",
        error="#ff9380",
    ),
    ThemeColors(
        "paper", dark=False, background="#faf6ea", surface="#f1ebda", panel="#e6dec8", text="#1d1a12", muted="#4b4637",
        backward="#702f00", forward="#00417a", turn="#111111", warm_up="#2d4a12", cool_down="#14494a", rest="#4a4636",
        error="#8a1010",
    ),
    ThemeColors(
        "contrast", dark=True, background="#000000", surface="#000000", panel="#333333", text="#ffffff",
        muted="#d0d0d0", backward="#ffd000", forward="#45c8ff", turn="#ffffff", warm_up="#8cff8c", cool_down="#b8e0ff",
        rest="#d0d0d0", error="#ffb0b0",
    ),
)  # fmt: skip
OURS: Final = tuple(palette.name for palette in PALETTES)
DEFAULT_THEME: Final = OURS[0]

ANSI_DARK: Final = {
    "muted": "ansi_white",
    "state-paused": "ansi_bright_black",
    "cursor-background": "ansi_default",
    "phase-backward": "ansi_bright_yellow",
    "phase-forward": "ansi_bright_cyan",
    "phase-turn": "ansi_bright_white",
    "phase-warm-up": "ansi_bright_green",
    "phase-cool-down": "ansi_cyan",
    "phase-rest": "ansi_white",
}
"""The colours of the phases in dark ANSI themes."""
ANSI_LIGHT: Final = {
    "muted": "ansi_bright_black",
    "state-paused": "ansi_bright_black",
    "cursor-background": "ansi_default",
    "phase-backward": "ansi_red",
    "phase-forward": "ansi_blue",
    "phase-turn": "ansi_black",
    "phase-warm-up": "ansi_green",
    "phase-cool-down": "ansi_cyan",
    "phase-rest": "ansi_bright_black",
}
"""The colours of the phases in light ANSI themes."""
MUTED_SHARE: Final = 0.85
"""The share of the foreground in muted text, if a theme has no colour for it."""
CURSOR_SHARE: Final = 0.2
"""The share of the foreground in the cursor's background in themes that are not ours, some of which have panels that
hardly differ from their background."""


def theme_names(known: Iterable[str]) -> tuple[str, ...]:
    """The names of themes in the order they are offered: our own first, then Textual's."""
    return (*OURS, *sorted(set(known) - set(OURS)))


def following_theme(name: str) -> str:
    """The next of our own themes; after one that is not ours, the first."""
    return OURS[(OURS.index(name) + 1) % len(OURS)] if name in OURS else OURS[0]


def is_ours(name: str) -> bool:
    """Whether a theme is one of our own."""
    return name in OURS


def variables_for(theme: Theme, *, few: bool = False) -> dict[str, str]:
    """The variables that our screens need in addition to a theme's own.

    Phases look the same everywhere: backward is amber and forward blue, in the shades of `phosphor` on a dark
    background and of `paper` on a light one. The cursor has its own background (`$cursor-background`), or reverse video
    if that would be invisible (`$cursor-reverse`).

    Args:
        theme: any theme.
        few: whether the terminal has too few colours to distinguish two backgrounds.
    """
    return {"cursor-reverse": "reverse" if few or theme.ansi else "not reverse", **_colours_for(theme)}


def _colours_for(theme: Theme) -> dict[str, str]:
    if is_ours(theme.name):
        return {}
    if theme.ansi:
        return ANSI_DARK if theme.dark else ANSI_LIGHT
    colours = theme.to_color_system().generate()
    background, foreground = Color.parse(colours["background"]), Color.parse(colours["foreground"])
    palette = next(palette for palette in PALETTES if palette.dark is theme.dark)
    return {
        **palette.phases,
        "muted": background.blend(foreground, MUTED_SHARE).hex,
        "state-paused": background.blend(foreground, PAUSED_SHARE).hex,
        "cursor-background": background.blend(foreground, CURSOR_SHARE).hex,
    }
