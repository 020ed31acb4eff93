"""The ladder: the exact seconds of the published table, and the sequence."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import format_notation
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import LADDER, nearest, preset, presets
from retro_timer.scheduling.schedule import flatten

# id, name, warm-up, turn, backward, forward, rounds, cool-down, total, backward total; seconds
TABLE = [
    ("floor-first", "Floor First", 60, 5, 15, 15, 5, 60, 305, 75),
    ("first-try", "First Try", 120, 30, 60, 60, 2, 60, 480, 120),
    ("starter", "Starter", 180, 30, 60, 90, 4, 120, 1050, 240),
    ("foundation", "Foundation", 180, 30, 90, 90, 4, 120, 1170, 360),
    ("builder", "Builder", 180, 30, 120, 60, 4, 120, 1200, 480),
    ("ten-minutes", "Ten Minutes", 180, 30, 150, 60, 4, 120, 1320, 600),
    ("consistent", "Consistent", 180, 30, 180, 90, 4, 120, 1530, 720),
    ("beyond", "Beyond", 180, 30, 300, 120, 3, 180, 1680, 900),
]


def test_the_ladder_has_these_presets_in_this_order() -> None:
    published = {row[0] for row in TABLE}
    found = [(workout.id, workout.name) for workout in presets() if workout.id in published]
    assert found == [(row[0], row[1]) for row in TABLE]


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_each_preset_has_the_lengths_of_the_table(row: tuple[str, str, int, int, int, int, int, int, int, int]) -> None:
    workout_id, _, warm_up, turn, backward, forward, rounds, cool_down, total, backward_total = row
    expected = [(Phase.WARM_UP, warm_up)]
    for number in range(1, rounds + 1):
        expected += [(Phase.TURN, turn), (Phase.BACKWARD, backward), (Phase.TURN, turn)]
        if number < rounds:
            expected.append((Phase.FORWARD, forward))
    expected.append((Phase.COOL_DOWN, cool_down))

    workout = preset(workout_id)
    schedule = flatten(workout)

    assert [(entry.phase, entry.duration) for entry in schedule] == expected
    assert (workout.total_seconds, workout.backward_seconds) == (total, backward_total)
    backward_of_schedule = sum(entry.duration for entry in schedule if entry.phase is Phase.BACKWARD)
    assert (schedule.total, backward_of_schedule) == (total, backward_total)


def test_the_last_forward_bout_is_left_out_and_the_turn_before_the_cool_down_stays() -> None:
    for workout in presets():
        assert [entry.phase for entry in flatten(workout)][-3:] == [Phase.BACKWARD, Phase.TURN, Phase.COOL_DOWN]


def test_builder_in_notation() -> None:
    assert format_notation(preset("builder")) == "warm 3m, 4x(turn 30s, back 2m, turn 30s | fwd 1m), cool 2m"


@pytest.mark.parametrize("name", ["first-try", "First Try", " FIRST TRY "])
def test_a_preset_is_found_by_id_or_name(name: str) -> None:
    assert preset(name).id == "first-try"


@pytest.mark.parametrize(("wanted", "meant"), [("buidler", "builder"), ("ten minute", "ten-minutes")])
def test_an_unknown_preset_names_the_nearest_and_all(wanted: str, meant: str) -> None:
    with pytest.raises(WorkoutError, match=f"did you mean {meant}") as refused:
        preset(wanted)
    for row in TABLE:
        assert row[0] in str(refused.value)


def test_nothing_near_is_not_guessed_at() -> None:
    with pytest.raises(WorkoutError) as refused:
        preset("zzzzzz")
    assert "did you mean" not in str(refused.value)


def test_the_message_about_an_unknown_preset() -> None:
    names = ", ".join(each.id for each in LADDER)
    with pytest.raises(WorkoutError) as refused:
        preset(" Builder X ")
    assert str(refused.value) == f"no preset has this name: did you mean builder? (there are {names})"
    with pytest.raises(WorkoutError) as refused:
        preset("zzzzzz")
    assert str(refused.value) == f"no preset has this name (there are {names})"


@pytest.mark.parametrize(
    ("wanted", "others", "said"),
    [
        ("morning", ("mornings", "evening"), ": did you mean mornings?"),
        ("beyond", (), ": did you mean beyond?"),
        ("zzzz", ("evening",), ""),
        ("abcd", ("abxy",), ": did you mean abxy?"),  # half of it
        ("abcd", ("axyz",), ""),
    ],
)
def test_the_nearest_name(wanted: str, others: tuple[str, ...], said: str) -> None:
    assert nearest(wanted, others) == said
