"""Files that hold something else than a workout are named, whatever they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.formats.assumptions import NOTHING_ASSUMED
from retro_timer.formats.errors import FormatError
from retro_timer.formats.foreign import refuse_bytes, refuse_text
from retro_timer.formats.registry import read_pasted, read_workouts

if TYPE_CHECKING:
    from pathlib import Path

COURSE = "[COURSE HEADER]\r\nVERSION = 2\r\nMINUTES {}\r\n[END COURSE HEADER]\r\n[COURSE DATA]\r\n0.00\t100\r\n"
TCX = '<?xml version="1.0"?>\n<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/v2">\n<{}>'
TEXTS = {
    "looks like .erg, power only": COURSE.format("WATTS"),
    "looks like .mrc, power only": COURSE.format("PERCENT"),
    "looks like GPX": '<?xml version="1.0"?>\n<!-- x -->\n<gpx version="1.1" creator="x"><trk/></gpx>',
    "looks like a TCX workout": TCX.format("Workouts"),
    "looks like TCX, an activity": TCX.format("Activities"),
    "looks like .pwx": '<?xml version="1.0"?><pwx xmlns="http://www.peaksware.com/PWX/1/0"/>',
    "looks like KML": '<kml xmlns="x"/>',
    "looks like a picture": '<?xml version="1.0"?><svg xmlns="x"/>',
    "looks like an Apple property list": '<?xml version="1.0"?><!DOCTYPE plist PUBLIC "x"><plist version="1.0"/>',
    "looks like a web page": "<!DOCTYPE html>\n<html><head>",
    "looks like a calendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
    "looks like a Garmin Connect workout": '{"workoutName": "x", "workoutSegments": []}',
    "looks like a TrainingPeaks workout": '{"structure": [], "primaryIntensityMetric": "percentOfFtp"}',
    "looks like a TrainerRoad workout": '{"Workout": {"intervalData": []}}',
    "looks like an intervals.icu workout": '[{"name": "x", "workout_doc": {}}]',
    "looks like a table": "date,distance,time\n2024-01-01,5.0,30:00\n",
    "this XML is neither .zwo nor QZ: it begins with <ride>": '<?xml version="1.0"?><ride/>',
}
BYTES = {
    "looks like a zip archive: unpack it": b"PK\x03\x04\x14\x00\x00\x00\x08\x00workout.zwo",
    "looks like a gzip archive": b"\x1f\x8b\x08\x00\x00",
    "looks like a rar archive": b"Rar!\x1a\x07\x00",
    "looks like a 7z archive": b"7z\xbc\xaf\x27\x1c\x00\x04",
    "looks like a bzip2 archive": b"BZh91AY&SY",
    "looks like an xz archive": b"\xfd7zXZ\x00\x00",
    "looks like a tar archive": b"a.zwo".ljust(257, b"\0") + b"ustar\x0000",
    "looks like FIT": b"\x0e\x20\x00\x00\x00\x00\x00\x00.FIT",
    "looks like PDF": b"%PDF-1.7",
    "looks like a picture": b"\x89PNG\r\n\x1a\n",
    "looks like a zip archive: it is empty": b"PK\x05\x06" + bytes(18),
    "looks like a zstd archive": b"\x28\xb5\x2f\xfd\x04",
    "looks like a picture: export": b"GIF89a",
    "looks like a picture: export the workout as .zwo": b"\xff\xd8\xff\xe0",
    "looks like an old Office document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "looks like a database": b"SQLite format 3\x00",
}


@pytest.mark.parametrize("suffix", [".zwo", ".txt", ".json", ".xml", ".toml", ".erg", ""])
def test_what_it_is_does_not_depend_on_its_name(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"file{suffix}"
    contents = BYTES if suffix == ".toml" else BYTES | {name: text.encode() for name, text in TEXTS.items()}
    for name, data in contents.items():
        path.write_bytes(data)
        with pytest.raises(FormatError) as caught:
            read_workouts(path, NOTHING_ASSUMED)
        assert name in str(caught.value)
        assert str(caught.value).startswith(f"file{suffix}: this ")
        assert str(caught.value).isprintable()


def test_pasted_text_is_named_too() -> None:
    for name, text in TEXTS.items():
        with pytest.raises(FormatError) as caught:
            read_pasted(f"\n{text}", NOTHING_ASSUMED)
        assert name in str(caught.value)


def test_the_mark_of_a_kind_counts_only_in_its_place() -> None:
    for data in BYTES.values():
        refuse_bytes(b" " + data)


def test_only_the_first_eight_thousand_characters_are_looked_at() -> None:
    for last, named in ((8_000, "<rid>"), (8_001, "<ri>"), (7_999, "<ride>")):
        text = "<!--".ljust(last - len("--><rid")) + "--><ride/>"
        with pytest.raises(FormatError) as caught:
            refuse_text(text)
        assert str(caught.value) == f"this XML is neither .zwo nor QZ: it begins with {named}"
    head = "a,b,c\n"
    refuse_text(head + "x".ljust(8_000 - len(head) - 2, "x") + ",y,z")
    with pytest.raises(FormatError, match="looks like a table"):
        refuse_text(head + "x".ljust(8_000 - len(head) - 3, "x") + ",y,z")


def test_xml_that_ends_before_its_root_is_refused_without_it() -> None:
    with pytest.raises(FormatError, match=r"^this XML is neither \.zwo nor QZ$"):
        refuse_text("<!-- nothing -->")


def test_a_text_that_may_be_a_workout_is_not_refused() -> None:
    for text in ("back 1m, fwd 2m", "a,b\nc,d", "- 1m\n- 2m", "", "BEGIN"):
        refuse_text(text)
