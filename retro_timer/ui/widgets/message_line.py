"""A line for messages about what just happened, and for a warning that lasts."""

from __future__ import annotations

from retro_timer.ui.widgets.line import Line


class MessageLine(Line):
    """Shows a message; without one, the warning, with the class `-warning`."""

    _message = ""
    _warning = ""

    def say(self, message: str) -> None:
        """Show a message; an empty one removes it."""
        self._message = message
        self._show_either()

    def warn(self, warning: str) -> None:
        """Show a warning until there is another; an empty one removes it."""
        self._warning = warning
        self._show_either()

    def _show_either(self) -> None:
        self.set_class(not self._message and bool(self._warning), "-warning")
        self.show(self._message or self._warning)
