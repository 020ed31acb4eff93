"""A system player: one process for each cue."""

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

from retro_timer.audio.backends import NotNow, Unavailable
from retro_timer.audio.choose import PROGRAMS
from retro_timer.audio.clips import RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.audio.backends.per_cue import Playback
    from retro_timer.audio.mixer import Samples

_RAW: Final = {
    "paplay": ["--raw", "--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=250"],
    "aplay": ["-q", "-t", "raw", "-f", "S16_LE", "-r", str(RATE), "-c", "1"],
}
"""Those that read samples from stdin, and how; the others are given the name of a WAV file."""
_LATENCY_MS: Final = {"paplay": 10.0, "aplay": 40.0, "pw-play": 60.0, "afplay": 100.0}
"""From starting the program to its first sample; paplay measured on a null sink, the others estimated."""
_TRIAL: Final = RATE // 50
_TRIAL_S: Final = 5.0


class SystemSpeaker:
    """A `Speaker` over whatever plays sound on this system."""

    latency_ms = 0.0

    def __init__(self) -> None:
        self._speaker: ProgramSpeaker | WindowsSpeaker | None = None

    def open(self) -> str:
        """Find the first that works."""
        answers = []
        for speaker in _speakers():
            try:
                what = speaker.open()
            except NotNow as answer:
                answers.append(str(answer))
                continue
            self._speaker, self.latency_ms = speaker, speaker.latency_ms
            return what
        if answers:
            raise NotNow(" ".join(answers))
        raise Unavailable(f"None of {', '.join(PROGRAMS)} is installed.")

    def start(self, samples: Samples) -> Playback:
        """Begin to play."""
        if self._speaker is None:
            raise NotNow("No system player was found yet.")
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
        path: where it is.
    """

    def __init__(self, program: str, path: str) -> None:
        self._program = program
        self._path = path
        self.latency_ms = _LATENCY_MS.get(program, 60.0)

    def open(self) -> str:
        """Play a little silence."""
        trial = self.start(array("h", bytes(2 * _TRIAL)))
        try:
            code = trial.process.wait(_TRIAL_S)
        except subprocess.TimeoutExpired as error:
            trial.stop()
            raise NotNow(f"{self._program} does not come to an end.") from error
        if code != 0:
            raise NotNow(f"{self._program} found no output (exit {code}).")
        return self._program

    def start(self, samples: Samples) -> ProgramPlayback:
        """Start the program."""
        try:
            if self._program in _RAW:
                return self._start_raw(samples)
            return self._start_with_file(samples)
        except OSError as error:
            raise NotNow(f"{self._program} cannot be started: {error.strerror}.") from error

    def _start_raw(self, samples: Samples) -> ProgramPlayback:
        """From a file that has no name, so that nothing waits for a pipe and nothing is left behind."""
        with tempfile.TemporaryFile() as file:
            file.write(samples.tobytes())
            file.seek(0)
            return ProgramPlayback(_run([self._path, *_RAW[self._program]], file))

    def _start_with_file(self, samples: Samples) -> ProgramPlayback:
        with tempfile.NamedTemporaryFile(prefix="retro-timer-", suffix=".wav", delete=False) as file:
            _write_wav(file, samples)
        return ProgramPlayback(_run([self._path, file.name], None), file.name)


class ProgramPlayback:
    """A program that plays; its file goes when it ends."""

    def __init__(self, process: subprocess.Popen[bytes], file: str = "") -> None:
        self.process = process
        self._file = file
        self._stopped = False
        threading.Thread(target=self._reap, name="player-program", daemon=True).start()

    @property
    def failure(self) -> str:
        """That the program ended with an error, when we did not end it."""
        code = self.process.poll()
        return "" if self._stopped or not code else f"The system player ended with {code}."

    def stop(self) -> None:
        """End the program."""
        self._stopped = True
        if self.process.poll() is None:
            self.process.kill()

    def _reap(self) -> None:
        self.process.wait()
        if self._file:
            os.unlink(self._file)  # noqa: PTH108  # pathlib would be imported for this alone


class WindowsSpeaker:
    """A `Speaker` over `winsound`, which plays one sound at a time: a new one ends the one before."""

    latency_ms = 50.0

    def open(self) -> str:
        """There is always something; whether it is heard, nobody tells."""
        return "winsound"

    def start(self, samples: Samples) -> Playback:
        """Begin to play, in a thread: sound from memory makes its caller wait."""
        with tempfile.SpooledTemporaryFile() as file:
            _write_wav(file, samples)
            file.seek(0)
            return _WindowsPlayback(file.read())


class _WindowsPlayback:
    failure = ""  # winsound tells of none

    def __init__(self, wav: bytes) -> None:
        threading.Thread(target=self._play, args=(wav,), name="winsound", daemon=True).start()

    def stop(self) -> None:
        """Silence whatever winsound plays."""
        if sys.platform == "win32":
            import winsound  # noqa: PLC0415  # exists there only

            winsound.PlaySound(None, 0)

    def _play(self, wav: bytes) -> None:
        if sys.platform == "win32":
            import winsound  # noqa: PLC0415  # exists there only

            winsound.PlaySound(wav, winsound.SND_MEMORY)


def _run(argv: list[str], stdin: IO[bytes] | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        argv, stdin=stdin or subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _write_wav(file: IO[bytes], samples: Samples) -> None:
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, RATE, 0, "NONE", ""))
        writer.writeframes(samples.tobytes())
