"""The path of a key from the terminal: it is named, interpreted by layout, then sent to the session or the top screen.

Safety keys act on the session even if another screen covers it, unless a focused text field takes the key as text.
Every other key waits until the key before it has taken full effect, so that keys in a burst reach the same screens as
keys pressed one by one. A held key acts once, except for lengths, text and navigation; the key that opened a screen has
no effect there until it is pressed again.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textual._time import get_time

from retro_timer.config.key_names import STOPS, show_key
from retro_timer.config.keymap import SAFETY, action
from retro_timer.config.pressed import main_key, meaning
from retro_timer.session.held_keys import FIRST_REPEAT, HeldKeys
from retro_timer.text import printable
from retro_timer.ui.preferences import keymap_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.binding import ActiveBinding
    from textual.dom import DOMNode
    from textual.events import Key
    from textual.message_pump import MessagePump
    from textual.screen import Screen
    from textual.timer import Timer

    from retro_timer.ui.context import AppContext


_ONCE: Final = frozenset({"enter", "escape", "space", "delete", "backspace"})
"""Keys of widgets that act once while they are held; the others navigate."""
_ONCE_IN_TEXT: Final = frozenset({"enter", "escape"})
"""The same in a text field, where the others edit the text."""
_READ_WITHIN: Final = FIRST_REPEAT[0]
"""Milliseconds. Nobody can read a question faster, so an earlier key is not an answer to it; a later repeat of the key
that opened the question is recognised as a repeat."""
_HANDLED_WITHIN: Final = 0.5
"""Seconds after which the next key is handled even if the key before it is not done."""


class _Press(NamedTuple):
    """The effect of a key.

    Attributes:
        act: performs it.
        repeats: whether it repeats while the key is held.
        for_screen: whether the top screen handles it.
        types: whether it is text for a field.
    """

    act: Callable[[], Awaitable[object]]
    repeats: bool
    for_screen: bool
    types: bool = False


class KeyPath:
    """Handles every key before any screen, and again if no screen handled it.

    Args:
        app: the app.
    """

    def __init__(self, app: AppContext) -> None:
        self._app = app
        self._early: list[Key] = []  # keys that wait for their screen or for the key before them
        self._delivered: Key | None = None  # the early key being delivered
        self._handled: set[Key] = set()  # keys that a screen is handling
        self._held: HeldKeys[_Press | None] = HeldKeys()
        self._key = ""  # the last pressed key
        self._moment = 0  # when it was pressed
        self._screen: Screen[Any] | None = None  # the top screen when it last acted
        self._opened: tuple[Screen[Any], int] | None = None  # the last screen opened by a key, and when it was pressed
        self._timer: Timer | None = None

    async def take(self, event: Key) -> bool:
        """Handle a pressed or repeated key; True if no screen is to get it now.

        A key that arrives before its screen is mounted, or before the previous key has taken effect, is queued and
        delivered later.
        """
        queued = event is self._delivered
        if queued:
            self._delivered = None
        press, ready = self._read(event), self._app.screen.is_mounted
        if press and press.for_screen and not (ready and not self._handled and (queued or not self._early)):
            if not queued:
                self._early.append(event)
            if ready:
                self._deliver()
            else:
                self._app.screen.call_later(self._deliver)
            return True
        if queued:
            self._early.pop(0)
        done = press is not None and await self._do_once_if_held(event, press)
        self._deliver()
        return not (done and press and press.for_screen)

    async def settle(self) -> None:
        """Perform a delayed press once it is known not to be the repeat of a held key."""
        now = self._app.services.pressed_at(get_time())
        await self._do(self._held.settle(now))
        self._arm(now)

    async def _do_once_if_held(self, event: Key, press: _Press) -> bool:
        """Perform the effect of a key, unless it is a repeat without effect. Returns whether it was performed."""
        key, moment = event.key, self._app.services.pressed_at(event.time)
        if press.for_screen and not press.types and self._is_too_soon(moment):
            return False
        self._moment = moment
        opened_top_screen = key == self._key and self._app.screen is not self._screen
        repeats = press.repeats and not opened_top_screen
        self._key = key
        ready = self._held.press(key, moment, None if repeats else press)
        await self._do(ready)
        if repeats:
            await self._do((press,))
        self._arm(moment)
        return repeats or press in ready

    def _is_too_soon(self, moment: int) -> bool:
        """Whether the top screen can end a session and has only just been opened."""
        screen = self._app.screen
        if self._opened is None or self._opened[0] is not screen:
            return False
        return moment - self._opened[1] < _READ_WITHIN and getattr(screen, "can_end_session", False)

    async def _do(self, presses: tuple[_Press | None, ...]) -> None:
        for press in presses:
            if press is not None and self._app.screen_stack:  # empty while the app is closing
                self._screen = self._app.screen
                await press.act()

    def _arm(self, now: int) -> None:
        """Set the timer for the waiting press."""
        if self._timer:
            self._timer.stop()
            self._timer = None
        if self._held.due is not None:
            self._timer = self._app.set_timer(max(0, self._held.due - now) / 1000, self.settle)

    def _read(self, event: Key) -> _Press | None:
        """Name and interpret a key; None for a lone modifier, and for Ctrl+X in a field outside a session."""
        app, session = self._app, self._app.live_session
        key, character = main_key(event.key)
        if not key:
            return None  # a lone modifier
        event.key, event.character = key, event.character or character
        base = getattr(event, "base", "")
        field = app.focused
        if meaning(key, (STOPS,), base) == STOPS and (session or _takes_text(field)):
            return self._of_session("bail_out") if session else None
        if field is not None and field.check_consume_key(key, event.character):
            return _Press(lambda: self._forward(event), repeats=True, for_screen=True, types=True)
        # A session on top has its safety keys among its own bindings.
        safety = keymap_of(app.services).keys_of(*SAFETY) if session and not session.is_active else {}
        bound = app.screen.active_bindings
        event.key = meaning(key, {**bound, **safety}, base)
        if session and event.key in safety:
            return self._of_session(safety[event.key].removeprefix("session."))
        return _Press(lambda: self._forward(event), repeats=self._repeats(bound.get(event.key)), for_screen=True)

    def _repeats(self, active: ActiveBinding | None) -> bool:
        """Whether a binding repeats while its key is held."""
        if active is None:
            return False
        if active.binding.id:
            return action(active.binding.id).repeats
        return active.binding.key not in (_ONCE_IN_TEXT if _takes_text(active.node) else _ONCE)

    def _of_session(self, name: str) -> _Press:
        """A press that performs a session action, if the session is still running by then."""

        async def act() -> None:
            self._app.action_session(name)

        return _Press(act, repeats=False, for_screen=False)

    async def _forward(self, event: Key) -> None:
        """Send a key to the top screen, and delay the next one until it has taken effect."""
        before, moment = self._app.screen, self._moment
        self._handled.add(event)

        def done() -> None:
            if event in self._handled:
                self._handled.remove(event)
                if self._app.screen_stack and self._app.screen is not before:
                    self._opened = self._app.screen, moment
                self._deliver()

        target = self._app.focused or before
        await self._app.forward_key(event)
        _when_handled(target, done)
        asyncio.get_running_loop().call_later(_HANDLED_WITHIN, done)

    def _deliver(self) -> None:
        """Deliver the first queued key, unless another key is being handled."""
        if self._early and self._delivered is None and not self._handled:
            self._delivered = self._early[0]
            self._app.post_message(self._delivered)

    def answer_unknown(self, event: Key) -> None:
        """In a session, report that a key has no effect."""
        app, session = self._app, self._app.live_session
        if session is None:
            return
        services = app.services
        shown = show_key(event.key, ascii_only=services.ascii_only)
        if event.character and event.character.isprintable() and not services.ascii_only and event.key != "space":
            shown = event.character
        help_key = keymap_of(services).first("app.help", ascii_only=services.ascii_only)
        session.refuse(f"{printable(shown)} does nothing here; {help_key} shows all keys")


def _takes_text(node: DOMNode | None) -> bool:
    """Whether a node is a text field: they all take digits. Checking its type would import every kind of field."""
    return node is not None and node.check_consume_key("1", "1")


def _when_handled(node: MessagePump, done: Callable[[], object]) -> None:
    """Call `done` once a node and its ancestors have handled the messages posted to them, and any that these caused."""
    parent = node._parent  # noqa: SLF001  (the path on which messages bubble)
    go_on = done if parent is None else partial(_when_handled, parent, done)
    if not node.call_later(node.call_later, go_on):
        go_on()  # the node is closing
