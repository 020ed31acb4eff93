"""The backward walk test: the spoken set-up, three-two-one-go, a stop by any key or device, two tries, the trend."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import pytest

from retro_timer.session.cue import CueKind
from retro_timer.session.history import Feedback, WalkTest
from retro_timer.storage.errors import DamagedError
from retro_timer.storage.walk_tests import add_walk_test, walk_tests
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.progress import ProgressScreen
from retro_timer.ui.screens.walk_test import WalkTestScreen
from retro_timer.ui.widgets.title import Title
from tests.ui.drawn import settled
from tests.ui.support import history
from tests.ui.test_today import add, home_in, shown, until

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from retro_timer.storage.history import History
    from tests.ui.support import Stage

SET_UP: Final = [
    "This is the backward walk test. Do it off the treadmill, beside a wall.",
    "Mark three meters, and one more to slow down.",
    "Have somebody near you.",
    "After go, walk backward as fast as is safe.",
    "At the mark, press any key.",
    "To start, press enter.",
]


def practised(tmp_path: Path, feedback: Feedback | None = None) -> Stage:
    stage = home_in(tmp_path)
    for days_ago in (9, 7, 5):
        add(stage, days_ago, feedback=feedback)
    return stage


async def opened(stage: Stage, pilot: Pilot[int]) -> WalkTestScreen:
    await until(pilot, lambda: "Once a month: the backward walk test   m starts it" in shown(stage))
    await pilot.press("m")
    await settled(pilot)
    screen = stage.app.screen
    assert isinstance(screen, WalkTestScreen)
    return screen


def heard(stage: Stage, kind: CueKind) -> list[tuple[int, str]]:
    return [(due_cue.due, due_cue.cue.text) for due_cue in stage.player.queued if due_cue.cue.kind is kind]


async def walked(stage: Stage, pilot: Pilot[int], screen: WalkTestScreen, milliseconds: int) -> None:
    """Start a try, walk for some time, and stop with a key that has no binding."""
    await pilot.press("enter")
    await settled(pilot)
    stage.clock.move(6_000 + milliseconds)
    screen._tick()
    await pilot.press("pagedown")
    await settled(pilot)


async def test_the_better_of_two_tries_is_kept_and_shown_as_a_trend(tmp_path: Path) -> None:
    stage = practised(tmp_path)
    month = stage.clock.wall() - timedelta(days=31)
    add_walk_test(history(stage), WalkTest(str(uuid4()), month, (4_100,)))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        screen = await opened(stage, pilot)
        await until(pilot, lambda: bool(heard(stage, CueKind.QUESTION)))
        assert [text for _, text in heard(stage, CueKind.QUESTION)] == SET_UP
        assert "Three meters (9 ft 10 in) backward" in shown(stage)
        assert "not a diagnosis" in shown(stage)

        begin = stage.clock.now()
        await pilot.press("enter")
        await settled(pilot)
        assert heard(stage, CueKind.COUNT) == [
            (begin + 3_000, "Three."), (begin + 4_000, "Two."), (begin + 5_000, "One."),
        ]  # fmt: skip
        assert heard(stage, CueKind.PHASE) == [(begin + 6_000, "Go.")]
        stage.clock.move(6_000 + 3_840)
        screen._tick()
        assert screen.query_one(Title).text == "GO  3"
        await pilot.press("z")
        await settled(pilot)
        assert screen.query_one(Title).text == "3.8 S"
        assert [text for _, text in heard(stage, CueKind.QUESTION)][-1] == "For the second try, press enter."

        await walked(stage, pilot, screen, 3_420)
        await until(pilot, lambda: "The better try counts:" in shown(stage))
        assert "3.4 s (of 3.8 s and 3.4 s)" in shown(stage)
        assert "0.7 s faster than in January 2026" in shown(stage)
        assert [test.tries for test in walk_tests(history(stage))] == [(4_100,), (3_840, 3_420)]
        assert len(history(stage).page()) == 3, "a try is not a session"

        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        await until(pilot, lambda: "Once a month" not in shown(stage))
        await pilot.press("p")
        await until(pilot, lambda: "4.1 s 30 Jan, 3.4 s 2 Mar; 0.7 s faster" in shown(stage))
        assert isinstance(stage.app.screen, ProgressScreen)
        assert "Polo-Ferrero 2025" in shown(stage)


async def test_a_result_that_is_said_not_to_be_kept_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = practised(tmp_path)

    def unreadable(_history: History) -> tuple[WalkTest, ...]:
        raise DamagedError("the history is damaged")

    async with stage.app.run_test(size=(120, 40)) as pilot:
        screen = await opened(stage, pilot)
        await walked(stage, pilot, screen, 3_840)
        monkeypatch.setattr("retro_timer.storage.walk_tests.walk_tests", unreadable)
        await walked(stage, pilot, screen, 3_420)
        await until(pilot, lambda: "It is not kept: the history is damaged." in shown(stage))
    assert walk_tests(history(stage)) == ()


async def test_a_device_stops_a_try_and_a_false_start_does_not_count(tmp_path: Path) -> None:
    stage = practised(tmp_path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        screen = await opened(stage, pilot)
        await pilot.press("enter")
        await settled(pilot)
        stage.clock.move(2_000)
        await pilot.press("x")
        await settled(pilot)
        assert "Not started." in shown(stage)
        await walked(stage, pilot, screen, 500)
        assert "0.5 s is too short for three meters" in shown(stage)

        await pilot.press("enter")
        await settled(pilot)
        stage.clock.move(6_000 + 61_000)
        screen._tick()
        await settled(pilot)
        assert "A minute has passed" in shown(stage)

        await pilot.press("enter")
        await settled(pilot)
        stage.clock.move(7_000)
        screen._tick()
        stage.clock.sleep(60_000)
        screen._tick()
        await settled(pilot)
        assert "The computer paused" in shown(stage)
        stage.clock.move(6_000)
        screen._tick()

        await pilot.press("enter")
        await settled(pilot)
        stage.clock.move(6_000 + 4_250)
        assert screen.do_for_device("pause")
        await settled(pilot)
        assert screen.query_one(Title).text == "4.2 S"
        await pilot.press("escape")
        await until(pilot, lambda: "The better try counts:" in shown(stage))
        assert [test.tries for test in walk_tests(history(stage))] == [(4_250,)]


@pytest.mark.parametrize(
    ("feedback", "says"),
    [(Feedback(effort=3, stumble=True), "You stumbled or fell"), (Feedback(effort=3, pain_after=5), "You had pain")],
)
async def test_after_a_stumble_or_with_pain_it_is_not_offered(tmp_path: Path, feedback: Feedback, says: str) -> None:
    stage = practised(tmp_path, feedback)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "week 1 of 8" in shown(stage) or "of 8" in shown(stage))
        if stage.app.screen.__class__.__name__ != "HomeScreen":
            await pilot.press("escape")
            await settled(pilot)
        assert "Once a month" not in shown(stage)
        await pilot.press("m")
        await until(pilot, lambda: says in shown(stage))
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        assert walk_tests(history(stage)) == ()
