"""A line on the session screen with the measurements and states of sensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.ui.measured_text import links_text, measured_parts
from retro_timer.ui.widgets.line import Line

if TYPE_CHECKING:
    from retro_timer.session.sensing import Measurements

ID: Final = "measured"
NARROW: Final = 56
"""Minimum width in cells for the target speed."""


class MeasuredLine(Line):
    """Shows measured values, in the walker's units."""

    def __init__(self, *, imperial: bool) -> None:
        super().__init__(id=ID)
        self._imperial = imperial

    def show_measured(self, measured: Measurements, target: str) -> None:
        """Show the measurements, and on the right the state of each sensor, if there is room.

        Args:
            measured: the measurements, without values that are too old.
            target: the planned speed; may be empty.
        """
        target = target if self.size.width >= NARROW else ""
        parts = measured_parts(measured, imperial=self._imperial, target=target)
        self.show("   ".join(parts), right=links_text(measured, parts))
