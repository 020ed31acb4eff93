"""Missed cues: counted, logged with their cause, and shown next to the state of the sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from retro_timer.session.cue import Cue
    from retro_timer.session.ports import DueCue

NO_SOUND: Final = "there was no sound"
MOST_SHOWN: Final = 5
"""Number of missed cues listed by doctor."""
_NOT_HEARD: Final = "Not heard: "
"""Prefix of a log line about a missed cue, after the date."""


class Missed:
    """Counts the missed cues of a player.

    Args:
        log: writes a line to the log.
    """

    def __init__(self, log: Callable[[str], None]) -> None:
        self._log = log
        self._count = 0
        self._last = ""
        self.lost: tuple[Cue, ...] = ()
        """The missed cues that are not repeated late, in order."""

    def add(self, due_cue: DueCue, why: str, *, again: bool = False, known: bool = False) -> None:
        """Count a missed cue.

        Args:
            due_cue: the cue.
            why: the cause, as one clause.
            again: whether it is repeated late.
            known: whether it was counted before.
        """
        self._count += not known
        self._last = why
        cue = due_cue.cue
        late = "; said late" if again else ""
        if not again:
            self.lost += (cue,)
        self._log(f'{_NOT_HEARD}{cue.kind}, "{cue.text}" ({why}{late})')

    @property
    def text(self) -> str:
        """The number of missed cues and the last cause, in a few words; empty if there are none."""
        if not self._count:
            return ""
        return f"{counted(self._count, 'cue')} not heard in time ({self._last})"


def missed_in(log: Iterable[str]) -> list[str]:
    """The log lines about missed cues, oldest first."""
    return [line for line in log if _NOT_HEARD in line]


def missed_lines(missed: Sequence[str]) -> Iterator[str]:
    """The result of `missed_in` as text: the number of missed cues, and the last few."""
    yield f"missed: {counted(len(missed), 'cue') if missed else 'no cues'} in the log{':' if missed else ''}"
    yield from (f"  {line}" for line in missed[-MOST_SHOWN:])
