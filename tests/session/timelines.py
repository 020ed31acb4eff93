"""Timelines of workouts in notation, and the cues in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.timeline import CueSettings, CueTimeline

if TYPE_CHECKING:
    from retro_timer.session.cue import Cue, CueKind


def timeline(notation: str, **settings: int | bool | str | frozenset[CueKind] | tuple[str, ...]) -> CueTimeline:
    return CueTimeline(flatten(parse(notation)), CueSettings(**settings))  # type: ignore[arg-type]  # by name


def everything(cues: CueTimeline) -> tuple[Cue, ...]:
    return cues.between(0, cues.schedule.total * 1000 + 1)


def heard(cues: CueTimeline, *kinds: CueKind) -> list[tuple[float, str]]:
    """The cues of some kinds or all, with their seconds."""
    return [(cue.at / 1000, cue.text) for cue in everything(cues) if not kinds or cue.kind in kinds]
