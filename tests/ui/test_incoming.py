"""Incoming workouts on Home: the screen asks for what a file does not say, and shows the outcome before it is saved."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from textual.events import Paste
from textual.widgets import Input, Static

from retro_timer.scheduling.notation import format_notation
from retro_timer.ui.screens.ask import Ask, Choose
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.question import Question
from retro_timer.ui.widgets.keysbar import KeysBar
from tests.formats.test_interval_timers import SETS
from tests.ui.test_home import House, at_home

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

DISTANCES = """<workout_file><name>Track</name><sportType>run</sportType><workout><Warmup Duration="200"/>
<SteadyState Duration="400" Power="0.9"/><Cooldown Duration="100"/></workout></workout_file>"""


def shown(house: House) -> str:
    return "\n".join(str(part.render()) for part in house.app.screen.query(Static))


async def answer(house: House, text: str) -> None:
    house.app.screen.query_one(Input).value = text
    await house.press("enter")


async def test_lengths_direction_and_the_longest_bout_are_asked_for_in_turn(tmp_path: Path) -> None:
    async with at_home(tmp_path) as house:
        await house.paste(DISTANCES)
        assert isinstance(house.app.screen, Ask)
        assert "Together they are 0.7 km, or 11:40. Enter seconds" in shown(house)
        await answer(house, "feet")
        assert "expected a pace such as 20:00/km" in shown(house)
        await answer(house, "20:00/km")
        assert isinstance(house.app.screen, Choose)
        await house.press("b")
        assert "Longest backward bout" in shown(house)
        assert "8:00 backward" in shown(house)
        await answer(house, "2m")
        assert isinstance(house.app.screen, Choose)
        for part in (
            "15:00 total, 2:00 backward (13 %), longest bout 2:00",
            "warm 4m, turn 30s, back 2m, turn 30s, fwd 6m, cool 2m",
            "- 3 blocks in metres became times at 20:00/km",
            "- the direction of 1 of 3 intervals is assumed (alternate)",
            "- 2 turns of 0:30 are added",
            "- targets of power and cadence are left out",
        ):
            assert part in shown(house)
        await house.press("s")
        await house.press("enter")
        assert house.rows == ["Track"]
        await house.paste(DISTANCES)
        await answer(house, "Seconds")
        await house.press("f")
        assert "- its lengths are read as seconds" in shown(house)
        await house.press("escape")
        assert isinstance(house.app.screen, HomeScreen)


async def test_a_workout_that_takes_long_to_read_covers_no_screen_that_was_opened_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_home(tmp_path) as house:
        for slow in ("own_workouts.recognized", "own_workouts._speed_warning"):
            begun, goes_on = threading.Event(), threading.Event()

            def read(*_: object, begun: threading.Event = begun, goes_on: threading.Event = goes_on) -> None:
                begun.set()
                assert goes_on.wait(10)

            with monkeypatch.context() as patch:
                patch.setattr(f"retro_timer.ui.screens.{slow}", read)
                house.app.screen.post_message(Paste("back 2m, fwd 1m"))
                while not begun.is_set():
                    await house.pilot.pause(0.005)
                opened = Question("Is it there?", "", yes="yes")
                house.app.push_screen(opened)
                goes_on.set()
                await house.settle()
            assert house.app.screen is opened
            await house.press("escape")
            assert isinstance(house.app.screen, HomeScreen)


async def test_one_of_several_workouts_is_chosen_and_distances_ask_for_a_pace(tmp_path: Path) -> None:
    async with at_home(tmp_path) as house:
        await house.paste(json.dumps({"workouts": [SETS, {**SETS, "title": "Hip"}]}))
        assert "It has 2 workouts. Which one?" in shown(house)
        assert '1 "Knee"\n2 "Hip"' in shown(house)
        await answer(house, "3")
        assert "expected a number from 1 to 2" in shown(house)
        await answer(house, "2")
        assert isinstance(house.app.screen, Choose)
        assert "Hip" in shown(house)
        await house.press("escape")
        await house.paste("- Forward 1km 80%\n- Backward 100mtr")
        assert "It has distances. What is their pace?" in shown(house)
        await answer(house, "3km/h")
        await house.press("w")
        assert format_notation(house.walked) == "fwd 20m, back 2m"


async def test_every_question_can_be_declined(tmp_path: Path) -> None:
    texts = (DISTANCES, "- Forward 1km", json.dumps({"workouts": [SETS] * 20}), "- 1m\n- 2m")
    async with at_home(tmp_path) as house:
        for text in texts:
            await house.paste(text)
            assert not isinstance(house.app.screen, HomeScreen)
            await house.press("escape")
            assert isinstance(house.app.screen, HomeScreen)


async def test_the_keys_stay_on_the_screen_however_much_there_is_to_say(tmp_path: Path) -> None:
    texts = "".join(f'<textevent timeoffset="{at}" message="Breathe"/>' for at in (30, 40))
    said = [(60, "Backward at 20 km/h"), *((100 + number, "Keep to the rail &") for number in range(40))]
    blocks = "".join(
        f'<SteadyState Duration="{seconds}" Power="1"><textevent timeoffset="0" message="{text}"/>{texts}</SteadyState>'
        for seconds, text in said
    )
    async with at_home(tmp_path) as house:
        await house.paste(f"<workout_file><workout>{blocks}</workout></workout_file>")
        await house.press("f")
        assert "Walk no faster than" in shown(house)
        assert "- and 1 more" in shown(house)
        assert house.app.screen.query_one(KeysBar).region.bottom <= 23
