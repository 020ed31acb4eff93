"""Partial redraws after a change must look like full redraws."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip

from retro_timer.ui.drawing.cached_line import APART, CachedLineWidget, changed_regions
from retro_timer.ui.widgets.direction import Word
from retro_timer.ui.widgets.profile import MARK_APART, marker_line, time_marks
from tests.ui.support import text_of

Drawing = tuple[str, ...]


@st.composite
def two_drawings(draw: st.DrawFn) -> tuple[Drawing, Drawing]:
    width, height = draw(st.integers(1, 30)), draw(st.integers(1, 6))
    lines = st.lists(st.text("ab ", min_size=width, max_size=width), min_size=height, max_size=height)
    return tuple(draw(lines)), tuple(draw(lines))


@given(two_drawings())
def test_only_little_more_than_the_changes_is_redrawn(drawings: tuple[Drawing, Drawing]) -> None:
    before, after = drawings
    screen = [list(line) for line in before]
    for x, y, width, height in changed_regions(before, after):
        for row in range(y, y + height):
            assert before[row][x] != after[row][x]
            assert before[row][x + width - 1] != after[row][x + width - 1]
            same = [one == other for one, other in zip(before[row][x:][:width], after[row][x:][:width], strict=True)]
            assert "1" * APART not in "".join("1" if cell else "0" for cell in same)
            screen[row][x : x + width] = after[row][x : x + width]
    assert tuple("".join(line) for line in screen) == after


class PlainApp(App[None]):
    """An app without its own filters."""

    own_line_filters = App.get_line_filters


class Letters(CachedLineWidget):
    """Lines of one letter each; records which lines were drawn."""

    DEFAULT_CSS = "Letters { width: 10; height: 5; padding: 1 2; color: red; }"

    def __init__(self) -> None:
        super().__init__()
        self.rows: Drawing = ("aaaaaa", "bbbbbb", "cccccc")
        self.drawn: list[int] = []

    def render_line(self, y: int) -> Strip:
        """One line."""
        self.drawn.append(y)
        return Strip([Segment(self.rows[y], self.ink)])


class LettersApp(PlainApp):
    """An app that shows the letters."""

    def compose(self) -> ComposeResult:
        """Just the letters."""
        yield Letters()


async def test_only_the_lines_that_changed_are_drawn_again() -> None:
    app = LettersApp()
    async with app.run_test(size=(12, 6)) as pilot:
        letters = app.query_one(Letters)
        await pilot.pause()
        assert text_of(app)[:5] == [" " * 12, "  aaaaaa    ", "  bbbbbb    ", "  cccccc    ", " " * 12]  # type: ignore[arg-type]
        letters.drawn.clear()
        before, letters.rows = letters.rows, ("aaaaaa", "bXbbbb", "cccccc")
        letters.redraw(before, letters.rows)
        await pilot.pause()
        assert text_of(app)[2] == "  bXbbbb    "  # type: ignore[arg-type]
        assert letters.drawn == [1]
        letters.redraw(letters.rows, letters.rows)
        await pilot.pause()
        assert letters.drawn == [1]


async def test_another_style_size_or_theme_draws_everything_again() -> None:
    app = LettersApp()
    async with app.run_test(size=(12, 6)) as pilot:
        letters = app.query_one(Letters)
        await pilot.pause()
        for change in ("colour", "size", "theme", "parent"):
            ink = letters.ink
            letters.drawn.clear()
            if change == "colour":
                letters.styles.color = "blue"
            elif change == "size":
                letters.styles.width = 9
            elif change == "theme":
                letters.styles.color = None
                app.theme = "textual-light"
            else:
                app.screen.styles.background = "yellow"
            await pilot.pause()
            text_of(app)  # type: ignore[arg-type]
            assert set(letters.drawn) == {0, 1, 2}, change
            assert change == "size" or letters.ink != ink, change


@pytest.mark.parametrize("total", [1, 7, 305, 1200, 3600, 14_400])
@pytest.mark.parametrize("width", [1, 20, 78, 118, 236])
def test_time_marks_are_round_and_well_apart(total: int, width: int) -> None:
    marks = time_marks(total, width)
    cells = [0, *(cell for cell, _ in marks)]
    assert all(second - first >= MARK_APART - 1 for first, second in pairwise(cells))
    assert all(cell < width for cell in cells)


def test_the_strip_of_twenty_minutes_has_marks_every_two_or_five() -> None:
    assert [time for _, time in time_marks(1200, 78)] == ["5:00", "10:00", "15:00"]
    assert [time for _, time in time_marks(1200, 236)] == [f"{minute}:00" for minute in range(2, 20, 2)]
    assert time_marks(1200, 10) == []


@pytest.mark.parametrize("width", [20, 40, 78, 118, 236])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_the_line_of_marks_always_says_the_time_walked_and_nothing_overlaps(width: int, ascii_only: bool) -> None:
    total = 1200
    pointer, tick = "^'" if ascii_only else "▲╵"
    for second in range(total):
        cell = second * width // total
        line = marker_line(total, second, cell, width, ascii_only=ascii_only)
        walked = f"{second // 60}:{second % 60:02}"
        assert len(line) == width
        assert f"{pointer} {walked}" in line or f"{walked} {pointer}" in line
        assert line[cell] == pointer
        others = line.replace(f"{pointer} {walked}", "").replace(f"{walked} {pointer}", "").split()
        assert all(other.lstrip(tick) in {"20:00", *(time for _, time in time_marks(total, width))} for other in others)
        assert line.isascii() or not ascii_only


class WordApp(PlainApp):
    """An app that shows a word in a fixed place, so that the word can outgrow it."""

    def __init__(self) -> None:
        super().__init__()
        self.word = Word()
        self.word.ascii_only = False
        self.word.styles.width, self.word.styles.height = 7, 1

    def compose(self) -> ComposeResult:
        """Just the word."""
        yield self.word


async def test_a_word_that_outgrew_its_place_is_cut_until_it_is_laid_out_again() -> None:
    app = WordApp()
    async with app.run_test(size=(20, 1)) as pilot:
        app.word.show("BACKWARD", 20, 1)
        await pilot.pause()
        assert [strip.cell_length for strip in app.word.render_lines(Region(0, 0, 7, 1))] == [7]
        assert [len(strip.text) for strip in app.word.render_lines(Region(0, 0, 7, 1))] == [7]
