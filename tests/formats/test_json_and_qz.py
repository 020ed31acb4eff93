"""JSON for programs, with places in its errors; QZ programs, with speeds in km/h."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given

from retro_timer.formats.errors import FormatError
from retro_timer.formats.qz import write_qz
from retro_timer.formats.workout_json import read_json, write_json
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import format_workout, parse
from tests.formats.workouts import walked, workouts

if TYPE_CHECKING:
    from retro_timer.scheduling.workout import Workout

BLOCKS: list[Any] = [
    {"repeat": 2, "body": [{"phase": "turn", "seconds": 30}, {"phase": "backward", "seconds": 60.0, "speed_kmh": 2}],
     "between": [{"phase": "forward", "seconds": 60, "label": "eyes up", "speed_kmh": None}]},
]  # fmt: skip
NOTATION = '2x(turn 30s, back 1m @2.0km/h | fwd 1m "eyes up")'


def read(tree: object) -> Workout:
    return read_json(json.dumps(tree).encode())


@pytest.mark.parametrize(
    "tree",
    [
        {"blocks": BLOCKS},
        {"notation": NOTATION},
        {"format": "retro-timer workout", "version": 1, "blocks": BLOCKS, "notation": NOTATION},
        {"name": "x", "notation": NOTATION, "total_seconds": 240, "backward_seconds": 120, "intervals": []},
    ],
)
def test_blocks_or_notation_or_both_are_read(tree: dict[str, Any]) -> None:
    assert format_workout(read(tree)) == NOTATION


def test_the_document_is_what_the_module_says() -> None:
    tree = json.loads(write_json(parse(NOTATION, name="Evening")).data)
    assert list(tree) == ["format", "version", "name", "description", "notation", "blocks"]
    assert tree["blocks"][0]["body"][1] == {"phase": "backward", "seconds": 60, "speed_kmh": 2.0}
    assert tree["notation"] == NOTATION


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "line 1: this is no JSON: Expecting value"),
        (b"[]", "expected an object, not a list"),
        (b'{"blocks": [', "this is no JSON"),
        (b'{"blocks": [{"phase": "turn", "seconds": NaN}]}', "NaN is no number"),
        (b'{"blocks": [{"phase": "turn", "seconds": Infinity}]}', "Infinity is no number"),
        (b'{"blocks": [{"phase": "turn", "seconds": 1e999}]}', "blocks[0]: seconds is a whole number"),
        (b'{"blocks": [{"phase": "turn", "seconds": -5}]}', "blocks[0]: a length is 1 second to 4 hours"),
        (b'{"blocks": [{"phase": "turn", "seconds": 1.5}]}', 'blocks[0]: seconds is a whole number, not "1.5"'),
        (b'{"blocks": [{"phase": "turn", "seconds": true}]}', "blocks[0]: seconds is a whole number"),
        (b'{"blocks": [{"phase": "turn", "seconds": ' + b"9" * 4000 + b"}]}", "a length is 1 second to 4 hours"),
        (b'{"blocks": [{"phase": "turn", "seconds": ' + b"9" * 9000 + b"}]}", "this is no JSON"),
        (b'{"blocks": [{"phase": "turn"}]}', "blocks[0]: seconds is a whole number, not nothing"),
        (b'{"blocks": [{"phase": "sideways", "seconds": 5}]}', "blocks[0]: a phase is one of warm-up, backward"),
        (b'{"blocks": [{"phase": [], "seconds": 5}]}', "blocks[0]: a phase is one of"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "lable": "x"}]}', 'blocks[0]: "lable" is not known here'),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "speed_kmh": "2"}]}', "speed_kmh is a number"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "speed_kmh": -1}]}', "a speed is 0.1 to 25 km/h"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "speed_kmh": 1' + b"0" * 400 + b"}]}", "a speed is 0.1 to 25"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "label": 5}]}', "label: expected text"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "label": "\\u001b[2J"}]}', "not U+001B"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "label": "\\ud800"}]}', "not U+D800"),
        (b'{"blocks": [{"repeat": 2, "body": []}]}', "blocks[0]: a repeat needs at least one interval"),
        (b'{"blocks": [{"repeat": 2}]}', "blocks[0].body: expected a list, not nothing"),
        (b'{"blocks": [{"repeat": 0, "body": [{"phase": "turn", "seconds": 5}]}]}', "a repeat has 1 to"),
        (b'{"blocks": [{"repeat": "2", "body": [{"phase": "turn", "seconds": 5}]}]}', "repeat is a number of rounds"),
        (b'{"blocks": {}}', "blocks: expected a list, not an object"),
        (b'{"blocks": []}', "a workout needs at least one interval"),
        (b'{"blocks": ' + b"[" * 20_000, "nested too deep"),
        (b'{"blocks": ' + b'[{"repeat": 2, "body": ' * 60 + b"[]" + b"}]" * 60 + b"}", "nested more than 50 deep"),
        (b"{}", "there is no notation and there are no blocks in it"),
        (b'{"notation": "back 1m", "blocks": [{"phase": "turn", "seconds": 5}]}', "are not the same workout"),
        (b'{"notation": "back 1q"}', "notation: column 6: expected a length"),
        (b'{"notation": 5}', "notation: expected text"),
        (b'{"notation": "back 1m", "notation": "back 2m"}', '"notation" is there twice'),
        (b'{"notation": "back 1m", "version": 2}', "version: written by a newer Retro Timer (version 2)"),
        (b'{"notation": "back 1m", "version": 1' + b"0" * 4000 + b"}", "version: written by a newer Retro Timer"),
        (b'{"notation": "back 1m", "version": true}', "version: expected 1"),
        (b'{"notation": "back 1m", "version": "1"}', 'version: expected 1, not "1"'),
        (b'{"notation": "back 1m", "format": "other"}', 'format: expected "retro-timer workout", not "other"'),
        (b'{"notation": "back 1m", "name": "a\\nb\\u202e"}', "name: a name holds printable characters only"),
        (b'{"notation": "back 1m", "\\u001b[2J": 1}', '"?[2J" is not known here'),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(WorkoutError) as caught:
        read_json(data)
    assert message in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 250


def test_errors_of_a_file_name_the_format_error() -> None:
    with pytest.raises(FormatError):
        read({"version": 99})


@given(workouts())
def test_qz_rows_have_the_lengths_and_speeds(workout: Workout) -> None:
    root = fromstring(write_qz(workout).data)
    assert (root.tag, root.attrib) == ("rows", {"device": "treadmill"})
    assert len(root) == len(walked(workout))
    for row, interval in zip(root, walked(workout), strict=True):
        hours, minutes, seconds = (int(part) for part in row.attrib["duration"].split(":"))
        assert hours * 3600 + minutes * 60 + seconds == interval.duration
        assert minutes < 60
        assert seconds < 60
        if interval.speed_kmh is None or not interval.phase.on_belt:
            assert "forcespeed" not in row.attrib
        else:
            assert row.attrib["forcespeed"] == "1"
            assert float(row.attrib["speed"]) == pytest.approx(interval.speed_kmh, rel=0.006)


def test_qz_says_what_it_cannot_carry() -> None:
    assert write_qz(parse("back 1m @1.6km/h")).notes == (
        "QZ: directions and the name are left out; follow them in Retro Timer",
    )
    assert write_qz(parse('turn 30s, back 1m "eyes up"')).notes[1:] == (
        "QZ: labels are left out",
        "QZ: it does not stop the belt for a turn; stop it yourself, and QZ waits while it stands",
        "QZ: where no speed is set the belt keeps the one it has",
    )
