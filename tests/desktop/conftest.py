"""What several tests of the desktop need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desktop.private_bus import PrivateBus
from tests.requirements_present import require_modules, require_programs

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def private_bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """A bus, to which the environment leads."""
    require_programs("dbus-daemon")
    require_modules("dbus_fast")
    found = PrivateBus()
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    yield found
    found.close()
