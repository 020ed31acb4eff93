"""Every screen in five sizes and two themes, compared with SVG snapshots next to the tests.

`RETRO_TIMER_UPDATE_SNAPSHOTS=1 pytest tests/ui/test_looks.py` saves the current looks, and `python -m tests.ui.look
DIRECTORY` unpacks the pictures: look at each one before committing it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.ui.screens.first_start import FirstStartScreen
from tests.ui.drawn import settled
from tests.ui.look import DOCS, PICTURES, for_readme
from tests.ui.snapshot import assert_picture
from tests.ui.support import SIZES, furnished

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.ui.support import Stage

    Scene = Callable[[Stage, Pilot[int]], Awaitable[None]]

THEMES = ("phosphor", "paper")


async def nothing(_stage: Stage, pilot: Pilot[int]) -> None:
    await pilot.pause()


def pressing(*keys: str) -> Scene:
    async def press(_stage: Stage, pilot: Pilot[int]) -> None:
        await settled(pilot)
        await pilot.press(*keys)

    return press


def walking(*milliseconds: int, keys: tuple[str, ...] = ()) -> Scene:
    async def walk(stage: Stage, pilot: Pilot[int]) -> None:
        await pilot.pause()
        await stage.move(pilot, 10_000, *milliseconds)
        await pilot.press(*keys)

    return walk


async def first_start(stage: Stage, pilot: Pilot[int]) -> None:
    await stage.app.push_screen(FirstStartScreen(stage.app.services))
    await pilot.pause()


STILL = ("session-complete", "summary")
"""Scenes that are compared after their last movement."""


async def waiting(stage: Stage, pilot: Pilot[int]) -> None:
    """A turn that waits."""
    await pilot.pause()
    await stage.move(pilot, 10_000, 180_000, 31_000)


async def ended(stage: Stage, pilot: Pilot[int]) -> None:
    """A session that the walker ended before its time."""
    await walking(180_000, 70_000)(stage, pilot)
    stage.session_screen.action_act("quit")
    await pilot.pause()


SCENES: dict[str, tuple[str | None, Scene]] = {
    "home": (None, nothing),
    "first-start": (None, first_start),
    "builder": (None, pressing("e")),
    "adapt": (None, pressing("a")),
    "settings": (None, pressing("s")),
    "progress": (None, pressing("p")),
    "plan": (None, pressing("l")),
    "help": (None, pressing("question_mark")),
    "session-lead-in": ("builder", nothing),
    "session-backward": ("builder", walking(180_000, 30_000, 18_500)),
    "session-last-seconds": ("builder", walking(180_000, 30_000, 118_500)),
    "session-turn": ("builder", walking(180_000, 10_000)),
    "session-forward": ("builder", walking(180_000, 200_000)),
    "session-paused": ("builder", walking(180_000, 40_000, keys=("space",))),
    "session-stopped": ("builder", walking(180_000, 40_000, keys=("x",))),
    "session-waiting": ("builder", waiting),
    "session-complete": ("first-try", walking(480_000)),
    "session-ended": ("builder", ended),
    "session-keys": ("builder", walking(180_000, 40_000, keys=("question_mark",))),
    "adjust": ("builder", walking(180_000, 40_000, keys=("a",))),
    "question": ("builder", walking(180_000, 40_000, keys=("q",))),
    "summary": ("first-try", walking(480_000, keys=("enter",))),
}


@pytest.mark.usefixtures("pictured_presets")
@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.sampled(2)
async def test_every_screen_looks_as_it_did(scene: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retro_timer.ui.screens.session_ending.SUMMARY_DELAY", 3600)  # however busy the machine is
    workout, act = SCENES[scene]
    stage = furnished(tmp_path, workout, waits=act is waiting, moving=scene not in STILL)
    wrong = []
    async with stage.app.run_test(size=SIZES[0]) as pilot:
        await act(stage, pilot)
        await settled(pilot)
        for theme in THEMES:
            stage.app.theme = theme
            for width, height in SIZES:
                await pilot.resize_terminal(width, height)
                await settled(pilot)
                picture = stage.app.export_screenshot(title=scene)
                wrong += assert_picture(f"{scene}-{theme}-{width}x{height}", picture)
    assert not wrong


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_of_the_readme_show_the_screens_as_they_are(name: str) -> None:
    """`python -m tests.ui.look --docs` updates them."""
    assert (DOCS / name).read_text(encoding="utf-8") == for_readme(name)
