"""Errors in external files: one line with the file, the place and the problem, each of which can be asked for."""

from __future__ import annotations

import pytest

from retro_timer.formats.errors import (
    AssumptionNeededError,
    DirectionUnknownError,
    FormatError,
    LengthsUnknownError,
    PaceUnknownError,
    too_many_intervals,
)


@pytest.mark.parametrize(
    ("error", "text", "parts"),
    [
        (FormatError("it is odd"), "it is odd", ("", "", "it is odd")),
        (FormatError("it is odd", place="line 7"), "line 7: it is odd", ("", "line 7", "it is odd")),
        (FormatError("odd", source="a.zwo"), "a.zwo: odd", ("a.zwo", "", "odd")),
        (FormatError("odd", place="line 7", source="a.zwo"), "a.zwo: line 7: odd", ("a.zwo", "line 7", "odd")),
        (FormatError("odd", place="line 7").named("a.zwo"), "a.zwo: line 7: odd", ("a.zwo", "line 7", "odd")),
        (FormatError("odd", source="a.zwo").named("b.zwo"), "b.zwo: odd", ("b.zwo", "", "odd")),
        (too_many_intervals("line 3"), "line 3: a workout has at most 10,000 intervals",
         ("", "line 3", "a workout has at most 10,000 intervals")),
    ],
)  # fmt: skip
def test_an_error_is_one_line_of_its_parts(error: FormatError, text: str, parts: tuple[str, str, str]) -> None:
    assert str(error) == text
    assert (error.source, error.place, error.problem) == parts


@pytest.mark.parametrize("kind", [DirectionUnknownError, PaceUnknownError])
def test_what_has_to_be_asked_is_said_by_its_kind_also_with_the_file(kind: type[AssumptionNeededError]) -> None:
    error = kind(place="line 2")
    assert str(error) == f"line 2: {kind.usual}"
    again = error.named("a.zwo")
    assert type(again) is kind
    assert str(again) == f"a.zwo: line 2: {kind.usual}"


def test_lengths_that_are_either_are_in_the_question() -> None:
    error = LengthsUnknownError("its lengths may be metres or seconds (3.2 km, or 53:20): choose (soon)")
    assert error.if_either == error.named("a.zwo").if_either == "3.2 km, or 53:20"  # type: ignore[attr-defined]
