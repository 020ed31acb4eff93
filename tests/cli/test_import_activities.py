"""`retro-timer import` of past activities and of what `history` printed: phases, no duplicates, bad input."""

from __future__ import annotations

import io
import json
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from retro_timer.formats.tcx import write_tcx
from tests.cli.ran import refused
from tests.formats.test_past_activities import GARMIN, tcx, walked, watch_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.ran import Run


def test_an_activity_is_imported_once_and_counts(run: Run, home: Path) -> None:
    file = home / "walk.fit"
    file.write_bytes(watch_file([(180, 0, 150), (120, 30, 50), (60, 0, 40)]))
    refused(run("import", str(file)), "walk.fit: it does not say what was backward: give --phases forward")
    refused(run("import", str(file), "--phases", "back, fwd"), "there are 3 laps and 2 phases")
    ran = run("import", str(file), "--phases", "warm, back, cool")
    assert ran.code == 0
    assert "6:00, 2:00 backward, 2026-03-02 09:00" in ran.out
    assert run("import", str(file)).out.startswith("already present: ")
    row = run("history", "--json").json[0]
    assert (row["logged"], row["backward_seconds"], row["paused_seconds"]) == ("imported", 120, 30)

    # The same walk from another program, begun a few seconds later, is not another one.
    (home / "walk.tcx").write_bytes(tcx(start="2026-03-02T09:00:20Z"))
    assert run("import", str(home / "walk.tcx")).out.startswith("already present: ")
    assert len(run("history", "--json").json) == 1


def test_a_list_is_imported_as_forward_or_as_a_workout(run: Run, home: Path) -> None:
    file = home / "Activities.csv"
    file.write_text(GARMIN)
    assert run("import", str(file), "--phases", "forward").out.endswith("2 sessions added, 0 already present\n")
    assert {row["backward_seconds"] for row in run("history", "--json").json} == {0}
    assert run("import", str(file), "--assume", "forward").out == "0 sessions added, 2 already present\n"
    run("history", "delete", "last", "--yes")
    assert "20:30, 8:00 backward" in run("import", str(file), "--phases", "builder").out


@pytest.mark.parametrize(("answer", "backward"), [("\n", 0), ("back\n", 60)])
def test_a_terminal_is_asked_for_the_phases(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, answer: str, backward: int
) -> None:
    (home / "walk.tcx").write_bytes(tcx())
    terminal = io.StringIO(answer)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    ran = run("import", str(home / "walk.tcx"))
    assert "lap 1: 1:00 at 3.0 km/h" in ran.err
    assert run("history", "--json").json[0]["backward_seconds"] == backward


@pytest.mark.parametrize("kind", ["--json", "--csv"])
def test_what_history_printed_comes_in_again(run: Run, home: Path, kind: str) -> None:
    (home / "walk.tcx").write_bytes(write_tcx(walked()).data)
    assert run("import", str(home / "walk.tcx")).code == 0
    added = ("history", "add", "--date", "2026-03-01", "--backward", "10", "--forward", "3", "--effort", "4")
    assert run(*added, "--stumble", "--note", "=1+1").code == 0
    before = run("history", "--json").json
    file = home / "list"
    file.write_text(run("history", kind).out, newline="")
    assert run("import", str(file)).out == "0 sessions added, 2 already present\n"
    for row in before:
        run("history", "delete", str(row["id"]), "--yes")
    assert run("import", str(file)).out.startswith("2 sessions added, 0 already present\n")
    assert run("import", str(home / "walk.tcx")).out.startswith("already present: ")
    run("history", "delete", str(before[0]["id"]), "--yes")
    assert run("import", str(home / "walk.tcx")).out.startswith("added ")
    assert run("import", str(file)).out == "0 sessions added, 2 already present\n"
    assert [{**row, "paused_seconds": 0} for row in run("history", "--json").json] == before


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"pain_after": -1}, "session 1: Expected `int` >= 0"),
        ({"started": "1970-01-01T00:00:00+00:00"}, "session 1: its start, 1970-01-01, is not a possible day"),
        ({"started": "2106-02-07T06:28:15+00:00"}, "session 1: its start, 2106-02-07, is not a possible day"),
        ({"walked_seconds": 1e9}, "session 1: Expected `float` <= 86400"),
        ({"walked_seconds": 5}, "session 1: its parts add up to more than was walked"),
        ({"notation": "back"}, "session 1: "),
        ({"id": "1"}, "session 1: "),
        ({"note": "a\x1b[2J"}, "session 1: U+001B in note"),
    ],
)
def test_an_impossible_session_of_a_list_is_left_out(
    run: Run, home: Path, changes: dict[str, object], says: str
) -> None:
    run("history", "add", "builder", "--date", "2026-03-01")
    rows = run("history", "--json").json
    run("history", "delete", "last", "--yes")
    file = home / "list.json"
    file.write_text(json.dumps([rows[0] | changes, rows[0] | {"id": "00000000-0000-4000-8000-000000000000"}]))
    ran = run("import", str(file))
    assert ran.code == 0
    assert ran.out.startswith(f"1 session added, 0 already present, 1 left out ({says}")
    assert [row["id"] for row in run("history", "--json").json] == ["00000000-0000-4000-8000-000000000000"]
    run("history", "delete", "last", "--yes")
    file.write_text(json.dumps([rows[0] | changes]))
    refused(run("import", str(file)), "list.json: ", says)
    assert run("history", "--json").json == []


@pytest.mark.parametrize("kind", ["--json", "--csv"])
def test_a_list_keeps_the_place_in_the_plan(run: Run, home: Path, kind: str) -> None:
    answers = ("--effort", "3", "--pain", "0", "--no-stumble", "--no-fall", "--next-day", "normal")
    for days, name in ((8, "floor-first"), (6, "first-try"), (4, "first-try"), (2, "first-try")):
        day = date.today() - timedelta(days=days)  # noqa: DTZ011  (the command's clock)
        run("history", "add", name, "--date", day.isoformat(), *answers)
    before, plan = run("history", "--json").json, run("plan", "--json").json
    assert plan["rung"] == "starter"
    file = home / "list"
    file.write_text(run("history", kind).out, newline="")
    for row in before:
        run("history", "delete", str(row["id"]), "--yes")
    run("import", str(file))
    assert run("history", "--json").json == before
    assert run("plan", "--json").json == plan


def test_a_damaged_activity_is_refused_with_its_name(run: Run, home: Path) -> None:
    (home / "walk.fit").write_bytes(watch_file([(60, 0, 50)])[:-1] + b"x")
    refused(run("import", str(home / "walk.fit"), "--phases", "forward"), "walk.fit: this FIT file is damaged")
    (home / "walk.tcx").write_bytes(tcx(start="1970-01-01T00:00:00Z"))
    refused(run("import", str(home / "walk.tcx"), "--phases", "forward"), "walk.tcx: its start, 1970-01-01")
    with (home / "large.fit").open("wb") as large:
        large.write(b"\x0e\x10\0\0\0\0\0\0.FIT")
        large.truncate(100_000_000)
    refused(run("import", str(home / "large.fit")), "large.fit: larger than 32 MB")


def test_activities_of_a_file_are_added_together_or_not_at_all(run: Run, home: Path) -> None:
    one, two = (tcx(start=f"2026-03-0{day}T09:00:00Z").decode() for day in (1, 2))
    lap = two[two.index("<Lap") : two.index("</Activity>")]
    two = two.replace(lap, lap + lap.replace("09:00:00", "09:10:00"))
    file = home / "walks.tcx"
    activity = two[two.index("<Activity ") : two.index("</Activities>")]
    file.write_text(one.replace("</Activities>", f"{activity}</Activities>"))
    refused(run("import", str(file), "--phases", "back, back"), "there are 1 laps and 2 phases")
    file.write_text(
        two.replace("</Activities>", one[one.index("<Activity ") : one.index("</Activities>")] + "</Activities>")
    )
    refused(run("import", str(file), "--phases", "back, back"), "there are 1 laps and 2 phases")
    assert run("history", "--json").json == []
    assert run("import", str(file), "--phases", "back").out.endswith("2 sessions added, 0 already present\n")


def test_an_activity_that_cannot_be_true_is_left_out(run: Run, home: Path) -> None:
    file = home / "list.csv"
    file.write_text("Date,Time\n2026-03-01 09:00,10:00\n2026-03-02 09:00,long\n")
    left_out = '1 left out (line 3: expected a length such as 0:25:30 or seconds, not "long")'
    ran = run("import", str(file), "--phases", "forward")
    assert ran.code == 0
    assert ran.out.endswith(f"1 session added, 0 already present, {left_out}\n")
    assert run("import", str(file)).out == f"0 sessions added, 1 already present, {left_out}\n"
