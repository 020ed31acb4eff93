"""A history in a temporary directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.storage.opening import open_history
from tests.storage.sessions import MORNING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from retro_timer.storage.history import History


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = open_history(tmp_path, lambda: MORNING)
    assert not opened.problem
    with opened.history:
        yield opened.history
