"""A language is chosen by a setting and handed in: whatever is said is of that language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import pytest

from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.scheduling.notation import parse
from retro_timer.session.actions import SESSION_ACTIONS
from retro_timer.session.events import CueHeard, Edited, Event
from retro_timer.session.languages import LANGUAGES, english
from retro_timer.session.ports import SoundState
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings
from retro_timer.testing import FakeClock, RecordingPlayer

if TYPE_CHECKING:
    from retro_timer.session.cue import Cue
    from retro_timer.session.languages import Language

MARK = "~"
"""What the phrases of the made-up language begin with."""


def marked(value: object) -> object:
    """A value of English, as the made-up language has it."""
    if isinstance(value, str):
        return MARK + value
    if isinstance(value, tuple):
        return tuple(map(marked, value))
    if isinstance(value, Mapping):
        return {marked(key) if key in english.every_phrase() else key: marked(each) for key, each in value.items()}
    return value


def unmarked(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(unmarked, value))
    return value.removeprefix(MARK) if isinstance(value, str) else value


class MadeUp:
    """English in which each phrase is marked."""

    def __getattr__(self, name: str) -> object:
        value = getattr(english, name)
        if not callable(value):
            return marked(value)
        return lambda *given, **named: marked(value(*map(unmarked, given), **named))


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Language:
    language = cast("Language", MadeUp())
    monkeypatch.setattr("retro_timer.session.timeline.LANGUAGES", {**LANGUAGES, "xx": language})
    return language


class Walk:
    """A session in the made-up language, with all that was said."""

    def __init__(self, *, own_keys: bool) -> None:
        self.clock, self.player = FakeClock(), RecordingPlayer()
        cues = CueSettings(
            language="xx",
            coaching="many",
            time_left_every=1,
            own_key=own_keys,
            own_pause_key=own_keys,
            spoken_count=own_keys,
        )
        config = SessionConfig(Rules(lead_in=5, wait_at_turns=True), cues)
        workout = parse("warm 90s @2km/h, 2x(turn 30s, back 3m @15km/h, turn 30s | fwd 1m), cool 1m")
        self.runner = Runner(workout, clock=self.clock, player=self.player, config=config)
        self.events: list[Event] = list(self.runner.start())

    def on(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.move(1000)
            self.events += self.runner.advance()

    def act(self, name: str) -> None:
        self.events += self.runner.act(name)
        self.on(12)

    @property
    def said(self) -> list[Cue]:
        heard = [event.cue for event in self.events if isinstance(event, CueHeard)]
        return heard + [due_cue.cue for due_cue in self.player.queued]


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("own_keys", [False, True])
@pytest.mark.parametrize("action", ["", *(action.name for action in SESSION_ACTIONS)])
def test_everything_a_session_says_is_of_the_language_that_was_chosen(action: str, own_keys: bool) -> None:
    walk = Walk(own_keys=own_keys)
    walk.on(100 if action == "turned" else 140)
    for name in (action, "undo", "pause", "where", "pause") if action else ("turned",):
        walk.act(name)
    walk.player.lose()
    walk.on(2)
    walk.player.state = SoundState.OK
    walk.on(40)
    words = [phrase for cue in walk.said for phrase in cue.words]
    words += [phrase for event in walk.events if isinstance(event, Edited) for phrase in event.words]
    assert len(words) > 10
    assert [phrase for phrase in words if not phrase.startswith(MARK)] == []
