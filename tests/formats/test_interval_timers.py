"""Exports of OpenHIIT and of just_another_workout_timer, with the order of intervals that these programs have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from retro_timer.formats.assumptions import Assume, Assumptions
from retro_timer.formats.errors import DirectionUnknownError, FormatError
from retro_timer.formats.interval_timers import read_sets, read_timers
from retro_timer.scheduling.model import count_intervals
from retro_timer.scheduling.notation import format_notation

if TYPE_CHECKING:
    from retro_timer.formats.received import Received

TIMES = {
    "id": "b1", "timerId": "a1", "workTime": 60, "restTime": 20, "breakTime": 40, "warmupTime": 120,
    "cooldownTime": 90, "getReadyTime": 10, "restarts": 1,
}  # fmt: skip
TIMER = {
    "id": "a1", "name": "Back and forth", "timerIndex": 0, "totalTime": 530, "intervals": 9, "activeIntervals": 2,
    "activities": ["Backward", "Forward"], "showMinutes": 1, "color": 4280391411, "timeSettings": TIMES,
    "soundSettings": {"id": "c1", "workSound": "short-whistle"},
}  # fmt: skip
WALKED = 'warm 2m, rest 20s, 2x(back 1m, rest 20s, fwd 1m | rest 40s "Break"), cool 1m30s'
SETS: dict[str, Any] = {
    "title": "Knee", "version": 2, "position": 0,
    "sets": [
        {"repetitions": 1, "id": "s1", "exercises": [{"name": "Warm up", "duration": 120, "id": "e1"}]},
        {
            "repetitions": 3, "id": "s2", "name": None,
            "exercises": [{"name": "Walk backward", "duration": 60}, {"name": "Rest", "duration": 30}],
        },
    ],
}  # fmt: skip


def timers(tree: Any, assume: Assume | None = None) -> list[Received]:  # noqa: ANN401  (any JSON)
    return list(read_timers(json.dumps(tree).encode(), Assumptions(assume)))


def sets(tree: Any, assume: Assume | None = None) -> list[Received]:  # noqa: ANN401  (any JSON)
    return list(read_sets(json.dumps(tree).encode(), Assumptions(assume)))


def test_timers_of_openhiit() -> None:
    as_text = TIMER | {"timeSettings": json.dumps(TIMES)}
    for tree in ([TIMER], TIMER, [as_text]):
        (received,) = timers(tree)
        assert format_notation(received.workout) == WALKED
        assert received.workout.name == "Back and forth"
        assert received.notes == ("10 seconds to get ready: the lead-in has its own setting",)


def test_timers_of_earlier_versions() -> None:
    old = {
        "id": "x", "title": "Old", "numExercises": 2, "exercises": '["Backward", "Forward"]', "getReadyTime": 10,
        "exerciseTime": 60, "restTime": 20, "halfTime": 0, "breakTime": 40, "warmupTime": 120, "cooldownTime": 90,
        "iterations": 1, "halfwayMark": 0,
    }  # fmt: skip
    (received,) = timers([old])
    assert format_notation(received.workout) == WALKED
    assert received.workout.name == "Old"


def test_unnamed_work_asks_and_alternates() -> None:
    times = TIMES | {"restTime": 0, "breakTime": 0, "restarts": 0}
    timer = TIMER | {"activities": None, "activeIntervals": 4, "timeSettings": times}
    with pytest.raises(DirectionUnknownError):
        timers([timer])
    (received,) = timers([timer], Assume.ALTERNATE)
    assert format_notation(received.workout) == ("warm 2m, 2x(turn 30s, back 1m, turn 30s, fwd 1m), cool 1m30s")


def test_times_that_are_missing_are_none() -> None:
    (received,) = timers([{"activeIntervals": 2, "activities": ["Back", "Fwd"], "timeSettings": {"workTime": 60}}])
    assert format_notation(received.workout) == "back 1m, fwd 1m"
    assert received.notes == ()
    (old,) = timers([{"numExercises": 2, "exercises": '["Back", "Fwd"]', "exerciseTime": 60}])
    assert (format_notation(old.workout), old.notes) == ("back 1m, fwd 1m", ())


def test_times_that_are_missing_in_an_earlier_version_are_none() -> None:
    (received,) = timers([{"numExercises": 1, "exercises": '["Back"]', "exerciseTime": 60, "iterations": 1}])
    assert (format_notation(received.workout), received.workout.name, received.notes) == ("2x(back 1m)", "", ())


def test_without_a_break_there_is_a_rest_between_two_rounds() -> None:
    (received,) = timers([TIMER | {"timeSettings": TIMES | {"breakTime": 0}}])
    assert format_notation(received.workout) == ("warm 2m, 2x(rest 20s, back 1m, rest 20s, fwd 1m), cool 1m30s")


def test_sets_of_just_another_workout_timer() -> None:
    for tree in (SETS, {"workouts": [SETS]}):
        (received,) = sets(tree)
        assert format_notation(received.workout) == "warm 2m, 3x(back 1m, rest 30s)"
        assert received.workout.name == "Knee"
        assert received.notes == ()


def test_a_backup_has_several_workouts() -> None:
    assert [each.workout.name for each in sets({"workouts": [SETS, SETS | {"title": "Hip"}]})] == ["Knee", "Hip"]


def test_sets_without_direction_ask_and_alternate() -> None:
    exercises = [{"name": name, "duration": 30} for name in ("Lunges", "Bring your leg forward")]
    tree = SETS | {"sets": [{"repetitions": 2, "exercises": exercises}]}
    with pytest.raises(DirectionUnknownError):
        sets(tree)
    (received,) = sets(tree, Assume.ALTERNATE)
    assert format_notation(received.workout) == (
        '2x(turn 30s, back 30s "Lunges", turn 30s, fwd 30s "Bring your leg forward")'
    )


def test_a_set_that_is_walked_once_is_no_set_of_rounds() -> None:
    exercises = [{"name": name, "duration": 30} for name in ("Lunges", "Steps")]
    (received,) = sets(SETS | {"sets": [{"repetitions": 1, "exercises": exercises}]}, Assume.ALTERNATE)
    assert format_notation(received.workout) == 'fwd 30s "Lunges", turn 30s, back 30s "Steps"'


def test_rounds_are_found_within_a_set() -> None:
    exercises = [{"name": "Back", "duration": 60}]
    two = [{"repetitions": 2, "exercises": exercises}, {"repetitions": 3, "exercises": exercises}]
    (received,) = sets(SETS | {"sets": two})
    assert format_notation(received.workout) == "2x(back 1m), 3x(back 1m)"


def test_an_exercise_without_a_length_takes_half_a_minute_and_one_of_no_length_is_left_out() -> None:
    exercises = [{"name": "Back"}, {"name": "Rest", "duration": 0}, {"name": "Fwd", "duration": None}]
    (received,) = sets(SETS | {"sets": [{"repetitions": 1, "exercises": exercises}]})
    assert format_notation(received.workout) == "back 30s, fwd 30s"


def test_a_timer_has_as_many_rounds_as_it_starts_again_and_no_break_behind_the_last() -> None:
    times = {"workTime": 60, "breakTime": 40, "restarts": 2, "cooldownTime": 30, "getReadyTime": 1}
    (received,) = timers([{"activeIntervals": 1, "activities": ["Back"], "timeSettings": times}])
    assert format_notation(received.workout) == '3x(back 1m | rest 40s "Break"), cool 30s'
    assert received.notes == ("1 second to get ready: the lead-in has its own setting",)
    (received,) = timers([{"activeIntervals": 0, "timeSettings": times}])
    assert format_notation(received.workout) == 'rest 40s "Break", rest 40s "Break", cool 30s'
    (received,) = timers([{"activeIntervals": 3, "timeSettings": times | {"workTime": 0, "restTime": 9}}])
    assert format_notation(received.workout) == 'rest 40s "Break", rest 40s "Break", cool 30s'


def test_after_a_warm_up_there_is_a_rest_and_without_one_there_is_none() -> None:
    times = {"workTime": 60, "restTime": 20, "warmupTime": 90}
    timer = {"activeIntervals": 1, "activities": ["Back"], "timeSettings": times}
    (received,) = timers([timer])
    assert format_notation(received.workout) == "warm 1m30s, rest 20s, back 1m"
    (received,) = timers([timer | {"timeSettings": times | {"warmupTime": 0}}])
    assert format_notation(received.workout) == "back 1m"


def test_work_beyond_its_names_has_none() -> None:
    times = {"workTime": 60}
    (received,) = timers([{"activeIntervals": 3, "activities": ["Backward"], "timeSettings": times}], Assume.ALTERNATE)
    assert format_notation(received.workout) == "2x(turn 30s, back 1m | turn 30s, fwd 1m)"


def test_as_many_workouts_sets_and_intervals_as_there_may_be_are_read() -> None:
    assert len(sets({"workouts": [SETS] * 200})) == 200
    walk = {"repetitions": 10_000, "exercises": [{"name": "Back", "duration": 14_400}]}
    (received,) = sets(SETS | {"sets": [walk]})
    assert count_intervals(received.workout.blocks) == 10_000
    longest = {"activeIntervals": 5_000, "activities": ["Back"] * 5_000, "timeSettings": {"workTime": 14_400}}
    (received,) = timers([longest])
    assert count_intervals(received.workout.blocks) == 5_000


def test_its_exports_are_not_always_utf_8() -> None:
    data = json.dumps(SETS | {"title": "Übung"}, ensure_ascii=False).encode("latin-1")
    (received,) = read_sets(data, Assumptions())
    assert received.workout.name == "Übung"
    assert received.notes == ("it is read as Windows-1252: it is not UTF-8",)


def exercise(**changes: object) -> dict[str, object]:
    return SETS | {"sets": [{"repetitions": 1, "exercises": [{"name": "Rest", "duration": 30} | changes]}]}


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"workouts": []}, "there is nothing in it"),
        ({"workouts": {}}, "there is nothing in it"),
        ({"workouts": [SETS] * 201}, "it has more than 200 workouts"),
        (SETS | {"sets": []}, "workouts[0]: there is nothing to walk"),
        ({"sets": [], "exercises": 1}, "workouts[0]: it has no title"),
        (exercise(duration="30"), "workouts[0].sets[0].exercises[0].duration: expected a whole number, not text"),
        (exercise(duration=-1), "workouts[0].sets[0].exercises[0]: duration is a whole number from 0 to 14,400"),
        (exercise(duration=10**30), "duration"),
        (exercise(**{"\ud800": 1}), "workouts[0]: it contains text that is not Unicode"),
        (exercise(name=5), "workouts[0].sets[0].exercises[0].name: expected text, not a whole number"),
        (exercise(name="Backward at 99 km/h"), "a speed is 0.1 to 25 km/h"),
        (SETS | {"sets": [SETS["sets"][1] | {"repetitions": 0}]}, "workouts[0].sets[0]: repetitions is a whole"),
        (SETS | {"sets": [SETS["sets"][1] | {"repetitions": 9999}]}, "at most 10,000 intervals"),
        (
            SETS | {"sets": [{"repetitions": 10_001, "exercises": [{"name": "Back"}]}]},
            "workouts[0].sets[0]: a workout has at most 10,000 intervals",
        ),
        (
            SETS | {"sets": [{"repetitions": 100_001, "exercises": [{"name": "Back"}]}]},
            "workouts[0].sets[0]: repetitions is a whole number from 1 to 100,000",
        ),
        (
            SETS | {"sets": [{"repetitions": 5_001, "exercises": [{"name": "Back"}] * 2}]},
            "workouts[0].sets[0]: a workout has at most 10,000 intervals",
        ),
        (
            SETS | {"sets": [{"repetitions": 5_000, "exercises": [{"name": "Back"}]}] * 3},
            "workouts[0].sets[2]: a workout has at most 10,000 intervals",
        ),
        (exercise(duration=14_401), "workouts[0].sets[0].exercises[0]: duration is a whole number from 0 to 14,400"),
    ],
)
def test_unreadable_sets_are_refused_with_their_place(tree: object, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        sets(tree)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ([], "there is nothing in it"),
        ([5], "timers[0]: expected an object, not a whole number"),
        ([TIMER | {"timeSettings": 5}], "timers[0].timeSettings: expected an object, not a whole number"),
        ([TIMER | {"timeSettings": "{"}], "not valid JSON"),
        ([TIMER | {"timeSettings": "[" * 50_000}], "nested too deeply"),
        ([TIMER | {"activities": json.loads("[" * 900 + "]" * 900)}], ""),
        ([TIMER | {"timeSettings": {}, "activeIntervals": 0}], "timers[0]: there is nothing to walk"),
        ([TIMER | {"activeIntervals": 10**9}], "activeIntervals is a whole number from 0 to 100,000"),
        ([TIMER | {"timeSettings": TIMES | {"restarts": 9999}}], "timers[0]: a workout has at most 10,000 intervals"),
        (
            [{"activeIntervals": 5_001, "timeSettings": {"workTime": 1}}],
            "timers[0]: a workout has at most 10,000 intervals",
        ),
        ([TIMER | {"activeIntervals": 100_001}], "timers[0]: activeIntervals is a whole number from 0 to 100,000"),
        ([TIMER | {"activeIntervals": -1}], "timers[0]: activeIntervals is a whole number from 0 to 100,000"),
        ([TIMER | {"timeSettings": TIMES | {"warmupTime": 14_401}}], "warmup_time is a whole number from 0 to 14,400"),
        ([TIMER | {"timeSettings": TIMES | {"restarts": -1}}], "timers[0]: restarts is a whole number from 0 to"),
        ([TIMER | {"timeSettings": TIMES | {"workTime": -5}}], "timers[0]: work_time is a whole number"),
        ([TIMER | {"\ud800": 1}], "timers[0]: it contains text that is not Unicode"),
        ([{"exerciseTime": 5}], "timers[0]: it has no numExercises"),
    ],
)
def test_unreadable_timers_are_refused_with_their_place(tree: object, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        timers(tree)
    assert message in str(caught.value)
