"""What is said when undo returns to an interval: its name and the time left, if that can be said before the count."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.announcements import of_event
from retro_timer.session.engine import Session
from retro_timer.session.events import IntervalStarted
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings

LAST_CHANGE, NAMED = "The last change is canceled.", "The backward bout:"


@pytest.mark.usefixtures("written_lengths")
@pytest.mark.parametrize(
    ("ticks", "skipped_at", "words"),
    [
        (3, 5, (LAST_CHANGE, NAMED, "About", "Fifty-five seconds.", "Left.")),
        (3, 53, (LAST_CHANGE, NAMED, "Five seconds.", "Left.")),
        (3, 54, ()),
        (0, 54, (LAST_CHANGE, NAMED, "Four seconds.", "Left.")),
        (0, 57, (LAST_CHANGE, NAMED)),
        (5, 50, (LAST_CHANGE, NAMED, "Eight seconds.", "Left.")),
        (5, 52, ()),
    ],
)
def test_the_interval_that_undo_returns_to_is_named_if_there_is_time(
    ticks: int, skipped_at: int, words: tuple[str, ...]
) -> None:
    session = Session(flatten(parse("back 60s, fwd 60s")), Rules(lead_in=0))
    session.start(0)
    session.skip(skipped_at * 1000 + 1)
    (started,) = (event for event in session.undo(skipped_at * 1000 + 500) if isinstance(event, IntervalStarted))
    cue = of_event(started, session, CueSettings(ticks=ticks))
    assert cue is not None
    assert cue.words == words
    assert cue.caption == ("" if words else NAMED)
