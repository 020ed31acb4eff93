"""What a plain session prints of each event, as text and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from retro_timer.cli.plain import Notice, Plain
from retro_timer.cli.plain_keys import PlainKeys
from retro_timer.config.keymap import resolve
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.scheduling.notation import parse
from retro_timer.session.sensing import LinkState, Measurements, PresentValue, SensorKind, SensorLink
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings
from retro_timer.testing import FakeClock, RecordingPlayer

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKOUT = 'back 60s @2km/h "eyes up", turn 5s, fwd 60s'


def printed(
    happenings: Sequence[str | Notice | int],
    *,
    as_json: bool,
    measured: Measurements | None = None,
    imperial: bool = False,
) -> list[str]:
    """The lines of a session in which lines are typed and milliseconds pass, until it is broken off."""
    clock, left, lines = FakeClock(), list(happenings), list[str]()
    rules = Rules(lead_in=3, resume_lead_in=3, wait_at_turns=True)
    config = SessionConfig(rules, CueSettings(imperial=imperial))
    runner = Runner(parse(WORKOUT), clock=clock, player=RecordingPlayer(), config=config)
    runner.measurements = None if measured is None else lambda: measured.at(clock.now())
    plain = Plain(runner, PlainKeys(resolve({})), lines.append, as_json=as_json)

    def wait(_runner: Runner) -> str | Notice | None:
        if not left:
            raise StopIteration
        happening = left.pop(0)
        if isinstance(happening, int):
            clock.move(happening)
            return None
        return happening

    plain.start()
    try:
        plain.run(wait)
    except StopIteration:
        plain.broken_off()
    return lines


def events(*happenings: str | Notice | int) -> list[dict[str, Any]]:
    """Everything in JSON but the cues."""
    found = [json.loads(line) for line in printed(happenings, as_json=True)]
    return [event for event in found if event["event"] != "cue"]


START = [
    {"event": "started", "at": 0, "lead_in": 3, "total": 125},
    {
        "event": "interval", "at": 0, "index": 0, "phase": "backward", "duration": 60, "round": None, "rounds": None,
        "label": "eyes up", "speed_kmh": 2.0,
    },
]  # fmt: skip


def test_a_pause_is_reported_with_its_reason_and_length() -> None:
    assert events(3000, 10_000, "", 4000, "", 3000, 1000) == [
        *START,
        {"event": "paused", "at": 10, "reason": "walker"},
        {"event": "resuming", "at": 10, "lead_in": 3},
        {"event": "resumed", "at": 10, "stood": 7},
        {"event": "ended", "at": 11, "elapsed": 11},
    ]


def test_a_waiting_turn_is_reported_with_its_length() -> None:
    found = events(3000, 60_000, 5000, 1500, "e", 3000, 60_000)
    assert [event["event"] for event in found] == [
        "started", "interval", "interval", "held", "turned", "resuming", "interval", "finished",
    ]  # fmt: skip
    assert found[3] == {"event": "held", "at": 65, "index": 1}
    assert found[4] == {"event": "turned", "at": 65, "held": 1.5}
    assert found[-1] == {"event": "finished", "at": 125, "elapsed": 125}


def test_an_edit_is_reported_with_the_new_end_and_a_refusal_with_its_reason() -> None:
    edited, refusal = events(3000, 10_000, "+", "zz")[2:4]
    assert (edited["event"], edited["at"], edited["total"] - 125) == ("edited", 10, 10)
    assert edited["what"]
    assert edited["text"]
    assert refusal["event"] == "refused"
    assert refusal["text"].startswith('"zz" does nothing here')


def test_what_concerns_the_program_is_a_notice() -> None:
    found = events(3000, 10_000, Notice.CONTINUED)
    assert found[-2:] == [
        {"event": "notice", "at": 10, "text": "paused while the program was stopped; an empty line resumes"},
        {"event": "ended", "at": 10, "elapsed": 10},
    ]


def test_cues_are_reported_by_kind_and_words() -> None:
    cues = [json.loads(line) for line in printed([3000, 10_000], as_json=True)]
    assert {"event": "cue", "at": 0, "cue": "phase", "text": "Walk backward. One minute. eyes up"} in cues


@pytest.mark.parametrize(
    ("happenings", "line"),
    [
        ((), "   0:00  starting in 3 s, 2:05 total, sound ok"),
        ((3000,), '   0:00  BACKWARD 1:00, at 2.0 km/h, "eyes up", 2:05 left, next turn 0:05'),
        ((3000, 10_000, ""), "   0:10  paused (walker)"),
        ((3000, 10_000, "", "", 3000), "   0:10  resumed"),
        ((3000, 60_000, 5000), "   1:05  the turn waits: type e when you have turned"),
        ((3000, 10_000, "x"), "   0:10  paused (bail-out)"),
        ((3000, 10_000), "   0:10  ended early, walked 0:10"),
        ((3000, 60_000, 5000, "e", 3000, 60_000), "   2:05  complete, walked 2:05"),
    ],
)
def test_each_event_has_a_line_of_text(happenings: tuple[str | int, ...], line: str) -> None:
    assert line in printed(happenings, as_json=False)


def test_an_edit_has_a_line_with_the_new_end() -> None:
    (line,) = [line for line in printed([3000, 10_000, "+"], as_json=False) if "ends at" in line]
    assert line.endswith("edit: The backward bout: one minute ten. ends at 2:15")


BELT = SensorLink(SensorKind.BELT, LinkState.OK)
STRAP = SensorLink(SensorKind.HEART, LinkState.LOST, "it sends nothing")


def test_what_is_measured_is_printed_where_an_interval_begins_and_when_asked() -> None:
    """And what is too old by then is printed as missing."""
    until = FakeClock().now() + 20_000
    measured = Measurements((BELT, STRAP), PresentValue(2.0, until), None, PresentValue(112, until), 310.0)
    lines = printed((3000, 10_000, "s", 50_000), as_json=False, measured=measured)
    assert "   0:00    belt 2.0 km/h, 112 bpm, 0.31 km" in lines
    assert "   0:10    belt 2.0 km/h, 112 bpm, 0.31 km" in lines
    assert "   1:00    belt: no speed, heart lost, 0.31 km" in lines
    assert len([line for line in lines if "0.31 km" in line]) == 3
    lines = printed((3000, 60_000), as_json=True, measured=measured)
    found = [event for event in map(json.loads, lines) if event["event"] == "measured"]
    assert found == [
        {
            "event": "measured", "at": at, "belt": {"state": "ok", "why": None},
            "heart": {"state": "lost", "why": "it sends nothing"}, "speed_kmh": speed, "incline_percent": None,
            "heart_rate": heart, "metres": 310.0,
        }
        for at, speed, heart in ((0, 2.0, 112), (60, None, None))
    ]  # fmt: skip


def test_without_sensors_nothing_is_printed_of_them() -> None:
    assert not [event for event in events(3000, 60_000) if event["event"] == "measured"]


def test_speeds_are_printed_in_the_units_of_the_walker() -> None:
    measured = Measurements((BELT,), PresentValue(2.0, 10**9), metres=1609.344)
    lines = printed((3000,), as_json=False, measured=measured, imperial=True)
    assert '   0:00  BACKWARD 1:00, at 1.2 mph, "eyes up", 2:05 left, next turn 0:05' in lines
    assert "   0:00    belt 1.2 mph, 1.00 mi" in lines
