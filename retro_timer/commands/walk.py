"""Putting a session together: its clock, its player and its rules, for the full screen or for plain lines."""

from __future__ import annotations

import contextlib
import queue
import signal
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retro_timer.audio.silent import PacedPlayer, SilentPlayer
from retro_timer.cli import EXIT_ENDED_EARLY, EXIT_INTERRUPTED, EXIT_TERMINATED
from retro_timer.clock import Clock, RehearsalClock, SystemClock
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.actions import session_actions
from retro_timer.session.conductor import STALE, Conductor
from retro_timer.session.engine import Rules, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from retro_timer.scheduling.workout import Workout
    from retro_timer.session.ports import Player

PLAIN_KEYS = {
    "": "pause", "n": "skip", "p": "back", "+": "longer", "-": "shorter", "b": "backward_more", "B": "backward_less",
    "f": "forward_more", "F": "forward_less", "t": "turn_more", "T": "turn_less", "r": "rounds_more",
    "R": "rounds_less", "c": "cool_down", "u": "undo", "U": "redo", "e": "turned", "m": "mute", "s": "where",
    "x": "bail_out", "q": "end",
}  # fmt: skip
"""What a line typed during a plain session does; an empty line pauses and resumes."""


class Interrupted(BaseException):
    """A signal asks the program to stop. `code` is the exit code."""

    def __init__(self, code: int) -> None:
        self.code = code


@dataclass(frozen=True, slots=True)
class Walk:
    """A workout about to be walked, with what the command line said about it."""

    workout: Workout | None
    data_dir: str | None = None
    audio: str | None = None
    rehearse: int | None = None
    lead_in: int | None = None
    wait_at_turns: bool | None = None

    def plain(self, *, as_json: bool) -> int:
        """Walk it line by line; returns the exit code."""
        from retro_timer.plain import end_line, run_plain  # noqa: PLC0415  (the full screen does not need it)

        clock = self.clock()
        player = self.player(clock)
        assert self.workout is not None  # noqa: S101  (only the full screen opens without one)
        session = Session(flatten(self.workout), self.rules())
        conductor = Conductor(session, player, stale=None if self.rehearse else STALE)
        keys = KeyLines(conductor) if sys.stdin.isatty() else None
        try:
            with signals_raise():
                finished = run_plain(conductor, clock, Waiter(clock, keys), write_line, as_json=as_json)
        except (Interrupted, KeyboardInterrupt) as stop:
            player.close(drain=False)
            end_line(conductor, write_line, as_json=as_json)
            return stop.code if isinstance(stop, Interrupted) else EXIT_INTERRUPTED
        except BrokenPipeError:
            player.close(drain=False)
            raise
        player.close(drain=finished)
        return 0 if finished else EXIT_ENDED_EARLY

    def full_screen(self) -> int:
        """Walk it on the full screen; returns the exit code."""
        from retro_timer.ui.app import RetroTimerApp  # noqa: PLC0415  (a screen is shown: Textual is needed)
        from retro_timer.ui.services import Services  # noqa: PLC0415

        clock = self.clock()
        services = Services(
            clock=clock,
            make_player=lambda on_state, ring: self.player(clock, on_state, ring),
            rules=self.rules(),
            rehearsal=self.rehearse is not None,
        )
        app = RetroTimerApp(services, walk=self.workout)
        app.run()
        return app.return_code or 0

    def rules(self) -> Rules:
        """How the session behaves."""
        given: dict[str, Any] = {"lead_in": self.lead_in, "wait_at_turns": self.wait_at_turns}
        return Rules(**{name: value for name, value in given.items() if value is not None})

    def clock(self) -> Clock:
        """The machine's clock, or a faster one."""
        clock = SystemClock()
        return RehearsalClock(clock, self.rehearse) if self.rehearse else clock

    def player(
        self, clock: Clock, on_state: Callable[[], None] | None = None, ring: Callable[[], None] | None = None
    ) -> Player:
        """What plays the cues; a rehearsal is silent unless sound was asked for."""
        if self.audio == "off" or (self.rehearse and self.audio is None):
            return SilentPlayer()
        from retro_timer.audio.options import SoundOptions  # noqa: PLC0415  (a silent session does not need it)
        from retro_timer.audio.player import SoundPlayer  # noqa: PLC0415

        options = SoundOptions(backend=self.audio or "auto")
        return PacedPlayer(SoundPlayer(options, on_state=on_state, ring=ring), clock)


class Waiter:
    """Waits for a moment of a clock, or for a line typed meanwhile."""

    LONGEST = 0.5
    """Seconds after which a signal is looked at even where waiting cannot be interrupted."""

    def __init__(self, clock: Clock, keys: KeyLines | None) -> None:
        self._clock = clock
        self._keys = keys
        self._idle = threading.Event()

    def __call__(self, until: int | None) -> Callable[[int], object] | None:
        """Wait; returns the action that was typed, if any."""
        while True:
            left = self.LONGEST if until is None else self._left(until)
            if left <= 0:
                return None
            if self._keys is None:
                self._idle.wait(min(left, self.LONGEST))
            elif action := self._keys.get(min(left, self.LONGEST)):
                return action

    def _left(self, until: int) -> float:
        """Seconds of real time until a moment of the clock."""
        now = self._clock.now()
        return (self._clock.system(until) - self._clock.system(now)) / 1000


class KeyLines:
    """Lines typed during a plain session, read on a thread of their own."""

    def __init__(self, conductor: Conductor) -> None:
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._conductor = conductor
        self._actions = session_actions()
        threading.Thread(target=self._read, name="keys", daemon=True).start()

    def get(self, timeout: float) -> Callable[[int], object] | None:
        """The action of the next line, None when none comes in time or it means nothing."""
        with contextlib.suppress(queue.Empty):
            line = self._lines.get(timeout=timeout).strip()
            if line in PLAIN_KEYS:
                action = self._actions[PLAIN_KEYS[line]]
                return lambda now: action(self._conductor, now)
        return None

    def _read(self) -> None:
        for line in sys.stdin:
            self._lines.put(line)


def write_line(line: str) -> None:
    """Write a line and let it be seen at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def signals_raise() -> Iterator[None]:
    """Turn the signals that ask to stop into `Interrupted` while the block runs."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise Interrupted(EXIT_TERMINATED if number == signal.SIGTERM else 128 + number)

    wanted = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {number: signal.signal(number, stop) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
