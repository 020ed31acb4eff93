"""`status` and `send`, with a session in this process that another thread runs."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from retro_timer.cli.main import app
from retro_timer.cli.status import FIELDS
from retro_timer.scheduling.units import kmh
from retro_timer.sensors.companion import STALE_MS
from retro_timer.session.actions import SESSION_ACTIONS
from retro_timer.session.sensing import LinkState, SensorKind
from retro_timer.session.states import State
from retro_timer.session.timeline import CueSettings
from tests.remote.support import GENEROUS_S, Rig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.ran import Run


class Running:
    """A session that is pumped by a thread."""

    def __init__(
        self,
        directory: Path,
        workout: str = "warm 1m, 2x(turn 10s, back 1m), cool 30s",
        **config: Any,  # noqa: ANN401  (of a session)
    ) -> None:
        self.rig = Rig(directory, workout, **config)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.rig.move(10_000)
        self._thread.start()

    def _run(self) -> None:
        while not self._ended.wait(0.002):
            self.rig.pump()

    def settle(self) -> None:
        """Wait until everything reported so far was taken."""
        taken = threading.Event()
        self.rig.post(taken.set)
        assert taken.wait(GENEROUS_S)

    def close(self) -> None:
        """End it."""
        self._ended.set()
        self._thread.join()
        self.rig.close()


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    """A session, ten seconds into its warm-up."""
    made = Running(home / "run")
    made.rig.move(10_000)
    yield made
    made.close()


def test_a_status_in_words(run: Run, running: Running) -> None:
    assert run("status").out == "△ WARM UP 0:50, 3:40 left overall\n"  # this workout has no name
    running.rig.move(60_000)
    ran = run("status")
    assert ran.code == 0
    assert "round 1 of 2" in ran.out


def test_a_status_by_format(run: Run, running: Running) -> None:
    assert run("status", "--format", "{symbol} {left} {phase}").out == "△ 0:50 warm up\n"
    assert run("status", "--format", "{{{left:>6}}}").out == "{  0:50}\n"
    every = run("status", "--format", "|".join(f"{{{name}}}" for name in FIELDS))
    assert len(every.out.split("|")) == len(FIELDS)
    assert running.rig.listening.session in every.out


def test_a_status_has_what_is_measured(run: Run, running: Running) -> None:
    assert json.loads(run("status", "--json").out)["measured"] is None
    every = "{speed}|{incline}|{heart}|{distance}"
    assert run("status", "--format", every).out == "|||\n"
    sensors = running.rig.follow_sensors()
    assert run("status").out == "△ WARM UP 0:50, 3:40 left overall, belt searching, heart searching\n"
    assert run("status", "--format", every).out == "--||--|0.00 km\n"
    sensors.link(SensorKind.BELT, LinkState.OK)
    sensors.belt(1.6, 100, incline_percent=2.5)
    sensors.heart(112)
    running.settle()
    running.rig.move(1000)
    sensors.belt(1.7, 100.5)
    running.settle()
    assert run("status").out.endswith(", belt 1.7 km/h, 112 bpm, 0.00 km\n")
    assert run("status", "--format", every).out == "1.7 km/h||112 bpm|0.00 km\n"
    assert json.loads(run("status", "--json").out)["measured"] == {
        "belt": {"state": "ok", "why": None},
        "heart": {"state": "searching", "why": None},
        "speed_kmh": 1.7,
        "incline_percent": None,
        "heart_rate": 112,
        "metres": 0.5,
    }


def test_a_status_shows_what_is_too_old_as_unknown(run: Run, running: Running) -> None:
    sensors = running.rig.follow_sensors()
    sensors.link(SensorKind.BELT, LinkState.OK)
    sensors.belt(1.6)
    sensors.link(SensorKind.HEART, LinkState.LOST, "it sends\x1b[2J nothing")
    running.settle()
    running.rig.move(STALE_MS + 1)
    assert run("status").out.endswith(", belt: no speed, heart lost\n")
    assert run("status", "--format", "{speed} {heart}").out == "-- --\n"
    measured = json.loads(run("status", "--json").out)["measured"]
    assert (measured["speed_kmh"], measured["heart_rate"]) == (None, None)
    assert measured["heart"] == {"state": "lost", "why": "it sends [2J nothing"}


def test_a_status_has_the_units_of_the_session(run: Run, home: Path) -> None:
    running = Running(home / "run", cues=CueSettings(imperial=True))
    try:
        running.rig.follow_sensors().belt(kmh(1.0))
        running.settle()
        assert ", belt 1.0 mph, " in run("status").out
        assert json.loads(run("status", "--json").out)["measured"]["speed_kmh"] == kmh(1.0)
    finally:
        running.close()


@pytest.mark.parametrize(
    "form",
    [
        "{",
        "}",
        "{}",
        "{0}",
        "{nothing}",
        "{left.upper}",
        "{left!x}",
        "{left:d}",
        "{left[0]}",
        "{left:{left}}",
        "{left:9999}",
    ],
)
def test_a_format_that_is_none_is_refused_in_one_line(run: Run, form: str) -> None:
    ran = run("status", "--format", form)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("retro-timer: --format: ")
    assert ran.err.count("\n") == 1


def test_send_pause_then_status_says_paused(run: Run, running: Running) -> None:
    ran = run("send", "pause")
    assert (ran.code, ran.err) == (0, "")
    assert "PAUSED" in ran.out
    shown = json.loads(run("status", "--json").out)
    assert (shown["state"], shown["reason"]) == ("paused", "walker")
    assert (shown["left"], shown["elapsed"], shown["phase"]) == (50, 10, "warm-up")
    assert running.rig.runner.session.state is State.PAUSED


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("name", [action.name for action in SESSION_ACTIONS if action.act is not None])
def test_every_action_can_be_sent(run: Run, name: str) -> None:
    ran = run("send", name)
    if ran.code == 0:
        assert (ran.err, ran.out.count("\n")) == ("", 1)
    else:
        assert ran.code == 2
        assert ran.err.startswith("retro-timer: refused: ")
        assert ran.out == ""


def test_what_is_refused_says_why(run: Run, running: Running) -> None:
    assert running
    ran = run("send", "turned")
    assert (ran.code, ran.out, ran.err) == (2, "", "retro-timer: refused: no turn is waiting\n")


@pytest.mark.parametrize("command", ["status", "send pause", "watch"])
def test_without_a_session_the_exit_code_is_3(run: Run, command: str) -> None:
    ran = run(*command.split())
    assert (ran.code, ran.out, ran.err) == (3, "", "retro-timer: no session is running\n")


def test_an_unknown_action_suggests_one(run: Run) -> None:
    ran = run("send", "puase")
    assert (ran.code, ran.err) == (2, 'retro-timer: there is no action "puase": did you mean pause?\n')
    assert "there are pause, skip" in run("send", "\x1b[2J").err


def test_of_several_sessions_one_is_chosen(run: Run, running: Running, home: Path) -> None:
    other = Running(home / "run", "back 5m")
    try:
        assert len(run("status", "--json").out.splitlines()) == 2
        ran = run("send", "pause")
        assert ran.code == 2
        assert running.rig.listening.session in ran.err
        assert run("send", "pause", "--session", other.rig.listening.session[:6]).code == 0
        assert other.rig.runner.session.state is State.PAUSED
        assert running.rig.runner.session.state is State.RUNNING
        assert 'no session "zz" is running' in run("send", "pause", "--session", "zz").err
    finally:
        other.close()


def test_a_session_that_is_over_gives_way_to_a_running_one(run: Run, running: Running, home: Path) -> None:
    """Its summary is still open while the next session runs in another window."""
    assert run("send", "quit").code == 0
    assert json.loads(run("status", "--json").out)["state"] == "ended-early", "the only one is shown"
    other = Running(home / "run", "back 5m")
    try:
        assert json.loads(run("status", "--json").out)["session"] == other.rig.listening.session
        assert run("send", "pause").code == 0
        assert other.rig.runner.session.state is State.PAUSED
        over = running.rig.listening.session
        assert over not in run("send", "pause", "--session", other.rig.listening.session).err
        assert run("send", "pause", "--session", over).err == "retro-timer: refused: the session is over\n"
    finally:
        other.close()


def test_a_session_that_does_not_answer_is_named(run: Run, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process is stopped, for example."""
    running._ended.set()
    running._thread.join()
    monkeypatch.setattr("retro_timer.cli.find_session.SessionClient.__init__.__kwdefaults__", {
        "role": "local", "name": "", "timeout": 0.2,
    })  # fmt: skip
    ran = run("status")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"retro-timer: session {running.rig.listening.session}: it does not answer\n"


def test_completion_knows_the_actions_and_the_sessions(running: Running) -> None:
    def completed(words: str, typed: str) -> list[str]:
        environment = {"COMP_WORDS": f"retro-timer {words} {typed}", "COMP_CWORD": str(len(words.split()) + 1),
                       "_RETRO_TIMER_COMPLETE": "bash_complete"}  # fmt: skip
        output = CliRunner().invoke(app, prog_name="retro-timer", env=environment).output
        return [line.partition(",")[2] for line in output.splitlines()]

    assert completed("send", "pa") == ["pause"]
    assert "adjust" not in completed("send", "")
    assert completed("send --session", "") == [running.rig.listening.session]
