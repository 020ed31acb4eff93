"""A session as a media player: status, what is shown, the position, and what each verb means."""

from __future__ import annotations

import pytest

from retro_timer.desktop.media import Moment
from retro_timer.remote.messages import SharedInterval, SharedSchedule, SharedSound, SharedState

SCHEDULE = SharedSchedule(
    (SharedInterval("warm-up", 60), SharedInterval("backward", 120, 1, 2, "eyes up"), SharedInterval("turn", 30))
)


def moment(
    state: str = "running", *, index: int = 1, position: int = 70_000, reason: str = "", runs_from: int | None = 1000
) -> Moment:
    """A moment of a session, by default ten seconds into the second interval; it runs from moment 1,000."""
    shared = SharedState(
        at=1000, state=state, reason=reason, index=index, phase="backward", position=position,
        runs_from=None if state == "paused" else runs_from, caption="", unsaved="", sound=SharedSound("ok"),
    )  # fmt: skip
    return Moment("Builder", SCHEDULE, shared, offset=500)


@pytest.mark.parametrize(
    ("state", "reason", "status"),
    [
        ("lead-in", "", "Playing"),
        ("running", "", "Playing"),
        ("holding", "", "Playing"),
        ("paused", "walker", "Paused"),
        ("paused", "bail-out", "Stopped"),
        ("finished", "", "Stopped"),
        ("ended-early", "", "Stopped"),
        ("ready", "", "Stopped"),
        ("something new", "", "Stopped"),
    ],
)
def test_a_player_plays_while_the_session_moves(state: str, reason: str, status: str) -> None:
    assert moment(state, reason=reason).status == status


def test_panels_show_the_phase_the_next_one_and_the_workout() -> None:
    assert moment().metadata() == {
        "mpris:trackid": ("o", "/retro_timer/interval/1"),
        "mpris:length": ("x", 120_000_000),
        "xesam:title": ("s", "Backward 2:00, eyes up"),
        "xesam:artist": ("as", ["next: Turn 0:30"]),
        "xesam:album": ("s", "Builder"),
        "xesam:trackNumber": ("i", 2),
    }
    assert moment(index=2).metadata()["xesam:artist"] == ("as", ["then it is over"])
    assert moment(index=0).metadata()["xesam:title"] == ("s", "Warm up 1:00")
    assert moment(index=7).metadata() == {"mpris:trackid": ("o", "/retro_timer/interval/none")}


def test_the_position_runs_with_the_session_within_its_interval() -> None:
    assert moment().position(500) == 10_000_000
    assert moment().position(3_000) == 12_500_000
    assert moment("paused").position(99_000) == 10_000_000
    assert moment().position(999_000) == 120_000_000
    assert moment("lead-in", position=60_000, runs_from=5_000).position(3_000) == 0
    assert moment(position=0).position(500) == 0
    assert moment(index=9).position(500) == 0


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("running", {"PlayPause": "pause", "Pause": "pause", "Play": "", "Next": "skip"}),
        ("lead-in", {"PlayPause": "pause", "Pause": "pause", "Play": "", "Next": "skip"}),
        ("paused", {"PlayPause": "pause", "Pause": "", "Play": "pause", "Next": "skip"}),
        ("holding", {"PlayPause": "pause", "Pause": "pause", "Play": "", "Next": "turned"}),
        ("finished", {"PlayPause": "", "Pause": "", "Play": "", "Next": "skip"}),
    ],
)
def test_a_verb_means_what_changes_the_state_to_it(state: str, actions: dict[str, str]) -> None:
    found = moment(state)
    always = {"Previous": "back", "Stop": "bail_out", "Seek": ""}
    assert {verb: found.action(verb) for verb in (*actions, *always)} == actions | always
