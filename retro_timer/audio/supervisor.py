"""Keeps a child playing: starts it, listens to it, restarts it, and always knows how the sound is.

It is one thread that owns everything here. Whatever others want is put into its inbox as something to call with it,
which never waits; whatever might wait (the child's pipes) has threads of its own in `link`.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from queue import Empty
from typing import TYPE_CHECKING, Final, TypeAlias

from retro_timer.audio import wire
from retro_timer.audio.choose import AS_ASKED, AUTOMATIC, MIXES, Choice, at_far_end, choose
from retro_timer.audio.ledger import Ledger
from retro_timer.session.ports import Clicks, DueCue, SoundState

if TYPE_CHECKING:
    from collections.abc import Callable
    from queue import SimpleQueue

    from retro_timer.audio.options import SoundOptions
    from retro_timer.audio.surroundings import Child, Surroundings

TICK_MS: Final = 250
SILENT_MS: Final = 1500
"""A child that has not been heard for this long is dead or frozen."""
SLOW_START_MS: Final = 6000
"""How long a child may take to say its first word; a busy machine needs time to start one."""
SLOW_OPEN_MS: Final = 2000
"""After this long without an output the screen says so; the child waits on: a frozen server opens when it thaws."""
OPEN_MS: Final = 15_000
"""A child that has not opened its output after this long is replaced."""
BACKOFF_MS: Final = (0, 250, 500, 1000, 2000)
"""How long to wait before the child is started again, by how often it was lost lately."""
_FORGIVEN_MS: Final = 10_000
_CRASHES: Final = 3
"""A backend whose child dies this often before it ever played is given up for the next one."""
DRAIN_MS: Final = 9000
"""The longest that the end of a cue is waited for."""
_END_S: Final = 0.5
_STOPPED_MS: Final = 1000
"""A look this late means that we were stopped ourselves, and have not read what the child said meanwhile."""


Inbox: TypeAlias = "SimpleQueue[Callable[[Supervisor], None]]"


class Supervisor:
    """See the module. `run` is the thread, and everything else is called in it.

    Args:
        options: how the walker wants to be heard.
        inbox: what others want; each is called with the supervisor.
        surroundings: what it acts on.
    """

    def __init__(self, options: SoundOptions, inbox: Inbox, surroundings: Surroundings) -> None:
        self._options = options
        self._inbox = inbox
        self._surroundings = surroundings
        self._show = surroundings.show
        self._log = surroundings.log
        self._clock = surroundings.clock
        self._ring = surroundings.ring
        self._ledger = Ledger()
        self._choice = Choice((), "")
        self._candidate = 0
        self._link: Child | None = None
        self._number = 0
        self._state = SoundState.STARTING
        self._muted = False
        self._clicks: tuple[Clicks, ...] = ()
        self._complained = False  # that there is no metronome
        self._what = ""
        self._open = False
        self._was_open = False
        self._heard = 0
        self._launched = 0
        self._opened = 0
        self._launch_at: int | None = None
        self._losses = 0
        self._crashes = 0
        self._end_at: int | None = None
        self._over = False

    @property
    def pid(self) -> int | None:
        """The child's process id, or None while there is none."""
        return None if self._link is None else self._link.pid

    @property
    def backend(self) -> str:
        """The backend that plays, or is tried; empty when none is left or wanted."""
        order = self._choice.order
        return order[self._candidate] if self._candidate < len(order) else ""

    @property
    def has_metronome(self) -> bool:
        """Whether it can click."""
        return self.backend in MIXES

    @property
    def over(self) -> bool:
        """Whether it was closed, and all is done."""
        return self._over

    def run(self) -> None:
        """Work until closed."""
        self.do(Supervisor.begin)
        look_at = self._clock()
        while not self._over:
            wait = max(0, look_at - self._clock())
            with suppress(Empty):
                self.do(self._inbox.get(timeout=wait / 1000))
            now = self._clock()
            look_at = min(look_at, self._next_look(now))
            if now < look_at:
                continue
            if now - look_at > _STOPPED_MS:
                self._heard = now
            self.do(partial(Supervisor.look, now=now))
            look_at = self._next_look(now)

    def do(self, what: Callable[[Supervisor], None]) -> None:
        """One thing that somebody wanted. Whatever is wrong with it must not end the sound."""
        try:
            what(self)
        except Exception as error:  # noqa: BLE001  # said in the log; the next thing is done all the same
            self._log(f"The player could not do what was asked: {error!r}")

    def _next_look(self, now: int) -> int:
        ring = self._ledger.next_ring() if self._rings else None
        return min(now + TICK_MS, max(now, ring)) if ring is not None else now + TICK_MS

    @property
    def _rings(self) -> bool:
        return self._ring is not None and not self._muted and self._state in (SoundState.BELL, SoundState.LOST)

    def look(self, now: int) -> None:
        """What has to be done because time has passed."""
        if not self._open:
            self._ledger.expire(now)
        if self._rings and self._ring is not None and self._ledger.ring(now):
            self._ring()
        if self._end_at is not None and now >= self._end_at:
            self._finish()
        elif self._link is not None:
            self._look_at_child(now)
        elif self._launch_at is not None and now >= self._launch_at:
            self._start_child(now)

    def _look_at_child(self, now: int) -> None:
        patience = SILENT_MS if self._heard > self._launched else SLOW_START_MS
        if now - self._heard > patience:
            self._lose("the player did not answer")
        elif not self._open and now - self._launched > OPEN_MS:
            self._lose("the sound server did not answer")
        elif not self._open and now - self._launched > SLOW_OPEN_MS and self._state is SoundState.STARTING:
            self._without_sound("the sound server does not answer")
        elif self._open and now - self._opened > _FORGIVEN_MS:
            self._losses = 0

    def send(self, cues: tuple[DueCue, ...]) -> None:
        """Queue cues."""
        added = self._ledger.add(cues)
        if len(added) < len(cues):
            self._log(f"Too many cues at once: {len(cues) - len(added)} were left out.")
        if self._open and self._link is not None:
            for ident, cue in added:
                self._link.send(wire.encode_order(ident, cue))

    def cancel(self, *, sounding: bool) -> None:
        """Forget what waits, and silence what sounds when `sounding`."""
        self._ledger.clear(after=None if sounding else self._clock())
        if self._link is not None:
            self._link.send(wire.encode("cancel", sounding=sounding))

    def click(self, stretches: tuple[Clicks, ...]) -> None:
        """Click in these stretches of time, and in no others; a child that is started anew is told, too."""
        self._clicks = stretches
        if self._open:
            self._send_clicks()

    def _send_clicks(self) -> None:
        if self.has_metronome and self._link is not None:
            self._link.send(wire.encode_clicks(self._clicks))
        elif self._clicks and not self._complained:
            self._complained = True
            self._log(f"There is no metronome with {self.backend}: it cannot mix.")

    def mute(self, muted: bool) -> None:
        """Silence everything, or stop doing so."""
        self._muted = muted
        if self._link is not None:
            self._link.send(wire.encode("mute", on=muted))
        if self._open:
            self._say_open(self._what)

    def close(self, *, drain: bool) -> None:
        """End, after what sounds when `drain`."""
        self._launch_at = None
        if self._link is None:
            self._over = True
        elif drain and self._open:
            self._link.send(wire.encode("drain"))
            self._end_at = self._clock() + DRAIN_MS
        else:
            self._finish()

    def _finish(self) -> None:
        if self._link is not None:
            self._link.end(_END_S)
        self._over = True

    def begin(self) -> None:
        """Start with the first backend, or say that there is none."""
        self._choice = choose(self._options.backend, self._surroundings.look_around())
        if self._choice.quiet == "off":
            self._set(SoundState.OFF, self._choice.why)
        elif not self._choice.order:
            self._without_sound(self._choice.why)
        else:
            self._start_child(self._clock())

    def _start_child(self, now: int) -> None:
        self._launch_at = None
        self._number += 1
        self._open = False
        self._heard = self._launched = now
        try:
            self._link = self._surroundings.launch(partial(self._overhear, self._number))
        except OSError as error:
            self._log(f"The player could not be started: {error}")
            self._lose("the player could not be started")
            if not self._was_open:
                self._without_sound("the player could not be started")
            return
        self._link.send(wire.encode_options(self._options.but(backend=self.backend)))

    def _overhear(self, number: int, message: wire.Message | None) -> None:
        """Called from the link's thread: what a child said reaches the supervisor's own."""
        self._inbox.put(lambda supervisor: supervisor._hear(number, message))  # noqa: SLF001  # it is ourselves

    def _hear(self, number: int, message: wire.Message | None) -> None:
        if number != self._number:
            return  # of a child that was given up
        now = self._clock()
        self._heard = max(now, self._launched + 1)
        if message is None:
            self._gone()
            return
        if (ident := wire.whole(message, "id")) is not None:
            self._ledger.acknowledged(ident, begun=message["is"] == "started")
            return
        match message["is"]:
            case "open":
                self._have_sound(wire.text(message, "what"), now)
            case "waiting":
                self._without_sound(wire.text(message, "why"))
            case "unavailable":
                self._next_backend(wire.text(message, "why"))
            case "lost":
                self._lose(wire.text(message, "why"))
            case "drained" if self._end_at is not None:
                self._finish()
            case "log":
                self._log(wire.text(message, "text"))

    def _gone(self) -> None:
        """The child ended, and nobody had asked it to."""
        if self._end_at is not None:
            self._finish()
            return
        if not self._open:
            self._crashes += 1
            if self._crashes >= _CRASHES:
                self._next_backend(f"{self.backend} ends the player before a sound is heard.")
                return
        self._lose("the player ended")

    def _have_sound(self, what: str, now: int) -> None:
        self._open = self._was_open = True
        self._opened = now
        self._crashes = 0
        self._what = what
        self._say_open(what)
        if self._link is None:
            return
        self._link.send(wire.encode("mute", on=self._muted))
        for ident, cue in self._ledger.recover(now):
            self._link.send(wire.encode_order(ident, cue))
        if self._clicks:
            self._send_clicks()

    def _say_open(self, what: str) -> None:
        far = ", at the far end of SSH" if at_far_end() else ""
        why = "" if self._choice.why in (AUTOMATIC, AS_ASKED) else f" ({self._choice.why})"
        self._set(SoundState.MUTED if self._muted else SoundState.OK, f"{what}{far}{why}")

    def _lose(self, why: str) -> None:
        """Give the child up and start another, later when this happens often."""
        if self._link is not None:
            self._link.kill()
            self._link = None
        self._number += 1
        self._open = False
        if self._end_at is not None:
            self._over = True
            return
        self._log(f"The sound was lost: {why}.")
        if self._was_open:
            self._set(SoundState.LOST, f"{why}; starting it again")
        self._launch_at = self._clock() + BACKOFF_MS[min(self._losses, len(BACKOFF_MS) - 1)]
        self._losses += 1

    def _next_backend(self, why: str) -> None:
        self._log(why)
        if self._link is not None:
            self._link.kill()
            self._link = None
        self._number += 1
        self._crashes = 0
        self._candidate += 1
        if self._candidate < len(self._choice.order):
            self._choice = Choice(self._choice.order, f"{why} Instead: {self.backend}.")
            self._launch_at = self._clock()
        else:
            self._without_sound(why)

    def _without_sound(self, why: str) -> None:
        """There is no output, or not yet."""
        if self._was_open:
            self._set(SoundState.LOST, why)
        elif self._ring is not None:
            self._set(SoundState.BELL, why)
        else:
            self._set(SoundState.NONE, why)

    def _set(self, state: SoundState, detail: str) -> None:
        self._state = state
        self._show(state, wire.printable(detail))
