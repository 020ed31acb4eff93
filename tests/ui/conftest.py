"""Fixtures for all tests of screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from textual._styles_cache import StylesCache  # the only access to its cache
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from retro_timer.ui.drawing.cached_line import changed_regions
from tests.ui.idle import wait_for_idle, wait_for_screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.css.model import RuleSet

PARSE: Final = Stylesheet._parse_rules
PARSED: Final[dict[object, list[RuleSet]]] = {}
"""The parsed rules of style sheets, by their text and the theme's variables."""


@pytest.fixture(autouse=True)
def _no_summary_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open the summary only where a test asks for it, not because the machine took four seconds for a step."""
    monkeypatch.setattr("retro_timer.ui.screens.session_ending.SUMMARY_DELAY", 3600.0)


@pytest.fixture(autouse=True)
def _garbage_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Free the lines of earlier apps, which would add up to hundreds of megabytes in a process that runs so many.

    The app freezes all objects after its first frame, and Textual caches the drawn lines of a thousand widgets.
    """
    monkeypatch.setattr("retro_timer.ui.app.enable_gc", lambda: None)
    yield
    StylesCache.get_inner_outer.cache_clear()
    changed_regions.cache_clear()


@pytest.fixture(autouse=True)
def _pilot_asks_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.app.wait_for_idle", wait_for_idle)
    monkeypatch.setattr("textual.pilot.wait_for_idle", wait_for_idle)
    monkeypatch.setattr(Pilot, "_wait_for_screen", wait_for_screen)


@pytest.fixture(autouse=True)
def _styles_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse each style sheet only for the first app that has it."""
    monkeypatch.setattr(Stylesheet, "_parse_rules", parsed_once)


def parsed_once(sheet: Stylesheet, css: str, *given: Any, **named: Any) -> list[RuleSet]:  # noqa: ANN401  (Textual's)
    """The rules of a style sheet with a theme's variables, parsed the first time they are requested."""
    key = (tuple(sheet._variables.items()), css, given, tuple(named.items()))
    if key not in PARSED:
        PARSED[key] = PARSE(sheet, css, *given, **named)
    return PARSED[key]
