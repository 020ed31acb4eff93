"""Formats are found where they are declared, and each is known by its own id and endings."""

from __future__ import annotations

import io
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from retro_timer.formats.assumptions import NOTHING_ASSUMED
from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import MAX_BYTES
from retro_timer.formats.registry import (
    SESSION_FORMATS,
    WORKOUT_FORMATS,
    WRITTEN_FORMATS,
    endings,
    read_one,
    read_pasted,
    read_stream,
    read_workout,
    read_workouts,
    write_workout,
)
from retro_timer.scheduling.notation import format_notation, parse


@pytest.mark.parametrize("formats", [WRITTEN_FORMATS, SESSION_FORMATS], ids=["workouts", "sessions"])
def test_no_two_formats_share_an_id_or_an_ending(formats: tuple[object, ...]) -> None:
    ids = Counter(known.id for known in formats)  # type: ignore[attr-defined]  # formats of either kind
    suffixes = Counter(suffix for known in formats for suffix in known.suffixes)  # type: ignore[attr-defined]
    assert set(ids.values()) == set(suffixes.values()) == {1}
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)


def test_every_format_is_read_or_written_and_has_an_id_of_its_own() -> None:
    assert len({known.id for known in WORKOUT_FORMATS}) == len(WORKOUT_FORMATS)
    assert all(known.read or known.write for known in WORKOUT_FORMATS)


def test_finding_the_formats_does_not_load_fit_tool() -> None:
    code = "import sys, retro_timer.formats.registry as r; sys.exit('fit_tool' in sys.modules or not r.WORKOUT_FORMATS)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


SET = '{{"title": "{}", "sets": [{{"repetitions": 1, "exercises": [{{"name": "Back", "duration": 60}}]}}]}}'


def backup(*titles: str) -> bytes:
    """A file with several workouts."""
    return f'{{"workouts": [{", ".join(map(SET.format, titles))}]}}'.encode()


def test_a_file_of_several_workouts_is_not_read_as_one(tmp_path: Path) -> None:
    path = tmp_path / "backup.json"
    for titles, named in (("AB", '"A", "B"'), ("ABC", '"A", "B", "C"'), ("ABCD", '"A", "B", "C", …')):
        path.write_bytes(backup(*titles))
        assert [each.workout.name for each in read_workouts(path, NOTHING_ASSUMED)] == list(titles)
        with pytest.raises(FormatError) as refused:
            read_one(path, NOTHING_ASSUMED)
        assert str(refused.value) == f"backup.json: it has {len(titles)} workouts ({named}): import them first"
    path.write_bytes(backup("A"))
    assert read_one(path, NOTHING_ASSUMED).workout.name == "A"


def test_a_workout_without_a_name_gets_that_of_its_file(tmp_path: Path) -> None:
    for name, expected in (
        ("Evening walk.txt", "Evening walk"),
        (f"{'n' * 90}.txt", f"{'n' * 79}…"),
        ("\u202e.txt", ""),
    ):
        path = tmp_path / name
        path.write_text("back 1m")
        assert read_one(path, NOTHING_ASSUMED).workout.name == expected
    path = tmp_path / "file.json"
    path.write_bytes(backup("Named"))
    assert read_one(path, NOTHING_ASSUMED).workout.name == "Named"


def test_a_stream_is_read_like_a_file_of_its_name() -> None:
    (received,) = read_stream(io.BytesIO(b"back 1m"), "standard input", NOTHING_ASSUMED)
    assert (received.workout, received.workout.name) == (parse("back 1m"), "standard input")
    with pytest.raises(FormatError, match=r"^standard input: column 6: expected a length"):
        read_stream(io.BytesIO(b"back 1q"), "standard input", NOTHING_ASSUMED)
    with pytest.raises(FormatError, match=r"^standard input: larger than 1 MB"):
        read_stream(io.BytesIO(b" " * 1_000_001), "standard input", NOTHING_ASSUMED)


def test_pasted_text_may_be_as_long_as_a_file() -> None:
    (received,) = read_pasted("back 1m".rjust(MAX_BYTES), NOTHING_ASSUMED)
    assert received.workout == parse("back 1m")
    with pytest.raises(FormatError, match=r"^larger than 1 MB: no workout is that long$"):
        read_pasted("back 1m".rjust(MAX_BYTES + 1), NOTHING_ASSUMED)
    with pytest.raises(FormatError, match=r"^larger than 1 MB"):
        read_pasted("ü" * (MAX_BYTES // 2 + 1), NOTHING_ASSUMED)


def test_formats_are_listed_by_how_their_files_end() -> None:
    written = [known for known in WRITTEN_FORMATS if known.id in ("fit", "icu", "json", "qz", "toml", "zwo")]
    assert endings(written) == ".fit, .icu, .json, .xml (qz), .toml, .zwo"
    shared = [known for known in SESSION_FORMATS if known.id in ("card", "card-ascii", "fit", "tcx")]
    assert endings(shared) == ".txt (card), .asc (card-ascii), .fit, .tcx"


@pytest.mark.parametrize("wanted", ["zwo", "ZWO", "walk.zwo", "a/b.ZWO", Path("walk.zwo")])
def test_a_format_is_named_by_its_id_or_the_ending_of_a_path(wanted: str | Path) -> None:
    assert write_workout(parse("back 1m"), wanted).data == write_workout(parse("back 1m"), "zwo").data


def test_a_format_that_is_not_written_is_refused_with_those_that_are() -> None:
    for wanted, named in (("openhiit", "openhiit"), ("walk.gpx", ".gpx"), ("", "")):
        with pytest.raises(FormatError) as refused:
            write_workout(parse("back 1m"), wanted)
        said, listed = str(refused.value).split("; the formats are ")
        assert said == f'"{named}" is not a format'
        known = ["fit (.fit)", "icu (.icu)", "json (.json)", "qz (.xml)", "toml (.toml)", "zwo (.zwo)"]
        assert [each for each in listed.split(", ") if each in known] == known


def test_what_is_too_large_to_be_read_back_is_noted_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    long = parse(", ".join(f'back {n % 60 + 1}s "{"x" * 60}"' for n in range(300)))
    monkeypatch.setattr("retro_timer.formats.registry.MAX_BYTES", 20_000)
    written = write_workout(long, "json")
    assert 50_000 < len(written.data) < 150_000
    assert written.notes == ("json: too large to be read back (0.1 MB of at most 0.02)",)
    assert write_workout(parse("back 1m"), "json").notes == ()
    assert not any("too large" in note for note in write_workout(long, "fit").notes)


@pytest.mark.parametrize(
    ("name", "data", "walked_as"),
    [
        ("a.json", '{"notation": "back 1m"}', "back 1m"),
        ("a.txt", '\ufeff \n{"notation": "back 1m"}', "back 1m"),
        ("a.txt", "- Backward 1m", "back 1m"),
        ("a.icu", "back 1m", ""),
        ("a.txt", "back 1m", "back 1m"),
        ("a", "back 1m", "back 1m"),
        ("a.toml", 'notation = "back 1m"', "back 1m"),
        ("a.txt", 'notation = "back 1m"', ""),
        ("a.toml", "- Backward 1m", ""),
        ("a.zwo", "<rows><row duration='0:1:0'><textevent message='Backward'/></row></rows>", "back 1m"),
        ("a.zwo", "- Backward 1m", "back 1m"),
        ("a.xml", "back 1m", ""),
        ("a.txt", "[1]", ""),
    ],
)  # fmt: skip
def test_what_it_is_counts_more_than_its_ending_but_for_toml(
    tmp_path: Path, name: str, data: str, walked_as: str
) -> None:
    path = tmp_path / name
    path.write_text(data, "utf-8")
    if walked_as:
        assert format_notation(read_workout(path)) == walked_as
    else:
        with pytest.raises(FormatError, match=f"^{name}: "):
            read_workout(path)


@pytest.mark.parametrize(("wanted", "mark"), [("zwo", "<Workout_File"), ("qz", "<ROWS")])
def test_xml_is_known_by_what_is_in_its_first_ten_thousand_characters(wanted: str, mark: str) -> None:
    (known,) = (each for each in WORKOUT_FORMATS if each.id == wanted)
    assert known.recognizes is not None
    begin = "<!-- "
    assert known.recognizes(begin.ljust(10_000 - len(mark)) + mark)
    assert not known.recognizes(begin.ljust(10_001 - len(mark)) + mark)
    assert not known.recognizes(f"x{mark}")


def test_what_can_just_be_read_back_is_not_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(write_workout(parse("back 1m"), "json").data)
    for most, noted in ((size, 0), (size - 1, 1)):
        monkeypatch.setattr("retro_timer.formats.registry.MAX_BYTES", most)
        assert len(write_workout(parse("back 1m"), "json").notes) == noted
