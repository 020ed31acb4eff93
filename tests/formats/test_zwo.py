"""Files of the shapes found in public collections are read, or refused with the line and the reason."""

from __future__ import annotations

from itertools import pairwise

import pytest

from retro_timer.formats.assumptions import Assume, Assumptions
from retro_timer.formats.direction import TURN_SECONDS
from retro_timer.formats.errors import DirectionUnknownError, FormatError
from retro_timer.formats.zwo import read_zwo, write_zwo
from retro_timer.scheduling.model import Interval, Repeat, Workout
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.phases import Phase
from tests.formats.workouts import walked

BLOCKS = """
    <Warmup Duration="300" PowerLow="0.25" PowerHigh="0.75"/>
    <SteadyState Duration="60" Power="0.9"/>
    <IntervalsT Repeat="3" OnDuration="60" OffDuration="30" OnPower="1.1" OffPower="0.5"/>
    <FreeRide Duration="120" FlatRoad="1"/>
    <Ramp Duration="60" PowerLow="0.5" PowerHigh="1.0"/>
    <MaxEffort Duration="20"/>
    <Cooldown Duration="180" PowerLow="0.75" PowerHigh="0.25"/>
"""


def zwo(blocks: str, head: str = "") -> bytes:
    return f"<workout_file>\n{head}<workout>{blocks}</workout>\n</workout_file>".encode()


def parsed(data: bytes, assume: Assume | None = None) -> Workout:
    return read_zwo(data, Assumptions(assume)).workout


def text(message: str, at: object = 0) -> str:
    return f'<textevent timeoffset="{at}" message="{message}"/>'


def read(blocks: str, assume: Assume | None = None) -> str:
    return format_notation(parsed(zwo(blocks), assume))


def test_without_direction_the_walker_is_asked() -> None:
    with pytest.raises(
        DirectionUnknownError, match=r"^line 4: it does not say which way to walk.*forward\|alternate"
    ) as caught:
        parsed(zwo(BLOCKS))
    assert isinstance(caught.value, FormatError)


def test_forward_is_assumed_for_every_bout() -> None:
    workout = parsed(zwo(BLOCKS), Assume.FORWARD)
    assert format_notation(workout) == "warm 5m, fwd 1m, 3x(fwd 1m, fwd 30s), fwd 2m, fwd 1m, fwd 20s, cool 3m"
    assert workout.backward_seconds == 0


def test_alternate_makes_work_backward_with_a_turn_at_every_change() -> None:
    workout = parsed(zwo(BLOCKS), Assume.ALTERNATE)
    steps = walked(workout)
    on_belt = [(step.phase, step.duration) for step in steps if step.phase is not Phase.TURN]
    assert on_belt == [
        (Phase.WARM_UP, 300),
        (Phase.BACKWARD, 60),
        (Phase.BACKWARD, 60),  # the work of the first pair
        (Phase.FORWARD, 30),
        (Phase.BACKWARD, 60),
        (Phase.FORWARD, 30),
        (Phase.BACKWARD, 60),
        (Phase.FORWARD, 30),
        (Phase.BACKWARD, 120),
        (Phase.FORWARD, 60),
        (Phase.BACKWARD, 20),
        (Phase.COOL_DOWN, 180),
    ]
    assert all(step.duration == TURN_SECONDS for step in steps if step.phase is Phase.TURN)
    facing = False
    for before, step in pairwise(steps):
        if step.phase is not Phase.TURN and step.phase.faces_backward != facing:
            assert before.phase is Phase.TURN
            facing = step.phase.faces_backward


def test_lower_case_tags_and_attributes_are_read() -> None:
    steady = '<steadystate duration="60" power="0.5"><textEvent TimeOffset="0" Message="Walk backward"/></steadystate>'
    pairs = (
        '<intervalst repeat="2" onduration="30" offduration="20">'
        + text("backward")
        + text("forward", 30)
        + "</intervalst>"
    )
    assert read(steady + pairs) == "back 1m, 2x(back 30s, fwd 20s)"


def test_a_namespace_and_a_prologue_do_not_matter() -> None:
    root = '<z:workout_file xmlns:z="urn:z"><z:workout><z:Warmup Duration="60"/></z:workout></z:workout_file>'
    data = f'<?xml version="1.0"?><!-- a comment -->{root}'.encode("utf-8-sig")
    assert format_notation(parsed(data)) == "warm 1m"


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8"])
def test_declared_encodings_are_read(encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?><workout_file><name>Rückwärts</name><workout>'
    data = (declared + '<Warmup Duration="60"/></workout></workout_file>').encode(encoding)
    assert parsed(data).name == "Rückwärts"


def test_float_lengths_are_rounded_to_seconds_and_empty_ones_left_out() -> None:
    assert read('<Warmup Duration="60.5"/><Warmup Duration="0"/><Cooldown Duration="5.9e1"/>') == "warm 1m1s, cool 59s"
    assert read('<IntervalsT OnDuration="300" OffDuration="0"/>', Assume.FORWARD) == "fwd 5m"


def test_rounds_are_found_within_an_interval_and_not_across_its_ends() -> None:
    single = f'<SteadyState Duration="60">{text("Backward")}</SteadyState>'
    both = text("Backward") + text("Backward", 60)
    pairs = f'<IntervalsT Repeat="2" OnDuration="60" OffDuration="60">{both}</IntervalsT>'
    assert read(single + pairs) == "back 1m, 4x(back 1m)"
    assert read(pairs + single) == "4x(back 1m), back 1m"
    assert read(single + single) == "2x(back 1m)"


def test_an_interval_walked_once_is_a_set_too() -> None:
    blocks = '<SteadyState Duration="300"/><IntervalsT OnDuration="60" OffDuration="30"/><SteadyState Duration="50"/>'
    assert read(blocks, Assume.ALTERNATE) == "fwd 5m, turn 30s, back 1m, turn 30s, fwd 30s, fwd 50s"


def test_texts_of_an_interval_speak_of_its_later_rounds_too() -> None:
    pairs = '<IntervalsT Repeat="3" OnDuration="60" OffDuration="30">' + text("Walk backward") + text("Forward!", 60)
    assert read(f"{pairs}</IntervalsT>") == "3x(back 1m, fwd 30s)"


def test_a_direction_inside_a_block_splits_it() -> None:
    ride = '<FreeRide Duration="600">' + text("Walk forward") + text("Turn around", 300) + text("walk backward.", 330)
    assert read(f"{ride}{text('Almost there', 590)}</FreeRide>") == "fwd 5m, turn 30s, back 4m30s"


def test_a_warning_of_what_comes_next_changes_nothing() -> None:
    steady = '<SteadyState Duration="60">' + text("Forward") + text("Get ready to walk backward", 50) + "</SteadyState>"
    assert read(steady) == "fwd 1m"


def test_texts_next_to_the_blocks_count_from_the_start() -> None:
    blocks = '<SteadyState Duration="60"/><SteadyState Duration="90"/>' + text("Backward", 0) + text("Forward", 60)
    assert read(blocks) == "back 1m, fwd 1m30s"


def test_prose_is_a_label_and_no_direction() -> None:
    steady = '<SteadyState Duration="90">' + text("Small steps, walking backward &amp; slow") + "</SteadyState>"
    with pytest.raises(DirectionUnknownError):
        read(steady)
    assert read(steady, Assume.FORWARD) == 'fwd 1m30s "Small steps, walking backward & slow"'


def test_a_text_that_turns_is_a_turn_when_it_is_as_short_as_one() -> None:
    turn = '<SteadyState Duration="30">' + text("Turn to face forward") + "</SteadyState>"
    long = '<SteadyState Duration="300">' + text("Turn around and walk backward") + "</SteadyState>"
    assert read(turn) == 'turn 30s "Turn to face forward"'
    assert read(long) == 'back 5m "Turn around and walk backward"'


def test_half_marked_files_still_ask() -> None:
    marked = '<SteadyState Duration="60">' + text("Backward") + "</SteadyState>"
    with pytest.raises(DirectionUnknownError):
        read(marked + '<SteadyState Duration="60"/>')
    assert read(marked + '<SteadyState Duration="60"/>', Assume.ALTERNATE) == "turn 30s, back 1m, turn 30s, fwd 1m"


def test_a_file_that_gives_every_direction_is_read_as_it_is() -> None:
    workout = parse("back 1m, fwd 1m")
    assert parsed(write_zwo(workout).data, Assume.ALTERNATE) == workout


def test_names_keep_markup_as_text() -> None:
    head = "<name>&lt;b&gt;Bold&lt;/b&gt; \n [red]</name><description>One<br/>two</description>"
    workout = parsed(zwo('<Warmup Duration="60"/>', head))
    assert workout.name == "<b>Bold</b> [red]"
    assert workout.description == "One two"


def test_a_label_from_outside_is_cleaned_and_shortened() -> None:
    steady = f'<Warmup Duration="60">{text("a&#x9b;31m&#x202e;b" + "c" * 200)}</Warmup>'
    (step,) = walked(parsed(zwo(steady)))
    assert step.label.startswith("a 31m bccc")
    assert len(step.label) == 80


def test_our_own_texts_are_cleaned_too() -> None:
    steady = f'<Warmup Duration="60">{text("Backward at 1.0 mph: a&#x202e;b")}</Warmup>'
    assert read(steady) == 'back 1m @1.0mph "a b"'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (zwo("<RestDay/>"), "line 2: there is nothing to walk"),
        (zwo(""), "line 2: there is nothing to walk"),
        (b"<workout_file/>", "line 1: it has no <workout>"),
        (b"<gpx/>", 'line 1: expected <workout_file>, not "<gpx>"'),
        (zwo('\n<SteadyState Power="1"/>'), 'line 3: "<steadystate>" has no Duration'),
        (zwo('<IntervalsT Repeat="2"/>'), 'line 2: "<intervalst>" has no OnDuration'),
        (zwo('<Swim Duration="60"/>'), 'line 2: "<swim>" is a block this timer does not know'),
        (zwo('<Warmup Duration="-1"/>'), 'line 2: Duration is a number of seconds up to 14400, not "-1"'),
        (zwo('<Warmup Duration="nan"/>'), 'not "nan"'),
        (zwo('<Warmup Duration="inf"/>'), 'not "inf"'),
        (zwo('<Warmup Duration="1e300"/>'), 'not "1e300"'),
        (zwo(f'<Warmup Duration="{"9" * 5000}"/>'), "Duration is a number of seconds up to 14400"),
        (zwo('<Warmup Duration="١٢"/>'), "Duration is a number of seconds up to 14400"),
        (zwo('<IntervalsT Repeat="0" OnDuration="1"/>'), 'Repeat is a number from 1 to 10,000, not "0"'),
        (zwo('<IntervalsT Repeat="2.5" OnDuration="1"/>'), 'Repeat is a number from 1 to 10,000, not "2.5"'),
        (zwo('<IntervalsT Repeat="10000" OnDuration="1"/>' * 2), "a workout has at most 10,000 intervals"),
        (zwo(f'<FreeRide Duration="14400">{"".join(text("turn", at) for at in range(11, 10_015))}</FreeRide>'),
         "line 2: a workout has at most 10,000 intervals"),
        (zwo('<IntervalsT Repeat="10000" OnDuration="1" OffDuration="1"/>'), "a workout has at most 10,000 intervals"),
        (zwo(f'<Warmup Duration="60">{text("x", "nan")}</Warmup>'), 'timeoffset is a number of seconds, not "nan"'),
        (zwo(f'<Warmup Duration="60">{text("x", -5)}</Warmup>'), 'timeoffset is a number of seconds, not "-5"'),
        (zwo(f'<Warmup Duration="60">{text("Backward at 99 km/h")}</Warmup>'), "line 2: a speed is 0.1 to 25 km/h"),
        (zwo('<Warmup Duration="60"/>', "<durationType>distance</durationType>"),
         "line 2: it has distances, and a timer needs times: give the pace, such as --pace 20:00/km"),
        (zwo('<Warmup Duration="60"/>', "<durationType>steps</durationType>"),
         'line 2: expected durationType time or distance, not "steps"'),
        (zwo('<Warmup Duration="60"/>', f"<name>{'n' * 81}</name>"), "a name has at most 80 characters"),
        (zwo('<Warmup Duration="60"/>', "<name>a&#x202e;b</name>"), "printable characters only, not U+202E"),
    ],
)  # fmt: skip
def test_an_unreadable_file_is_refused_with_its_line_and_reason(data: bytes, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        parsed(data, Assume.FORWARD)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("at", "walked_as"),
    [(10, "back 10m"), (11, "warm 11s, back 9m49s"), (599, "warm 9m59s, back 1s"), (600, "warm 10m")],
)
def test_a_direction_shown_in_the_first_ten_seconds_is_that_of_the_block(at: int, walked_as: str) -> None:
    assert read(f'<Warmup Duration="600">{text("Walk backward", at)}</Warmup>') == walked_as


def test_a_text_belongs_to_the_block_it_is_shown_in() -> None:
    blocks = '<Warmup Duration="60"/><SteadyState Duration="60"/>'
    assert read(blocks + text("forward", 60) + text("backward", 120)) == "warm 1m, fwd 1m"
    assert read(blocks + text("forward", 59) + text("backward", 60)) == "warm 59s, fwd 1s, back 1m"


def test_the_first_direction_of_a_block_counts_and_else_its_first_text() -> None:
    several = text("Small steps", 0) + text("Walk backward", 2) + text("Walk forward", 4)
    assert read(f'<SteadyState Duration="60">{several}</SteadyState>') == "back 1m"
    assert read(f'<Warmup Duration="60">{text("Small steps")}{text("Look up", 1)}</Warmup>') == 'warm 1m "Small steps"'


def test_directions_that_come_at_once_or_go_back_in_time_split_once() -> None:
    ride = text("Walk forward") + text("walk backward", 300) + text("turn around", 300.2)
    assert read(f'<FreeRide Duration="600">{ride}</FreeRide>') == "fwd 5m, back 5m"


@pytest.mark.parametrize(
    ("duration", "seconds"), [("14400", 14_400), ("0.5", 1), ("1.4999", 1), (" +60. ", 60), ("6e1", 60), (".5e1", 5)]
)
def test_numbers_as_other_programs_write_them(duration: str, seconds: int) -> None:
    assert parsed(zwo(f'<Warmup Duration="{duration}"/>')).total_seconds == seconds


def test_as_many_rounds_as_there_can_be_are_read() -> None:
    assert len(walked(parsed(zwo('<IntervalsT Repeat="10000" OnDuration="1"/>'), Assume.FORWARD))) == 10_000


def test_only_rounds_that_are_repeated_are_written_out_and_said_to_be() -> None:
    once, twice = (Workout((Repeat(times, (Interval(Phase.BACKWARD, 5),)),)) for times in (1, 2))
    assert len(write_zwo(once).notes) == 1
    assert write_zwo(twice).notes[1] == "Zwift: rounds are written out one after the other"


def test_what_is_written_is_what_zwift_reads() -> None:
    written = write_zwo(parse("warm 1m, turn 30s, back 1m @1.0mph, rest 5s, cool 9s", name="A & B")).data.decode()
    assert "<name>A &amp; B</name>" in written
    blocks = [line.strip() for line in written.splitlines() if "Duration=" in line]
    assert blocks == [
        '<Warmup Duration="60" PowerLow="0.4" PowerHigh="0.4" pace="0">',
        '<SteadyState Duration="30" Power="0.25" pace="0">',
        '<SteadyState Duration="60" Power="0.4" pace="0">',
        '<SteadyState Duration="5" Power="0.25" pace="0">',
        '<Cooldown Duration="9" PowerLow="0.4" PowerHigh="0.4" pace="0">',
    ]
