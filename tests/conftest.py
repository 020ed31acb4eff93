"""What every test starts from: how hard hypothesis tries. `HYPOTHESIS_PROFILE=thorough` tries twenty times harder."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

_SLOW_MACHINE = [HealthCheck.too_slow]

settings.register_profile("default", max_examples=60, deadline=None, suppress_health_check=_SLOW_MACHINE)
settings.register_profile("thorough", max_examples=1200, deadline=None, suppress_health_check=_SLOW_MACHINE)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What listens or watches a real terminal is in real time; what takes long is run on CI only."""
    everything = os.environ.get("CI") == "true" or os.environ.get("RETRO_TIMER_ALL") == "1"
    for item in items:
        if "sound" in item.keywords or "terminal" in item.keywords:
            item.add_marker(pytest.mark.real_time)
        if "slow" in item.keywords and not everything:
            item.add_marker(pytest.mark.skip(reason="takes long: RETRO_TIMER_ALL=1 runs it"))
