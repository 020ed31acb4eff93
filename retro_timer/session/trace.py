"""The sensor measurements of a session: for each interval, and once a second. Pure."""

from __future__ import annotations

import zlib
from struct import Struct as Layout
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from msgspec import Meta, Struct
from msgspec.structs import replace

# msgspec reads the annotations of stored types.
from retro_timer.session.bounds import Count, Ms  # noqa: TC001
from retro_timer.session.sensing import MAX_BPM, MAX_KMH, MAX_METRES, MIN_BPM, Bpm, Kmh, Metres, Pulse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_SAMPLES: Final = 6 * 3600
"""The most samples kept of one session: six hours. Its intervals are still measured to the end."""
CHUNK: Final = 60
"""Samples in a chunk: about a minute."""
_FIRST: Final = Layout("<Q")
_SAMPLE: Final = Layout("<IHBH")
"""Milliseconds since the previous sample, speed in 0.01 km/h, heart rate or 0, distance in 0.01 m."""
_LONGEST_GAP: Final = 0xFFFF_FFFF
"""The longest time between two samples of a chunk, in milliseconds: 49 days. A pause may last longer."""
_UNKNOWN: Final = 0xFFFF


class Sample(NamedTuple):
    """The measurements at a moment.

    Attributes:
        at: milliseconds of the session's own time.
        speed_kmh: the speed of the belt, to 0.01 km/h; None if unknown.
        heart_rate: beats a minute; None if unknown.
        metres: the distance since the previous sample, to 0.01 m.
    """

    at: int
    speed_kmh: float | None
    heart_rate: int | None
    metres: float


class TraceChunk(Struct, frozen=True, forbid_unknown_fields=True):
    """At most `CHUNK` samples in compact form: about three bytes each instead of thirty.

    Attributes:
        count: the number of samples.
        samples: compressed: the moment of the first, then `_SAMPLE` for each.
    """

    count: Annotated[int, Meta(ge=1, le=CHUNK)]
    samples: Annotated[bytes, Meta(max_length=2000)]


def continues(chunk: Sequence[Sample], sample: Sample) -> bool:
    """Whether a sample fits into a chunk after its others; an empty chunk has not begun."""
    return 0 < len(chunk) < CHUNK and sample.at - chunk[-1].at <= _LONGEST_GAP


def in_chunks(samples: Iterable[Sample]) -> tuple[TraceChunk, ...]:
    """Pack samples, in order, into as many chunks as they need."""
    chunks: list[list[Sample]] = []
    for sample in samples:
        if chunks and continues(chunks[-1], sample):
            chunks[-1].append(sample)
        else:
            chunks.append([sample])
    return tuple(map(packed, chunks))


def packed(samples: Sequence[Sample]) -> TraceChunk:
    """Pack samples into a chunk: at least one, each of the others continues it."""
    at = samples[0].at
    data = bytearray(_FIRST.pack(at))
    for sample in samples:
        speed = _UNKNOWN if sample.speed_kmh is None else round(sample.speed_kmh * 100)
        data += _SAMPLE.pack(sample.at - at, speed, sample.heart_rate or 0, min(round(sample.metres * 100), _UNKNOWN))
        at = sample.at
    return TraceChunk(len(samples), zlib.compress(bytes(data)))


def samples_of(chunks: Iterable[TraceChunk]) -> Iterator[Sample]:
    """The samples of chunks; damaged chunks are left out."""
    for chunk in chunks:
        size = _FIRST.size + chunk.count * _SAMPLE.size
        try:
            data = zlib.decompressobj().decompress(chunk.samples, size + 1)
        except zlib.error:
            continue
        if len(data) != size:
            continue
        (at,) = _FIRST.unpack_from(data)
        for passed, speed, heart, metres in _SAMPLE.iter_unpack(data[_FIRST.size :]):
            at += passed
            speed_kmh = None if speed == _UNKNOWN else min(speed / 100, MAX_KMH)
            yield Sample(at, speed_kmh, heart if MIN_BPM <= heart <= MAX_BPM else None, metres / 100)


class IntervalMeasures(Struct, frozen=True, forbid_unknown_fields=True):
    """The measurements of an interval.

    Attributes:
        interval: the position of its record in the session, from 0.
        metres: the distance.
        speeds: the number of samples with a speed.
        speed_min, speed_mean, speed_max: their speeds in km/h; None without samples, or if an imported activity does
            not include them.
        beats: the number of samples with a heart rate.
        heart_min, heart_mean, heart_max: their heart rates in beats a minute; None likewise.
    """

    interval: Count
    metres: Metres = 0.0
    speeds: Ms = 0
    speed_min: Kmh | None = None
    speed_mean: Kmh | None = None
    speed_max: Kmh | None = None
    beats: Ms = 0
    heart_min: Bpm | None = None
    heart_mean: Pulse | None = None
    heart_max: Bpm | None = None

    def covers(self, seconds: float) -> bool:
        """Whether the speed was measured in at least half of the `seconds` walked."""
        return 2 * self.speeds >= seconds > 0

    def plus(self, sample: Sample) -> IntervalMeasures:
        """The measures with another sample added."""
        changes: dict[str, float] = {"metres": min(self.metres + sample.metres, MAX_METRES)}
        for value, count, names in (
            (sample.speed_kmh, self.speeds, ("speeds", "speed_min", "speed_mean", "speed_max")),
            (sample.heart_rate, self.beats, ("beats", "heart_min", "heart_mean", "heart_max")),
        ):
            if value is not None:
                low, mean, high = (getattr(self, name) for name in names[1:])
                known = count > 0
                values = (
                    count + 1,
                    min(low, value) if known else value,
                    mean + (value - mean) / (count + 1) if known else float(value),
                    max(high, value) if known else value,
                )
                changes.update(zip(names, values, strict=True))
        return replace(self, **changes)
