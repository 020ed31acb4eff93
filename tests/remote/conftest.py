"""Fixtures: a shared session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.remote.support import Rig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A session that is shared."""
    made = Rig(tmp_path / "run")
    yield made
    made.close()
    assert made.log == []
