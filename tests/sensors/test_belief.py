"""What is believed of treadmills that do not tell the truth: sequences of frames, one a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from retro_timer.sensors.belief import KEPT_S, BeltReader
from retro_timer.sensors.messages import encode, read_report
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


def test_a_value_that_the_treadmill_no_longer_sends_is_not_the_present_one() -> None:
    """The hands have left the grips: some treadmills then leave the heart rate out instead of sending 0."""
    reader = BeltReader()
    with_all = bytes.fromhex("0c01") + (160).to_bytes(2, "little") + bytes.fromhex("640000 1400 0000 5a")
    first = reader.data(with_all, 10.0)
    assert first is not None
    assert (first.distance_m, first.heart_rate, first.incline_percent) == (100.0, 90, 2.0)
    kept = reader.data(frame(1.6), 10.0 + KEPT_S)
    assert kept is not None
    assert (kept.distance_m, kept.heart_rate, kept.incline_percent) == (100.0, 90, 2.0)
    later = reader.data(frame(1.6), 10.1 + KEPT_S)
    assert later is not None
    assert (later.speed_kmh, later.distance_m, later.heart_rate, later.incline_percent) == (1.6, None, None, None)


def test_an_impossible_incline_is_not_believed() -> None:
    def incline(tenths: int) -> float | None:
        reading = BeltReader().data(
            bytes.fromhex("0800a000") + tenths.to_bytes(2, "little", signed=True) + b"\0\0", 0.0
        )
        return None if reading is None else reading.incline_percent

    assert [incline(tenths) for tenths in (0, -30, 500, 501, -501, 32767)] == [0.0, -3.0, 50.0, None, None, None]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["data", "machine", "training"]),
            st.binary(max_size=40) | st.builds(frame, st.floats(0, 655), elapsed=st.none() | st.integers(0, 0xFFFF)),
            st.floats(-100, 100),
        ),
        max_size=40,
    )
)
def test_whatever_is_sent_at_any_time_gives_readings_that_can_be_true(sent: list[tuple[str, bytes, float]]) -> None:
    """Rubbish, cut frames, clocks that run backward: what comes out is a report that the session can read."""
    reader, now = BeltReader(), 0.0
    for kind, data, passed in sent:
        now += passed
        reading = getattr(reader, kind)(data, now)
        assert reading is None or read_report(encode(reading)) == reading
