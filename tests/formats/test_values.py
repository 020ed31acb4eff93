"""Numbers and names in the files of other programs: what is just in bounds, and what is said of the rest."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from retro_timer.formats.errors import FormatError
from retro_timer.formats.values import read_metres, read_name, read_offset, read_seconds, read_speed_kmh, read_times
from retro_timer.scheduling.model import MAX_NAME, MAX_REPEATS

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[..., float | None]

LENGTH, METRES, TIMES = (partial(read, what="Length") for read in (read_seconds, read_metres, read_times))
NO_NUMBERS = ("", "x", "1_0", "0x10", "nan", "inf", "1e999", "\u0661", "1,5", "--1", "1" * 16, ".")


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (LENGTH, "0", 0),
        (LENGTH, " 60.49 ", 60),
        (LENGTH, "60.5", 61),
        (LENGTH, "14400", 14_400),
        (LENGTH, "1.2e2", 120),
        (LENGTH, "+.6", 1),
        (LENGTH, "-0", 0),
        (METRES, "0", 0.0),
        (METRES, "0.25", 0.25),
        (METRES, "100000", 100_000.0),
        (read_speed_kmh, "0.1", 0.1),
        (read_speed_kmh, "25", 25.0),
        (read_speed_kmh, "0", None),
        (read_speed_kmh, "-1", None),
        (read_offset, "0", 0.0),
        (read_offset, "1e9", 1e9),
        (TIMES, "1", 1),
        (TIMES, "2.0", 2),
        (TIMES, str(MAX_REPEATS), MAX_REPEATS),
    ],
)
def test_numbers_in_bounds_are_read(read: Read, text: str, value: float | None) -> None:
    found = read(text, place="line 1")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("read", "out_of_bounds", "says"),
    [
        (LENGTH, ("-0.1", "14400.1"), "Length is a number of seconds up to 14400"),
        (METRES, ("-0.1", "100000.1"), "Length is a number of metres up to 100,000"),
        (read_speed_kmh, ("0.09", "25.1"), "speed is 0.1 to 25 km/h"),
        (read_offset, ("-0.1",), "timeoffset is a number of seconds"),
        (TIMES, ("0", "-1", "1.5", str(MAX_REPEATS + 1)), f"Length is a number from 1 to {MAX_REPEATS:,}"),
    ],
)
def test_other_numbers_are_refused_by_name_and_place(read: Read, out_of_bounds: tuple[str, ...], says: str) -> None:
    for text in (*NO_NUMBERS, *out_of_bounds):
        with pytest.raises(FormatError) as refused:
            read(text, place="line 1")
        assert str(refused.value) == f'line 1: {says}, not "{text}"'


def test_a_name_is_empty_or_one_line_of_so_many_characters() -> None:
    for name in ("", "Hills", "n" * MAX_NAME):
        assert read_name(name, "line 1") == name
    for name in ("n" * (MAX_NAME + 1), "two\nlines"):
        with pytest.raises(FormatError, match=r"^line 1: "):
            read_name(name, "line 1")
