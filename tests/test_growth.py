"""Limits on growth, counted rather than timed, so that they are the same on every machine.

`tests/benchmarks/growth.py` and `memory.py` measure the times.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Self

import pytest

from retro_timer.config.schema import Settings
from retro_timer.runtime.progress import Span, progress_of
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.today import today_of
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.conductor import Conductor
from retro_timer.session.engine import Session
from retro_timer.session.states import SECOND
from retro_timer.session.timeline import CueTimeline
from retro_timer.storage.journal import Journal
from retro_timer.storage.memory import memory_history
from retro_timer.training.weeks import Streak
from retro_timer.ui.screens.adjust import AdjustScreen
from retro_timer.ui.screens.progress import PAGE, ProgressScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.widgets.sessions_list import SessionsList
from tests.architecture import PACKAGE
from tests.benchmarks.histories import SIZE, WALKS_A_WEEK, fill, make, morning_after
from tests.benchmarks.histories import stage_in as stage_with
from tests.benchmarks.rehearsing import TIMEOUT, drawn, stage_in, walk_on, walk_once
from tests.benchmarks.schedules import BEGIN, EDITS, conductor_of, workout_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType

    from textual.app import App

    from retro_timer.runtime.today import Today
    from retro_timer.storage.history import History

    Ask = Callable[[History, int], object]

FEW, MANY = 10, 10_000
SESSIONS, LEFT_BY_TEXTUAL = 10, 3
OF_A_SESSION: Final[tuple[type, ...]] = (
    SessionScreen,
    SummaryScreen,
    AdjustScreen,
    Runner,
    Conductor,
    Session,
    Journal,
)


class Calls:
    """The number of calls of Python functions, including resumed generators, within a `with` block.

    Args:
        of: parts of the paths of the files whose functions count; by default all do.
    """

    def __init__(self, *of: str) -> None:
        self.count = 0
        self._of = of

    def __enter__(self) -> Self:
        self._before = sys.getprofile()
        sys.setprofile(self._called)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.setprofile(self._before)

    def _called(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and (not self._of or any(part in frame.f_code.co_filename for part in self._of)):
            self.count += 1


def calls_in(act: Callable[[], object]) -> int:
    """The number of calls of Python functions."""
    with Calls() as calls:
        act()
    return calls.count


class Counting(tuple[int, ...]):
    """The starts of intervals, which count lookups."""

    __slots__ = ()
    looks = 0

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401  (a number or a slice)
        type(self).looks += 1
        return super().__getitem__(index)


@pytest.mark.parametrize("intervals", [FEW, 1000, MANY])
def test_the_current_interval_is_found_by_binary_search(intervals: int) -> None:
    schedule = flatten(workout_of(intervals))
    schedule.__dict__["starts"] = Counting(schedule.starts)
    worst = 0
    for second in range(0, schedule.total, max(1, schedule.total // 500)):
        Counting.looks = 0
        schedule.position_at(second)
        worst = max(worst, Counting.looks)
    assert worst <= len(schedule).bit_length() + 4
    assert worst > 0


def test_the_cues_of_the_next_ten_seconds_are_no_more_work_in_a_long_schedule() -> None:
    counts = []
    for intervals in (FEW, MANY):
        schedule = flatten(workout_of(intervals))
        middle = (schedule.starts[len(schedule) // 2 // 4 * 4 + 1]) * SECOND  # where a turn begins
        timeline = CueTimeline(schedule)
        counts.append(calls_in(lambda: timeline.between(middle, middle + 10 * SECOND)))  # noqa: B023  (called at once)
    few, many = counts
    assert 0 < many <= few * 1.5


def test_a_second_of_a_session_is_no_more_work_in_a_long_one() -> None:
    counts = []
    for intervals in (FEW, MANY):
        conductor = conductor_of(workout_of(intervals))
        counts.append(
            calls_in(lambda: [conductor.advance(BEGIN + n * SECOND) for n in range(1, 30)])  # noqa: B023  (called at once)
        )
    few, many = counts
    assert 0 < many <= few * 1.2


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_a_few_calls_for_each_interval_at_the_most(name: str) -> None:
    """The budget of 10 ms for 10,000 intervals is 1 microsecond for each: about two calls, cues and words included."""
    conductor = conductor_of(workout_of(MANY))
    session, edit = conductor.session, EDITS[name]
    assert calls_in(lambda: conductor.call(BEGIN, lambda now: session.edit(now, edit))) <= 2 * MANY
    assert session.can_undo
    assert calls_in(lambda: session.undo(BEGIN)) <= 4 * MANY
    assert session.can_redo
    assert calls_in(lambda: session.redo(BEGIN)) <= 4 * MANY


def steps_of(history: History, ask: Ask, count: int) -> int:
    """The number of steps of SQLite's virtual machine for a query."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = history.database.connection
    connection.set_progress_handler(step, 1)
    try:
        ask(history, count)
    finally:
        connection.set_progress_handler(None, 0)
    return steps


def calls_of(history: History, ask: Ask, count: int) -> int:
    """The number of calls of Python functions for a query."""
    return calls_in(lambda: ask(history, count))


MANY_WALKS: Final = 1000
PROGRESS: Final = 1.08
"""Maximum ratio of the calls to open Progress with this many sessions to those without any."""
WALKS = (1000, 10_000)
"""The second is the size that the history is designed for. Both fill the weeks and the page that are shown."""


@pytest.fixture(scope="module")
def histories() -> dict[int, History]:
    filled = {}
    for count in WALKS:
        filled[count] = history = memory_history()
        fill(history, count)
    return filled


def ask_home(history: History, count: int) -> Today:
    return today_of(history, Settings(), WeekStart.MONDAY, morning_after(count))


def ask_progress(history: History, count: int) -> object:
    return progress_of(history, Span.TWELVE_WEEKS, morning_after(count), WeekStart.MONDAY)


def ask_list(history: History, _count: int) -> object:
    return history.page(limit=60)


def test_the_list_reads_only_one_page_of_a_long_history(histories: dict[int, History]) -> None:
    for costs in (steps_of, calls_of):
        few, many = (costs(history, ask_list, count) for count, history in histories.items())
        assert 0 < many <= few * 1.3


@pytest.mark.parametrize(("ask", "steps", "calls"), [(ask_home, 30, 80), (ask_progress, 70, 3)])
def test_one_session_more_is_little_work_for_the_plan_and_for_progress(
    histories: dict[int, History], ask: Ask, steps: int, calls: int
) -> None:
    """The plan reads every session; Progress has the database compute the totals, and counts the weeks."""
    more = WALKS[1] - WALKS[0]
    for costs, most in ((steps_of, steps), (calls_of, calls)):
        few, many = (costs(history, ask, count) for count, history in histories.items())
        assert 0 < (many - few) / more <= most


async def test_progress_opens_with_hardly_more_calls_than_without_sessions(tmp_path: Path) -> None:
    """Until everything is shown: each plot is drawn once, for the weeks of its span, and one page of the list."""
    counts = []
    for count in (0, MANY_WALKS):
        make(tmp_path / str(count), count)
    for count in (0, MANY_WALKS, 0, MANY_WALKS):  # the first two load and cache what both need
        stage = stage_with(tmp_path / str(count), count)
        async with stage.app.run_test(size=SIZE) as pilot:
            await drawn(pilot)
            await read_all(stage.app)
            with Calls(str(PACKAGE), "plotext", "rich", "textual") as calls:
                await stage.app.push_screen(ProgressScreen())
                await read_all(stage.app)
            counts.append(calls.count)
            assert stage.app.screen.query_one(SessionsList).option_count == min(PAGE, count)
    none, many = counts[2:]
    assert 0 < many <= none * PROGRESS


async def read_all(app: App[int]) -> None:
    """Wait until a screen has read and drawn everything, without asking it again and again."""
    for _ in range(2):
        done = asyncio.Event()
        app.screen.call_after_refresh(done.set)
        await done.wait()
        await app.workers.wait_for_complete()


def test_forty_years_of_weekly_sessions_are_one_streak(histories: dict[int, History]) -> None:
    assert ask_home(histories[10_000], 10_000).streak == Streak(10_000 // WALKS_A_WEEK)


@pytest.mark.slow
async def test_a_session_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leak would leave all of them.

    Textual leaves a few, however many there were: a widget that appears while a session is active, such as a scroll bar
    of Home, keeps the context in which it appeared, and with it the session's screen.
    """
    # Soon after the first frame, the app exempts all existing objects from garbage collection: here, also a session.
    monkeypatch.setattr("retro_timer.ui.app.SETTLED", 3600)
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await drawn(pilot)
        for _ in range(SESSIONS):
            await walk_once(stage, pilot, adjust=True)
        until = asyncio.get_running_loop().time() + TIMEOUT
        # Journals and screens end in their own time.
        while max(left := of_sessions()) > LEFT_BY_TEXTUAL and asyncio.get_running_loop().time() < until:
            for widget in list(stage.app._registry):
                widget.call_next(nothing)  # each keeps its last message, and with it the screen that sent it
            await asyncio.sleep(0.05)
    assert max(left) <= LEFT_BY_TEXTUAL, dict(zip(OF_A_SESSION, left, strict=True))


def nothing() -> None:
    """Do nothing."""


def of_sessions() -> list[int]:
    """The number of objects of each type that is created once per session."""
    gc.collect()
    found = Counter(map(type, gc.get_objects()))
    return [found[kind] for kind in OF_A_SESSION]


async def test_the_panel_of_lengths_removes_its_listener(tmp_path: Path) -> None:
    stage = stage_in(tmp_path, "back 5m")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await drawn(pilot)
        listeners = stage.session_screen.conductor._listeners
        before = len(listeners)
        for _ in range(3):
            stage.session_screen.action_adjust()
            await drawn(pilot)
            await pilot.press("escape")
            await walk_on(stage, pilot)
        assert len(listeners) == before
