"""The sound report of `retro-timer doctor`: backends found, the choice and its reason, and a trial of all sounds.

A trial plays through the same child process as a session, so its results apply to sessions.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, Self

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from retro_timer.audio import protocol
from retro_timer.audio.child_process import ChildProcess
from retro_timer.audio.choose import MIXES, BackendChoice, Found, choose, find_backends
from retro_timer.audio.library import Library, UnusableClip
from retro_timer.clock import now_ms
from retro_timer.errors import UserError, reason
from retro_timer.extras import install_command
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.ports import VOICES, DueCue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retro_timer.audio.options import SoundOptions

OPEN_S: Final = 5.0
"""Timeout for opening the output, in seconds."""
PLAYED_S: Final = 15.0
"""Timeout for playing one cue, in seconds."""
_AHEAD_MS: Final = 300
_MOST_CLIPS: Final = 5
"""Maximum number of unusable clips listed for each voice."""


class SoundReport(Struct, frozen=True):
    """The static part of the report; makes no sound.

    Attributes:
        found: all backends, usable or not, with their versions.
        order: the backends to try, in order.
        why: the reason as one sentence.
        far_end: whether this runs over SSH, so that the sound plays on the remote machine.
        voice: the voice that speaks, one of `session.ports.VOICES`.
        unusable: the clips of all voices that cannot be read.
        speech: the speech program for labels, or None.
        lacking: the missing packages of the extra that renders labels in the voice.
        python: the version of Python.
        platform: `sys.platform`.
    """

    found: tuple[Found, ...]
    order: tuple[str, ...]
    why: str
    far_end: bool
    voice: str
    unusable: tuple[UnusableClip, ...]
    speech: str | None
    lacking: tuple[str, ...]
    python: str
    platform: str

    def as_json(self) -> dict[str, object]:
        """The report for JSON."""
        fields: dict[str, object] = to_builtins(self)
        return fields

    def lines(self) -> Iterator[str]:
        """The report as lines of text."""
        for entry in self.found:
            yield f"{entry.name}: {f'{entry.version} found' if entry.usable else entry.missing}"
        yield f"chosen: {self.order[0] if self.order else 'none'} ({self.why.rstrip('.')})"
        yield f"voice: {self.voice}"
        yield from self._lines_about_clips()
        yield f"labels: {self.speech or 'no speech program was found; they are only shown'}"
        yield f"labels in the voice {self.voice}: " + (
            f"not installed ({', '.join(self.lacking)}); {install_command('voice')} adds it"
            if self.lacking
            else "rendered before a session that uses them"
        )
        has_metronome = bool(self.order) and self.order[0] in MIXES
        yield f"metronome: {'available' if has_metronome else 'none; only miniaudio can click under the cues'}"
        if self.far_end:
            yield "over SSH: the sound plays on the remote machine"

    def _lines_about_clips(self) -> Iterator[str]:
        """The clips that cannot be read, and the voices that say them instead."""
        for voice in VOICES:
            own = [clip for clip in self.unusable if clip.voice == voice]
            for clip in own[:_MOST_CLIPS]:
                lacking = {other.voice for other in self.unusable if other.phrase == clip.phrase}
                instead = next((other for other in VOICES if other not in lacking), None)
                yield f"voice {voice}: the clip of {clip.phrase!r} cannot be read: {clip.reason}; " + (
                    f"{instead} says it" if instead else "no voice says it"
                )
            if len(own) > _MOST_CLIPS:
                yield f"voice {voice}: {len(own) - _MOST_CLIPS} more clips cannot be read"


class OutputOpened(Struct, frozen=True):
    """The output of a trial.

    Attributes:
        backend: one of `session.ports.BACKENDS`.
        what: the output in a few words.
        latency_ms: known latency from player to speaker, without a wireless speaker's own latency.
        open_ms: time to start the player and open the output.
    """

    backend: str
    what: str
    latency_ms: int
    open_ms: int


class Played(Struct, frozen=True):
    """The result of one cue of a trial.

    Attributes:
        name: the name of the sound, or "voice".
        heard: whether it was played completely.
        late_ms: how late it started, as measured by the player; negative means early, None if it never started.
        why: why it was not played; empty if it was.
    """

    name: str
    heard: bool
    late_ms: float | None
    why: str = ""


def report(options: SoundOptions, *, find: Callable[[], tuple[Found, ...]] = find_backends) -> SoundReport:
    """Make the report, without opening an output or making a sound."""
    from retro_timer.audio.label_clips import missing_packages  # only needed by doctor
    from retro_timer.audio.speech import SystemSpeech  # likewise

    found = find()
    library = Library(language=options.language, voice=options.voice)
    choice = choose(options.backend, found)
    return SoundReport(
        found=found,
        order=choice.order,
        why=choice.why,
        far_end=options.far_end,
        voice=library.voice,
        unusable=tuple(library.unusable(options.phrases.every_phrase())),
        speech=SystemSpeech().program,
        lacking=missing_packages(),
        python=".".join(map(str, sys.version_info[:3])),
        platform=sys.platform,
    )


class NoSoundError(UserError):
    """No output could be opened; the message is one line with the reasons."""


class Trial:
    """Plays all sounds one after the other and reports the results. A context manager.

    Args:
        options: the sound options.
        find: finds the backends of this machine.

    Raises:
        NoSoundError: on entering, if there is no output.
    """

    opened: OutputOpened
    """The output; set on entering."""

    def __init__(self, options: SoundOptions, *, find: Callable[[], tuple[Found, ...]] = find_backends) -> None:
        self._options = options
        self._choice: BackendChoice = choose(options.backend, find())
        self._received: SimpleQueue[protocol.Message | None] = SimpleQueue()
        self._child: ChildProcess | None = None
        self._last = 0

    def __enter__(self) -> Self:
        reasons = [] if self._choice.order else [self._choice.why]
        for backend in self._choice.order:
            try:
                self.opened = self._open(backend)
            except NoSoundError as error:
                reasons.append(str(error))
                self._end()
                continue
            return self
        raise NoSoundError(" ".join(reasons))

    def __exit__(self, *_: object) -> None:
        self._end()

    def play_all(self) -> Iterator[Played]:
        """Play all sounds and one phrase; yields each result when it is over."""
        for sound in Sound:
            yield self.play(sound)
        yield self.play(None)

    def play(self, sound: Sound | None) -> Played:
        """Play one sound (None: the voice), and wait until it is over."""
        words = () if sound else (self._options.phrases.SOUND_CHECK,)
        name = sound.value if sound else "voice"
        self._last += 1
        due = DueCue(now_ms() + _AHEAD_MS, Cue(0, CueKind.SOUND, sound, words))
        if self._child is None:
            return Played(name, heard=False, late_ms=None, why="The player is closed.")
        self._child.send(protocol.encode_cue(self._last, due))
        return self._outcome(name)

    def _outcome(self, name: str) -> Played:
        late: float | None = None
        for message in self._messages(PLAYED_S):
            if message["is"] == "lost":
                return Played(name, heard=False, late_ms=late, why=protocol.text(message, "why"))
            if protocol.whole(message, "id") != self._last:
                continue
            if message["is"] == "started" and isinstance(message.get("late"), int | float):
                late = float(str(message["late"]))
            elif message["is"] == "done":
                return Played(name, heard=True, late_ms=late)
            elif message["is"] == "dropped":
                return Played(name, heard=False, late_ms=late, why=protocol.text(message, "why"))
        return Played(name, heard=False, late_ms=late, why="The player did not answer.")

    def _open(self, backend: str) -> OutputOpened:
        begun = now_ms()
        self._received = SimpleQueue()
        try:
            self._child = ChildProcess(partial(SimpleQueue.put, self._received))
        except OSError as error:
            raise NoSoundError(f"The player could not be started: {reason(error)}.") from error
        self._child.send(protocol.encode_options(replace(self._options, backend=backend)))
        why = f"{backend} did not open an output within {OPEN_S:.0f} s."
        for message in self._messages(OPEN_S):
            if message["is"] == "open":
                latency = protocol.whole(message, "latency") or 0
                return OutputOpened(backend, protocol.text(message, "what"), latency, now_ms() - begun)
            if message["is"] == "unavailable":
                raise NoSoundError(protocol.text(message, "why"))
            if message["is"] == "waiting":
                why = protocol.text(message, "why")
        raise NoSoundError(why)

    def _messages(self, seconds: float) -> Iterator[protocol.Message]:
        """The messages from the child, until the timeout or the end of its output."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                message = self._received.get(timeout=left)
            except Empty:
                return
            if message is None:
                return
            yield message

    def _end(self) -> None:
        if self._child is not None:
            self._child.end(0.5)
            self._child = None
