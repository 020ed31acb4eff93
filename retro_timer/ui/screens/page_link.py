"""The link to the session's web page, as a QR code for a phone; the session continues below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from retro_timer.ui.context import services_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import key_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.widgets.keysbar import Hint, KeysBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

    from retro_timer.ui.session_page import SessionPage

OTHER_ROWS: Final = 6
"""Number of rows needed below the code."""


class PageLinkScreen(RepaintsRegions, ModalScreen[None]):
    """Shows the link and its code; closes by itself when the first device follows.

    Args:
        page: the page.
    """

    DEFAULT_CSS = """
    PageLinkScreen {
        align: center middle;
        & > VerticalScroll {
            width: 76; max-width: 100%; height: auto; max-height: 100%;
            padding: 0 1; background: $background; scrollbar-size-vertical: 1;
        }
        Static { width: 1fr; height: auto; }
        #code { width: auto; color: #ffffff; background: #000000; }
        #codes { height: auto; align-horizontal: center; }
        #link { color: $accent; text-style: bold; }
        #view, #opened { color: $muted; }
        #problem { color: $error; text-style: bold; }
        KeysBar { padding: 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("page", {"close": "dismiss(None)"})

    def __init__(self, page: SessionPage) -> None:
        super().__init__()
        self._page = page
        self._followed = page.status.pages

    def compose(self) -> ComposeResult:
        """The code, the links, who can open them, and the keys."""
        with VerticalScroll(can_focus=False):
            with VerticalScroll(id="codes", can_focus=False):
                yield Static(id="code", markup=False)
            yield Static("The page is being opened.", id="link", markup=False)
            yield Static(id="view", markup=False)
            yield Static(id="opened", markup=False)
            yield Static(id="problem", markup=False)
            yield KeysBar([Hint("page.network"), Hint("page.close")])

    def on_mount(self) -> None:
        """Show the page's status."""
        self.show()

    def on_resize(self, _: Resize) -> None:
        """Show the code only if it fits: half a code is of no use."""
        self.show()

    def show(self) -> None:
        """Show the page's current status; close if another device has followed the link."""
        status = self._page.status
        if status.pages > self._followed:
            self.dismiss(None)
            return
        self._followed = status.pages
        links = status.links
        code: tuple[str, ...] = ()
        if links is not None:
            code = self._code(links.steer)
            self.query_one("#link", Static).update(links.steer)
            self.query_one("#view", Static).update(f"to watch only: {links.view}")
            key = key_of(services_of(self), "page.network")
            how = "" if links.lan else f" {key} opens it to your network, for a phone."
            self.query_one("#opened", Static).update(f"{links.opened}{how}")
        self.query_one("#code", Static).update("\n".join(code))
        self.query_one("#codes").display = bool(code)
        self.query_one("#problem", Static).update(f"{status.problem[:1].upper()}{status.problem[1:]}")

    def action_network(self) -> None:
        """Open the page to the network, or close it again."""
        self.query_one("#link", Static).update("The page is being opened.")
        self.run_worker(self._page.switch_network())

    def _code(self, link: str) -> tuple[str, ...]:
        """The lines of the code; none if they do not fit, or cannot be drawn."""
        from retro_timer.page.qr import qr_lines

        lines = qr_lines(link)
        fits = len(lines) + OTHER_ROWS <= self.size.height and len(lines[0]) + 2 <= self.size.width
        return lines if fits and not services_of(self).ascii_only else ()
