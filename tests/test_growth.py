"""What must not grow, counted and not timed: the same numbers on every machine, however busy it is.

`tests/benchmarks/growth.py` and `memory.py` measure what is counted here.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from retro_timer.progress import Span, progress_of
from retro_timer.runner import Runner
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.conductor import Conductor
from retro_timer.session.engine import SECOND, Rules, Session
from retro_timer.session.timeline import CueTimeline
from retro_timer.storage.journal import Journal
from retro_timer.storage.memory import memory_history
from retro_timer.storage.settings import defaults
from retro_timer.testing import RecordingPlayer
from retro_timer.today import today_of
from retro_timer.ui.screens.adjust import AdjustScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.summary import SummaryScreen
from tests.benchmarks.histories import fill, morning_after
from tests.benchmarks.rehearsing import PATIENCE, drawn, stage_in, walk_on, walk_once
from tests.benchmarks.schedules import BEGIN, EDITS, session_of, workout_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType

    from retro_timer.storage.history import History

FEW, MANY = 10, 10_000
OF_A_SESSION: Final[tuple[type, ...]] = (
    SessionScreen,
    SummaryScreen,
    AdjustScreen,
    Runner,
    Conductor,
    Session,
    Journal,
)


def calls_in(act: Callable[[], object]) -> int:
    """How many functions of Python are called meanwhile, generators that go on among them."""
    count = 0

    def count_calls(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(count_calls)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


class Counting(tuple[int, ...]):
    """Starts of intervals that count how often one is looked at."""

    __slots__ = ()
    looks = 0

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401  (a number or a slice)
        type(self).looks += 1
        return super().__getitem__(index)


@pytest.mark.parametrize("intervals", [FEW, 1000, MANY])
def test_where_the_walker_is_is_found_by_halves(intervals: int) -> None:
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
        conductor = Conductor(Session(flatten(workout_of(intervals)), Rules(lead_in=0)), RecordingPlayer())
        conductor.tell(0, conductor.session.start)
        conductor.advance(BEGIN)
        counts.append(
            calls_in(lambda: [conductor.advance(BEGIN + n * SECOND) for n in range(1, 30)])  # noqa: B023  (called at once)
        )
    few, many = counts
    assert 0 < many <= few * 1.2


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_a_few_calls_for_each_interval_at_the_most(name: str) -> None:
    """The budget of 20 ms for 10,000 intervals is 2 microseconds for each: about a dozen calls."""
    session = session_of(workout_of(MANY))
    edit = EDITS[name]
    assert calls_in(lambda: session.edit(BEGIN, edit)) <= 12 * MANY
    assert session.can_undo
    assert calls_in(lambda: session.undo(BEGIN)) <= 4 * MANY
    assert session.can_redo
    assert calls_in(lambda: session.redo(BEGIN)) <= 4 * MANY


def steps_of(history: History, ask: Callable[[], object]) -> int:
    """How many steps SQLite's machine takes for what is asked."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    connection = history.database.connection
    connection.set_progress_handler(step, 1)
    try:
        ask()
    finally:
        connection.set_progress_handler(None, 0)
    return count


WALKS = (1000, 10_000)
"""Both fill the weeks that are shown: what there is more of in the second is what nobody looks at."""


@pytest.fixture(scope="module")
def histories() -> dict[int, History]:
    filled = {}
    for count in WALKS:
        filled[count] = history = memory_history()
        fill(history, count)
        today_of(history, defaults(), WeekStart.MONDAY, morning_after(count))
    return filled


def ask_home(history: History, count: int) -> object:
    history.page(limit=1)
    return today_of(history, defaults(), WeekStart.MONDAY, morning_after(count))


def ask_progress(history: History, count: int) -> object:
    history.page(limit=60)
    return progress_of(history, Span.TWELVE_WEEKS, morning_after(count), WeekStart.MONDAY)


@pytest.mark.parametrize("ask", [ask_home, ask_progress])
def test_screens_read_no_more_of_a_long_history(
    histories: dict[int, History], ask: Callable[[History, int], object]
) -> None:
    few, many = (steps_of(history, lambda h=history, c=count: ask(h, c)) for count, history in histories.items())  # type: ignore[misc]
    assert 0 < many <= few * 1.3
    few, many = (calls_in(lambda h=history, c=count: ask(h, c)) for count, history in histories.items())  # type: ignore[misc]
    assert 0 < many <= few * 1.3


def test_a_walk_more_is_read_by_itself(histories: dict[int, History]) -> None:
    """What was looked at stays looked at: an answer about the last walk does not have the past read again."""
    history, count = histories[WALKS[-1]], WALKS[-1]
    uuid = history.page(limit=1)[0].uuid
    walk = history.walk(uuid)
    assert walk
    quiet = steps_of(history, lambda: ask_home(history, count))
    history.give_feedback(uuid, walk.summary.feedback)
    assert steps_of(history, lambda: ask_home(history, count)) == quiet


@pytest.mark.slow
async def test_a_session_leaves_nothing_behind(tmp_path: Path) -> None:
    """Textual may hold on to the last screen until another comes: of six at most one is there; a leak has more."""
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await drawn(pilot)
        for _ in range(6):
            await walk_once(stage, pilot, adjust=True)
        until = asyncio.get_running_loop().time() + PATIENCE
        # Journals and screens end in their own time.
        while max(left := of_sessions()) > 1 and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert max(left) <= 1, dict(zip(OF_A_SESSION, left, strict=True))


def of_sessions() -> list[int]:
    """How many there are of each thing that is made once for a session."""
    gc.collect()
    found = Counter(map(type, gc.get_objects()))
    return [found[kind] for kind in OF_A_SESSION]


async def test_the_panel_of_lengths_lets_go_of_the_session(tmp_path: Path) -> None:
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


def test_weeks_without_end_are_no_streak_of_work() -> None:
    """A streak of 50 years is told from the last mark on."""
    history = memory_history()
    fill(history, 2500)
    now = morning_after(2500)
    today = today_of(history, defaults(), WeekStart.MONDAY, now)
    again = today_of(history, defaults(), WeekStart.MONDAY, now + timedelta(hours=1))
    assert today.streak == again.streak
    assert today.streak.weeks == 2500 // 5 // 7 + 1
