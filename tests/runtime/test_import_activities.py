"""What an import says that it has done."""

from __future__ import annotations

from retro_timer.runtime.import_activities import listed_words
from retro_timer.storage.transfer import Imported


def test_an_import_of_a_list_says_what_was_left_out() -> None:
    assert listed_words(Imported(2, 0)) == "2 sessions added."
    said = listed_words(Imported(1, 3, ["session 2: nothing was walked"]))
    skipped = "3 skipped, already in the history."
    assert said == f"1 session added. {skipped} 1 left out (session 2: nothing was walked)."
