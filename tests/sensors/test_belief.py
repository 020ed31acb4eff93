"""What is believed of treadmills that do not tell the truth: sequences of frames, one a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from retro_timer.sensors.belief import BeltReader
from retro_timer.session.sensing import MAX_KMH

if TYPE_CHECKING:
    from collections.abc import Sequence


def frame(kmh: float, *, elapsed: int | None = None) -> bytes:
    flags = 0 if elapsed is None else 1 << 10
    clock = b"" if elapsed is None else elapsed.to_bytes(2, "little")
    return flags.to_bytes(2, "little") + round(kmh * 100).to_bytes(2, "little") + clock


def speeds(frames: Sequence[bytes], reader: BeltReader | None = None, start: float = 0.0) -> list[float | None]:
    """What is believed after each frame, one a second."""
    reader = reader or BeltReader()
    readings = [reader.data(each, start + second) for second, each in enumerate(frames)]
    return [None if reading is None else reading.speed_kmh for reading in readings]


def test_a_paused_belt_that_repeats_its_speed_stands_by_its_clock() -> None:
    """As of the Horizon Paragon X (qdomyos-zwift#637): the speed stays, the elapsed time stands."""
    walked = [frame(1.6, elapsed=second) for second in range(5)]
    paused = [frame(1.6, elapsed=4)] * 4
    assert speeds([*walked, *paused]) == [1.6] * 6 + [0.0] * 3
    again = [frame(1.6, elapsed=5 + second) for second in range(2)]
    assert speeds([*walked, *paused, *again])[-2:] == [1.6, 1.6]


def test_a_paused_belt_that_repeats_its_speed_stands_by_its_status() -> None:
    """As in qdomyos-zwift#2539: the speed at the pause is sent on, without a clock."""
    reader = BeltReader()
    assert speeds([frame(1.6)] * 4, reader) == [1.6] * 4
    reader.machine(bytes.fromhex("0202"), 3.5)
    assert speeds([frame(1.6)] * 3, reader, 4.0) == [0.0] * 3
    reader.machine(bytes.fromhex("04"), 7.0)
    assert speeds([frame(1.6)], reader, 7.5) == [1.6]


def test_a_belt_that_slows_down_after_its_stop_key_is_believed() -> None:
    reader = BeltReader()
    speeds([frame(3.0)] * 3, reader)
    reader.machine(bytes.fromhex("0201"), 3.0)
    assert speeds([frame(kmh) for kmh in (2.4, 1.8, 1.2, 0.6, 0.0)], reader, 3.1) == [2.4, 1.8, 1.2, 0.6, 0.0]


def test_a_belt_that_calls_itself_idle_while_its_clock_runs_is_believed() -> None:
    reader = BeltReader()
    reader.training(bytes.fromhex("0001"), 0.0)
    assert speeds([frame(2.0, elapsed=second) for second in range(8)], reader)[3:] == [2.0] * 5


def test_a_clock_that_never_runs_means_nothing() -> None:
    assert speeds([frame(2.0, elapsed=0)] * 8) == [2.0] * 8


def test_split_frames_are_joined() -> None:
    reader = BeltReader()
    assert reader.data(bytes.fromhex("05002c0100"), 0.0) is None  # the distance, and more to come
    reading = reader.data(frame(1.6), 0.1)
    assert reading is not None
    assert (reading.speed_kmh, reading.distance_m) == (1.6, 300.0)


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_no_frames_give_an_impossible_reading(frames: list[bytes]) -> None:
    assert all(speed is None or 0 <= speed <= MAX_KMH for speed in speeds(frames))
