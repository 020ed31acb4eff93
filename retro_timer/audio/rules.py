"""Rules for late cues, and for repeating cues after a loss of sound."""

from __future__ import annotations

from typing import Final

from retro_timer.session.cue import SAFETY_KINDS, CueKind

TIMED_GRACE_MS: Final = 250
"""Maximum lateness of a cue that is true only at its moment (a tick, "ten seconds")."""
STATE_GRACE_MS: Final = 1000
"""Maximum lateness of a cue about a lasting state (a phase, a pause)."""
AGAIN_MS: Final = 10_000
"""How long after its moment a lost safety cue is still repeated."""

TIMED: Final = frozenset({
    CueKind.ANNOUNCE, CueKind.COUNT, CueKind.HALFWAY, CueKind.ONE_MINUTE, CueKind.LAST_ROUND, CueKind.SPEED,
})  # fmt: skip
"""Kinds that are true only at their moment."""
AGAIN: Final = SAFETY_KINDS - TIMED
"""Safety kinds that stay true: the phase, a turn that waits, the bail-out."""
HEARD_WHILE_MUTED: Final = frozenset({CueKind.SOUND})
"""Kinds about the sound itself ("Muted.")."""
RINGS: Final = frozenset({CueKind.PHASE, CueKind.COUNT})
"""Kinds for which the terminal's bell rings if there is no sound."""


def grace_ms(kind: CueKind) -> int:
    """Maximum lateness of a cue of this kind, in milliseconds."""
    return TIMED_GRACE_MS if kind in TIMED else STATE_GRACE_MS
