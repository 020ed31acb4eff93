"""What every test starts from: how hard hypothesis tries. `HYPOTHESIS_PROFILE=thorough` tries twenty times harder."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

_SLOW_MACHINE = [HealthCheck.too_slow]

settings.register_profile("default", max_examples=60, deadline=None, suppress_health_check=_SLOW_MACHINE)
settings.register_profile("thorough", max_examples=1200, deadline=None, suppress_health_check=_SLOW_MACHINE)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


_IN_REAL_TIME = ("sound", "terminal")
"""Marks of tests that listen, or watch a real terminal."""
_GIVES_WAY = 15
"""How far the rest gives way to them (`nice`): they run beside each other."""


def is_in_real_time(item: pytest.Item) -> bool:
    """Whether a test waits for the world outside."""
    return any(mark in item.keywords for mark in _IN_REAL_TIME)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """At home the tests take three minutes; on CI they are all run.

    What listens, or has a real terminal, runs one after the other on one worker, while another does the rest.
    """
    everything = os.environ.get("CI") == "true" or os.environ.get("RETRO_TIMER_ALL") == "1"
    for item in items:
        if is_in_real_time(item):
            item.add_marker(pytest.mark.xdist_group("in real time"))
        if "slow" in item.keywords and not everything:
            item.add_marker(pytest.mark.skip(reason="takes long: RETRO_TIMER_ALL=1 runs it"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a worker that only computes give way to the one that listens."""
    if "PYTEST_XDIST_WORKER" in os.environ and not is_in_real_time(item) and hasattr(os, "nice") and os.nice(0) == 0:
        os.nice(_GIVES_WAY)
