"""The random keys in a short form. The long form is `python -m tests.faults.keys`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if sys.platform == "win32":
    pytest.skip("no pseudo-terminals there", allow_module_level=True)

from tests.faults.keys import Run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.terminal
@pytest.mark.timeout(600)
def test_random_keys_are_all_answered_and_end_nothing_by_accident(tmp_path: Path) -> None:
    tally = Run(tmp_path, seed=20261125)(500)  # the tests that run beside it keep the machine busy
    assert not tally.failures, str(tally)
    assert tally.sent >= 500
    assert tally.answers.total() >= 300
