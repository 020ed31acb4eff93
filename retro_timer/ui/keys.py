"""Textual bindings and button labels, generated from the actions in `retro_timer.config.keymap`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual.binding import Binding
from textual.content import Content

from retro_timer.config.key_names import STOPS, show_key
from retro_timer.config.keymap import action, actions
from retro_timer.config.pressed import main_key
from retro_timer.ui.context import app_of, services_of
from retro_timer.ui.preferences import key_of, keymap_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.binding import BindingType
    from textual.screen import Screen
    from textual.widget import Widget


_NOTHING_TYPED: Final = ("home", "session")
"""Screens without text fields, where Ctrl+C interrupts; in fields it copies."""
_EDITS: Final = ("delete", "backspace")
"""Keys that edit the text of a field."""


def bindings(scope: str, special: Mapping[str, str] | None = None, *, default: str = "{name}") -> list[BindingType]:
    """The bindings of a screen.

    Args:
        scope: the scope of its actions, as in `config.keymap.SCOPES`.
        special: the Textual actions that differ from `default`, by the names of our actions.
        default: the Textual action for all others, with `{name}` for the name.
    """
    own = special or {}
    found: list[BindingType] = [
        Binding(
            ",".join(action.keys),
            f"app.open({action.opens!r})" if action.opens else own.get(action.name, default.format(name=action.name)),
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
    """A button's label: a word (by default the action's) and the action's key, without markup."""
    key = key_of(services_of(screen), action_id)
    return Content(f"{word or action(action_id).footer} ({key})")


def untyped(keys: Sequence[str], field: Widget | None) -> str:
    """The first key that the focused field does not take as text; if it takes all of them, the first one."""
    if field is None:
        return keys[0]
    edits = _EDITS if field.check_consume_key("1", "1") else ()  # all fields take digits
    free = (key for key in keys if key not in edits and not field.check_consume_key(key, main_key(key)[1]))
    return next(free, keys[0])


def stop_key(screen: Screen[Any]) -> str:
    """The key that bails out of the session below a screen; empty if there is no session below it."""
    app = app_of(screen)
    session: object = app.live_session  # mypy thinks that a screen never satisfies the protocol
    if session is None or session is screen:
        return ""
    keys, field = keymap_of(app.services).keys["session.bail_out"], app.focused
    return show_key(untyped((keys[0], STOPS), field), ascii_only=app.services.ascii_only)
