"""The child process's supervisor: starts, monitors and restarts it, and tracks the state of the sound.

It runs in one thread that owns all state. Other threads put callables into its inbox, which never blocks; blocking
operations (the child's pipes) have their own threads in `child_process`.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from queue import Empty
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec.structs import replace

from retro_timer.audio import protocol
from retro_timer.audio.choose import AS_ASKED, AUTOMATIC, MIXES, BackendChoice, choose
from retro_timer.audio.missed import NO_SOUND, Missed
from retro_timer.audio.outstanding_cues import OutstandingCues
from retro_timer.session.ports import DueCue, MetronomeSpan, SoundState
from retro_timer.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from queue import SimpleQueue

    from retro_timer.audio.dependencies import ChildHandle, Dependencies
    from retro_timer.audio.options import SoundOptions
    from retro_timer.session.cue import Cue

TICK_MS: Final = 250
SILENT_MS: Final = 1500
"""A child without a message for this long is considered dead or frozen."""
SLOW_START_MS: Final = 6000
"""Timeout for the first message of a child; starting one takes time on a busy machine."""
SLOW_OPEN_MS: Final = 2000
"""Delay after which the screen shows that there is no output yet; the child keeps trying."""
OPEN_MS: Final = 15_000
"""Timeout for opening the output, after which the child is replaced."""
BACKOFF_MS: Final = (0, 250, 500, 1000, 2000)
"""Delay before a restart, by the number of recent losses."""
_FORGIVEN_MS: Final = 10_000
_CRASHES: Final = 3
"""Number of crashes before the first sound after which the next backend is used."""
DRAIN_MS: Final = 9000
"""Maximum time to wait for the end of a cue when closing."""
_END_S: Final = 0.5
_STOPPED_MS: Final = 1000
"""If a check is this late, this process itself was stopped and has unread messages from the child."""


Inbox: TypeAlias = "SimpleQueue[Callable[[Supervisor], None]]"


class Supervisor:
    """Supervises the child process. `run` is the thread, and all other methods are called in it.

    Args:
        options: the sound options.
        inbox: callables from other threads; each is called with the supervisor.
        dependencies: its dependencies.
    """

    def __init__(self, options: SoundOptions, inbox: Inbox, dependencies: Dependencies) -> None:
        self._options = options
        self._inbox = inbox
        self._dependencies = dependencies
        self._show = dependencies.show
        self._log = dependencies.log
        self._clock = dependencies.clock
        self._ring = dependencies.ring
        self._outstanding = OutstandingCues(options.phrases)
        self._missed = Missed(dependencies.log)
        self._choice = BackendChoice((), "")
        self._candidate = 0
        self._child: ChildHandle | None = None
        self._number = 0
        self._state = SoundState.STARTING
        self._muted = False
        self._clicks: tuple[MetronomeSpan, ...] = ()
        self._warned = False  # whether a missing metronome was logged
        self._what = ""
        self._open = False
        self._was_open = False
        self._heard = 0
        self._launched = 0
        self._opened = 0
        self._launch_at: int | None = None
        self._losses = 0
        self._recent_losses = 0
        self._crashes = 0
        self._end_at: int | None = None
        self._over = False

    @property
    def pid(self) -> int | None:
        """The process id of the child, or None."""
        return None if self._child is None else self._child.pid

    @property
    def backend(self) -> str:
        """The backend in use; empty if there is none."""
        order = self._choice.order
        return order[self._candidate] if self._candidate < len(order) else ""

    @property
    def has_metronome(self) -> bool:
        """Whether the backend can play clicks."""
        return self.backend in MIXES

    @property
    def losses(self) -> int:
        """How often the sound was lost."""
        return self._losses

    @property
    def missed(self) -> tuple[Cue, ...]:
        """The missed cues, in order."""
        return self._missed.lost

    @property
    def over(self) -> bool:
        """Whether closing is complete."""
        return self._over

    def run(self) -> None:
        """Run until closed."""
        self.do(Supervisor.begin)
        check_at = self._clock()
        while not self._over:
            wait = max(0, check_at - self._clock())
            with suppress(Empty):
                self.do(self._inbox.get(timeout=wait / 1000))
            now = self._clock()
            check_at = min(check_at, self._next_check(now))
            if now < check_at:
                continue
            if now - check_at > _STOPPED_MS:
                self._heard = now
            self.do(partial(Supervisor.check, now=now))
            check_at = self._next_check(now)

    def do(self, what: Callable[[Supervisor], None]) -> None:
        """Run a callable from the inbox. An error in it must not stop the sound."""
        try:
            what(self)
        except Exception as error:  # noqa: BLE001  # logged, then continue with the next one
            self._log(f"The player failed: {error!r}")

    def _next_check(self, now: int) -> int:
        ring = self._outstanding.next_ring() if self._rings else None
        return min(now + TICK_MS, max(now, ring)) if ring is not None else now + TICK_MS

    @property
    def _rings(self) -> bool:
        return self._ring is not None and not self._muted and self._state in (SoundState.BELL, SoundState.LOST)

    def check(self, now: int) -> None:
        """Handle timeouts and other timed events."""
        if not self._open:
            self._outstanding.expire(now)
            self._count_missed()
        if self._rings and self._ring is not None and self._outstanding.ring(now):
            self._ring()
        if self._end_at is not None and now >= self._end_at:
            self._finish()
        elif self._child is not None:
            self._check_child(now)
        elif self._launch_at is not None and now >= self._launch_at:
            self._start_child(now)

    def _check_child(self, now: int) -> None:
        limit = SILENT_MS if self._heard > self._launched else SLOW_START_MS
        if now - self._heard > limit:
            self._replace_child("the player did not answer")
        elif not self._open and now - self._launched > OPEN_MS:
            self._replace_child("the sound server did not answer")
        elif not self._open and now - self._launched > SLOW_OPEN_MS and self._state is SoundState.STARTING:
            self._without_sound("the sound server does not answer")
        elif self._open and now - self._opened > _FORGIVEN_MS:
            self._recent_losses = 0

    def send(self, cues: tuple[DueCue, ...]) -> None:
        """Queue cues."""
        added = self._outstanding.add(cues)
        if len(added) < len(cues):
            self._log(f"Too many cues at once: {len(cues) - len(added)} were left out.")
        if self._open and self._child is not None:
            for ident, cue in added:
                self._child.send(protocol.encode_cue(ident, cue))

    def cancel(self, *, sounding: bool) -> None:
        """Clear the queue; with `sounding`, also silence the current sounds."""
        self._outstanding.clear(after=None if sounding else self._clock())
        if self._child is not None:
            self._child.send(protocol.encode("cancel", sounding=sounding))

    def click(self, spans: tuple[MetronomeSpan, ...]) -> None:
        """Click during these spans, which replace all earlier ones; also sent to a restarted child."""
        self._clicks = spans
        if self._open:
            self._send_clicks()

    def _send_clicks(self) -> None:
        if self.has_metronome and self._child is not None:
            self._child.send(protocol.encode_clicks(self._clicks))
        elif self._clicks and not self._warned:
            self._warned = True
            self._log(f"No metronome with {self.backend}: it cannot mix sounds.")

    def mute(self, muted: bool) -> None:
        """Mute or unmute."""
        self._muted = muted
        if self._child is not None:
            self._child.send(protocol.encode("mute", on=muted))
        if self._open:
            self._show_open()

    def close(self, *, drain: bool) -> None:
        """Close; with `drain`, after the current sounds."""
        self._launch_at = None
        if self._child is None:
            self._over = True
        elif drain and self._open:
            self._child.send(protocol.encode("drain"))
            self._end_at = self._clock() + DRAIN_MS
        else:
            self._finish()

    def _finish(self) -> None:
        if self._child is not None:
            self._child.end(_END_S)
        self._over = True

    def begin(self) -> None:
        """Start with the first backend, or report that there is none."""
        self._choice = choose(self._options.backend, self._dependencies.find_backends())
        if self._choice.quiet == "off":
            self._set(SoundState.OFF, self._choice.why)
        elif not self._choice.order:
            self._without_sound(self._choice.why)
        else:
            self._start_child(self._clock())

    def _start_child(self, now: int) -> None:
        self._launch_at = None
        self._open = False
        self._heard = self._launched = now
        try:
            self._child = self._dependencies.launch(partial(self._post, self._number))
        except OSError as error:
            self._log(f"The player could not be started: {error}")
            self._replace_child("the player could not be started")
            if not self._was_open:
                self._without_sound("the player could not be started")
            return
        self._child.send(protocol.encode_options(replace(self._options, backend=self.backend)))

    def _post(self, number: int, message: protocol.Message | None) -> None:
        """Called in the child's reader thread: forward a message to the supervisor's thread."""
        self._inbox.put(lambda supervisor: supervisor._on_message(number, message))  # noqa: SLF001  # the same class

    def _on_message(self, number: int, message: protocol.Message | None) -> None:
        if number != self._number:
            return  # from a child that was replaced
        now = self._clock()
        self._heard = max(now, self._launched + 1)
        if message is None:
            self._child_ended()
            return
        if (ident := protocol.whole(message, "id")) is not None:
            self._on_cue_message(ident, message, now)
            return
        match message["is"]:
            case "open":
                self._opened_output(protocol.text(message, "what"), now)
            case "waiting":
                self._without_sound(protocol.text(message, "why"))
            case "unavailable":
                self._next_backend(protocol.text(message, "why"))
            case "lost":
                self._replace_child(protocol.text(message, "why"))
            case "drained" if self._end_at is not None:
                self._finish()
            case "log":
                self._log(protocol.text(message, "text"))

    def _on_cue_message(self, ident: int, message: protocol.Message, now: int) -> None:
        """Handle a message about a cue. A dropped safety cue is repeated late if it is still true."""
        why = protocol.text(message, "why")
        missed = message["is"] == "dropped" and why != protocol.BEGUN and not self._muted
        dropped = self._outstanding.dropped(ident, now) if missed else None
        if dropped is None:
            self._outstanding.acknowledged(ident, begun=message["is"] == "started")
            return
        if dropped.again and self._child is not None:
            self._child.send(protocol.encode_cue(ident, dropped.again))
        if dropped.again is None or not dropped.known:
            self._missed.add(dropped.cue, why, again=dropped.again is not None, known=dropped.known)
            self._show_open()

    def _count_missed(self) -> None:
        """Count expired cues as missed, unless there never was any sound."""
        missed = self._outstanding.take_missed()
        if self._was_open and not self._muted:
            for cue in missed:
                self._missed.add(cue, NO_SOUND)

    def _child_ended(self) -> None:
        """Handle an unexpected end of the child."""
        if self._end_at is not None:
            self._finish()
            return
        if not self._open:
            self._crashes += 1
            if self._crashes >= _CRASHES:
                self._next_backend(f"{self.backend} ends the player before it plays anything.")
                return
        self._replace_child("the player ended")

    def _opened_output(self, what: str, now: int) -> None:
        self._open = self._was_open = True
        self._opened = now
        self._crashes = 0
        self._what = what
        again = self._outstanding.recover(now)
        self._count_missed()
        self._show_open()
        if self._child is None:
            return
        self._child.send(protocol.encode("mute", on=self._muted))
        for ident, cue in again:
            self._child.send(protocol.encode_cue(ident, cue))
        if self._clicks:
            self._send_clicks()

    def _show_open(self) -> None:
        far = ", on the remote machine (SSH)" if self._options.far_end else ""
        why = "" if self._choice.why in (AUTOMATIC, AS_ASKED) else f" ({self._choice.why})"
        missed = f"; {self._missed.text}" if self._missed.text else ""
        self._set(SoundState.MUTED if self._muted else SoundState.OK, f"{self._what}{far}{why}{missed}")

    def _replace_child(self, why: str) -> None:
        """Replace the child, with a delay that grows with the number of losses."""
        if self._child is not None:
            self._child.kill()
            self._child = None
        self._number += 1
        self._open = False
        if self._end_at is not None:
            self._over = True
            return
        self._log(f"The sound was lost: {why}.")
        if self._was_open:
            self._set(SoundState.LOST, f"{why}; starting it again")
        self._launch_at = self._clock() + BACKOFF_MS[min(self._recent_losses, len(BACKOFF_MS) - 1)]
        self._recent_losses += 1

    def _next_backend(self, why: str) -> None:
        self._log(why)
        if self._child is not None:
            self._child.kill()
            self._child = None
        self._number += 1
        self._crashes = 0
        self._candidate += 1
        if self._candidate < len(self._choice.order):
            self._choice = BackendChoice(self._choice.order, f"{why} Instead: {self.backend}.")
            self._launch_at = self._clock()
        else:
            self._without_sound(why)

    def _without_sound(self, why: str) -> None:
        """Show that there is no output, or not yet."""
        if self._was_open:
            self._set(SoundState.LOST, why)
        elif self._ring is not None:
            self._set(SoundState.BELL, why)
        else:
            self._set(SoundState.NONE, why)

    def _set(self, state: SoundState, detail: str) -> None:
        if state is SoundState.LOST and self._state is not SoundState.LOST:
            self._losses += 1
        self._state = state
        self._show(state, one_line(detail))
