"""The cues sent to the player: the pending ones, and the one being spoken."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from retro_timer.session.cue import CueKind
from retro_timer.session.states import SECOND

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from retro_timer.session.cue import Cue
    from retro_timer.session.ports import DueCue, Player
    from retro_timer.session.timeline import CueSettings


class SentCues:
    """Tracks the cues sent to the player.

    Args:
        player: plays the cues.
        settings: the cue settings, which determine how long cues take.

    Attributes:
        player: plays the cues.
        timeline_cues: pending cues of the timeline (not announcements), in order.
        begun: cues of the timeline that were due at this very moment and have not been silenced.
        voice: the last spoken cue.
        voice_from_timeline: whether that was a cue of the timeline.
    """

    def __init__(self, player: Player, settings: CueSettings) -> None:
        self.player = player
        self._settings = settings
        self._sent: list[DueCue] = []  # not yet due, in order
        self.timeline_cues: list[DueCue] = []
        self.begun: list[DueCue] = []
        self.voice: DueCue | None = None
        self.voice_from_timeline = False
        self._taken: dict[CueKind, DueCue] = {}  # the last cue that was due, by kind

    @property
    def next_due(self) -> int | None:
        """The moment of the next pending cue; None if there is none."""
        return self._sent[0].due if self._sent else None

    @property
    def coming(self) -> tuple[Cue, ...]:
        """The pending cues, in order."""
        return tuple(due_cue.cue for due_cue in self._sent)

    @property
    def pending(self) -> tuple[DueCue, ...]:
        """The pending cues with their moments, in order."""
        return tuple(self._sent)

    def send(self, due_cues: Sequence[DueCue]) -> None:
        """Send cues to the player."""
        if not due_cues:
            return
        self.player.send(due_cues)
        for due_cue in due_cues:
            self.note(due_cue)

    def note(self, due_cue: DueCue) -> None:
        """Track a cue, so that it is reported when it is due, without sending it to the player."""
        insort(self._sent, due_cue, key=lambda sent: sent.due)

    def take_due(self, now: int) -> list[DueCue]:
        """Remove and return the cues that are due."""
        taken: list[DueCue] = []
        while self._sent and self._sent[0].due <= now:
            due_cue = self._sent.pop(0)
            self._taken[due_cue.cue.kind] = due_cue
            if due_cue.cue.words:
                self.voice, self.voice_from_timeline = due_cue, due_cue in self.timeline_cues
            taken.append(due_cue)
        self.begun = [due_cue for due_cue in (*self.begun, *self.timeline_cues) if due_cue.due == now]
        self.timeline_cues = [due_cue for due_cue in self.timeline_cues if due_cue.due > now]
        return taken

    def cancel(self, now: int, *, sounding: bool) -> None:
        """Cancel all pending cues; with `sounding`, also silence the current one."""
        self.player.cancel(sounding=sounding)
        if sounding:
            self.voice = None
            self.begun.clear()
        self._sent = [due_cue for due_cue in self._sent if due_cue.due <= now]
        self.timeline_cues.clear()

    def withdraw(self, now: int, kinds: Collection[CueKind], *, sounding: bool = False) -> None:
        """Cancel pending announcements of some kinds, and nothing else; with `sounding`, also the one being spoken."""
        coming = [due_cue for due_cue in self._sent if due_cue.due > now]
        withdrawn = [due_cue for due_cue in coming if due_cue.cue.kind in kinds and due_cue not in self.timeline_cues]
        voice = self.voice
        silenced = sounding and voice is not None and voice.cue.kind in kinds and self.end_of(voice) > now
        if withdrawn or silenced:
            self.player.cancel(sounding=silenced)
            self.voice = None if silenced else voice
            self._sent = [due_cue for due_cue in self._sent if due_cue not in withdrawn]
            if kept := [due_cue for due_cue in coming if due_cue not in withdrawn]:
                self.player.send(kept)

    def has(self, kind: CueKind, now: int) -> bool:
        """Whether a cue of a kind is pending or being spoken."""
        spoken = [self.voice] if self.voice is not None and self.end_of(self.voice) > now else []
        return any(due_cue.cue.kind is kind for due_cue in (*spoken, *self._sent))

    def last(self, kind: CueKind, before: int) -> Cue | None:
        """The last cue of a kind that was due, or is pending for a position earlier than `before`, in milliseconds."""
        pending = [due_cue for due_cue in self._sent if due_cue.cue.kind is kind and due_cue.cue.at < before]
        found = pending[-1] if pending else self._taken.get(kind)
        return None if found is None else found.cue

    def spoken_until(self, now: int) -> int:
        """The moment at which the last words that were sent end; `now` if they have ended."""
        spoken = [due_cue for due_cue in (self.voice, *self._sent) if due_cue is not None and due_cue.cue.words]
        return max([now, *map(self.end_of, spoken)])

    def free_from(self, earliest: int, length: int) -> int:
        """The first moment from `earliest` on with room for `length` milliseconds of words."""
        for coming in self._sent:
            if coming.cue.words and coming.due < earliest + length and earliest < self.end_of(coming):
                earliest = self.end_of(coming)
        return earliest

    def end_of(self, due_cue: DueCue) -> int:
        """The moment at which a cue ends. Each number of a count lasts a second, so that no words come in between."""
        cue = due_cue.cue
        return due_cue.due + (SECOND if cue.kind is CueKind.COUNT else self._settings.duration_ms(cue))
