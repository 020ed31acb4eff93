"""The breakpoint classes of a screen for a size, before Textual has sent the size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.geometry import Size
    from textual.screen import Screen


def breakpoint_classes(screen: Screen[Any], size: Size) -> Iterator[str]:
    """The breakpoint classes for a size; setting them early avoids a second styling on the first resize."""
    both = (size.width, screen.HORIZONTAL_BREAKPOINTS), (size.height, screen.VERTICAL_BREAKPOINTS)
    for length, breakpoints in both:
        reached = [(least, name) for least, name in breakpoints or () if length >= least]
        if reached:
            yield max(reached)[1]
