"""The page says what the screen says: its script has the same words, names and symbols."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from retro_timer.session.events import PauseReason
from retro_timer.session.states import State
from retro_timer.ui.view_model import NAMES, SYMBOLS, WORDS, _hint
from tests.remote.support import EVERY_ANSWER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retro_timer.scheduling.phases import Phase

SCRIPT = (files("retro_timer.page") / "static" / "page.js").read_text(encoding="utf-8")
PAGE = (files("retro_timer.page") / "static" / "index.html").read_text(encoding="utf-8")
PAIR = re.compile(r'"?([a-z-]+)"?: "([^"]*)"')


@pytest.mark.parametrize(("name", "own"), [("WORDS", WORDS), ("NAMES", NAMES), ("SYMBOLS", SYMBOLS)])
def test_phases_are_called_the_same(name: str, own: Mapping[Phase, str]) -> None:
    [table] = re.findall(rf"const {name} = \{{(.*)\}};", SCRIPT)
    assert dict(PAIR.findall(table)) == {phase.value: text for phase, text in own.items()}


@pytest.mark.parametrize(
    "reason", [PauseReason.SLEEP, PauseReason.STOPPED, PauseReason.BAIL_OUT, PauseReason.BELT, PauseReason.INTERRUPTED]
)
def test_pauses_are_explained_the_same(reason: PauseReason) -> None:
    shown = re.split(r"[;.] space resumes", _hint(State.PAUSED, reason, lambda _action: "space"))[0]
    assert f'{reason.value}": "{shown}"' in SCRIPT or f'{reason.value}: "{shown}"' in SCRIPT


def test_the_page_asks_each_question_that_a_device_can_answer() -> None:
    assert re.findall(r'data-question="(\w+)"', PAGE) == [*EVERY_ANSWER]
