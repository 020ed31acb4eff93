"""Progress logs walks without the timer, changes and deletes them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.widgets import Input

from retro_timer.config.paths import Paths
from retro_timer.formats.past_activity import session_from
from retro_timer.formats.tcx_past import read_tcx_activities
from retro_timer.runtime.log_walk import EnteredWalk, log_walk
from retro_timer.scheduling.notation import parse
from retro_timer.session.history import Feedback
from retro_timer.session.logged import Origin, origin_of
from retro_timer.ui.screens.log_walk import LogWalkScreen
from retro_timer.ui.screens.progress import ProgressScreen
from retro_timer.ui.screens.question import Question
from tests.formats.test_past_activities import tcx
from tests.ui.drawn import settled
from tests.ui.summaries import stage_in
from tests.ui.support import history, text_of
from tests.ui.test_today import home_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.pilot import Pilot

    from retro_timer.session.history import StoredSession
    from tests.ui.support import Stage


def shown(stage: Stage) -> str:
    return "\n".join(text_of(stage.app))


async def press(pilot: Pilot[int], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
    await settled(pilot)


@asynccontextmanager
async def progress_of(stage: Stage) -> AsyncIterator[Pilot[int]]:
    """Run the app, and open Progress."""
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.app.push_screen(ProgressScreen())
        await settled(pilot)
        yield pilot


def type_into(stage: Stage, **texts: str) -> None:
    for name, text in texts.items():
        stage.app.screen.query_one(f"#{name}", Input).value = text


async def test_a_walk_is_logged_changed_and_deleted_on_progress(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with progress_of(stage) as pilot:
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


def only_session(stage: Stage) -> StoredSession:
    """The one session in the history."""
    (summary,) = history(stage).page()
    session = history(stage).session(summary.uuid)
    assert session is not None
    return session


async def test_rating_an_imported_activity_keeps_what_was_measured(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    (activity,) = read_tcx_activities(tcx(start="2026-03-01T10:00:37Z", seconds="501.1")).found
    lap = replace(activity.laps[0], paused=31_000)
    history(stage).add(session_from(replace(activity, laps=(lap, lap))))
    before = only_session(stage)
    assert before.measures
    assert before.pauses
    async with progress_of(stage) as pilot:
        await press(pilot, "e")
        stage.app.screen.query_one("#effort").focus()
        await press(pilot, "4", "ctrl+s")
        assert "Changed: " in shown(stage)
        feedback = replace(before.summary.feedback, effort=4)
        assert only_session(stage) == replace(before, summary=replace(before.summary, feedback=feedback))

        await press(pilot, "e")
        type_into(stage, workout="builder")
        await press(pilot, "ctrl+s")
        assert "its laps were measured" in shown(stage)
    assert only_session(stage).measures == before.measures


async def test_a_walk_of_a_deleted_workout_can_be_rated(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    mine = replace(parse("fwd 1m, back 5m", name="Mine"), id="mine")
    log_walk(history(stage), EnteredWalk(stage.clock.wall().date(), mine), stage.clock.wall())
    before = only_session(stage)
    async with progress_of(stage) as pilot:
        await press(pilot, "e")
        assert stage.app.screen.query_one("#workout", Input).value == "mine"
        stage.app.screen.query_one("#effort").focus()
        await press(pilot, "6", "ctrl+s")
        assert isinstance(stage.app.screen, ProgressScreen)
    session = only_session(stage)
    assert (session.summary.feedback.effort, session.intervals) == (6, before.intervals)


async def test_a_walk_is_logged_once_although_the_plan_cannot_be_read(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "data")
    paths.programmes.mkdir(parents=True)
    (paths.programmes / "knee.toml").write_text("broken")
    settings = {"plan.programme": "knee", "first_start.done": True}
    stage = stage_in(paths.data, None, paths=paths, **settings)
    async with progress_of(stage) as pilot:
        await press(pilot, "n")
        type_into(stage, workout="starter")
        await press(pilot, "ctrl+s")
        assert isinstance(stage.app.screen, ProgressScreen)
        assert "Logged: Starter. The plan is not available: the programme knee: " in shown(stage)
    assert only_session(stage).summary.planned.name == "Starter"


async def test_a_walk_is_logged_once_although_another_screen_covers_the_form(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with progress_of(stage) as pilot:
        await press(pilot, "n")
        form = stage.app.screen
        assert isinstance(form, LogWalkScreen)
        type_into(stage, workout="starter")
        form.action_save()
        stage.app.push_screen(Question("Really?", "", yes="yes", no="no"))
        await settled(pilot)
        assert stage.app.screen is not form
        form.action_save()
        await press(pilot, "y")
        assert isinstance(stage.app.screen, ProgressScreen)
        assert "Logged: Starter." in shown(stage)
    assert only_session(stage).summary.planned.name == "Starter"


async def test_what_was_changed_elsewhere_while_the_form_is_open_stays(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    now = stage.clock.wall()
    log_walk(history(stage), EnteredWalk(now.date() - timedelta(days=1), parse("fwd 2m, back 1m")), now)
    before = only_session(stage)
    async with progress_of(stage) as pilot:
        await press(pilot, "e")
        assert history(stage).give_feedback(before.summary.uuid, Feedback(fall=True, pain_before=2))
        type_into(stage, note="in the park")
        await press(pilot, "ctrl+s")
        answers = Feedback(fall=True, pain_before=2, note="in the park")
        assert only_session(stage) == replace(before, summary=replace(before.summary, feedback=answers))

        await press(pilot, "e")
        assert history(stage).give_feedback(before.summary.uuid, Feedback(stumble=True))
        type_into(stage, backward="3", note="in the wood")
        await press(pilot, "ctrl+s")
        changed = only_session(stage).summary
        assert (changed.totals.backward, changed.totals.forward) == (180_000, 120_000)
        assert changed.feedback == replace(answers, stumble=True, note="in the wood")

        await press(pilot, "e")
        assert history(stage).delete(changed.uuid)
        type_into(stage, note="gone")
        await press(pilot, "ctrl+s")
        assert "this session is no longer in the history" in shown(stage)
