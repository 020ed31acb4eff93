"""Lengths and rounds changed before a session starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.overrides import Overrides, override
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import preset
from retro_timer.scheduling.schedule import flatten
from tests.strategies import workouts

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout


@pytest.mark.parametrize(
    ("wanted", "notation"),
    [
        (Overrides(), "warm 2m, 2x(turn 30s, back 1m, turn 30s | fwd 1m), cool 1m"),
        (Overrides(backward=90), "warm 2m, 2x(turn 30s, back 1m30s, turn 30s | fwd 1m), cool 1m"),
        (Overrides(forward=5, turn=20), "warm 2m, 2x(turn 20s, back 1m, turn 20s | fwd 5s), cool 1m"),
        (Overrides(rounds=1), "warm 2m, 1x(turn 30s, back 1m, turn 30s | fwd 1m), cool 1m"),
        (Overrides(rounds=6), "warm 2m, 6x(turn 30s, back 1m, turn 30s | fwd 1m), cool 1m"),
        (Overrides(warm_up=10, cool_down=20), "warm 10s, 2x(turn 30s, back 1m, turn 30s | fwd 1m), cool 20s"),
    ],
)
def test_a_preset_with_overrides(wanted: Overrides, notation: str) -> None:
    workout = override(preset("first-try"), wanted)
    assert format_notation(workout) == notation
    assert (workout.id, workout.name) == ("first-try", "First Try")


def test_a_missing_warm_up_and_cool_down_are_added() -> None:
    workout = override(parse("back 1m"), Overrides(warm_up=60, cool_down=30))
    assert format_notation(workout) == "warm 1m, back 1m, cool 30s"


def test_a_length_keeps_speed_and_label() -> None:
    workout = override(parse('back 1m @1.0mph "eyes up"'), Overrides(backward=30))
    assert format_notation(workout) == 'back 30s @1.0mph "eyes up"'


def test_rounds_change_every_outermost_repeat_and_no_other() -> None:
    workout = override(parse("2x(3x(back 1s), turn 1s), 4x(fwd 1s)"), Overrides(rounds=5))
    assert format_notation(workout) == "5x(3x(back 1s), turn 1s), 5x(fwd 1s)"


@pytest.mark.parametrize(
    ("notation", "wanted", "problem"),
    [
        ("fwd 1m", Overrides(backward=60), "no backward interval to change"),
        ("back 1m", Overrides(forward=60), "no forward interval to change"),
        ("back 1m", Overrides(turn=60), "no turn interval to change"),
        ("back 1m", Overrides(rounds=2), "no rounds to change"),
        ("back 1m", Overrides(backward=0), "1 second to 4 hours"),
        ("back 1m", Overrides(backward=14_401), "1 second to 4 hours"),
        ("back 1m", Overrides(warm_up=0), "1 second to 4 hours"),
        ("2x(back 1m)", Overrides(rounds=0), "1 to 10,000 rounds"),
        ("2x(back 1m)", Overrides(rounds=-3), "1 to 10,000 rounds"),
        ("2x(back 1m, fwd 1m)", Overrides(rounds=5001), "at most 10,000 intervals"),
    ],
)
def test_an_impossible_override_is_refused(notation: str, wanted: Overrides, problem: str) -> None:
    with pytest.raises(WorkoutError, match=problem):
        override(parse(notation), wanted)


@given(workouts(), st.integers(1, 600), st.sampled_from([Phase.BACKWARD, Phase.FORWARD, Phase.TURN]))
def test_a_length_changes_its_phase_and_nothing_else(workout: Workout, seconds: int, phase: Phase) -> None:
    before = flatten(workout)
    wanted = Overrides(**{phase.value: seconds})
    if all(entry.phase is not phase for entry in before):
        return
    after = flatten(override(workout, wanted))
    assert len(after) == len(before)
    for old, new in zip(before, after, strict=True):
        assert new.duration == (seconds if old.phase is phase else old.duration)
        assert new.interval.with_duration(1) == old.interval.with_duration(1)
        assert new.place == old.place


def test_which_lengths_are_overridden() -> None:
    assert Overrides(backward=5, turn=7, rounds=2, warm_up=3).lengths() == {Phase.BACKWARD: 5, Phase.TURN: 7}
    assert Overrides(forward=6).lengths() == {Phase.FORWARD: 6}
    assert Overrides().lengths() == {}


def test_warm_up_and_cool_down_change_wherever_they_are() -> None:
    workout = override(parse("2x(warm 5s, cool 6s), back 1m"), Overrides(warm_up=7, cool_down=8))
    assert format_notation(workout) == "2x(warm 7s, cool 8s), back 1m"
