"""The keys of a session in a few words, to be read while walking; stopping comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.session.actions import SESSION_ACTIONS

if TYPE_CHECKING:
    from retro_timer.config.keymap import Keymap

FIRST: Final = ("bail_out", "pause", "turned")
"""Actions that may be needed at once."""
PAIRS: Final = {
    "longer": ("shorter", "this interval longer, shorter"),
    "backward_more": ("backward_less", "backward longer, shorter"),
    "forward_more": ("forward_less", "forward longer, shorter"),
    "turn_more": ("turn_less", "turns longer, shorter"),
    "rounds_more": ("rounds_less", "one round more, fewer"),
    "undo": ("redo", "undo, redo"),
}
"""Actions that share a line with their opposite, and the words for both."""
WORDS: Final = {
    "bail_out": "stop at once",
    "pause": "pause, resume",
    "turned": "I have turned",
    "skip": "next interval",
    "back": "restart; twice: previous",
    "cool_down": "cool down now",
    "adjust": "adjust what is left",
    "mute": "mute, unmute",
    "metronome": "step metronome",
    "page": "web page",
    "where": "say where I am",
    "quit": "end the session",
}


WATCHED_WORDS: Final = {"quit": "leave; the session continues"}
"""Words for actions that do something else when a session is only watched."""
NOT_WATCHED: Final = ("adjust",)
"""Actions that have no effect on a watched session."""


def session_keys(keymap: Keymap, *, ascii_only: bool = False, watched: bool = False) -> tuple[tuple[str, str], ...]:
    """The keys of a session and what they do, one line each; the first key of each action.

    Args:
        keymap: the keymap with the walker's own keys.
        ascii_only: whether to name keys in ASCII only.
        watched: whether the session runs in another process and is only watched here.
    """

    def shown(*names: str) -> str:
        return " ".join(keymap.first(f"session.{name}", ascii_only=ascii_only) for name in names)

    second = {pair for pair, _ in PAIRS.values()}
    names = dict.fromkeys((*FIRST, *(action.name for action in SESSION_ACTIONS if action.name not in second)))
    words = WORDS | WATCHED_WORDS if watched else WORDS
    helps = {action.name: action.help.rstrip(".") for action in SESSION_ACTIONS}
    return tuple(
        (shown(name, PAIRS[name][0]), PAIRS[name][1]) if name in PAIRS else (shown(name), words.get(name, helps[name]))
        for name in names
        if not (watched and name in NOT_WATCHED)
    )
