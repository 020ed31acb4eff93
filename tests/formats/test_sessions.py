"""Walked sessions as TCX and as share cards."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import xmlschema
from defusedxml.ElementTree import fromstring
from rich.cells import cell_len

from retro_timer.formats.registry import SESSION_FORMATS, write_session
from retro_timer.formats.share_card import WIDTH, card
from retro_timer.scheduling.errors import WorkoutError
from tests.formats.sessions import STARTED, walked_session

if TYPE_CHECKING:
    from retro_timer.formats.format import SessionFormat
    from retro_timer.session.history import StoredSession

DATA = Path(__file__).parent / "data"
SCHEMA = DATA / "tcx_activities.xsd"
SPACE = {"t": "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"}


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMA)


@pytest.mark.parametrize(
    "notation", ['back 1m @1.6km/h "<&> \\" 眼"', "turn 5s", "rest 5s, back 1m", "warm 10s @2km/h, back 10s"]
)
def test_tcx_follows_the_published_schema(schema: xmlschema.XMLSchema, notation: str) -> None:
    schema.validate(write_session(walked_session(notation, name="<b> & ]]>"), "tcx").data.decode())
    schema.validate(write_session(walked_session(pause_at=60, pause_for=100), "tcx").data.decode())


@pytest.mark.parametrize("known", SESSION_FORMATS, ids=lambda known: known.id)
def test_a_session_is_written_as_it_was_byte_for_byte(known: SessionFormat) -> None:
    notation = '2x(back 1m @1.6km/h "<&> eyes", turn 5s | fwd 30s @3.2km/h)'
    session = walked_session(notation, name="Zurück 後", pause_at=70, pause_for=30)
    assert known.write(session).data == (DATA / f"session{known.suffixes[0]}").read_bytes()


def measured_in_part() -> StoredSession:
    """A belt is measured from the second minute on, the heart until the last one, in a walk with a pause."""

    def sampled(second: int) -> tuple[float | None, int | None]:
        return (1.5 + second % 4 / 10 if second >= 60 else None), (90 + second % 20 if second < 180 else None)

    notation = 'warm 50s @3km/h, 2x(turn 10s, back 1m @1.6km/h "eyes up" | fwd 30s @3.2km/h), rest 5s, cool 40s @2km/h'
    return walked_session(notation, name="", pause_at=100, pause_for=20, sampled=sampled)


@pytest.mark.parametrize("known", SESSION_FORMATS, ids=lambda known: known.id)
def test_a_measured_session_is_written_as_it_was_byte_for_byte(known: SessionFormat) -> None:
    assert known.write(measured_in_part()).data == (DATA / f"measured{known.suffixes[0]}").read_bytes()


def test_the_schema_refuses_inconsistent_rows(schema: xmlschema.XMLSchema) -> None:
    tcx = write_session(walked_session(), "tcx").data.decode()
    moved = tcx.replace("<Calories>0</Calories>", "", 1)
    assert not schema.is_valid(moved)
    assert not schema.is_valid(tcx.replace('Sport="Other"', 'Sport="Walking"'))


def test_tcx_has_a_lap_for_each_interval_named_by_its_phase() -> None:
    session = walked_session(pause_at=60, pause_for=100)
    root = fromstring(write_session(session, "tcx").data)
    laps = root.findall(".//t:Lap", SPACE)
    assert [lap.findtext("t:Notes", "", SPACE) for lap in laps[:3]] == [
        "Warm-up at 3.2 km/h", "Turn", "Backward at 1.6 km/h"
    ]  # fmt: skip
    assert [float(lap.findtext("t:TotalTimeSeconds", "", SPACE)) for lap in laps[:3]] == [180, 30, 120]
    starts = [datetime.fromisoformat(lap.attrib["StartTime"]) for lap in laps]
    assert starts[0] >= STARTED
    assert (starts[1] - starts[0]).total_seconds() >= 280
    assert root.findtext(".//t:Id", "", SPACE).endswith("Z")


def test_tcx_has_a_point_every_second_at_a_known_speed_and_names_its_creator() -> None:
    root = fromstring(write_session(walked_session("back 20s @1.8km/h, turn 5s"), "tcx").data)
    back, turn = root.findall(".//t:Track", SPACE)
    assert [point.findtext("t:DistanceMeters", "", SPACE) for point in back] == [f"{s / 2:.2f}" for s in range(21)]
    assert len(turn) == 2
    assert root.findtext(".//t:Creator/t:Name", "", SPACE) == "Retro Timer"


def test_tcx_says_that_it_was_made_to_write_zeros() -> None:
    known, unknown = walked_session(), walked_session("back 1m @1.6km/h, fwd 1m")
    assert write_session(known, "tcx").notes == ("TCX: energy is written as 0, because the format requires a number",)
    assert "TCX: unknown distances are written as 0" in write_session(unknown, "tcx").notes[1]
    root = fromstring(write_session(unknown, "tcx").data)
    assert not root.findall(".//t:Trackpoint/t:DistanceMeters", SPACE)
    assert {calories.text for calories in root.iterfind(".//t:Calories", SPACE)} == {"0"}


def test_the_card_of_a_whole_session() -> None:
    assert (
        card(walked_session())
        == """\
╭──────────────────────────────────────────────────────────╮
│ RETRO TIMER                               Mon 2 Mar 2026 │
│ Builder                                                  │
│                                                          │
│ ▼ backward 8:00       ▲ forward 8:00      ↻ turning 4:00 │
│ longest backward 2:00       rounds 4 of 4       complete │
│                                                          │
│ ▁▁▁▁▁▁▁▁▃▃█████▃▃▁▁▁▃██████▃▁▁▁▃██████▃▁▁▁▃██████▃▁▁▁▁▁▁ │
╰──────────────────────────────────────────────────────────╯
"""
    )


def test_the_ascii_card_of_a_session_ended_early() -> None:
    assert (
        card(walked_session(end_at=610, name="Zurück 後"), ascii_only=True)
        == """\
+----------------------------------------------------------+
| RETRO TIMER                               Mon 2 Mar 2026 |
| Zuruck ?                                                 |
|                                                          |
| v backward 4:00       ^ forward 4:00      @ turning 2:00 |
| longest backward 2:00      rounds 2 of 4     50 % walked |
|                                                          |
| _________________+++###########+++_____+++###########+++ |
+----------------------------------------------------------+
"""
    )


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("name", ["", "n" * 80, "後" * 80, "👩‍🦯 " * 10, "[red]x[/]"])
@pytest.mark.parametrize("notation", ["back 5s", "10x(back 4h, turn 1h)", "rest 1m, fwd 1s"])
def test_a_card_is_never_wider_than_sixty_columns(notation: str, name: str, ascii_only: bool) -> None:
    lines = card(walked_session(notation, name=name), ascii_only=ascii_only).splitlines()
    assert {cell_len(line) for line in lines} == {WIDTH}
    assert "".join(lines).isascii() is ascii_only


@pytest.mark.parametrize("known", SESSION_FORMATS, ids=lambda known: known.id)
def test_every_session_format_is_found_by_its_suffix(known: object) -> None:
    suffix = known.suffixes[0]  # type: ignore[attr-defined]  # one of the formats
    assert write_session(walked_session(), f"walk{suffix}").data


def test_an_unknown_session_format_is_refused() -> None:
    with pytest.raises(
        WorkoutError,
        match=r'"\.gpx" is not a format; the formats are card \(\.txt\), card-ascii \(\.asc\), fit \(\.fit\), '
        r"tcx \(\.tcx\)",
    ):
        write_session(walked_session(), "walk.gpx")
