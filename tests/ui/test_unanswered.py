"""Unanswered questions about a session are asked again on Home until they are answered or declined."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from retro_timer.session.history import Feedback, NextDay
from retro_timer.storage.errors import DiskFullError
from retro_timer.ui.facts import achievement_from, facts_from
from retro_timer.ui.screens.day_after import DayAfterScreen
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.interrupted import InterruptedScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.widgets.keysbar import KeysBar
from retro_timer.ui.widgets.scale import Scale
from tests.storage.sessions import interrupt, write_old
from tests.storage.test_training_entries import session_of
from tests.ui.drawn import settled
from tests.ui.mouse import click_on
from tests.ui.support import history
from tests.ui.test_today import add, home_in, shown

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.ui.support import Stage

NOTHING: Final = Feedback(next_day=NextDay.UNANSWERED)  # otherwise the question about the day after would come first
PART: Final = Feedback(effort=3, pain_after=0, next_day=NextDay.NORMAL)
ALL: Final = Feedback(effort=3, pain_after=0, stumble=False, fall=False, next_day=NextDay.NORMAL)
ASKED: Final = "How was"


def footer(stage: Stage) -> str:
    return stage.app.screen.query_one(KeysBar).text


async def answer(stage: Stage, pilot: Pilot[int]) -> SummaryScreen:
    await pilot.press("g")
    await settled(pilot)
    summary = stage.app.screen
    assert isinstance(summary, SummaryScreen)
    return summary


@pytest.mark.parametrize(
    ("days_ago", "words"), [(0, "How was today's session?   g answers"), (2, "How was Saturday's session?   g answers")]
)
async def test_unanswered_questions_are_offered_in_one_line(tmp_path: Path, days_ago: int, words: str) -> None:
    stage = home_in(tmp_path)
    add(stage, days_ago, feedback=NOTHING)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert words in shown(stage)
        assert "g answer" in footer(stage)


@pytest.mark.parametrize(("days_ago", "feedback"), [(3, NOTHING), (0, ALL), (1, ALL)])
async def test_nothing_is_asked_after_three_days_or_when_all_is_answered(
    tmp_path: Path, days_ago: int, feedback: Feedback
) -> None:
    stage = home_in(tmp_path)
    add(stage, days_ago, feedback=feedback)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert ASKED not in shown(stage)
        assert "answer" not in footer(stage)
        await pilot.press("g")
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)


async def test_only_the_last_session_is_asked_about(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add(stage, 1, feedback=NOTHING)
    add(stage, 0, feedback=ALL)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert ASKED not in shown(stage)


async def test_it_begins_with_the_first_open_question_and_the_line_disappears_with_the_last_answer(
    tmp_path: Path,
) -> None:
    stage = home_in(tmp_path)
    add(stage, 0, feedback=PART)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        summary = await answer(stage, pilot)
        assert summary.focused is summary.query_one("#stumble")
        await pilot.press("n", "enter")
        await settled(pilot)
        assert stage.app.screen is summary, "enter left a question unasked"
        assert summary.focused is summary.query_one("#fall")
        await pilot.press("n", "enter")
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        assert ASKED not in shown(stage)
        assert "answer" not in footer(stage)
        assert history(stage).page()[0].feedback == ALL


async def test_enter_does_not_put_the_declined_question_of_the_day_after_again(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add(stage, 1, feedback=NOTHING)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        summary = await answer(stage, pilot)
        assert summary.query_one("#day-after", Scale).value is None
        await pilot.press("3", "enter", "0", "enter", "n", "enter", "n", "enter", "enter")
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        assert history(stage).page()[0].feedback.next_day is NextDay.UNANSWERED


async def test_escape_declines_for_good(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add(stage, 0, feedback=NOTHING)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await answer(stage, pilot)
        assert "do not ask again" in footer(stage)
        await pilot.press("4", "escape")
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        assert ASKED not in shown(stage)
        assert history(stage).page()[0].feedback == Feedback(effort=4, next_day=NextDay.UNANSWERED)
    again = home_in(tmp_path)
    async with again.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert ASKED not in shown(again)


async def test_leaving_with_enter_keeps_it_unanswered(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add(stage, 0, feedback=NOTHING)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await answer(stage, pilot)
        await pilot.press(*["enter"] * 4)
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        assert ASKED in shown(stage)


async def test_a_decline_that_cannot_be_saved_is_reported_and_the_next_escape_closes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DiskFullError("the disk is full")

    stage = home_in(tmp_path)
    add(stage, 0, feedback=NOTHING)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await answer(stage, pilot)
        monkeypatch.setattr("retro_timer.storage.history.History.decline", full)
        await pilot.press("escape")
        await settled(pilot)
        assert "You will be asked again: the disk is full. esc leaves anyway." in " ".join(shown(stage).split())
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        assert ASKED in shown(stage)


async def test_home_asks_about_an_unanswered_session_at_once(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(stage.app.screen, SessionScreen)
        await stage.move(pilot, 10_000, 30_000)
        await pilot.press("q", "y")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert "How was today's session?" in shown(stage)


async def test_a_click_on_the_line_answers_it(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add(stage, 0, feedback=NOTHING)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await click_on(pilot, stage.app, ASKED)
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)


async def test_it_fits_a_narrow_screen(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add(stage, 0, feedback=PART)
    async with stage.app.run_test(size=(48, 14)) as pilot:
        await settled(pilot)
        assert "How was today's session?   g answers" in shown(stage)
        assert "First Try" in shown(stage)
        summary = await answer(stage, pilot)
        assert summary.focused is summary.query_one("#stumble")
        assert "stumble" in shown(stage)


@pytest.mark.parametrize("version", [3, 4])
async def test_a_history_of_an_older_version_is_asked_about_and_remembers(tmp_path: Path, version: int) -> None:
    write_old(tmp_path, version)
    stage = home_in(tmp_path)
    stage.clock.move(50 * 3_600_000)  # the day of the interrupted session, a day after the ended one
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for question in (InterruptedScreen, DayAfterScreen):
            assert isinstance(stage.app.screen, question)
            await pilot.press("escape")
            await settled(pilot)
        assert "How was Tuesday's session?" in shown(stage)
        await answer(stage, pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert ASKED not in shown(stage)
        interrupted, ended, finished = history(stage).page()
        assert [history(stage).is_declined(one.uuid) for one in (interrupted, ended, finished)] == [False, True, False]


def test_a_session_that_is_deleted_leaves_nothing_declined(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    uuid = add(stage, 0, feedback=NOTHING)
    history(stage).decline(uuid)
    assert history(stage).is_declined(uuid)
    history(stage).delete(uuid)
    assert not history(stage).database.read("SELECT * FROM declined")


def test_an_interrupted_session_does_not_hide_the_questions_about_the_one_before_it(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add(stage, 1, feedback=Feedback())
    interrupt(tmp_path)
    services = stage.app.services
    assert services.store is not None
    before = facts_from(services)
    assert services.store.interrupted()  # from now on, the history lists the interrupted session
    after = facts_from(services)
    assert before is not None
    assert after is not None
    assert before.unanswered == before.day_after_due == after.unanswered == after.day_after_due is not None


def test_a_session_cancelled_in_its_lead_in_is_not_asked_about_and_does_not_hide_the_one_before_it(
    tmp_path: Path,
) -> None:
    stage = home_in(tmp_path)
    uuid = add(stage, 1, feedback=Feedback())
    history(stage).add(session_of(started=stage.clock.wall() - timedelta(minutes=5), seconds=3))
    facts = facts_from(stage.app.services)
    assert facts is not None
    assert facts.unanswered is not None
    assert facts.day_after_due is not None
    assert facts.unanswered.uuid == facts.day_after_due.uuid == uuid


def test_the_first_walk_is_celebrated_after_a_cancelled_one(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    history(stage).add(session_of(started=stage.clock.wall() - timedelta(hours=1), seconds=3))
    walked = session_of(started=stage.clock.wall() - timedelta(minutes=30))
    history(stage).add(walked)
    assert achievement_from(stage.app.services, walked.summary) == "FIRST WALK DONE"


async def test_after_midnight_home_speaks_of_the_walkers_day(tmp_path: Path) -> None:
    """Walked at 00:30, asked about at 01:00: it is still Monday, for a walker whose day ends at three."""
    stage = home_in(tmp_path, **{"plan.day_ends": 3})
    stage.clock.move(16 * 3_600_000)
    assert f"{stage.clock.wall():%A %H:%M}" == "Tuesday 01:00"
    add(stage, 0, feedback=NOTHING)
    facts = facts_from(stage.app.services)
    assert facts is not None
    assert set(facts.last_walked.values()) == {facts.today.day}
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "How was today's session?" in shown(stage)
