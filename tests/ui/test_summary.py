"""The summary: its figures, its questions, saving the answers, and closing it."""

from __future__ import annotations

import asyncio
import re
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from retro_timer.config.paths import Paths
from retro_timer.session.history import Feedback, NextDay
from retro_timer.storage.errors import DiskFullError
from retro_timer.storage.workouts import WorkoutLibrary
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.widgets.scale import Scale
from retro_timer.ui.widgets.title import Title
from tests.ui.drawn import settled
from tests.ui.summaries import WHOLE, finish, said, shown, stage_in, walk
from tests.ui.support import SIZES, Stage, history

PART = re.compile(r"(backward|forward|turning|rest|total) +(\d+:\d\d) of")
"""A line of the totals: its name, and how much was walked."""

if TYPE_CHECKING:
    from pathlib import Path


async def test_says_what_was_walked_of_what_was_planned(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        text = shown(stage)
        for part in ("2:00 of  2:00", "4:00 of  4:00", "8:00 of  8:00", "2 of 2", "1:00 of  1:00", "100 %"):
            assert part in text
        assert "kcal" not in text  # nothing is known about the walker
        assert "load" not in text
        assert "Next time: First Try" in text
        assert "Monday 2 March, 09:00" in text


async def test_energy_is_shown_with_its_range_once_weight_and_speeds_are_known(tmp_path: Path) -> None:
    known: dict[str, Any] = {"walker.weight_kg": 70, "walker.backward_kmh": 1.6, "walker.forward_kmh": 3.2}
    stage = stage_in(tmp_path, "builder", **known)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, 1_200_000)
        await pilot.press("enter")
        await settled(pilot)
        # evidence.md: 70 kg, forward 2.0 mph, backward 1.0 mph, the whole of `builder` is 63.9 kcal.
        assert "about 64 kcal (range" in shown(stage)


async def test_every_answer_is_saved_as_it_is_given(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        await pilot.press("4")
        await settled(pilot)
        assert said(stage).effort == 4
        assert "4 comfortable, can talk" in shown(stage)
        assert "session load 32" in shown(stage)
        await pilot.press("2", "y", "n", "down", *"windy", "enter")
        await settled(pilot)
        feedback = said(stage)
        assert (feedback.pain_after, feedback.stumble, feedback.fall, feedback.note) == (2, True, False, "windy")
    assert stage.app.return_code == 0


@pytest.mark.parametrize(
    ("keys", "effort"),
    [
        ("1 0", 10),
        ("1", 1),
        ("7", 7),
        ("right right", 1),
        ("left", 10),
        ("5 up backspace", None),
        ("5 up left", 4),
        ("z", None),
    ],
)
async def test_an_answer_is_chosen_by_digit_and_by_arrow(tmp_path: Path, keys: str, effort: int | None) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        await pilot.press(*keys.split())
        assert pilot.app.screen.query_one("#effort", Scale).value == effort


@pytest.mark.parametrize(
    ("keys", "answers"),
    [
        ("4 2 n y", (4, 2, False, True)),
        ("1 0 0 y", (10, 0, True, None)),
        ("1 3 n", (1, 3, False, None)),  # no 13: the 3 is the answer to the next question
        ("1 1 n", (1, 1, False, None)),
        ("4 backspace n", (4, None, None, None)),  # a letter is no answer about pain
    ],
)
async def test_a_typed_answer_moves_on_to_the_next_question(
    tmp_path: Path, keys: str, answers: tuple[object, ...]
) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        await pilot.press(*keys.split())
        await settled(pilot)
        feedback = said(stage)
        assert (feedback.effort, feedback.pain_after, feedback.stumble, feedback.fall) == answers


async def test_enter_right_after_a_typed_answer_passes_no_question(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        summary = await finish(stage, pilot)
        await pilot.press("3", "enter")
        assert summary.focused is summary.query_one("#pain")
        await pilot.press("enter")
        assert summary.focused is summary.query_one("#stumble")


async def test_a_one_counts_alone_after_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retro_timer.ui.widgets.scale.WAIT_FOR_MORE", 0.01)
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        summary = await finish(stage, pilot)
        await pilot.press("1")
        async with asyncio.timeout(30):
            while summary.focused is not summary.query_one("#pain"):
                await pilot.pause()
        await pilot.press("0")
        await settled(pilot)
        assert (said(stage).effort, said(stage).pain_after) == (1, 0)


async def test_the_scales_say_what_their_ends_mean_until_one_is_chosen(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        assert "0 resting, 10 as hard as I can" in shown(stage)
        assert "0 none, 10 worst" in shown(stage)
        await pilot.press("5")
        await pilot.pause()
        assert "5 working, short sentences" in shown(stage)
        assert "as hard as I can" not in shown(stage)


async def test_the_first_walk_and_a_record_are_celebrated(tmp_path: Path) -> None:
    days = count()

    async def title_of(workout: str, seconds: int) -> str:
        stage = stage_in(tmp_path, workout)
        stage.clock.move(next(days) * 86_400_000)
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await walk(stage, pilot, seconds * 1000)
            await pilot.press("enter")
            await settled(pilot)
            return stage.app.screen.query_one(Title).text

    assert await title_of("back 30s, fwd 10s", 40) == "FIRST WALK DONE"
    assert await title_of("back 30s, fwd 10s", 40) == "COMPLETE"  # an equally long bout is not a record
    assert await title_of("back 40s", 40) == "LONGEST BOUT YET"
    assert await title_of("2x(back 30s, fwd 10s)", 80) == "MOST BACKWARD YET"


async def test_the_dot_of_the_session_fills_in_the_week(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retro_timer.ui.screens.celebration.FILLS_AFTER", 3600)
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        assert "this week ○○○" in shown(stage)
    still = stage_in(tmp_path, **dict[str, Any]({"look.reduced_motion": True}))
    still.app.services = replace(still.app.services, moving=False)
    async with still.app.run_test(size=(80, 24)) as pilot:
        await finish(still, pilot)
        assert "this week ●●○" in shown(still)


async def test_an_answer_is_chosen_by_mouse(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        await pilot.click("#effort", offset=(10, 1))
        await settled(pilot)
        assert said(stage).effort == 3


async def test_the_plan_reacts_to_feedback(tmp_path: Path) -> None:
    stage = stage_in(tmp_path, **dict[str, Any]({"plan.start": "first-try"}))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        await pilot.press("8")
        await settled(pilot)
        assert "Your effort was 8 of 10 last time" in shown(stage)
        await pilot.press("up", "3")
        await settled(pilot)
        assert "Your effort was" not in shown(stage)
        await pilot.press("down", "down", "y")
        await settled(pilot)
        assert "Stop and seek advice" in shown(stage)


async def test_one_key_leaves_the_question_unanswered(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        await pilot.press("escape")
        await settled(pilot)
    assert stage.app.return_code == 0


async def test_enter_leads_through_the_questions_and_closes_after_the_last(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        summary = await finish(stage, pilot)
        await pilot.press("enter", "enter")
        await settled(pilot)
        assert stage.app.screen is summary, "two enters at the end left the questions unasked"
        assert summary.focused is summary.query_one("#stumble")
        await pilot.press("enter")
        await settled(pilot)
        assert summary.focused is summary.query_one("#fall")
        await pilot.press("enter")
        await settled(pilot)
    assert stage.app.return_code == 0


async def test_enter_passes_over_what_is_answered(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        summary = await finish(stage, pilot)
        for name in ("pain", "stumble", "fall"):
            summary.query_one(f"#{name}", Scale).value = 0
        await pilot.press("4", "enter")
        await settled(pilot)
    assert stage.app.return_code == 0
    assert said(stage).effort == 4


async def test_answers_that_cannot_be_saved_stay_and_are_retried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        summary = await finish(stage, pilot)

        def full(*_: object) -> bool:
            raise DiskFullError("the disk is full")

        with monkeypatch.context() as broken:
            broken.setattr("retro_timer.storage.history.History.give_feedback", full)
            await pilot.press("6", "enter")
            await settled(pilot)
            assert stage.app.screen is summary
            assert "not saved: the disk is full" in shown(stage)
            assert summary.query_one("#effort", Scale).value == 6
        await pilot.press("enter")
        await settled(pilot)
    assert said(stage).effort == 6


async def test_escape_closes_without_answers_that_cannot_be_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        monkeypatch.setattr("retro_timer.storage.history.History.give_feedback", lambda *_: None)
        await pilot.press("6", "escape", "escape")
        await settled(pilot)
    assert stage.app.return_code == 0


async def test_a_note_with_control_characters_is_refused(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        summary = await finish(stage, pilot)
        summary.query_one("#note").value = "\u202eevil"  # type: ignore[attr-defined]  # an Input
        summary.query_one("#note").focus()
        await pilot.press("enter")
        await settled(pilot)
        assert "U+202E" in shown(stage)
        assert stage.app.screen is summary


async def test_the_answers_of_a_session_of_the_history_can_be_edited(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        walked = history(stage).session(history(stage).page()[0].uuid)
        assert walked
        stage.clock.move(86_400_000)
        await stage.app.push_screen(SummaryScreen(walked))
        await pilot.pause()
        await pilot.press("2", "down", "down", "down", "s", "enter")
        await settled(pilot)
        assert (said(stage).effort, said(stage).next_day) == (2, NextDay.MUSCLES)
        old = replace(said(stage), next_day=NextDay.SORE)  # an answer of an older version stays as it is
        assert history(stage).give_feedback(walked.summary.uuid, old)
        walked = history(stage).session(walked.summary.uuid)
        assert walked
        await stage.app.push_screen(SummaryScreen(walked))
        await pilot.pause()
        assert "sore or painful" in shown(stage)
        await pilot.press("3", "enter")
        await settled(pilot)
        assert said(stage) == replace(old, effort=3)
        walked = history(stage).session(walked.summary.uuid)
        assert walked
        await stage.app.push_screen(SummaryScreen(walked))
        await pilot.pause()
        await pilot.press("backspace", "down", "down", "down", "down", "backspace", "enter")
        await settled(pilot)
        assert (said(stage).effort, said(stage).next_day) == (None, None)


async def test_answers_given_elsewhere_while_the_form_is_open_stay_and_are_shown(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        summary = await finish(stage, pilot)
        elsewhere = Feedback(effort=8, fall=True, pain_before=1, note="slipped")
        assert history(stage).give_feedback(history(stage).page()[0].uuid, elsewhere)
        await pilot.press("5")
        await settled(pilot)
        assert said(stage) == replace(elsewhere, effort=5)
        assert summary.query_one("#fall", Scale).value == 1
        assert summary.query_one("#note", Input).value == "slipped"
        summary.query_one("#fall", Scale).focus()
        await pilot.press("backspace", "escape")
        await settled(pilot)
    assert said(stage) == replace(elsewhere, effort=5, fall=None), "what is shown can be changed here"


async def test_every_part_of_the_total_has_its_line_and_they_add_up(tmp_path: Path) -> None:
    stage = stage_in(tmp_path, "back 20s, rest 20s, fwd 20s")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, 20_600, 19_400, 12_900)
        stage.session_screen.action_act("quit")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        parts = {name: right for line in shown(stage).splitlines() for name, right in PART.findall(line)}
    assert parts == {"backward": "0:20", "rest": "0:20", "forward": "0:12", "turning": "0:00", "total": "0:52"}


async def test_a_workout_edited_during_the_session_can_be_saved(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "data")
    stage = stage_in(paths.data, paths=paths)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, 30_000)
        await pilot.press("b", "r")
        await stage.move(pilot, WHOLE)
        await stage.move(pilot, WHOLE)
        await pilot.press("enter")
        await settled(pilot)
        assert "save your version" in shown(stage)
        await pilot.press("ctrl+s")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        assert "Saved as First Try adapted." in shown(stage)
    (saved,) = WorkoutLibrary(paths.workouts).list()
    assert saved.workout
    assert saved.workout.backward_seconds == 3 * 75


async def test_an_unchanged_workout_is_not_offered(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "data")
    stage = stage_in(paths.data, paths=paths)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await stage.move(pilot, 40_000)
        await pilot.press("b", "u")  # changed, and undone
        await stage.move(pilot, WHOLE)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        assert "as you changed it" not in shown(stage)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)


@pytest.mark.parametrize("size", [*SIZES, (40, 12), (10, 3), (1, 1)])
@pytest.mark.sampled(3)
async def test_every_size_can_be_answered(tmp_path: Path, size: tuple[int, int]) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=size) as pilot:
        await finish(stage, pilot)
        await pilot.press("3", "enter")
        await settled(pilot)
    assert said(stage).effort == 3


async def test_without_a_store_nothing_is_asked() -> None:
    stage = Stage("first-try")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        assert "This session is not saved" in shown(stage)
        assert not stage.app.screen.query(Scale)
        await pilot.press("enter")
        await settled(pilot)
    assert stage.app.return_code == 0
