"""What sensors measured: its compact form, its bounds, and what the recorder keeps of it."""

from __future__ import annotations

import zlib
from struct import pack

import pytest

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Session
from retro_timer.session.events import Paused, PauseReason, Sampled
from retro_timer.session.recorder import Recorder
from retro_timer.session.sensing import MAX_BPM, MAX_KMH, MAX_METRES, MIN_BPM
from retro_timer.session.states import Rules
from retro_timer.session.trace import MOST_SAMPLES, IntervalMeasures, Sample, TraceChunk, in_chunks, packed, samples_of


def chunk_of(speed: int, heart: int, metres: int = 0) -> TraceChunk:
    """One sample at 7 s, as another program could have written it."""
    return TraceChunk(1, zlib.compress(pack("<QIHBH", 7000, 0, speed, heart, metres)))


def test_the_compact_form_is_the_first_moment_and_nine_bytes_for_each_sample() -> None:
    chunk = packed([Sample(7000, 1.6, 100, 0.44), Sample(8002, None, None, 0.0)])
    assert chunk.count == 2
    assert zlib.decompress(chunk.samples) == pack("<QIHBHIHBH", 7000, 0, 160, 100, 44, 1002, 0xFFFF, 0, 0)


def test_a_sample_holds_at_most_655_metres() -> None:
    far = [Sample(0, 1.0, 100, 655.34), Sample(1, 1.0, 100, 655.35), Sample(2, 1.0, 100, 655.36)]
    assert [sample.metres for sample in samples_of([packed(far)])] == [655.34, 655.35, 655.35]


@pytest.mark.parametrize(
    ("heart", "read"), [(0, None), (MIN_BPM - 1, None), (MIN_BPM, MIN_BPM), (MAX_BPM, MAX_BPM), (MAX_BPM + 1, None)]
)
def test_a_heart_rate_out_of_bounds_is_unknown(heart: int, read: int | None) -> None:
    assert list(samples_of([chunk_of(160, heart, 44)])) == [Sample(7000, 1.6, read, 0.44)]


@pytest.mark.parametrize(("speed", "read"), [(0, 0.0), (2499, 24.99), (2500, MAX_KMH), (2501, MAX_KMH), (65534, 25.0)])
def test_a_speed_is_at_most_25_km_h(speed: int, read: float) -> None:
    assert list(samples_of([chunk_of(speed, 100)])) == [Sample(7000, read, 100, 0.0)]


@pytest.mark.parametrize("size", [0, 8, 16, 18, 26, 5000])
def test_a_chunk_of_another_size_than_it_says_is_left_out(size: int) -> None:
    damaged, whole = TraceChunk(1, zlib.compress(bytes(size))), chunk_of(160, 100)
    assert list(samples_of([damaged, whole])) == [Sample(7000, 1.6, 100, 0.0)]
    assert list(samples_of([TraceChunk(1, b"no"), whole])) == [Sample(7000, 1.6, 100, 0.0)]


def test_the_measures_of_an_interval_are_exact() -> None:
    found = IntervalMeasures(3)
    for sample in (
        Sample(0, 2.0, 100, 0.5),
        Sample(1, None, 90, 0.25),
        Sample(2, 1.0, None, 0.5),
        Sample(3, 3.0, 140, 0.0),
        Sample(4, 4.0, 110, 1.0),
    ):
        found = found.plus(sample)
    assert found == IntervalMeasures(
        interval=3,
        metres=2.25,
        speeds=4,
        speed_min=1.0,
        speed_mean=2.5,
        speed_max=4.0,
        beats=4,
        heart_min=90,
        heart_mean=110.0,
        heart_max=140,
    )


def test_a_sample_of_nothing_changes_nothing_but_the_distance() -> None:
    assert IntervalMeasures(0).plus(Sample(0, None, None, 0.5)) == IntervalMeasures(0, metres=0.5)


def test_a_distance_has_a_bound() -> None:
    assert IntervalMeasures(0, metres=MAX_METRES - 1).plus(Sample(0, None, None, 1.5)).metres == MAX_METRES


@pytest.mark.parametrize(
    ("speeds", "seconds", "covered"),
    [(30, 60, True), (29, 60, False), (30, 60.1, False), (30, 59, True), (1, 1, True), (0, 0, False)],
)
def test_the_speed_of_an_interval_counts_from_half_of_its_seconds_on(
    speeds: int, seconds: float, covered: bool
) -> None:
    assert IntervalMeasures(0, speeds=speeds).covers(seconds) is covered


class Measured:
    """A session whose recorder gets a sample every second."""

    def __init__(self, notation: str) -> None:
        self.session = Session(flatten(parse(notation)), Rules(lead_in=3, resume_lead_in=3))
        self.recorder = Recorder(self.session.schedule)
        self.note(0)

    def note(self, now: int) -> None:
        """Go on to a moment."""
        for event in self.session.start(now) if now == 0 else self.session.advance(now):
            self.recorder.note(event)

    def sample(self, second: int) -> None:
        """Go on to a second, and measure."""
        self.note(second * 1000)
        event = Sampled(moment=second * 1000, at=0, speed_kmh=1.6, heart_rate=100, metres=0.5)
        assert self.recorder.note(event) is False

    @property
    def samples(self) -> list[float]:
        """The moments of the samples, in seconds."""
        return [sample.at / 1000 for sample in samples_of(self.recorder.record().traces)]

    @property
    def counts(self) -> list[int]:
        """The lengths of the chunks."""
        return [chunk.count for chunk in self.recorder.record().traces]


def test_nothing_is_kept_before_the_first_interval_and_after_the_end() -> None:
    walk = Measured("back 5s, fwd 5s")
    for second in range(1, 20):
        walk.sample(second)
    assert walk.samples == list(range(3, 13))
    assert [(each.interval, each.speeds, each.metres) for each in walk.recorder.record().measures] == [
        (0, 5, 2.5),
        (1, 5, 2.5),
    ]


def test_a_chunk_holds_a_minute() -> None:
    walk = Measured("back 5m")
    for second in range(3, 3 + 120 + 1):
        walk.sample(second)
        count = second - 2
        full, rest = divmod(count, 60)
        assert walk.counts == [60] * full + [rest] * (rest > 0)
    assert walk.samples == list(range(3, 3 + 120 + 1))


@pytest.mark.parametrize("resumed", [False, True])
def test_a_trace_ends_when_it_is_full_and_the_intervals_are_measured_on(
    resumed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_SAMPLES == 6 * 60 * 60
    monkeypatch.setattr("retro_timer.session.recorder.MOST_SAMPLES", 120)
    walk = Measured("back 5m")
    for second in range(3, 3 + 120 + 10):
        walk.sample(second)
    if resumed:
        walk.recorder = Recorder.resume(walk.recorder.record())
        assert walk.recorder.begun is False
    assert walk.counts == [60, 60]
    assert walk.recorder.record().measures[0].speeds == 120 + 10


@pytest.mark.parametrize(("gap", "counts"), [(2**32 - 1, [2]), (2**32, [1, 1])])
def test_a_pause_of_months_begins_another_chunk(gap: int, counts: list[int]) -> None:
    walk = Measured("back 5m")
    walk.sample(3)
    walk.recorder.note(Paused(moment=3000, at=0, reason=PauseReason.WALKER))
    walk.recorder.note(Sampled(moment=3000 + gap, at=0, speed_kmh=0.0, heart_rate=None, metres=0.0))
    chunks = walk.recorder.record().traces
    assert [chunk.count for chunk in chunks] == counts
    assert [sample.at for sample in samples_of(chunks)] == [3000, 3000 + gap]
    assert in_chunks(samples_of(chunks)) == chunks
