"""A damaged session is recovered as far as it can be read, and what is lost is named."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from retro_timer.session.history import Feedback
from retro_timer.storage.open import FILE_NAME
from retro_timer.storage.repair import Report, repair_file
from tests.formats.sessions import walked_session
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, change, stored_session

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.session.history import StoredSession


NOW = MORNING + timedelta(days=100)


def repaired_one(directory: Path, one: StoredSession, *statements: str) -> tuple[Report, StoredSession | None]:
    """The result of repairing a history of one session that was changed by hand."""
    with open_history(directory / "other", lambda: MORNING).history as history:
        history.add(one)
    for statement in statements:
        change(directory / "other" / FILE_NAME, statement)
    with open_history(directory / "new", lambda: MORNING).history as new:
        report = repair_file(directory / "other" / FILE_NAME, new, NOW)
        return report, new.session(one.summary.uuid)


EXTRA = (
    'INSERT INTO intervals SELECT session, {ordinal}, "index", phase, planned, target, at, {walked}, held, left, round,'
    ' rounds, speed_kmh, label, "into" FROM intervals WHERE session = 1 AND ordinal = {like}'
)
"""Another interval of the session, like one of its own."""


@pytest.mark.parametrize(("walked", "behind"), [(777, 0), (30_000, 0), (777, 3)])
def test_an_interval_that_a_damaged_key_has_brought_in_is_left_out(tmp_path: Path, walked: int, behind: int) -> None:
    one = stored_session()
    last = len(one.intervals)
    report, found = repaired_one(tmp_path, one, EXTRA.format(ordinal=last + behind, walked=walked, like=0))
    assert found is not None
    assert found.summary == one.summary
    assert sum(interval.walked for interval in found.intervals) == one.summary.spent.walked
    assert len(found.intervals) == last
    assert (report.added, report.partly, report.lost) == (1, (), ())


def test_what_else_is_lost_is_said_also_if_an_interval_is_left_out(tmp_path: Path) -> None:
    one = stored_session()
    report, found = repaired_one(
        tmp_path,
        one,
        EXTRA.format(ordinal=12, walked=777, like=0),
        "INSERT INTO pauses VALUES (1, 0, 1, 1, 'long', 'asked')",
    )
    assert found == one
    assert [line.partition("without ")[2] for line in report.partly] == ["1 of 1 pauses"]


def test_an_interval_in_the_middle_that_does_not_belong_there_is_left_out(tmp_path: Path) -> None:
    one = stored_session()
    report, found = repaired_one(
        tmp_path,
        one,
        "UPDATE intervals SET ordinal = ordinal + 100 WHERE ordinal >= 3",
        EXTRA.format(ordinal=3, walked=777, like=100 + 4),
        "UPDATE intervals SET ordinal = ordinal - 99 WHERE ordinal >= 100",
    )
    assert found == one
    assert (report.added, report.partly, report.lost) == (1, (), ())


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("ordinal = 2", "1 of 9 intervals"),
        ("ordinal IN (0, 5)", "2 of 9 intervals"),
        ("ordinal = 8", "intervals at its end"),
    ],
)
def test_intervals_that_are_gone_are_counted_by_their_numbers(tmp_path: Path, gone: str, said: str) -> None:
    one = stored_session()
    assert len(one.intervals) == 9
    report, found = repaired_one(tmp_path, one, f"DELETE FROM intervals WHERE {gone}")  # noqa: S608  (from above)
    assert found is not None
    name = f"2026-03-02 09:00 ({one.summary.uuid[:8]})"
    assert report.partly == (f"{name} was recovered without {said}",)
    assert found.summary.spent.walked == sum(interval.walked for interval in found.intervals) < 160_000


@pytest.mark.parametrize(("ordinal", "said"), [(27, "19 of 28 intervals"), (28, "")])
def test_a_number_far_beyond_the_others_is_taken_for_damaged(tmp_path: Path, ordinal: int, said: str) -> None:
    one = stored_session()
    assert 2 * len(one.intervals) + 10 == 28
    report, found = repaired_one(tmp_path, one, f"UPDATE intervals SET ordinal = {ordinal} WHERE ordinal = 8")  # noqa: S608
    assert found == one
    assert [line.partition("without ")[2] for line in report.partly] == ([said] if said else [])


def test_a_session_without_a_readable_workout_gets_that_of_its_intervals(tmp_path: Path) -> None:
    one = stored_session()
    report, found = repaired_one(tmp_path, one, "UPDATE sessions SET notation = 'back ?', walked = 1")
    assert found is not None
    assert found.intervals == one.intervals
    assert found.summary.planned.notation == (
        'warm 20s, turn 10s, back 30s @1.6km/h "eyes up", turn 10s, fwd 20s, turn 10s, back 30s @1.6km/h "eyes up", '
        "turn 10s, cool 20s"
    )
    assert report.partly[0].endswith("was recovered without notation")


def test_a_session_with_neither_a_workout_nor_intervals_is_lost(tmp_path: Path) -> None:
    report, found = repaired_one(
        tmp_path, stored_session(), "UPDATE sessions SET notation = '', walked = 0", "DELETE FROM intervals"
    )
    assert found is None
    assert [line.partition(": ")[2] for line in report.lost] == ["neither its workout nor its intervals can be read"]


@pytest.mark.parametrize(
    ("offset", "hours"), [("3600", 1), ("-43200", -12), ("86399", 24), ("86400", 0), ("-86400", 0), ("'x'", 0)]
)
def test_an_offset_of_less_than_a_day_is_kept(tmp_path: Path, offset: str, hours: int) -> None:
    one = stored_session()
    report, found = repaired_one(tmp_path, one, f"UPDATE sessions SET utc_offset = {offset}, walked = 1")  # noqa: S608
    assert found is not None
    kept = found.summary.start.started.utcoffset()
    assert kept is not None
    assert round(kept.total_seconds() / 3600) == hours
    assert bool(report.partly) is (hours == 0)
    assert found.summary.start.started == one.summary.start.started


def test_answers_are_kept_and_those_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    feedback = Feedback(effort=4, stumble=True, fall=False, pain_before=1, pain_after=2, note="windy")
    one = stored_session()
    one = replace(one, summary=replace(one.summary, feedback=feedback, away=5000))
    report, found = repaired_one(
        tmp_path, one, "UPDATE sessions SET walked = 1, pain_before = 'much', note = x'ff', zone = x'ff'"
    )
    assert found is not None
    assert found.summary.feedback == replace(feedback, pain_before=None, note="")
    assert (found.summary.away, found.summary.start.zone) == (5000, "")
    assert report.partly[0].endswith("was recovered without zone, pain before, note")


@pytest.mark.parametrize(
    ("column", "said"),
    [("away", "away"), ("lead_in", "lead in"), ("rung", "rung"), ("name", "name"), ("workout_id", "workout id")],
)
def test_a_field_that_cannot_be_read_is_as_if_it_had_not_been_written(tmp_path: Path, column: str, said: str) -> None:
    one = stored_session()
    report, found = repaired_one(tmp_path, one, f"UPDATE sessions SET walked = 1, {column} = x'ff'")  # noqa: S608
    assert found is not None
    lost = {"away": 0, "lead_in": 0, "rung": None, "name": "", "workout_id": ""}[column]
    summary = found.summary
    kept = {
        "away": summary.away, "lead_in": summary.spent.lead_in, "rung": summary.planned.preset_id,
        "name": summary.planned.name, "workout_id": summary.planned.workout_id,
    }  # fmt: skip
    assert kept[column] == lost
    assert report.partly[0].endswith(f"was recovered without {said}")


def test_nothing_else_is_lost_with_a_field(tmp_path: Path) -> None:
    one = stored_session()
    report, found = repaired_one(tmp_path, one, "UPDATE sessions SET zone = x'ff'")
    assert found == replace(one, summary=replace(one.summary, start=replace(one.summary.start, zone="")))
    assert [line.partition("without ")[2] for line in report.partly] == ["zone"]


def test_a_session_that_ended_before_it_began_is_recovered_without_its_fields(tmp_path: Path) -> None:
    one = stored_session(seconds=5)
    assert one.intervals == ()
    report, found = repaired_one(tmp_path, one, "UPDATE sessions SET walked = 'none'")
    assert found == one
    assert (report.added, report.partly, report.lost) == (1, (), ())


def test_the_longest_bout_is_between_one_interval_and_all_of_them(tmp_path: Path) -> None:
    one = stored_session()  # two bouts of 30 seconds
    for number, (written, kept) in enumerate([("0", 30_000), ("45000", 45_000), ("61000", 60_000), ("'x'", 30_000)]):
        place = tmp_path / str(number)
        place.mkdir()
        _, found = repaired_one(place, one, f"UPDATE sessions SET walked = 1, longest_backward = {written}")  # noqa: S608
        assert found is not None
        assert found.summary.totals.longest_backward == kept


def test_a_report_is_one_line() -> None:
    assert str(Report("a.db")) == "a.db: 0 sessions recovered, 0 lost"
    assert str(Report("a.db", 1, 2, (), ("x",))) == "a.db: 1 session recovered, 2 already there, 1 lost"


def test_what_was_measured_is_kept_as_far_as_its_intervals_are_there(tmp_path: Path) -> None:
    one = measured_session()
    assert one.measures
    for number, (gone, measures) in enumerate(
        [("ordinal = 99", one.measures), ("ordinal = 1", one.measures[:1]), ("ordinal = 0", ())]
    ):
        place = tmp_path / str(number)
        place.mkdir()
        _, found = repaired_one(
            place,
            one,
            "UPDATE sessions SET walked = 999999999",
            f"DELETE FROM intervals WHERE {gone}",  # noqa: S608
        )
        assert found is not None
        assert (found.measures, found.traces) == (measures, one.traces)


def measured_session() -> StoredSession:
    session = walked_session("warm 1m, back 2m @1.6km/h", started=MORNING, sampled=lambda _: (1.6, 90))
    start = replace(session.summary.start, uuid="4f1c2a9e-0000-4000-8000-000000000001")
    return replace(session, summary=replace(session.summary, start=start))
