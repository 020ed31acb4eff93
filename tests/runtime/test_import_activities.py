"""What is read of a file with past sessions, and what an import says that it has done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from retro_timer.formats.errors import FormatError
from retro_timer.runtime.import_activities import Past, import_words, listed_words, read_activities
from retro_timer.storage.transfer import Imported

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 5, tzinfo=UTC)


def test_an_import_of_a_list_says_what_was_left_out() -> None:
    assert listed_words(Imported(2, 0)) == "2 sessions added."
    said = listed_words(Imported(1, 3, ["session 2: nothing was walked"]))
    skipped = "3 skipped, already in the history."
    assert said == f"1 session added. {skipped} 1 left out (session 2: nothing was walked)."


def test_an_import_of_activities_says_what_was_left_out() -> None:
    assert import_words([], []) == "0 sessions added."
    assert import_words([], [], ["line 3: no", "line 4: no"]) == (
        "0 sessions added. 2 left out (line 3: no; and 1 more)."
    )


def test_an_impossible_activity_hides_no_other(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Date,Time\n2026-03-01 09:00,10:00\n2106-03-02 09:00,20:00\n1970-03-02,20:00\nsoon,1:00\n")
    found, problems = read_activities(file, Past.TABLE, NOW)
    assert [activity.walked for activity in found] == [600_000]
    assert problems == (
        'line 5: expected a date such as 2026-03-02 18:30, not "soon"',
        "activity 2: its start, 2106-03-02, is not a possible day",
        "activity 3: its start, 1970-03-02, is not a possible day",
    )
    file.write_text("Date,Time\n2106-03-02 09:00,20:00\n1970-03-02,20:00\n")
    with pytest.raises(FormatError, match=r"^list\.csv: its start, 2106-03-02, is not a possible day$"):
        read_activities(file, Past.TABLE, NOW)
