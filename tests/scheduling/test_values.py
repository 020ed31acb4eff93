"""Values: what a frozen dataclass would do, without its generated code."""

from __future__ import annotations

from functools import cached_property

import pytest

from retro_timer.scheduling.values import Value


class Length(Value):
    """With a default and a check."""

    seconds: int
    label: str = ""

    def __post_init__(self) -> None:
        if self.seconds < 0:
            raise ValueError("too short")


class Named(Length, apart=("name",)):
    """Adds a field that does not count."""

    name: str = "x"


def test_fields_are_given_in_order_or_by_name_and_defaults_fill_the_rest() -> None:
    assert (Length(3).seconds, Length(3).label) == (3, "")
    assert Length(3, "a") == Length(seconds=3, label="a") == Length(3, label="a")
    assert Named(3, "a", "b").name == "b"


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), ((1, "a", 2), {}), ((1,), {"seconds": 2}), ((1,), {"length": 2}), ((), {"label": "a"})],
)
def test_what_does_not_fit_is_refused(values: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="Length has seconds, label"):
        Length(*values, **named)  # type: ignore[arg-type]  # what a type checker would not let through


def test_a_check_is_made_whichever_way_it_comes_to_be() -> None:
    with pytest.raises(ValueError, match="too short"):
        Length(-1)
    with pytest.raises(ValueError, match="too short"):
        Length(1).but(seconds=-1)


class Measured(Length):
    """With something worked out from it."""

    @cached_property
    def minutes(self) -> float:
        """The same in minutes."""
        return self.seconds / 60


def test_a_copy_takes_fields_only_and_works_out_the_rest_anew() -> None:
    measured = Measured(60)
    assert measured.minutes == 1
    assert measured.but(seconds=120).minutes == 2
    for name in ("minutes", "hours"):
        with pytest.raises(TypeError, match="Measured has seconds, label"):
            measured.but(**{name: 3})


def test_nothing_changes() -> None:
    length = Length(1)
    with pytest.raises(AttributeError):
        length.seconds = 2  # type: ignore[misc]  # frozen
    with pytest.raises(AttributeError):
        del length.seconds
    assert length.but(seconds=2) == Length(2)
    assert length == Length(1)


def test_equal_values_have_the_same_hash_and_say_their_fields() -> None:
    assert hash(Length(1, "a")) == hash(Length(1, "a"))
    assert Length(1) != Length(2)
    assert Length(1) != Named(1)
    assert Named(1, name="a") == Named(1, name="b")
    assert hash(Named(1, name="a")) == hash(Named(1, name="b"))
    assert repr(Length(1, "a")) == "Length(seconds=1, label='a')"
    assert Named(1).as_dict() == {"seconds": 1, "label": "", "name": "x"}
