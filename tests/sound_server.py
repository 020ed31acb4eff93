"""A private PulseAudio with a null sink, and recordings of what it plays, and when.

Nothing of the machine's own sound is touched: the server has its own directory and socket, and everything that is to
play on it gets `SoundServer.environment`.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from math import cos, hypot, pi, sin, sqrt
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

RATE = 8000
"""Samples per second of a recording: every sound of the product lies below 3 kHz."""
BLOCK_MS = 30
"""Latency that a recorder asks for: the server plays in blocks as short as anybody asks for, and the program's output
asks for this, so that recording does not change what is recorded."""
WINDOW_MS = 12
"""Length of the window for detecting a frequency; an onset is where half of the window is filled."""

_ASOUNDRC = """\
pcm.!default { type pulse server "%(server)s" }
ctl.!default { type pulse server "%(server)s" }
"""


class SoundServer:
    """One PulseAudio process with a null sink.

    Args:
        home: a directory of its own; the path must be short, because sockets live there.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None
        self.socket = home / "native"
        self.environment = {
            **os.environ,
            "LC_ALL": "C.UTF-8",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "PULSE_SERVER": f"unix:{self.socket}",
            "ALSA_CONFIG_PATH": str(home / "asound.conf"),
        }
        self.environment.pop("PULSE_RUNTIME_PATH", None)
        self.environment.pop("SSH_CONNECTION", None)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start the server and wait until it accepts connections.

        Raises:
            RuntimeError: it did not come up within 10 s.
        """
        self._home.mkdir(parents=True, exist_ok=True)
        self._write_alsa_configuration()
        self._process = subprocess.Popen(
            [
                "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--system=false", "--exit-idle-time=-1",
                "--disable-shm=yes", "-L", "module-null-sink sink_name=e2e norewinds=1",
                "-L", f"module-native-protocol-unix socket={self.socket} auth-anonymous=1",
            ],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self._answers():
                return
            time.sleep(0.02)
        self.kill()
        raise RuntimeError("pulseaudio did not come up within 10 s")

    def _write_alsa_configuration(self) -> None:
        """Connect programs that support only ALSA to the server, through the pulse plugin."""
        text = "</usr/share/alsa/alsa.conf>\n" + _ASOUNDRC % {"server": f"unix:{self.socket}"}
        (self._home / "asound.conf").write_text(text, encoding="utf-8")

    def _answers(self) -> bool:
        if not self.socket.exists():
            return False
        asked = subprocess.run(["pactl", "info"], env=self.environment, capture_output=True, check=False, timeout=10)
        return asked.returncode == 0

    def kill(self) -> None:
        """Kill the server, like a crash."""
        if self._process is None:
            return
        self.thaw()
        self._process.kill()
        self._process.wait(10)
        self._process = None
        self.socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Stop the server's process without ending it, so that it does not respond."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Continue a frozen server."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def record(self, block_ms: int = BLOCK_MS) -> Recorder:
        """Record everything the server plays from now on, in blocks that are no longer than this."""
        return Recorder(self.environment, block_ms)


class Recorder:
    """Records the monitor of the null sink with `parec` until it is stopped; a context manager."""

    def __init__(self, environment: dict[str, str], block_ms: int) -> None:
        self._environment = environment
        self._block = block_ms
        self._data = bytearray()
        self._first: float | None = None
        self._ahead = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._reader = threading.Thread(target=self._read, name="parec", daemon=True)
        self._heard = threading.Event()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["parec", "--raw", "--device=e2e.monitor", f"--rate={RATE}", "--channels=1", "--format=s16le",
             f"--latency-msec={self._block}", "--process-time-msec=5"],
            env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._reader.start()
        if not self._heard.wait(10):
            self.stop()
            raise RuntimeError("parec recorded nothing within 10 s")
        self._ahead = self._block_ms()
        return self

    def _block_ms(self) -> float:
        """The length of the server's blocks. It renders, and so records, one before it plays it."""
        command = ["pactl", "list", "sinks"]
        listed = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True, timeout=10)
        found = re.search(r"configured (\d+) usec", listed.stdout)
        assert found, listed.stdout
        return int(found[1]) / 1000

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        output = self._process.stdout.fileno()
        while chunk := os.read(output, 65536):
            now = time.monotonic() * 1000
            self._data += chunk
            # A chunk can arrive late but never early, so the earliest one gives the best start time.
            first = now - len(self._data) / 2 / RATE * 1000
            self._first = first if self._first is None else min(self._first, first)
            self._heard.set()

    def stop(self) -> Recording:
        """Stop recording; returns the recording."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._reader.join(10)
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None
        return self.so_far()

    def so_far(self) -> Recording:
        """The recording so far."""
        data = bytes(self._data)
        return Recording(array("h", data[: len(data) // 2 * 2]), (self._first or 0.0) + self._ahead)


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of the server's output.

    Attributes:
        samples: 16-bit mono at `RATE`.
        start: the moment of the first sample on the monotonic clock, in milliseconds.
    """

    samples: array[int]
    start: float

    def loudest(self, begin: float, end: float) -> int:
        """The greatest amplitude between two moments (monotonic ms)."""
        part = self.samples[self.index(begin) : self.index(end)]
        return max(map(abs, part), default=0)

    def index(self, moment: float) -> int:
        """The number of the sample at a moment (monotonic ms), from 0 on."""
        return max(0, round((moment - self.start) * RATE / 1000))

    def level(self, frequency: float, begin: float, end: float) -> float:
        """The amplitude of one frequency between two moments (monotonic ms), by Goertzel's method."""
        part = self.samples[self.index(begin) : self.index(end)]
        if not part:
            return 0.0
        turn = 2 * cos(2 * pi * frequency / RATE)
        before = last = 0.0
        for sample in part:
            last, before = sample + turn * last - before, last
        power = last * last + before * before - turn * last * before
        return 2 * sqrt(max(0.0, power)) / len(part)

    def onsets(self, frequency: float, *, least: float = 500.0, apart_ms: float = 60.0) -> list[float]:
        """The moments (monotonic ms) at which a tone of `frequency` begins.

        Args:
            frequency: in Hz.
            least: the amplitude below which nothing counts.
            apart_ms: a new onset needs at least this long without the tone.
        """
        levels = list(_levels(self.samples, frequency))
        found: list[float] = []
        silent_since = -apart_ms
        sounding = False
        for at, level in enumerate(levels):
            loud = level >= (least if sounding else max(least, _steady(levels, at) / 2))
            if loud and not sounding and at - silent_since >= apart_ms:
                found.append(self.start + at + WINDOW_MS / 2)
            if sounding and not loud:
                silent_since = at
            sounding = loud
        return found


def _steady(levels: Sequence[float], at: int) -> float:
    """The level that a tone reaches soon after `at`."""
    return max(levels[at : at + 3 * WINDOW_MS])


def _levels(samples: Sequence[int], frequency: float) -> Iterator[float]:
    """The amplitude of one frequency in a window that moves by a millisecond."""
    step = 2 * pi * frequency / RATE
    real = [0.0, *accumulate(sample * cos(step * n) for n, sample in enumerate(samples))]
    imaginary = [0.0, *accumulate(sample * sin(step * n) for n, sample in enumerate(samples))]
    each, width = RATE // 1000, WINDOW_MS * RATE // 1000
    for begin in range(0, len(samples) - width, each):
        end = begin + width
        yield 2 * hypot(real[end] - real[begin], imaginary[end] - imaginary[begin]) / width


def nearest(moments: Sequence[float], wanted: float) -> float | None:
    """The moment of sorted `moments` that lies nearest to `wanted`."""
    at = bisect_left(moments, wanted)
    return min(moments[max(0, at - 1) : at + 1], key=lambda moment: abs(moment - wanted), default=None)
