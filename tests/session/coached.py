"""Little and much coaching, and the cues of a coached schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.session.coaching import CoachedTimeline
from retro_timer.session.states import SECOND
from retro_timer.session.timeline import CueSettings

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.cue import Cue

FEW, MANY = CueSettings(coaching="few"), CueSettings(coaching="many")


def everything(schedule: Schedule, settings: CueSettings) -> tuple[Cue, ...]:
    return CoachedTimeline(schedule, settings).between(0, schedule.total * SECOND + 1)
