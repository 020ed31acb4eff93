"""Decode the shipped clips: FLAC files with one channel of 16 bits.

miniaudio decodes them. Without miniaudio, a decoder in plain Python does, which takes about 50 ms per second of speech
(RFC 9639 describes the format). Either result is checked against the digest in the file, so that a damaged clip is
noticed and never played.
"""

from __future__ import annotations

import sys
from array import array
from contextlib import suppress
from operator import mul
from typing import TYPE_CHECKING, Final

from retro_timer.audio.tones import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAX_SECONDS: Final = 30
"""Maximum length of a clip."""
_INFO: Final = slice(8, 42)
"""The position of the stream information, after the file's marker and the header of the first block."""
_DAMAGED: Final = "it is damaged"
_FIXED: Final[Sequence[Sequence[int]]] = ((), (1,), (2, -1), (3, -3, 1), (4, -6, 4, -1))
"""The weights of the fixed predictors, which are not in the file, by order."""
_BLOCK_SIZES: Final[Mapping[int, int]] = {
    1: 192,
    **{code: 576 << (code - 2) for code in range(2, 6)},
    **{code: 256 << (code - 8) for code in range(8, 16)},
}
"""The number of samples in a frame, by the code in its header; other codes are followed by the number itself."""


class FlacError(ValueError):
    """A file cannot be decoded; the message is the reason as a clause."""


def decode(data: bytes) -> bytes:
    """The samples of a clip, in this machine's byte order.

    Raises:
        FlacError: if it is damaged, or is not a clip.
    """
    samples, digest = _expected(data)
    try:
        import miniaudio
    except (ImportError, OSError):
        decoded = _decoded(data, samples)
    else:
        try:
            decoded = miniaudio.flac_read_s16(data).samples
        except miniaudio.MiniaudioError as error:
            raise FlacError(_DAMAGED) from error
    return _checked(decoded, samples, digest)


def prepare() -> None:
    """Import the decoder, so that the first clip does not wait for it."""
    with suppress(ImportError, OSError):
        import miniaudio  # noqa: F401  (for `decode`)


def _expected(data: bytes) -> tuple[int, bytes]:
    """The expected number of samples, and their digest."""
    info = data[_INFO]
    if data[:4] != b"fLaC" or len(info) < 34:
        raise FlacError("it is not a FLAC file")
    form = int.from_bytes(info[10:18], "big")
    rate, channels, bits, samples = form >> 44, (form >> 41 & 7) + 1, (form >> 36 & 31) + 1, form & (1 << 36) - 1
    if (rate, channels, bits) != (SAMPLE_RATE, 1, 16) or not 0 < samples <= MAX_SECONDS * SAMPLE_RATE:
        raise FlacError("it has another format than clips have")
    return samples, info[18:34]


def _checked(decoded: array[int], samples: int, digest: bytes) -> bytes:
    """The decoded samples, if they are those that were encoded."""
    from hashlib import md5  # late, because it loads OpenSSL, which must not delay the player's start

    little = decoded if sys.byteorder == "little" else array("h", decoded)
    if little is not decoded:
        little.byteswap()
    if len(decoded) != samples or md5(little.tobytes(), usedforsecurity=False).digest() != digest:
        raise FlacError(_DAMAGED)
    return decoded.tobytes()


def _decoded(data: bytes, samples: int) -> array[int]:
    """The samples, decoded in plain Python."""
    position, last = 4, False
    while not last:  # the blocks before the first frame
        head = int.from_bytes(data[position : position + 4], "big")
        last, position = bool(head >> 31), position + 4 + (head & 0xFFFFFF)
        if position >= len(data):
            raise FlacError(_DAMAGED)
    frames = _Frames(data[position:])
    decoded: list[int] = []
    try:
        while len(decoded) < samples:
            decoded += frames.next()
        return array("h", decoded)
    except (IndexError, OverflowError, ValueError) as error:
        raise FlacError(_DAMAGED) from error


class _Frames:
    """Decodes frames one after the other. Damaged ones raise IndexError or ValueError, or give wrong samples."""

    def __init__(self, data: bytes) -> None:
        self._bits = f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}"
        self._at = 0

    def next(self) -> list[int]:
        """The samples of the next frame."""
        self._unsigned(16)
        size = self._unsigned(4)
        self._unsigned(12)
        number = self._unsigned(8)
        for _ in range(max(0, 7 - (number ^ 0xFF).bit_length())):  # the frame number is coded as in UTF-8
            self._unsigned(8)
        count = _BLOCK_SIZES.get(size) or self._unsigned(8 if size == 6 else 16) + 1
        self._unsigned(8)
        samples = self._subframe(count)
        self._at += -self._at % 8 + 16
        return samples

    def _subframe(self, count: int) -> list[int]:
        kind, wasted = self._unsigned(7), self._unsigned(1)
        if wasted:
            wasted += self._zeros()
        width = 16 - wasted
        if kind == 0:
            samples = [self._signed(width)] * count
        elif kind == 1:
            samples = [self._signed(width) for _ in range(count)]
        elif 8 <= kind <= 12:
            samples = [self._signed(width) for _ in range(kind - 8)]
            self._predict(samples, count, _FIXED[kind - 8], 0)
        else:
            order = (kind & 31) + 1
            samples = [self._signed(width) for _ in range(order)]
            precision, shift = self._unsigned(4) + 1, self._unsigned(5)
            self._predict(samples, count, [self._signed(precision) for _ in range(order)], shift)
        return [sample << wasted for sample in samples]

    def _predict(self, samples: list[int], count: int, weights: Sequence[int], shift: int) -> None:
        """Add samples up to a count: each is predicted from the samples before it, and corrected."""
        for correction in self._corrections(count, len(weights)):
            before = samples[: -len(weights) - 1 : -1] if weights else ()
            samples.append((sum(map(mul, weights, before)) >> shift) + correction)

    def _corrections(self, count: int, order: int) -> Iterator[int]:
        """The corrections, from Rice codes in partitions with one parameter each."""
        width = 4 + self._unsigned(2)
        partitions = 1 << self._unsigned(4)
        for partition in range(partitions):
            parameter = self._unsigned(width)
            plain = self._unsigned(5) if parameter == (1 << width) - 1 else None
            for _ in range(count // partitions - (0 if partition else order)):
                if plain is not None:
                    yield self._signed(plain)
                else:
                    folded = self._zeros() << parameter | self._unsigned(parameter)
                    yield folded >> 1 ^ -(folded & 1)

    def _unsigned(self, width: int) -> int:
        begin, self._at = self._at, self._at + width
        return int(self._bits[begin : self._at], 2) if width else 0

    def _signed(self, width: int) -> int:
        value = self._unsigned(width)
        return value - (1 << width) if width and value >> (width - 1) else value

    def _zeros(self) -> int:
        """The number of 0 bits before the next 1 bit; skips both."""
        begin, end = self._at, self._bits.index("1", self._at)
        self._at = end + 1
        return end - begin
