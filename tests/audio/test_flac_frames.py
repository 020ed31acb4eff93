"""Every kind of frame a FLAC file may have (RFC 9639), written here, and decoded by miniaudio and in plain Python."""

from __future__ import annotations

import sys
from array import array
from hashlib import md5
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio.flac import FlacError, decode
from retro_timer.audio.tones import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

WAVE = [1000, 1300, 1100, 500, -300, -900, -1100, -600, 100, 800, 1200, 1250, 900, 200, -32_768, 32_767]
SIZE_OF_WAVE = "0110", f"{len(WAVE) - 1:08b}"
"""The code of its length, and the number that the code says will follow."""
FIXED = ((), (1,), (2, -1), (3, -3, 1), (4, -6, 4, -1))
"""The predictors without weights in the file, by order."""


def bits(value: int, width: int) -> str:
    """A number of so many bits; a negative one as its complement."""
    return f"{value & (1 << width) - 1:0{width}b}" if width else ""


def packed(text: str) -> bytes:
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def checksum(data: bytes, polynomial: int, width: int) -> bytes:
    value = 0
    for byte in data:
        value ^= byte << (width - 8)
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value >> (width - 1) else 0)) & (1 << width) - 1
    return value.to_bytes(width // 8, "big")


def numbered(number: int) -> str:
    """The number of a frame, as in UTF-8, but of up to 31 bits."""
    if number < 1 << 7:
        return bits(number, 8)
    more = next(count for count in range(1, 6) if number < 1 << (5 * count + 6))
    rest = ("10" + bits(number >> (6 * left), 6) for left in reversed(range(more)))
    return "1" * (more + 1) + "0" + bits(number >> (6 * more), 6 - more) + "".join(rest)


def frame(subframe: str, size: tuple[str, str] = SIZE_OF_WAVE, number: int = 0) -> bytes:
    """A frame of one channel."""
    code, extra = size
    head = packed("1111111111111000" + code + "000000000000" + numbered(number) + extra)
    whole = head + checksum(head, 0x07, 8) + packed(subframe)
    return whole + checksum(whole, 0x8005, 16)


def clip(*frames: bytes, samples: Sequence[int], blocks: bytes = b"") -> bytes:
    """A file of these frames, and of further blocks before them."""
    form = SAMPLE_RATE << 44 | 15 << 36 | len(samples)
    plain = b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples)
    info = b"\x00\x10\xff\xff" + bytes(6) + form.to_bytes(8, "big") + md5(plain, usedforsecurity=False).digest()
    return b"fLaC" + (b"\x00" if blocks else b"\x80") + b"\x00\x00\x22" + info + blocks + b"".join(frames)


def constant(value: int) -> str:
    return "0" + "000000" + "0" + bits(value, 16)


def verbatim(samples: Sequence[int]) -> str:
    return "0" + "000001" + "0" + "".join(bits(sample, 16) for sample in samples)


def corrections(samples: Sequence[int], weights: Sequence[int], shift: int = 0) -> list[int]:
    """How far each sample is from what those before it predict."""
    order = len(weights)
    return [
        samples[n] - (sum(weight * samples[n - 1 - k] for k, weight in enumerate(weights)) >> shift)
        for n in range(order, len(samples))
    ]


def rice(values: Sequence[int], parameter: int) -> str:
    """Each value folded to a positive one: its high bits as zeros before a one, then its low bits."""
    folded = [2 * value if value >= 0 else -2 * value - 1 for value in values]
    return "".join("0" * (each >> parameter) + "1" + bits(each, parameter) for each in folded)


def coded(values: Sequence[int], parameter: int = 10, *, wide: bool = False) -> str:
    """The corrections of a frame in one partition."""
    return bits(wide, 2) + "0000" + bits(parameter, 5 if wide else 4) + rice(values, parameter)


def fixed(samples: Sequence[int], order: int, residual: str = "") -> str:
    residual = residual or coded(corrections(samples, FIXED[order]))
    return "0" + bits(8 + order, 6) + "0" + "".join(bits(each, 16) for each in samples[:order]) + residual


@pytest.fixture(params=["miniaudio", "plain Python"], autouse=True)
def _decoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "plain Python":
        monkeypatch.setitem(sys.modules, "miniaudio", None)


def decoded(*frames: bytes, samples: Sequence[int], blocks: bytes = b"") -> list[int]:
    return list(array("h", decode(clip(*frames, samples=samples, blocks=blocks))))


@pytest.mark.parametrize("order", range(5))
@pytest.mark.parametrize("wide", [False, True])
def test_predicted_without_weights_in_the_file(order: int, wide: bool) -> None:
    residual = coded(corrections(WAVE, FIXED[order]), 16 if wide else 13, wide=wide)
    assert decoded(frame(fixed(WAVE, order, residual)), samples=WAVE) == WAVE


@pytest.mark.parametrize(
    ("weights", "precision", "shift"),
    [([3], 4, 2), ([7, -4], 4, 2), ([100, -50, 3, 9], 8, 6), ([-16_384, 16_383], 15, 13), ([1, -1] * 6, 5, 4)],
)
def test_predicted_with_weights_in_the_file(weights: list[int], precision: int, shift: int) -> None:
    order = len(weights)
    head = "0" + bits(32 + order - 1, 6) + "0" + "".join(bits(each, 16) for each in WAVE[:order])
    head += bits(precision - 1, 4) + bits(shift, 5) + "".join(bits(weight, precision) for weight in weights)
    subframe = head + coded(corrections(WAVE, weights, shift), 13)
    assert decoded(frame(subframe), samples=WAVE) == WAVE


def test_of_as_many_weights_as_there_may_be() -> None:
    samples, weights = WAVE * 3, [2, *[0] * 30, -1]
    head = "0" + "111111" + "0" + "".join(bits(each, 16) for each in samples[:32])
    head += bits(3 - 1, 4) + bits(1, 5) + "".join(bits(weight, 3) for weight in weights)
    subframe = head + coded(corrections(samples, weights, 1), 13)
    assert decoded(frame(subframe, ("0110", bits(len(samples) - 1, 8))), samples=samples) == samples


@pytest.mark.parametrize("order", [0, 2])
@pytest.mark.parametrize("wide", [False, True])
def test_corrected_in_partitions(order: int, wide: bool) -> None:
    """Four partitions of a frame; the first is shorter by the samples that are not predicted."""
    samples = list(accumulate([5, 3, -2, 7, 0, 0, 0, 0, 90, -200, 44, 1, 3, -3, 2, 1]))
    if order:
        samples = list(accumulate(samples))
    left = corrections(samples, FIXED[order])
    first, zeros, plain, last = (
        left[: 4 - order],
        left[4 - order : 8 - order],
        left[8 - order : 12 - order],
        left[12 - order :],
    )
    width, escape = (5, "11111") if wide else (4, "1111")
    parts = (
        bits(3, width) + rice(first, 3),
        escape + bits(0, 5) if not any(zeros) else bits(0, width) + rice(zeros, 0),
        escape + bits(12, 5) + "".join(bits(each, 12) for each in plain),
        bits(0, width) + rice(last, 0),
    )
    subframe = fixed(samples, order, bits(wide, 2) + bits(2, 4) + "".join(parts))
    assert decoded(frame(subframe), samples=samples) == samples


@pytest.mark.parametrize("wasted", [1, 2, 3, 7])
def test_low_bits_that_are_all_zero_are_left_out(wasted: int) -> None:
    short = [each >> 7 for each in WAVE]
    samples, width = [each << wasted for each in short], 16 - wasted
    flag = "1" + "0" * (wasted - 1) + "1"
    subframes = (
        ("0" + "000001" + flag + "".join(bits(each, width) for each in short), samples),
        ("0" + "000000" + flag + bits(-5, width), [-5 << wasted] * 16),
        ("0" + "001001" + flag + bits(short[0], width) + coded(corrections(short, FIXED[1]), 5), samples),
    )
    for subframe, expected in subframes:
        assert decoded(frame(subframe), samples=expected) == expected


def test_of_a_single_sample() -> None:
    assert decoded(frame(verbatim([7]), ("0110", bits(0, 8))), samples=[7]) == [7]


def test_of_every_size() -> None:
    sizes = {
        "0001": 192, "0010": 576, "0011": 1152, "0100": 2304, "0101": 4608, "1000": 256, "1001": 512, "1010": 1024,
        "1011": 2048, "1100": 4096, "1101": 8192, "1110": 16_384, "1111": 32_768,
    }  # fmt: skip
    frames = [frame(constant(n - 7), (code, ""), n) for n, code in enumerate(sizes)]
    frames += [frame(constant(50), ("0110", bits(17, 8)), 13), frame(constant(-50), ("0111", bits(999, 16)), 14)]
    counts = [*sizes.values(), 18, 1000]
    samples = [value for value, count in zip([*range(-7, 6), 50, -50], counts, strict=True) for _ in range(count)]
    assert decoded(*frames, samples=samples) == samples


@pytest.mark.parametrize(
    "number", [0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x1FFFFF, 0x200000, 0x3FFFFFF, 0x4000000, 0x7FFFFFFF]
)
def test_with_a_number_of_any_length(number: int) -> None:
    frames = frame(verbatim(WAVE), number=number), frame(constant(-3), number=number)
    samples = [*WAVE, *[-3] * 16]
    assert decoded(*frames, samples=samples) == samples


@pytest.mark.parametrize("length", [0, 1, 300, 70_000])
def test_after_other_blocks(length: int) -> None:
    blocks = b"\x01\x00\x00\x03abc" + b"\x81" + length.to_bytes(3, "big") + bytes(length)
    assert decoded(frame(verbatim(WAVE)), samples=WAVE, blocks=blocks) == WAVE


@pytest.mark.parametrize("blocks", [b"\x81\x00\x00\x00", b"\x81\x00\x00\x01", b"\x01\x00\x00\x00", b"\x81\xff\xff\xff"])
def test_without_a_frame_it_is_damaged(blocks: bytes) -> None:
    with pytest.raises(FlacError, match=r"^it is damaged$"):
        decoded(samples=WAVE, blocks=blocks)


def test_a_frame_that_is_cut_off_is_damaged() -> None:
    whole = clip(frame(verbatim(WAVE)), frame(fixed(WAVE, 2)), samples=WAVE * 2)
    for length in range(len(whole) - 40, len(whole) - 2):
        with pytest.raises(FlacError, match=r"^it is damaged$"):
            decode(whole[:length])
