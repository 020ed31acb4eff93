"""The ladder: eight presets from the first steps backward to consistent practice.

The lengths are our own design, within published advice: first bouts of 1 to 2 minutes, 10 to 20 minutes per session,
3 to 5 sessions per week. `ten-minutes` gives the dose of Alghadir 2019 (BMC Musculoskelet Disord 20:159:
10 minutes backward, 3 a week, 6 weeks), `beyond` the minutes of Heath 2001 (Phys Ther Sport 2:171: 15 minutes,
3 a week, 4 weeks), but not its speeds, some of which were above our cap.
"""

from __future__ import annotations

import difflib
from functools import cache
from typing import Final

from msgspec import Struct

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import Interval, Repeat, Workout
from retro_timer.scheduling.phases import Phase


class Preset(Struct, frozen=True):
    """One preset of the ladder; lengths in seconds.

    Warm-up, then `rounds` of turn, backward, turn, forward, then cool-down. The last round has no forward bout, because
    the cool-down is forward too; the turn before it stays.
    """

    id: str
    name: str
    description: str
    warm_up: int
    turn: int
    backward: int
    forward: int
    rounds: int
    cool_down: int

    def workout(self) -> Workout:
        """The preset as a workout."""
        turn = Interval(Phase.TURN, self.turn)
        body = (turn, Interval(Phase.BACKWARD, self.backward), turn)
        return Workout(
            (
                Interval(Phase.WARM_UP, self.warm_up),
                Repeat(self.rounds, body, (Interval(Phase.FORWARD, self.forward),)),
                Interval(Phase.COOL_DOWN, self.cool_down),
            ),
            name=self.name,
            id=self.id,
            description=self.description,
        )


LADDER: Final = (
    Preset("floor-first", "Floor First", "Off the treadmill, beside a wall or rail: 10 to 20 feet back, then forward to the start.", 60, 5, 15, 15, 5, 60),  # noqa: E501  (a table reads best in rows)
    Preset("first-try", "First Try", "Two minutes backward in two short bouts.", 120, 30, 60, 60, 2, 60),
    Preset("starter", "Starter", "Four one-minute bouts.", 180, 30, 60, 90, 4, 120),
    Preset("foundation", "Foundation", "Bouts of a minute and a half.", 180, 30, 90, 90, 4, 120),
    Preset("builder", "Builder", "Two minutes backward, one minute forward.", 180, 30, 120, 60, 4, 120),
    Preset("ten-minutes", "Ten Minutes", "Ten minutes backward: the dose of Alghadir 2019.", 180, 30, 150, 60, 4, 120),
    Preset("consistent", "Consistent", "Twelve minutes backward in three-minute bouts.", 180, 30, 180, 90, 4, 120),
    Preset("beyond", "Beyond", "Fifteen minutes backward: Heath 2001, but not so fast.", 180, 30, 300, 120, 3, 180),
)  # fmt: skip


@cache
def presets() -> tuple[Workout, ...]:
    """The ladder's workouts, in order."""
    return tuple(each.workout() for each in LADDER)


def preset(workout_id: str) -> Workout:
    """Find a preset by its id or name.

    Raises:
        WorkoutError: if there is none; names the nearest preset and lists all of them.
    """
    wanted = workout_id.strip().lower().replace(" ", "-")
    for workout in presets():
        if workout.id == wanted:
            return workout
    raise WorkoutError(f"no preset has this name{nearest(wanted)} (there are {', '.join(w.id for w in presets())})")


def nearest(wanted: str, others: tuple[str, ...] = ()) -> str:
    """`: did you mean …?` for an unknown name; empty if no known name is similar."""
    known = [workout.id for workout in presets()] + list(others)
    matches = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
    return f": did you mean {matches[0]}?" if matches else ""
