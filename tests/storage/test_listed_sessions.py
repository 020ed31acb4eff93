"""Sessions from a printed history: as planned where all of it was walked, else their totals, to the millisecond."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.session.history import Feedback, NextDay
from retro_timer.session.record import Planned, SessionStatus
from retro_timer.storage import listed_sessions
from retro_timer.storage.errors import RefusedError
from retro_timer.storage.listed_sessions import is_listed_csv, is_listed_json, read_listed_csv, read_listed_json

if TYPE_CHECKING:
    from retro_timer.session.history import StoredSession

LISTED: dict[str, Any] = {
    "id": "4f1c2a9e-0000-4000-8000-000000000001",
    "started": "2026-03-02T09:00:00+00:00",
    "notation": "warm 1m, turn 30s, back 2m, cool 1m",
    "walked_seconds": 270,
    "backward_seconds": 120,
    "forward_seconds": 120,
    "turn_seconds": 30,
    "longest_backward_seconds": 120,
    "completion": 1,
    "state": "finished",
}
NOW = datetime(2026, 3, 3, tzinfo=UTC)
LENGTHS = ("walked_seconds", "backward_seconds", "forward_seconds", "turn_seconds")
REST = [(Phase.REST, 1, 500)]


def read(**changes: Any) -> StoredSession:  # noqa: ANN401  (any JSON)
    listed = read_listed_json(json.dumps([LISTED | changes]).encode(), NOW)
    assert not listed.problems
    (session,) = listed.sessions
    return session


def phases(session: StoredSession) -> list[tuple[Phase, int, int]]:
    return [(each.phase, each.target, each.walked) for each in session.intervals]


def test_a_session_walked_as_planned_has_its_intervals() -> None:
    session = read(name="Hills", zone="UTC", effort=4, stumble=False, pain_after=2, next_day="muscles", note="fine")
    assert phases(session) == [
        (Phase.WARM_UP, 60, 60_000),
        (Phase.TURN, 30, 30_000),
        (Phase.BACKWARD, 120, 120_000),
        (Phase.COOL_DOWN, 60, 60_000),
    ]
    summary = session.summary
    assert (summary.start.uuid, summary.start.zone, summary.planned.name) == (LISTED["id"], "UTC", "Hills")
    assert summary.feedback == Feedback(effort=4, stumble=False, pain_after=2, next_day=NextDay.MUSCLES, note="fine")
    assert (summary.state, summary.totals.completion, summary.totals.incomplete) == (SessionStatus.FINISHED, 1, 0)
    assert (summary.totals.longest_backward, summary.spent.walked) == (120_000, 270_000)


@pytest.mark.parametrize(
    ("changes", "walked"),
    [
        (
            {"walked_seconds": 270.5},
            [(Phase.FORWARD, 120, 120_000), (Phase.TURN, 30, 30_000), (Phase.BACKWARD, 120, 120_000), *REST],
        ),
        (
            {"backward_seconds": 100.2, "forward_seconds": 139.8},
            [(Phase.FORWARD, 140, 139_800), (Phase.TURN, 30, 30_000), (Phase.BACKWARD, 100, 100_200)],
        ),
        (
            {"walked_seconds": 3750, "forward_seconds": 3600.4, "backward_seconds": 119.6},
            [(Phase.FORWARD, 3600, 3_600_400), (Phase.TURN, 30, 30_000), (Phase.BACKWARD, 120, 119_600)],
        ),
        (
            {"walked_seconds": 20_000, "forward_seconds": 20_000, "turn_seconds": 0, "backward_seconds": 0},
            [(Phase.FORWARD, 14_400, 20_000_000)],
        ),
    ],
)
def test_another_session_has_its_totals(changes: dict[str, float], walked: list[tuple[Phase, int, int]]) -> None:
    session = read(**changes)
    assert phases(session) == walked
    longest = min(120_000, sum(length for phase, _, length in walked if phase is Phase.BACKWARD))
    assert session.summary.totals.longest_backward == longest
    assert (session.summary.start.zone, session.summary.planned.name) == ("", "")


@pytest.mark.parametrize(
    ("state", "kept", "incomplete"),
    [
        ("finished", SessionStatus.FINISHED, 0),
        ("ended-early", SessionStatus.ENDED_EARLY, 1),
        ("walking", SessionStatus.ENDED_EARLY, 1),
    ],
)
def test_a_session_that_was_not_finished_is_incomplete(state: str, kept: SessionStatus, incomplete: int) -> None:
    summary = read(state=state, completion=0.5).summary
    assert (summary.state, summary.totals.completion, summary.totals.incomplete) == (kept, 0.5, incomplete)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"walked_seconds": 269.9}, "its parts add up to more than was walked"),
        (dict.fromkeys(LENGTHS, 0), "nothing was walked"),
        ({"walked_seconds": 86_400.1}, "Expected `float` <= 86400.0"),
        ({"walked_seconds": -1}, "Expected `float` >= 0.0"),
        ({"walked_seconds": float("nan")}, "Expected `float` >= 0.0"),
        ({"completion": 1.1}, "Expected `float` <= 1.0"),
        ({"notation": "jump 1m"}, "expected"),
        ({"state": "lost"}, "Invalid enum value"),
        ({"state": "\ud800"}, "it contains text that is not Unicode"),
        ({"\ud800": 1}, "it contains text that is not Unicode"),
        ({"started": "2106-02-07T06:28:15+00:00"}, "its start, 2106-02-07, is not a possible day"),
        ({"note": "\x1b[2J"}, "U+001B in note"),
        ({"workout_id": "x" * 201}, "Expected `str` of length <= 200"),
        ({"rung": "x" * 81}, "Expected `str` of length <= 80"),
        ({"incomplete": -1}, "Expected `int` >= 0"),
    ],
)
def test_an_impossible_session_is_named_and_hides_no_other(changes: dict[str, Any], says: str) -> None:
    listed = read_listed_json(json.dumps([LISTED, LISTED | changes, LISTED]).encode(), NOW)
    assert len(listed.sessions) == 2
    (problem,) = listed.problems
    assert problem.startswith("session 2: ")
    assert says in problem
    with pytest.raises(RefusedError) as refused:
        read_listed_json(json.dumps([LISTED | changes, [], None]).encode(), NOW)
    assert str(refused.value) == problem.replace("session 2", "session 1")


@pytest.mark.parametrize("walked", [270, 200], ids=["all of it", "a part"])
def test_what_was_planned_stays(walked: int) -> None:
    notation = "warm 1m, 2x(turn 15s, back 1m), cool 1m"
    own = {"name": "Hills", "workout_id": "hills", "notation": notation}
    parts = {"walked_seconds": walked, "forward_seconds": walked - 150}
    summary = read(**own, **parts, rung="builder", rounds_done=1, incomplete=2, completion=0.9).summary
    assert summary.planned == Planned.of(replace(parse(notation, name="Hills"), id="hills"), "builder")
    assert (summary.totals.rounds_done, summary.totals.incomplete) == (1, 2)
    older = read(**own, **parts).summary
    assert (older.planned.notation, older.planned.preset_id) == (notation, None)
    assert (older.planned.rounds, older.totals.rounds_done) == ((2, 2) if walked == 270 else (0, 0))


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"[", "not valid JSON"), (b"[" * 100_000, "not valid JSON"), (b"{}", "expected a list of sessions")],
)
def test_what_is_no_list_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(RefusedError, match=f"^{says}"):
        read_listed_json(data, NOW)


def test_a_list_has_a_hundred_thousand_sessions_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    assert listed_sessions.MAX_SESSIONS == 100_000
    monkeypatch.setattr(listed_sessions, "MAX_SESSIONS", 2)
    assert len(read_listed_json(json.dumps([LISTED] * 2).encode(), NOW).sessions) == 2
    with pytest.raises(RefusedError, match=r"^more than 2 sessions$"):
        read_listed_json(json.dumps([LISTED] * 3).encode(), NOW)


def test_cells_are_texts_numbers_and_answers() -> None:
    cells = {name: str(value) for name, value in LISTED.items() if name != "id"}
    cells |= {"notation": f'"{LISTED["notation"]}"', "walked_seconds": "270.0", "stumble": "yes", "fall": "no"}
    cells |= {"effort": "4", "note": "'=1+1", "name": "7", "pain_before": "", "other": "x"}
    head, row = ",".join(["uuid", *cells]), ",".join([LISTED["id"], *cells.values()])
    (session,) = read_listed_csv(f"\ufeff{head}\r\n{row}\r\n".encode(), NOW).sessions
    assert session.summary.feedback == Feedback(effort=4, stumble=True, fall=False, note="=1+1")
    assert (session.summary.planned.name, session.summary.spent.walked) == ("7", 270_000)
    for note, read_as in (("'quoted'", "'quoted'"), ("'@x", "@x"), ("'", "'")):
        (session,) = read_listed_csv(f"{head}\n{row}\n".replace("'=1+1", note).encode(), NOW).sessions
        assert session.summary.feedback.note == read_as
    with pytest.raises(RefusedError, match=r"^session 1: .*effort"):
        read_listed_csv(f"{head}\n{row}\n".replace(",4,", ",four,").encode(), NOW)
    with pytest.raises(RefusedError, match=r"^not valid CSV in UTF-8$"):
        read_listed_csv(b"\xff", NOW)


def test_a_list_is_known_by_how_it_begins() -> None:
    assert is_listed_json(b'\xef\xbb\xbf\n [{"walked_seconds": 1')
    assert not is_listed_json(b'{"walked_seconds": 1')
    assert not is_listed_json(b'[{"walked": 1')
    assert is_listed_csv(b"\xef\xbb\xbfuuid,started,zone")
    assert not is_listed_csv(b"started,uuid,")


def test_a_fault_is_said_in_two_hundred_characters_at_most() -> None:
    with pytest.raises(RefusedError) as refused:
        read_listed_json(json.dumps([LISTED | {"notation": "x" * 400}]).encode(), NOW)
    assert len(str(refused.value).removeprefix("session 1: ")) <= 200
    with pytest.raises(RefusedError) as refused:
        read_listed_json(json.dumps([LISTED | {"state": "x" * 400}]).encode(), NOW)
    assert len(str(refused.value).removeprefix("session 1: ")) == 200


def test_milliseconds_are_kept() -> None:
    session = read(walked_seconds=270.123, longest_backward_seconds=99.999)
    assert (session.summary.spent.walked, session.summary.totals.longest_backward) == (270_123, 99_999)
    assert sum(interval.walked for interval in session.intervals) == 270_123


def test_a_session_of_a_day_is_read() -> None:
    walked = read(walked_seconds=86_400, forward_seconds=86_400, backward_seconds=0, turn_seconds=0)
    assert walked.summary.spent.walked == 86_400_000
