"""The footer: the keys that matter now, each of which can be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, cast

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.strip import Strip

from retro_timer.keymap import action
from retro_timer.ui.preferences import keymap_of
from retro_timer.ui.widgets.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.screen import Screen

    from retro_timer.keymap import Keymap
    from retro_timer.storage.settings import Loaded
    from retro_timer.ui.app import RetroTimerApp


class Hint(NamedTuple):
    """An action in the footer: its key is the walker's own, a click does it whichever key that is.

    Attributes:
        id: of the action, as in `retro_timer.keymap`.
        word: what it does; empty for the word of the table.
        more: ids of actions whose keys stand beside its own, as for `+ -`.
    """

    id: str
    word: str = ""
    more: tuple[str, ...] = ()


class Fixed(NamedTuple):
    """Keys that belong to a field or a list and cannot be bound to anything else.

    Attributes:
        keys: as they are shown.
        word: what they do.
        action: the Textual action that a click runs on the screen.
    """

    keys: str
    word: str
    action: str


_NAMED: Final = {"↑ ↓": "up down", "← →": "left right"}
"""Arrows where everything has to be ASCII."""


class _Part(NamedTuple):
    """What is drawn of a hint: keys and a word, each with the Textual action that a click on it runs."""

    keys: tuple[tuple[str, str], ...]
    word: str
    click: str

    @property
    def width(self) -> int:
        """In cells."""
        return sum(cell_len(key) + 1 for key, _ in self.keys) + cell_len(self.word)


class KeysBar(Painted):
    """Shows hints from left to right, as many as fit; the last one stays at the right edge."""

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

    @property
    def text(self) -> str:
        """What it shows where there is room for all of it."""
        return "   ".join(" ".join([*(key for key, _ in part.keys), part.word]) for part in self._drawn)

    def on_mount(self) -> None:
        """Follow the walker's keys: this is published when they change, and when the screen is seen again."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow, immediate=True)

    def show(self, hints: Sequence[Hint | Fixed]) -> None:
        """Show other keys."""
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self._parts = None
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The hints."""
        width = self.size.width
        if y or not self._hints:
            return Strip.blank(width, self.ink)
        *first, last = self._drawn
        free = width - last.width
        segments: list[Segment] = []
        for part in first:
            if part.width + 3 > free:
                break
            segments += [*self._segments(part), Segment("   ", self.ink)]
            free -= part.width + 3
        segments.append(Segment(" " * max(0, free), self.ink))
        segments += self._segments(last)
        return Strip(segments).adjust_cell_length(width, self.ink)

    def _follow(self, _screen: Screen[object]) -> None:
        if cast("RetroTimerApp", self.app).services.loaded is not self._loaded:
            self._parts = None
            self.refresh()

    @property
    def _drawn(self) -> tuple[_Part, ...]:
        if self._parts is None:
            services = cast("RetroTimerApp", self.app).services
            self._loaded = services.loaded
            keymap = keymap_of(services)
            self._parts = tuple(self._part(hint, keymap, ascii_only=services.ascii_only) for hint in self._hints)
        return self._parts

    def _part(self, hint: Hint | Fixed, keymap: Keymap, *, ascii_only: bool) -> _Part:
        if isinstance(hint, Fixed):
            keys = _NAMED.get(hint.keys, hint.keys) if ascii_only else hint.keys
            click = hint.action if hint.action.startswith("app.") else f"screen.{hint.action}"
            return _Part(((keys, click),), hint.word, click)
        ids = (hint.id, *hint.more)
        clicks = [self._click(action_id) for action_id in ids]
        shown = [keymap.first(action_id, ascii_only=ascii_only) for action_id in ids]
        held = shown[0][: shown[0].rfind("+", 0, -1) + 1]
        shown[1:] = [key.removeprefix(held) for key in shown[1:]]  # `ctrl+↑ ↓`: held down for both
        return _Part(tuple(zip(shown, clicks, strict=True)), hint.word or action(hint.id).footer, clicks[0])

    def _click(self, action_id: str) -> str:
        """The Textual action that the key of an action runs here."""
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
