"""The checks before shipping pass only if they succeed, or say what was not tried."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).parent.parent / ".ci"


@pytest.fixture
def shipping(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`.ci/shipping.py`."""
    monkeypatch.syspath_prepend(str(FOLDER))
    spec = spec_from_file_location("shipping", FOLDER / "shipping.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GOOD: dict[str, Any] = {"name": "click", "version": "8", "vulns": []}
BAD: dict[str, Any] = {"name": "jinja2", "version": "2", "vulns": [{"id": "CVE-1"}]}
SKIPPED: dict[str, Any] = {"name": "rich", "skip_reason": "Dependency not found on PyPI"}


def test_an_audit_passes_only_with_every_answer_or_none(shipping: ModuleType) -> None:
    assert shipping.audited({"dependencies": [GOOD, GOOD]}) == "2 packages without a known vulnerability"
    assert "nothing was audited" in shipping.audited({"dependencies": [SKIPPED, SKIPPED]})
    with pytest.raises(shipping.FailedError, match=r"jinja2: CVE-1"):
        shipping.audited({"dependencies": [GOOD, BAD, SKIPPED]})
    with pytest.raises(shipping.FailedError, match="not audited: rich"):
        shipping.audited({"dependencies": [GOOD, SKIPPED]})


def test_a_run_as_another_user_that_is_not_tried_is_named(
    shipping: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shipping.os, "geteuid", lambda: 1000, raising=False)
    shipping.user()
    assert "another user was not tried" in capsys.readouterr().out
