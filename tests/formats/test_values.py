"""Numbers and names in the files of other programs: what is just in bounds, and what is said of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.formats.errors import FormatError
from retro_timer.formats.values import read_metres, read_name, read_offset, read_seconds, read_speed_kmh, read_times
from retro_timer.scheduling.model import MAX_NAME, MAX_REPEATS

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[[str, str, str], float | None]

NO_NUMBERS = ("", "x", "1_0", "0x10", "nan", "inf", "1e999", "\u0661", "1,5", "--1", "1" * 16, ".")


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (read_seconds, "0", 0),
        (read_seconds, " 60.49 ", 60),
        (read_seconds, "60.5", 61),
        (read_seconds, "14400", 14_400),
        (read_seconds, "1.2e2", 120),
        (read_seconds, "+.6", 1),
        (read_seconds, "-0", 0),
        (read_metres, "0", 0.0),
        (read_metres, "0.25", 0.25),
        (read_metres, "100000", 100_000.0),
        (read_speed_kmh, "0.1", 0.1),
        (read_speed_kmh, "25", 25.0),
        (read_speed_kmh, "0", None),
        (read_speed_kmh, "-1", None),
        (read_offset, "0", 0.0),
        (read_offset, "1e9", 1e9),
        (read_times, "1", 1),
        (read_times, "2.0", 2),
        (read_times, str(MAX_REPEATS), MAX_REPEATS),
    ],
)
def test_numbers_in_bounds_are_read(read: Read, text: str, value: float | None) -> None:
    found = read(text, "Length", "line 1")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("read", "out_of_bounds", "says"),
    [
        (read_seconds, ("-0.1", "14400.1"), "is a number of seconds up to 14400"),
        (read_metres, ("-0.1", "100000.1"), "is a number of metres up to 100,000"),
        (read_speed_kmh, ("0.09", "25.1"), "is 0.1 to 25 km/h"),
        (read_offset, ("-0.1",), "is a number of seconds"),
        (read_times, ("0", "-1", "1.5", str(MAX_REPEATS + 1)), f"is a number from 1 to {MAX_REPEATS:,}"),
    ],
)
def test_other_numbers_are_refused_by_name_and_place(read: Read, out_of_bounds: tuple[str, ...], says: str) -> None:
    for text in (*NO_NUMBERS, *out_of_bounds):
        with pytest.raises(FormatError) as refused:
            read(text, "Length", "line 1")
        assert str(refused.value) == f'line 1: Length {says}, not "{text}"'


def test_a_name_is_empty_or_one_line_of_so_many_characters() -> None:
    for name in ("", "Hills", "n" * MAX_NAME):
        assert read_name(name, "line 1") == name
    for name in ("n" * (MAX_NAME + 1), "two\nlines"):
        with pytest.raises(FormatError, match=r"^line 1: "):
            read_name(name, "line 1")
