"""The short form of the matrix, with a fixed seed. The long form is `python -m tests.faults --long`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.faults.matrix import KINDS, SEED

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("needs signals and a shell", allow_module_level=True)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.sampled(4)
def test_the_program_holds(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    outcome = kind.run(kind.short, SEED, tmp_path)
    assert outcome.failures == []
    assert outcome.tried
