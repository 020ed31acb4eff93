"""Cues sent but not yet acknowledged, to be sent again to a new child after a loss of sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.audio.rules import AGAIN, AGAIN_MS, RINGS, TIMED_GRACE_MS, grace_ms
from retro_timer.session.cue import CueKind
from retro_timer.session.languages import DEFAULT, LANGUAGES
from retro_timer.session.ports import DueCue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retro_timer.session.languages import Language

MOST: Final = 20_000
"""Maximum number of cues; further ones are dropped."""
_MAX_AGE_MS: Final = 60_000


class Dropped(Struct, frozen=True):
    """A cue that the child dropped.

    Attributes:
        cue: the cue as it was sent.
        again: the cue to repeat now, if it is still true.
        known: whether the child dropped it before.
    """

    cue: DueCue
    again: DueCue | None
    known: bool


class OutstandingCues:
    """The outstanding cues by their number.

    Args:
        phrases: the spoken language.
    """

    def __init__(self, phrases: Language = LANGUAGES[DEFAULT]) -> None:
        self._phrases = phrases
        self._cues: dict[int, DueCue] = {}
        self._begun: set[int] = set()
        self._repeated: set[int] = set()
        self._missed: list[DueCue] = []
        self._last = 0
        self._phase_begun = 0
        self._rang_at = 0

    def __len__(self) -> int:
        return len(self._cues)

    def add(self, cues: Iterable[DueCue]) -> list[tuple[int, DueCue]]:
        """Number and add cues, as many as fit; returns them in the order they are due."""
        added = []
        for cue in sorted(cues, key=lambda cue: cue.due):
            if len(self._cues) >= MOST:
                break
            self._last += 1
            self._cues[self._last] = cue
            added.append((self._last, cue))
        return added

    def clear(self, after: int | None = None) -> None:
        """Remove the cues due after a moment (monotonic ms), which were cancelled; by default all."""
        self._keep({} if after is None else {ident: cue for ident, cue in self._cues.items() if cue.due <= after})

    def acknowledged(self, ident: int, *, begun: bool) -> None:
        """Process an acknowledgement: a cue has started, or is over."""
        cue = self._cues.get(ident)
        if cue is None:
            return
        if not begun:
            del self._cues[ident]
            self._begun.discard(ident)
            self._repeated.discard(ident)
            return
        self._begun.add(ident)
        if cue.cue.kind is CueKind.PHASE:
            self._phase_begun = max(self._phase_begun, cue.due)

    def dropped(self, ident: int, now: int) -> Dropped | None:
        """Process a drop at `now` (monotonic ms); None if the cue is unknown, for example cancelled."""
        cue = self._cues.get(ident)
        if cue is None:
            return None
        again = None
        if self._is_still_true(cue, now, self._phase(now)):
            again = DueCue(now, replace(cue.cue, words=self._phrases.without_length(cue.cue.words), label=""))
        known = ident in self._repeated
        if again is None:
            del self._cues[ident]
        self._repeated.add(ident)
        return Dropped(cue, again, known=known)

    def take_missed(self) -> list[DueCue]:
        """Remove and return the cues that expired without being played."""
        missed, self._missed = self._missed, []
        return missed

    def _phase(self, now: int) -> int:
        """The start of the current phase (monotonic ms), as far as known from the cues."""
        known = (cue.due for cue in self._cues.values() if cue.cue.kind is CueKind.PHASE and cue.due <= now)
        return max(self._phase_begun, max(known, default=0))

    @staticmethod
    def _is_still_true(cue: DueCue, now: int, phase: int) -> bool:
        """Whether a missed cue is still true, and should be repeated."""
        if cue.cue.kind is CueKind.PHASE and cue.due < phase:
            return False
        return cue.cue.kind in AGAIN and now - cue.due <= AGAIN_MS

    def _keep(self, kept: dict[int, DueCue]) -> None:
        self._cues = kept
        self._begun &= kept.keys()
        self._repeated &= kept.keys()

    def recover(self, now: int) -> list[tuple[int, DueCue]]:
        """Return the cues to send to a new child at `now` (monotonic ms), and remove the rest.

        Future cues and slightly late ones are sent unchanged. Of the lost ones, the sound of a safety cue that is still
        true is repeated at once, up to `AGAIN_MS` after its moment: the current phase, a turn that waits, the bail-out.
        (A cue that became untrue has been cancelled.) Its words are left out, since they may be outdated: the session
        announces the current state when the sound returns.
        """
        phase = self._phase(now)
        kept: dict[int, DueCue] = {}
        for ident, cue in self._cues.items():
            over = cue.cue.kind is CueKind.PHASE and cue.due <= now and cue.due < phase
            grace = TIMED_GRACE_MS if self._phrases.LEFT in cue.cue.words else grace_ms(cue.cue.kind)
            if not over and now - cue.due <= grace:
                kept[ident] = cue
            elif cue.cue.sound is not None and self._is_still_true(cue, now, phase):
                kept[ident] = DueCue(now, replace(cue.cue, words=(), label=""))
        self._keep_only(kept)
        return sorted(kept.items(), key=lambda item: item[1].due)

    def _keep_only(self, kept: dict[int, DueCue]) -> None:
        self._missed += [cue for ident, cue in self._cues.items() if ident not in kept and ident not in self._begun]
        self._keep(kept)

    def expire(self, now: int) -> None:
        """Remove cues that are long past."""
        if any(now - cue.due > _MAX_AGE_MS for cue in self._cues.values()):
            self._keep_only({ident: cue for ident, cue in self._cues.items() if now - cue.due <= _MAX_AGE_MS})

    def next_ring(self) -> int | None:
        """The moment of the next bell (monotonic ms), or None."""
        return min((cue.due for cue in self._cues.values() if self._rings(cue)), default=None)

    def ring(self, now: int) -> bool:
        """Whether to ring the bell at `now` (monotonic ms); each cue rings once, unless it is late."""
        due = [cue.due for cue in self._cues.values() if self._rings(cue) and cue.due <= now]
        if not due:
            return False
        self._rang_at = max(due)
        return now - self._rang_at <= TIMED_GRACE_MS

    def _rings(self, cue: DueCue) -> bool:
        return cue.cue.kind in RINGS and cue.due > self._rang_at
