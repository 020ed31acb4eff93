"""A history goes out and comes back without loss, and nothing else comes in."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.session.record import WalkState
from retro_timer.storage import transfer
from retro_timer.storage.memory import memory_history
from retro_timer.storage.model import Feedback, NextDay
from retro_timer.storage.problems import RefusedError
from retro_timer.storage.transfer import (
    Imported,
    import_walks,
    read_json,
    write_intervals_csv,
    write_json,
    write_sessions_csv,
)
from tests.storage.walks import MORNING, Walker, many, walk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retro_timer.storage.history import History
    from retro_timer.storage.model import Walk

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


def with_feedback(one: Walk, feedback: Feedback) -> Walk:
    return replace(one, summary=replace(one.summary, feedback=feedback))


def exported(walks: list[Walk], path: Path) -> Path:
    with path.open("wb") as out:
        assert write_json(walks, out, LATER) == len(walks)
    return path


def paused_and_edited() -> Walk:
    from retro_timer.scheduling.edits import ChangeThis  # noqa: PLC0415  (one walk's alone)

    with memory_history() as memory:
        walker = Walker(None, memory=memory)
        walker.on(15)
        walker.conductor.tell(walker.clock.now(), lambda now: walker.session.edit(now, ChangeThis(10)))
        walker.pause()
        walker.on(7)
        walker.resume()
        walker.on(400)
        walker.journal.close()
        return walker.journal.walk()


def test_a_whole_history_comes_back_without_loss(tmp_path: Path, history: History) -> None:
    kept = [*many(20), paused_and_edited(), walk(MORNING.replace(microsecond=123_000))]
    for one in kept:
        history.add(one)
    path = exported(list(history.everything()), tmp_path / "out.json")
    with memory_history() as other:
        assert import_walks(other, read_json(path, LATER)) == Imported(added=22, skipped=0)
        assert list(other.everything()) == list(history.everything())
        assert exported(list(other.everything()), tmp_path / "again.json").read_bytes() == path.read_bytes()
        # A second time nothing is added, and nothing changed.
        assert import_walks(other, read_json(path, LATER)) == Imported(added=0, skipped=22)


@given(feedbacks, st.integers(20, 400), st.integers(-14 * 60, 14 * 60))
def test_any_walk_comes_back(
    tmp_path_factory: pytest.TempPathFactory, feedback: Feedback, seconds: int, zone: int
) -> None:
    from datetime import timezone  # noqa: PLC0415  (for one line)

    started = MORNING.astimezone(timezone(timedelta(minutes=zone)))
    one = with_feedback(walk(started, seconds=seconds), feedback)
    path = exported([one], tmp_path_factory.mktemp("out") / "out.json")
    (back,) = read_json(path, LATER)
    assert back == one
    assert back.summary.start.started.utcoffset() == started.utcoffset()


def test_what_was_walked_already_is_not_changed_by_an_import(tmp_path: Path, history: History) -> None:
    one = walk()
    path = exported([one], tmp_path / "out.json")
    history.add(with_feedback(one, Feedback(effort=7)))
    assert import_walks(history, read_json(path, LATER)) == Imported(added=0, skipped=1)
    assert history.page()[0].feedback.effort == 7


def test_the_same_walk_twice_in_one_file_is_there_once(tmp_path: Path, history: History) -> None:
    one = walk()
    path = exported([one, one], tmp_path / "out.json")
    assert import_walks(history, read_json(path, LATER)) == Imported(added=1, skipped=1)


def test_an_import_that_fails_half_way_changes_nothing(history: History) -> None:
    good, bad = walk(), walk()
    bad = replace(bad, intervals=(*bad.intervals, None))  # type: ignore[arg-type]  # what cannot be written
    with pytest.raises(msgspec.ValidationError):
        import_walks(history, [good, bad])
    assert not history.page()


def change(*path: str | int, to: object) -> Callable[[Any], None]:
    def apply(document: Any) -> None:  # noqa: ANN401  (JSON)
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return apply


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (change("version", to=2), "newer Retro Timer"),
        (change("version", to=0), "no version 0"),
        (change("format", to="something else"), "not a history"),
        (change("surprise", to=1), "unknown field `surprise`"),
        (change("sessions", 0, "surprise", to=1), "unknown field `surprise`"),
        (change("sessions", 0, "intervals", 0, "surprise", to=1), "unknown field `surprise`"),
        (change("sessions", 0, "effort", to=11), "effort"),
        (change("sessions", 0, "uuid", to="me"), "uuid"),
        (change("sessions", 0, "walked", to=-1), "walked"),
        (change("sessions", 0, "walked", to="1"), "walked"),
        (change("sessions", 0, "walked", to=10**30), "walked"),
        (change("sessions", 0, "state", to="flying"), "state"),
        (change("sessions", 0, "state", to="walking"), "session 1: it is still being walked"),
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
def test_what_is_not_an_export_is_refused_in_one_line(tmp_path: Path, spoil: Callable[[Any], None], said: str) -> None:
    document = json.loads(exported([walk()], tmp_path / "good.json").read_text())
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
def test_what_is_not_even_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(RefusedError) as refused:
        read_json(path, LATER)
    assert str(refused.value).isprintable()


def test_a_file_that_is_too_large_or_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = exported([walk()], tmp_path / "out.json")
    monkeypatch.setattr(transfer, "MAX_BYTES", 10)
    with pytest.raises(RefusedError, match="larger"):
        read_json(path, LATER)
    with pytest.raises(RefusedError, match="cannot be read"):
        read_json(tmp_path / "nowhere.json", LATER)


def test_sessions_as_a_table() -> None:
    out = io.StringIO()
    one = with_feedback(walk(), Feedback(effort=4, stumble=True, next_day=NextDay.NORMAL))
    write_sessions_csv([one], out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["started"] == "2026-03-02T09:00:00+00:00"
    assert row["state"] == WalkState.FINISHED
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
        "held_seconds": "0.0", "left": "ended", "speed_kmh": "", "label": "",
    }  # fmt: skip


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A0"])
def test_no_cell_is_taken_for_a_formula(formula: str) -> None:
    out = io.StringIO()
    one = with_feedback(walk(), Feedback(note=formula))
    write_sessions_csv(
        [replace(one, summary=replace(one.summary, planned=replace(one.summary.planned, name=formula)))], out
    )
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["note"] == row["name"] == f"'{formula}"
