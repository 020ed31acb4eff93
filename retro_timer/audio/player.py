"""The player used by the session. No call blocks or raises, whatever happens to the sound.

This module is cheap to import; once the player is started, a thread imports everything else.
"""

from __future__ import annotations

from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from retro_timer.clock import SystemClock, now_ms
from retro_timer.session.ports import DueCue, MetronomeSpan, SoundState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.audio.options import SoundOptions
    from retro_timer.audio.supervisor import Supervisor
    from retro_timer.clock import Clock
    from retro_timer.session.cue import Cue

_CLOSED_S: Final = 1.0
"""Seconds that closing may take in addition to the current cue."""


class SoundPlayer:
    """Plays cues through a child process; a `session.ports.Player`.

    The three callables are called in the player's thread and must not block; screens use `ui.bridge`.

    Args:
        options: the sound options.
        clock: the clock by which cues are due; a rehearsal's clock runs faster than the system's.
        ring: rings the terminal's bell if there is no sound.
        on_state: called whenever `state` or `detail` changes.
        log: called with each line to log about the sound.
    """

    def __init__(
        self,
        options: SoundOptions,
        *,
        clock: Clock | None = None,
        ring: Callable[[], None] | None = None,
        on_state: Callable[[], None] | None = None,
        log: Callable[[str], None] | None = None,
    ) -> None:
        self._options = options
        self._clock = clock or SystemClock()
        self._ring = ring
        self._on_state = on_state
        self._log = log
        self._inbox: SimpleQueue[Callable[[Supervisor], None]] = SimpleQueue()
        self._shown = (SoundState.STARTING, "")
        self._supervisor: Supervisor | None = None
        self._thread: Thread | None = None

    @property
    def state(self) -> SoundState:
        """The current state of the sound."""
        return self._shown[0]

    @property
    def losses(self) -> int:
        """How often the sound was lost. If read before `state`, it also reveals a loss that is already over."""
        return 0 if self._supervisor is None else self._supervisor.losses

    @property
    def detail(self) -> str:
        """One line for the screen: the output in use, or why there is none."""
        return self._shown[1]

    @property
    def has_metronome(self) -> bool:
        """Whether the output can play clicks; True until it is known."""
        return self._supervisor is None or self._supervisor.has_metronome

    @property
    def missed(self) -> tuple[Cue, ...]:
        """The cues that were lost, in order."""
        return () if self._supervisor is None else self._supervisor.missed

    @property
    def pid(self) -> int | None:
        """The process id of the child, or None."""
        return None if self._supervisor is None else self._supervisor.pid

    def start(self) -> None:
        """Start the thread that opens the sound; cues sent earlier wait for it. A second call does nothing."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name="player", daemon=True)
            self._thread.start()

    def send(self, cues: Sequence[DueCue]) -> None:
        """Queue cues for their moments; overdue cues play at once."""
        sent = tuple(replace(each, due=self._clock.system(each.due)) for each in cues)
        self._inbox.put(lambda supervisor: supervisor.send(sent))

    def cancel(self, *, sounding: bool = True) -> None:
        """Clear the queue; with `sounding`, also fade out the current sound."""
        self._inbox.put(lambda supervisor: supervisor.cancel(sounding=sounding))

    def click(self, spans: Sequence[MetronomeSpan]) -> None:
        """Click during these spans, which replace all earlier ones."""
        at = self._clock.system  # in a rehearsal the spans are shorter; the tempo stays the walker's
        asked = tuple(replace(each, begin=at(each.begin), until=at(each.until)) for each in spans)
        self._inbox.put(lambda supervisor: supervisor.click(asked))

    def mute(self, muted: bool) -> None:
        """Mute or unmute everything except cues about the sound itself ("Muted.")."""
        self._inbox.put(lambda supervisor: supervisor.mute(muted))

    def close(self, *, drain: bool) -> None:
        """Stop; with `drain`, after the current cue. Takes at most a second longer than that."""
        if self._thread is None:
            return
        from retro_timer.audio.supervisor import DRAIN_MS  # already imported by the thread

        self._inbox.put(lambda supervisor: supervisor.close(drain=drain))
        self._thread.join(_CLOSED_S + (DRAIN_MS / 1000 if drain else 0))

    def _run(self) -> None:
        from retro_timer.audio.dependencies import Dependencies  # late, so that the screen appears first
        from retro_timer.audio.supervisor import Supervisor  # likewise

        dependencies = Dependencies(show=self._show, log=self._say, clock=now_ms, ring=self._ring)
        self._supervisor = Supervisor(self._options, self._inbox, dependencies)
        self._supervisor.run()

    def _show(self, state: SoundState, detail: str) -> None:
        if self._shown == (state, detail):
            return
        self._shown = (state, detail)
        if self._on_state is not None:
            self._on_state()

    def _say(self, line: str) -> None:
        if self._log is not None:
            self._log(line)
