"""The conductor: coordinates a session, its cues, and the listeners.

All calls to the session go through it. The cue scheduler sends the cues that are known in advance, the announcer
speaks the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from retro_timer.session.announcer import Announcer
from retro_timer.session.cue import Cue, CueKind
from retro_timer.session.cue_scheduler import CueScheduler
from retro_timer.session.events import CueHeard, Ended, Event, Refused, Sampled
from retro_timer.session.metronome import Metronome, MetronomeOptions
from retro_timer.session.ports import DueCue, SoundState
from retro_timer.session.sent_cues import SentCues
from retro_timer.session.timeline import CueSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.session.engine import Session
    from retro_timer.session.ports import Player

    Listener = Callable[[Event], None]
    SessionMethod = Callable[[int], tuple[Event, ...]]

SOUND_POLL_MS: Final = 250
"""How often to check whether a lost sound is back, in milliseconds."""
STALE: Final = 1500
"""Cues that are overdue by more than this many milliseconds are not shown."""


class Conductor:
    """Drives one session.

    Args:
        session: the session.
        player: plays the cues.
        settings: which cues are on.
        click: the settings of the metronome.
        stale: milliseconds after which a caption is dropped; None for never (rehearsals).
    """

    def __init__(
        self,
        session: Session,
        player: Player,
        settings: CueSettings | None = None,
        *,
        click: MetronomeOptions | None = None,
        stale: int | None = STALE,
    ) -> None:
        self.session = session
        self.player = player
        self.click = Metronome(player, click or MetronomeOptions())
        heard = replace(settings or CueSettings(), waits_at_turns=session.rules.wait_at_turns)
        self._listeners: list[Listener] = []
        self._stale = stale
        self._now = 0  # the last moment
        self._sent = SentCues(player, heard)
        self._announcer = Announcer(session, player, self._sent, heard, rehearsal=stale is None)
        self._scheduler = CueScheduler(session, self._sent, self._announcer, heard, stale)

    @property
    def muted(self) -> bool:
        """Whether the walker muted the player."""
        return self._announcer.muted

    @property
    def coming(self) -> tuple[Cue, ...]:
        """The cues that were sent and are not yet due, in order."""
        return self._sent.coming

    @property
    def pending(self) -> tuple[DueCue, ...]:
        """The cues that were sent and are not yet due, with their moments."""
        return self._sent.pending

    def replace_player(self, player: Player) -> None:
        """Play through another player, which must play the cues already sent to the current one."""
        self.player = self.click.player = self._sent.player = self._announcer.player = player

    def sound_returned(self, now: int) -> tuple[Event, ...]:
        """Announce that the sound is heard here again, after another device has stopped playing it."""
        events = self.advance(now)
        self._announcer.sound_returned(self._now)
        return (*events, *self.advance(now))

    @property
    def longest_before(self) -> int:
        """The longest bout of all earlier sessions in milliseconds; 0 if there is none, or it is unknown."""
        return self._announcer.coach.longest_before

    def remember_longest(self, milliseconds: int) -> None:
        """Set the longest bout of all earlier sessions, for praise and the recap."""
        self._announcer.coach.longest_before = milliseconds

    def add_listener(self, listener: Listener) -> None:
        """Add a listener, which is called with every event, in order."""
        self._listeners.append(listener)

    def remove_listener(self, listener: Listener) -> None:
        """Remove a listener; a listener may remove itself while it is called."""
        self._listeners.remove(listener)

    def advance(self, now: int) -> tuple[Event, ...]:
        """Advance to a moment; returns the events and cues since the last call, in order."""
        return self.call(now, self.session.advance)

    def call(self, now: int, method: SessionMethod) -> tuple[Event, ...]:
        """Call a method of the session; returns the events and cues, in order."""
        self._now = now = max(now, self._now)
        heard = self._heard(now)
        offset = self._scheduler.offset
        events = method(now)
        self._scheduler.follow(now, events)
        self.click.keep(now, self._scheduler.course, self._scheduler.horizon)
        self._announcer.answer(now, events, offset)
        self._announcer.check_sound(now)
        # Cues due at this moment are reported after the event that caused them, and the end comes last.
        reported = sorted((*heard, *events, *self._heard(now)), key=_order)
        for event in reported:
            for listener in tuple(self._listeners):
                listener(event)
        return tuple(reported)

    @property
    def sound_changed(self) -> bool:
        """Whether the sound was lost or returned since the last call; `advance` announces what the walker must know."""
        return self._announcer.sound_changed and not self.session.state.is_over

    def next_wakeup(self, now: int) -> int | None:
        """When to call `advance` next; None if nothing will happen by itself, or only a change of the sound."""
        moments = [self.session.next_wakeup(now), self._sent.next_due]
        if self._announcer.sound in (SoundState.STARTING, SoundState.LOST) and not self.session.state.is_over:
            moments.append(None if self._stale is None else now + SOUND_POLL_MS)
        return min((moment for moment in moments if moment is not None), default=None)

    def where(self, now: int) -> tuple[Event, ...]:
        """Announce where the walker is; while that is being spoken, stop it."""
        events = self.advance(now)
        if self._sent.has(CueKind.WHERE, self._now):
            self._sent.withdraw(self._now, (CueKind.WHERE,), sounding=True)
        else:
            self._announcer.where(self._now)
        return (*events, *self.advance(now))

    def ask(self, now: int, parts: Sequence[tuple[str, ...]]) -> tuple[Event, ...]:
        """Speak a screen's question, in parts that may be spoken separately; without parts, stop the current one."""
        events = self.advance(now)
        if parts:
            self._announcer.ask(self._now, parts)
        else:
            self._announcer.unask(self._now)
        return (*events, *self.advance(now))

    def mute(self, now: int, muted: bool) -> tuple[Event, ...]:
        """Mute or unmute the player, and announce it."""
        events = self.advance(now)
        self._announcer.mute(self._now, muted)
        return (*events, *self.advance(now))

    def metronome(self, now: int, on: bool) -> tuple[Event, ...]:
        """Switch the metronome on or off. Only the screen reports it, since the click itself is audible."""
        events = self.advance(now)
        self._sent.note(DueCue(self._now, Cue(self.session.position, CueKind.SOUND, caption=self.click.switch(on))))
        return (*events, *self.advance(now))

    def warn(self, now: int, words: str) -> tuple[Event, ...]:
        """Speak a warning, a phrase about the belt, as soon as there is room for it."""
        events = self.advance(now)
        self._announcer.warn(self._now, words)
        return (*events, *self.advance(now))

    def sampled(self, now: int, speed_kmh: float | None, heart_rate: int | None, metres: float) -> Event:
        """Pass what sensors measured to the listeners. It does not affect the course of the session."""
        moment = max(now, self._now)
        event = Sampled(
            moment=moment, at=self.session.position, speed_kmh=speed_kmh, heart_rate=heart_rate, metres=metres
        )
        for listener in tuple(self._listeners):
            listener(event)
        return event

    def refuse(self, now: int, why: str) -> tuple[Event, ...]:
        """Refuse a key without effect, with the refusal sound and a reason.

        Args:
            now: the current moment.
            why: one sentence for the walker, as in `Refused`.
        """
        session = self.session
        return self.call(
            now, lambda moment: (*session.advance(moment), Refused(moment=moment, at=session.position, why=why))
        )

    def _heard(self, now: int) -> list[Event]:
        """The cues that have become due, as events; stale ones are dropped."""
        heard: list[Event] = []
        for due_cue in self._sent.take_due(now):
            self._announcer.note_due(due_cue)
            if self._stale is None or now - due_cue.due <= self._stale:
                heard.append(CueHeard(moment=due_cue.due, at=due_cue.cue.at, cue=due_cue.cue))
        return heard


def _order(event: Event) -> tuple[int, bool, bool]:
    return event.moment, isinstance(event, Ended), isinstance(event, CueHeard)
