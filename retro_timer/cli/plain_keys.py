"""Key bindings of a plain session: a typed line stands for a key, as on the full screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.config.key_names import character_of, key_name
from retro_timer.config.pressed import meaning
from retro_timer.session.actions import SESSION_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.config.keymap import Keymap

HELP: Final = "app.help"
PAUSE: Final = "session.pause"
QUIT: Final = "session.quit"
TURNED: Final = "session.turned"
TURNED_TOO: Final = "e"
"""Another key for "I have turned", unless the walker bound it: an empty line (enter alone) already means pause."""
_REPEATS: Final = {action.id for action in SESSION_ACTIONS if action.repeats}
_HELP_OF: Final = {
    **{action.id: action.plain_help or action.help for action in SESSION_ACTIONS if action.act is not None},
    HELP: "List the keys.",
}
"""Help of every action that is available here."""


class PlainKeys:
    """The key bindings of a plain session.

    Args:
        keymap: the keymap with the walker's own keys.
    """

    def __init__(self, keymap: Keymap) -> None:
        self._keymap = keymap
        self._bound = {TURNED_TOO: TURNED, **keymap.keys_of(*(action.id for action in SESSION_ACTIONS), HELP)}

    def action_id(self, line: str) -> str:
        """The id of the action for a typed line; empty if there is none.

        A key that types no character is given by its name, as in the settings: `right`, `f5`. A key that was held acts
        once; if it changes a length, it does not act at all, since the intended number of presses is unknown.
        """
        typed = line.strip()
        if not typed:
            return PAUSE
        key = key_name(typed) if len(typed) == 1 else typed.lower()
        found = self._bound.get(meaning(key, self._bound), "")
        if found or typed != typed[0] * len(typed):
            return found
        held = self._bound.get(meaning(key_name(typed[0]), self._bound), "")
        return "" if held in _REPEATS else held

    @property
    def turned(self) -> str:
        """The text to type for "I have turned"."""
        own = self._bound[TURNED_TOO] == TURNED
        return TURNED_TOO if own else _typed(self._keymap.keys[TURNED][0])

    @property
    def help(self) -> str:
        """The text to type for the list of all keys."""
        return _typed(self._keymap.keys[HELP][0])

    def explained(self) -> Iterator[str]:
        """One line per action, for the list of keys."""
        for action_id, line in _HELP_OF.items():
            keys = (key for key, bound in self._bound.items() if bound == action_id and key != "enter")
            yield f"{' '.join(map(_typed, keys))}: {line}"


def _typed(key: str) -> str:
    """The text to type for a key."""
    character = character_of(key)
    return key if character is None or character.isspace() else character
