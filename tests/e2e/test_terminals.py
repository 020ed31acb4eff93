"""Terminals of all sizes and kinds: resized while walking, tiny, and without a full screen."""

from __future__ import annotations

import re
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.terminal import shows_time, terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.terminal import Terminal

pytestmark = [pytest.mark.terminal, pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")]
WALK = ("run", "back 50s, turn 3s", "--audio", "off", "--lead-in", "0")
SIZES = ((20, 5), (40, 12), (120, 40), (240, 67), (24, 60), (1, 1), (80, 24))


def shows_the_time_of_its_title(running: Terminal, text: str) -> bool:
    title = re.search(r"\d+:\d\d", running.screen.title)
    return title is not None and shows_time(text, title[0])


def test_resizing_while_walking_keeps_the_time_on_the_screen(tmp_path: Path) -> None:
    with terminal(WALK, tmp_path) as running:
        running.wait_for(lambda text: shows_time(text, "0:49"))
        for width, height in SIZES:
            running.resize(width, height)
            if width > 1:
                running.wait_for(partial(shows_the_time_of_its_title, running))
        running.end_early()
        assert running.wait() == 1
        assert not running.restored()


def test_text_cut_off_at_a_size_of_one_cell_is_drawn_again(tmp_path: Path) -> None:
    with terminal(WALK, tmp_path) as running:
        running.wait_for(lambda text: shows_time(text, "0:49"))
        running.resize(1, 1)
        running.resize(80, 24)
        running.wait_for(lambda text: "all keys" in text and "next" in text)
        running.wait_for(partial(shows_the_time_of_its_title, running))


def test_a_terminal_of_one_cell_causes_no_error(tmp_path: Path) -> None:
    with terminal(WALK, tmp_path, size=(1, 1)) as running:
        running.read_for(1.5)
        running.resize(80, 24)
        running.wait_for("next")
        running.send("\x03")
        assert running.wait() == 130
        assert not running.restored()


def test_a_dumb_terminal_walks_line_by_line_and_says_so(tmp_path: Path) -> None:
    walk = ("run", "back 2s", "--audio", "off", "--lead-in", "0")
    with terminal(walk, tmp_path, environment={"TERM": "dumb"}) as running:
        assert running.wait() == 0
        output = running.output.decode()
    assert "TERM is dumb" in output
    assert "complete, walked 0:02" in output
    assert "\x1b" not in output


def test_without_utf8_everything_is_ascii(tmp_path: Path) -> None:
    with terminal(WALK, tmp_path, environment={"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"}) as running:
        running.wait_for("next")
        running.send("\x03")
        assert running.wait() == 130
        assert running.output.isascii()
