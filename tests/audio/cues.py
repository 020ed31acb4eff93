"""Short ways to write cues, and a stage with its own clock."""

from __future__ import annotations

from array import array

from retro_timer.audio.clips import Prepared
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.ports import DueCue


def tick(due: int) -> DueCue:
    return DueCue(due, Cue(0, CueKind.COUNT, Sound.TICK))


def phase(due: int, *words: str) -> DueCue:
    return DueCue(due, Cue(0, CueKind.PHASE, Sound.BACKWARD, words))


def cue(due: int, kind: CueKind) -> DueCue:
    return DueCue(due, Cue(0, kind))


def prepared(
    ident: int, due: int, *, kind: CueKind = CueKind.COUNT, sound: int = 0, words: int = 0, label: str = ""
) -> Prepared:
    """A cue whose sound is `sound` samples of 1000 and whose words are `words` samples of 500."""
    said = ("You are halfway.",) if words else ()
    due_cue = DueCue(due, Cue(0, kind, words=said, label=label))
    return Prepared(ident, due_cue, array("h", [1000] * sound), array("h", [500] * words))
