"""The player as the session sees it: nothing here blocks, and nothing raises, whatever happened to the sound.

Importing this costs next to nothing; processes, pipes and sound are imported by a thread once the player was started.
"""

from __future__ import annotations

import time
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final

from retro_timer.session.ports import Clicks, DueCue, SoundState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.audio.options import SoundOptions
    from retro_timer.audio.supervisor import Supervisor

_CLOSED_S: Final = 1.0
"""How long closing may take beyond the cue that is sounding."""


class SoundPlayer:
    """Plays cues through a child process; a `session.ports.Player`.

    The three callables are called from the player's thread and must not wait for another (`post_message` and
    `call_soon_threadsafe` do not, `call_from_thread` does); a RuntimeError of theirs, because their loop is closed, is
    ignored.

    Args:
        options: how the walker wants to be heard.
        ring: rings the terminal's bell where there is nothing better.
        on_state: called whenever `state` or `detail` changed.
        log: takes one line about what happened to the sound.
    """

    def __init__(
        self,
        options: SoundOptions,
        *,
        ring: Callable[[], None] | None = None,
        on_state: Callable[[], None] | None = None,
        log: Callable[[str], None] | None = None,
    ) -> None:
        self._options = options
        self._ring = ring
        self._on_state = on_state
        self._log = log
        self._inbox: SimpleQueue[Callable[[Supervisor], None]] = SimpleQueue()
        self._shown = (SoundState.STARTING, "")
        self._supervisor: Supervisor | None = None
        self._thread = Thread(target=self._run, name="player", daemon=True)
        self._thread.start()

    @property
    def state(self) -> SoundState:
        """What is known of the sound right now."""
        return self._shown[0]

    @property
    def detail(self) -> str:
        """One line for the screen: which output is used, or why there is none."""
        return self._shown[1]

    @property
    def has_metronome(self) -> bool:
        """Whether clicks are heard at all; a player that is not there yet is taken for one that has a metronome."""
        return self._supervisor is None or self._supervisor.has_metronome

    @property
    def pid(self) -> int | None:
        """The process id of the child that plays, or None while there is none."""
        return None if self._supervisor is None else self._supervisor.pid

    def send(self, cues: Sequence[DueCue]) -> None:
        """Queue cues to be heard when they are due; one that is due already is played at once."""
        sent = tuple(cues)
        self._inbox.put(lambda supervisor: supervisor.send(sent))

    def cancel(self, *, sounding: bool = True) -> None:
        """Forget what is queued; also fade out what is sounding, without a click, when `sounding`."""
        self._inbox.put(lambda supervisor: supervisor.cancel(sounding=sounding))

    def click(self, stretches: Sequence[Clicks]) -> None:
        """Click to step to in these stretches of time, and in no others."""
        asked = tuple(stretches)
        self._inbox.put(lambda supervisor: supervisor.click(asked))

    def mute(self, muted: bool) -> None:
        """Silence everything but what is said about the sound itself ("Muted."), or stop doing so."""
        self._inbox.put(lambda supervisor: supervisor.mute(muted))

    def close(self, *, drain: bool) -> None:
        """Stop, after the cue that is sounding when `drain`; never takes longer than a second beyond it."""
        from retro_timer.audio.supervisor import DRAIN_MS  # noqa: PLC0415  # imported by the thread long ago

        self._inbox.put(lambda supervisor: supervisor.close(drain=drain))
        self._thread.join(_CLOSED_S + (DRAIN_MS / 1000 if drain else 0))

    def _run(self) -> None:
        from retro_timer.audio.supervisor import Supervisor  # noqa: PLC0415  # the screen comes first
        from retro_timer.audio.surroundings import Surroundings  # noqa: PLC0415  # the same

        surroundings = Surroundings(
            show=self._show,
            log=self._say,
            clock=lambda: time.monotonic_ns() // 1_000_000,
            ring=None if self._ring is None else self._ring_bell,
        )
        self._supervisor = Supervisor(self._options, self._inbox, surroundings)
        self._supervisor.run()

    def _show(self, state: SoundState, detail: str) -> None:
        if self._shown == (state, detail):
            return
        self._shown = (state, detail)
        if self._on_state is not None:
            with suppress(RuntimeError):
                self._on_state()

    def _say(self, line: str) -> None:
        if self._log is not None:
            with suppress(RuntimeError):
                self._log(line)

    def _ring_bell(self) -> None:
        if self._ring is not None:
            with suppress(RuntimeError):
                self._ring()
