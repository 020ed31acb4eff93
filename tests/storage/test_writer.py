"""A session written incrementally always equals its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.scheduling.edits import AddRounds, AddToInterval
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Session
from retro_timer.session.history import Feedback
from retro_timer.session.recorder import Recorder
from retro_timer.session.states import Rules
from retro_timer.storage.database import Database
from retro_timer.storage.memory import memory_history
from retro_timer.storage.schedules import decode_schedule, encode_schedule
from retro_timer.storage.writer import write_record, write_session
from tests.storage.sessions import MORNING, stored_session, subject

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from retro_timer.session.events import Event
    from retro_timer.storage.history import History
    from retro_timer.storage.writer import Saved

    Command = Callable[[Session, int], tuple[Event, ...]]

NOTATION = "3x(turn 2s, back 4s | fwd 3s), cool 2s"
COMMANDS: dict[str, Command] = {
    "advance": Session.advance,
    "pause": Session.pause,
    "resume": Session.resume,
    "skip": Session.skip,
    "back": Session.back,
    "longer": lambda session, now: session.edit(now, AddToInterval(5)),
    "round": lambda session, now: session.edit(now, AddRounds(1)),
    "undo": Session.undo,
}
steps = st.lists(
    st.tuples(st.sampled_from(["advance"] * 5 + list(COMMANDS)), st.integers(0, 3000), st.booleans()), max_size=40
)


def is_kept(history: History, uuid: str, recorder: Recorder, now: int) -> bool:
    """Whether the history has the record."""
    record = recorder.record(now)
    walk = history.session(uuid)
    assert walk
    assert (walk.intervals, walk.pauses, walk.edits) == (record.intervals, record.pauses, record.edits)
    if record.state.is_over:
        assert walk.summary.spent == record.spent
        assert history.interrupted() == ()
        return True
    row = history.database.read("SELECT * FROM journal")[0]
    assert (row["position"], row["walked"], row["paused"]) == (
        record.position,
        record.spent.walked,
        record.spent.paused,
    )
    schedule = history.database.read("SELECT schedule FROM schedules")[0][0]
    assert decode_schedule(schedule) == record.schedule
    return True


@given(steps)
def test_incremental_writes_add_up_to_the_record(steps: list[tuple[str, int, bool]]) -> None:
    session = Session(flatten(parse(NOTATION)), Rules(lead_in=1, resume_lead_in=1))
    recorder = Recorder(session.schedule)
    about = subject(NOTATION)
    saved: Saved | None = None
    now = 0
    with memory_history() as history:
        for event in session.start(now):
            recorder.note(event)
        for name, after, beat in steps:
            now += after
            for event in COMMANDS[name](session, now):
                recorder.note(event)
            if beat:
                saved = write_record(history.database, about, recorder.record(now), saved, MORNING)
                assert is_kept(history, about.start.uuid, recorder, now)


@given(st.sampled_from([NOTATION, "2x(2x(back 3s | fwd 2s) | rest 4s), cool 2s", 'back 5s @1.0mph "eyes \\"up\\""']))
def test_a_decoded_schedule_has_its_rounds(notation: str) -> None:
    schedule = flatten(parse(notation))
    back = decode_schedule(encode_schedule(schedule))
    assert back == schedule
    assert back.betweens == schedule.betweens


def test_a_write_waits_for_the_disk_when_it_is_asked_to_and_the_first_and_last_always(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    durable: list[bool] = []
    writing = Database.writing

    def watched(self: Database, **options: bool) -> object:
        durable.append(options["durable"])
        return writing(self, **options)

    monkeypatch.setattr(Database, "writing", watched)
    session = Session(flatten(parse(NOTATION)), Rules(lead_in=0))
    recorder, about = Recorder(session.schedule), subject(NOTATION)
    with memory_history() as history:
        saved = None
        for now, asked in ((0, False), (1000, False), (2000, True), (3000, False)):
            for event in session.advance(now) if now else session.start(now):
                recorder.note(event)
            saved = write_record(history.database, about, recorder.record(now), saved, MORNING, durable=asked)
        write_record(history.database, about, recorder.record(3500), saved, MORNING)
        for event in session.end(4000):
            recorder.note(event)
        write_record(history.database, about, recorder.record(4000), saved, MORNING)
    assert durable == [True, False, True, False, False, True]


def test_a_session_written_again_replaces_all_of_it_and_its_feedback_only_if_asked() -> None:
    long, short = stored_session(), stored_session(seconds=60)
    short = replace(short, summary=replace(short.summary, start=long.summary.start))
    kept = Feedback(effort=5)
    with memory_history() as history:
        history.add(long)
        history.give_feedback(long.summary.uuid, kept)
        with history.database.writing() as connection:
            key = write_session(connection, short, keep_feedback=True)
            assert key == connection.execute("SELECT id FROM sessions").fetchone()[0]
        assert list(history.everything()) == [replace(short, summary=replace(short.summary, feedback=kept))]
        with history.database.writing() as connection:
            assert write_session(connection, short) == key
        assert list(history.everything()) == [short]
