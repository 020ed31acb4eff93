"""The player's child process: reads cues from stdin, plays them when due, and reports on stdout.

It exits at the end of stdin, so it cannot outlive its parent, and it never closes an output, because that hangs with a
frozen sound server. Each child has one output; if the output is lost, the child reports it and exits, and the parent
starts another child.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import sys
import threading
from collections import deque
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Final

from retro_timer.audio import flac, protocol
from retro_timer.audio.backends import Engine, NoOutputError, UnavailableError
from retro_timer.audio.backends.persistent import PersistentOutput
from retro_timer.audio.clips import Clips
from retro_timer.clock import monotonic_ms

if TYPE_CHECKING:
    from retro_timer.audio.backends.per_cue import Speaker
    from retro_timer.audio.options import SoundOptions
    from retro_timer.audio.speech import SystemSpeech

BEAT_S: Final = 0.5
"""Interval of the child's heartbeat."""
STALLED_MS: Final = 700.0
"""An output that accepts no samples for this long is lost."""
RETRY_S: Final = 0.25
LONGEST_RETRY_S: Final = 1.0
FROZEN_S: Final = 3.0
"""A child without a heartbeat for this long (a library that holds the interpreter lock) is terminated."""
NICE: Final = -11
"""The priority that PulseAudio requests for itself."""
_MAX_PENDING: Final = 10_000
_MOST_LABELS: Final = 8


class Child:
    """The main object of the child process. `run` never returns.

    Args:
        lines: messages from the parent.
        answers: the file descriptor for messages to the parent.
    """

    def __init__(self, lines: IO[bytes], answers: int) -> None:
        self._lines = lines
        self._answers = answers
        self._pending: deque[bytes] = deque(maxlen=_MAX_PENDING)
        self._wake = threading.Event()
        self._engine: Engine | None = None
        self._labels: deque[str] = deque(maxlen=_MOST_LABELS)
        self._speech: SystemSpeech | None = None
        self._parent = os.getppid()

    def run(self) -> None:
        """Read the options from the first line, then handle messages until the end of input."""
        options = protocol.decode_options(protocol.decode(self._lines.readline(protocol.MAX_LINE + 1)))
        if options is None:
            os._exit(2)
        engine = self._make_engine(options)
        # The first beat does not wait for the walker's own sounds, which may take seconds to convert.
        threading.Thread(target=self._beat, name="beat", daemon=True).start()
        clips = Clips(options, self._report)
        threading.Thread(target=self._open, args=(engine,), name="open", daemon=True).start()
        while line := self._lines.readline(protocol.MAX_LINE + 1):
            message = protocol.decode(line)
            if message is not None:
                self._handle(message, engine, clips)
        engine.abandon()
        self._stop_speech()
        os._exit(0)

    def _make_engine(self, options: SoundOptions) -> Engine:
        """Make the engine of the backend chosen by the parent."""
        if options.backend == "miniaudio":
            return PersistentOutput(self.on_engine_message, options.offset_ms, self._report)
        from retro_timer.audio.backends.per_cue import PerCueOutput  # keeps the usual child small

        if options.backend == "simpleaudio":
            from retro_timer.audio.backends.simple import SimpleAudio  # likewise

            speaker: Speaker = SimpleAudio()
        else:
            from retro_timer.audio.backends.system import SystemSpeaker  # likewise

            speaker = SystemSpeaker()
        return PerCueOutput(
            speaker, self.on_engine_message, monotonic_ms, offset_ms=options.offset_ms, pre_roll_ms=options.pre_roll_ms
        )

    def _handle(self, message: protocol.Message, engine: Engine, clips: Clips) -> None:
        match message["is"]:
            case "play":
                self._play(message, engine, clips)
            case "cancel":
                sounding = message.get("sounding") is not False
                engine.cancel(sounding=sounding)
                if sounding:
                    self._stop_speech()
            case "click":
                spans = protocol.decode_clicks(message, round(monotonic_ms()))
                if spans is not None:
                    engine.click(spans, clips.click)
            case "mute":
                engine.mute(message.get("on") is True)
                if message.get("on") is True:
                    self._stop_speech()
            case "drain":
                engine.drain()

    def _play(self, message: protocol.Message, engine: Engine, clips: Clips) -> None:
        numbered = protocol.decode_cue(message, round(monotonic_ms()))
        if numbered is not None:
            engine.play(clips.prepare(*numbered))
        elif (ident := protocol.whole(message, "id")) is not None:
            self.send("dropped", id=ident, why="it cannot be played")

    def send(self, kind: str, /, **fields: object) -> None:
        """Queue a message to the parent; thread-safe, never blocks."""
        self._pending.append(protocol.encode(kind, **fields))
        self._wake.set()

    def on_engine_message(self, kind: str, /, **fields: object) -> None:
        """Handle a message from the engine: speak a label (an empty one stops speech), send the rest to the parent."""
        if kind == "label":
            if fields["text"] or self._speech is not None:
                self._labels.append(str(fields["text"]))
                self._wake.set()
        else:
            self.send(kind, **fields)

    def _stop_speech(self) -> None:
        self._labels.clear()
        if self._speech is not None:
            self._speech.stop()

    def _speak_labels(self) -> None:
        """Speak queued labels with the system's speech, in a thread."""
        if self._labels and self._speech is None:
            from retro_timer.audio.speech import SystemSpeech  # few workouts have labels

            self._speech = SystemSpeech(report=self._report)
        while self._labels and self._speech is not None:
            self._speech.stop()
            self._speech.say(self._labels.popleft())

    def _report(self, line: str) -> None:
        self.send("log", text=line)

    def _open(self, engine: Engine) -> None:
        """Open the output, retrying until it works."""
        pause = RETRY_S
        reported = ""
        while True:
            try:
                what = engine.open()
            except UnavailableError as answer:
                self.send("unavailable", why=str(answer))
                return
            except NoOutputError as answer:
                if str(answer) != reported:
                    reported = str(answer)
                    self.send("waiting", why=reported)
                threading.Event().wait(pause)
                pause = min(LONGEST_RETRY_S, 2 * pause)
                continue
            self._engine = engine
            gc.collect()
            gc.freeze()
            self.send("open", what=what, latency=round(engine.latency_ms))
            flac.prepare()
            return

    def _beat(self) -> None:
        """Send queued messages at once, and a heartbeat every `BEAT_S`."""
        next_beat = monotonic_ms()
        while True:
            self._wake.wait(max(0.0, (next_beat - monotonic_ms()) / 1000))
            self._wake.clear()
            if monotonic_ms() >= next_beat:
                next_beat = monotonic_ms() + BEAT_S * 1000
                faulthandler.dump_traceback_later(FROZEN_S, exit=True)
                self._check_parent_and_output()
            self._speak_labels()
            self._flush()

    def _check_parent_and_output(self) -> None:
        if os.name == "posix" and os.getppid() != self._parent:
            os._exit(0)  # the parent has ended, but another process holds its end of the pipe
        if self._engine is not None and self._engine.stalled_ms() > STALLED_MS:
            self.send("lost", why="the sound server stopped taking sound")
            self._flush()
            os._exit(3)
        self.send("beat")

    def _flush(self) -> None:
        lines = []
        while self._pending:
            lines.append(self._pending.popleft())
        try:
            os.write(self._answers, b"".join(lines))
        except OSError:
            os._exit(0)  # the parent has closed the pipe


def main() -> None:
    """Run as a child process."""
    # The audio callback must not wait long for the interpreter lock or for the CPU.
    sys.setswitchinterval(0.001)
    if hasattr(os, "nice"):
        with suppress(OSError):  # most users lack the permission, and it is optional
            os.nice(NICE)
    Child(sys.stdin.buffer, sys.stdout.fileno()).run()


if __name__ == "__main__":
    main()
