"""What the parent has sent and not yet heard of: what a new child is told after the sound was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.audio.rules import AGAIN, AGAIN_MS, RINGS, TIMED_GRACE_MS, grace_ms
from retro_timer.session.cue import CueKind
from retro_timer.session.ports import DueCue

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST: Final = 20_000
"""More cues than this are never kept, the ones that were sent last are left out."""
_FORGOTTEN_MS: Final = 60_000


class Ledger:
    """The cues that are not over, by the number they are sent under."""

    def __init__(self) -> None:
        self._cues: dict[int, DueCue] = {}
        self._last = 0
        self._phase_begun = 0
        self._rung = 0

    def __len__(self) -> int:
        return len(self._cues)

    def add(self, cues: Iterable[DueCue]) -> list[tuple[int, DueCue]]:
        """Number new cues and remember them; those that fit, in the order they are due."""
        added = []
        for cue in sorted(cues, key=lambda cue: cue.due):
            if len(self._cues) >= MOST:
                break
            self._last += 1
            self._cues[self._last] = cue
            added.append((self._last, cue))
        return added

    def clear(self, after: int | None = None) -> None:
        """What is due after a moment (monotonic ms) was cancelled; everything without one."""
        self._cues = {} if after is None else {ident: cue for ident, cue in self._cues.items() if cue.due <= after}

    def acknowledged(self, ident: int, *, begun: bool) -> None:
        """The child began a cue, or it is over: played to its end, or left out."""
        cue = self._cues.get(ident)
        if cue is None:
            return
        if not begun:
            del self._cues[ident]
        elif cue.cue.kind is CueKind.PHASE:
            self._phase_begun = max(self._phase_begun, cue.due)

    def recover(self, now: int) -> list[tuple[int, DueCue]]:
        """What to send to a new child at `now` (monotonic ms), and forget the rest.

        Cues to come are sent as they were, and so are those a moment late. Of what was lost, a safety cue that stays
        true is due again at once, at most `AGAIN_MS` after its moment: the last phase that began, if no later one did;
        a turn that waits; the bail-out. Whatever made one untrue has cancelled it.
        """
        phase = max(
            (cue.due for cue in self._cues.values() if cue.cue.kind is CueKind.PHASE and cue.due <= now), default=0
        )
        phase = max(phase, self._phase_begun)
        kept: dict[int, DueCue] = {}
        for ident, cue in self._cues.items():
            late = now - cue.due
            if cue.cue.kind is CueKind.PHASE and late >= 0 and cue.due < phase:
                continue
            if late <= grace_ms(cue.cue.kind):
                kept[ident] = cue
            elif cue.cue.kind in AGAIN and late <= AGAIN_MS:
                kept[ident] = DueCue(now, cue.cue)
        self._cues = kept
        return sorted(kept.items(), key=lambda item: item[1].due)

    def expire(self, now: int) -> None:
        """Forget what is long past, whatever became of it."""
        if any(now - cue.due > _FORGOTTEN_MS for cue in self._cues.values()):
            self._cues = {ident: cue for ident, cue in self._cues.items() if now - cue.due <= _FORGOTTEN_MS}

    def next_ring(self) -> int | None:
        """When the bell is due next (monotonic ms), or None."""
        return min((cue.due for cue in self._cues.values() if self._rings(cue)), default=None)

    def ring(self, now: int) -> bool:
        """Whether the bell is to ring at `now` (monotonic ms); each cue rings once, and none that is late."""
        due = [cue.due for cue in self._cues.values() if self._rings(cue) and cue.due <= now]
        if not due:
            return False
        self._rung = max(due)
        return now - self._rung <= TIMED_GRACE_MS

    def _rings(self, cue: DueCue) -> bool:
        return cue.cue.kind in RINGS and cue.due > self._rung
