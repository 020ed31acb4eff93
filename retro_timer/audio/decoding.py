"""Decode sound files: WAV, FLAC and MP3 in this process, Ogg Vorbis in a short-lived separate one.

miniaudio decodes them all, but a damaged Ogg file can make its Vorbis decoder run forever, or write out of bounds,
which crashes the process. Run as a program, this module is the separate process: it reads a file from stdin and writes
the samples to stdout.
"""

from __future__ import annotations

import os
import sys
from array import array
from typing import Final

from retro_timer.text import printable

MAX_SECONDS: Final = 10
MAX_CHANNELS: Final = 8
RATES: Final = range(4_000, 192_001)
"""Supported sample rates."""
CPU_LIMIT_S: Final = 5
"""CPU time limit of the Ogg decoder, where the system supports one; it usually takes 0.3 s."""
TIME_LIMIT_S: Final = 60.0
"""Time limit of the Ogg decoder, however busy the machine is."""
MEMORY_LIMIT: Final = 1_000_000_000
"""Address space limit of the Ogg decoder in bytes, where the system supports one."""
_DESCRIBE: Final = {
    "WAV": "wav_get_info", "FLAC": "flac_get_info", "MP3": "mp3_get_info", "Ogg Vorbis": "vorbis_get_info"
}  # fmt: skip
"""The kinds of sound file, and miniaudio's function that describes a file of each kind."""
_APART: Final = "Ogg Vorbis"
_REFUSED: Final = 64
"""Exit code of the process if the file is unusable; its output is then the reason."""


class UnusableError(ValueError):
    """A file cannot be used; the message is the reason as a clause."""


def decode(data: bytes) -> tuple[array[int], int]:
    """Decode a sound file to 16-bit mono samples and their sample rate.

    Raises:
        UnusableError: if it is not a sound file, damaged or too long.
    """
    kind = _kind(data)
    return _decoded_apart(data) if kind == _APART else _decoded(data, kind)


def _kind(data: bytes) -> str:
    """The kind of a sound file, by its first bytes, not its name."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "WAV"
    if data[:4] == b"fLaC":
        return "FLAC"
    if data[:3] == b"ID3" or (data[:1] == b"\xff" and data[1:2] >= b"\xe0"):
        return "MP3"
    if data[:4] == b"OggS" and data[28:35] == b"\x01vorbis":
        return _APART
    *others, last = _DESCRIBE
    raise UnusableError(f"it is not a {', '.join(others)} or {last} file")


def _decoded(data: bytes, kind: str) -> tuple[array[int], int]:
    """Decode a file in this process."""
    try:
        import miniaudio
    except (ImportError, OSError) as error:
        raise UnusableError("miniaudio, which reads sound files, is not installed") from error
    try:
        info = getattr(miniaudio, _DESCRIBE[kind])(data)
        channels, rate = info.nchannels, info.sample_rate
        if not 1 <= channels <= MAX_CHANNELS:
            raise UnusableError(f"it has {channels} channels, and 1 to {MAX_CHANNELS} are expected")
        if rate not in RATES:
            raise UnusableError(f"it has {rate} samples per second, and {RATES[0]} to {RATES[-1]} are expected")
        samples = array("h")
        # A few bytes can encode hours of silence: stop as soon as it is too long.
        for chunk in miniaudio.stream_memory(data, nchannels=channels, sample_rate=rate):
            samples += chunk
            if len(samples) > MAX_SECONDS * rate * channels:
                raise UnusableError(f"it is longer than {MAX_SECONDS} s")
    except miniaudio.MiniaudioError as error:
        raise UnusableError("it is damaged, or its format is not supported") from error
    if not samples:
        raise UnusableError("it is empty")
    return _mono(samples, channels), rate


def _mono(samples: array[int], channels: int) -> array[int]:
    """The mean of the channels; miniaudio's own conversion gives less weight to some."""
    if channels == 1:
        return samples
    each = [samples[channel::channels] for channel in range(channels)]
    return array("h", (sum(frame) // channels for frame in zip(*each, strict=True)))


def _decoded_apart(data: bytes) -> tuple[array[int], int]:
    """Decode a file in a separate process, so that a crash or hang of the decoder stays there."""
    import subprocess

    from retro_timer.processes import run_apart

    try:
        done = run_apart(__name__, data, TIME_LIMIT_S)
    except subprocess.TimeoutExpired as error:
        raise UnusableError(f"it is damaged: it could not be decoded within {TIME_LIMIT_S:g} s") from error
    except OSError as error:
        raise UnusableError("the process that decodes it cannot be started") from error
    if done.returncode == _REFUSED:
        raise UnusableError(printable(done.stdout.decode(errors="replace")))
    rate, samples = int.from_bytes(done.stdout[:4], sys.byteorder), done.stdout[4:]
    if done.returncode or rate not in RATES or len(samples) % 2:
        raise UnusableError("it is damaged: the decoder stopped early")
    return array("h", samples), rate


def main() -> None:
    """Decode the Ogg file on standard input; write its sample rate (4 bytes) and its samples (2 bytes each)."""
    import faulthandler

    faulthandler.dump_traceback_later(TIME_LIMIT_S, exit=True)  # in case the parent no longer waits for this process
    _limit_resources()
    data = sys.stdin.buffer.read()
    try:
        samples, rate = _decoded(data, _APART)
    except UnusableError as error:
        sys.stdout.buffer.write(str(error).encode())
        sys.stdout.buffer.flush()
        os._exit(_REFUSED)
    sys.stdout.buffer.write(rate.to_bytes(4, sys.byteorder) + samples.tobytes())


def _limit_resources() -> None:
    """Limit memory and CPU time, and leave no core dump if the decoder crashes."""
    if sys.platform == "win32":
        return
    import resource

    limits = ((resource.RLIMIT_AS, MEMORY_LIMIT), (resource.RLIMIT_CPU, CPU_LIMIT_S), (resource.RLIMIT_CORE, 0))
    for kind, limit in limits:
        try:
            resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))
        except (OSError, ValueError):
            continue  # macOS cannot limit the address space


if __name__ == "__main__":
    main()
