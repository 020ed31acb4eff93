"""A programme leads a simulated patient through six weeks, and the report says what was walked."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from msgspec.structs import replace

from retro_timer.config.paths import Paths
from retro_timer.config.schema import Settings
from retro_timer.config.settings import changed
from retro_timer.runtime.programme_report import escaped, notes_of, report
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.history import NextDay, WalkTest
from retro_timer.storage.programmes import ProgrammeLibrary, eight_weeks, followed_programme
from retro_timer.storage.training_entries import entries_of
from retro_timer.training.case import Verdict
from retro_timer.training.plan import PlanChoices
from tests.training.simulation import MONDAY, done
from tests.training.test_eight_weeks import FINE, StoredSession, Walker, three_a_week

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.runtime.today import Today

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
ANSWERS: Final = {
    9: replace(FINE, effort=5, note="A warm day; the *second* bout was hard."),
    23: replace(FINE, stumble=True, note="Caught a foot at the turn."),
    37: replace(FINE, pain_after=3),
}
"""What the patient says of the days that were not easy."""
AFTER: Final = {4: NextDay.MUSCLES}
MOVES: Final = (Verdict.START, Verdict.REPEAT, Verdict.ADVANCE, Verdict.STEP_BACK)


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Walker]:
    paths = Paths(tmp_path / "config", tmp_path / "data")
    ProgrammeLibrary(paths.programmes).save((DOCS / "knee.toml").read_bytes(), MONDAY)
    someone = Walker(paths.data, changed(Settings(), "plan.programme", "knee"), paths)
    yield someone
    someone.store.close()


def walks(day: int, today: Today) -> StoredSession | None:
    if not three_a_week(day) or today.advice.action not in MOVES or today.advice.preset_id is None:
        return None
    return today.advice.preset_id, ANSWERS.get(day, FINE), 1.0


def test_a_programme_leads_a_patient_through_six_weeks(patient: Walker) -> None:
    patient.live(42, walks, after=lambda day: AFTER.get(day, NextDay.NORMAL), pain=lambda day: 5 if day == 28 else 0)
    advice = [today.advice for today in patient.mornings]
    assert patient.walked[0] == "knee-1"
    assert (advice[7].action, advice[7].rule) == (Verdict.REPEAT, "sore muscles")
    assert (advice[25].action, advice[25].rule, advice[25].preset_id) == (Verdict.STEP_BACK, "stumbled", "starter")
    assert (advice[28].action, advice[28].rule) == (Verdict.SKIP, "pain today")
    assert 28 not in patient.walked
    assert (advice[35].action, advice[35].preset_id) == (Verdict.ADVANCE, "knee-4")
    assert advice[39].sentence == "Walk Five Short Bouts again: your pain was 3 of 10; the plan moves on at 2 or less."
    assert [today.advice.words for today in patient.mornings[0:10:9]] == [
        "One hand on the wall. Stop at pain four.", "Small steps. Stop at pain four.",
    ]  # fmt: skip
    assert patient.mornings[0].programme.own[0].id == "knee-1"

    now = patient.clock.wall()
    programme = followed_programme(patient.settings, patient.paths)
    history = patient.store.history
    page = report(
        programme,
        entries_of(history, now, 0, programme.own).entries,
        notes_of(history.summaries(since=programme.started), 0),
        now.date(),
        choices=PlanChoices(week_start=WeekStart.MONDAY),
        imperial=True,
    )
    expected = DOCS / "knee-report.md"
    if os.environ.get("RETRO_TIMER_UPDATE_SNAPSHOTS"):
        expected.write_text(page, encoding="utf-8")
    assert page == expected.read_text(encoding="utf-8")


def test_only_what_was_walked_since_the_programme_began_is_reported(tmp_path: Path) -> None:
    programme = ProgrammeLibrary(tmp_path).save((DOCS / "knee.toml").read_bytes(), MONDAY)
    earlier = done(MONDAY.replace(day=1), "starter", fall=True)
    page = report(programme, [earlier], (), MONDAY, choices=PlanChoices(), imperial=False)
    assert "- 0 sessions on 0 days in 1 week, 0 complete" in page
    assert "ask a clinician" in page, "the plan still knows of the fall"
    assert "## What went less well" not in page


def test_texts_are_no_markup() -> None:
    assert escaped("a | b\n# <b>*x*</b> `c` \x1b[31m[l](u)") == (r"a \| b \# \<b\>\*x\*\</b\> \`c\` \[31m\[l\](u)")


def test_the_built_in_programme_has_a_report_too() -> None:
    walked = [
        done(MONDAY, "floor-first"),
        done(MONDAY.replace(day=4), None, as_planned=False, share=0.4, effort=9),
        done(MONDAY.replace(day=5), None, as_planned=False),
    ]
    tested = WalkTest("", datetime(2026, 3, 3, 9, 0, tzinfo=UTC), (4_100, 3_900))
    page = report(
        eight_weeks(), walked, (), MONDAY.replace(day=5), choices=PlanChoices(), imperial=False, tests=[tested]
    )
    assert "## Backward walk test, 3 m\n\n3.9 s 3 Mar.\n" in page
    assert page.startswith("# Eight weeks: what was walked\n")
    assert "- 4 March 2026: effort 9 of 10, 40 % of it walked\n" in page
    assert "- 5 March 2026: part of an interval left out\n" in page
    assert "| 2 March 2026 | 3 | Floor First, 2 x another workout |" in page
