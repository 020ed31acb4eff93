"""Faults and omissions of public .zwo files: lengths without a unit, encodings, ampersands, texts by distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.formats.assumptions import Assume, Assumptions, Lengths
from retro_timer.formats.errors import DirectionUnknownError, FormatError, LengthsUnknownError, PaceUnknownError
from retro_timer.formats.zwo import read_zwo
from retro_timer.scheduling.notation import format_notation

if TYPE_CHECKING:
    from retro_timer.formats.received import Received

RUN = "<sportType>run</sportType>"
TIME = "<durationType>time</durationType>"
DISTANCE = "<durationType>distance</durationType>"
BLOCKS = """<Warmup Duration="1000"/><IntervalsT Repeat="2" OnDuration="400" OffDuration="200"/>
<Cooldown Duration="1000"/>"""


def zwo(blocks: str, head: str = "") -> bytes:
    return f"<workout_file>\n{head}<workout>{blocks}</workout>\n</workout_file>".encode()


def received(
    data: bytes, assume: Assume | None = Assume.FORWARD, lengths: Lengths | None = None, pace_kmh: float | None = None
) -> Received:
    return read_zwo(data, Assumptions(assume, lengths, pace_kmh))


def test_a_running_workout_without_a_unit_asks() -> None:
    with pytest.raises(LengthsUnknownError) as caught:
        received(zwo(BLOCKS, RUN))
    assert str(caught.value).startswith(
        "line 2: its lengths may be metres or seconds (3.2 km, or 53:20): choose with --lengths metres|seconds"
    )
    assert caught.value.if_either == "3.2 km, or 53:20"
    as_seconds = received(zwo(BLOCKS, RUN), lengths=Lengths.SECONDS)
    assert as_seconds.workout.total_seconds == 3200
    assert as_seconds.notes[0] == "its lengths are read as seconds"
    with pytest.raises(PaceUnknownError):
        received(zwo(BLOCKS, RUN), lengths=Lengths.METRES)
    as_metres = received(zwo(BLOCKS, RUN), lengths=Lengths.METRES, pace_kmh=3.0)
    assert format_notation(as_metres.workout) == "warm 20m, 2x(fwd 8m, fwd 4m), cool 20m"
    assert as_metres.notes[0] == "3 blocks in metres became times at 20:00/km"


@pytest.mark.parametrize("head", [RUN + TIME, "", "<sportType>bike</sportType>"])
def test_a_unit_that_is_said_or_usual_is_not_asked_for(head: str) -> None:
    for lengths in (None, Lengths.METRES):
        assert received(zwo(BLOCKS, head), lengths=lengths, pace_kmh=3.0).workout.total_seconds == 3200


def test_metres_that_are_said_only_need_a_pace() -> None:
    for lengths in (None, Lengths.SECONDS):
        assert received(zwo(BLOCKS, RUN + DISTANCE), lengths=lengths, pace_kmh=6.0).workout.total_seconds == 1920
    with pytest.raises(FormatError, match='the time for 100000 m is a number of seconds up to 14400, not "120000"'):
        received(zwo('<FreeRun Duration="100000"/>', DISTANCE), pace_kmh=3.0)
    with pytest.raises(FormatError, match='Duration is a number of metres up to 100,000, not "1e6"'):
        received(zwo('<FreeRun Duration="1e6"/>', DISTANCE), pace_kmh=3.0)


def test_a_file_with_both_says_it_in_its_blocks() -> None:
    blocks = """<Warmup Duration="600" durationType="time"/><SteadyState Duration="500" durationType="distance"/>
    <SteadyState Distance="250"/><Cooldown Duration="300" durationType="time"/>"""
    mixed = received(zwo(blocks, RUN + TIME), pace_kmh=3.0)
    assert format_notation(mixed.workout) == "warm 10m, fwd 10m, fwd 5m, cool 5m"
    assert mixed.notes[0] == "2 blocks in metres became times at 20:00/km; 2 blocks are in seconds"


def test_texts_by_distance_count_only_with_distances() -> None:
    text = '<textevent distoffset="{}" message="{}"/>'
    block = f'<SteadyState Duration="600">{text.format(0, "Backward")}{text.format(300, "Forward!")}</SteadyState>'
    with pytest.raises(DirectionUnknownError):
        received(zwo(block), None)
    assert format_notation(received(zwo(block, DISTANCE), None, pace_kmh=6.0).workout) == "back 3m, fwd 3m"
    assert received(zwo(block)).notes == (
        "the direction of 1 of 1 interval is assumed (forward)", "2 texts are left out",
    )  # fmt: skip


def test_texts_and_targets_that_are_lost_are_counted() -> None:
    texts = "".join(f'<textevent timeoffset="{at}" message="Keep going {at}"/>' for at in (0, 5, 60, 120))
    block = f'<SteadyState Duration="600" Power="0.8" Cadence="90">{texts}</SteadyState>'
    assert received(zwo(block)).notes[1:] == ("3 texts are left out", "targets of power and cadence are left out")
    assert received(zwo('<Warmup Duration="60"/>'), None).notes == ()
    one = '<Warmup Duration="60"><textevent timeoffset="30" message="Breathe"/></Warmup>'
    assert received(zwo(one), None).notes == ("1 text is left out",)


SHOWN = '<textevent timeoffset="{}" message="{}"/>'


@pytest.mark.parametrize(
    ("blocks", "walked_as", "notes"),
    [
        # A text has a length of its own, how long it is shown, and that is none of a block.
        ('<textevent timeoffset="0" message="Backward" duration="10"/><SteadyState Duration="60"/>', "back 1m", ()),
        ('<TextNotification timeOffset="0" text="Backward" duration="9"/><Ramp Duration="60"/>', "back 1m", ()),
        # The words are in `message`, or in `text`; a text without words is left out.
        ('<FreeRide Duration="60"><textevent text="Backward"/></FreeRide>', "back 1m", ()),
        (
            '<Warmup Duration="60"><textevent timeoffset="" message="Backward"/><textevent/></Warmup>',
            "back 1m", ("1 text is left out",),
        ),
        # What comes behind the end is shown to nobody.
        (
            '<Warmup Duration="60"/><textevent timeoffset="60" message="Backward"/>',
            "warm 1m", ("1 text is left out",),
        ),
        (
            f'<Warmup Duration="60">{SHOWN.format(61, "x")}{SHOWN.format(99, "y")}</Warmup>',
            "warm 1m", ("2 texts are left out",),
        ),
        # Texts in the order in which they are shown.
        (
            f'<FreeRide Duration="90">{SHOWN.format(60, "Forward")}{SHOWN.format(0, "Backward")}</FreeRide>',
            "back 1m, fwd 30s", (),
        ),
        ('<Gift/><Warmup Duration="60"/>', "warm 1m", ()),
    ],
)  # fmt: skip
def test_texts_as_other_programs_write_them(blocks: str, walked_as: str, notes: tuple[str, ...]) -> None:
    found = received(zwo(blocks), None)
    assert (format_notation(found.workout), found.notes) == (walked_as, notes)


@pytest.mark.parametrize(
    ("attribute", "lost"),
    [
        ("Power", True),
        ("PowerOnHigh", True),
        ("Cadence", True),
        ("CadenceResting", True),
        ("Zone", True),
        ("pace", False),
    ],
)  # fmt: skip
def test_targets_are_said_to_be_lost(attribute: str, lost: bool) -> None:
    notes = received(zwo(f'<Warmup Duration="60" {attribute}="1"/>'), None).notes
    assert notes == (("targets of power and cadence are left out",) if lost else ())


def test_our_own_targets_are_not_said_to_be_lost() -> None:
    block = '<Warmup Duration="60" Power="1"/>'
    assert received(zwo(block, "<author>Retro Timer</author>"), None).notes == ()
    assert received(zwo(block, "<author>Somebody</author>"), None).notes != ()


@pytest.mark.parametrize(
    ("blocks", "metres", "pace", "notes"),
    [
        ('<Warmup Duration="100"/>', True, 6.0, ("1 block in metres became times at 10:00/km",)),
        ('<IntervalsT OnDuration="100" OffDuration="50"/>', True, 6.0, ("1 block in metres became times at 10:00/km",)),
        (
            '<Warmup Duration="100"/><Cooldown Duration="60" durationType="time"/>', True, 6.0,
            ("1 block in metres became times at 10:00/km; 1 block is in seconds",),
        ),
        ('<Warmup Duration="100"/>', False, 6.0, ("its lengths are read as seconds",)),
        ('<Warmup Duration="100"/>', False, None, ("its lengths are read as seconds",)),
        (
            '<Warmup Duration="100"/><Cooldown Duration="0"/>', True, 6.0,
            ("2 blocks in metres became times at 10:00/km",),
        ),
    ],
)  # fmt: skip
def test_what_was_decided_about_lengths_is_noted(
    blocks: str, metres: bool, pace: float | None, notes: tuple[str, ...]
) -> None:
    lengths = Lengths.METRES if metres else Lengths.SECONDS
    found = received(zwo(blocks, RUN), lengths=lengths, pace_kmh=pace)
    assert tuple(note for note in found.notes if "direction" not in note) == notes


@pytest.mark.parametrize("sport", ["run", "Running", " RUN ", "bike", "rowing", ""])
def test_only_a_running_workout_may_be_in_metres(sport: str) -> None:
    data = zwo('<Warmup Duration="60"/>', f"<sportType>{sport}</sportType>")
    if "run" in sport.lower():
        with pytest.raises(LengthsUnknownError) as caught:
            received(data)
        assert caught.value.if_either == "0.06 km, or 1:00"
    else:
        assert received(data).workout.total_seconds == 60


def test_a_unit_may_be_given_in_the_workout_or_in_every_block() -> None:
    assert received(zwo(f'{DISTANCE}<Warmup Duration="100"/>', RUN), pace_kmh=6.0).workout.total_seconds == 60
    each = '<Warmup Duration="100" durationType=" Distance "/><Cooldown Duration="60" durationtype="time"/>'
    assert received(zwo(each, RUN), pace_kmh=6.0).workout.total_seconds == 120
    with pytest.raises(LengthsUnknownError):
        received(zwo('<Warmup Duration="100" durationType="distance"/><Cooldown Duration="60"/>', RUN), pace_kmh=6.0)
    with pytest.raises(FormatError, match=r'^line 2: expected durationType time or distance, not "steps"$'):
        received(zwo('<Warmup Duration="100" durationType="steps"/>'))


def test_a_block_of_no_length_is_left_out_also_in_metres() -> None:
    blocks = '<Warmup Duration="100"/><Cooldown Duration="0"/>'
    assert format_notation(received(zwo(blocks, DISTANCE), pace_kmh=6.0).workout) == "warm 1m"
    assert received(zwo('<Warmup Duration="0"/><Cooldown Duration="9"/>', DISTANCE), pace_kmh=6.0).workout.blocks


def test_a_distance_counts_more_than_a_duration_and_may_stand_alone() -> None:
    block = '<SteadyState Duration="999" Distance="100"/><IntervalsT OnDistance="100" OffDistance="50"/>'
    assert received(zwo(block), pace_kmh=6.0).workout.total_seconds == 60 + 60 + 30


def test_work_without_recovery_alternates() -> None:
    block = '<Warmup Duration="60"/><IntervalsT Repeat="4" OnDuration="60" OffDuration="0"/>'
    assert format_notation(received(zwo(block), Assume.ALTERNATE).workout) == (
        "warm 1m, 2x(turn 30s, back 1m, turn 30s, fwd 1m)"
    )


NAME = "Rückwärts \N{EN DASH} 5\N{RIGHT SINGLE QUOTATION MARK}"
WESTERN = f"<workout_file><name>{NAME}</name><workout><Warmup Duration='60'/></workout></workout_file>"


@pytest.mark.parametrize("declared", ["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-8"?>'])
def test_windows_1252_that_is_not_declared_is_read_and_said(declared: str) -> None:
    found = received((declared + WESTERN).encode("cp1252"), None)
    assert found.workout.name == NAME
    assert found.notes == ("it is read as Windows-1252: it is not UTF-8",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "declared", ["", '<?xml version="1.0" encoding="utf-8"?>', '<?xml version="1.0" encoding="utf-16"?>']
)
def test_what_powershell_writes_is_read_whatever_it_declares(encoding: str, declared: str) -> None:
    found = received((declared + WESTERN).encode(encoding), None)
    assert (found.workout.name, found.notes) == (NAME, ())


def test_a_declared_encoding_counts() -> None:
    data = ('<?xml version="1.0" encoding="windows-1252"?>' + WESTERN).encode("cp1252")
    assert (received(data, None).workout.name, received(data, None).notes) == (NAME, ())


def test_a_bare_ampersand_is_read_and_said() -> None:
    head = "<name>Warm & Easy &amp; more <![CDATA[a & b]]></name><!-- c & d -->"
    found = received(zwo('<Warmup Duration="60"><textevent message="In & out"/></Warmup>', head), None)
    assert found.workout.name == "Warm & Easy & more a & b"
    assert format_notation(found.workout) == 'warm 1m "In & out"'
    assert found.notes == ('a "&" that should be "&amp;" is read as it is',)
    for broken in ("<name>a &b; c</name>", "<name>a & b<c</name>"):
        with pytest.raises(FormatError, match="not valid XML"):
            received(zwo('<Warmup Duration="60"/>', broken), None)
