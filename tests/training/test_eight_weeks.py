"""Eight weeks of four walkers, through the real engine, journal and history: the plan goes as the evidence says.

The tests of the plan itself go through every rule; here the same walkers really walk: each session is run second by
second of a clock that is moved by hand, kept by the journal, read back, and answered as the summary would.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from retro_timer.config.schema import Settings
from retro_timer.config.settings import Loaded, changed
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.runtime.today import Today, today_of
from retro_timer.scheduling.presets import preset
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.history import Feedback, NextDay
from retro_timer.session.states import Rules, State
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.training.case import Verdict
from retro_timer.ui.screens.progress import ProgressScreen
from tests.training.simulation import STEADY_WEEKS
from tests.ui.snapshot import assert_snapshot
from tests.ui.support import Stage, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from retro_timer.config.paths import Paths

pytestmark = pytest.mark.usefixtures("pictured_presets")
MONDAY = date(2026, 3, 2)
DAY = 86_400_000
FINE = Feedback(effort=3, stumble=False, fall=False, pain_after=1)

StoredSession = tuple[str, Feedback, float]
"""What is walked, what is said about it, and how much of it is walked."""


@dataclass
class Walker:
    """Somebody who asks the plan every morning at nine, and walks or not."""

    directory: Path
    settings: Settings = field(default_factory=Settings)
    paths: Paths | None = None
    clock: FakeClock = field(default_factory=lambda: FakeClock(wall=datetime(2026, 3, 2, 9, 0, tzinfo=UTC)))
    mornings: list[Today] = field(default_factory=list)
    walked: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = Store(self.directory, self.clock)

    def live(
        self,
        days: int,
        decide: Callable[[int, Today], StoredSession | None],
        after: Callable[[int], NextDay] = lambda _: NextDay.NORMAL,
        pain: Callable[[int], int | None] = lambda _: None,
    ) -> None:
        """Live through some days."""
        for day in range(days):
            morning = self.clock.moment
            now = self.clock.wall()
            today = today_of(self.store.history, self.settings, WeekStart.MONDAY, now, pain=pain(day), paths=self.paths)
            self.mornings.append(today)
            if walk := decide(day, today):
                self.walk(day, *walk)
            self.clock.move(morning + DAY - self.clock.moment)
            if walk:
                last = self.store.history.page(limit=1)[0]
                assert self.store.history.give_feedback(last.uuid, replace(last.feedback, next_day=after(day)))

    def walk(self, day: int, preset_id: str, feedback: Feedback, share: float) -> None:
        """Walk a rung, or a part of it, and say how it was."""
        today = self.mornings[-1]
        workout = today.workout if preset_id == today.advice.preset_id and today.workout else preset(preset_id)
        runner = Runner(workout, clock=self.clock, player=RecordingPlayer(), config=SessionConfig(Rules(lead_in=0)))
        runner.keep(self.store, preset_id)
        runner.start()
        for _ in range(int(workout.total_seconds * share / 10)):
            self.clock.move(10_000)
            runner.advance()
        self.clock.move(10_000)
        runner.act("quit" if share < 1 else "where")
        assert runner.session.state is (State.FINISHED if share >= 1 else State.ENDED_EARLY)
        runner.close()
        self.walked[day] = preset_id
        assert self.store.history.give_feedback(self.store.history.page(limit=1)[0].uuid, feedback)

    def weeks(self) -> list[list[str]]:
        """What was walked in each week."""
        return [
            [preset_id for day, preset_id in self.walked.items() if day // 7 == week]
            for week in range(len(self.mornings) // 7)
        ]


@pytest.fixture
def walker(tmp_path: Path) -> Iterator[Walker]:
    someone = Walker(tmp_path)
    yield someone
    someone.store.close()


def three_a_week(day: int) -> bool:
    return day % 7 in (0, 2, 4)


NOT_TODAY = (Verdict.OFF, Verdict.STOP, Verdict.SKIP, Verdict.REST)


def obedient(day: int, today: Today, feedback: Feedback = FINE, share: float = 1.0) -> StoredSession | None:
    """Walks what the plan says, on three days a week."""
    if not three_a_week(day) or today.advice.action in NOT_TODAY or today.advice.preset_id is None:
        return None
    return today.advice.preset_id, feedback, share


async def assert_looks(walker: Walker, name: str) -> None:
    """The progress of the walker is as it was looked at."""
    settings = changed(changed(Settings(), "units.week_start", "monday"), "units.clock", "24h")
    stage = Stage(clock=walker.clock, store=walker.store, loaded=Loaded(settings, ()))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await stage.app.push_screen(ProgressScreen())
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert_snapshot(f"eight-weeks-{name}", text_of(stage.app))


async def test_a_steady_walker_is_consistent_after_eight_weeks(walker: Walker) -> None:
    walker.live(56, obedient)
    assert walker.weeks() == STEADY_WEEKS
    last = walker.mornings[-1]
    assert (last.streak.weeks, last.streak.forgiven) == (8, 0)
    assert last.week.sessions == 3
    assert (
        today_of(walker.store.history, Settings(), WeekStart.MONDAY, walker.clock.wall()).advice.preset_id == "beyond"
    )  # one in week 8 and after
    await assert_looks(walker, "steady")


async def test_gaps_repeat_and_then_step_back(walker: Walker) -> None:
    away = {*range(14, 25), *range(32, 50)}
    walker.live(56, lambda day, today: None if day in away else obedient(day, today))
    rules = [today.advice.rule for today in walker.mornings]
    # The last walk before the first absence is on day 11, before the second on day 30.
    assert rules[18] == "short gap"  # seven days
    assert rules[24] == "short gap"  # thirteen
    assert rules[25] == "long gap"  # fourteen
    assert walker.walked[25] == "first-try"  # from Starter, whose three were not complete, one level back
    assert rules[50] == "long gap"
    assert walker.mornings[50].advice.action is Verdict.STEP_BACK
    await assert_looks(walker, "gaps")


async def test_pain_repeats_and_soreness_steps_back(walker: Walker) -> None:
    hurts = replace(FINE, pain_after=5)
    walker.live(
        56,
        lambda day, today: obedient(day, today, hurts if 14 <= day < 28 else FINE),
        after=lambda day: NextDay.SORE if day == 37 else NextDay.NORMAL,
        pain=lambda day: 6 if day == 16 else None,
    )
    assert walker.mornings[16].advice.action is Verdict.SKIP
    assert 16 not in walker.walked
    in_pain = {preset_id for day, preset_id in walker.walked.items() if 14 <= day <= 28}
    assert in_pain == {"foundation"}
    assert min(day for day, preset_id in walker.walked.items() if preset_id == "builder") > 28
    await assert_looks(walker, "pain")


async def test_a_walker_who_overdoes_it_steps_back_until_it_is_easy(walker: Walker) -> None:
    hard = {"builder": 8, "ten-minutes": 9}
    walker.live(
        56,
        lambda day, today: obedient(
            day, today, replace(FINE, effort=hard.get(today.advice.preset_id or "", 3), stumble=day == 30)
        ),
    )
    weeks = walker.weeks()
    assert weeks[3][:2] == ["builder", "foundation"]
    assert "ten-minutes" not in walker.walked.values()
    after_stumble = walker.mornings[32].advice
    assert (after_stumble.action, after_stumble.rule) == (Verdict.STEP_BACK, "stumbled")
    await assert_looks(walker, "overdoes")


def test_a_session_ended_early_counts_for_the_streak_but_not_for_the_level(walker: Walker) -> None:
    walker.live(14, lambda day, today: obedient(day, today, share=0.5 if day >= 2 else 1))
    last = walker.mornings[-1]
    assert last.streak.weeks == 2
    assert set(walker.walked.values()) == {"floor-first", "first-try"}
    assert last.advice.preset_id == "first-try"
    assert timedelta(days=13) == last.day - MONDAY
