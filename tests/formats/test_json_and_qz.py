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
from retro_timer.scheduling.notation import format_notation, parse
from tests.formats.workouts import walked, workouts

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout

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
    assert format_notation(read(tree)) == NOTATION


def test_the_document_agrees_with_the_module() -> None:
    tree = json.loads(write_json(parse(NOTATION, name="Evening")).data)
    assert list(tree) == ["format", "version", "name", "description", "notation", "blocks"]
    assert tree["blocks"][0]["body"][1] == {"phase": "backward", "seconds": 60, "speed_kmh": 2.0}
    assert tree["notation"] == NOTATION


def test_it_is_written_as_it_was_byte_for_byte() -> None:
    assert write_json(parse('turn 5s, 2x(back 1m @1.6km/h "Füße")', name="後")).data.decode() == (
        '{\n  "format": "retro-timer workout",\n  "version": 1,\n  "name": "後",\n  "description": "",\n'
        '  "notation": "turn 5s, 2x(back 1m @1.6km/h \\"Füße\\")",\n  "blocks": [\n'
        '    {\n      "phase": "turn",\n      "seconds": 5\n    },\n'
        '    {\n      "repeat": 2,\n      "body": [\n        {\n          "phase": "backward",\n'
        '          "seconds": 60,\n          "speed_kmh": 1.6,\n          "label": "Füße"\n        }\n      ]\n'
        "    }\n  ]\n}\n"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "line 1: not valid JSON: Expecting value"),
        (b"[]", "expected an object, not a list"),
        (b'{"blocks": [', "not valid JSON"),
        (b'{"blocks": [{"phase": "turn", "seconds": NaN}]}', "NaN is not a number"),
        (b'{"blocks": [{"phase": "turn", "seconds": Infinity}]}', "Infinity is not a number"),
        (b'{"blocks": [{"phase": "turn", "seconds": 1e999}]}',
         "blocks[0].seconds: expected a whole number, not a fraction"),
        (b'{"blocks": [{"phase": "turn", "seconds": -5}]}', "blocks[0]: a length is 1 second to 4 hours"),
        (b'{"blocks": [{"phase": "turn", "seconds": 1.5}]}',
         "blocks[0].seconds: expected a whole number, not a fraction"),
        (b'{"blocks": [{"phase": "turn", "seconds": true}]}',
         "blocks[0].seconds: expected a whole number, not true or"),
        (b'{"blocks": [{"phase": "turn", "seconds": ' + b"9" * 4000 + b"}]}", "a length is 1 second to 4 hours"),
        (b'{"blocks": [{"phase": "turn", "seconds": ' + b"9" * 9000 + b"}]}", "not valid JSON"),
        (b'{"blocks": [{"phase": "turn"}]}', "blocks[0]: an interval has a phase and seconds"),
        (b'{"blocks": [{"phase": "sideways", "seconds": 5}]}', "blocks[0].phase: a phase is one of warm-up, backward"),
        (b'{"blocks": [{"phase": [], "seconds": 5}]}', "blocks[0].phase: expected text, not a list"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "lable": "x"}]}', 'blocks[0]: "lable" is unknown'),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "speed_kmh": "2"}]}',
         "blocks[0].speed_kmh: expected a number, not text"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "speed_kmh": -1}]}', "a speed is 0.1 to 25 km/h"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "speed_kmh": 1' + b"0" * 400 + b"}]}",
         "blocks[0].speed_kmh: the number is out of"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "label": 5}]}',
         "blocks[0].label: expected text, not a whole number"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "label": "\\u001b[2J"}]}', "not U+001B"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "label": "\\ud800"}]}', "not U+D800"),
        (b'{"blocks": [{"repeat": 2, "body": []}]}', "blocks[0]: a repeat needs at least one interval"),
        (b'{"blocks": [{"repeat": 2}]}', "blocks[0]: a repeat needs at least one interval"),
        (b'{"blocks": [{"repeat": 0, "body": [{"phase": "turn", "seconds": 5}]}]}', "a repeat has 1 to"),
        (b'{"blocks": [{"repeat": "2", "body": [{"phase": "turn", "seconds": 5}]}]}',
         "blocks[0].repeat: expected a whole number, not text"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "speed_kmh": 1e999}]}', "blocks[0]: a speed is 0.1 to 25 km/h"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "body": []}, 5]}', "blocks[1]: expected an object, not a whole"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "body": [{"phase": "turn", "seconds": 5}]}]}',
         "an interval has"),
        (b'{"blocks": [{"repeat": 2, "body": [{"phase": "turn", "seconds": 5}], "seconds": 5}]}',
         "nothing of an inter"),
        (b'{"blocks": [{"repeat": 2, "body": [{"phase": "turn", "seconds": 5}], "between": null}]}',
         "blocks[0].between:"),
        (b'{"blocks": [{"repeat": 2, "body": [{"phase": "turn", "seconds": 5}, {"phase": "turn", "seconds": 1.5}]}]}',
         "blocks[0].body[1].seconds: expected a whole number"),
        (b'{"blocks": [{"phase": "turn", "seconds": 5, "\\ud800": 1}]}', "text that is not Unicode"),
        (b'{"blocks": [{"phase": "a` - at `$.b\\u001b", "seconds": 5}]}', "a phase is one of"),
        (b'{"blocks": {}}', "blocks: expected a list, not an object"),
        (b'{"blocks": []}', "a workout needs at least one interval"),
        (b'{"blocks": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"blocks": ' + b'[{"repeat": 2, "body": ' * 60 + b"[]" + b"}]" * 60 + b"}", "nested more than 50 deep"),
        (b"{}", "it has neither notation nor blocks"),
        (b'{"notation": "back 1m", "blocks": [{"phase": "turn", "seconds": 5}]}', "describe different workouts"),
        (b'{"notation": "back 1q"}', "notation: column 6: expected a length"),
        (b'{"notation": 5}', "notation: expected text"),
        (b'{"notation": "back 1m", "notation": "back 2m"}', '"notation" appears twice'),
        (b'{"notation": "back 1m", "version": 2}', "version: written by a newer Retro Timer (version 2)"),
        (b'{"notation": "back 1m", "version": 1' + b"0" * 4000 + b"}", "version: written by a newer Retro Timer"),
        (b'{"notation": "back 1m", "version": true}', "version: expected a whole number"),
        (b'{"notation": "back 1m", "version": "1"}', "version: expected a whole number, not text"),
        (b'{"notation": "back 1m", "format": "other"}', 'format: expected "retro-timer workout", not "other"'),
        (b'{"notation": "back 1m", "name": "a\\nb\\u202e"}', "name: a name has printable characters only"),
        (b'{"notation": "back 1m", "\\u001b[2J": 1}', '"?[2J" is unknown'),
    ],
)  # fmt: skip
def test_unreadable_input_is_refused_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(WorkoutError) as caught:
        read_json(data)
    assert message in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ('{"x": 1}', '"x" is unknown (expected format, version, name, description, notation, blocks)'),
        (
            '{"blocks": [{"x": 1}]}',
            'blocks[0]: "x" is unknown (expected phase, seconds, speed_kmh, label, repeat, body, between)',
        ),
        ('{"notation": "back 1m", "version": 0}', "version: expected 1"),
        (
            '{"notation": "back 1m", "version": 1' + "0" * 30 + "}",
            f"version: written by a newer Retro Timer (version 1{'0' * 18}…)",
        ),
    ],
)
def test_what_is_wrong_is_said_word_for_word(data: str, says: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_json(data.encode())
    assert str(caught.value) == says


@pytest.mark.parametrize(("depth", "deep"), [(50, False), (51, True)])
def test_repeats_are_nested_fifty_deep_at_most(depth: int, deep: bool) -> None:
    text = '{"blocks": ' + '[{"repeat": 2, "body": ' * depth + "[1]" + "}]" * depth + "}"
    with pytest.raises(FormatError) as caught:
        read_json(text.encode())
    assert ("repeats are nested more than 50 deep" in str(caught.value)) is deep
    assert len(str(caught.value).partition(": ")[0]) == 60, "the place is shortened"


def test_repeats_between_rounds_are_nested_too() -> None:
    between = '{"blocks": ' + '[{"repeat": 2, "body": [], "between": ' * 51 + "[1]" + "}]" * 51 + "}"
    with pytest.raises(FormatError, match="repeats are nested more than 50 deep"):
        read_json(between.encode())


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


def test_qz_notes_what_it_cannot_represent() -> None:
    assert write_qz(parse("back 1m @1.6km/h")).notes == (
        "QZ: it shows the directions as texts, but does not speak them; follow them in Retro Timer",
    )
    assert write_qz(parse('turn 30s, back 1m "eyes up"', name="Mine")).notes[1:] == (
        "QZ: the format has no place for a name",
        "QZ: it does not stop the belt for a turn; stop it yourself, and QZ waits",
        "QZ: where no speed is set, the belt keeps its speed",
    )
