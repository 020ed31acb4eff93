"""`retro-timer import`, and `show` and `run` with the files of other programs."""

from __future__ import annotations

import errno
import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from retro_timer.files.atomic import create_atomic
from tests.cli.ran import refused
from tests.formats.test_interval_timers import SETS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.ran import Run

HILLS = """<workout_file><name>Hills</name><workout><Warmup Duration="120"/><SteadyState Duration="300" Power="0.8"/>
<SteadyState Duration="60" Power="0.5"/><Cooldown Duration="60"/></workout></workout_file>"""
DISTANCES = HILLS.replace("<name>", "<sportType>run</sportType><name>")
ALTERNATING = "warm 2m, turn 30s, back 5m, turn 30s, fwd 1m, cool 1m"


@pytest.fixture
def hills(home: Path) -> str:
    file = home / "hills.zwo"
    file.write_text(HILLS)
    return str(file)


def test_the_whole_outline_is_printed_before_it_is_saved(run: Run, hills: str) -> None:
    refused(run("import", hills), "hills.zwo: line 1: it does not say which way to walk")
    ran = run("import", hills, "--assume", "alternate")
    assert ran.out.splitlines() == [
        "Hills",
        ALTERNATING,
        "10:00 total, 5:00 backward (50 %), longest bout 5:00",
        "",
        "    0:00  warm-up       2:00",
        "    2:00  turn          0:30",
        "    2:30  backward      5:00",
        "    7:30  turn          0:30",
        "    8:00  forward       1:00",
        "    9:00  cool-down     1:00",
        "",
        "note: the direction of 2 of 4 intervals is assumed (alternate)",
        "note: 2 turns of 0:30 are added",
        "note: the longest backward bout is 5:00, more than 3:00 at a time; --longest 3:00 limits it",
        "note: targets of power and cadence are left out",
        "",
        "saved as hills: 10:00, 5:00 backward",
    ]
    assert run("show", "hills", "--json").json["backward_seconds"] == 300


def test_a_name_that_is_taken_is_replaced_or_gets_a_number(run: Run, hills: str) -> None:
    imported = ("import", hills, "--assume", "forward")
    assert run(*imported).code == 0
    refused(run(*imported), 'you already have a workout "Hills": give --name NAME, --rename or --replace')
    assert "saved as hills-2:" in run(*imported, "--rename").out
    assert "saved as hills:" in run("import", hills, "--assume", "alternate", "--longest", "2m", "--replace").out
    assert run("show", "hills", "--json").json["backward_seconds"] == 120
    assert run("show", "hills-2", "--json").json["backward_seconds"] == 0
    assert "saved as new:" in run(*imported, "--replace", "--name", "New").out
    refused(run(*imported, "--name", "Builder"), "is the name of a preset")
    refused(run(*imported, "--replace", "--name", "Builder"), "is the name of a preset")
    assert "saved as builder-2:" in run(*imported, "--rename", "--name", "Builder").out
    assert "saved as hills-2-2:" in run(*imported, "--rename", "--name", "hills-2").out
    refused(run(*imported, "--replace", "--rename"), "--replace and --rename exclude each other")


def test_several_files_are_imported_and_one_that_is_bad_is_named(run: Run, home: Path, hills: str) -> None:
    backup, zipped = home / "backup.json", home / "zipped.zwo"
    backup.write_text(json.dumps({"workouts": [SETS, {**SETS, "title": "Hip"}]}))
    zipped.write_bytes(b"PK\x03\x04")
    refused(run("import", hills, str(backup), "--name", "x"), "--name is for one workout")
    ran = run("import", str(zipped), hills, str(backup), "--assume", "forward")
    assert ran.code == 2
    assert ran.err == ("retro-timer: zipped.zwo: this looks like a zip archive: unpack it, and import what is in it\n")
    assert [line for line in ran.out.splitlines() if line.startswith("saved as")] == [
        "saved as hills: 9:00, 0:00 backward",
        "saved as knee: 6:30, 3:00 backward",
        "saved as hip: 6:30, 3:00 backward",
    ]
    refused(run("import", str(backup), "--name", "x"), "--name is for one workout")
    refused(run("show", str(backup)), 'backup.json: it has 2 workouts ("Knee", "Hip"): import them first')


def test_standard_input_is_a_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def typed(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    typed(b"Warmup\n- 3m\n\n- Backward 2m\n")
    assert "saved as piped: 5:00, 2:00 backward" in run("import", "-", "--name", "Piped").out
    typed(HILLS.encode("utf-16"))
    assert "saved as hills:" in run("import", "-", "--assume", "forward").out
    typed(b"- Backward 2m")
    assert "saved as standard-input:" in run("import", "-").out
    typed(b" " * 1_000_001)
    refused(run("import", "-"), "standard input: larger than 1 MB")


def test_show_and_run_take_what_to_assume(run: Run, hills: str) -> None:
    refused(run("show", hills), "--assume forward|alternate")
    refused(run("run", hills, "--plain"), "--assume forward|alternate")
    shown = run("show", hills, "--assume", "alternate", "--longest", "90s", "--json")
    assert shown.json["notation"] == "warm 2m, turn 30s, back 1m30s, turn 30s, fwd 3m30s, fwd 1m, cool 1m"
    assert "hills.zwo: the direction of 2 of 4 intervals is assumed (alternate)\n" in shown.err
    refused(run("export", hills, "--format", "qz"), "--assume forward|alternate")
    assert 'message="Backward"' in run("export", hills, "--format", "qz", "--assume", "alternate").out
    walk = ("run", hills, "--assume", "forward", "--plain", "--json", "--rehearse", "1000", "--lead-in", "0")
    phases = [json.loads(line).get("phase") for line in run(*walk).out.splitlines()]
    assert [phase for phase in phases if phase] == ["warm-up", "forward", "forward", "cool-down"]


def test_lengths_and_pace_are_asked_for_and_given(run: Run, home: Path) -> None:
    file = home / "run.zwo"
    file.write_text(DISTANCES)
    shown = ("show", str(file), "--assume", "forward")
    refused(run(*shown), "may be metres or seconds (0.54 km, or 9:00)", "--lengths metres|seconds")
    refused(run(*shown, "--lengths", "metres"), "--pace 20:00/km")
    refused(run(*shown, "--lengths", "metres", "--pace", "slow"), "expected a pace such as 20:00/km")
    refused(run(*shown, "--lengths", "metres", "--pace", "0:01/km"), "a speed is 0.1 to 25 km/h")
    refused(run(*shown, "--lengths", "feet"), "metres")
    for pace in ("20:00/km", "3km/h", "3 km/h"):
        assert run(*shown, "--lengths", "metres", "--pace", pace, "--json").json["total_seconds"] == 648
    assert run(*shown, "--lengths", "seconds", "--json").json["total_seconds"] == 540


def test_the_workouts_of_a_file_are_saved_together_or_not_at_all(run: Run, home: Path) -> None:
    file = home / "backup.json"
    file.write_text(json.dumps({"workouts": [SETS, {**SETS, "title": "knee"}]}))
    refused(run("import", str(file), "--assume", "forward"), 'it has two workouts "knee": give --rename')
    refused(run("import", str(file), "--assume", "forward", "--replace"), 'it has two workouts "knee": give --rename')
    file.write_text(json.dumps({"workouts": [SETS, {**SETS, "title": "Builder"}]}))
    refused(run("import", str(file), "--assume", "forward"), "is the name of a preset")
    assert not list((home / "config").glob("workouts/*.toml"))
    assert "saved as builder-2:" in run("import", str(file), "--assume", "forward", "--rename").out


@pytest.mark.parametrize("option", ["--rename", "--replace"])
def test_a_full_disk_leaves_none_of_the_workouts_of_a_file(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    file, directory = home / "backup.json", home / "config" / "workouts"
    file.write_text(json.dumps({"workouts": [{**SETS, "title": "Hip", "sets": SETS["sets"][1:]}]}))
    run("import", str(file))
    before = (directory / "hip.toml").read_bytes()
    file.write_text(json.dumps({"workouts": [{**SETS, "title": title} for title in ("Hip", "Knee", "Ankle")]}))

    def full(path: Path, data: bytes) -> None:
        if path.stem.startswith("ankle"):
            raise OSError(errno.ENOSPC, "No space left on device")
        create_atomic(path, data)

    monkeypatch.setattr("retro_timer.storage.workouts.create_atomic", full)
    ran = run("import", str(file), option)
    assert (ran.code, ran.out.count("saved")) == (2, 0)
    assert ran.err.endswith("ankle.toml cannot be written: no space left on device\n")
    assert [path.name for path in directory.iterdir()] == ["hip.toml"]
    assert (directory / "hip.toml").read_bytes() == before
