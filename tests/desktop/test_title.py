"""The title of the terminal: phase, time left and workout, at most once a second, and the old one is given back."""

from __future__ import annotations

import pytest

from retro_timer.desktop.title import EVERY, LONGEST, TerminalTitle, title_text

SAVED = "\x1b[22;0t"
GIVEN_BACK = "\x1b]2;\a\x1b[23;0t"


class Terminal:
    """What was written to a terminal, and a clock moved by hand."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.now = 100.0
        self.title = TerminalTitle(self.written.append, lambda: self.now)


def test_the_old_title_is_saved_before_the_first_and_given_back_once() -> None:
    terminal = Terminal()
    terminal.title.show("TURN 0:30")
    terminal.now += EVERY
    terminal.title.show("TURN 0:29")
    terminal.title.restore()
    terminal.title.restore()
    assert terminal.written == [f"{SAVED}\x1b]2;TURN 0:30\a", "\x1b]2;TURN 0:29\a", GIVEN_BACK]


def test_a_title_is_written_when_it_changes_and_at_most_once_a_second() -> None:
    terminal = Terminal()
    assert terminal.title.show("a") == 0
    terminal.now += 10
    assert terminal.title.show("a") == 0
    assert len(terminal.written) == 1
    assert terminal.title.show("b") == 0
    terminal.now += 0.25
    assert terminal.title.show("c") == pytest.approx(EVERY - 0.25)
    assert terminal.title.show("b") == 0  # what is shown needs no waiting
    terminal.now += EVERY - 0.25
    assert terminal.title.show("c") == 0
    assert len(terminal.written) == 3


def test_titles_come_with_their_seconds_however_late_the_first_was() -> None:
    terminal = Terminal()
    terminal.now = 100.35
    terminal.title.show("100")
    lateness = []
    for second in range(101, 110):
        terminal.now = second
        terminal.now += terminal.title.show(str(second))
        assert terminal.title.show(str(second)) == 0
        lateness.append(terminal.now - second)
    assert lateness == pytest.approx([0.25, 0.15, 0.05, 0, 0, 0, 0, 0, 0])


def test_a_title_given_back_is_set_again_as_the_first_was() -> None:
    terminal = Terminal()
    terminal.title.show("a")
    assert terminal.title.take_back() == GIVEN_BACK
    assert terminal.title.take_back() == ""
    terminal.title.show("a")
    assert terminal.written == [f"{SAVED}\x1b]2;a\a"] * 2


@pytest.mark.parametrize(
    "name", ["a\x1b]2;evil\x07b", "a\x9bb", "a\x9c\x9d0;evil\x9c", "a\nb\rc", "a\u202eb", "a\x00b", "\x1b" * 100]
)
def test_the_name_of_a_workout_cannot_control_the_terminal(name: str) -> None:
    text = title_text("BACKWARD", "1:23", name)
    assert text.isprintable()
    assert text.startswith("BACKWARD 1:23")


def test_a_title_is_short() -> None:
    assert title_text("TURN", "0:30", "Builder") == "TURN 0:30 - Builder"
    assert title_text("TURN", "0:30", "") == "TURN 0:30"
    assert len(title_text("TURN", "0:30", "x" * 1000)) == LONGEST
