"""Textual lists that support reverse video in their rows."""

from __future__ import annotations

from textual.style import Style
from textual.widgets import OptionList


class ReversibleList(OptionList):
    """A list that applies `reverse` to options, which Textual omits from their styles."""

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """The style of an option."""
        style = super().get_visual_style(*component_classes, partial=partial)
        reverse = any(self.get_component_styles(name).text_style.reverse for name in component_classes)
        return style + Style(reverse=True) if reverse else style
