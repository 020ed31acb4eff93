"""Today on Home: the plan's advice first, the week and the streak, the day after asked once, `retro-timer plan`."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from textual._compositor import LayoutUpdate
from textual.widgets import Static

from retro_timer.cli.main import run_command_line
from retro_timer.config.schema import Settings
from retro_timer.config.settings import Loaded, changed
from retro_timer.runtime.today import speed_words, today_from_entries
from retro_timer.session.history import Feedback, NextDay
from retro_timer.storage.errors import DamagedError, DiskFullError, UnwritableError
from retro_timer.storage.file_quarantine import asides
from retro_timer.storage.programmes import eight_weeks
from retro_timer.storage.store import Store
from retro_timer.storage.training_entries import Practised
from retro_timer.storage.transfer import import_sessions
from retro_timer.testing import FakeClock
from retro_timer.training.entry import TrainingEntry
from retro_timer.training.levels import SpeedRange
from retro_timer.training.plan import PlanChoices
from retro_timer.training.weeks import Goal
from retro_timer.ui import facts
from retro_timer.ui.facts import facts_from
from retro_timer.ui.screens.day_after import DayAfterScreen
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.plan import PlanScreen
from retro_timer.ui.screens.question import Question
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.widgets.today import TodayPanel, summarized, week_dots
from tests.storage.sessions import many
from tests.storage.test_training_entries import session_of
from tests.ui.drawn import settled
from tests.ui.support import SIZES, Stage, history, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.screen import Screen

    from retro_timer.runtime.services import Services
    from retro_timer.runtime.today import Today
    from retro_timer.storage.history import History
    from retro_timer.ui.facts import Facts

MONDAY = date(2026, 3, 2)


def home_in(directory: Path, **settings: Any) -> Stage:  # noqa: ANN401  (values of settings)
    mine = Settings()
    metric = {"units.speed": "km/h", "units.week_start": "monday", "first_start.done": True}
    for key, value in {**metric, **settings}.items():
        mine = changed(mine, key, value)
    clock = FakeClock()
    stage = Stage(clock=clock, store=Store(directory, clock), loaded=Loaded(mine, ()))
    stage.clock = clock
    return stage


def add(stage: Stage, days_ago: int, preset_id: str = "first-try", feedback: Feedback | None = None) -> str:
    walked = session_of(preset_id, started=stage.clock.wall() - timedelta(days=days_ago, minutes=30))
    said = feedback or Feedback(effort=3, next_day=NextDay.NORMAL)
    history(stage).add(replace(walked, summary=replace(walked.summary, feedback=said)))
    return walked.summary.uuid


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Wait for an effect of other threads, which may take any number of steps."""
    for _ in range(500):
        if holds():
            return
        await settled(pilot)
        await pilot.pause(0.01)
    assert holds()


def shown(stage: Stage) -> str:
    return "\n".join(text_of(stage.app))


async def test_the_history_is_read_in_a_thread_behind_the_first_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, frames, read = home_in(tmp_path), list[object](), threading.Event()
    display, looked = stage.app._display, list[tuple[bool, int]]()

    def reading(services: Services) -> Facts | None:
        looked.append((threading.current_thread() is threading.main_thread(), len(frames)))
        assert read.wait(60)
        return facts_from(services)

    def displayed(screen: Screen[Any], renderable: Any) -> None:  # noqa: ANN401  (as Textual's)
        if isinstance(screen, HomeScreen) and isinstance(renderable, LayoutUpdate):  # the whole screen
            frames.append(renderable)
        display(screen, renderable)

    monkeypatch.setattr("retro_timer.ui.facts.facts_from", reading)
    monkeypatch.setattr(stage.app, "_display", displayed)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        try:
            while not looked:  # noqa: ASYNC110  (no event for it)
                await asyncio.sleep(0.001)
            await pilot.press("down")
            assert "Starter" in shown(stage)
            assert "TODAY" not in shown(stage)
        finally:
            read.set()
        await until(pilot, lambda: "Start with Floor First" in shown(stage))
    ((on_the_loop, frames_before),) = looked
    assert not on_the_loop
    assert frames_before > 0


async def test_a_new_user_learns_where_to_start(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        text = shown(stage)
        assert "Start with Floor First" in text
        assert "This is your first walk of the plan." in text
        assert "week 1 of 8" in text
        assert "○○○ 0 of 3 sessions, 0 of 30 min" in text


async def test_today_shows_preset_rule_speeds_week_and_streak(tmp_path: Path) -> None:
    stage = home_in(tmp_path, **{"plan.start": "starter"})
    for days_ago in (7, 5, 3):
        add(stage, days_ago, "starter")
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        text = shown(stage)
        assert "Move on to Foundation" in text
        assert "You have walked three sessions at this level" in text
        assert "backward 1.6 km/h, forward 3.2 km/h" in text
        assert "To move on: Three complete sessions, the last two at effort 4 or less" in text
        assert "streak 1 week" in text


async def test_speeds_are_in_the_walkers_unit(tmp_path: Path) -> None:
    stage = home_in(tmp_path, **{"plan.start": "builder", "units.speed": "mph"})
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "backward 1.0-1.2 mph, forward 2.0-2.5 mph" in shown(stage)


@pytest.mark.parametrize("keys", ["t", "shift+tab enter"])
async def test_a_key_starts_it_and_the_session_keeps_its_preset(tmp_path: Path, keys: str) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        if " " in keys:
            stage.app.screen.query_one(TodayPanel).focus()
            keys = "enter"
        await pilot.press(keys)
        await settled(pilot)
        assert isinstance(stage.app.screen, SessionScreen)
        assert stage.session_screen.runner.workout.id == "floor-first"
        await stage.move(pilot, 10_000, 30_000)
        await pilot.press("q", "y")
        await settled(pilot)
        await pilot.press("3", "escape")
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        assert history(stage).page()[0].planned.preset_id == "floor-first"
        assert "1 of 3 sessions" in shown(stage)  # today's data is read again


async def test_advice_never_blocks_a_session_on_a_rest_day(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add(stage, 0, "floor-first")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "Rest, then First Try" in shown(stage)
        await pilot.press("t")
        await settled(pilot)
        assert isinstance(stage.app.screen, SessionScreen)


async def test_a_switched_off_plan_advises_no_preset(tmp_path: Path) -> None:
    stage = home_in(tmp_path, **{"plan.on": False})
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "The plan is switched off." in shown(stage)
        await pilot.press("t")
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)


@pytest.mark.parametrize(
    ("key", "answer"),
    [("n", NextDay.NORMAL), ("s", NextDay.MUSCLES), ("p", NextDay.PAIN), ("escape", NextDay.UNANSWERED)],
)
async def test_the_day_after_is_asked_once(tmp_path: Path, key: str, answer: NextDay) -> None:
    stage = home_in(tmp_path)
    add(stage, 1, feedback=Feedback(effort=3, note="windy"))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert isinstance(stage.app.screen, DayAfterScreen)
        assert "Sunday 1 March" in shown(stage)
        await pilot.press(key)
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        assert history(stage).page()[0].feedback == Feedback(effort=3, note="windy", next_day=answer)
    again = home_in(tmp_path)
    async with again.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert isinstance(again.app.screen, HomeScreen)


@pytest.mark.parametrize("days_ago", [0, 8])
async def test_the_day_after_is_not_asked_on_the_same_day_or_after_a_week(tmp_path: Path, days_ago: int) -> None:
    stage = home_in(tmp_path)
    add(stage, days_ago, feedback=Feedback())
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)


async def test_the_answer_about_the_day_after_leaves_the_others_as_they_are_stored(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    uuid = add(stage, 1, feedback=Feedback())
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, DayAfterScreen))
        assert history(stage).give_feedback(uuid, Feedback(fall=True, note="slipped"))
        await pilot.press("n")
        await settled(pilot)
        assert history(stage).page()[0].feedback == Feedback(fall=True, note="slipped", next_day=NextDay.NORMAL)


async def test_an_answer_that_cannot_be_saved_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> bool:
        raise DiskFullError("the disk is full")

    stage = home_in(tmp_path)
    add(stage, 1, feedback=Feedback())
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        monkeypatch.setattr("retro_timer.storage.history.History.give_feedback", full)
        await pilot.press("n")
        await settled(pilot)
        assert "Your answer is not saved: the disk is full." in shown(stage)


async def test_an_unreadable_history_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise UnwritableError("the history cannot be used")

    monkeypatch.setattr("retro_timer.ui.facts.facts_from", gone)
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "The plan is not available: the history cannot be used." in shown(stage)


async def test_impossible_sessions_are_named(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add(stage, -3)
    add(stage, -4)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        text = shown(stage)
        assert "The walk of 2026-03-05 lies in the future; today is 2026-03-02; it is left out. And 1 more" in text
        assert "0 of 3 sessions" in text


async def test_the_plan_is_shown_and_pain_changes_it(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("l")
        await settled(pilot)
        assert isinstance(stage.app.screen, PlanScreen)
        advice = stage.app.screen.query_one("#advice", Static)
        assert "Start with Floor First" in str(advice.content)
        await pilot.press("6")
        await settled(pilot)
        assert "Skip today" in str(advice.content)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)


@pytest.mark.parametrize("size", [*SIZES, (40, 12), (1, 1)])
@pytest.mark.sampled(3)
async def test_every_size_causes_no_error(tmp_path: Path, size: tuple[int, int]) -> None:
    stage = home_in(tmp_path)
    add(stage, 2)
    async with stage.app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("l")
        await settled(pilot)
        assert isinstance(stage.app.screen, PlanScreen)


async def test_ascii_draws_the_week_without_circles(tmp_path: Path) -> None:
    services = home_in(tmp_path).app.services
    stage = Stage(store=services.store, loaded=services.loaded, ascii_only=True)
    add(stage, 0)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "this week #-- 1 of 3" in shown(stage)
        body = "\n".join(line.rstrip("▁▂▃▄▅▆▇█ ") for line in text_of(stage.app))  # without the scroll bar
        assert body.isascii()


def test_dots_of_a_week() -> None:
    week = today_from_entries(eight_weeks(), Practised(), MONDAY, PlanChoices(), Goal(sessions=4)).week
    assert week_dots(replace(week, sessions=1), 4, ascii_only=False) == "●○○○"
    assert week_dots(replace(week, sessions=5), 4, ascii_only=False) == "●●●●●"
    assert week_dots(replace(week, sessions=500), 4, ascii_only=True) == "#######"


@pytest.mark.parametrize(
    ("weeks_ago", "words"), [((), ""), ((0,), "1 week"), ((0, 1, 2), "3 weeks"), ((0, 2), "2 weeks, 1 forgiven")]
)
def test_words_of_a_streak(weeks_ago: tuple[int, ...], words: str) -> None:
    entries = tuple(TrainingEntry(MONDAY - timedelta(weeks=weeks)) for weeks in reversed(weeks_ago))
    assert today_from_entries(eight_weeks(), Practised(entries), MONDAY, PlanChoices(), Goal()).streak_words == words


def test_a_streak_at_risk_says_so() -> None:
    today = today_from_entries(
        eight_weeks(), Practised((TrainingEntry(MONDAY - timedelta(weeks=2)),)), MONDAY, PlanChoices(), Goal()
    )
    assert today.streak_words == "1 week, 1 forgiven; walk this week to keep it"


def test_words_of_problems() -> None:
    assert summarized(()) == ""
    assert summarized(("one is odd",)) == "One is odd."
    assert summarized(("one is odd", "b", "c")) == "One is odd. And 2 more: retro-timer plan lists them."


@pytest.mark.parametrize(
    ("speeds", "imperial", "words"),
    [
        (SpeedRange(1.61, 1.61), True, "1.0 mph"),
        (SpeedRange(1.61, 1.61), False, "1.6 km/h"),
        (SpeedRange(0.8, 1.61), True, "0.5-1.0 mph"),
        (SpeedRange(4.02, 4.83), False, "4.0-4.8 km/h"),
    ],
)
def test_words_of_a_range_of_speeds(speeds: SpeedRange, imperial: bool, words: str) -> None:
    assert speed_words(speeds, imperial=imperial) == words


def test_the_command_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["plan", "--data-dir", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Start with Floor First: this is your first walk of the plan.\n")
    assert "retro-timer run floor-first" in printed
    assert "One missed week is forgiven" in printed


def test_the_command_prints_it_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["plan", "--json", "--pain", "5", "--data-dir", str(tmp_path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["action"], found["rung"], found["rule"]) == ("skip-today", "floor-first", "pain today")
    assert found["this_week"]["goal_sessions"] == 3
    assert found["streak"] == {"weeks": 0, "forgiven": 0, "at_risk": False}


@pytest.mark.parametrize("pain", ["11", "-1", "much"])
def test_the_command_refuses_impossible_pain(tmp_path: Path, capsys: pytest.CaptureFixture[str], pain: str) -> None:
    assert run_command_line(["plan", "--pain", pain, "--data-dir", str(tmp_path)]) == 2
    assert "--pain" in capsys.readouterr().err


async def assert_damage_is_reported(stage: Stage) -> None:
    """Check that Home asks about the damage, and that there is a new history."""
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, Question))
        await settled(pilot)  # the question takes keys once it is drawn
        await pilot.press("escape")
        notice = "The history was damaged; it was set aside as history.damaged-"
        await until(pilot, lambda: notice in " ".join(shown(stage).replace("│", " ").split()))
        assert not history(stage).page()


async def test_damage_found_in_the_background_is_reported_and_a_new_history_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = home_in(tmp_path)
    add(stage, 1)

    def broken(_path: Path, _stop: object) -> bool:
        raise DamagedError("the history is damaged")

    history(stage).database.examined = False
    monkeypatch.setattr("retro_timer.storage.database_file.check_file", broken)
    await assert_damage_is_reported(stage)


async def test_damage_found_while_reading_is_reported_and_a_new_history_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = home_in(tmp_path)
    add(stage, 1)

    damaged, today = history(stage), facts._today

    # The warning about speeds also reads today's data, and may be the first to find the damage.
    def read(services: Services, history: History, pain: int | None = None) -> Today:
        if history is damaged:
            raise DamagedError("the history holds a date that is none")
        return today(services, history, pain)

    monkeypatch.setattr("retro_timer.ui.facts._today", read)
    await assert_damage_is_reported(stage)


async def test_home_offers_to_repair_quarantined_data_and_reports_the_result(tmp_path: Path) -> None:
    with Store(tmp_path, FakeClock()).history as first:
        import_sessions(first, many(3))
    path = tmp_path / "history.db"
    path.write_bytes(b"no longer SQLite" + path.read_bytes()[16:])
    stage = home_in(tmp_path)
    logged: list[str] = []
    stage.app.services = replace(stage.app.services, log=logged.append)
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, Question))
        await settled(pilot)  # the question takes keys once it is drawn
        await pilot.press("y")
        await until(pilot, lambda: bool(logged))
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        assert any("3 sessions recovered, 0 lost" in notice.message for notice in stage.app._notifications)
        assert any("3 sessions recovered" in line for line in logged)
        assert len(history(stage).page()) == 3
        assert "set aside" not in shown(stage)
    assert asides(tmp_path) == []


async def test_home_offers_to_repair_a_session_in_quarantine_once(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    for days_ago in (7, 5, 3):
        add(stage, days_ago)
    history(stage).database.connection.execute("UPDATE sessions SET workout_id = x'00' WHERE id = 2")
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, Question))
        await settled(pilot)  # the question takes keys once it is drawn
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        assert "cannot be read" in " ".join(shown(stage).split())
        stage.app.screen.query_one(TodayPanel).read()
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
