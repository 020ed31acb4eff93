"""The announcer: speaks announcements without interrupting the cues that the walker relies on.

Announcements are answers to keys, changes that happen by themselves, refusals, and where the walker is when the sound
returns. Cues known in advance are in `session.timeline`, and sent by the cue scheduler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from retro_timer.session import announcements
from retro_timer.session.coaching import Coach
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.events import Edited, Ended, Event, Held, HoldReminded, Resumed, is_jump
from retro_timer.session.ports import DueCue, SoundState
from retro_timer.session.states import SECOND, State
from retro_timer.session.timeline import GAP_MS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retro_timer.session.announcements import Answer
    from retro_timer.session.engine import Session
    from retro_timer.session.ports import Player
    from retro_timer.session.sent_cues import SentCues
    from retro_timer.session.timeline import CueSettings

ASKED: Final = frozenset({CueKind.EDITED, CueKind.WHERE, CueKind.SOUND, CueKind.QUESTION})
"""Answers to keys: they wait until the current words are over, and start only if there is time to finish them."""
LATEST_ANSWER: Final = 10 * SECOND
"""The longest wait of an answer, in milliseconds; an answer that would have to wait longer is dropped."""
LATEST_WHERE: Final = 20 * SECOND
"""The longest wait of the answer to "Where am I?", which has several parts."""
LATEST_QUESTION: Final = 30 * SECOND
"""The longest wait of a question or the recap, in milliseconds."""
LATEST_WARNING: Final = 5 * SECOND
"""The longest wait of a warning, in milliseconds: later, it may no longer be true."""
RECAP_AFTER: Final = 1000
"""Silence before the recap, in milliseconds: earlier words may end late, and "Step off." must not be cut off."""
WORKING: Final = (SoundState.OK, SoundState.MUTED)
"""States in which the sound works, whether or not the walker muted it."""
CHANGES: Final = frozenset({CueKind.PHASE, CueKind.HOLDING, CueKind.BAIL_OUT})
"""Kinds that change what the walker does: a missed one is repeated when the sound returns."""
STILL_PLAYED: Final = 1000
"""When its sound returns, the player still plays cues that were due up to this many milliseconds ago."""
MISSED_AFTER: Final = 1500
"""A change due at least this many milliseconds before the sound returned counts as missed."""
REFUSAL_EVERY: Final = 250
"""Minimum time between two refusal sounds, in milliseconds, so that a held key does not pile them up."""


class Announcer:
    """Speaks announcements.

    Args:
        session: the session.
        player: plays the cues.
        sent: the cues sent to the player.
        settings: which cues are heard.
        rehearsal: whether time runs faster; each event is then announced as of its moment, however late.

    Attributes:
        player: plays the cues.
        muted: whether the walker muted the player.
        sound: the state of the sound at the last check.
        coach: decides what coaching says.
    """

    def __init__(
        self, session: Session, player: Player, sent: SentCues, settings: CueSettings, *, rehearsal: bool
    ) -> None:
        self.muted = False
        self.sound = player.state
        self.coach = Coach(session, sent, settings.phrases)
        self._session = session
        self.player = player
        self._sent = sent
        self._settings = settings
        self._phrases = settings.phrases
        self._rehearsal = rehearsal
        self._missed_change: int | None = None  # when the last change was due, if it was not heard
        self._losses = player.losses
        self._guides_at = 0  # when the position is announced after the sound returned
        self._refusal_over = 0  # the moment from which another refusal may sound

    def answer(self, now: int, events: tuple[Event, ...], offset: int | None) -> None:
        """Announce the events that were not known in advance.

        Args:
            now: the current moment.
            events: the events, in order.
            offset: the difference between moment and position before the events; None if the session was not running.
        """
        for event in self._to_announce(events, offset):
            if is_jump(event) and self._session.state is State.PAUSED:
                self.where(now)
            elif cue := announcements.of_event(event, self._session, self._settings):
                self.event(now, event.moment if self._rehearsal else now, cue)
            if isinstance(event, Ended):
                self._recap(now)

    def _to_announce(self, events: tuple[Event, ...], offset: int | None) -> Iterator[Event]:
        """The events to announce, without those that a count led to, or that are already over."""
        holds = [event for event in events if isinstance(event, Held | HoldReminded)]
        changed = any(isinstance(event, Edited) or is_jump(event) for event in events)  # which is announced itself
        for event in events:
            if event in holds and not self._rehearsal:
                if event is holds[-1] and self._session.state is State.HOLDING:
                    yield event
            elif isinstance(event, Resumed):
                counted_in = offset is not None and event.moment == event.at + offset
                if not counted_in and not changed:
                    yield event
            else:
                yield event

    def say(self, due: int, cue: Cue) -> None:
        """Speak a cue at once, interrupting other words."""
        if cue.kind not in self._settings.off:
            self._sent.send([DueCue(due, self._worded(cue))])

    def _worded(self, cue: Cue) -> Cue:
        """The cue, worded for the walker's own keys."""
        own = {
            self._phrases.HAVE_YOU_TURNED: self._settings.own_key,
            self._phrases.TO_RESUME: self._settings.own_pause_key,
        }
        return replace(
            cue, words=tuple(self._phrases.WITH_OWN_KEY[phrase] if own.get(phrase) else phrase for phrase in cue.words)
        )

    def event(self, now: int, due: int, cue: Cue) -> None:
        """Speak the announcement of an event.

        Args:
            now: the current moment.
            due: when the cue is due.
            cue: the announcement.
        """
        if cue.kind is CueKind.EDITED:
            self._confirm(now, cue)
        elif cue.kind is CueKind.REFUSED:
            self._refuse(now, cue)
        elif cue.kind is CueKind.PHASE:
            self._say_what_fits(due, cue)
        else:
            self.say(due, cue)

    def where(self, now: int) -> None:
        """Say where the walker is."""
        self._answer(
            now,
            announcements.where(self._session, self._session.position, self._settings),
            cuts_answers=False,
            wait=LATEST_WHERE,
        )
        self._missed_change = None

    def ask(self, now: int, parts: Sequence[tuple[str, ...]]) -> None:
        """Speak a question and the keys that answer it, part by part, in place of an earlier question."""
        self.unask(now)
        cues = [Cue(self._session.position, CueKind.QUESTION, words=words) for words in parts]
        self._answer(now, list(map(announcements.always, cues)), cuts_answers=True, wait=LATEST_QUESTION)

    def warn(self, now: int, words: str) -> None:
        """Say a warning as soon as there is room for it."""
        cue = Cue(self._session.position, CueKind.BELT, Sound.ATTENTION, (words,))
        self._answer(now, [announcements.always(cue)], cuts_answers=True, wait=LATEST_WARNING)

    def unask(self, now: int) -> None:
        """Stop a question that was answered, or is no longer asked."""
        self._sent.withdraw(now, (CueKind.QUESTION,), sounding=True)

    def _recap(self, now: int) -> None:
        """Speak the recap after the words that end the session."""
        if self._session.spent.walked:
            recap = self.coach.recap(self._session.position)
            begins = self._sent.spoken_until(now) + RECAP_AFTER
            self._answer(begins, [announcements.always(recap)], cuts_answers=True, wait=LATEST_QUESTION)

    def mute(self, now: int, muted: bool) -> None:
        """Mute or unmute the player and announce it; after unmuting, also what to do now if a change was missed."""
        voice = self._sent.voice
        if (
            muted
            and not self.muted
            and voice is not None
            and voice.cue.kind in CHANGES
            and self._sent.end_of(voice) > now
        ):
            self._missed_change = voice.due
        self.muted = muted
        self.player.mute(muted)
        if muted:
            self.say(now, Cue(self._session.position, CueKind.SOUND, words=(self._phrases.MUTED,)))
        else:
            self._sent.voice = None  # nobody hears it
            self._guide(now, self._phrases.SOUND_ON)

    def note_due(self, due_cue: DueCue) -> None:
        """Record whether the last change was heard; called with every cue when it is due."""
        if due_cue.cue.kind in CHANGES:
            audible = not self.muted and self.sound in WORKING
            self._missed_change = None if audible else due_cue.due

    @property
    def sound_changed(self) -> bool:
        """Whether the sound was lost or returned since the last check."""
        losses, state = self.player.losses, self.player.state
        return state is not self.sound or (state in WORKING and losses != self._losses)

    def check_sound(self, now: int) -> None:
        """After the sound returns, announce where the walker is, because the cues in between are lost.

        A loss may be over before it is noticed here, so losses are counted.
        """
        losses = self.player.losses
        missed = None if self.sound is SoundState.OK else self._missed_change
        self.sound = self.player.state
        if self.sound not in WORKING:
            return
        was_lost, self._losses = losses != self._losses, losses
        if self.muted or self.sound is not SoundState.OK:
            return
        voice = self._sent.voice
        if was_lost:
            played_now = voice is not None and now - voice.due <= STILL_PLAYED
            self._sent.voice = replace(voice, due=now) if voice is not None and played_now else None
            self._guide(now, self._phrases.SOUND_BACK)
        elif missed is not None and now - missed > MISSED_AFTER:
            self._guide(now, self._phrases.SOUND_ON)

    def sound_returned(self, now: int) -> None:
        """After another device has stopped playing the sound, announce where the walker is."""
        self._guide(now, self._phrases.SOUND_BACK)

    def _guide(self, now: int, about_sound: str) -> None:
        """Announce that the sound is back, and what to do now if the walker may not know."""
        is_informed = about_sound == self._phrases.SOUND_ON and self._missed_change is None
        answers = announcements.recovered(self._session, self._session.position, about_sound, self._settings)
        self._guides_at = self._answer(now, answers[:1] if is_informed else answers, cuts_answers=True)
        self._missed_change = None

    def _confirm(self, now: int, edited: Cue) -> None:
        """Confirm an edit, and withdraw announcements that it made untrue."""
        self._sent.withdraw(now, (CueKind.EDITED, CueKind.WHERE, CueKind.PHASE))
        guides = self._guides_at > now
        again = (
            announcements.recovered(self._session, self._session.position, self._phrases.SOUND_BACK, self._settings)[1:]
            if guides
            else ()
        )
        self._answer(now, [announcements.always(edited), *again], cuts_answers=True)

    def _refuse(self, now: int, cue: Cue) -> None:
        """Play the refusal sound; shortly after another one, only show the caption."""
        if now >= self._refusal_over:
            self._refusal_over = now + REFUSAL_EVERY
            self.say(now, cue)

    def _answer(self, now: int, answers: Sequence[Answer], *, cuts_answers: bool, wait: int = LATEST_ANSWER) -> int:
        """Speak answers after the current words, but only those that can be finished.

        Cues that the walker relies on come first. Each answer is made for the moment at which it begins.

        Args:
            now: the current moment.
            answers: the answers, in order.
            cuts_answers: whether they interrupt an earlier answer.
            wait: the longest wait, in milliseconds.

        Returns:
            The moment at which the last of them begins; 0 if none does.
        """
        last = 0
        due, voice = now, self._sent.voice
        if voice is not None and not (cuts_answers and voice.cue.kind in ASKED):
            due = max(due, self._sent.end_of(voice))
        for answer in answers:
            if (found := self._fitted(answer, due, now + wait)) is not None:
                self.say(found.due, found.cue)
                last, due = found.due, self._sent.end_of(found) + GAP_MS
        return last

    def _fitted(self, answer: Answer, due: int, latest: int) -> DueCue | None:
        """Place an answer at the first moment from `due` on at which it can be finished; None after `latest`."""
        while due <= latest:
            answered = answer(self._left_at(due))
            if answered is None:
                return None
            cue = self._worded(answered)
            free = self._sent.free_from(due, self._settings.duration_ms(cue))
            if free == due:
                return DueCue(due, cue)
            due = free
        return None

    def _left_at(self, moment: int) -> int:
        """Milliseconds of the running interval left at a moment; 0 or less if it will be over."""
        runs_from = self._session.runs_from
        return self._session.interval_left - (0 if runs_from is None else max(0, moment - runs_from))

    def _say_what_fits(self, due: int, change: Cue) -> None:
        """Announce an unexpected change with as many words as fit before the next cue."""
        fewer = self._phrases.without_length(change.words)
        for words in (change.words, fewer):
            cue = replace(change, words=words)
            if self._sent.free_from(due, self._settings.duration_ms(cue)) == due:
                self.say(due, cue)
                return
        self.say(due, replace(change, words=(), caption=fewer[-1] if fewer else change.caption))
