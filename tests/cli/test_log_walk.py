"""`retro-timer history add`, `edit` and `delete`: walks without the timer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from retro_timer.clock import SystemClock
from retro_timer.session.history import Feedback, NextDay, Start
from retro_timer.session.logged import logged_session
from retro_timer.storage.history_csv import SESSION_COLUMNS
from tests.cli.ran import refused
from tests.formats.test_past_activities import tcx
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, many

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.ran import Run

YESTERDAY = date.today() - timedelta(days=1)  # noqa: DTZ011  (the command's clock)
GOOD = ("--effort", "3", "--pain", "0", "--no-stumble", "--no-fall", "--next-day", "normal")


def listed(run: Run) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = run("history", "--json").json
    return rows


def test_a_walk_is_logged_changed_and_deleted(run: Run) -> None:
    day = ("--date", YESTERDAY.isoformat())
    ran = run("history", "add", *day, "--backward", "10", "--forward", "15:30", "--longest", "90s", "--note", "park")
    assert ran.code == 0
    assert "fwd 15m30s, back 10m, 25:30, 10:00 backward" in ran.out
    row = listed(run)[0]
    assert row["started"][:16] == f"{YESTERDAY}T12:00"  # type: ignore[index]
    assert (row["logged"], row["backward_seconds"], row["longest_backward_seconds"]) == ("by hand", 600, 90)
    assert (row["note"], row["state"], row["completion"]) == ("park", "finished", 1)
    assert run("history").out.splitlines()[1].endswith("by hand")

    # The next one of that day gets a time that is free.
    assert run("history", "add", "first-try", *day).code == 0
    assert [str(row["started"])[11:16] for row in listed(run)] == ["12:00", "11:52"]

    uuid = str(row["id"])
    assert run("history", "edit", uuid[:8], "--effort", "5", "--stumble").code == 0
    changed = listed(run)[0]
    assert (changed["effort"], changed["stumble"], changed["backward_seconds"]) == (5, True, 600)
    assert run("history", "edit", uuid[:8], "--at", "7:05", "--workout", "builder").code == 0
    changed = listed(run)[1]
    assert (changed["id"], changed["name"], changed["backward_seconds"]) == (uuid, "Builder", 480)
    assert (str(changed["started"])[11:16], changed["effort"], changed["note"]) == ("07:05", 5, "park")
    assert run("history", "edit", uuid[:8], "--backward", "3").code == 0
    assert listed(run)[1]["notation"] == "fwd 8m, back 3m"

    assert run("history", "delete", uuid, "--yes").out == "deleted\n"
    assert [row["name"] for row in listed(run)] == ["First Try"]


def test_the_plan_counts_it_as_a_walked_one_and_says_so(run: Run, home: Path) -> None:
    """The same walks once logged by hand, once by the timer: the same advice."""
    days = [date.today() - timedelta(days=ago) for ago in (8, 6, 4, 2)]  # noqa: DTZ011  (the command's clock)
    names = ("floor-first", "first-try", "first-try", "first-try")
    for name, day in zip(names, days, strict=True):
        said = run("history", "add", name, "--date", day.isoformat(), *GOOD).out
        assert "The plan counts it: " in said
    by_hand = run("plan", "--json").json
    assert "To move on:" in said
    assert by_hand["rung"] == "starter"
    assert "logged, not timed" in run("plan").out or by_hand["this_week"]["logged"] == 0

    with open_history(home / "data", lambda: MORNING).history as history:
        for number, row in enumerate(list(history.everything())):
            history.delete(row.summary.uuid)
            start = Start(f"0000000{number}-0000-4000-8000-000000000000", row.summary.start.started, "UTC")
            history.add(logged_session(start, row.summary.planned.workout(), row.summary.feedback))
    by_timer = run("plan", "--json").json
    assert by_timer["this_week"].pop("logged") == 0
    by_hand["this_week"].pop("logged")
    assert by_timer == by_hand


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "say what you walked: a workout, or the minutes backward and forward"),
        (("builder", "--backward", "3"), "give a workout, or the minutes backward and forward"),
        (("bilder",), "builder"),
        (("--backward", "ten"), "expected a length such as 90s, 1:30 or 2m"),
        (("--backward", "241"), "4 hours"),
        (("--backward", "5", "--longest", "6"), "the longest bout is longer than all backward walking"),
        (("builder", "--date", "1970-01-01"), "1970-01-01 is too long ago: the history begins in 2000"),
        (("builder", "--date", "2106-02-07"), "2106-02-07 is in the future"),
        (("builder", "--date", "02.03.2026"), "expected a date such as 2026-03-02"),
        (("builder", "--at", "25:00"), "expected a time such as 18:30"),
        (("builder", "--pain", "-1"), "-1 is not in the range"),
        (("builder", "--effort", "11"), "11 is not in the range"),
        (("builder", "--note", "a\x1b[31m"), "printable characters"),
        (("builder", "--date", YESTERDAY.isoformat(), "--at", "8:10"), "there is a session at that time: Builder"),
    ],
)
def test_what_cannot_have_been_walked_is_refused(run: Run, arguments: tuple[str, ...], says: str) -> None:
    assert run("history", "add", "builder", "--date", YESTERDAY.isoformat(), "--at", "8:00").code == 0
    refused(run("history", "add", *arguments), says)
    assert len(listed(run)) == 1


def test_what_the_timer_ran_cannot_be_changed_but_for_the_answers(run: Run, home: Path) -> None:
    with open_history(home / "data", lambda: MORNING).history as history:
        history.add(many(1)[0])
    refused(run("history", "edit", "last", "--backward", "3"), "the timer ran this session: only the answers about it")
    assert run("history", "edit", "last", "--effort", "2").code == 0
    assert (listed(run)[0]["effort"], listed(run)[0]["logged"]) == (2, None)


def test_less_than_a_minute_is_not_shown_as_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "wall", lambda _: MORNING)
    logged = run("history", "add", "--backward", "0:55")
    assert "0:55 of 30 min this week" in logged.out, logged


def test_a_walk_is_logged_although_the_plan_cannot_be_read(run: Run, home: Path) -> None:
    (home / "config" / "programmes").mkdir(parents=True)
    (home / "config" / "programmes" / "knee.toml").write_text("broken")
    (home / "config" / "settings.toml").write_text('[plan]\nprogramme = "knee"\n')
    for arguments in (("add", "starter"), ("edit", "last", "--effort", "2")):
        ran = run("history", *arguments)
        assert ran.code == 0
        assert ran.out.startswith(("logged ", "changed "))
        assert ran.err.startswith("retro-timer: the plan is not available: the programme knee: ")
        assert ran.err.count("\n") == 1


def test_a_change_of_the_longest_bout_or_the_time_keeps_what_was_measured(run: Run, home: Path) -> None:
    (home / "walk.tcx").write_bytes(tcx(seconds="501.1", metres="400"))
    run("import", str(home / "walk.tcx"), "--phases", "back")
    before = run("history", "--csv").out.splitlines()[1].split(",")
    assert run("history", "edit", "last", "--longest", "2", "--effort", "3").code == 0
    assert run("history", "edit", "last", "--at", "8:30").code == 0
    after = run("history", "--csv").out.splitlines()[1].split(",")
    changed = {column: now for column, (was, now) in enumerate(zip(before, after, strict=True)) if was != now}
    column = SESSION_COLUMNS.index
    assert changed == {
        column("started"): "2026-03-02T08:30:00+00:00",
        column("longest_backward_seconds"): "120.0",
        column("effort"): "3",
    }
    refused(run("history", "edit", "last", "--workout", "builder"), "its laps were measured")
    assert run("import", str(home / "walk.tcx")).out.startswith("already present: ")


EACH_ANSWER = {
    "effort": ("--effort", "7", 7),
    "stumble": ("--stumble", None, True),
    "pain_before": ("--pain-before", "2", 2),
    "pain_after": ("--pain", "3", 3),
    "note": ("--note", "windy", "windy"),
    "next_day": ("--next-day", "muscles", NextDay.MUSCLES),
    "fall": ("--fall", None, True),
}


ANSWERED = Feedback(effort=1, stumble=False, pain_before=0, pain_after=0, note="dry", next_day=NextDay.PAIN, fall=False)


@pytest.mark.parametrize("name", Feedback.__struct_fields__)
def test_each_answer_can_be_edited_and_the_others_stay(run: Run, home: Path, name: str) -> None:
    with open_history(home / "data", lambda: MORNING).history as history:
        walked = many(1)[0]
        history.add(replace(walked, summary=replace(walked.summary, feedback=ANSWERED)))
        option, value, stored = EACH_ANSWER[name]
        assert run("history", "edit", "last", *filter(None, (option, value))).code == 0
        assert history.page()[0].feedback == replace(ANSWERED, **{name: stored})
