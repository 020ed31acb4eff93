"""What hooks and the desktop are written about a session."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from retro_timer.desktop.companion import Companion
from retro_timer.runtime.resolve import resolve
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.session.states import Rules
from retro_timer.testing import FakeClock, RecordingPlayer

if TYPE_CHECKING:
    from collections.abc import Mapping


def ignored(_line: str) -> None:
    """Nothing is said in these sessions."""


class Walk:
    """A session with a companion whose helper only writes down what it is sent."""

    def __init__(self, workout: str, lead_in: int = 10) -> None:
        self.clock = FakeClock()
        self.player = RecordingPlayer()
        config = SessionConfig(rules=Rules(lead_in=lead_in))
        self.runner = Runner(resolve(workout), clock=self.clock, player=self.player, config=config)
        self.sent: list[dict[str, Any]] = []
        self.closed = 0
        self.runner.start()
        self.companion = Companion(self.runner, {}, ignored, ignored, lambda *_: self)

    def send(self, message: Mapping[str, Any]) -> None:
        self.sent.append(json.loads(json.dumps(message)))

    def close(self) -> None:
        self.closed += 1

    def move(self, *milliseconds: int) -> None:
        for span in milliseconds:
            self.clock.move(span)
            self.runner.advance()
            self.companion.check_sound()

    def take(self) -> list[str]:
        """The names of the events since the last call."""
        names = [message["event"] for message in self.sent]
        self.sent.clear()
        return names

    @property
    def last(self) -> dict[str, Any]:
        fields: dict[str, Any] = self.sent[-1]["fields"]
        return fields


def test_each_event_has_its_name() -> None:
    walk = Walk("back 30s, turn 5s, fwd 30s")
    assert walk.take() == ["start"]
    walk.move(10_000)
    assert walk.take() == ["phase"]
    walk.runner.act("pause")
    assert walk.take() == ["pause"]
    walk.runner.act("pause")
    walk.move(5_000)
    assert walk.take() == ["resume"]
    walk.runner.act("bail_out")
    assert walk.take() == ["stop"]
    walk.player.lose()
    walk.move(100, 100)
    assert walk.take() == ["lost_sound"]
    walk.runner.act("quit")
    assert walk.take() == ["end"]


def test_a_session_without_a_lead_in_has_its_first_phase() -> None:
    walk = Walk("back 30s", lead_in=0)
    assert walk.take() == ["start", "phase"]


def test_an_event_says_where_the_session_is() -> None:
    walk = Walk('2x(back 30s @1.0mph "eyes up", turn 5s), cool 1m')
    walk.move(10_000)
    interval = {"phase": "backward", "duration": 30, "round": 1, "rounds": 2, "label": "eyes up", "speed_kmh": 1.61}
    assert {**walk.last, "next": None} == {
        "event": "phase", "workout": walk.runner.workout.name, "at": 0.0, "left": 130.0, **interval, "next": None
    }  # fmt: skip
    assert walk.last["next"]["phase"] == "turn"
    walk.move(12_300)
    walk.runner.act("pause")
    assert (walk.last["at"], walk.last["left"], walk.last["reason"]) == (12.3, 117.7, "walker")


def test_the_last_interval_has_no_next_and_the_end_a_reason() -> None:
    walk = Walk("back 10s", lead_in=0)
    assert walk.last["next"] is None
    walk.move(10_000)
    assert (walk.last["event"], walk.last["reason"], walk.last["left"]) == ("end", "complete", 0.0)
