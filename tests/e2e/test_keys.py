"""Keys of a real terminal: the kitty keyboard protocol, other layouts, and bytes that are not keys."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.terminal import terminal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.terminal, pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")]
WALK = ("run", "2x(back 5m, turn 10s | fwd 1m)", "--audio", "off", "--lead-in", "0")
LOG = "data/retro-timer.log"


JUNK = (
    b"\xff\xfe\x00\x80",
    b"\xe2\x80",
    b"\x1b[200~x",
    b"\x1b[48;9999999;9999999;0;0t",
    b"\x1b[?2048;1$y",
    b"\x1b[48;0;0;0;0t",
    b"\x1b[<0;99999;99999M",
    b"\x1b[<0;1;1M",
    b"\x1b[999999999999;;55296u",
    b"\x1b[M\xff\xff\xff",
    b"\x1b[;;;;;;u",
    b"\x1b[98:66:::;2:1:;u",
    b"\x1b]11;rgb:ffff/ffff/ffff\x07",
    b"\x1bP1$r\x1b\\",
    b"\x1b[1;1R",
)
"""Bytes that a terminal, a paste or a broken line can send."""


def ends_at(time: str, text: str) -> bool:
    """Whether the profile of a session ends at the given time."""
    return text.split("\n")[-2].rstrip().endswith(time)


def test_the_kitty_protocol_is_read_whatever_it_says(tmp_path: Path) -> None:
    with terminal(WALK, tmp_path) as running:
        running.wait_for("next")
        running.send("\x1b[57441;2u\x1b[98:66;2u")  # Shift alone, then shift+b with its capital
        running.wait_for(partial(ends_at, "10:50"))
        running.send("\x1b[57413;;43u")  # + of the keypad
        running.wait_for(partial(ends_at, "11:00"))
        running.send("\x1b[98;65;66u")  # b with Caps Lock
        running.wait_for(partial(ends_at, "11:30"))
        running.send("\x1b[1591::120;;1591u")  # the key of x on an Arabic keyboard
        running.wait_for("hold the rail")
        running.send("q")
        running.wait_for("how hard?")
        running.answer("\x1b")
        assert running.wait() == 1
        assert not running.restored()


def test_no_bytes_end_the_program_or_block_the_keys(tmp_path: Path) -> None:
    with terminal(WALK, tmp_path) as running:
        running.wait_for("next")
        for piece in JUNK:
            os.write(running.fd, piece)
            running.read_for(0.2)
        running.read_for(1.5)  # by then a paste without an end is over
        running.send("x")
        running.wait_for("hold the rail")
        running.send("q")
        running.wait_for("how hard?")
        running.answer("\x1b")
        assert running.wait() == 1


FAILS = """
import sys
from retro_timer.__main__ import main
{patch}
sys.exit(main())
"""


@pytest.mark.parametrize(
    "patch",
    [
        "from retro_timer.ui.key_path import KeyPath; KeyPath.take = lambda self, event: 1 // 0",
        "from retro_timer.ui.terminal.driver import SleepingDriver; SleepingDriver._read = lambda self: 1 // 0",
    ],
    ids=["in the app", "in the thread that reads keys"],
)
def test_an_error_that_ends_the_program_is_no_success_and_is_in_the_log(tmp_path: Path, patch: str) -> None:
    with terminal(WALK, tmp_path, program=(sys.executable, "-c", FAILS.format(patch=patch))) as running:
        running.wait_for("next")
        running.send("s")
        assert running.wait() == 1
        assert "ZeroDivisionError" in (tmp_path / LOG).read_text()
        assert not running.restored()
