"""Hostile text from every source, on every screen: it is drawn as text, and nothing in it controls the terminal.

The tests check everything that is sent to the terminal (`tests.ui.wire`). Every screen is shown twice: with markup,
wide letters and piles of marks, which are allowed in a name and must be drawn as they are; and with sequences that a
terminal obeys, which must be refused on input or made harmless. `NOTHING_FOREIGN` lists the other screens.
"""

from __future__ import annotations

import importlib
import io
import pkgutil
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from textual.events import Key
from textual.screen import Screen
from textual.widgets import Input

import retro_timer.ui
from retro_timer.audio import protocol
from retro_timer.cli.streams import SafeOutput
from retro_timer.page.supervisor import PageStatus
from retro_timer.session.sensing import LONGEST_NAME, SensorKind
from retro_timer.text import one_line
from retro_timer.ui.palette import Palette
from retro_timer.ui.preferences import UpdateSettings
from retro_timer.ui.screens.adjust import AdjustScreen
from retro_timer.ui.screens.ask import Ask, Choose
from retro_timer.ui.screens.builder import BuilderScreen
from retro_timer.ui.screens.coverable import CoverableScreen, ExplainsKeys
from retro_timer.ui.screens.day_after import DayAfterScreen
from retro_timer.ui.screens.first_start import FirstStartScreen
from retro_timer.ui.screens.help import HelpScreen
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.interrupted import InterruptedScreen
from retro_timer.ui.screens.key_catcher import KeyCatcher
from retro_timer.ui.screens.log_walk import LogWalkScreen
from retro_timer.ui.screens.overrides import OverridesScreen
from retro_timer.ui.screens.page_link import PageLinkScreen
from retro_timer.ui.screens.plan import PlanScreen
from retro_timer.ui.screens.progress import ProgressScreen
from retro_timer.ui.screens.question import Question
from retro_timer.ui.screens.sensors import SensorsScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.settings import SettingsScreen
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.screens.walk_test import WalkTestScreen
from retro_timer.ui.screens.watch import WatchScreen
from tests.ui.hostile import DRAWN, KEYS, OBEYED, SIZE, Home, Visit
from tests.ui.support import Stage
from tests.ui.wire import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

NOTHING_FOREIGN: Final[dict[type[Screen[Any]], str]] = {
    WalkTestScreen: "times and fixed texts",
    AdjustScreen: "shows phases and lengths; its fields take digits",
    KeyCatcher: "shows what an action of the table is for; the key it gets is named by the settings",
}
"""Screens that no text from outside reaches, and why."""
ELSEWHERE: Final[dict[type[Screen[Any]], str]] = {WatchScreen: "tests/ui/test_watch.py: it needs another session"}
"""Screens that another file shows hostile text."""


class Case(NamedTuple):
    """A way for foreign text to reach a screen.

    Attributes:
        visit: goes to the screen.
        screen: the screen on which the text must be seen.
        prepare: set up the files before the app starts.
    """

    visit: Callable[[Visit], Awaitable[None]]
    screen: type[Screen[Any]]
    prepare: tuple[Callable[[Home], None], ...]


CASES: dict[str, Case] = {}


def case(
    screen: type[Screen[Any]], *prepare: Callable[[Home], None]
) -> Callable[[Callable[[Visit], Awaitable[None]]], None]:
    """Register a visit as a case."""

    def add(visit: Callable[[Visit], Awaitable[None]]) -> None:
        CASES[getattr(visit, "__name__", "")] = Case(visit, screen, prepare)

    return add


@case(HomeScreen, Home.own_workout, Home.bad_workouts)
async def home_lists_files(visit: Visit) -> None:
    await visit.press("end", "up", "up")


@case(HomeScreen, Home.edited_sessions, Home.open_to_others)
async def home_warns(visit: Visit) -> None:
    await visit.press("escape")


@case(HomeScreen, Home.unreadable_session)
async def home_names_what_is_in_quarantine(visit: Visit) -> None:
    await visit.press("escape")


@case(HomeScreen, Home.unreadable_session)
async def home_names_what_cannot_be_repaired(visit: Visit) -> None:
    await visit.press("y")


@case(HomeScreen)
async def home_takes_a_paste(visit: Visit) -> None:
    await visit.paste(f"back {visit.home.text}")
    await visit.paste(f"/{visit.home.text[:30]}.zwo")


@case(HomeScreen)
async def home_reports_what_cannot_be_saved(visit: Visit) -> None:
    visit.home.lock_settings()
    visit.app.post_message(UpdateSettings({"look.theme": "amber"}))
    await visit.look()


@case(PageLinkScreen)
async def page_reports_a_problem(visit: Visit) -> None:
    reported = PageStatus(problem=protocol.text({"why": visit.home.text}, "why"))
    page: Any = SimpleNamespace(status=reported)
    visit.app.push_screen(PageLinkScreen(page))
    await visit.look()


@case(BuilderScreen, Home.own_workout)
async def builder_edits(visit: Visit) -> None:
    await visit.open_own("e", "down")


@case(BuilderScreen)
async def builder_takes_a_paste(visit: Visit) -> None:
    await visit.press("n")
    for field in ("#label", "#name", "NotationInput"):
        await visit.paste(visit.home.text, field)


@case(Question, Home.own_workout)
async def question_names_a_workout(visit: Visit) -> None:
    await visit.open_own("delete")


@case(Ask, Home.own_workout)
async def ask_names_a_workout(visit: Visit) -> None:
    await visit.open_own("x", "escape", "r")


@case(Ask)
async def ask_takes_a_paste(visit: Visit) -> None:
    await visit.press("i")
    await visit.paste(visit.home.text)
    await visit.press("enter")


@case(Ask, Home.bad_workouts)
async def ask_names_a_file(visit: Visit) -> None:
    await visit.press("i")
    visit.app.screen.query_one(Input).value = str(visit.home.workouts / f"{visit.home.name}.toml")
    await visit.press("enter")


@case(Ask, Home.sessions)
async def ask_exports_to_a_path(visit: Visit) -> None:
    await visit.open_history("x")
    await visit.paste(f"{visit.home.text}/a.fit")
    await visit.press("enter")


@case(Choose)
async def choose_names_a_workout(visit: Visit) -> None:
    await visit.paste(f'{{"name": {visit.home.quoted}, "blocks": [{{"phase": "backward", "seconds": 60}}]}}')


@case(OverridesScreen, Home.own_workout)
async def overrides_name_a_workout(visit: Visit) -> None:
    await visit.open_own("a")


@case(SessionScreen, Home.own_workout)
async def session_names_the_workout_and_says_labels(visit: Visit) -> None:
    await visit.open_own("enter")
    if isinstance(visit.app.screen, SessionScreen):
        await visit.walk()


@case(SessionScreen, Home.own_workout)
async def session_has_tips(visit: Visit) -> None:
    await visit.open_own("enter")
    if isinstance(visit.app.screen, SessionScreen):
        await visit.hover("Profile")


@case(SessionScreen, Home.own_workout)
async def session_names_keys_that_it_does_not_know(visit: Visit) -> None:
    await visit.open_own("enter")
    if isinstance(visit.app.screen, HomeScreen):
        await visit.press("enter")
    for character in KEYS:
        await visit.send(character)


@case(SummaryScreen, Home.own_workout)
async def summary_names_the_workout(visit: Visit) -> None:
    await visit.open_own("enter")
    if isinstance(visit.app.screen, SessionScreen):
        await visit.walk("plus", "q", "y", "s")


@case(SummaryScreen, Home.edited_sessions)
async def summary_shows_a_note(visit: Visit) -> None:
    await visit.open_history("enter")


@case(SummaryScreen, Home.sessions)
async def summary_takes_a_paste(visit: Visit) -> None:
    await visit.open_history("enter")
    await visit.paste(visit.home.text, "#note")
    await visit.press("enter")


@case(ProgressScreen, Home.edited_sessions)
async def progress_lists_sessions(visit: Visit) -> None:
    await visit.open_history()


@case(ProgressScreen, Home.sessions)
async def progress_says_what_cannot_be_read(visit: Visit) -> None:
    visit.home.damage()
    await visit.open_history()


@case(PlanScreen, Home.sessions)
async def plan_says_what_cannot_be_read(visit: Visit) -> None:
    visit.home.damage()
    await visit.press("l")


@case(SensorsScreen)
async def sensors_name_a_device(visit: Visit) -> None:
    await visit.press("h")
    visit.home.sensors.last.found(SensorKind.BELT, one_line(visit.home.text, LONGEST_NAME), "AA:00:00:00:00:01")
    await visit.press("enter")


@case(LogWalkScreen)
async def log_walk_takes_a_paste(visit: Visit) -> None:
    await visit.press("p", "n")
    for field in visit.app.screen.query(Input):
        await visit.paste(visit.home.text, f"#{field.id}")
    await visit.press("enter")


@case(InterruptedScreen, Home.interrupted)
async def interrupted_names_the_session(visit: Visit) -> None:
    await visit.look()


@case(DayAfterScreen, Home.session_without_day_after)
async def day_after_names_the_session(visit: Visit) -> None:
    await visit.look()


@case(SettingsScreen, Home.bad_settings)
async def settings_warn(visit: Visit) -> None:
    await visit.press("s")


@case(SettingsScreen)
async def settings_take_a_paste(visit: Visit) -> None:
    await visit.press("s", "tab", "tab", "enter")
    await visit.paste(f"/{visit.home.text}")
    await visit.press("enter")


@case(SettingsScreen)
async def settings_name_a_key(visit: Visit) -> None:
    await visit.press("s", "shift+tab", "enter")
    assert isinstance(visit.app.screen, KeyCatcher)
    visit.app.post_message(Key(visit.home.text, visit.home.text))
    await visit.look()


@case(FirstStartScreen, Home.no_settings)
async def first_start_names_the_sound_device(visit: Visit) -> None:
    await visit.press("enter")


@case(HelpScreen)
async def help_takes_a_paste(visit: Visit) -> None:
    await visit.press("question_mark", "slash")
    await visit.paste(visit.home.text[:30])


@case(Palette, Home.own_workout)
async def palette_lists_workouts(visit: Visit) -> None:
    await visit.press("ctrl+p")
    await visit.paste("walk il")
    await visit.found()


@case(Palette)
async def palette_takes_a_paste(visit: Visit) -> None:
    await visit.press("ctrl+p")
    await visit.paste(visit.home.text)
    await visit.found()


async def shown(name: str, text: str, directory: Path) -> tuple[Visit, list[str]]:
    """Show a case with a text; returns the visit, and the parts of the text that were obeyed."""
    home = Home(directory, text)
    for prepare in CASES[name].prepare:
        prepare(home)
    stage = home.start()
    async with stage.app.run_test(headless=False, size=SIZE, tooltips=True, notifications=True) as pilot:
        visit = Visit(home, stage, pilot)
        await visit.look()
        await CASES[name].visit(visit)
    assert stage.app.return_code in (0, None)
    return visit, [*visit.markup, *visit.wire.problems]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.sampled(4)
async def test_characters_allowed_in_names_are_drawn_unchanged(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    visit, problems = await shown(name, DRAWN, tmp_path_factory.mktemp("h"))
    assert not problems
    assert CASES[name].screen in visit.screens, visit.wire.text()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.sampled(4)
async def test_nothing_controls_the_terminal(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    _, problems = await shown(name, OBEYED, tmp_path_factory.mktemp("h"))
    assert not problems


async def test_a_crash_is_reported_in_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_: HomeScreen) -> None:
        raise ValueError(OBEYED)

    terminal = SafeOutput(output := Output(), "utf-8", line_buffering=True)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(HomeScreen, "action_new", crash)
    monkeypatch.setenv("TERM", "xterm-256color")
    stage = Stage()
    with pytest.raises(ValueError, match="evil"):
        async with stage.app.run_test(size=SIZE) as pilot:
            await pilot.press("n")
    text = output.getvalue().decode()
    assert "ValueError: evil?" in text
    assert not UNSEEN.search(text.replace("\n", ""))
    assert "?[31m" not in text  # blocked colours would leave unreadable remains


class Output(io.BytesIO):
    """The output on a terminal."""

    def isatty(self) -> bool:
        return True


def test_every_screen_is_shown_hostile_text() -> None:
    for module in pkgutil.walk_packages(retro_timer.ui.__path__, "retro_timer.ui."):
        importlib.import_module(module.name)
    found: set[type[Screen[Any]]] = set()
    classes: list[type[Screen[Any]]] = [Screen]
    while classes:
        classes += (known := classes.pop()).__subclasses__()
        ours = known.__module__.startswith("retro_timer.ui.") and "[" not in known.__name__
        if ours and known not in {CoverableScreen, ExplainsKeys}:  # these are base classes
            found.add(known)
    assert found == {known.screen for known in CASES.values()} | set(NOTHING_FOREIGN) | set(ELSEWHERE)
