"""The footer: the most important keys, which can also be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.strip import Strip

from retro_timer.config.key_names import show_key
from retro_timer.config.keymap import action
from retro_timer.ui.context import services_of
from retro_timer.ui.drawing.cached_line import CachedLineWidget
from retro_timer.ui.keys import stop_key, untyped
from retro_timer.ui.preferences import keymap_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.screen import Screen
    from textual.widget import Widget

    from retro_timer.config.keymap import Keymap
    from retro_timer.config.settings import Loaded


class Hint(NamedTuple):
    """An action in the footer, with the walker's own key; a click performs it.

    Attributes:
        id: the id of the action, as in `retro_timer.config.keymap`.
        word: its label; by default the keymap's.
        more: ids of further actions whose keys are shown too, as in `+ -`.
    """

    id: str
    word: str = ""
    more: tuple[str, ...] = ()


class Fixed(NamedTuple):
    """Keys of a field or a list, which cannot be rebound.

    Attributes:
        keys: the keys for display.
        word: their label.
        action: the Textual action that a click runs on the screen.
    """

    keys: str
    word: str
    action: str


GAP: Final = "   "
"""The space between two hints."""
HELP: Final = "app.help"
_NAMED: Final = {"↑ ↓": "up down", "← →": "left right"}
"""ASCII names of arrow keys."""


class _Part(NamedTuple):
    """A drawn hint: keys and a word, each with the Textual action of a click."""

    keys: tuple[tuple[str, str], ...]
    word: str
    click: str

    @property
    def width(self) -> int:
        """The width in cells."""
        return sum(cell_len(key) + 1 for key, _ in self.keys) + cell_len(self.word)


def _width(parts: Sequence[_Part]) -> int:
    """The width of several hints side by side, in cells."""
    return sum(part.width for part in parts) + len(GAP) * max(0, len(parts) - 1)


def _stop(key: str) -> _Part:
    """The hint that bails out of the session below a screen."""
    click = "app.session('bail_out')"
    return _Part(((key, click),), action("session.bail_out").footer, click)


class KeysBar(CachedLineWidget):
    """Shows as many hints as fit; the last one is at the right edge. If some do not fit, it says that there are more.

    On a screen that covers a running session, the key that bails out comes first.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keysbar--key"}
    DEFAULT_CSS = """
    KeysBar {
        width: 1fr; height: 1; padding: 0 1; color: $muted;
        .keysbar--key { color: $foreground; text-style: bold; }
    }
    """

    def __init__(self, hints: Sequence[Hint | Fixed] = (), *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._hints = tuple(hints)
        self._parts: tuple[_Part, ...] | None = None
        self._loaded: Loaded | None = None
        self._stop_key = ""
        self._typed_into: Widget | None = None

    @property
    def text(self) -> str:
        """The full text, regardless of the width."""
        return "   ".join(" ".join([*(key for key, _ in part.keys), part.word]) for part in self._drawn)

    def on_mount(self) -> None:
        """Subscribe to changes of the key bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow, immediate=True)

    def show(self, hints: Sequence[Hint | Fixed]) -> None:
        """Show other hints."""
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self._parts = None
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Render the hints."""
        width = self.size.width
        if y or not (drawn := self._drawn):
            return Strip.blank(width, self.ink)
        first, last = drawn[:-1], drawn[-1:]
        if _width(drawn) > width:
            first, last = self._shortened(drawn, width)
        segments: list[Segment] = []
        for part in first:
            segments += [*self._segments(part), Segment(GAP, self.ink)]
        free = width - _width(last) - sum(segment.cell_length for segment in segments)
        segments.append(Segment(" " * max(0, free), self.ink))
        for number, part in enumerate(last):
            segments += [*([Segment(GAP, self.ink)] if number else []), *self._segments(part)]
        return Strip(segments).adjust_cell_length(width, self.ink)

    def _shortened(self, drawn: tuple[_Part, ...], width: int) -> tuple[tuple[_Part, ...], tuple[_Part, ...]]:
        """The hints that fit on the left, and those at the right edge: the one for more, and the last one.

        If not even the first hint fits next to both of these, only the last one is at the right edge.
        """
        more = self._more()
        *others, final = (part for part in drawn if part.click != more.click)
        last = (final,) if drawn[-1] is final else ()
        left = tuple(others if last else (*others, final))
        edges = ((more, *last), last or (more,))
        for edge in edges:
            first = left
            while first and _width((*first, *edge)) > width:
                first = first[:-1]
            if first:
                return first, edge
        return (), next((edge for edge in edges if _width(edge) <= width), edges[-1])

    def _more(self) -> _Part:
        """The hint for the key that shows all keys."""
        services = services_of(self)
        return self._part(Hint(HELP, "more"), keymap_of(services), ascii_only=services.ascii_only)

    def _follow(self, _screen: Screen[object]) -> None:
        changed = services_of(self).loaded is not self._loaded or stop_key(self.screen) != self._stop_key
        if changed or self.app.focused is not self._typed_into:
            self._parts = None
            self.refresh()

    @property
    def _drawn(self) -> tuple[_Part, ...]:
        if self._parts is None:
            services, self._stop_key = services_of(self), stop_key(self.screen)
            self._loaded, self._typed_into = services.loaded, self.app.focused
            keymap = keymap_of(services)
            stop = (_stop(self._stop_key),) if self._stop_key else ()
            own = (self._part(hint, keymap, ascii_only=services.ascii_only) for hint in self._hints)
            self._parts = (*stop, *own)
        return self._parts

    def _part(self, hint: Hint | Fixed, keymap: Keymap, *, ascii_only: bool) -> _Part:
        if isinstance(hint, Fixed):
            keys = _NAMED.get(hint.keys, hint.keys) if ascii_only else hint.keys
            click = hint.action if hint.action.startswith("app.") else f"screen.{hint.action}"
            return _Part(((keys, click),), hint.word, click)
        ids = (hint.id, *hint.more)
        clicks = [self._click(action_id) for action_id in ids]
        shown = [show_key(untyped(keymap.keys[each], self._typed_into), ascii_only=ascii_only) for each in ids]
        held = shown[0][: shown[0].rfind("+", 0, -1) + 1]
        shown[1:] = [key.removeprefix(held) for key in shown[1:]]  # show a common modifier only once: `ctrl+↑ ↓`
        return _Part(tuple(zip(shown, clicks, strict=True)), hint.word or action(hint.id).footer, clicks[0])

    def _click(self, action_id: str) -> str:
        """The Textual action that the key of an action runs on this screen."""
        for target, bindings in (("screen", self.screen.BINDINGS), ("app", self.app.BINDINGS)):
            for binding in bindings:
                if isinstance(binding, Binding) and binding.id == action_id:
                    return binding.action if "." in binding.action else f"{target}.{binding.action}"
        raise KeyError(action_id)

    def _segments(self, part: _Part) -> Iterator[Segment]:
        key_style = self.get_component_rich_style("keysbar--key")
        for key, click in part.keys:
            yield Segment(key, key_style + Style(meta={"@click": click}))
            yield Segment(" ", self.ink + Style(meta={"@click": click}))
        yield Segment(part.word, self.ink + Style(meta={"@click": part.click}))
