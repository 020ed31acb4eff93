"""How times grow with the schedule: more and more intervals, each size measured separately; times in milliseconds."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.edits import AddRounds, AddToInterval, AddToPhase, CoolDownNow
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.conductor import Conductor
from retro_timer.session.engine import Session
from retro_timer.session.states import SECOND, Rules
from retro_timer.session.timeline import CueTimeline
from retro_timer.testing import RecordingPlayer

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.model import Workout
    from retro_timer.scheduling.schedule import Schedule

ROUND: Final = 4
"""Number of intervals in a round."""
EDITS: Final[dict[str, Edit]] = {
    "this interval 10 s longer": AddToInterval(10),
    "every bout backward 15 s longer": AddToPhase(Phase.BACKWARD, 15),
    "a round more": AddRounds(1),
    "a round fewer": AddRounds(-1),
    "cool down now": CoolDownNow(),
}
BEGIN: Final = 75 * SECOND
"""The position at which a session is edited: in its first backward bout."""


def workout_of(intervals: int) -> Workout:
    """A workout with at most a number of intervals, with room for another round."""
    rounds = max(2, (intervals - 2) // ROUND - 1)
    return parse(f"warm 60s, {rounds}x(turn 10s, back 30s, turn 10s, fwd 30s), cool 60s")


def timed(call: Callable[[], object]) -> float:
    """The duration of a call."""
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def session_of(workout: Workout) -> Session:
    """A session in its first backward bout."""
    session = Session(flatten(workout), Rules(lead_in=0))
    session.start(0)
    session.advance(BEGIN)
    return session


def conductor_of(workout: Workout) -> Conductor:
    """The same with its cues sent to a player."""
    conductor = Conductor(Session(flatten(workout), Rules(lead_in=0)), RecordingPlayer())
    conductor.call(0, conductor.session.start)
    conductor.advance(BEGIN)
    return conductor


def edit_times(workout: Workout, edit: Edit, times: int) -> dict[str, float]:
    """The best times of an edit, its undo and its redo."""
    made, undone, redone = [], [], []
    for _ in range(times):
        session = session_of(workout)
        made.append(timed(lambda s=session: s.edit(BEGIN, edit)))  # type: ignore[misc]  # a lambda's default
        undone.append(timed(lambda s=session: s.undo(BEGIN)))  # type: ignore[misc]  # the same
        redone.append(timed(lambda s=session: s.redo(BEGIN)))  # type: ignore[misc]  # the same
        assert session.can_undo, "the edit was refused"
    return {"edit": min(made), "undo": min(undone), "redo": min(redone)}


def flatten_time(workout: Workout, times: int) -> float:
    """The time to flatten a workout, with the start of every interval."""
    return median(timed(lambda: flatten(workout).starts) for _ in range(times))


def lookup_time(schedule: Schedule, times: int) -> float:
    """The time of a thousand lookups all over the schedule, which is microseconds for one."""
    moments = [schedule.total * n // 1000 for n in range(1000)]
    return median(timed(lambda: [schedule.position_at(moment) for moment in moments]) for _ in range(times))


def cue_time(schedule: Schedule, times: int) -> float:
    """The time to compute the cues of the next 10 s, in the middle, without a cache."""
    middle = schedule.total // 2 * SECOND
    return median(timed(lambda: CueTimeline(schedule).between(middle, middle + 10 * SECOND)) for _ in range(times))


def advance_time(workout: Workout, seconds: int = 120) -> float:
    """One `Conductor.advance` per second; the mean, since some seconds do the work of others."""
    conductor = Conductor(Session(flatten(workout), Rules(lead_in=0)), player := RecordingPlayer())
    conductor.call(0, conductor.session.start)
    taken = 0.0
    for second in range(1, seconds + 1):
        taken += timed(lambda now=second * SECOND: conductor.advance(now))  # type: ignore[misc]  # a lambda's default
        player.play_until(second * SECOND)
    return taken / seconds


def conducted_edit(workout: Workout, edit: Edit, times: int) -> float:
    """The best time of an edit as triggered by a key: the edit, cancelling and sending cues, the announcement."""

    def once() -> float:
        conductor = conductor_of(workout)
        taken = timed(lambda: conductor.call(BEGIN, lambda now: conductor.session.edit(now, edit)))
        assert conductor.session.can_undo, "the edit was refused"
        return taken

    return min(once() for _ in range(times))


def measure(intervals: int, times: int) -> dict[str, float]:
    """Measure everything for one number of intervals."""
    workout = workout_of(intervals)
    schedule = flatten(workout)
    figures = {
        "flatten": flatten_time(workout, times),
        "position_at, 1000 times": lookup_time(schedule, times),
        "cues of the next 10 s": cue_time(schedule, 5 * times),
        "Conductor.advance, a second": advance_time(workout),
    }
    for name, edit in EDITS.items():
        taken = edit_times(workout, edit, 4 * times)
        figures |= {f"edit: {name}": taken["edit"], f"  undo of it ({name})": taken["undo"]}
    conducted = {name: conducted_edit(workout, edit, 4 * times) for name, edit in EDITS.items()}
    return figures | {f"through the conductor, best: {name}": taken for name, taken in conducted.items()}
