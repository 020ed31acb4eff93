"""Formats are found where they are declared, and each is known by its own id and endings."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from retro_timer.formats.registry import SESSION_FORMATS, WORKOUT_FORMATS, WRITTEN_FORMATS


@pytest.mark.parametrize("formats", [WRITTEN_FORMATS, SESSION_FORMATS], ids=["workouts", "sessions"])
def test_no_two_formats_share_an_id_or_an_ending(formats: tuple[object, ...]) -> None:
    ids = Counter(known.id for known in formats)  # type: ignore[attr-defined]  # formats of either kind
    suffixes = Counter(suffix for known in formats for suffix in known.suffixes)  # type: ignore[attr-defined]
    assert set(ids.values()) == set(suffixes.values()) == {1}
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)


def test_every_format_is_read_or_written_and_has_an_id_of_its_own() -> None:
    assert len({known.id for known in WORKOUT_FORMATS}) == len(WORKOUT_FORMATS)
    assert all(known.read or known.write for known in WORKOUT_FORMATS)


def test_finding_the_formats_does_not_load_fit_tool() -> None:
    code = "import sys, retro_timer.formats.registry as r; sys.exit('fit_tool' in sys.modules or not r.WORKOUT_FORMATS)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
