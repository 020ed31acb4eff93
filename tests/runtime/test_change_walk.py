"""Changing a logged walk changes what the walker changed, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from retro_timer.formats.lap_measures import PastMeasures
from retro_timer.formats.past_activity import PastActivity, PastLap, session_from
from retro_timer.runtime.change_walk import WalkChanges, change_walk
from retro_timer.runtime.log_walk import EnteredWalk, log_walk
from retro_timer.runtime.walk_texts import EnteredTexts
from retro_timer.runtime.walk_times import LogError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.session.history import Feedback
from tests.storage.sessions import stored_session

if TYPE_CHECKING:
    from retro_timer.session.history import StoredSession
    from retro_timer.storage.history import History

BEGAN = datetime(2026, 3, 2, 10, 0, 37, tzinfo=timezone(timedelta(hours=1)))
NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
RATED = Feedback(effort=4, note="fine")
TOKYO, NEW_YORK, KIRITIMATI = (timezone(timedelta(hours=hours)) for hours in (9, -5, 14))
FIELDS = ("day", "at", "workout", "backward", "forward", "longest")


@pytest.fixture
def imported(history: History) -> StoredSession:
    """An activity with distances, heart rates and a pause."""
    measured = PastMeasures(metres=250, moved=250_000, fastest_kmh=4.2, heart_mean=101.5, heart_max=120, beat=250_000)
    laps = (
        PastLap(250_400, 31_000, Phase.FORWARD, 3.6, measured=measured),
        PastLap(250_700, 0, Phase.BACKWARD, 2.4, measured=replace(measured, metres=160.0)),
    )
    session = session_from(PastActivity(BEGAN, laps, name="Walk"))
    history.add(session)
    return kept(history)


def kept(history: History) -> StoredSession:
    (summary,) = history.page()
    session = history.session(summary.uuid)
    assert session is not None
    return session


def with_summary(session: StoredSession, **changes: object) -> StoredSession:
    return replace(session, summary=replace(session.summary, **changes))


def log(history: History, workout: str = "back 5m, fwd 5m", at: datetime = BEGAN, **entered: object) -> StoredSession:
    now = at + timedelta(hours=1)
    return log_walk(history, replace(EnteredWalk(at.date(), parse(workout), at.time()), **entered), now)


def test_answers_leave_the_measured_activity_as_it_is(history: History, imported: StoredSession) -> None:
    texts = EnteredTexts.of(imported)
    changes = texts.changes(texts, RATED, own=[])
    assert changes == WalkChanges(feedback=RATED)
    assert change_walk(history, imported, changes, NOW) == kept(history)
    assert kept(history) == with_summary(imported, feedback=RATED)


def test_the_longest_bout_and_the_time_leave_the_rest_as_it_is(history: History, imported: StoredSession) -> None:
    change_walk(history, imported, WalkChanges(longest=120), NOW)
    totals = replace(imported.summary.totals, longest_backward=120_000)
    assert kept(history) == with_summary(imported, totals=totals)

    change_walk(history, kept(history), WalkChanges(day=date(2026, 3, 1), at=time(11, 30)), NOW)
    start = replace(imported.summary.start, started=datetime(2026, 3, 1, 11, 30, tzinfo=BEGAN.tzinfo))
    assert kept(history) == with_summary(imported, totals=totals, start=start)


@pytest.mark.parametrize("at", [None, time(10, 0)])
def test_the_seconds_of_a_time_stay_when_it_does(history: History, imported: StoredSession, at: time | None) -> None:
    change_walk(history, imported, WalkChanges(day=date(2026, 2, 28), at=at), NOW)
    assert kept(history).summary.start.started == BEGAN - timedelta(days=2)


@pytest.mark.parametrize("changes", [WalkChanges(workout=parse("back 2m")), WalkChanges(backward=60)])
def test_measured_laps_are_never_replaced(history: History, imported: StoredSession, changes: WalkChanges) -> None:
    with pytest.raises(LogError, match="its laps were measured"):
        change_walk(history, imported, replace(changes, feedback=RATED), NOW)
    assert kept(history) == imported


def test_lengths_are_replaced_if_nothing_was_measured(history: History) -> None:
    log(history, longest=90)
    change_walk(history, kept(history), WalkChanges(forward=600), NOW)
    assert kept(history).summary.planned.notation == "fwd 10m, back 5m"
    assert kept(history).summary.totals.longest_backward == 90_000, "the bout that was entered stays"
    change_walk(history, kept(history), WalkChanges(backward=60), NOW)
    assert kept(history).summary.totals.longest_backward == 0, "it no longer fits"
    change_walk(history, kept(history), WalkChanges(workout=parse("fwd 1m, back 2m")), NOW)
    assert kept(history).summary.totals.longest_backward == 120_000
    for changes, says in (
        (WalkChanges(workout=parse("back 2m"), forward=60), "give a workout, or the minutes"),
        (WalkChanges(longest=121), "the longest bout is longer than all backward walking"),
        (WalkChanges(workout=parse("7x(fwd 4h)")), "a walk takes 24 hours at most"),
        (WalkChanges(workout=parse("3x(fwd 4h)")), "it would end at 2026-03-02 22:00, in the future"),
        (WalkChanges(day=date(1999, 1, 1)), "1999-01-01 is too long ago"),
    ):
        with pytest.raises(LogError, match=says):
            change_walk(history, kept(history), changes, NOW)


def test_an_old_walk_of_a_workout_that_changed_or_is_gone_can_be_rated(history: History) -> None:
    mine = replace(parse("back 5m, fwd 1m", name="Mine"), id="mine")
    log_walk(history, EnteredWalk(BEGAN.date(), mine), NOW)
    before, texts = kept(history), EnteredTexts.of(kept(history))
    assert texts.workout == "mine"
    for own in ([], [replace(parse("back 1h", name="Mine"), id="mine")]):
        change_walk(history, kept(history), texts.changes(texts, RATED, own), NOW)
        assert kept(history) == with_summary(before, feedback=RATED)
    moved = replace(texts, at="9:30")
    change_walk(history, kept(history), moved.changes(texts, RATED, []), NOW)
    assert kept(history).intervals == before.intervals


@pytest.mark.parametrize("here", [NEW_YORK, KIRITIMATI])
def test_a_walk_of_another_time_zone_stays_in_it(history: History, here: timezone) -> None:
    began = datetime(2026, 3, 3, 6, 0, tzinfo=TOKYO)
    now = (began + timedelta(hours=2)).astimezone(here)
    log(history, at=began)
    change_walk(history, kept(history), WalkChanges(longest=60, feedback=RATED), now)
    assert kept(history).summary.start.started.isoformat() == "2026-03-03T06:00:00+09:00"
    change_walk(history, kept(history), WalkChanges(at=time(5, 30)), now)
    assert kept(history).summary.start.started.isoformat() == "2026-03-03T05:30:00+09:00"
    with pytest.raises(LogError, match="2026-03-03 08:01 is in the future"):
        change_walk(history, kept(history), WalkChanges(at=time(8, 1)), now)


def test_a_walk_is_not_moved_over_another_one(history: History) -> None:
    log(history, at=BEGAN - timedelta(days=1))
    log(history)
    latest = history.session(history.page()[0].uuid)
    assert latest is not None
    with pytest.raises(LogError, match="there is a session at that time"):
        change_walk(history, latest, WalkChanges(day=date(2026, 3, 1)), NOW)


def test_of_a_timed_session_only_the_answers_change(history: History) -> None:
    history.add(stored_session())
    before = kept(history)
    change_walk(history, before, WalkChanges(feedback=RATED), NOW)
    assert kept(history) == with_summary(before, feedback=RATED)
    with pytest.raises(LogError, match="the timer ran this session"):
        change_walk(history, before, WalkChanges(longest=1), NOW)


@pytest.mark.parametrize("name", FIELDS)
def test_a_typed_change_is_the_only_one(history: History, name: str) -> None:
    log(history, "fwd 5m, back 5m")
    texts = EnteredTexts.of(kept(history))
    assert texts == EnteredTexts("2026-03-02", "10:00", "", "5m", "5m", "5m")
    typed = {"day": "2026-03-01", "at": "9:15", "workout": "builder", "backward": "4", "forward": "4", "longest": ""}
    changed = replace(texts, **{name: typed[name]})
    if name == "workout":
        with pytest.raises(LogError, match="give a workout, or the minutes"):
            changed.changes(texts, RATED, [])
        changed = replace(changed, backward="", forward="")
    changes = changed.changes(texts, RATED, [])
    others = {"workout": None, "backward": None, "forward": None, "day": None, "at": None, "longest": None}
    expected: dict[str, dict[str, object]] = {
        "day": {"day": date(2026, 3, 1)},
        "at": {"at": time(9, 15)},
        "workout": {"workout": changes.workout},
        "backward": {"backward": 240, "forward": 300},
        "forward": {"backward": 300, "forward": 240},
        "longest": {"longest": 0},
    }
    assert {other: getattr(changes, other) for other in others} == others | expected[name]
    assert name != "workout" or (changes.workout is not None and changes.workout.id == "builder")
    assert replace(texts, at="").changes(texts, RATED, []) == WalkChanges(feedback=RATED)


@pytest.mark.usefixtures("central_europe")
def test_a_walk_moved_to_summer_has_the_offset_of_summer(history: History) -> None:
    log(history, at=datetime(2025, 11, 21, 18, 30, tzinfo=timezone(timedelta(hours=1))))
    change_walk(history, kept(history), WalkChanges(day=date(2025, 7, 1)), NOW.astimezone())
    start = kept(history).summary.start
    assert (start.started.isoformat(), start.zone) == ("2025-07-01T18:30:00+02:00", "CEST")


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_day_that_cannot_be_is_refused(history: History, day: date) -> None:
    log(history)
    with pytest.raises(LogError):
        change_walk(history, kept(history), WalkChanges(day=day), NOW)
