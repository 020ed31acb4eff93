"""The progress screen: every span, size and theme, any number of sessions, and the actions on a session."""

from __future__ import annotations

import asyncio
import re
import threading
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from textual.widgets import Input, OptionList, Static

from retro_timer.runtime.progress import Span
from retro_timer.runtime.progress_words import totals
from retro_timer.scheduling.presets import presets
from retro_timer.session.history import Feedback, NextDay
from retro_timer.storage.errors import UnwritableError
from retro_timer.storage.history import History
from retro_timer.storage.writer import write_session
from retro_timer.ui.screens.ask import Ask
from retro_timer.ui.screens.progress import PAGE, ProgressScreen
from retro_timer.ui.screens.question import Question
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.themes import PALETTES
from retro_timer.ui.widgets.calendar import Calendar
from retro_timer.ui.widgets.plot import Plot, even_ticks
from retro_timer.ui.widgets.sessions_list import SessionsList
from tests.storage.test_training_entries import session_of
from tests.ui.drawn import settled
from tests.ui.snapshot import assert_snapshot
from tests.ui.support import SIZES, Stage, history, text_of
from tests.ui.test_today import add, home_in

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from retro_timer.session.history import SessionSummary


def add_many(stage: Stage, count: int, *, every: timedelta = timedelta(hours=33)) -> None:
    """Add sessions up the ladder, in one transaction."""
    ladder = [session_of(workout.id) for workout in presets()]
    with history(stage).database.writing() as connection:
        for index in range(count):
            walked = ladder[min(len(ladder) - 1, index * 10 // max(count, 10))]
            start = replace(
                walked.summary.start, uuid=str(uuid4()), started=stage.clock.wall() - (count - index) * every
            )
            feedback = Feedback(effort=2 + index % 4, next_day=NextDay.NORMAL)
            write_session(connection, replace(walked, summary=replace(walked.summary, start=start, feedback=feedback)))


async def open_progress(stage: Stage, pilot: Pilot[int]) -> ProgressScreen:
    screen = ProgressScreen()
    await stage.app.push_screen(screen)
    await settled(pilot)
    return screen


def shown(stage: Stage) -> str:
    return "\n".join(text_of(stage.app))


@pytest.mark.usefixtures("pictured_presets")
@pytest.mark.parametrize("count", [0, 1, 3, 40])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_it_looks_as_it_was_looked_at(tmp_path: Path, count: int, size: tuple[int, int]) -> None:
    stage = home_in(tmp_path)
    add_many(stage, count)
    async with stage.app.run_test(size=size) as pilot:
        await open_progress(stage, pilot)
        assert_snapshot(f"progress-{count}-{size[0]}x{size[1]}", text_of(stage.app))


async def test_p_opens_it_and_escape_leaves_it(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("p")
        await settled(pilot)
        assert isinstance(stage.app.screen, ProgressScreen)
        assert "No sessions yet." in shown(stage)
        await pilot.press("escape")
        await settled(pilot)
        assert not isinstance(stage.app.screen, ProgressScreen)


@pytest.mark.parametrize(("key", "span"), list(zip("1234", Span, strict=True)))
async def test_spans_are_chosen_by_key(tmp_path: Path, key: str, span: Span) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 5, every=timedelta(days=100))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await open_progress(stage, pilot)
        await pilot.press(key)
        await settled(pilot)
        assert screen._span is span
        sessions = {Span.FOUR_WEEKS: 0, Span.TWELVE_WEEKS: 0, Span.YEAR: 3, Span.ALL: 5}[span]
        assert f"{sessions} session" in shown(stage)


async def test_plots_are_chosen_by_arrow_and_by_mouse(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 20)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await open_progress(stage, pilot)
        assert "minutes walked" in shown(stage)
        await pilot.press("right")
        assert "longest bout backward" in shown(stage)
        await pilot.press("left", "left")
        assert "preset on the ladder" in shown(stage)
        await pilot.click("#plots", offset=(27, 0))
        await pilot.pause()
        assert "effort, 0 to 10" in shown(stage)
        assert screen._plot == "effort"


async def test_thousands_of_sessions_are_read_a_page_at_a_time(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 5_000, every=timedelta(hours=9))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        screen = await open_progress(stage, pilot)
        sessions = screen.query_one("#sessions", OptionList)
        assert sessions.option_count == PAGE
        await pilot.press("4")
        await settled(pilot)
        assert "5,000 sessions" in shown(stage)
        sessions.highlighted = PAGE - 1
        await settled(pilot)
        assert sessions.option_count == 2 * PAGE
        ids = [sessions.get_option_at_index(index).id for index in range(2 * PAGE)]
        assert ids == [summary.uuid for summary in history(stage).page(limit=2 * PAGE)]


async def test_a_list_that_is_read_again_meanwhile_has_each_session_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 3 * PAGE)
    page, goes_on, again = History.page, threading.Event(), threading.Event()

    def slow(self: History, *, limit: int = PAGE, after: str | None = None) -> tuple[SessionSummary, ...]:
        found = page(self, limit=limit, after=after)
        if after is None:
            again.set()
        else:
            assert goes_on.wait(10)
        return found

    async with stage.app.run_test(size=(120, 40)) as pilot:
        screen = await open_progress(stage, pilot)
        sessions = screen.query_one("#sessions", OptionList)
        monkeypatch.setattr(History, "page", slow)
        sessions.highlighted = PAGE - 10
        await pilot.pause()
        screen._reread(None)  # as after a session was edited
        await asyncio.to_thread(again.wait, 0.5)
        for _ in range(20):
            await pilot.pause()
        goes_on.set()
        await settled(pilot)
        ids = [sessions.get_option_at_index(index).id for index in range(sessions.option_count)]
        assert ids == [summary.uuid for summary in page(history(stage), limit=len(ids))]


@pytest.mark.parametrize("theme", [*(palette.name for palette in PALETTES), "textual-light", "ansi-dark", "ansi-light"])
@pytest.mark.parametrize("plot", [0, 2])
@pytest.mark.sampled(3)
async def test_every_theme_gives_its_colours_to_the_plots(tmp_path: Path, theme: str, plot: int) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 20)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.theme = theme
        screen = await open_progress(stage, pilot)
        await pilot.press(*["right"] * plot)
        await settled(pilot)
        chosen = next(iter(screen.query(".-chosen").results())).query_one(Plot)
        kind = "plot--backward" if plot == 0 else "plot--forward"
        wanted = chosen.get_component_styles(kind).color.rich_color
        drawn = {span.style.color for span in chosen.render().spans if not isinstance(span.style, str)}
        assert wanted in drawn or wanted.number in {color.number for color in drawn if color}


@pytest.mark.parametrize("size", [*SIZES, (40, 12), (64, 20), (10, 3), (1, 1)])
@pytest.mark.sampled(3)
async def test_every_size_causes_no_error(tmp_path: Path, size: tuple[int, int]) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 30)
    async with stage.app.run_test(size=size) as pilot:
        screen = await open_progress(stage, pilot)
        for key in ("right", "3", "4", "down"):
            await pilot.press(key)
            await settled(pilot)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert stage.app.screen is screen
        assert "30 sessions" in shown(stage)


async def test_ascii_draws_with_plain_characters(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    stage.app.services = replace(stage.app.services, ascii_only=True)
    add_many(stage, 30)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_progress(stage, pilot)
        body = "\n".join(re.sub("[▁▂▃▄▅▆▇█] │$", "", line) for line in text_of(stage.app))  # without the scroll bar
        assert re.sub("[╭╮╰╯─│]", "", body).isascii()  # the filter converts borders


@pytest.mark.parametrize(("start", "names"), [("monday", "MoWeFrSu"), ("sunday", "SuTuThSa"), ("saturday", "SaMoWeFr")])
async def test_weeks_begin_on_the_walkers_day(tmp_path: Path, start: str, names: str) -> None:
    stage = home_in(tmp_path, **{"units.week_start": start})
    add_many(stage, 3)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await open_progress(stage, pilot)
        left, top, _, _ = screen.query_one(Calendar).region
        days = text_of(stage.app)[top + 1 : top + 8]
        assert "".join(line[left : left + 2].strip() for line in days) == names


async def test_the_answers_of_a_session_can_be_edited(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 3)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_progress(stage, pilot)
        await pilot.press("down", "e")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        await pilot.press("9", "enter")
        await settled(pilot)
        assert isinstance(stage.app.screen, ProgressScreen)
        assert history(stage).page()[1].feedback.effort == 9
        assert "effort 9" in shown(stage)
        assert stage.app.screen.query_one("#sessions", OptionList).highlighted == 1


async def test_a_key_that_is_pressed_twice_opens_a_session_once(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 3)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await open_progress(stage, pilot)
        screen.action_edit()
        screen.action_edit()
        await settled(pilot)
        assert [type(each) for each in stage.app.screen_stack[-2:]] == [ProgressScreen, SummaryScreen]


@pytest.mark.parametrize(("answer", "left"), [("y", 2), ("escape", 3)])
async def test_deleting_asks_first(tmp_path: Path, answer: str, left: int) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 3)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_progress(stage, pilot)
        await pilot.press("delete")
        await settled(pilot)
        assert isinstance(stage.app.screen, Question)
        await pilot.press(answer)
        await settled(pilot)
        assert len(history(stage).page()) == left
        assert f"{left} sessions" in shown(stage)


async def test_the_last_session_deleted_leaves_an_empty_screen(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 1)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_progress(stage, pilot)
        await pilot.press("delete", "y")
        await settled(pilot)
        assert "No sessions yet." in shown(stage)
        await pilot.press("e", "x", "delete")
        await settled(pilot)
        assert isinstance(stage.app.screen, ProgressScreen)


async def test_a_session_is_exported_by_the_ending_of_its_file(tmp_path: Path) -> None:
    stage = home_in(tmp_path / "data")
    add_many(stage, 1)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_progress(stage, pilot)
        for name in ("walk.tcx", "walk.tcx"):
            await pilot.press("x")
            await settled(pilot)
            assert isinstance(stage.app.screen, Ask)
            stage.app.screen.query_one(Input).value = str(tmp_path / name)
            await pilot.press("enter")
            await settled(pilot)
        problem = stage.app.screen.query_one("#problem", Static).content
        assert str(problem).endswith("walk.tcx already exists: choose another name")
        await pilot.press("escape")
        await settled(pilot)
    assert b"TrainingCenterDatabase" in (tmp_path / "walk.tcx").read_bytes()


async def test_an_unreadable_history_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise UnwritableError("the history cannot be used")

    stage = home_in(tmp_path)
    add_many(stage, 3)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        monkeypatch.setattr("retro_timer.ui.screens.progress.progress_of", gone)
        await open_progress(stage, pilot)
        assert "The history cannot be read: the history cannot be used." in shown(stage)


async def test_impossible_sessions_are_named_and_not_counted(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add(stage, -3)
    add(stage, 2)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_progress(stage, pilot)
        text = shown(stage)
        assert "The walk of 2026-03-05 lies in the future" in text
        assert "1 session " in text


async def test_settings_that_are_changed_meanwhile_hold_on_screens_that_are_opened_later(tmp_path: Path) -> None:
    stage = home_in(tmp_path, **{"units.clock": "24h"})
    add(stage, 2)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_progress(stage, pilot)
        await stage.app.change_settings({"units.clock": "12h"})
        await pilot.press("e")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        assert re.search(r"\d:\d\d [AP]M", shown(stage))


@pytest.mark.parametrize("note", ["a long note, " * 30, "眼" * 100], ids=["long", "wide"])
async def test_every_session_takes_one_line(tmp_path: Path, note: str) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 3)
    walked = session_of("first-try")
    summary = replace(
        walked.summary,
        planned=replace(walked.summary.planned, name="朝の散歩" * 10),
        feedback=Feedback(note=note, next_day=NextDay.NORMAL),
    )
    history(stage).add(replace(walked, summary=summary))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await open_progress(stage, pilot)
        sessions = screen.query_one("#sessions", OptionList)
        assert sessions.virtual_size.height == sessions.option_count == 4
        rows = [widened(line) for line in text_of(stage.app) if line.startswith("│ 2026-")]
        assert len({row.index(" back ") for row in rows}) == 1


def widened(line: str) -> str:
    """A line with a character for each cell."""
    return "".join(character + "." * (cell_len(character) - 1) for character in line)


async def test_names_and_notes_from_outside_are_shown_as_they_are(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    walked = session_of("first-try", started=stage.clock.wall() - timedelta(days=2))
    planned = replace(walked.summary.planned, name="[bold]x[/] [@click=quit]")
    feedback = Feedback(note="[/] [link=x]y", next_day=NextDay.NORMAL)
    history(stage).add(replace(walked, summary=replace(walked.summary, planned=planned, feedback=feedback)))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_progress(stage, pilot)
        assert "[bold]x[/] [@clic…" in shown(stage)
        assert "[/] [link=x]y" in shown(stage)
        await pilot.press("e")
        await settled(pilot)
        assert "[bold]x[/] [@click=quit]" in shown(stage)


@given(st.floats(0, 100_000), st.sampled_from([4, 6]))
def test_axes_have_even_steps_up_to_the_highest_value(highest: float, most: int) -> None:
    ticks = even_ticks(highest, most)
    assert ticks[0] == 0
    assert ticks[-1] >= highest
    assert len({after - before for before, after in pairwise(ticks)}) == 1
    assert 2 <= len(ticks) <= most


async def test_empty_plots_say_what_will_be_there_and_short_times_have_seconds(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_progress(stage, pilot)
        for words in ("After your first walk", "No effort rated yet", "No sessions yet"):
            assert words in shown(stage)
    short = SimpleNamespace(sessions=1, walked=3_660, backward=55, measured=0)
    assert totals(short) == "1 session   1 h 01 min walked   0:55 backward"  # type: ignore[arg-type]  # what it reads


async def test_with_room_each_session_is_shown_with_more_about_it(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 20)
    async with stage.app.run_test(size=(200, 55)) as pilot:
        screen = await open_progress(stage, pilot)
        assert "Sun 2026-03-01" in shown(stage)
        assert "longest  5:00" in shown(stage)
        sessions = screen.query_one(SessionsList)
        sessions.highlighted = 3
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert "longest  5:00" not in shown(stage)
        assert "15:00 back  effort" in shown(stage)
        assert sessions.highlighted == 3


async def test_with_room_the_calendar_has_an_empty_line_between_days(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add_many(stage, 20)
    async with stage.app.run_test(size=(200, 55)) as pilot:
        screen = await open_progress(stage, pilot)
        for size, apart in (((200, 55), 4), ((120, 40), 2)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            calendar = screen.query_one(Calendar)
            lines = ["".join(part.text for part in calendar.render_line(y)) for y in range(calendar.size.height)]
            monday, wednesday = (next(y for y, line in enumerate(lines) if line.startswith(d)) for d in ("Mo", "We"))
            assert wednesday - monday == apart
