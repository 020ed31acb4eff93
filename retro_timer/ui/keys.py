"""Bindings, and buttons that name their keys, made from the one table of actions in `retro_timer.keymap`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from textual.binding import Binding
from textual.content import Content

from retro_timer.keymap import action, actions
from retro_timer.ui.preferences import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType
    from textual.screen import Screen

    from retro_timer.ui.app import RetroTimerApp


_NOTHING_TYPED: Final = ("home", "session")
"""Where Ctrl+C does what it does to every program; in fields it copies."""


def bindings(scope: str, special: Mapping[str, str] | None = None, *, default: str = "{name}") -> list[BindingType]:
    """The bindings of a screen.

    Args:
        scope: whose actions, as in `keymap.SCOPES`.
        special: Textual actions by the name of ours, where they differ from `default`.
        default: the Textual action for every other one, with `{name}` for its name.
    """
    own = special or {}
    found: list[BindingType] = [
        Binding(
            ",".join(action.keys),
            own.get(action.name, default.format(name=action.name)),
            action.footer or action.help,
            show=bool(action.footer),
            id=action.id,
        )
        for action in actions(scope)
    ]
    if scope in _NOTHING_TYPED:
        found.append(Binding("ctrl+c", "app.interrupt", show=False))
    return found


def with_key(screen: Screen[Any], action_id: str, word: str = "") -> Content:
    """The label of a button: the word of an action, or another one, and its key. No markup is read in it."""
    key = key_of(cast("RetroTimerApp", screen.app).services, action_id)
    return Content(f"{word or action(action_id).footer} ({key})")
