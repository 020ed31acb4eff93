"""The cue scheduler: sends the cues of the timeline to the player ahead of time, each with its moment.

This way, a later stall does not delay them. A change of the session's course first cancels the cues that are no longer
true. Cues that are not known in advance are spoken by the announcer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from retro_timer.session import announcements
from retro_timer.session.coaching import CoachedTimeline
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.events import Ended, EndReason, Event, Held, HoldReminded, Paused, is_jump
from retro_timer.session.metronome import Course
from retro_timer.session.ports import DueCue
from retro_timer.session.states import SECOND, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retro_timer.session.announcer import Announcer
    from retro_timer.session.engine import Session
    from retro_timer.session.sent_cues import SentCues
    from retro_timer.session.timeline import CueSettings

HORIZON: Final = 15 * SECOND
"""How far ahead cues are sent to the player: the screen may stall for this long without delaying a cue."""


class CueScheduler:
    """Sends the upcoming cues of a session to the player.

    Args:
        session: the session.
        sent: the cues already sent.
        announcer: announces changes whose cues were not sent ahead.
        settings: which cues are on.
        stale: milliseconds after which an overdue cue is no longer sent; None for never (rehearsals).

    Attributes:
        offset: the difference between moment and position used for the sent cues, in milliseconds; None while the
            session is not running.
    """

    def __init__(
        self, session: Session, sent: SentCues, announcer: Announcer, settings: CueSettings, stale: int | None
    ) -> None:
        self.offset: int | None = None
        self._session = session
        self._sent = sent
        self._announcer = announcer
        self._settings = settings
        self._stale = stale
        self._timeline = CoachedTimeline(session.schedule, settings)
        self._now = 0  # the last moment
        self._sent_until = 0  # the moment up to which cues were sent
        self._since = 0  # the moment from which the offset is valid

    @property
    def course(self) -> Course | None:
        """The course used for the sent cues; None while the session is not running."""
        if self.offset is None:
            return None
        return Course(self._session.schedule, self._session.index, self.offset, self._since)

    @property
    def horizon(self) -> int:
        """The moment up to which cues are sent, at most until the end of a waiting turn."""
        return self._now if self.offset is None else self._horizon(self.offset)

    def follow(self, now: int, events: tuple[Event, ...]) -> None:
        """Cancel the cues that are no longer true, then send the next ones.

        Args:
            now: the current moment, in milliseconds.
            events: the events of the session since the last call.
        """
        self._now = now
        session = self._session
        if self._stale is None and self.offset is not None:
            self._send_passed(events, self.offset)
        edited = self._timeline.schedule is not session.schedule
        if edited:
            self._timeline = CoachedTimeline(session.schedule, self._settings)
            self._allow_cutting_untrue_words()
        offset = None if session.runs_from is None else session.runs_from - session.position
        if offset != self.offset or any(map(_changes_course, events)):
            if not self._completes_as_sent(events):
                self._sent.cancel(now, sounding=True)
                self._complete(events)
            self.offset, self._sent_until = offset, now
            self._since = session.runs_from or 0
        elif edited and offset is not None:
            self._cancel_changed(offset)
        if offset is not None:
            self._send_next(offset)

    def _send_passed(self, events: tuple[Event, ...], offset: int) -> None:
        """In a rehearsal, send the cues that the session has passed, so that none is left out."""
        left = next((event for event in events if isinstance(event, Held | Ended)), None)
        until = self._now if left is None else left.moment
        if not isinstance(left, Held):
            until += 1  # include cues due at this moment, but not those after a waiting turn
        passed_by = self._timeline.between(self._sent_until - offset, until - offset)
        self._sent.send([DueCue(cue.at + offset, cue) for cue in self._true_cues(passed_by)])
        self._sent_until = max(self._sent_until, until)

    def _send_next(self, offset: int) -> None:
        """Send the next cues. Overdue cues are not replayed, but the current phase is announced."""
        session, begin, end = self._session, self._sent_until, self._horizon(offset)
        if self._stale is not None and session.state is State.RUNNING:
            begin = max(begin, self._now - self._stale)
            if self._sent_until <= self._timeline.opening(session.index).at + offset < begin:
                self._announcer.event(
                    self._now, self._now, announcements.begun(session, session.position, self._settings)
                )
        coming = self._ahead(offset, begin, end)
        self._sent.timeline_cues += coming
        self._sent.send(coming)
        self._sent_until = max(self._sent_until, end)

    def _ahead(self, offset: int, begin: int, end: int) -> list[DueCue]:
        """The cues with `begin <= due < end`: those of a lead-in, and of the timeline from the current position.

        A cue of a kind that has begun at this moment is left out, even if an edit changes its words.
        """
        counted = [due_cue for due_cue in self._lead_in_cues() if due_cue.due >= begin]  # it is over before `end`
        first = begin - offset
        if self._session.state is State.LEAD_IN:
            first = max(first, self._session.position)
        timeline = self._true_cues(self._timeline.between(first, end - offset))
        ahead = counted + [DueCue(cue.at + offset, cue) for cue in timeline]
        begun = [(due_cue.due, due_cue.cue.kind) for due_cue in self._sent.begun]
        return [due_cue for due_cue in ahead if (due_cue.due, due_cue.cue.kind) not in begun]

    def _true_cues(self, cues: Iterable[Cue]) -> list[Cue]:
        """The cues that are true, with coaching as the coach decides.

        Leaves out "complete" if the session will not count as complete because too much of it was skipped.
        """
        true = (cue for cue in cues if cue.kind is not CueKind.COMPLETE or self._session.completes)
        return list(self._announcer.coach.decide(true))

    def _lead_in_cues(self) -> list[DueCue]:
        """The ticks of a lead-in, and the phase at its end unless an interval begins there.

        The phase is only a sound if words named it before the ticks; if there was no room for them, it is named here.
        """
        session, ticks = self._session, self._settings.ticks_heard
        if session.state is not State.LEAD_IN or session.runs_from is None:
            return []
        cues = self._settings.count(0, ticks)
        if CueKind.PHASE not in self._settings.off and session.interval_left and not session.at_interval_start:
            named_ahead = announcements.resuming(session, session.position, self._settings) is not None
            phase = (
                self._timeline.opening(session.index)
                if named_ahead
                else announcements.begun(session, session.position, self._settings)
            )
            cues.append(replace(phase, at=0))
        return [DueCue(session.runs_from + cue.at, replace(cue, at=session.position)) for cue in cues]

    def _horizon(self, offset: int) -> int:
        session = self._session
        end = max(session.runs_from or 0, self._now) + HORIZON
        for index in range(session.index, len(session.schedule)):
            ends = session.schedule.starts[index + 1] * SECOND
            if ends + offset >= end:
                break
            if ends > session.position and self._timeline.waits(index):
                return ends + offset
        return end

    def _completes_as_sent(self, events: tuple[Event, ...]) -> bool:
        """Whether the session ended by itself, so that its last cue is pending or playing."""
        return any(
            isinstance(event, Ended)
            and event.reason is EndReason.COMPLETE
            and self.offset is not None
            and event.moment == event.at + self.offset < self._sent_until
            for event in events
        )

    def _complete(self, events: tuple[Event, ...]) -> None:
        """Announce the completion if its cue was not sent: after a skip, or a long stall."""
        for event in events:
            if isinstance(event, Ended) and event.reason is EndReason.COMPLETE:
                self._announcer.say(
                    self._now, Cue(event.at, CueKind.COMPLETE, Sound.COMPLETE, (self._settings.phrases.COMPLETE,))
                )

    def _cancel_changed(self, offset: int) -> None:
        """After an edit: cancel the pending cues if they have changed, but not the current one."""
        if self._sent.timeline_cues != self._ahead(offset, self._now, min(self._sent_until, self._horizon(offset))):
            self._sent.cancel(self._now, sounding=False)
            self._sent_until = self._now

    def _allow_cutting_untrue_words(self) -> None:
        """After an edit, allow interrupting the words being spoken if they are no longer true."""
        sent = self._sent
        if sent.voice is None or self.offset is None or not sent.voice_from_timeline:
            return
        at = sent.voice.due - self.offset
        if sent.voice.cue not in self._timeline.between(at, at + 1):
            sent.voice = None


def _changes_course(event: Event) -> bool:
    """Whether an event changes or ends the course, so that no pending cue is still true."""
    return isinstance(event, Paused | HoldReminded | Ended) or is_jump(event)
