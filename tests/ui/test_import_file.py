"""Files for the history and the plan, imported on Home and on Progress: questions, additions, skips and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from retro_timer.config.paths import Paths
from retro_timer.config.settings_file import SettingsFile
from retro_timer.ui.preferences import settings_of
from retro_timer.ui.screens.ask import Ask
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.progress import ProgressScreen
from tests.formats.test_past_activities import GARMIN, tcx, watch_file
from tests.ui.summaries import stage_in
from tests.ui.support import history, text_of
from tests.ui.test_programme import KNEE
from tests.ui.test_today import home_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.ui.support import Stage


def shown(stage: Stage) -> str:
    """The text on the screen, as one line."""
    return " ".join(" ".join(line.strip(" │") for line in text_of(stage.app)).split())


def notified(stage: Stage, words: str) -> bool:
    """Whether words were shown in a notification; tests do not draw notifications."""
    return any(words in notice.message for notice in stage.app._notifications)


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Wait for an effect of a worker, which may itself wait for an answer."""
    for _ in range(3000):
        if holds():
            return
        await pilot.pause(0.01)
    assert holds()


async def open_(stage: Stage, pilot: Pilot[int], *keys: str) -> None:
    """Press keys one by one until the last one has asked for a file."""
    await pilot.pause()
    for key in keys:
        await pilot.press(key)
    await until(pilot, lambda: isinstance(stage.app.screen, Ask))


async def answer(stage: Stage, pilot: Pilot[int], text: str, then: str) -> None:
    """Type into the question on the screen and confirm; wait until `then` is shown."""
    stage.app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await until(pilot, lambda: then in shown(stage))


async def test_progress_imports_an_activity_and_says_what_was_skipped(tmp_path: Path) -> None:
    file = tmp_path / "walk.fit"
    file.write_bytes(watch_file([(180, 0, 150), (120, 30, 50), (60, 0, 40)]))
    stage = home_in(tmp_path)
    stage.clock.move(86_400_000)  # so that the walk in the file is in the past
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_(stage, pilot, "p", "i")
        await answer(stage, pilot, "", "expected the path of a file")
        await answer(stage, pilot, str(tmp_path / "nothing.fit"), "there is no file")
        await answer(stage, pilot, str(KNEE), "knee.toml has no past sessions; workouts and programmes are imported on")
        await answer(stage, pilot, str(file), "lap 2: 2:00")
        await answer(stage, pilot, "back, fwd", "there are 3 laps and 2 phases")
        await answer(stage, pilot, "warm, back, cool", "1 session added: 6:00 walked, 2:00 backward.")
        assert isinstance(stage.app.screen, ProgressScreen)
        assert len(history(stage).page()) == 1

        await open_(stage, pilot, "i")
        await answer(stage, pilot, str(file), "0 sessions added. 1 skipped, already in the history:")
        assert len(history(stage).page()) == 1


async def test_calling_it_off_adds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "walk.tcx"
    file.write_bytes(tcx())
    stage = home_in(tmp_path)
    stage.clock.move(86_400_000)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_(stage, pilot, "p", "i")
        await answer(stage, pilot, str(file), "What was walked?")
        await pilot.press("escape")
        await until(pilot, lambda: "Reading" not in shown(stage))
        assert isinstance(stage.app.screen, ProgressScreen)
        assert "i imports past activities" in shown(stage)
        assert not history(stage).page()


async def test_home_imports_a_list_of_activities(tmp_path: Path) -> None:
    file = tmp_path / "Activities.csv"
    file.write_text(GARMIN)
    stage = home_in(tmp_path)
    stage.clock.move(400 * 86_400_000)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_(stage, pilot, "i")
        await answer(stage, pilot, str(file), "2 activities do not say which way you walked")
        stage.app.screen.query_one(Input).value = "forward"
        await pilot.press("enter")
        await until(pilot, lambda: notified(stage, "2 sessions added"))
        assert len(history(stage).page()) == 2


async def test_home_imports_a_programme_after_a_question(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "data")
    SettingsFile(paths.settings).set({"first_start.done": "true", "plan.pinned": "consistent"})
    stage = stage_in(paths.data, None, paths=paths, **{"first_start.done": True})
    async with stage.app.run_test(size=(120, 40)) as pilot:
        for key in ("n", "y"):
            await open_(stage, pilot, "i")
            await answer(stage, pilot, str(KNEE), "Let the plan follow Knee, six steps?")
            await pilot.press(key)
            await until(pilot, lambda: isinstance(stage.app.screen, HomeScreen))
            if key == "n":
                assert settings_of(stage.app.services).plan.programme == "eight-weeks"
        await until(pilot, lambda: notified(stage, "The plan follows Knee"))
        assert settings_of(stage.app.services).plan.programme == "knee"
        await until(pilot, lambda: "KNEE, SIX STEPS" in shown(stage))
        ignored = "Your pin to Consistent has no effect: it is not a step of Knee, six steps"
        assert notified(stage, ignored)
        assert "Start with At the Wall" in shown(stage)
        assert ignored in shown(stage)


async def test_a_programme_that_cannot_be_followed_is_not_saved(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "data")
    paths.config.mkdir()
    paths.settings.write_text("[plan")
    stage = stage_in(paths.data, None, paths=paths, **{"first_start.done": True})
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_(stage, pilot, "i")
        await answer(stage, pilot, str(KNEE), "Let the plan follow Knee, six steps?")
        await pilot.press("y")
        await until(pilot, lambda: notified(stage, "Not imported: ") or "Not imported: " in shown(stage))
    assert not (paths.programmes / "knee.toml").exists()


async def test_an_activity_that_is_twice_in_a_file_is_added_once(tmp_path: Path) -> None:
    file = tmp_path / "Activities.csv"
    head, first, *_ = GARMIN.splitlines()
    file.write_text(f"{head}\n{first}\n{first}")
    stage = home_in(tmp_path)
    stage.clock.move(400 * 86_400_000)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_(stage, pilot, "p", "i")
        await answer(stage, pilot, str(file), "2 activities do not say which way you walked")
        await answer(stage, pilot, "forward", "1 session added: 20:30 walked, 0:00 backward. 1 skipped, already in")
        assert len(history(stage).page()) == 1
