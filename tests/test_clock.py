"""Clocks, and the detection of sleep."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer import clock as clock_module
from retro_timer.clock import RehearsalClock, SleepWatch, SystemClock, later
from retro_timer.testing import FakeClock


class WithoutBoot(FakeClock):
    """A machine without a clock that runs during sleep; its wall clock can be set."""

    def boot(self) -> int | None:
        """There is none."""
        return None


# The machine slept


@pytest.mark.parametrize("kind", [FakeClock, WithoutBoot])
def test_a_sleep_is_noticed_once_and_measured(kind: type[FakeClock]) -> None:
    clock = kind()
    watch = SleepWatch(clock)
    clock.move(60_000)
    assert watch.slept() == 0
    clock.sleep(480_000)
    clock.move(3)
    assert watch.slept() == 480_000
    clock.move(60_000)
    assert watch.slept() == 0


@pytest.mark.parametrize("kind", [FakeClock, WithoutBoot])
@pytest.mark.parametrize(("asleep", "noticed"), [(1, 0), (2000, 0), (2001, 2001)])
def test_two_seconds_may_be_anything(kind: type[FakeClock], asleep: int, noticed: int) -> None:
    clock = kind()
    watch = SleepWatch(clock)
    clock.sleep(asleep)
    assert watch.slept() == noticed


@pytest.mark.parametrize("kind", [FakeClock, WithoutBoot])
def test_a_stall_does_not_count_as_sleep(kind: type[FakeClock]) -> None:
    clock = kind()
    watch = SleepWatch(clock)
    clock.move(3_600_000)
    assert watch.slept() == 0


@pytest.mark.parametrize("hours", [-25, -1, 1, 25])
def test_with_a_boot_clock_setting_the_wall_clock_is_no_sleep(hours: int) -> None:
    clock = FakeClock()
    watch = SleepWatch(clock)
    clock.started += timedelta(hours=hours)
    clock.move(1000)
    assert watch.slept() == 0


def test_without_a_boot_clock_only_a_wall_clock_set_forward_looks_like_a_sleep() -> None:
    clock = WithoutBoot()
    watch = SleepWatch(clock)
    clock.started -= timedelta(hours=1)
    assert watch.slept() == 0
    clock.started += timedelta(hours=1)
    assert watch.slept() == 3_600_000
    assert watch.slept() == 0


def test_a_change_of_the_time_zone_does_not_count_as_sleep() -> None:
    clock = WithoutBoot(wall=datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC))
    watch = SleepWatch(clock)
    clock.move(2000)
    assert watch.slept() == 0


# The machine's clocks


def test_the_systems_clock_is_monotonic_in_milliseconds() -> None:
    clock = SystemClock()
    before = time.monotonic_ns() // 1_000_000
    now = clock.now()
    assert before <= now <= time.monotonic_ns() // 1_000_000
    assert clock.system(now) == now


def test_the_wall_clock_has_a_zone() -> None:
    assert SystemClock().wall().utcoffset() is not None


def test_the_boot_clock_runs_where_there_is_one() -> None:
    clock = SystemClock()
    before, boot = clock.now(), clock.boot()
    assert (boot is not None) == any(hasattr(time, name) for name in ("CLOCK_BOOTTIME", "CLOCK_UPTIME_RAW"))
    assert boot is None or boot >= before


@pytest.mark.parametrize("missing", ["CLOCK_BOOTTIME", "CLOCK_UPTIME_RAW"])
def test_a_missing_boot_clock_is_not_simulated(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLOCK_BOOTTIME", missing):
        monkeypatch.delattr(time, name, raising=False)
    assert SystemClock().boot() is None


def test_on_a_mac_the_clock_that_runs_on_in_sleep_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    monkeypatch.setattr(time, "CLOCK_UPTIME_RAW", 8, raising=False)
    monkeypatch.setattr(time, "CLOCK_MONOTONIC", 6, raising=False)
    monkeypatch.setattr(time, "clock_gettime_ns", {6: 7_000_000}.__getitem__)
    assert SystemClock().boot() == 7


def test_on_windows_the_clock_that_stands_still_in_sleep_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    awake = 1000
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(clock_module, "_awake_ms", lambda: awake)
    monkeypatch.setattr(SystemClock, "now", lambda _: 5000)
    watch = SleepWatch(SystemClock())
    awake, now = 2000, 66_000  # a second awake, then a minute asleep, during which `time.monotonic` ran on
    monkeypatch.setattr(SystemClock, "now", lambda _: now)
    assert watch.slept() == 60_000


# Rehearsals


@given(st.integers(1, 3600), st.lists(st.integers(0, 5000), max_size=20), st.integers(0, 2**40))
def test_a_rehearsal_runs_faster_and_converts_its_moments_to_real_time(
    factor: int, steps: list[int], start: int
) -> None:
    real = FakeClock(start)
    clock = RehearsalClock(real, factor)
    for step in steps:
        real.move(step)
        assert clock.now() - start == (real.now() - start) * factor
    wanted = clock.now() + 12_345
    comes = clock.system(wanted)
    real.move(comes - real.now() - 1)
    assert clock.now() < wanted
    real.move(1)
    assert clock.now() >= wanted


def test_a_rehearsal_never_slept() -> None:
    real = FakeClock()
    clock = RehearsalClock(real, 60)
    watch = SleepWatch(clock)
    for _ in range(100):
        real.move(1000)
        assert watch.slept() == 0
    assert clock.boot() is None
    assert clock.wall() == real.wall()


# The fake


def test_the_fake_clock_moves_only_by_hand() -> None:
    clock = FakeClock(5)
    assert clock.move(10) == clock.now() == clock.system(15) == 15
    clock.sleep(100)
    assert (clock.now(), clock.boot()) == (15, 115)
    assert clock.wall() - clock.started == timedelta(milliseconds=110)


# The local time


@pytest.mark.usefixtures("central_europe")
@pytest.mark.parametrize(
    ("moment", "hours", "then"),
    [
        ("2026-03-29T01:30+01:00", 1, "2026-03-29T03:30+02:00"),
        ("2026-03-29T03:30+02:00", -1, "2026-03-29T01:30+01:00"),
        ("2026-10-25T02:30+02:00", 1, "2026-10-25T02:30+01:00"),
        ("2026-03-02T09:00+01:00", 2, "2026-03-02T11:00+01:00"),
        ("2026-03-29T01:30-05:00", 1, "2026-03-29T02:30-05:00"),  # from another time zone
    ],
)
def test_a_later_time_has_the_offset_of_that_time(moment: str, hours: int, then: str) -> None:
    found = later(datetime.fromisoformat(moment), timedelta(hours=hours))
    assert found.isoformat(timespec="minutes") == then


def test_a_later_time_in_utc_is_in_utc_wherever_the_machine_is() -> None:
    assert later(datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(0))), timedelta(hours=1)).hour == 10
