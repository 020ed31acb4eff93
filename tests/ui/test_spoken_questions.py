"""Questions that the screen asks are spoken when they open, with the keys that answer them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from retro_timer.config.keymap import check
from retro_timer.config.schema import Settings
from retro_timer.config.settings import Loaded, changed
from retro_timer.runtime.runner import Runner
from retro_timer.session.cue import CueKind
from retro_timer.session.history import Feedback, NextDay
from retro_timer.session.languages import english as phrases
from retro_timer.storage.errors import UnwritableError
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.screens.adjust import AdjustScreen
from retro_timer.ui.screens.day_after import DayAfterScreen
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.interrupted import InterruptedScreen
from retro_timer.ui.screens.question import Question
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.widgets.scale import Scale
from tests.remote.support import EVERY_ANSWER
from tests.storage.sessions import interrupt
from tests.ui.drawn import settled
from tests.ui.summaries import finish, stage_in, walk
from tests.ui.support import Stage, history
from tests.ui.test_interrupted import until
from tests.ui.test_today import add, home_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from textual.pilot import Pilot

END = ["Do you want to end this session?", "To end it, press the letter Y.", "To go on, press escape."]
ADJUST = [
    "Adjust what is left.",
    "To choose a length, press the arrow keys.",
    "To apply it, press enter.",
    "To close, press escape.",
]
DAY_AFTER = [
    "How was the day after: normal, sore muscles, or more pain?",
    "If it was normal, press the letter N.",
    "If your muscles were sore, press the letter S.",
    "If you had more pain than before, press the letter P.",
    "To give no answer, press escape.",
]
REPAIR = ["Do you want to repair the history?", "To repair it, press the letter Y.", "To decide later, press escape."]
OFFER = [
    "A session was interrupted.",
    "To resume it, press the letter R.",
    "To keep it, press the letter K.",
    "To discard it, press the letter D.",
    "To decide later, press escape.",
]


def asked(stage: Stage) -> list[str]:
    """The questions that are queued to be spoken."""
    return [due_cue.cue.text for due_cue in stage.player.queued if due_cue.cue.kind is CueKind.QUESTION]


def with_keys(keys: Mapping[str, str]) -> Loaded:
    return Loaded(Settings(keys=check(keys).overrides), ())


async def walking(stage: Stage, pilot: Pilot[int]) -> None:
    """Walk to a point where nothing else is being said."""
    await pilot.pause()
    await stage.move(pilot, 10_000, 20_000)
    stage.player.queued.clear()


async def test_whether_to_end_is_asked_aloud_until_it_is_answered() -> None:
    stage = Stage("back 5m")
    async with stage.app.run_test() as pilot:
        await walking(stage, pilot)
        await pilot.press("q")
        assert isinstance(stage.app.screen, Question)
        assert asked(stage) == END
        await pilot.press("escape")
        assert asked(stage) == []
        assert stage.session_screen.is_live


async def test_adjust_says_how_it_is_used_until_it_closes() -> None:
    stage = Stage("back 5m")
    async with stage.app.run_test() as pilot:
        await walking(stage, pilot)
        await pilot.press("a")
        assert isinstance(stage.app.screen, AdjustScreen)
        assert asked(stage) == ADJUST
        await pilot.press("escape")
        assert asked(stage) == []


async def test_another_key_is_your_key() -> None:
    stage = Stage("back 5m", loaded=with_keys({"question.yes": "f9", "question.no": "f8, n"}))
    async with stage.app.run_test() as pilot:
        await walking(stage, pilot)
        await pilot.press("q")
        assert asked(stage)[1:] == ["To end it, press your key.", "To go on, press the letter N."]


async def test_the_parts_of_a_question_do_not_run_into_each_other_or_a_cue() -> None:
    stage = Stage("back 1m, turn 30s, fwd 1m")
    async with stage.app.run_test() as pilot:
        await pilot.pause()
        await stage.move(pilot, 10_000, 47_000)
        await pilot.press("q")
        words = [due_cue for due_cue in stage.player.queued if due_cue.cue.words]
        assert asked(stage)
        for due_cue, following in pairwise(words):
            spoken = sum(phrases.spoken_ms(phrase, "heart") for phrase in due_cue.cue.words)
            assert due_cue.due + spoken <= following.due


async def test_the_questions_of_the_summary_are_asked_one_by_one(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await finish(stage, pilot)
        assert asked(stage) == [
            "How hard was it, from zero to ten?", "Press a number.", "For the next question, press enter.",
        ]  # fmt: skip
        recap = next(due_cue for due_cue in stage.player.queued if due_cue.cue.kind is CueKind.RECAP)
        assert all(due_cue.due > recap.due for due_cue in stage.player.queued if due_cue.cue.text in asked(stage))
        await pilot.press("4", "enter")
        assert asked(stage)[0] == "How much pain was there, from zero to ten?"
        await pilot.press("enter")
        assert asked(stage)[:2] == ["Did you stumble, or grab the rail?", "Press the letter Y or the letter N."]
        await pilot.press("enter")
        assert asked(stage)[0] == "Did you fall?"
        await pilot.press("down")
        assert asked(stage) == ["You can type a note.", "To close, press enter."]
        await pilot.press("escape")
        await settled(pilot)
        assert not isinstance(stage.app.screen, SummaryScreen)
        assert asked(stage) == []


async def test_the_player_stays_open_for_the_questions_of_the_summary(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test() as pilot:
        await finish(stage, pilot)
        assert not stage.player.closed
        assert not Store(tmp_path, FakeClock()).interrupted()
    assert stage.player.closed


async def test_the_longest_bout_of_earlier_sessions_is_remembered(tmp_path: Path) -> None:
    first = stage_in(tmp_path, "back 3m")
    async with first.app.run_test() as pilot:
        await walk(first, pilot, 180_000)
        await settled(pilot)
    stage = stage_in(tmp_path, "back 1m")
    async with stage.app.run_test() as pilot:
        await settled(pilot)
        await walk(stage, pilot, 60_000)
        recap = next(due_cue.cue.text for due_cue in stage.player.queued if due_cue.cue.kind is CueKind.RECAP)
    assert "Your longest bout so far: three minutes." in recap


async def test_why_earlier_sessions_do_not_count_is_in_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*_: object) -> None:
        raise UnwritableError("the history cannot be read")

    logged: list[str] = []
    monkeypatch.setattr(Runner, "remember_longest", unreadable)
    stage = stage_in(tmp_path, "back 1m")
    stage.app.services = replace(stage.app.services, log=logged.append)
    async with stage.app.run_test() as pilot:
        await settled(pilot)
    assert logged == ["The longest bout so far is unknown: the history cannot be read."]


@pytest.mark.parametrize("muted", [False, True])
async def test_the_offer_to_resume_is_spoken_unless_sound_is_muted(tmp_path: Path, muted: bool) -> None:
    interrupt(tmp_path)
    loaded = Loaded(changed(changed(Settings(), "sound.muted", muted), "first_start.done", value=True), ())
    stage = Stage(store=Store(tmp_path, FakeClock()), loaded=loaded)
    async with stage.app.run_test() as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, InterruptedScreen))
        await pilot.pause()
        assert asked(stage) == ([] if muted else OFFER)
        await pilot.press("escape")
        await pilot.pause()
        assert stage.player.closed is not muted


async def test_a_session_that_is_resumed_says_where_it_is_and_how_it_goes_on(tmp_path: Path) -> None:
    interrupt(tmp_path)
    stage = home_in(tmp_path)
    async with stage.app.run_test() as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, InterruptedScreen))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(stage.app.screen, SessionScreen))
        await settled(pilot)
        said = [due_cue.cue.text for due_cue in stage.player.queued if due_cue.cue.kind is CueKind.WHERE]
    assert said[:2] == ["The session is paused.", "The backward bout:"]
    assert said[-1] == "Press the space bar to resume."


# Questions on Home, where no session speaks


def at_home(directory: Path, *, muted: bool = False) -> Stage:
    """Home, with a separate player for each question."""
    stage = home_in(directory, **{"sound.muted": muted})
    stage.app.services = replace(stage.app.services, make_player=lambda _changed, _ring: renewed(stage))
    return stage


def renewed(stage: Stage) -> RecordingPlayer:
    stage.player = RecordingPlayer()
    return stage.player


@pytest.mark.parametrize("muted", [False, True])
async def test_the_question_about_the_day_after_is_spoken_until_it_is_answered(tmp_path: Path, muted: bool) -> None:
    stage = at_home(tmp_path, muted=muted)
    first = stage.player
    add(stage, 1, feedback=Feedback(effort=3))
    async with stage.app.run_test() as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, DayAfterScreen))
        await settled(pilot)
        assert asked(stage) == ([] if muted else DAY_AFTER)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(stage.app.screen, HomeScreen))
        await until(pilot, lambda: stage.player is first if muted else stage.player.closed)


async def test_whether_to_repair_is_asked_aloud_until_it_is_answered(tmp_path: Path) -> None:
    stage = at_home(tmp_path)
    for days_ago in (7, 5):
        add(stage, days_ago)
    history(stage).database.connection.execute("UPDATE sessions SET workout_id = x'00' WHERE id = 2")
    async with stage.app.run_test() as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, Question))
        await settled(pilot)
        assert asked(stage) == REPAIR
        await pilot.press("escape")
        await until(pilot, lambda: stage.player.closed)


async def test_what_is_asked_again_is_spoken_question_by_question(tmp_path: Path) -> None:
    stage = at_home(tmp_path)
    add(stage, 1, feedback=Feedback(effort=3, next_day=NextDay.UNANSWERED))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("g")
        await until(pilot, lambda: isinstance(stage.app.screen, SummaryScreen))
        await settled(pilot)
        assert asked(stage) == [
            "How much pain was there, from zero to ten?", "Press a number.", "For the next question, press enter.",
        ]  # fmt: skip
        player = stage.player
        await pilot.press("0", "enter")
        assert asked(stage)[0] == "Did you stumble, or grab the rail?"
        assert stage.player is player, "the sound stays open between two questions"
        assert player.silenced
        await pilot.press("down", "down")
        assert asked(stage)[:2] == [
            "How was the day after: normal, sore muscles, or more pain?",
            "Press the letter N, the letter S or the letter P.",
        ]  # fmt: skip
        await pilot.press("escape")
        await until(pilot, lambda: player.closed)


async def test_answers_that_are_only_edited_are_not_asked_for(tmp_path: Path) -> None:
    stage = at_home(tmp_path)
    first = stage.player
    uuid = add(stage, 1, feedback=Feedback(next_day=NextDay.UNANSWERED))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        session = history(stage).session(uuid)
        assert session is not None
        stage.app.push_screen(SummaryScreen(session))
        await settled(pilot)
        assert stage.player is first
        assert asked(stage) == []


async def test_there_are_words_for_each_question_of_the_summary_and_for_how_to_answer_it(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        summary = await finish(stage, pilot)
        stage.clock.move(86_400_000)
        session = history(stage).session(history(stage).page()[0].uuid)
        assert session
        await stage.app.push_screen(SummaryScreen(session))
        await settled(pilot)
        asked = {scale.id for each in (summary, stage.app.screen) for scale in each.query(Scale)}
    assert asked == {*EVERY_ANSWER, "day-after"}
    assert asked <= phrases.ASKED.keys()
    assert asked <= phrases.ANSWERED_BY.keys()
