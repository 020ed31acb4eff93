"""Lines of text: what does not fit is cut off visibly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from retro_timer.ui.widgets.line import Line, fitted


@given(st.text("ab 走é…"), st.integers(0, 12))
def test_a_fitted_text_has_its_width_and_says_whether_it_was_cut(text: str, width: int) -> None:
    shown = fitted(text, width)
    assert cell_len(shown) == width
    assert shown.rstrip() == text.rstrip() if cell_len(text) <= width else shown.endswith("…" if width else "")


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("Twelve minutes backward", "", "Twelve mi…"),
        ("Twelve minutes backward", "12:00", "Twelve mi…"),
        ("Ten", "12:00", "Ten  12:00"),
        ("Ten", "twelve minutes", "Ten       "),
    ],
)
def test_a_line_that_is_too_long_ends_in_an_ellipsis(left: str, right: str, shown: str) -> None:
    assert fitted(Line(left, right=right)._text(10), 10) == shown
