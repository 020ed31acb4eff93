"""Which cues are still worth hearing when they are late, and which are said again after the sound was lost."""

from __future__ import annotations

from typing import Final

from retro_timer.session.cue import SAFETY_KINDS, CueKind

TIMED_GRACE_MS: Final = 250
"""How late a cue that is bound to its moment (a tick, "ten seconds") may begin: later it would mislead."""
STATE_GRACE_MS: Final = 1000
"""How late a cue that tells of something that lasts (a phase, a pause) may begin."""
AGAIN_MS: Final = 10_000
"""How long after its moment a lost safety cue is still said again."""

TIMED: Final = frozenset({
    CueKind.ANNOUNCE, CueKind.COUNT, CueKind.HALFWAY, CueKind.ONE_MINUTE, CueKind.LAST_ROUND, CueKind.SPEED,
})  # fmt: skip
"""Kinds that speak of a moment: wrong when it is past."""
AGAIN: Final = SAFETY_KINDS - TIMED
"""Kinds that a walker relies on and that stay true: the phase, a turn that waits, the bail-out."""
HEARD_WHILE_MUTED: Final = frozenset({CueKind.SOUND})
"""Kinds that speak of the sound itself ("Muted.")."""
RINGS: Final = frozenset({CueKind.PHASE, CueKind.COUNT})
"""Kinds for which the bell rings where there is nothing better."""


def grace_ms(kind: CueKind) -> int:
    """How late a cue of this kind may begin and still be heard, in milliseconds."""
    return TIMED_GRACE_MS if kind in TIMED else STATE_GRACE_MS
