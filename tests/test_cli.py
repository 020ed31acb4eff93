"""The command line: what it prints, what it refuses, and how it exits."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from retro_timer import __version__
from retro_timer.cli import COMMANDS, run_command_line
from retro_timer.exits import EXIT_BAD_INPUT
from tests.requirements_present import require_modules

if TYPE_CHECKING:
    from pathlib import Path

LADDER = {
    "floor-first": (305, 75),
    "first-try": (480, 120),
    "starter": (1050, 240),
    "foundation": (1170, 360),
    "builder": (1200, 480),
    "ten-minutes": (1320, 600),
    "consistent": (1530, 720),
    "beyond": (1680, 900),
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No command sees anybody's real files."""
    monkeypatch.setenv("RETRO_TIMER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RETRO_TIMER_CONFIG_DIR", str(tmp_path / "config"))
    return tmp_path


class Ran:
    """What a command line did."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:  # noqa: ANN401  (whatever was printed)
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> Ran:
        code = run_command_line(list(arguments))
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return call


def refused(ran: Ran, *parts: str) -> None:
    """One clear line on standard error, exit 2, nothing else."""
    assert ran.code == EXIT_BAD_INPUT
    assert ran.out == ""
    assert ran.err.startswith("retro-timer: ")
    assert ran.err.count("\n") == 1
    assert ran.err.rstrip("\n").isprintable()
    for part in parts:
        assert part in ran.err


def test_version(run: Run) -> None:
    assert run("--version").out == f"retro-timer {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert ran.code == 0
    assert "Example" in ran.out
    assert f"retro-timer {command}" in ran.out


def test_help_lists_every_command(run: Run) -> None:
    out = run("--help").out
    assert all(f"\n  {name}" in out for name in COMMANDS)


@pytest.mark.parametrize(("preset", "totals"), LADDER.items())
def test_show_gives_the_totals_of_the_ladder(run: Run, preset: str, totals: tuple[int, int]) -> None:
    shown = run("show", preset, "--json").json
    assert (shown["total_seconds"], shown["backward_seconds"]) == totals
    assert sum(interval["duration"] for interval in shown["intervals"]) == totals[0]


def test_show_json_has_the_fields_of_the_design(run: Run) -> None:
    shown = run("show", 'warm 10s, 2x(back 5s @1.6km/h "eyes up" | fwd 4s)', "--json").json
    assert shown["notation"] == 'warm 10s, 2x(back 5s @1.6km/h "eyes up" | fwd 4s)'
    assert shown["intervals"][1] == {
        "index": 1,
        "phase": "backward",
        "start": 10,
        "duration": 5,
        "round": 1,
        "rounds": 2,
        "label": "eyes up",
        "speed_kmh": 1.6,
    }
    assert shown["intervals"][0]["round"] is None


def test_presets(run: Run) -> None:
    assert [row["id"] for row in run("presets", "--json").json] == list(LADDER)
    assert all(preset in run("presets").out for preset in LADDER)


def test_overrides_change_any_workout(run: Run) -> None:
    shown = run(
        "show", "builder", "--backward", "90s", "--turn", "20", "--rounds", "2", "--cool-down", "1:30", "--json"
    ).json
    assert shown["notation"] == "warm 3m, 2x(turn 20s, back 1m30s, turn 20s | fwd 1m), cool 1m30s"


def test_rehearsed_json_has_every_interval_at_its_time(run: Run) -> None:
    ran = run("run", "first-try", "--plain", "--json", "--rehearse", "1000")
    events = [json.loads(line) for line in ran.out.splitlines()]
    shown = run("show", "first-try", "--json").json
    assert ran.code == 0
    assert [(event["at"], event["phase"], event["duration"]) for event in events if event["event"] == "interval"] == [
        (interval["start"], interval["phase"], interval["duration"]) for interval in shown["intervals"]
    ]
    assert events[0]["event"] == "started"
    assert events[-1] == {"event": "finished", "at": 480, "elapsed": 480}
    assert {event["cue"] for event in events if event["event"] == "cue"} >= {"phase", "count", "announce", "complete"}


def test_plain_text_carries_what_the_screen_says(run: Run) -> None:
    out = run("run", "first-try", "--plain", "--rehearse", "1000").out
    assert "BACKWARD 1:00, round 1 of 2, 5:30 left, next turn 0:30" in out
    assert "Ten seconds. Turn around." in out
    assert "complete, walked 8:00" in out


@pytest.mark.parametrize(
    ("workout", "parts"),
    [
        ("bilder", ("bilder", "did you mean builder?", "first-try")),
        ("back 1m, bock 2m", ("column 10", "expected a phase")),
        ("back nan", ("column 6", "expected a length")),
        ("back -5", ("column 6", "expected a length")),
        ("back 0", ("1 second to 4 hours",)),
        ("back 99999999999999999999", ("1 second to 4 hours",)),
        ("", ("no workout given",)),
        ("99999x(99999x(back 1s))", ("rounds",)),
        ("9999x(9999x(back 1s))", ("at most 10,000 intervals",)),
        ("back 1m \x1b[31m", ("column 9",)),
        ('back 1m "\x07"', ("printable",)),
    ],
)
def test_bad_workouts_are_refused_in_one_line(run: Run, workout: str, parts: tuple[str, ...]) -> None:
    refused(run("show", workout), *parts)
    refused(run("run", workout, "--plain"), *parts)


@pytest.mark.parametrize("value", ["-5", "0", "nan", "1e3", "5h", "", "99999999999999999999"])
def test_bad_lengths_are_refused_in_one_line(run: Run, value: str) -> None:
    refused(run("show", "builder", f"--backward={value}"), "--backward")


def test_an_unknown_command_says_what_was_meant(run: Run) -> None:
    refused(run("rnu", "builder"), "did you mean retro-timer run?")
    refused(run("builder"), 'retro-timer run "builder"')


def test_own_workouts_are_found_by_name(run: Run, home: Path) -> None:
    file = home / "hills.json"
    assert run("export", "back 1m, turn 10s, fwd 1m", "-o", str(file)).code == 0
    assert "saved as my-hills" in run("import", str(file), "--name", "My Hills").out
    for name in ("my-hills", "My Hills", "MY HILLS"):
        assert run("show", name, "--json").json["notation"] == "back 1m, turn 10s, fwd 1m"
    refused(run("show", "my-hlils"), "did you mean")


def test_files_of_other_programs_are_shown(run: Run, home: Path) -> None:
    file = home / "walk.zwo"
    assert run("export", "builder", "-o", str(file)).code == 0
    assert run("show", str(file), "--json").json["backward_seconds"] == 480
    file.write_bytes(b"<workout_file><workout>")
    refused(run("show", str(file)), "walk.zwo")


def test_the_history_goes_out_and_comes_back(run: Run, home: Path) -> None:
    for _ in range(2):
        assert run("run", "back 1s", "--plain", "--lead-in", "0", "--audio", "off").code == 0
    listed = run("history", "--json").json
    assert [(row["state"], row["walked_seconds"]) for row in listed] == [("finished", 1.0), ("finished", 1.0)]
    file = home / "history.json"
    assert run("export", "--history", "-o", str(file)).code == 0
    assert run("import", str(file)).out == "0 sessions added, 2 were there already\n"
    assert run("history", "--delete", listed[0]["id"], "--yes").code == 0
    assert run("import", str(file)).out == "1 sessions added, 1 were there already\n"
    assert {row["id"] for row in run("history", "--json").json} == {row["id"] for row in listed}
    assert run("history", "--csv").out.count("\n") == 3
    file.write_text(file.read_text().replace('"version": 1', '"version": 99'))
    refused(run("import", str(file)), "version")


def test_backup_and_restore(run: Run, home: Path) -> None:
    assert run("run", "back 1s", "--plain", "--lead-in", "0", "--audio", "off").code == 0
    copy = home / "copy.db"
    assert run("backup", str(copy)).code == 0
    refused(run("backup", str(copy)), "already")
    uuid = run("history", "--json").json[0]["id"]
    assert run("history", "--delete", uuid, "--yes").code == 0
    assert run("history", "--json").json == []
    assert run("restore", str(copy), "--yes").code == 0
    assert run("history", "--json").json[0]["id"] == uuid
    copy.write_bytes(b"no database")
    refused(run("restore", str(copy), "--yes"))
    assert run("history", "--json").json[0]["id"] == uuid


def test_a_data_directory_that_cannot_be_made_stops_no_walk(run: Run, home: Path) -> None:
    blocked = home / "file"
    blocked.write_text("")
    ran = run("run", "back 1s", "--plain", "--lead-in", "0", "--audio", "off", "--data-dir", str(blocked / "data"))
    assert ran.code == 0
    assert "not saved yet" in ran.out


def test_nothing_is_printed_as_a_traceback_when_the_reader_goes_away(home: Path) -> None:
    """The other end of the pipe closes after a line."""
    program = [sys.executable, "-m", "retro_timer", "run", "back 9s", "--plain", "--lead-in", "0", "--audio", "off"]
    running = subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.readline()
    running.stdout.close()
    assert running.wait(timeout=30) == 1
    assert running.stderr.read() == ""
    running.stderr.close()
    assert (home / "data" / "history.db").exists()


def test_a_server_looks_for_garbage_again(monkeypatch: pytest.MonkeyPatch) -> None:
    require_modules("textual_serve")
    from retro_timer.serving.server import AppServer  # noqa: PLC0415  (an extra that may be missing)

    looked: list[bool] = []
    monkeypatch.setattr(AppServer, "serve", lambda _server: looked.append(gc.isenabled()))
    gc.disable()  # as the program starts
    try:
        assert run_command_line(["serve"]) == 0
    finally:
        gc.enable()
    assert looked == [True]
