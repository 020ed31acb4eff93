"""The system backend: an external player program, one process per cue."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import wave
from array import array
from typing import IO, TYPE_CHECKING, Final

from retro_timer.audio.backends import NoOutputError, UnavailableError
from retro_timer.audio.choose import PROGRAMS
from retro_timer.audio.clips import RATE
from retro_timer.errors import reason
from retro_timer.processes import start_child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.audio.backends.per_cue import Playback
    from retro_timer.audio.mixer import Samples

_RAW: Final = {
    "paplay": ["--raw", "--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=250"],
    "aplay": ["-q", "-t", "raw", "-f", "S16_LE", "-r", str(RATE), "-c", "1"],
}
"""Arguments of players that read samples from stdin; the others play a WAV file."""
_LATENCY_MS: Final = {"paplay": 10.0, "aplay": 40.0, "pw-play": 60.0, "afplay": 100.0}
"""Latency from process start to first sample; measured for paplay on a null sink, estimated for the others."""
_TRIAL: Final = RATE // 50
_TRIAL_S: Final = 5.0


class SystemSpeaker:
    """A `Speaker` over the first working player of this system."""

    latency_ms = 0.0

    def __init__(self) -> None:
        self._speaker: ProgramSpeaker | WindowsSpeaker | None = None

    def open(self) -> str:
        """Find the first player that works."""
        answers = []
        for speaker in _speakers():
            try:
                what = speaker.open()
            except NoOutputError as answer:
                answers.append(str(answer))
                continue
            self._speaker, self.latency_ms = speaker, speaker.latency_ms
            return what
        if answers:
            raise NoOutputError(" ".join(answers))
        raise UnavailableError(f"None of {', '.join(PROGRAMS)} is installed.")

    def start(self, samples: Samples) -> Playback:
        """Start playing."""
        if self._speaker is None:
            raise NoOutputError("No system player was found yet.")
        return self._speaker.start(samples)


def _speakers() -> Iterator[ProgramSpeaker | WindowsSpeaker]:
    if sys.platform == "win32":
        yield WindowsSpeaker()
    for program in PROGRAMS:
        path = shutil.which(program)
        if path is not None:
            yield ProgramSpeaker(program, path)


class ProgramSpeaker:
    """A `Speaker` that starts a program for each cue.

    Args:
        program: one of `choose.PROGRAMS`.
        path: its path.
    """

    def __init__(self, program: str, path: str) -> None:
        self._program = program
        self._path = path
        self.latency_ms = _LATENCY_MS.get(program, 60.0)

    def open(self) -> str:
        """Play a short silence."""
        trial = self.start(array("h", bytes(2 * _TRIAL)))
        try:
            code = trial.process.wait(_TRIAL_S)
        except subprocess.TimeoutExpired as error:
            trial.stop()
            raise NoOutputError(f"{self._program} does not stop.") from error
        if code != 0:
            raise NoOutputError(f"{self._program} found no output (exit {code}).")
        return self._program

    def start(self, samples: Samples) -> ProgramPlayback:
        """Start the program."""
        try:
            if self._program in _RAW:
                return self._start_raw(samples)
            return self._start_with_file(samples)
        except OSError as error:
            raise NoOutputError(f"{self._program} cannot be started: {reason(error)}.") from error

    def _start_raw(self, samples: Samples) -> ProgramPlayback:
        """Play from an unnamed temporary file, so that nothing blocks on a pipe and no file is left behind."""
        with tempfile.TemporaryFile() as file:
            file.write(samples.tobytes())
            file.seek(0)
            return ProgramPlayback(start_child([self._path, *_RAW[self._program]], reads=file, reports=False))

    def _start_with_file(self, samples: Samples) -> ProgramPlayback:
        with tempfile.NamedTemporaryFile(prefix="retro-timer-", suffix=".wav", delete=False) as file:
            _write_wav(file, samples)
        process = start_child([self._path, file.name], reads=subprocess.DEVNULL, reports=False)
        return ProgramPlayback(process, file.name)


class ProgramPlayback:
    """A running player program; its file is deleted when it ends."""

    def __init__(self, process: subprocess.Popen[bytes], file: str = "") -> None:
        self.process = process
        self._file = file
        self._stopped = False
        threading.Thread(target=self._reap, name="player-program", daemon=True).start()

    @property
    def failure(self) -> str:
        """The exit status of a failed program, as one sentence; empty if it succeeded or was stopped."""
        code = self.process.poll()
        return "" if self._stopped or not code else f"The system player ended with {code}."

    def stop(self) -> None:
        """Stop the program."""
        self._stopped = True
        if self.process.poll() is None:
            self.process.kill()

    def _reap(self) -> None:
        self.process.wait()
        if self._file:
            os.unlink(self._file)  # noqa: PTH108  # avoids importing pathlib only for this


class WindowsSpeaker:
    """A `Speaker` over `winsound`, which plays one sound at a time: a new one stops the previous one."""

    latency_ms = 50.0

    def open(self) -> str:
        """Always succeeds: winsound cannot be tested."""
        return "winsound"

    def start(self, samples: Samples) -> Playback:
        """Start playing in a thread, because winsound blocks when it plays from memory."""
        with tempfile.SpooledTemporaryFile() as file:
            _write_wav(file, samples)
            file.seek(0)
            return _WindowsPlayback(file.read())


class _WindowsPlayback:
    failure = ""  # winsound reports none

    def __init__(self, wav: bytes) -> None:
        threading.Thread(target=self._play, args=(wav,), name="winsound", daemon=True).start()

    def stop(self) -> None:
        """Stop all playback of winsound."""
        if sys.platform == "win32":
            import winsound  # exists only on Windows

            winsound.PlaySound(None, 0)

    def _play(self, wav: bytes) -> None:
        if sys.platform == "win32":
            import winsound  # exists only on Windows

            winsound.PlaySound(wav, winsound.SND_MEMORY)


def _write_wav(file: IO[bytes], samples: Samples) -> None:
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, RATE, 0, "NONE", ""))
        writer.writeframes(samples.tobytes())
