"""Help: it agrees with the evidence, fits every width, can be searched, and never stops a session."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.widgets import Input

from retro_timer.config.keymap import ACTIONS, SCOPES, resolve
from retro_timer.help import blocks, content
from retro_timer.help.blocks import Points, Table, Text
from retro_timer.help.content import sections
from retro_timer.help.layout import in_text, lay_out
from retro_timer.help.search import filtered
from retro_timer.runtime.resolve import resolve as find_workout
from retro_timer.runtime.services import Services
from retro_timer.session.states import State
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.screens.help import HelpBody, HelpScreen
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.widgets.tabsbar import TabsBar
from tests.ui.support import current_tab, one_by_one

EVERYTHING = sections(resolve({}), "session")
SIZES = [(80, 24), (120, 40), (240, 67), (40, 12), (20, 5), (1, 1)]


def app_on(workout: str | None = None) -> tuple[RetroTimerApp, FakeClock]:
    clock = FakeClock()
    walk = find_workout(workout) if workout else None
    app = RetroTimerApp(Services(clock, lambda *_: RecordingPlayer(), pressed_at=one_by_one()), workout=walk)
    app.animation_level = "none"  # without smooth scrolling, there is nothing to wait for
    return app, clock


def shown(app: RetroTimerApp) -> str:
    return "\n".join(row.text for row in app.screen.query_one(HelpBody).rows)


def test_every_key_of_every_screen_is_listed_those_of_the_screen_first() -> None:
    text = in_text(EVERYTHING, 100)
    for action in ACTIONS:
        assert action.help in text
    titles = [block.title for block in EVERYTHING[0].blocks if isinstance(block, blocks.Keys)]
    assert titles[:3] == [SCOPES["session"], "A presentation clicker in a session", SCOPES["app"]]
    assert sorted(titles) == sorted([*SCOPES.values(), titles[1]])


def test_the_walkers_own_keys_are_listed_in_place_of_ours() -> None:
    text = in_text((content.keys(resolve({"session.skip": "f9"}), "session"),), 80)
    assert "f9          Go to the next interval." in text
    assert "n →" not in text


@pytest.mark.parametrize(
    "fact",
    [
        "Clip the safety key",
        "some makers advise against",
        "recent fall",
        "vertigo",
        "Stop for chest pain, dizziness, nausea or shortness of breath.",
        "Never turn on a moving belt.",
        "BMC Musculoskeletal Disorders 20:159",
        "10 min, 3 a week, 6 weeks",
        "oxygen cost fell 19 %",
        "20 min, 5 a week, 4 weeks",
        "30 min, 3 a week, 4 weeks",
        "3.5 mph (5.6 km/h)",
        "at 3.2 to 3.7 mph (5.1 to 6.0 km/h): oxygen cost fell 19 %",
        "on a 10 % slope at 3 km/h",
        "Lin 2025",
        "how often people fall",
        "Clear 2 m (6.5 ft) behind the treadmill, and 0.5 m",
        "Beyond takes the minutes, not the speed",
        "less 20 % for holding the rail",
        "10 to 20 minutes, 3 to 5 times a week",
    ],
)
def test_the_evidence_is_shown(fact: str) -> None:
    assert fact in in_text(EVERYTHING, 1000)


def test_no_scale_of_somebody_else_is_named_or_quoted() -> None:
    shown = in_text(EVERYTHING, 1000).casefold()
    for words in ("borg", "cr10", "rpe", "12.7", "maximal", "very strong", "somewhat", "very hard"):
        assert words not in shown


def test_the_ladder_is_that_of_the_presets() -> None:
    assert "Builder      4 x 2:00  8:00      20:00" in in_text((content.ladder(),), 100)


def test_every_study_of_the_table_is_among_the_sources() -> None:
    table = next(block for block in content.DOSES.blocks if isinstance(block, Table))
    sources = in_text((content.SOURCES,), 200)
    for study, *_ in table.rows:
        assert f"{study}." in sources


@settings(max_examples=40)
@given(st.integers(min_value=1, max_value=250), st.booleans())
def test_nothing_is_wider_than_the_screen_and_nothing_is_lost(width: int, ascii_only: bool) -> None:
    rows = lay_out(EVERYTHING, width, ascii_only=ascii_only)
    in_columns = lay_out(EVERYTHING, width + 40, ascii_only=ascii_only, columns=True)
    assert all(len(row.text) <= width + 40 for row in in_columns)
    whole = sorted(in_text(EVERYTHING, (width + 36) // 2, ascii_only=ascii_only).split())
    assert sorted(word for row in in_columns for word in row.text.split() if "─" not in word and "-" not in word) == [
        word for word in whole if "─" not in word and "-" not in word
    ]
    assert all(len(row.text) <= max(width, 12) for row in rows)
    text = "".join("".join(row.text for row in rows).split())
    for part in EVERYTHING:
        for block in part.blocks:
            said = [block.words] if isinstance(block, Text) else block.items if isinstance(block, Points) else []
            for words in said:
                assert "".join(words.split()) in text.replace("•", "").replace("*", "")


@settings(max_examples=30)
@given(st.integers(min_value=1, max_value=120))
def test_the_ascii_form_is_ascii(width: int) -> None:
    assert in_text(EVERYTHING, width, ascii_only=True).isascii()


@given(st.text(max_size=40))
def test_a_search_never_fails_and_finds_only_what_matches(query: str) -> None:
    found = in_text(filtered(EVERYTHING, query), 10_000).casefold()
    if filtered(EVERYTHING, query):
        assert all(
            word in found or word in "".join(part.id for part in EVERYTHING) for word in query.casefold().split()
        )


def test_the_buttons_of_a_clicker_are_listed_with_what_they_do_now() -> None:
    def listed(keys: dict[str, str]) -> str:
        return in_text((content.keys(resolve(keys), "session"),), 80)

    assert re.search(r"black screen +Pause, or resume\.", listed({}))
    assert re.search(r"black screen +Mute, or unmute\.", listed({"session.mute": ".", "session.pause": "space"}))
    assert "black screen" not in listed({"session.pause": "space"})


def test_a_search_finds_points_rows_keys_and_whole_sections() -> None:
    assert [part.id for part in filtered(EVERYTHING, "alghadir 2019")] == ["doses", "ladder", "sources"]
    assert "Heath" not in in_text(filtered(EVERYTHING, "knee alghadir"), 100)
    assert "Go to the next interval." in in_text(filtered(EVERYTHING, "next interval"), 100)
    assert [part.id for part in filtered(EVERYTHING, "turning around")] == ["turning"]
    assert filtered(EVERYTHING, "  ") == EVERYTHING
    assert filtered(EVERYTHING, "xyzzy") == ()


def test_the_text_of_help_needs_no_screen() -> None:
    code = "import sys, retro_timer.help.layout; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_help_opens_over_a_session_that_runs_on_with_its_keys_first(key: str) -> None:
    app, clock = app_on("first-try")
    async with app.run_test(size=(80, 24)) as pilot:
        session = app.screen
        assert isinstance(session, SessionScreen)
        await pilot.press(key, key)  # first its keys alone, below the countdown
        assert shown(app).split("\n")[2] == SCOPES["session"]
        clock.move(13_000)
        session.tick()
        assert session.conductor.session.state is State.RUNNING
        assert session.conductor.session.position == 3_000
        await pilot.press("escape")
        assert app.screen_stack[-1] is session


async def test_the_help_key_closes_help_again() -> None:
    app, _ = app_on()
    async with app.run_test() as pilot:
        for _ in range(2):
            await pilot.press("f1")
            assert isinstance(app.screen, HelpScreen)
            await pilot.press("question_mark")
            assert isinstance(app.screen, HomeScreen)


async def test_help_can_be_read_at_every_size() -> None:
    app, _ = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f1")
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.press("end", "home", "pagedown", "right", "left")
            body = app.screen.query_one(HelpBody)
            assert body.max_scroll_x == 0
            assert len(body.rows) > 100


async def test_the_section_at_the_top_stays_there_when_the_width_changes() -> None:
    app, _ = app_on()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f1", "right", "right")
        body = app.screen.query_one(HelpBody)
        assert body.section == "safety"
        await pilot.resize_terminal(50, 20)
        await pilot.pause()
        assert body.section == "safety"


async def test_sections_are_reached_by_key_and_by_mouse_and_shown_in_the_tabs() -> None:
    app, _ = app_on()
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.press("f1")
        tabs, body = app.screen.query_one(TabsBar), app.screen.query_one(HelpBody)
        assert current_tab(tabs) == "keys"
        await pilot.press("left")
        assert current_tab(tabs) == "keys"
        await pilot.press("right")
        assert (current_tab(tabs), body.section) == ("technique", "technique")
        line = "".join(segment.text for segment in tabs.render_line(0))
        await pilot.click(TabsBar, offset=(line.index("doses") + 2, 0))
        await pilot.pause()
        assert (current_tab(tabs), body.section) == ("doses", "doses")
        await pilot.press("end")
        await pilot.pause()
        assert current_tab(tabs) == "sources"


async def test_words_are_found_while_typing_and_highlighted() -> None:
    app, _ = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f1", "slash", *"chest")
        await pilot.pause()
        assert "Stop for chest pain" in shown(app)
        assert "Keep your eyes" not in shown(app)
        body = app.screen.query_one(HelpBody)
        found = body.get_component_rich_style("help--found")
        pieces = [segment.text for y in range(10) for segment in body.render_line(y) if segment.style == found]
        assert pieces == ["chest"]
        await pilot.press("enter")
        assert body.has_focus
        await pilot.press("escape")
        assert isinstance(app.screen, HelpScreen)
        assert "Keep your eyes" in shown(app)
        assert not app.screen.query_one("#search", Input).region
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)


async def test_markup_that_is_searched_for_is_only_text() -> None:
    app, _ = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f1", "slash", *"[/]")
        await pilot.pause()
        assert app.screen.query_one(HelpBody).rows == ()
        await pilot.press("left", "right", "pagedown")


async def test_wide_screens_have_two_columns_and_a_search_that_is_always_there() -> None:
    app, _ = app_on()
    async with app.run_test(size=(200, 55)) as pilot:
        await pilot.press("f1")
        screen = app.screen
        assert screen.query_one("#search", Input).region
        lines = shown(app).split("\n")
        assert any((line.startswith("Home") and "In a session" in line) or "Everywhere" in line for line in lines)
        await pilot.click("#search")
        await pilot.press(*"chest")
        await pilot.pause()
        assert "Stop for chest pain" in shown(app)
        await pilot.press("escape")
        assert app.screen is screen
        assert "Keep your eyes" in shown(app)
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)
