"""Detection of held keys.

Terminals do not report key releases, so a repeat looks like a press and must be detected by its timing: a keyboard
repeats a key for the first time 250 to 700 ms after the press, then at least every 80 ms, while a person presses a key
twice at least 100 ms apart.

A press less than `REPEATS_WITHIN` after the last one of the same key is a repeat and has no effect. A press at the time
of the first repeat may be either: it waits for another repeat, and acts if there is none. So nothing has to be undone:
a walker who leans on "skip" skips once, and the second press of a slow double press acts slightly late. A first press
always acts at once.
"""

from __future__ import annotations

from typing import Final, Generic, NamedTuple, TypeVar

Act = TypeVar("Act")

REPEATS_WITHIN: Final = 80
"""Presses of one key less than this many milliseconds apart are repeats of a held key."""
FIRST_REPEAT: Final = (250, 700)
"""Range of the first repeat of a held key, in milliseconds after the press."""
STUTTER: Final = 250
"""Tolerated gap in the repeats of a held key, in milliseconds: terminals stutter under load and over networks."""
WAIT: Final = 120
"""How long a possible first repeat waits for the next one, in milliseconds: some arrive late."""


class _Waiting(NamedTuple, Generic[Act]):
    """A press that may be the first repeat of a held key."""

    act: Act
    due: int


class HeldKeys(Generic[Act]):
    """Distinguishes presses from repeats. Each press is passed in with its action, in order."""

    def __init__(self) -> None:
        self._key = ""
        self._last = 0  # the moment of its last press or repeat
        self._held = False
        self._waiting: _Waiting[Act] | None = None

    @property
    def due(self) -> int | None:
        """The moment at which to call `settle`; None if no press is waiting."""
        return self._waiting.due if self._waiting else None

    def press(self, key: str, now: int, act: Act) -> tuple[Act, ...]:
        """Register a press. Returns the actions to perform now, in order.

        Args:
            key: the name of the key.
            now: the moment of the press, in milliseconds of real time, not of a rehearsal.
            act: the action of the key.
        """
        gap = max(0, now - self._last)
        if key != self._key or gap > FIRST_REPEAT[1]:
            return self._press(key, now, act)
        if gap < REPEATS_WITHIN or (self._held and gap < STUTTER):
            self._waiting = None
            self._held = True
            self._last = max(now, self._last)
            return ()
        if gap < FIRST_REPEAT[0]:
            return self._press(key, now, act)
        waited = self.settle(now)
        self._waiting = _Waiting(act, now + WAIT)
        self._last = now
        return waited

    def settle(self, now: int) -> tuple[Act, ...]:
        """The waiting action, if it is due and turned out to be a press."""
        if self._waiting is None or now < self._waiting.due:
            return ()
        return self._release()

    def _press(self, key: str, now: int, act: Act) -> tuple[Act, ...]:
        waited = self._release()
        self._key, self._last, self._held = key, now, False
        return (*waited, act)

    def _release(self) -> tuple[Act, ...]:
        waiting, self._waiting = self._waiting, None
        self._held = False
        return (waiting.act,) if waiting else ()
