"""A history is exported and imported without loss, and nothing else is imported."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.session.history import Feedback, NextDay, WalkTest
from retro_timer.session.record import SessionStatus
from retro_timer.storage import transfer
from retro_timer.storage.errors import RefusedError
from retro_timer.storage.history_csv import write_intervals_csv, write_sessions_csv
from retro_timer.storage.memory import memory_history
from retro_timer.storage.transfer import Imported, import_sessions, read_json, write_json
from tests.formats.sessions import walked_session
from tests.storage.sessions import MORNING, Walker, interrupt, many, stored_session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.session.history import StoredSession
    from retro_timer.storage.history import History

OLD_EXPORT = Path(__file__).parent / "data" / "history-2026-11.json"
LATER = MORNING + timedelta(days=100)

feedbacks = st.builds(
    Feedback,
    effort=st.none() | st.integers(0, 10),
    stumble=st.none() | st.booleans(),
    pain_before=st.none() | st.integers(0, 10),
    pain_after=st.none() | st.integers(0, 10),
    note=st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=40),
    next_day=st.none() | st.sampled_from(NextDay),
    fall=st.none() | st.booleans(),
)


def with_feedback(one: StoredSession, feedback: Feedback) -> StoredSession:
    return replace(one, summary=replace(one.summary, feedback=feedback))


def exported(walks: Sequence[StoredSession], path: Path) -> Path:
    with path.open("wb") as out:
        assert write_json(walks, out, LATER) == len(walks)
    return path


def paused_and_edited() -> StoredSession:
    from retro_timer.scheduling.edits import AddToInterval

    with memory_history() as memory:
        walker = Walker(None, memory=memory)
        walker.on(15)
        walker.conductor.call(walker.clock.now(), lambda now: walker.session.edit(now, AddToInterval(10)))
        walker.pause()
        walker.on(7)
        walker.resume()
        walker.on(400)
        walker.journal.close()
        return walker.journal.stored_session()


def test_a_whole_history_is_exported_and_imported_without_loss(tmp_path: Path, history: History) -> None:
    kept = [*many(20), paused_and_edited(), stored_session(MORNING.replace(microsecond=123_000))]
    for one in kept:
        history.add(one)
    path = exported(list(history.everything()), tmp_path / "out.json")
    with memory_history() as other:
        assert import_sessions(other, read_json(path, LATER).sessions) == Imported(added=22, skipped=0)
        assert list(other.everything()) == list(history.everything())
        assert exported(list(other.everything()), tmp_path / "again.json").read_bytes() == path.read_bytes()
        # The second time, nothing is added or changed.
        assert import_sessions(other, read_json(path, LATER).sessions) == Imported(added=0, skipped=22)


@given(feedbacks, st.integers(20, 400), st.integers(-14 * 60, 14 * 60))
def test_any_session_is_read_back_unchanged(
    tmp_path_factory: pytest.TempPathFactory, feedback: Feedback, seconds: int, zone: int
) -> None:
    from datetime import timezone

    started = MORNING.astimezone(timezone(timedelta(minutes=zone)))
    one = with_feedback(stored_session(started, seconds=seconds), feedback)
    path = exported([one], tmp_path_factory.mktemp("out") / "out.json")
    (back,) = read_json(path, LATER).sessions
    assert back == one
    assert back.summary.start.started.utcoffset() == started.utcoffset()


def test_an_export_of_november_2026_is_read_and_written_as_it_was(tmp_path: Path) -> None:
    walks = read_json(OLD_EXPORT, LATER).sessions
    assert walks[0].summary.feedback == Feedback(4, True, 1, 2, "windy, wët", NextDay.SORE, fall=False)
    assert walks[1].pauses
    assert walks[1].edits
    written = json.loads(exported(walks, tmp_path / "out.json").read_text("utf-8"))
    assert written["sessions"] == json.loads(OLD_EXPORT.read_text("utf-8"))["sessions"]


def test_an_import_does_not_change_stored_sessions(tmp_path: Path, history: History) -> None:
    one = stored_session()
    path = exported([one], tmp_path / "out.json")
    history.add(with_feedback(one, Feedback(effort=7)))
    assert import_sessions(history, read_json(path, LATER).sessions) == Imported(added=0, skipped=1)
    assert history.page()[0].feedback.effort == 7


def test_a_session_twice_in_one_file_is_imported_once(tmp_path: Path, history: History) -> None:
    one = stored_session()
    path = exported([one, one], tmp_path / "out.json")
    assert import_sessions(history, read_json(path, LATER).sessions) == Imported(added=1, skipped=1)


def test_an_import_that_fails_half_way_changes_nothing(history: History) -> None:
    good, bad = stored_session(), stored_session()
    bad = replace(bad, intervals=(*bad.intervals, None))
    with pytest.raises(AttributeError):
        import_sessions(history, [bad, good])  # the last one is imported first
    assert not history.page()


def change(*path: str | int, to: object) -> Callable[[Any], None]:
    def apply(document: Any) -> None:  # noqa: ANN401  (JSON)
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return apply


def without(*path: str | int) -> Callable[[Any], None]:
    def apply(document: Any) -> None:  # noqa: ANN401  (JSON)
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return apply


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (change("version", to=2), "newer Retro Timer"),
        (change("version", to=0), "no version 0"),
        (change("format", to="something else"), "not a history"),
        (change("surprise", to=1), "unknown field `surprise`"),
        (change("sessions", 0, "surprise", to=1), "unknown field `surprise`"),
        (change("sessions", 0, "intervals", 0, "surprise", to=1), "session 1: Object contains unknown field"),
        (without("sessions", 0, "walked"), "session 1: missing field `walked`"),
        (without("sessions", 0, "rung"), "session 1: missing field `rung`"),
        (without("sessions", 0, "pauses"), "session 1: missing field `pauses`"),
        (without("sessions", 0, "intervals", 0, "held"), "session 1: Object missing required field `held`"),
        (change("sessions", 0, "effort", to=11), "effort"),
        (change("sessions", 0, "uuid", to="me"), "uuid"),
        (change("sessions", 0, "walked", to=-1), "walked"),
        (change("sessions", 0, "walked", to="1"), "walked"),
        (change("sessions", 0, "walked", to=10**30), "walked"),
        (change("sessions", 0, "walked", to=10 * 366 * 86_400_000 + 1), "Expected `int` <= 316224000000"),
        (change("sessions", 0, "state", to="flying"), "state"),
        (change("sessions", 0, "state", to="walking"), "session 1: it is still running"),
        (change("sessions", 0, "started", to="2026-03-02T09:00:00"), "started"),
        (change("sessions", 0, "started", to="2126-03-02T09:00:00Z"), "session 1: its start, 2126-03-02"),
        (change("sessions", 0, "started", to="1026-03-02T09:00:00Z"), "session 1: its start, 1026-03-02"),
        (change("sessions", 0, "name", to="\x1b[2Jgone"), "session 1: U+001B in name"),
        (change("sessions", 0, "note", to="\u202egnorw"), "session 1: U+202E in note"),
        (change("sessions", 0, "intervals", 0, "label", to="\x07"), "session 1: U+0007 in label"),
        (change("sessions", 0, "intervals", 0, "phase", to="sideways"), "phase"),
        (change("sessions", 0, "intervals", 0, "planned", to=0), "planned"),
        (change("sessions", 0, "notation", to="back 0s"), "session 1: its notation cannot be read"),
        (change("sessions", 0, "notation", to="back 1s"), "planned_seconds is 160, its notation takes 1"),
        (change("sessions", 0, "backward", to=1), "session 1: backward is 1, its parts add up to 60000"),
        (change("sessions", 0, "paused", to=1), "session 1: paused is 1, its parts add up to 0"),
        (change("sessions", 0, "longest_backward", to=99_000), "longest_backward is more than backward"),
        (change("sessions", to={}), "sessions"),
    ],
)
def test_a_file_that_is_not_an_export_is_refused_in_one_line(
    tmp_path: Path, spoil: Callable[[Any], None], said: str
) -> None:
    document = json.loads(exported([stored_session()], tmp_path / "good.json").read_text())
    spoil(document)
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(document))
    with pytest.raises(RefusedError) as refused:
        read_json(path, LATER)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"format": 1}',
        b"[" * 100_000,
        b'{"format": "retro-timer-history"}',
        b"\x00",
    ],
)
def test_a_file_that_is_not_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(RefusedError) as refused:
        read_json(path, LATER)
    assert str(refused.value).isprintable()


def test_a_file_that_is_too_large_or_missing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = exported([stored_session()], tmp_path / "out.json")
    monkeypatch.setattr(transfer, "MAX_BYTES", 10)
    with pytest.raises(RefusedError, match="larger"):
        read_json(path, LATER)
    with pytest.raises(RefusedError, match="cannot be read"):
        read_json(tmp_path / "nowhere.json", LATER)


def test_sessions_as_a_table() -> None:
    out = io.StringIO()
    one = with_feedback(stored_session(), Feedback(effort=4, stumble=True, next_day=NextDay.NORMAL))
    write_sessions_csv([one], out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["started"] == "2026-03-02T09:00:00+00:00"
    assert row["state"] == SessionStatus.FINISHED
    assert (row["backward_seconds"], row["forward_seconds"], row["turn_seconds"]) == ("60.0", "60.0", "40.0")
    assert (row["effort"], row["stumble"], row["pain_before"], row["next_day"]) == ("4", "yes", "", "normal")


def test_intervals_as_a_table() -> None:
    out = io.StringIO()
    write_intervals_csv(many(3), out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert len(rows) == sum(len(one.intervals) for one in many(3))
    assert rows[0] | {"session": ""} == {
        "session": "", "started": "2026-03-02T09:00:00+00:00", "number": "1", "at_seconds": "10.0", "phase": "warm-up",
        "round": "", "rounds": "", "planned_seconds": "20", "target_seconds": "20", "walked_seconds": "10.0",
        "held_seconds": "0.0", "left": "ended", "speed_kmh": "", "label": "", "metres": "", "speed_min_kmh": "",
        "speed_mean_kmh": "", "speed_max_kmh": "", "heart_min": "", "heart_mean": "", "heart_max": "",
    }  # fmt: skip


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A0"])
def test_no_cell_is_read_as_a_formula(formula: str) -> None:
    out = io.StringIO()
    one = with_feedback(stored_session(), Feedback(note=formula))
    write_sessions_csv(
        [replace(one, summary=replace(one.summary, planned=replace(one.summary.planned, name=formula)))], out
    )
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["note"] == row["name"] == f"'{formula}"


@pytest.mark.parametrize(
    ("there", "walked", "imported", "added"),
    [
        ("interrupted", 160_000, SessionStatus.FINISHED, 1),
        ("ended-early", 159_999, SessionStatus.FINISHED, 1),  # there was more of it
        ("ended-early", 160_000, SessionStatus.FINISHED, 0),
        ("walking", 1000, SessionStatus.FINISHED, 0),  # it is running
        ("interrupted", 1000, SessionStatus.INTERRUPTED, 0),
    ],
)
def test_only_what_was_kept_in_part_is_replaced_by_the_whole(
    history: History, there: str, walked: int, imported: SessionStatus, added: int
) -> None:
    one = stored_session()
    history.add(one)
    history.database.connection.execute("UPDATE sessions SET state = ?, walked = ?", (there, walked))
    again = replace(one, summary=replace(one.summary, state=imported))
    assert import_sessions(history, [again]) == Imported(added, 1 - added)


def test_a_session_completed_by_an_import_keeps_the_answers_that_the_import_lacks(history: History) -> None:
    one = with_feedback(stored_session(), Feedback(effort=3, note="windy"))
    part = replace(one.summary, state=SessionStatus.INTERRUPTED)
    history.add(replace(one, summary=part))
    assert import_sessions(history, [with_feedback(one, Feedback(effort=5, stumble=False))]) == Imported(1, 0)
    (summary,) = history.page()
    assert (summary.state, summary.feedback) == (one.summary.state, Feedback(effort=5, stumble=False, note="windy"))


def test_an_imported_session_is_no_longer_interrupted(tmp_path: Path, history: History) -> None:
    interrupt(tmp_path)
    (running,) = history.interrupted()
    whole = stored_session(running.start.started)
    history.mark_interrupted([running])
    whole = replace(whole, summary=replace(whole.summary, start=running.start))
    assert import_sessions(history, [whole]) == Imported(1, 0)
    assert not history.interrupted()


@pytest.mark.parametrize(
    ("started", "problem"),
    [
        (LATER + timedelta(days=1), ""),
        (LATER + timedelta(days=1, seconds=1), "is not a possible day"),
        (datetime(2000, 1, 1, tzinfo=UTC), ""),
        (datetime(1999, 12, 31, tzinfo=UTC), "its start, 1999-12-31, is not a possible day"),
    ],
)
def test_a_session_starts_in_this_century_and_by_tomorrow(started: datetime, problem: str) -> None:
    said = transfer.problem_with(stored_session(started), LATER)
    assert said.endswith(problem)
    assert bool(said) is bool(problem)
    assert not transfer.problem_with(stored_session(started), None)  # the own clock may have been wrong


def test_a_file_of_the_largest_size_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = exported([stored_session()], tmp_path / "out.json")
    monkeypatch.setattr(transfer, "MAX_BYTES", path.stat().st_size)
    assert len(read_json(path, LATER).sessions) == 1


def test_every_column_of_a_session() -> None:
    out = io.StringIO()
    rated = Feedback(
        effort=4, stumble=False, pain_before=1, pain_after=2, note="windy", next_day=NextDay.SORE, fall=True
    )
    one = with_feedback(paused_and_edited(), rated)
    write_sessions_csv([one], out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row.pop("uuid") == one.summary.uuid
    assert row.pop("notation") == one.summary.planned.notation
    assert row.pop("started") == one.summary.start.started.isoformat(timespec="seconds")
    assert row == {
        "zone": "UTC", "state": "finished", "name": "Short One", "workout_id": "", "rung": "builder",
        "planned_seconds": "160", "walked_seconds": "170.0", "backward_seconds": "60.0", "forward_seconds": "70.0",
        "turn_seconds": "40.0", "rest_seconds": "0.0", "held_seconds": "0.0", "paused_seconds": "12.0",
        "longest_backward_seconds": "30.0", "rounds_done": "2", "planned_rounds": "2", "completion": "1.0",
        "effort": "4", "stumble": "no", "pain_before": "1", "pain_after": "2", "next_day": "sore", "fall": "yes",
        "note": "windy", "metres": "", "backward_metres": "", "incomplete": "0",
    }  # fmt: skip


def test_an_import_is_summed_up_in_one_line() -> None:
    assert str(Imported(1, 0)) == "1 session added, 0 already present"
    assert str(Imported(1200, 1200)) == "1,200 sessions added, 1,200 already present"
    why = "session 3: nothing was walked"
    assert str(Imported(1, 0, [why])) == f"1 session added, 0 already present, 1 left out ({why})"
    assert str(Imported(1, 0, [why] * 1201)).endswith(f", 1,201 left out ({why}; and 1,200 more)")


def test_results_of_the_walk_test_are_exported_and_read(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    tests = [WalkTest("4f1c2a9e-0000-4000-8000-000000000001", MORNING, (4000, 3500))]
    with path.open("wb") as out:
        assert write_json([stored_session()], out, LATER, tests) == 1
    assert read_json(path, LATER).walk_tests == tests
    assert read_json(exported([], tmp_path / "none.json"), LATER).walk_tests == []
    path.write_bytes(path.read_bytes().replace(b'"walk_tests": [', b'"walk_tests": [5, '))
    with pytest.raises(RefusedError, match=rf"^{path}: Expected `object`, got `int` - at `\$\.walk_tests\[0\]`"):
        read_json(path, LATER)


@pytest.mark.skipif(sys.platform == "win32", reason="the file would take half a gigabyte there")
def test_more_than_half_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    path.touch()
    os.truncate(path, 512 * 1024**2 + 1)
    with pytest.raises(RefusedError, match=r"huge.json is larger than 512 MB$"):
        read_json(path, LATER)


def test_a_fault_is_said_in_two_hundred_characters_at_most(tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    path.write_text(f'{{"format": "retro-timer-history", "version": 1, "{"x" * 500}": 1}}')
    with pytest.raises(RefusedError) as refused:
        read_json(path, LATER)
    assert len(str(refused.value).removeprefix(f"{path}: ")) == 200


def test_an_empty_export_is_read(tmp_path: Path) -> None:
    path = exported([], tmp_path / "empty.json")
    assert read_json(path, LATER).sessions == []
    assert json.loads(path.read_text())["exported"] == LATER.isoformat()


def measured() -> StoredSession:
    """Two intervals with a belt, of which the second has a heart rate, too, and one without anything."""
    return walked_session(
        "fwd 61s, back 61s, cool 1m", started=MORNING,
        sampled=lambda second: (1.234 if second < 132 else None, 100 + second % 2 if 71 <= second < 132 else None),
    )  # fmt: skip


def test_every_column_of_measured_intervals() -> None:
    out = io.StringIO()
    write_intervals_csv([measured()], out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    columns = ("number", "metres", "speed_min_kmh", "speed_mean_kmh", "speed_max_kmh", "heart_min", "heart_mean")
    assert [tuple(row[name] for name in (*columns, "heart_max")) for row in rows] == [
        ("1", "20.7", "1.234", "1.23", "1.234", "", "", ""),
        ("2", "20.7", "1.234", "1.23", "1.234", "100", "101", "101"),
        ("3", "", "", "", "", "", "", ""),
    ]  # fmt: skip
    assert [row["at_seconds"] for row in rows] == ["10.0", "71.0", "132.0"]


def test_every_column_of_a_measured_session() -> None:
    out = io.StringIO()
    only_heart = walked_session("back 1m", sampled=lambda _: (None, 100))
    write_sessions_csv([measured(), only_heart], out)
    both, heart = csv.DictReader(io.StringIO(out.getvalue()))
    assert (both["metres"], both["backward_metres"]) == ("41.5", "20.7")
    assert (heart["metres"], heart["backward_metres"]) == ("", "")


def test_milliseconds_are_written_as_seconds_and_the_completion_to_four_decimals() -> None:
    one = stored_session(MORNING.replace(microsecond=123_000))
    totals = replace(one.summary.totals, completion=1 / 3, longest_backward=29_999)
    one = replace(
        one,
        summary=replace(one.summary, totals=totals),
        intervals=(replace(one.intervals[0], at=1001, walked=2002, held=3003), *one.intervals[1:]),
    )
    sessions, intervals = io.StringIO(), io.StringIO()
    write_sessions_csv([one], sessions)
    write_intervals_csv([one], intervals)
    (row,) = csv.DictReader(io.StringIO(sessions.getvalue()))
    assert (row["completion"], row["longest_backward_seconds"]) == ("0.3333", "29.999")
    assert row["started"] == "2026-03-02T09:00:00+00:00"
    first, *_ = csv.DictReader(io.StringIO(intervals.getvalue()))
    assert (first["at_seconds"], first["walked_seconds"], first["held_seconds"]) == ("1.001", "2.002", "3.003")
