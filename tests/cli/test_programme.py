"""`retro-timer programme` and `import`: a programme from a file, what follows from it, and its report."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from retro_timer.clock import SystemClock
from tests.cli.ran import refused

if TYPE_CHECKING:
    from tests.cli.ran import Run

KNEE: Final = Path(__file__).resolve().parents[2] / "docs" / "knee.toml"
TODAY = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "wall", lambda _: TODAY)


def test_an_imported_programme_is_followed_and_reported(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    imported = run("import", str(KNEE)).out.splitlines()
    assert imported[0] == (
        "the plan follows Knee, six steps by A. Example, physiotherapist (6 steps, since 4 March 2026)"
    )
    assert imported[1] == "  1  At the Wall: 6:40, 1:20 backward, 3 days a week"
    plan = run("plan").out
    assert plan.startswith("Start with At the Wall: this is your first walk of the plan.\n")
    for row in ("walk it     retro-timer run knee-1", "words       One hand on the wall. Stop at pain four.",
                "rule        first walk", "limits      stop at pain 4 of 10, bouts up to 2:00"):  # fmt: skip
        assert row in plan
    assert run("plan", "--pain", "4").out.startswith("Skip today, then At the Wall: your pain today is 4 of 10;")

    walked = run(
        "run", "knee-1", "--plain", "--lead-in", "0", "--audio", "off", "--backward", "1s", "--rehearse", "1000"
    )
    assert walked.code == 0, "its workouts run by their ids"
    plain = ("--plain", "--lead-in", "0", "--audio", "off", "--rehearse", "1000")
    assert run("run", "back 2m1s @1.6mph", *plain).err.splitlines()[-1] == (
        "retro-timer: Beyond the limits of Knee, six steps: a bout of 2:01 (at most 2:00), "
        "2.6 km/h backward (at most 2.4 km/h)."
    )
    assert "Beyond" not in run("run", "back 2s @1.5mph", *plain).err
    page = run("programme", "report").out
    assert page.startswith("# Knee, six steps: what was walked\n")
    file = home / "knee.md"
    assert run("programme", "report", "-o", str(file)).code == 0
    assert file.read_text("utf-8") == page
    refused(run("programme", "report", "-o", str(file)), "--force replaces it")

    assert run("programme", "use", "eight-weeks").code == 0
    assert run("plan", "--json").json["programme"] == "eight-weeks"
    lines = run("programme").out.splitlines()
    assert lines == [
        "> eight-weeks     Eight weeks (9 steps)",
        "  knee            Knee, six steps by A. Example, physiotherapist (6 steps, since 4 March 2026)",
    ]
    assert run("programme", "schema").json["$defs"]["StepTable"]["properties"]["days"]["maximum"] == 7


def test_an_old_pin_does_not_lead_out_of_an_imported_programme(run: Run) -> None:
    assert run("config", "set", "plan.pinned", "consistent").err == ""
    ignored = "Your pin to Consistent has no effect: it is not a step of Knee, six steps, which the plan follows."
    assert run("import", str(KNEE)).err == f"retro-timer: {ignored}\n"
    plan = run("plan").out
    assert plan.startswith("Start with At the Wall: this is your first walk of the plan.\n")
    assert f"pin         {ignored}\n" in plan
    found = run("plan", "--json").json
    assert (found["rung"], found["ignored"]) == ("knee-1", ignored)
    assert "Step 1 of 6. Start with At the Wall" in run("programme", "report").out
    assert run("config", "set", "plan.pinned", "beyond").err.startswith("retro-timer: Your pin to Beyond has no effect")
    assert run("config", "set", "plan.pinned", "builder").err == "", "a later step of the programme"
    assert run("plan", "--json").json["rung"] == "knee-1", "but not yet"
    assert run("programme", "use", "eight-weeks").err == ""
    assert run("plan", "--json").json["rung"] == "builder", "the walker's own choice in the built-in programme"


def test_an_own_workout_does_not_hide_one_of_a_programme(run: Run, home: Path) -> None:
    file = home / "own.toml"
    file.write_text('name = "knee-1"\nnotation = "back 4h"\n', encoding="utf-8")
    assert run("import", str(file)).code == 0
    hidden = 'The programme has workouts with the same name, and they come first: rename yours ("knee-1").'
    assert run("import", str(KNEE)).err == f"retro-timer: {hidden}\n"
    assert run("show", "knee-1", "--json").json["total_seconds"] == 400
    file.write_text('name = "At the Wall"\nnotation = "back 4h"\n', encoding="utf-8")
    again = run("import", str(file))
    assert (again.code, again.err) == (
        2, 'retro-timer: "At the Wall" is the name of a workout of a programme: choose another\n'
    )  # fmt: skip
    assert "saved as at-the-wall-2" in run("import", str(file), "--rename").out


def test_a_programme_imported_again_goes_on_where_it_was(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("import", str(KNEE)).code == 0
    monkeypatch.setattr(SystemClock, "wall", lambda _: TODAY.replace(day=20))
    revised = home / "revised.toml"
    revised.write_text(KNEE.read_text("utf-8").replace("Knee, six steps", "Knee, revised"), encoding="utf-16")
    assert (
        "Knee, revised by A. Example, physiotherapist (6 steps, since 4 March 2026)" in run("import", str(revised)).out
    )
    kept = home / "config" / "programmes" / "knee.toml"
    assert "# stop at this pain" in kept.read_text("utf-8"), "comments stay"
    assert kept.stat().st_mode & 0o077 == 0


def test_a_programme_imported_after_midnight_begins_on_the_walkers_day(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SystemClock, "wall", lambda _: TODAY.replace(hour=0, minute=7))
    assert run("config", "set", "plan.day_ends", "3").code == 0
    assert "since 3 March 2026" in run("import", str(KNEE)).out
    assert run("history", "add", "knee-1", "--at", "00:00", "--note", "late").code == 0
    page = run("programme", "report").out
    assert "From 3 March 2026 to 3 March 2026" in page
    assert "- 1 session on 1 day in 1 week" in page
    assert "- 3 March 2026: late" in page


def test_what_cannot_be_followed_is_refused_and_changes_nothing(run: Run, home: Path) -> None:
    file = home / "bad.toml"
    text = KNEE.read_text("utf-8")
    for changed, says in (
        (text.replace("pain = 4 ", "pain = -1 "), "bad.toml: limits.pain: expected a whole number >= 0"),
        (
            text.replace("days = 3", "days = 1").replace("gap = 8", "gap = 7"),
            "bad.toml: this programme can never move on",
        ),
        (text.replace('id = "knee"', 'id = "eight-weeks"'), "the built-in programme: choose another"),
    ):
        file.write_text(changed, encoding="utf-8")
        refused(run("import", str(file)), says)
    assert not (home / "config" / "programmes").exists()
    assert run("plan", "--json").json["programme"] == "eight-weeks"
    refused(run("programme", "use", "../knee"), "there is no programme")


def test_a_programme_that_cannot_be_read_any_more_gives_no_advice(run: Run, home: Path) -> None:
    assert run("import", str(KNEE)).code == 0
    (home / "config" / "programmes" / "knee.toml").write_text("id = 3", encoding="utf-8")
    refused(run("plan"), "the programme knee: ", "knee.toml: id: expected text")
    assert "id: expected text" in run("programme").out
    assert run("programme", "use", "eight-weeks").code == 0
    assert run("plan").code == 0


@pytest.mark.parametrize("there", [False, True])
def test_a_programme_that_cannot_be_followed_is_not_saved(run: Run, home: Path, there: bool) -> None:
    if there:
        run("import", str(KNEE))
    saved = home / "config" / "programmes" / "knee.toml"
    before = saved.read_bytes() if there else None
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "settings.toml").write_text("[plan")
    revised = home / "revised.toml"
    revised.write_text(KNEE.read_text("utf-8").replace("Knee, six steps", "Knee, revised"))
    refused(run("import", str(revised)), "settings.toml")
    assert (saved.read_bytes() if saved.exists() else None) == before
