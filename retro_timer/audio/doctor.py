"""What `retro-timer doctor` knows of the sound: what was found, what was chosen and why, and whether it is heard.

A trial plays through the same child process as a session, so what it reports is what a session would get.
"""

from __future__ import annotations

import sys
import time
from dataclasses import asdict, dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, Self

from retro_timer.audio import wire
from retro_timer.audio.choose import MIXES, Choice, Found, at_far_end, choose, look_around
from retro_timer.audio.link import Link
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.phrases import SOUND_CHECK
from retro_timer.session.ports import DueCue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retro_timer.audio.options import SoundOptions

OPEN_S: Final = 5.0
"""How long the output may take to open before the trial gives up."""
PLAYED_S: Final = 15.0
"""How long one cue may take to be over."""
_AHEAD_MS: Final = 300


@dataclass(frozen=True, slots=True)
class SoundReport:
    """What was found, without a sound being made.

    Attributes:
        found: every backend, usable or not, with its version.
        order: the backends that would be tried, the first first.
        why: one sentence why.
        far_end: whether this runs over SSH, so that the sound comes out of the other machine.
        speech: the program that says the walker's own words, or None.
        python: the version of Python.
        platform: what `sys.platform` says.
    """

    found: tuple[Found, ...]
    order: tuple[str, ...]
    why: str
    far_end: bool
    speech: str | None
    python: str
    platform: str

    def as_json(self) -> dict[str, object]:
        """The same, as JSON can hold it."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """The same, to be read."""
        for entry in self.found:
            yield f"{entry.name}: {f'{entry.version} found' if entry.usable else entry.missing}"
        yield f"chosen: {self.order[0] if self.order else 'none'} ({self.why.rstrip('.')})"
        yield f"labels: {self.speech or 'no program that speaks was found; they are shown only'}"
        has_metronome = bool(self.order) and self.order[0] in MIXES
        yield f"metronome: {'there is one' if has_metronome else 'none: only miniaudio can click beneath the cues'}"
        if self.far_end:
            yield "this runs over SSH: the sound comes out of the machine at the far end"


@dataclass(frozen=True, slots=True)
class Opened:
    """The output a trial plays on.

    Attributes:
        backend: which one of `options.BACKENDS`.
        what: the output, in a few words.
        latency_ms: from the player to the speaker, as far as it is known; what a wireless speaker adds is not.
        open_ms: how long it took to start the player and open the output.
    """

    backend: str
    what: str
    latency_ms: int
    open_ms: int


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one cue of a trial.

    Attributes:
        name: the sound, or "voice".
        heard: whether the output took all of it.
        late_ms: how late it began by the player's own reckoning; negative is early, None when it never began.
        why: why it was not heard; empty when it was.
    """

    name: str
    heard: bool
    late_ms: float | None
    why: str = ""


def report(options: SoundOptions, *, look: Callable[[], tuple[Found, ...]] = look_around) -> SoundReport:
    """What was found and chosen; opens nothing and makes no sound."""
    from retro_timer.audio.speech import SystemSpeech  # noqa: PLC0415  # only doctor asks

    found = look()
    choice = choose(options.backend, found)
    return SoundReport(
        found=found,
        order=choice.order,
        why=choice.why,
        far_end=at_far_end(),
        speech=SystemSpeech().program,
        python=".".join(map(str, sys.version_info[:3])),
        platform=sys.platform,
    )


class NoSoundError(RuntimeError):
    """No output could be opened; the text says why, in one line."""


class Trial:
    """Plays every sound, one after the other, and says what became of each. A context manager.

    Args:
        options: how the walker wants to be heard.
        look: finds the backends of this machine.

    Raises:
        NoSoundError: on entering, when there is no output.
    """

    opened: Opened
    """The output; known once entered."""

    def __init__(self, options: SoundOptions, *, look: Callable[[], tuple[Found, ...]] = look_around) -> None:
        self._options = options
        self._choice: Choice = choose(options.backend, look())
        self._said: SimpleQueue[wire.Message | None] = SimpleQueue()
        self._link: Link | None = None
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
        """Play every sound and one phrase; each is reported when it is over."""
        for sound in Sound:
            yield self.play(sound)
        yield self.play(None)

    def play(self, sound: Sound | None) -> Played:
        """Play one sound, or the voice when None, and wait until it is over."""
        words = () if sound else (SOUND_CHECK,)
        name = sound.value if sound else "voice"
        self._last += 1
        due = DueCue(_now() + _AHEAD_MS, Cue(0, CueKind.SOUND, sound, words))
        if self._link is None:
            return Played(name, heard=False, late_ms=None, why="The player is closed.")
        self._link.send(wire.encode_order(self._last, due))
        return self._outcome(name)

    def _outcome(self, name: str) -> Played:
        late: float | None = None
        for message in self._messages(PLAYED_S):
            if message["is"] == "lost":
                return Played(name, heard=False, late_ms=late, why=wire.text(message, "why"))
            if wire.whole(message, "id") != self._last:
                continue
            if message["is"] == "started" and isinstance(message.get("late"), int | float):
                late = float(str(message["late"]))
            elif message["is"] == "done":
                return Played(name, heard=True, late_ms=late)
            elif message["is"] == "dropped":
                return Played(name, heard=False, late_ms=late, why=wire.text(message, "why"))
        return Played(name, heard=False, late_ms=late, why="The player did not answer.")

    def _open(self, backend: str) -> Opened:
        begun = _now()
        self._said = SimpleQueue()
        try:
            self._link = Link(partial(SimpleQueue.put, self._said))
        except OSError as error:
            raise NoSoundError(f"The player could not be started: {error.strerror}.") from error
        self._link.send(wire.encode_options(self._options.but(backend=backend)))
        why = f"{backend} did not open an output within {OPEN_S:.0f} s."
        for message in self._messages(OPEN_S):
            if message["is"] == "open":
                latency = wire.whole(message, "latency") or 0
                return Opened(backend, wire.text(message, "what"), latency, _now() - begun)
            if message["is"] == "unavailable":
                raise NoSoundError(wire.text(message, "why"))
            if message["is"] == "waiting":
                why = wire.text(message, "why")
        raise NoSoundError(why)

    def _messages(self, seconds: float) -> Iterator[wire.Message]:
        """What the child says, for so long at most, and until it says no more."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                message = self._said.get(timeout=left)
            except Empty:
                return
            if message is None:
                return
            yield message

    def _end(self) -> None:
        if self._link is not None:
            self._link.end(0.5)
            self._link = None


def _now() -> int:
    return time.monotonic_ns() // 1_000_000
