"""FIT files are read back by Garmin's own decoder, and nothing of fit-tool reaches the terminal."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from garmin_fit_sdk import Decoder, Stream
from hypothesis import given, settings

from retro_timer.formats.fit.file import fit_text, message
from retro_timer.formats.fit.workout import write_fit_workout
from retro_timer.formats.registry import SESSION_FORMATS, write_session, write_workout
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import preset, presets
from tests.formats.sessions import STARTED, walked_session
from tests.formats.workouts import walked, workouts

if TYPE_CHECKING:
    from retro_timer.formats.format import SessionFormat
    from retro_timer.scheduling.model import Workout

DATA = Path(__file__).parent / "data"
CREATED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAMES = {"Warm-up", "Backward", "Turn", "Forward", "Rest", "Cool-down"}


def test_what_the_library_logs_is_not_on_the_terminal() -> None:
    program = "import logging, retro_timer.formats.fit.file; logging.getLogger('fit_tool').warning('strange')"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("", "")


def decoded(data: bytes) -> dict[str, list[dict[str, Any]]]:
    assert Decoder(Stream.from_byte_array(bytearray(data))).check_integrity()
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert not errors
    return cast("dict[str, list[dict[str, Any]]]", messages)


def played(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a watch walks: the steps with their repeats followed."""
    walked_steps: list[dict[str, Any]] = []
    for number, step in enumerate(steps):
        assert step["message_index"] == number
        if step["duration_type"] == "repeat_until_steps_cmplt":
            first = step["duration_step"]
            assert all(inner["duration_type"] == "time" for inner in steps[first:number])
            walked_steps += steps[first:number] * (step["repeat_steps"] - 1)
        else:
            walked_steps.append(step)
    return walked_steps


@given(workouts())
@settings(max_examples=40)
def test_a_watch_gets_what_is_planned(workout: Workout) -> None:
    data = write_fit_workout(workout, CREATED).data
    messages = decoded(data)
    (about,) = messages["workout_mesgs"]
    steps = messages["workout_step_mesgs"]
    assert (about["sport"], about["sub_sport"], about["num_valid_steps"]) == ("walking", "treadmill", len(steps))
    assert len(played(steps)) == len(walked(workout))
    for step, interval in zip(played(steps), walked(workout), strict=True):
        assert step["duration_value"] == interval.duration * 1000
        assert step["wkt_step_name"].split(":")[0].lower() == interval.phase.value
        if interval.speed_kmh is None:
            assert step["target_type"] == "open"
        else:
            assert step["target_type"] == "speed"
            assert step["custom_target_speed_low"] == pytest.approx(interval.speed_kmh / 3.6, abs=0.0006)
            assert step["custom_target_speed_high"] == step["custom_target_speed_low"]


def test_the_file_has_the_numbers_of_the_fit_profile() -> None:
    data = write_fit_workout(preset("builder"), CREATED).data
    messages, _ = Decoder(Stream.from_byte_array(bytearray(data))).read(convert_types_to_strings=False)
    (head,) = messages["file_id_mesgs"]
    (about,) = messages["workout_mesgs"]
    assert (head["type"], head["time_created"]) == (5, CREATED)
    assert (about["sport"], about["sub_sport"], about["wkt_name"]) == (11, 1, "Builder")


def test_a_workout_is_written_as_it_was_byte_for_byte() -> None:
    workout = parse('warm 1m, 2x(turn 5s, 2x(back 30s @1.6km/h "<&> eyes") | fwd 20s @3.2km/h), rest 5s', name="Zurück")
    assert write_fit_workout(workout, CREATED).data == (DATA / "workout.fit").read_bytes()
    assert decoded((DATA / "workout.fit").read_bytes())["file_id_mesgs"][0]["time_created"] == CREATED


@pytest.mark.parametrize(
    ("notation", "sampled", "note"),
    [
        ("back 1m @1.6km/h", None, "distances are based on the planned speeds"),
        ("back 1m @1.6km/h, fwd 1m @3km/h", 60, "some distances are based on the planned speeds"),
        ("back 1m @1.6km/h", 60, "distances are measured"),
        ("back 1m @1.6km/h, fwd 1m", None, "not every speed is known, so there is no total distance"),
        ("back 1m, fwd 1m", None, "no speed is known, so there is no distance"),
        ("turn 1m", None, "no speed is known, so there is no distance"),
    ],
)
def test_where_distances_come_from_is_noted(notation: str, sampled: int | None, note: str) -> None:
    lead_in = 10
    measured = (lambda second: (2.0 if second < lead_in + sampled else None, None)) if sampled else None
    assert write_session(walked_session(notation, sampled=measured), "fit").notes == (f"FIT: {note}",)


def test_rounds_stay_rounds() -> None:
    steps = decoded(write_fit_workout(preset("builder"), CREATED).data)["workout_step_mesgs"]
    names = [step.get("wkt_step_name", f"{step['duration_type']} {step.get('repeat_steps')}") for step in steps]
    assert names == [
        "Warm-up", "Turn", "Backward", "Turn", "Forward", "repeat_until_steps_cmplt 3",
        "Turn", "Backward", "Turn", "Cool-down",
    ]  # fmt: skip
    assert [step["intensity"] for step in steps[:5]] == ["warmup", "rest", "active", "rest", "recovery"]


@pytest.mark.parametrize("workout", presets(), ids=lambda workout: workout.id)
def test_every_preset_is_as_long_on_a_watch(workout: Workout) -> None:
    steps = decoded(write_workout(workout, "fit").data)["workout_step_mesgs"]
    assert sum(step["duration_time"] for step in played(steps)) == workout.total_seconds


def test_lost_details_are_noted() -> None:
    notes = write_fit_workout(parse('2x(2x(back 1m), fwd 1m "' + "💃" * 80 + '")'), CREATED).notes
    assert notes == (
        "FIT: a watch shows the direction only in the name of a step",
        "FIT: nested repeats are written out",
        "FIT: long labels are shortened",
    )


def test_what_is_not_lost_is_not_noted() -> None:
    notes = write_fit_workout(parse('2x(back 1m "short" | fwd 1m)'), CREATED).notes
    assert notes == ("FIT: a watch shows the direction only in the name of a step",)
    fits = "💃" * ((250 - len("Backward: ")) // 4)
    assert len(write_fit_workout(parse(f'back 1m "{fits}"'), CREATED).notes) == 1
    assert len(write_fit_workout(parse(f'back 1m "{fits}💃"'), CREATED).notes) == 2
    between = parse("2x(back 1m | 2x(turn 5s))")
    assert write_fit_workout(between, CREATED).notes[1] == "FIT: nested repeats are written out"


def test_text_is_cut_between_characters() -> None:
    assert fit_text("💃" * 80) == "💃" * 62
    assert fit_text("short") == "short"
    assert fit_text("x" * 251) == "x" * 250


def test_a_misspelt_field_is_noticed() -> None:
    from retro_timer.formats.fit.file import LapMessage

    with pytest.raises(AttributeError, match="LapMessage has no field nothing"):
        message(LapMessage, nothing=1)


def test_an_activity_has_a_named_lap_for_each_interval() -> None:
    session = walked_session()
    messages = decoded(write_session(session, "fit").data)
    steps, laps = messages["workout_step_mesgs"], messages["lap_mesgs"]
    assert [steps[lap["wkt_step_index"]]["wkt_step_name"] for lap in laps[:5]] == [
        "Warm-up", "Turn", "Backward", "Turn", "Forward"
    ]  # fmt: skip
    assert len(laps) == len(session.intervals) == 17
    assert [lap["total_timer_time"] for lap in laps[:5]] == [180, 30, 120, 30, 60]
    assert all((lap["sport"], lap["sub_sport"]) == ("walking", "indoor_walking") for lap in laps)
    starts = [lap["start_time"] for lap in laps]
    assert [lap["timestamp"] for lap in laps[:-1]] == starts[1:]
    lead_in = timedelta(milliseconds=session.intervals[0].at)
    assert starts[0] == (STARTED + lead_in).astimezone(UTC).replace(microsecond=0)


def test_the_steps_of_an_activity_are_as_long_as_they_were_walked() -> None:
    session = walked_session("warm 10s, back 20s @1.6km/h, fwd 30s", end_at=10 + 10 + 20)  # after a lead-in of ten
    steps = decoded(write_session(session, "fit").data)["workout_step_mesgs"]
    assert [step["duration_time"] for step in steps] == [10, 20]
    barely = decoded(write_session(walked_session("back 10s", end_at=10.4), "fit").data)
    assert [step["duration_time"] for step in barely["workout_step_mesgs"]] == [1]  # no step is empty


def test_distance_is_given_if_the_speeds_are_known_and_energy_never() -> None:
    known = decoded(write_session(walked_session(), "fit").data)
    metres = 300 / 3.6 * 3.2 + 480 / 3.6 * 1.6 + 180 / 3.6 * 3.2
    (whole,) = known["session_mesgs"]
    assert whole["total_distance"] == pytest.approx(metres, abs=0.01)
    assert [lap.get("total_distance") for lap in known["lap_mesgs"][:3]] == [
        160.0,
        None,
        pytest.approx(53.33, abs=0.01),
    ]
    assert known["record_mesgs"][-1]["distance"] == pytest.approx(metres, abs=0.01)
    partly = decoded(write_session(walked_session("back 1m @1.6km/h, fwd 1m"), "fit").data)
    unknown = decoded(write_session(walked_session("back 1m, fwd 1m"), "fit").data)
    for messages in (partly, unknown):
        assert "total_distance" not in messages["session_mesgs"][0]
        assert not any("distance" in record for record in messages["record_mesgs"])
    for messages in (known, partly, unknown):
        everything = [message for kind in messages.values() for message in kind]
        assert not any("calories" in field for message in everything for field in message if isinstance(field, str))


def test_there_is_a_record_every_second_where_the_speed_is_known() -> None:
    session = walked_session("warm 10s, back 20s @1.8km/h, turn 5s", pause_at=25, pause_for=100)
    messages = decoded(write_session(session, "fit").data)
    lap = messages["lap_mesgs"][1]
    inside = [each for each in messages["record_mesgs"] if lap["start_time"] <= each["timestamp"] < lap["timestamp"]]
    seconds = [(each["timestamp"] - lap["start_time"]).total_seconds() for each in inside]
    assert seconds == [*range(5), *range(110, 125)]  # none in the pause and the lead-in
    assert {each["speed"] for each in inside} == {0.5}
    walked = decoded(write_session(walked_session("back 20s @1.8km/h, turn 5s"), "fit").data)["record_mesgs"]
    assert [each["distance"] for each in walked[:21]] == [second / 2 for second in range(21)]


def test_an_activity_names_the_program_as_its_creator() -> None:
    messages = decoded(write_session(walked_session("back 5s"), "fit").data)
    (device,), (made_by,) = messages["device_info_mesgs"], messages["file_creator_mesgs"]
    assert (device["device_index"], device["product_name"]) == ("creator", "Retro Timer")
    assert made_by["software_version"] == 100


def test_pauses_stop_the_timer_and_not_the_clock() -> None:
    messages = decoded(write_session(walked_session(pause_at=60, pause_for=100), "fit").data)
    kinds = [event["event_type"] for event in messages["event_mesgs"]]
    assert kinds == ["start", "stop", "start", "stop_all"]
    start, stop, go_on, _ = (event["timestamp"] for event in messages["event_mesgs"])
    assert stop - start < timedelta(seconds=61)
    assert go_on - stop >= timedelta(seconds=100)
    (whole,) = messages["session_mesgs"]
    assert whole["total_timer_time"] == 1200
    assert whole["total_elapsed_time"] >= 1300
    assert messages["lap_mesgs"][0]["total_timer_time"] == 180


def test_a_session_ended_early_has_the_laps_that_were_walked() -> None:
    messages = decoded(write_session(walked_session(end_at=250), "fit").data)
    assert [lap["intensity"] for lap in messages["lap_mesgs"]] == ["warmup", "rest", "active"]
    assert messages["session_mesgs"][0]["num_laps"] == 3


def test_the_local_time_is_that_of_the_walker() -> None:
    (activity,) = decoded(write_session(walked_session(), "fit").data)["activity_mesgs"]
    local = datetime(1989, 12, 31, tzinfo=UTC) + timedelta(seconds=activity["local_timestamp"])
    assert local - activity["timestamp"] == timedelta(hours=5, minutes=30)


@pytest.mark.parametrize("fraction", [0, 499_999, 500_000, 700_000, 999_999])
def test_the_local_time_is_right_whatever_the_fraction_of_the_second(fraction: int) -> None:
    session = walked_session(started=STARTED.replace(microsecond=fraction))
    (activity,) = decoded(write_session(session, "fit").data)["activity_mesgs"]
    local = datetime(1989, 12, 31, tzinfo=UTC) + timedelta(seconds=activity["local_timestamp"])
    assert local - activity["timestamp"] == timedelta(hours=5, minutes=30)


@pytest.mark.parametrize("known", SESSION_FORMATS, ids=lambda known: known.id)
def test_a_session_in_which_nothing_was_walked_is_refused(known: SessionFormat) -> None:
    with pytest.raises(WorkoutError, match="nothing was walked"):
        known.write(walked_session(end_at=3))
    with pytest.raises(WorkoutError, match="offset from UTC"):
        known.write(walked_session(started=STARTED.replace(tzinfo=None)))


def test_every_phase_has_a_name_on_the_watch() -> None:
    workout = parse(", ".join(f"{word} 5s" for word in ("warm", "back", "turn", "fwd", "rest", "cool")))
    steps = decoded(write_fit_workout(workout, CREATED).data)["workout_step_mesgs"]
    assert {step["wkt_step_name"] for step in steps} == NAMES
    assert len(NAMES) == len(Phase)


def test_fit_tool_is_loaded_late_and_writes_nothing_to_the_terminal() -> None:
    program = """
import logging, sys
from retro_timer.formats.registry import write_workout
from retro_timer.scheduling.presets import preset
assert not {"fit_tool", "tomlkit", "defusedxml"} & set(sys.modules)
write_workout(preset("builder"), "fit")
assert "fit_tool" in sys.modules
assert not logging.getLogger().handlers
logging.getLogger("fit_tool").warning("to nobody")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_pause_at_the_start_of_the_last_lap_is_part_of_it() -> None:
    session = walked_session("back 10s, fwd 10s", pause_at=10 + 10, pause_for=7)  # after a lead-in of ten
    (pause,) = session.pauses
    assert pause.at == session.intervals[-1].at
    lap = decoded(write_session(session, "fit").data)["lap_mesgs"][-1]
    assert lap["total_elapsed_time"] == 10 + pause.length / 1000
