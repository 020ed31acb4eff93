"""The player's child process: takes cues on stdin, plays them when they are due, tells on stdout what happened.

It ends by itself when stdin does, so it cannot outlive its parent, and it never closes an output: with a frozen sound
server that would hang. One child has one output; when that is lost the child says so and ends, and the parent starts
another.
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

from retro_timer.audio import wire
from retro_timer.audio.backends import Engine, NotNow, Unavailable
from retro_timer.audio.backends.persistent import PersistentOutput, now_ms
from retro_timer.audio.clips import Clips

if TYPE_CHECKING:
    from retro_timer.audio.backends.per_cue import Speaker
    from retro_timer.audio.options import SoundOptions
    from retro_timer.audio.speech import SystemSpeech

BEAT_S: Final = 0.5
"""How often the child says that it lives."""
STALLED_MS: Final = 700.0
"""An output that takes nothing for this long is lost."""
RETRY_S: Final = 0.25
LONGEST_RETRY_S: Final = 1.0
FROZEN_S: Final = 3.0
"""A child that cannot even beat for this long (a library that holds the interpreter) is ended from outside of it."""
NICE: Final = -11
"""The priority PulseAudio asks for itself."""
_MOST_UNSAID: Final = 10_000
_MOST_LABELS: Final = 8


class Child:
    """Reads, plays, tells. `run` never returns.

    Args:
        lines: what the parent says.
        answers: the file descriptor the answers go to.
    """

    def __init__(self, lines: IO[bytes], answers: int) -> None:
        self._lines = lines
        self._answers = answers
        self._unsaid: deque[bytes] = deque(maxlen=_MOST_UNSAID)
        self._news = threading.Event()
        self._engine: Engine | None = None
        self._labels: deque[str] = deque(maxlen=_MOST_LABELS)
        self._speech: SystemSpeech | None = None
        self._parent = os.getppid()

    def run(self) -> None:
        """Do as the first line says until there are no more lines."""
        options = wire.decode_options(wire.decode(self._lines.readline(wire.MAX_LINE + 1)))
        if options is None:
            os._exit(2)
        engine = self._make_engine(options)
        clips = Clips(options, self._report)
        threading.Thread(target=self._beat, name="beat", daemon=True).start()
        threading.Thread(target=self._open, args=(engine,), name="open", daemon=True).start()
        while line := self._lines.readline(wire.MAX_LINE + 1):
            message = wire.decode(line)
            if message is not None:
                self._do(message, engine, clips)
        engine.abandon()
        self._hush()
        os._exit(0)

    def _make_engine(self, options: SoundOptions) -> Engine:
        """The engine of the backend the parent chose."""
        if options.backend == "miniaudio":
            return PersistentOutput(self.heed, options.offset_ms, self._report)
        from retro_timer.audio.backends.per_cue import PerCueOutput  # noqa: PLC0415  # the usual child is kept small

        if options.backend == "simpleaudio":
            from retro_timer.audio.backends.simple import SimpleAudio  # noqa: PLC0415  # the same

            speaker: Speaker = SimpleAudio()
        else:
            from retro_timer.audio.backends.system import SystemSpeaker  # noqa: PLC0415  # the same

            speaker = SystemSpeaker()
        return PerCueOutput(speaker, self.heed, now_ms, offset_ms=options.offset_ms, pre_roll_ms=options.pre_roll_ms)

    def _do(self, message: wire.Message, engine: Engine, clips: Clips) -> None:
        match message["is"]:
            case "play":
                order = wire.decode_order(message, round(now_ms()))
                if order is not None:
                    engine.play(clips.prepare(order))
            case "cancel":
                sounding = message.get("sounding") is not False
                engine.cancel(sounding=sounding)
                if sounding:
                    self._hush()
            case "click":
                stretches = wire.decode_clicks(message, round(now_ms()))
                if stretches is not None:
                    engine.click(stretches, clips.click)
            case "mute":
                engine.mute(message.get("on") is True)
                if message.get("on") is True:
                    self._hush()
            case "drain":
                engine.drain()

    def tell(self, kind: str, /, **fields: object) -> None:
        """Tell the parent something, soon, from whatever thread; never blocks."""
        self._unsaid.append(wire.encode(kind, **fields))
        self._news.set()

    def heed(self, kind: str, /, **fields: object) -> None:
        """Take what the engine tells: a label is said now (an empty one hushes it), the rest is told."""
        if kind == "label":
            if fields["text"] or self._speech is not None:
                self._labels.append(str(fields["text"]))
                self._news.set()
        else:
            self.tell(kind, **fields)

    def _hush(self) -> None:
        self._labels.clear()
        if self._speech is not None:
            self._speech.stop()

    def _say_labels(self) -> None:
        """Let the system say the walker's own words, where it can; it does so in a thread of its own."""
        if self._labels and self._speech is None:
            from retro_timer.audio.speech import SystemSpeech  # noqa: PLC0415  # few workouts have labels

            self._speech = SystemSpeech(report=self._report)
        while self._labels and self._speech is not None:
            self._speech.stop()
            self._speech.say(self._labels.popleft())

    def _report(self, line: str) -> None:
        self.tell("log", text=line)

    def _open(self, engine: Engine) -> None:
        """Open the output, however often it takes."""
        pause = RETRY_S
        said = ""
        while True:
            try:
                what = engine.open()
            except Unavailable as answer:
                self.tell("unavailable", why=str(answer))
                return
            except NotNow as answer:
                if str(answer) != said:
                    said = str(answer)
                    self.tell("waiting", why=said)
                threading.Event().wait(pause)
                pause = min(LONGEST_RETRY_S, 2 * pause)
                continue
            self._engine = engine
            gc.collect()
            gc.freeze()
            self.tell("open", what=what, latency=round(engine.latency_ms))
            return

    def _beat(self) -> None:
        """Say what there is to be said at once, and that all is well every `BEAT_S`."""
        next_beat = now_ms()
        while True:
            self._news.wait(max(0.0, (next_beat - now_ms()) / 1000))
            self._news.clear()
            if now_ms() >= next_beat:
                next_beat = now_ms() + BEAT_S * 1000
                faulthandler.dump_traceback_later(FROZEN_S, exit=True)
                self._look_around()
            self._say_labels()
            self._say()

    def _look_around(self) -> None:
        if os.name == "posix" and os.getppid() != self._parent:
            os._exit(0)  # the parent is gone, and somebody else holds its end of the pipe
        if self._engine is not None and self._engine.stalled_ms() > STALLED_MS:
            self.tell("lost", why="the sound server stopped taking sound")
            self._say()
            os._exit(3)
        self.tell("beat")

    def _say(self) -> None:
        lines = []
        while self._unsaid:
            lines.append(self._unsaid.popleft())
        try:
            os.write(self._answers, b"".join(lines))
        except OSError:
            os._exit(0)  # nobody listens any more


def main() -> None:
    """Run as a child process."""
    # A callback that waits for the interpreter, or for its turn on the machine, is a callback that is late.
    sys.setswitchinterval(0.001)
    if hasattr(os, "nice"):
        with suppress(OSError):  # most users may not, and it works without
            os.nice(NICE)
    Child(sys.stdin.buffer, sys.stdout.fileno()).run()


if __name__ == "__main__":
    main()
