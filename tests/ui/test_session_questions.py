"""The questions over a session that keeps running: they act on the session as it is when they are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.session.cue import CueKind
from retro_timer.session.events import CueHeard
from retro_timer.ui.screens.question import Question
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.widgets.profile import Profile
from tests.ui.support import Stage, text_of

if TYPE_CHECKING:
    from retro_timer.session.events import Event


async def test_a_session_that_has_ended_behind_the_question_is_not_ended_again() -> None:
    stage = Stage("back 70s, turn 5s, fwd 30s")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        events: list[Event] = []
        stage.session_screen.conductor.add_listener(events.append)
        await stage.move(pilot, 10_000)
        await pilot.press("q")
        await stage.move(pilot, 70_000, 5_000, 30_000)
        await pilot.press("y")
        await pilot.pause()
        assert isinstance(stage.app.screen, SummaryScreen)
        kinds = [event.cue.kind for event in events if isinstance(event, CueHeard)]
        assert CueKind.COMPLETE in kinds
        assert CueKind.REFUSED not in kinds


async def test_a_click_on_the_profile_offers_to_go_there() -> None:
    stage = Stage("warm 1m, 2x(turn 10s, back 1m, turn 10s, fwd 1m)")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 30_000)
        session = stage.session_screen.conductor.session
        profile = stage.session_screen.query_one(Profile)
        await pilot.click(profile, offset=(2, 0))
        assert session.index == 0
        assert "you are there" in "\n".join(text_of(stage.app))
        await pilot.click(profile, offset=(55, 0))  # the second bout backward
        assert isinstance(stage.app.screen, Question)
        shown = "\n".join(text_of(stage.app))
        assert "backward 1:00 from 3:30, round 2 of 2" in shown
        assert "u undoes it" in shown
        await pilot.press("y")
        await stage.move(pilot, 0)
        assert session.index == 5  # the turn before it
        await pilot.press("u")
        await stage.move(pilot, 0)
        assert session.index == 0
        await pilot.click(profile, offset=(55, 0))
        await pilot.press("b")  # the question ignores other keys
        await pilot.press("escape")
        await stage.move(pilot, 0)
        assert session.index == 0


async def test_a_click_on_the_profile_is_answered_no_more_once_the_workout_has_changed() -> None:
    stage = Stage("warm 1m, 2x(turn 10s, back 1m, turn 10s, fwd 1m)")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 30_000)
        await pilot.click(stage.session_screen.query_one(Profile), offset=(55, 0))
        stage.session_screen.do("rounds_more")  # from a phone
        await pilot.press("y")
        await stage.move(pilot, 0)
        assert stage.session_screen.conductor.session.index == 0


@pytest.mark.parametrize(("passed", "cell", "arrived"), [(29_000, 54, 7), (29_000, 40, 6), (60_000, 40, 5)])
async def test_the_way_to_a_clicked_interval_begins_where_the_walker_is_when_answering(
    passed: int, cell: int, arrived: int
) -> None:
    stage = Stage("warm 12s, 3x(turn 4s, back 30s, turn 4s | fwd 30s), cool 10s")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 1_000)
        await pilot.click(stage.session_screen.query_one(Profile), offset=(cell, 0))
        await stage.move(pilot, passed)
        await pilot.press("y")
        await stage.move(pilot, 0)
        assert stage.session_screen.conductor.session.index == arrived


async def test_a_click_on_the_profile_is_refused_once_that_part_is_walked() -> None:
    stage = Stage("warm 12s, turn 4s, back 30s, turn 4s, fwd 60s")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 1_000)
        await pilot.click(stage.session_screen.query_one(Profile), offset=(20, 0))
        await stage.move(pilot, 60_000)
        await pilot.press("y")
        await stage.move(pilot, 0)
        assert "already walked that part" in "\n".join(text_of(stage.app))
        assert stage.session_screen.conductor.session.index == 4
