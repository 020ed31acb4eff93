"""Progress logs walks without the timer, changes and deletes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from retro_timer.session.logged import Origin, origin_of
from retro_timer.ui.screens.log_walk import LogWalkScreen
from retro_timer.ui.screens.progress import ProgressScreen
from tests.ui.drawn import settled
from tests.ui.support import history, text_of
from tests.ui.test_today import home_in

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.ui.support import Stage


def shown(stage: Stage) -> str:
    return "\n".join(text_of(stage.app))


async def press(pilot: Pilot[int], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
    await settled(pilot)


def type_into(stage: Stage, **texts: str) -> None:
    for name, text in texts.items():
        stage.app.screen.query_one(f"#{name}", Input).value = text


async def test_a_walk_is_logged_changed_and_deleted_on_progress(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.app.push_screen(ProgressScreen())
        await settled(pilot)
        assert "No sessions yet" in shown(stage)
        await press(pilot, "n")
        assert isinstance(stage.app.screen, LogWalkScreen)
        assert stage.app.screen.query_one("#day", Input).value == "2026-03-02"
        await press(pilot, "enter")
        assert "say what you walked" in shown(stage)

        # An impossible date is refused, and the typed text stays.
        type_into(stage, day="2026-03-03", workout="first-try")
        await press(pilot, "ctrl+s")
        assert "2026-03-03 is in the future" in shown(stage)
        type_into(stage, day="2026-02-27", at="7:30", workout="first-try")
        stage.app.screen.query_one("#effort").focus()
        await press(pilot, "3", "0", "n", "n")
        await press(pilot, "ctrl+s")
        assert isinstance(stage.app.screen, ProgressScreen)
        assert "Logged: First Try. The plan counts it." in shown(stage)
        assert "No sessions yet" not in shown(stage)
        assert "by hand" in shown(stage)
        (kept,) = history(stage).page()
        assert origin_of(kept.uuid) is Origin.HAND
        assert (kept.feedback.effort, kept.feedback.pain_after, kept.feedback.stumble) == (3, 0, False)
        assert f"{kept.start.started:%Y-%m-%d %H:%M}" == "2026-02-27 07:30"

        await press(pilot, "e")
        assert stage.app.screen.query_one("#workout", Input).value == "first-try"
        type_into(stage, workout="", backward="10", forward="5:30", longest="2", note="in the park")
        await press(pilot, "ctrl+s")
        (changed,) = history(stage).page()
        assert changed.uuid == kept.uuid
        assert (changed.totals.backward, changed.totals.forward) == (600_000, 330_000)
        assert (changed.totals.longest_backward, changed.feedback.note) == (120_000, "in the park")
        assert changed.feedback.effort == 3

        await press(pilot, "e")
        minutes = [stage.app.screen.query_one(f"#{name}", Input).value for name in ("backward", "forward", "longest")]
        assert minutes == ["10m", "5m30s", "2m"]
        await press(pilot, "escape", "delete")
        await press(pilot, "y")
        assert not history(stage).page()
        assert "No sessions yet" in shown(stage)
