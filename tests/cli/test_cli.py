"""The command line: what it prints, what it refuses, and how it exits."""

from __future__ import annotations

import gc
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from retro_timer import __version__
from retro_timer.cli.main import COMMANDS, run_command_line
from retro_timer.runtime.exit_codes import EXIT_BAD_INPUT
from retro_timer.scheduling.presets import presets
from retro_timer.storage.transfer import import_sessions
from tests.cli.ran import refused
from tests.requirements_present import require_modules
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, Walker, many

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.ran import Run

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
    listed = [row["id"] for row in run("presets", "--json").json]
    assert listed == [workout.id for workout in presets()]
    assert [preset_id for preset_id in listed if preset_id in LADDER] == list(LADDER)
    assert all(preset in run("presets").out for preset in LADDER)


def test_overrides_change_any_workout(run: Run) -> None:
    shown = run(
        "show", "builder", "--backward", "90s", "--turn", "20", "--rounds", "2", "--cool-down", "1:30", "--json"
    ).json
    assert shown["notation"] == "warm 3m, 2x(turn 20s, back 1m30s, turn 20s | fwd 1m), cool 1m30s"


def test_the_sound_is_reported_as_json(run: Run) -> None:
    report = run("doctor", "--silent", "--json").json
    assert {entry["name"] for entry in report["found"]} == {"miniaudio", "simpleaudio", "system"}
    assert (report["trial"], report["problem"]) == ({}, "")


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


def test_plain_text_has_what_the_screen_shows(run: Run) -> None:
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


def test_the_history_is_exported_and_imported(run: Run, home: Path) -> None:
    for _ in range(2):
        assert run("run", "back 1s", "--plain", "--lead-in", "0", "--audio", "off").code == 0
    listed = run("history", "--json").json
    assert [(row["state"], row["walked_seconds"]) for row in listed] == [("finished", 1.0), ("finished", 1.0)]
    file = home / "history.json"
    assert run("export", "--history", "-o", str(file)).code == 0
    assert run("import", str(file)).out == "0 sessions added, 2 already present\n"
    for encoding in ("utf-16", "utf-8-sig"):
        written = home / "redirected.json"
        written.write_text(file.read_text(encoding="utf-8"), encoding=encoding)
        assert run("import", str(written)).out == "0 sessions added, 2 already present\n"
    assert run("history", "--delete", listed[0]["id"], "--yes").code == 0
    assert run("import", str(file)).out == "1 session added, 1 already present\n"
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


def test_a_data_directory_that_cannot_be_created_does_not_prevent_a_session(run: Run, home: Path) -> None:
    blocked = home / "file"
    blocked.write_text("")
    ran = run("run", "back 1s", "--plain", "--lead-in", "0", "--audio", "off", "--data-dir", str(blocked / "data"))
    assert ran.code == 1
    assert "not saved yet" in ran.out
    assert "NOT saved" in ran.out


def test_nothing_is_printed_as_a_traceback_when_the_reader_goes_away(home: Path) -> None:
    """The reader closes the pipe after a line."""
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


def test_a_sound_file_that_cannot_be_played_is_refused(run: Run, home: Path) -> None:
    text = home / "notes.wav"
    text.write_text("no sound")
    for wrong in ("/nope.wav", str(text), str(home), "~nobody-at-all/tick.wav", str(home / "bad\x1b]0;x\x07.wav")):
        for key in ("sound_files.tick", "sound-files.tick"):
            refused(run("config", "set", key, wrong), "sound")
    good = files("retro_timer") / "audio" / "assets" / "sounds" / "soft" / "backward.wav"
    assert run("config", "set", "sound_files.tick", str(good)).code == 0


def test_a_server_looks_for_garbage_again(monkeypatch: pytest.MonkeyPatch) -> None:
    require_modules("textual_serve")
    from retro_timer.serving.server import AppServer

    looked: list[bool] = []
    monkeypatch.setattr(AppServer, "run", lambda _server: looked.append(gc.isenabled()))
    gc.disable()  # as the program starts
    try:
        assert run_command_line(["serve"]) == 0
    finally:
        gc.enable()
    assert looked == [True]


def test_an_unreadable_interrupted_session_is_named_and_hides_no_later_one(run: Run, home: Path) -> None:
    for seconds in (45, 70):
        walker = Walker(home / "data")
        walker.on(seconds)
        walker.journal.close()
    with closing(sqlite3.connect(home / "data" / "history.db")) as connection, connection:
        connection.execute("UPDATE schedules SET schedule = CAST(substr(schedule, 2) AS BLOB) WHERE session = 1")
    kept = run("resume", "--keep")
    assert kept.code == 0
    assert "kept as ended early: Short One, at 1:00 of" in kept.out
    assert "the session of " in kept.err
    assert "cannot be read" in kept.err
    assert "retro-timer repair" in kept.err
    listed = run("history", "--json")
    assert len(listed.json) == 1
    assert "cannot be read" in listed.err


def test_repair_recovers_quarantined_data_and_reports_what_was_lost(run: Run, home: Path) -> None:
    place = home / "data"
    with open_history(place, lambda: MORNING).history as history:
        import_sessions(history, many(12))
    path = place / "history.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE intervals SET phase = 'bxckward' WHERE session = 3")
    path.write_bytes(b"no longer SQLite" + path.read_bytes()[16:])
    damaged = run("history", "--json")
    assert damaged.json == []
    assert "set aside as" in damaged.err
    assert "retro-timer repair" in damaged.err
    repaired = run("repair")
    assert repaired.code == 0
    assert "11 sessions recovered, 1 lost" in repaired.out
    assert "none of its intervals can be read" in repaired.out
    assert len(run("history", "--json").json) == 11
    assert run("repair").out == "there is nothing to repair\n"
    (kept,) = place.glob("history.repaired-*.db")
    again = run("repair", str(kept))
    assert "0 sessions recovered, 11 already there, 1 lost" in again.out


@pytest.mark.parametrize("content", [None, b"", b"text"])
def test_repair_refuses_what_holds_no_session(run: Run, home: Path, content: bytes | None) -> None:
    if content is not None:
        (home / "file").write_bytes(content)
    refused = run("repair", str(home / "file"))
    assert refused.code == EXIT_BAD_INPUT
    assert refused.err.count("\n") == 1


# Speeds ------------------------------------------------------------------------------------------------------------

BEGINNER, CAP = "is fast for a beginner", "Walk no faster than"


@pytest.mark.parametrize(
    ("speed", "says"), [("20km/h", CAP), ("3.6mph", CAP), ("3.5mph", BEGINNER), ("2.1mph", BEGINNER), ("2.0mph", "")]
)
def test_a_backward_speed_that_is_too_fast_gives_a_warning_and_is_walked(
    run: Run, monkeypatch: pytest.MonkeyPatch, speed: str, says: str
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    workout = f"back 5s @{speed}"
    walk = ("run", workout, "--plain", "--rehearse", "1000", "--lead-in", "0")
    commands = [run("show", workout), run("show", workout, "--json"), run(*walk), run(*walk, "--json")]
    for ran in commands:
        assert ran.code == 0
        assert ran.err.count("\n") == bool(says)
        assert says in ran.err
        assert not says or " mph" in ran.err
    assert commands[1].json["total_seconds"] == 5


def test_an_imported_workout_is_warned_of(run: Run, home: Path) -> None:
    file = home / "fast.json"
    file.write_text(run("export", "back 1m @20km/h", "--format", "json").out, encoding="utf-8")
    ran = run("import", str(file), "--name", "Fast")
    assert (ran.code, CAP in ran.err, ran.out.splitlines()[-1]) == (0, True, "saved as fast: 1:00, 1:00 backward")


@pytest.mark.parametrize(("start", "warned"), [("starter", True), ("foundation", False)])
def test_a_walker_who_starts_higher_on_the_ladder_is_not_a_beginner(run: Run, start: str, warned: bool) -> None:
    assert run("config", "set", "plan.start", start).code == 0
    assert (BEGINNER in run("show", "back 1m @2.1mph").err) is warned
