"""The capabilities of the terminal decide how the app is drawn."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.console import Console

from retro_timer.config.schema import Settings
from retro_timer.runtime.terminal import (
    Colours,
    ascii_only,
    colours,
    detect_terminal,
    full_screen_problem,
    over_ssh,
    remote,
)

LOOK = Settings().look
LOCALES = st.sampled_from(["", "C", "POSIX", "en_US.UTF-8", "C.UTF-8", "de_DE.ISO-8859-1", "nonsense\x1b"])
TERMS = st.sampled_from(["", "dumb", "xterm", "xterm-256color", "xterm-kitty", "linux", "screen-16color", "vt100"])


@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_terminal_without_a_full_screen_is_reported_with_the_alternative(term: str) -> None:
    sentence = full_screen_problem({"TERM": term} if term else {})
    assert "line by line" in sentence
    assert "\n" not in sentence
    assert term in sentence


@pytest.mark.parametrize("term", ["xterm", "linux", "vt100", "screen-256color"])
def test_any_other_terminal_shows_the_full_screen(term: str) -> None:
    assert full_screen_problem({"TERM": term}) == ""


def test_windows_needs_no_term() -> None:
    assert full_screen_problem({}, windows=True) == ""


@pytest.mark.parametrize(
    ("environ", "encoding", "plain"),
    [
        ({"LANG": "en_US.UTF-8"}, "utf-8", False),
        ({"LANG": "en_US.UTF-8"}, "UTF8", False),
        ({}, "utf-8", False),  # a container: no locale, and a normal terminal
        ({"LC_CTYPE": "C.UTF-8"}, "utf-8", False),  # Python's default, if nothing was set
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, "utf-8", True),  # Python's default, if C was set
        ({"LC_ALL": "C"}, "utf-8", True),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, "utf-8", True),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "C"}, "utf-8", False),
        ({"LANG": "de_DE.ISO-8859-1"}, "iso8859-1", True),
        ({"LANG": "en_US.UTF-8"}, "ascii", True),
        ({}, "no such encoding", True),
        ({}, None, True),
    ],
)
def test_without_utf_8_we_draw_with_ascii(environ: dict[str, str], encoding: str | None, plain: bool) -> None:
    assert ascii_only(environ, encoding) is plain


@given(LOCALES, st.sampled_from(["utf-8", "ascii", "", "\0"]))
def test_the_setting_takes_precedence(locale: str, encoding: str) -> None:
    assert ascii_only({"LC_ALL": locale}, encoding, "on") is True
    assert ascii_only({"LC_ALL": locale}, encoding, "off") is False


@given(TERMS.filter(lambda term: term != "dumb"), st.sampled_from(["", "truecolor", "24bit", "yes"]))
def test_colours_are_counted_as_rich_counts_them(term: str, colorterm: str) -> None:
    environ = {"TERM": term, "COLORTERM": colorterm}
    console = Console(file=io.StringIO(), force_terminal=True, _environ=environ, legacy_windows=False)
    names = {"standard": Colours.SIXTEEN, "256": Colours.MANY, "truecolor": Colours.TRUE}
    assert colours(environ) is names[console.color_system or ""]


def test_colours_follow_the_setting_of_textual() -> None:
    assert colours({"TERM": "xterm", "TEXTUAL_COLOR_SYSTEM": "truecolor"}) is Colours.TRUE  # as in a browser
    assert colours({"COLORTERM": "truecolor", "TEXTUAL_COLOR_SYSTEM": "256"}) is Colours.MANY
    assert colours({"TERM": "xterm", "TEXTUAL_COLOR_SYSTEM": "auto"}) is Colours.SIXTEEN


def test_no_color_is_respected_if_it_is_not_empty() -> None:
    assert colours({"NO_COLOR": "1", "COLORTERM": "truecolor"}) is Colours.NONE
    assert colours({"NO_COLOR": "", "COLORTERM": "truecolor"}) is Colours.TRUE


@pytest.mark.parametrize("name", ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"])
def test_over_ssh_the_sound_is_reported_to_be_elsewhere(name: str) -> None:
    sentence = remote({name: "10.0.0.1 1 10.0.0.2 22"}, "attic\x1b[2J")
    assert "attic?[2J" in sentence
    assert sentence.isprintable()
    assert "the other computer" in remote({name: "x"})
    assert remote({}) == ""
    assert over_ssh({name: "x"})
    assert not over_ssh({name: ""})


@pytest.mark.parametrize(
    ("environ", "reduced", "moving"),
    [
        ({}, False, True),
        ({}, True, False),
        ({"TEXTUAL_ANIMATIONS": "none"}, False, False),
        ({"TEXTUAL_ANIMATIONS": "NONE"}, False, False),
        ({"TEXTUAL_ANIMATIONS": "full"}, False, True),
        ({"TEXTUAL_ANIMATIONS": "full"}, True, False),
    ],
)
def test_nothing_moves_where_motion_is_not_wanted(environ: dict[str, str], reduced: bool, moving: bool) -> None:
    assert detect_terminal(environ, "utf-8", replace(LOOK, reduced_motion=reduced)).moving is moving


@given(
    st.dictionaries(
        st.sampled_from(
            ["TERM", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "COLORTERM", "SSH_TTY", "TEXTUAL_ANIMATIONS"]
        ),
        st.text(max_size=20),
    ),
    st.none() | st.text(max_size=12),
    st.text(max_size=80),
)
def test_the_environment_is_only_read(environ: dict[str, str], encoding: str | None, host: str) -> None:
    found = detect_terminal(environ, encoding, LOOK, host=host)
    assert len(found.remote) < 200
    assert found.remote.isprintable()


def test_detecting_the_terminal_needs_no_textual() -> None:
    code = "import sys, retro_timer.runtime.terminal; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
