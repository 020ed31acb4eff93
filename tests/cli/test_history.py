"""`retro-timer history` and `export`: what they list, write and delete of some walks."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from retro_timer.runtime.exit_codes import EXIT_INTERRUPTED
from retro_timer.storage.transfer import import_sessions
from tests.cli.ran import refused
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, many

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.session.history import StoredSession
    from tests.cli.ran import Run


@pytest.fixture
def walks(home: Path) -> list[StoredSession]:
    """Three sessions in the history, a day apart, the newest first."""
    walks = many(3, every=timedelta(days=1))[::-1]
    with open_history(home / "data", lambda: MORNING).history as history:
        import_sessions(history, walks)
    return walks


def ids(walks: list[StoredSession]) -> list[str]:
    return [walk.summary.uuid for walk in walks]


def test_the_list_says_when_what_and_how_much_was_walked(run: Run, walks: list[StoredSession]) -> None:
    head, *lines = run("history").out.splitlines()
    assert head.split() == ["id", "when", "workout", "walked", "backward", "state"]
    assert [line.split()[0] for line in lines] == [uuid[:8] for uuid in ids(walks)]
    assert lines[2].split()[1:] == ["2026-03-02", "09:00", "Short", "One", "0:10", "0:00", "ended", "early"]
    assert lines[0].split()[-5:] == ["One", "0:12", "0:00", "ended", "early"]


def test_wide_names_keep_the_columns_aligned(run: Run, home: Path) -> None:
    with open_history(home / "data", lambda: MORNING).history as history:
        for name in ("x", "眼睛" * 20, "a" + "眼睛" * 20, "🚶🏽‍♀️ walk"):
            import_sessions(history, [renamed(many(1)[0], name)])
    head, *lines = run("history").out.splitlines()
    column = cell_len(head[: head.index("walked")])
    assert {cell_len(line[: line.index("0:")]) for line in lines} == {column + 2}


def renamed(walk: StoredSession, name: str) -> StoredSession:
    return replace(walk, summary=replace(walk.summary, planned=replace(walk.summary.planned, name=name)))


def test_without_sessions_it_says_how_to_begin(run: Run) -> None:
    assert run("history").out == "no sessions yet: retro-timer run first-try\n"
    assert run("history", "--json").json == []


def test_it_can_be_limited(run: Run, walks: list[StoredSession]) -> None:
    def listed(*arguments: str) -> list[str]:
        return [row["id"] for row in run("history", "--json", *arguments).json]

    assert listed() == ids(walks)
    assert listed("--limit", "2") == ids(walks)[:2]
    assert listed("--since", "2026-03-03") == ids(walks)[:2]
    assert listed("--since", "2026-03-05") == []
    refused(run("history", "--since", "yesterday"), "expected a date such as 2026-03-02, not 'yesterday'")
    refused(run("history", "--limit", "0"), "--limit")


def test_json_has_what_was_walked(run: Run, walks: list[StoredSession]) -> None:
    row = run("history", "--json", "--limit", "1").json[0]
    assert row["started"] == "2026-03-04T09:00:00+00:00"
    assert (row["state"], row["name"], row["walked_seconds"]) == ("ended-early", "Short One", 12.0)
    assert (row["forward_seconds"], row["turn_seconds"], row["backward_seconds"]) == (12.0, 0.0, 0.0)
    assert row["notation"] == walks[0].summary.planned.notation


def test_csv_has_a_line_for_each_session_or_interval(run: Run, walks: list[StoredSession]) -> None:
    sessions = list(csv.DictReader(io.StringIO(run("history", "--csv").out)))
    assert len(sessions) == len(walks)
    intervals = list(csv.DictReader(io.StringIO(run("history", "--csv", "--intervals").out)))
    assert len(intervals) == sum(len(walk.intervals) for walk in walks)
    assert "phase" in intervals[0]
    assert "phase" not in sessions[0]


@pytest.mark.parametrize("wanted", ["last", "", "prefix"])
def test_a_session_is_shown_as_a_card(run: Run, walks: list[StoredSession], wanted: str) -> None:
    asked = {"last": ("last",), "": (), "prefix": (ids(walks)[0][:6].upper(),)}[wanted]
    ran = run("history", "--card", *asked)
    assert ran.code == 0
    assert "Short One" in ran.out
    assert "2026" in ran.out


def test_a_card_is_plain_where_the_output_is(
    run: Run, walks: list[StoredSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(walks) == 3
    assert not run("history", "--card").out.isascii()
    monkeypatch.setattr("retro_timer.cli.history.shows_unicode", lambda: False)
    assert run("history", "--card").out.isascii()


@pytest.mark.parametrize("wanted", ["", "0", "zzz"])
@pytest.mark.parametrize(
    "arguments", [("history", "--card"), ("history", "--yes", "--delete"), ("export", "--format", "tcx", "--session")]
)
def test_an_id_of_no_or_several_sessions_is_refused(
    run: Run, home: Path, arguments: tuple[str, ...], wanted: str
) -> None:
    with open_history(home / "data", lambda: MORNING).history as history:
        for walk, end in zip(many(2), "01", strict=True):
            start = replace(walk.summary.start, uuid=f"0000000{end}-0000-4000-8000-000000000000")
            history.add(replace(walk, summary=replace(walk.summary, start=start)))
    refused(run(*arguments, wanted), f"no single session has the id '{wanted}'")
    assert len(run("history", "--json").json) == 2


@pytest.mark.parametrize("wanted", ["last", "4f1c2a9e"])
@pytest.mark.parametrize(
    "arguments", [("history", "edit"), ("history", "delete"), ("export", "--format", "tcx", "--session")]
)
def test_in_an_empty_history_every_id_says_how_to_begin(run: Run, arguments: tuple[str, ...], wanted: str) -> None:
    refused(run(*arguments, wanted), "no sessions yet: retro-timer run first-try")


@pytest.mark.parametrize(("answer", "deleted"), [("y\n", True), ("n\n", False), ("", False)])
def test_deleting_a_session_asks_first(
    run: Run, walks: list[StoredSession], monkeypatch: pytest.MonkeyPatch, answer: str, deleted: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    ran = run("history", "--delete", ids(walks)[1])
    assert ran.code == (0 if deleted else EXIT_INTERRUPTED)
    assert "Delete Short One of 2026-03-03 09:00?" in ran.out
    kept = [row["id"] for row in run("history", "--json").json]
    assert kept == [uuid for uuid in ids(walks) if not deleted or uuid != ids(walks)[1]]


def test_a_session_is_written_in_the_format_of_its_file_or_the_one_asked_for(
    run: Run, home: Path, walks: list[StoredSession]
) -> None:
    file = home / "walk.tcx"
    assert run("export", "--session", "last", "-o", str(file)).code == 0
    assert "<TrainingCenterDatabase" in file.read_text()
    assert run("export", "--session", ids(walks)[2], "--format", "tcx").out.count("<TrainingCenterDatabase") == 1


def test_the_whole_history_is_written_as_csv_or_json_and_comes_in_again(
    run: Run, home: Path, walks: list[StoredSession]
) -> None:
    for name, first in (("h.csv", "uuid,started"), ("h.json", "{")):
        ran = run("export", "--history", "-o", str(home / name))
        assert ran.code == 0
        assert (home / name).read_text().startswith(first)
        for uuid in ids(walks):
            run("history", "delete", uuid, "--yes")
        assert run("import", str(home / name)).out.startswith("3 sessions added, 0 already present")
        assert [row["id"] for row in run("history", "--json").json] == ids(walks)
    assert run("export", "--history", "--format", "csv").out.startswith("uuid,started")
    refused(run("export", "--history", "--format", "fit"), "a history is written as json or csv, not as 'fit'")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("builder", "--history"), "name a workout, or give --session ID, or --history"),
        ((), "name a workout, or give --session ID, or --history"),
        (("builder",), "give the format with --format, or by the suffix of -o FILE"),
        (("builder", "--format", "doc"), "doc"),
        (("builder", "-o", "{home}/none/builder.json"), "cannot be written: no such file or directory"),
        (("builder", "-o", "{home}"), "already exists: --force replaces it"),
    ],
)
def test_what_cannot_be_exported_is_refused(run: Run, home: Path, arguments: tuple[str, ...], says: str) -> None:
    refused(run("export", *(argument.format(home=home) for argument in arguments)), says)


def test_an_existing_file_is_replaced_only_with_force(run: Run, home: Path) -> None:
    file = home / "builder.json"
    file.write_text("mine")
    refused(run("export", "builder", "-o", str(file)), "already exists: --force replaces it")
    assert file.read_text() == "mine"
    assert run("export", "builder", "-o", str(file), "--force").code == 0
    assert json.loads(file.read_text())


def test_what_a_format_cannot_store_is_noted_on_standard_error(run: Run) -> None:
    ran = run("export", "back 1m @1.6km/h", "--format", "qz")
    assert ran.out.startswith("<?xml")
    assert ran.err.startswith("QZ: it shows the directions as texts")


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_restoring_a_copy_asks_first(
    run: Run, home: Path, walks: list[StoredSession], monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    copy = home / "copy.db"
    assert run("backup", str(copy)).code == 0
    assert run("history", "--delete", ids(walks)[0], "--yes").code == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    ran = run("restore", str(copy))
    assert ran.code == EXIT_INTERRUPTED
    assert f"Replace the history with {copy}?" in ran.out
    assert len(run("history", "--json").json) == 2
