"""What is said in English, word for word."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.phases import Phase
from retro_timer.session.clip_lengths import CLIP_MS
from retro_timer.session.languages import english
from retro_timer.session.languages.english import (
    ahead,
    caption,
    count,
    every_count,
    every_length,
    every_phrase,
    every_speed,
    length,
    number,
    opening,
    press,
    recap,
    round_of,
    rounds,
    spoken_ms,
    target_speed,
    time_left,
    total_left,
    without_length,
)
from retro_timer.session.ports import VOICES

SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "twenty-one",
)  # fmt: skip
"""The numbers from zero on."""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        *enumerate(SMALL),
        (29, "twenty-nine"),
        (30, "thirty"),
        (40, "forty"),
        (45, "forty-five"),
        (50, "fifty"),
        (59, "fifty-nine"),
    ],
)
def test_whole_numbers(value: int, words: str) -> None:
    assert number(value) == words


SINGLE = {
    1: "One second.",
    2: "Two seconds.",
    19: "Nineteen seconds.",
    20: "Twenty seconds.",
    55: "Fifty-five seconds.",
    60: "One minute.",
    70: "One minute ten.",
    75: "One minute fifteen.",
    110: "One minute fifty.",
    120: "Two minutes.",
    195: "Three minutes fifteen.",
    210: "Three minutes thirty.",
    240: "Four minutes.",
    570: "Nine minutes thirty.",
    600: "Ten minutes.",
    1140: "Nineteen minutes.",
    1200: "Twenty minutes.",
    1500: "Twenty-five minutes.",
    3300: "Fifty-five minutes.",
    3600: "One hour.",
    14_400: "Four hours.",
}
"""Lengths in seconds that are one phrase: the first and the last of each step."""


@pytest.mark.parametrize(("seconds", "phrase"), SINGLE.items())
def test_lengths_of_one_phrase(seconds: int, phrase: str) -> None:
    assert length(seconds) == (phrase,)
    assert phrase in every_length()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (21, ()),
        (59, ()),
        (61, ("One minute.", "One second.")),
        (85, ("One minute.", "Twenty-five seconds.")),
        (225, ("Three minutes.", "Forty-five seconds.")),
        (255, ("Four minutes.", "Fifteen seconds.")),
        (630, ("Ten minutes.", "Thirty seconds.")),
        (1141, ("Nineteen minutes.", "One second.")),
        (1260, ()),
        (3599, ()),
        (3601, ("One hour.", "One second.")),
        (3630, ("One hour.", "Thirty seconds.")),
        (3690, ("One hour.", "One minute thirty.")),
        (3721, ()),
        (18_000, ()),
        (18_001, ()),
    ],
)
def test_lengths_of_two_phrases_or_none(seconds: int, words: tuple[str, ...]) -> None:
    assert length(seconds) == words


def test_how_many_lengths_there_are() -> None:
    assert len(every_length()) == len(set(every_length())) == 19 + 8 + 15 + 12 + 10 + 8 + 4


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (0, ()),
        (1499, ()),
        (1500, ("Two seconds.",)),
        (2499, ("Two seconds.",)),
        (2501, ("Three seconds.",)),
        (20_499, ("Twenty seconds.",)),
        # From here on it may be a second off, or more with "About".
        (20_501, ("Twenty seconds.",)),
        (21_000, ("Twenty seconds.",)),
        (21_001, ("About", "Twenty seconds.")),
        (22_400, ("About", "Twenty seconds.")),
        (22_501, ("About", "Twenty-five seconds.")),
        (23_999, ("About", "Twenty-five seconds.")),
        (24_000, ("Twenty-five seconds.",)),
        (26_000, ("Twenty-five seconds.",)),
        (26_001, ("About", "Twenty-five seconds.")),
        (93_000, ("About", "One minute thirty.")),
        (3_600_000, ("One hour.",)),
        (3_749_000, ("About", "One hour.")),
        (3_751_000, ("About", "One hour.", "Five minutes.")),
        (3_900_000, ("One hour.", "Five minutes.")),
        (7_000_000, ("About", "One hour.", "Fifty-five minutes.")),
    ],
)
def test_the_time_that_is_left(milliseconds: int, words: tuple[str, ...]) -> None:
    assert time_left(milliseconds) == ((*words, "Left.") if words else ())
    assert total_left(milliseconds) == ((*words, "until the end.") if words else ())


@pytest.mark.parametrize(
    ("backward", "longest", "words"),
    [
        (0, 0, ()),
        (60_000, 0, ("You walked backward for", "One minute.")),
        (0, 60_000, ()),  # an earlier one, in a session without any
        (120_000, 60_000, ("You walked backward for", "Two minutes.", "Your longest bout so far:", "One minute.")),
        (
            125_000,
            62_000,
            ("You walked backward for", "About", "Two minutes.", "Your longest bout so far:", "About", "One minute."),
        ),
    ],
)
def test_what_was_walked(backward: int, longest: int, words: tuple[str, ...]) -> None:
    assert recap(backward, longest) == (*words, "Well done. Step off when the belt stops.")


@pytest.mark.parametrize(
    ("kmh", "imperial", "words"),
    [
        (1.6, False, ("Set the speed to one point", "six kilometers an hour.")),
        (1.609344, True, ("Set the speed to one point", "zero miles an hour.")),
        (0.1, False, ("Set the speed to zero point", "one kilometers an hour.")),
        (3.96, False, ("Set the speed to four point", "zero kilometers an hour.")),
        (9.94, False, ("Set the speed to nine point", "nine kilometers an hour.")),
        (9.96, False, ()),
        (10.0, False, ()),
        (15.9, True, ("Set the speed to nine point", "nine miles an hour.")),
        (16.1, True, ()),
    ],
)
def test_a_speed_to_set(kmh: float, imperial: bool, words: tuple[str, ...]) -> None:
    assert target_speed(kmh, imperial=imperial) == words
    assert set(words) <= set(every_speed())


def test_how_many_speeds_and_counts_have_clips() -> None:
    assert len(every_speed()) == len(set(every_speed())) == 10 + 20
    assert every_speed()[0] == "Set the speed to zero point"
    assert every_speed()[9] == "Set the speed to nine point"
    assert sorted(every_count()) == sorted(
        [f"Round {number(current)}" for current in range(1, 13)]
        + [f"of {number(total)}." for total in range(2, 13)]
        + ["One round.", *(f"{number(total).capitalize()} rounds." for total in range(2, 13))]
    )
    assert [count(left) for left in (1, 3, 10)] == ["One.", "Three.", "Ten."]
    assert {count(left) for left in range(1, 11)} <= set(every_phrase())


@pytest.mark.parametrize(
    ("current", "total", "words"),
    [
        (1, 2, ("Round one", "of two.")),
        (2, 2, ("Round two", "of two.")),
        (12, 12, ("Round twelve", "of twelve.")),
        (1, 13, ()),
        (0, 2, ()),
        (3, 2, ()),
        (1, 1, ()),
    ],
)
def test_which_round_it_is(current: int, total: int, words: tuple[str, ...]) -> None:
    assert round_of(current, total) == words


@pytest.mark.parametrize(
    ("total", "words"), [(0, ()), (1, ("One round.",)), (2, ("Two rounds.",)), (12, ("Twelve rounds.",)), (13, ())]
)
def test_how_many_rounds_there_are(total: int, words: tuple[str, ...]) -> None:
    assert rounds(total) == words


def test_the_beginning_of_an_interval_and_what_is_ahead() -> None:
    assert opening(Phase.TURN, 30) == ("Turn around.", "Thirty seconds.")
    assert opening(Phase.BACKWARD, 61) == ("Walk backward.",)
    assert ahead(10, Phase.FORWARD) == ("Ten seconds.", "Walk forward.")
    assert ahead(10, None) == ("Ten seconds.", "Almost done.")
    assert ahead(21, Phase.REST) == ("Take a rest.",)


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        (("enter",), "enter."),
        (("space", "f5"), "the space bar."),
        (("f5", "escape"), "escape."),
        (("y",), "the letter Y."),
        (("f5",), "your key."),
        ((), "your key."),
    ],
)
def test_what_to_press(keys: tuple[str, ...], named: str) -> None:
    assert press("To end it, press", keys) == ("To end it, press", named)


def test_lengths_are_left_out_of_what_is_said_late() -> None:
    said = ("The turn:", "About", "One minute thirty.", "Left.", "until the end.", "Walk backward.")
    assert without_length(said) == ("The turn:", "Walk backward.")
    assert without_length(()) == ()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ((), ""),
        (("Walk backward.",), "Walk backward."),
        (("Walk backward.", "One minute."), "Walk backward. One minute."),
        (("One hour.", "Five minutes."), "One hour five minutes."),
        (("One hour.", "Five minutes.", "Left."), "One hour five minutes left."),
        (("Ten seconds.", "Walk backward."), "Ten seconds. Walk backward."),
        (("The turn:", "Thirty seconds."), "The turn: thirty seconds."),
        (("Resuming: turn in", "Three."), "Resuming: turn in three."),
        (("Round two", "of four."), "Round two of four."),
        (("About", "One minute.", "until the end."), "About one minute until the end."),
        (("Did you fall?", "Press the letter Y or the letter N."), "Did you fall? Press the letter Y or the letter N."),
        (("To end it, press", "enter."), "To end it, press enter."),
        (("Walk backward.", "Left."), "Walk backward. Left."),
    ],
)
def test_a_caption_is_one_sentence_where_the_words_are(words: tuple[str, ...], line: str) -> None:
    assert caption(words) == line


@pytest.mark.parametrize("voice", VOICES)
def test_how_long_phrases_take(voice: str) -> None:
    assert spoken_ms("Walk backward.", voice) == CLIP_MS[voice]["Walk backward."]
    assert spoken_ms("no clip", voice) == 450 + 75 * 7


def test_the_limits_of_what_is_spoken() -> None:
    assert english.MAX_SPOKEN_ROUNDS == 12
    assert english.MOST_COUNTED == 10
    assert english.WORD_GAP_MS == 120
