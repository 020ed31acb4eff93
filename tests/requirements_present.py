"""Requirements of a test: without them, it is skipped locally and fails on CI (`CI=true`)."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable


def require_programs(*names: str) -> None:
    """Skip the running test if a program is missing; on CI, fail it."""
    _require(f"not installed: {name}" for name in names if shutil.which(name) is None)


def require_modules(*names: str) -> None:
    """Skip the running test if a Python module is missing; on CI, fail it."""
    _require(f"not importable: {name}" for name in names if find_spec(name) is None)


def _require(missing: Iterable[str]) -> None:
    reasons = ", ".join(missing)
    if not reasons:
        return
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"CI must have it: {reasons}")
    pytest.skip(reasons, allow_module_level=True)
