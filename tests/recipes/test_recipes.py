"""Applies each recipe of docs/recipes.md to a copy of the repository: it works, with only the expected changes."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from retro_timer.audio.library import slug
from retro_timer.session.languages import english as phrases
from retro_timer.session.ports import VOICES
from tests.recipes.recipe import REPOSITORY, Touched, apply, copy_repository, recipes

if TYPE_CHECKING:
    from pathlib import Path

RECIPES: Final = recipes()
THREE_QUARTERS: Final = "Three quarters."


class Promise(NamedTuple):
    """The maximum extent of a recipe's changes, and the test that shows that it works."""

    touched: Touched
    check: str


PROMISES: Final = {
    "Add a preset": Promise(Touched(new=0, changed=1, entries=1), "test_a_preset"),
    "Add a cue": Promise(Touched(new=0, changed=3, entries=4), "test_a_cue"),
    "Add a theme": Promise(Touched(new=0, changed=1, entries=1), "test_a_theme"),
    "Add an export format": Promise(Touched(new=1, changed=0, entries=1), "test_a_format"),
    "Add a setting": Promise(Touched(new=0, changed=2, entries=2), "test_a_setting"),
    "Add a screen": Promise(Touched(new=1, changed=1, entries=2), "test_a_screen"),
    "Add something a walker can do in a session": Promise(
        Touched(new=0, changed=1, entries=1), "test_a_session_action"
    ),
    "Change what the plan says": Promise(Touched(new=0, changed=1, entries=1), "test_what_the_plan_says"),
}


PROGRAMS: Final = {
    "python": (),
    "retro-timer": ("-m", "retro_timer"),
    "pytest": ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
}


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy of the repository, with the copy's package, settings and history."""
    own = {
        "PYTHONPATH": str(copy),
        "RETRO_TIMER_CONFIG_DIR": str(copy / "config"),
        "RETRO_TIMER_DATA_DIR": str(copy / "data"),
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    return subprocess.run(
        [sys.executable, *arguments], cwd=copy, env={**environment, **own}, capture_output=True, text=True, check=False
    )


def stand_in_for_the_clips(copy: Path) -> None:
    """Put other clips where the renderer puts those of the recipe's phrase."""
    for voice in VOICES:
        folder = copy / "retro_timer" / "audio" / "assets" / "voice" / "en" / voice
        shutil.copy(folder / f"{slug(phrases.HALFWAY)}.flac", folder / f"{slug(THREE_QUARTERS)}.flac")


def test_every_recipe_is_followed() -> None:
    assert set(RECIPES) == set(PROMISES)


@pytest.mark.parametrize("title", PROMISES)
def test_a_recipe_uses_names_that_exist(title: str, tmp_path: Path) -> None:
    """The next test finds more, but takes long: every run of the tests has this one."""
    recipe = RECIPES[title]
    for step in recipe.steps:
        (tmp_path / step.path).parent.mkdir(parents=True, exist_ok=True)
        if step.where:
            shutil.copy(REPOSITORY / step.path, tmp_path / step.path)
    apply(recipe, tmp_path)
    undefined = run(tmp_path, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F821", str(tmp_path))
    assert undefined.returncode == 0, undefined.stdout


@pytest.mark.timeout(600)  # a dozen starts of Python and Textual, on a machine that may be busy
@pytest.mark.parametrize("title", PROMISES)
@pytest.mark.sampled(4)
def test_a_recipe_works_as_written(title: str, tmp_path: Path) -> None:
    recipe, promise = RECIPES[title], PROMISES[title]
    copy_repository(tmp_path)
    touched = apply(recipe, tmp_path)
    print(f"{title}: {touched.new} new, {touched.changed} changed files, {touched.entries} places")
    assert touched == promise.touched
    for command in (*recipe.commands, f"pytest tests/recipes/checks.py::{promise.check}"):
        program, *arguments = shlex.split(command)
        done = run(tmp_path, *PROGRAMS[program], *arguments)
        if "render_voice" in command and done.returncode == 2:  # rendering needs a model, which CI does not fetch
            assert "missing" in done.stderr or "not installed" in done.stderr
            stand_in_for_the_clips(tmp_path)
            continue
        assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}{done.stderr}"
