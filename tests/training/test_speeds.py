"""The speeds of the eight weeks, and warnings of too fast ones."""

from __future__ import annotations

from itertools import pairwise

import pytest

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.units import BACKWARD_CAP_KMH, kmh
from retro_timer.training.levels import LADDER_ORDER
from retro_timer.training.speeds import fastest_backward, is_beginner, speed_warning
from tests.training.walks import LEVELS


def test_speeds_follow_the_table_of_the_eight_weeks() -> None:
    for level in LEVELS:
        if level.backward is None or level.forward is None:
            assert level.workout_id == "floor-first"
            continue
        assert kmh(0.5) - 0.01 <= level.backward.low <= level.backward.high <= BACKWARD_CAP_KMH
        assert level.backward.high < level.forward.low + 0.01
    assert [level.week for level in LEVELS] == [1, 1, 2, 3, 4, 5, 6, 7, 8]


def test_one_variable_changes_at_a_time_from_week_to_week_once_the_treadmill_speed_is_found() -> None:
    for before, after in pairwise(LEVELS[4:]):
        longer = before.workout_id != after.workout_id
        faster = before.backward != after.backward
        assert not (longer and faster)


@pytest.mark.parametrize(
    ("speed_mph", "beginner", "says"),
    [
        (2.0, True, None),
        (2.1, True, "fast for a beginner"),
        (2.1, False, None),
        (3.5, False, None),
        (3.6, False, "Walk no faster than 3.5 mph"),
        (3.6, True, "Walk no faster than 3.5 mph"),
    ],
)
def test_speeds_are_warned_of(speed_mph: float, beginner: bool, says: str | None) -> None:
    warning = speed_warning(kmh(speed_mph), beginner=beginner, imperial=True)
    assert (warning is None) if says is None else (says in (warning or ""))


@pytest.mark.parametrize(
    ("notation", "fastest"),
    [
        ("back 1m, fwd 1m @9km/h", None),
        ("back 1m @1km/h, 2x(back 1m @3km/h | back 1m @4km/h), fwd 1m @9km/h", 4),
        ("back 1m @1km/h, 1x(back 1m @3km/h | back 1m @4km/h)", 3),  # nothing is between one round
    ],
)
def test_the_fastest_backward_speed_is_one_that_is_walked(notation: str, fastest: float | None) -> None:
    assert fastest_backward(parse(notation).blocks) == fastest


def test_a_beginner_is_below_foundation_or_unknown() -> None:
    beginners = [preset_id for preset_id in LADDER_ORDER if is_beginner(preset_id)]
    assert beginners == list(LADDER_ORDER)[: LADDER_ORDER["foundation"]]
    assert {"floor-first", "first-try", "starter"} <= set(beginners)
    assert is_beginner(None)
