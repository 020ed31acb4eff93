"""What sensors measured is kept with a session: written as it happens, exported, resumed, never in another's way."""

from __future__ import annotations

import json
import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.session.history import Feedback
from retro_timer.session.logged import Origin, logged_id
from retro_timer.session.sensing import SensorKind
from retro_timer.session.trace import CHUNK, Sample, TraceChunk, packed, samples_of
from retro_timer.storage import journal as journals
from retro_timer.storage.errors import RefusedError
from retro_timer.storage.measured import last_measured, measured_walks
from retro_timer.storage.memory import memory_history
from retro_timer.storage.transfer import import_sessions, read_json, write_json
from tests.formats.sessions import walked_session
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, Walker, killed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from retro_timer.session.history import StoredSession


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Write only on request."""
    monkeypatch.setattr(journals, "BEAT", 3600)
    yield
    assert all(thread.name != "journal" for thread in threading.enumerate())


def measured() -> StoredSession:
    session = walked_session(
        "warm 1m, back 2m @1.6km/h", started=MORNING, sampled=lambda second: (1.6, 90 + second % 40)
    )
    start = replace(session.summary.start, uuid="4f1c2a9e-0000-4000-8000-000000000001")
    return replace(session, summary=replace(session.summary, start=start))


samples = st.builds(
    Sample,
    at=st.integers(0, 10_000),
    speed_kmh=st.none() | st.integers(0, 2500).map(lambda value: value / 100),
    heart_rate=st.none() | st.integers(25, 250),
    metres=st.integers(0, 60_000).map(lambda value: value / 100),
)


@given(st.lists(samples, min_size=1, max_size=CHUNK))
def test_samples_are_packed_without_loss(found: list[Sample]) -> None:
    in_order = sorted(found, key=lambda sample: sample.at)
    assert list(samples_of([packed(in_order)])) == in_order


@given(st.binary(max_size=200), st.integers(1, CHUNK))
@settings(max_examples=50)
def test_a_damaged_chunk_is_left_out(data: bytes, count: int) -> None:
    whole = packed([Sample(0, 1.0, 100, 0.5)])
    assert list(samples_of([TraceChunk(count, data), whole]))[-1:] == [Sample(0, 1.0, 100, 0.5)]


def test_a_trace_takes_about_three_bytes_a_second() -> None:
    traces = measured().traces
    assert sum(chunk.count for chunk in traces) == 180
    assert sum(len(chunk.samples) for chunk in traces) / 180 < 4


def test_a_session_is_stored_and_exported_with_what_was_measured(tmp_path: Path) -> None:
    history, session = memory_history(), measured()
    history.add(session)
    assert history.session(session.summary.uuid) == session
    with (tmp_path / "history.json").open("wb") as out:
        write_json([session], out, MORNING)
    written = json.loads((tmp_path / "history.json").read_text())["sessions"][0]
    assert written["traces"][0][1:3] == [1.6, 100]
    assert [each["interval"] for each in written["measures"]] == [0, 1]
    other = memory_history()
    import_sessions(other, read_json(tmp_path / "history.json", MORNING).sessions)
    assert other.session(session.summary.uuid) == session


def test_a_session_without_sensors_is_exported_as_before(tmp_path: Path) -> None:
    session = replace(measured(), measures=(), traces=())
    with (tmp_path / "history.json").open("wb") as out:
        write_json([session], out, MORNING)
    written = json.loads((tmp_path / "history.json").read_text())["sessions"][0]
    assert not {"measures", "traces"} & written.keys()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("traces", [[5, 1.0, 100, 0.1], [4, 1.0, 100, 0.1]]),
        ("traces", [[0, 99.0, 100, 0.1]]),
        ("traces", [[0, 1.0, 1000, 0.1]]),
        ("traces", [[0, 1.0]]),
        ("traces", "AAAA"),
        ("measures", [{"interval": 0, "speed_max": -1}]),
    ],
)
def test_impossible_measurements_are_refused(name: str, value: Any, tmp_path: Path) -> None:  # noqa: ANN401
    path = tmp_path / "history.json"
    with path.open("wb") as out:
        write_json([measured()], out, MORNING)
    document = json.loads(path.read_text())
    document["sessions"][0][name] = value
    path.write_text(json.dumps(document))
    with pytest.raises(RefusedError):
        read_json(path, MORNING)


@pytest.mark.usefixtures("quiet")
def test_a_killed_session_goes_on_measuring_where_it_was(tmp_path: Path) -> None:
    def walk(walker: Walker, seconds: int) -> None:
        for _ in range(seconds):
            walker.on(1)
            walker.conductor.sampled(walker.clock.now(), 1.6, 100, 0.44)

    first = Walker(tmp_path)
    first.on(10)
    walk(first, 5)
    first.journal.flush()
    walk(first, 3)
    first.journal.flush()
    killed(first)
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.mark_interrupted(history.interrupted())
        (interrupted,) = history.interrupted()
    assert len(list(samples_of(interrupted.record.traces))) == 8
    second = Walker(tmp_path, resuming=interrupted)
    second.resume()
    second.on(5)
    walk(second, 4)
    second.journal.close()
    with open_history(tmp_path, lambda: MORNING).history as history:
        (summary,) = history.page()
        session = history.session(summary.uuid)
    assert session is not None
    assert len(list(samples_of(session.traces))) == 12
    assert (session.measures[0].speeds, session.measures[0].interval) == (12, 0)


def on_day(day: int, **changes: Any) -> StoredSession:  # noqa: ANN401  (of the start)
    """The measured walk, on a day of March."""
    session = measured()
    start = replace(
        session.summary.start, uuid=f"4f1c2a9e-0000-4000-8000-{day:012}", started=MORNING.replace(day=day, **changes)
    )
    return replace(session, summary=replace(session.summary, start=start))


def test_the_measured_backward_walking_of_each_session_is_shown_oldest_first() -> None:
    history = memory_history()
    rated = on_day(5)
    rated = replace(rated, summary=replace(rated.summary, feedback=Feedback(effort=4)))
    for one in (rated, on_day(3), replace(on_day(4), measures=(), traces=())):
        history.add(one)
    walks = measured_walks(history, date(2026, 3, 1), date(2026, 3, 31), MORNING)
    assert [(walk.day, walk.effort, walk.seconds) for walk in walks] == [
        (date(2026, 3, 3), None, 120), (date(2026, 3, 5), 4, 120),
    ]  # fmt: skip
    assert [walk.kmh for walk in walks] == pytest.approx([1.6, 1.6])
    assert walks[0].metres == measured().measures[1].metres
    assert [walk.day.day for walk in measured_walks(history, date(2026, 3, 4), date(2026, 3, 5), MORNING)] == [5]
    assert [walk.day.day for walk in measured_walks(history, date(2026, 3, 3), date(2026, 3, 4), MORNING)] == [3]


def test_a_measured_walk_before_the_end_of_the_day_is_of_the_day_before() -> None:
    history = memory_history()
    history.add(on_day(5, hour=2))
    days = [
        measured_walks(history, date(2026, 3, 4), date(2026, 3, 5), MORNING, day_ends)[0].day.day
        for day_ends in (0, 2, 3)
    ]
    assert days == [5, 5, 4]


def test_what_was_measured_last_is_known_for_each_sensor() -> None:
    history = memory_history()
    assert last_measured(history) == {}
    history.add(on_day(3))
    heart = on_day(4)
    measures = tuple(replace(each, speeds=0, metres=0.0) for each in heart.measures)
    history.add(replace(heart, measures=measures))
    assert last_measured(history) == {SensorKind.BELT: date(2026, 3, 3), SensorKind.HEART: date(2026, 3, 4)}
    imported = on_day(5)
    start = replace(imported.summary.start, uuid=logged_id(b"0123456789abcdef", Origin.IMPORT))
    history.add(replace(imported, summary=replace(imported.summary, start=start)))
    assert last_measured(history)[SensorKind.BELT] == date(2026, 3, 3), "another device has measured it"


def exported_with(path: Path, traces: list[Any]) -> Path:
    with path.open("wb") as out:
        write_json([measured()], out, MORNING)
    document = json.loads(path.read_text())
    document["sessions"][0]["traces"] = traces
    path.write_text(json.dumps(document))
    return path


def test_samples_of_the_same_moment_are_in_order(tmp_path: Path) -> None:
    path = exported_with(tmp_path / "same.json", [[5, 1.0, 100, 0.1], [5, 1.5, 101, 0.2]])
    (session,) = read_json(path, MORNING).sessions
    assert list(samples_of(session.traces)) == [Sample(5, 1.0, 100, 0.1), Sample(5, 1.5, 101, 0.2)]


def test_a_session_has_so_many_samples_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = exported_with(tmp_path / "many.json", [[second, 1.0, 100, 0.1] for second in range(3)])
    monkeypatch.setattr("retro_timer.storage.rows.MOST_SAMPLES", 3)
    assert len(read_json(path, MORNING).sessions) == 1
    monkeypatch.setattr("retro_timer.storage.rows.MOST_SAMPLES", 2)
    with pytest.raises(RefusedError, match="session 1: its traces are not in order, or too many"):
        read_json(path, MORNING)


@pytest.mark.parametrize("count", [CHUNK, CHUNK + 1, 2 * CHUNK])
def test_samples_are_packed_in_chunks_without_losing_any(tmp_path: Path, count: int) -> None:
    samples_ = [[second, 1.0, 100, 0.5] for second in range(count)]
    (session,) = read_json(exported_with(tmp_path / "chunks.json", samples_), MORNING).sessions
    assert [list(each) for each in samples_of(session.traces)] == samples_
    assert [chunk.count for chunk in session.traces] == [CHUNK] * (count // CHUNK) + [count % CHUNK] * (
        count % CHUNK > 0
    )
