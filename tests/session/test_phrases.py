"""Phrases: every phrase has a clip, nothing false is spoken, and captions read well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.edits import (
    AddRounds,
    AddToInterval,
    AddToPhase,
    Combined,
    CoolDownNow,
    SetInterval,
    SetPhase,
    loop_at,
)
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_SECONDS
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import At, flatten
from retro_timer.session import edit_phrases
from retro_timer.session.clip_lengths import CLIP_MS
from retro_timer.session.cue import SAFETY_KINDS, Cue, CueKind, Sound
from retro_timer.session.languages import english as phrases
from retro_timer.session.languages.english import every_phrase, length, number, round_of, short_length, time_left
from retro_timer.session.ports import VOICES
from tests.session.understanding import spoken_number, spoken_seconds
from tests.strategies import edited_schedules, edits

if TYPE_CHECKING:
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.schedule import Schedule

DAYS = 48 * 3600
PHRASES = frozenset(every_phrase())


def test_every_phrase_is_there_once_and_its_clip_is_measured() -> None:
    assert len(every_phrase()) == len(PHRASES)
    for voice in VOICES:
        assert set(CLIP_MS[voice]) >= PHRASES
        assert all(phrases.spoken_ms(phrase, voice) == CLIP_MS[voice][phrase] for phrase in PHRASES)
        assert phrases.spoken_ms("eyes", voice) == 450 + 4 * 75
    assert set(CLIP_MS) == set(VOICES)


@given(st.one_of(st.integers(1, 700), st.integers(1, MAX_SECONDS), st.integers(1, DAYS)))
def test_a_length_is_spoken_exactly_or_not_at_all(seconds: int) -> None:
    words = length(seconds)
    assert set(words) <= PHRASES
    assert len(words) <= 2
    assert not words or spoken_seconds(words) == seconds
    assert short_length(seconds) in (words, ())


def test_every_length_up_to_a_minute_and_all_usual_ones_can_be_spoken() -> None:
    common = (*range(1, 20), *range(20, 60, 5), *range(60, 180, 15), *range(180, 600, 30), *range(600, 1200, 60))
    assert all(len(short_length(seconds)) == 1 for seconds in common)
    hours = range(3600, MAX_SECONDS + 1, 3600)
    assert all(length(hour + minutes) for hour in hours for minutes in range(0, 3600, 300))


@given(st.one_of(st.integers(0, 70_000), st.integers(0, 1000 * DAYS)))
def test_the_spoken_time_left_is_right_or_called_approximate(milliseconds: int) -> None:
    words = time_left(milliseconds)
    assert set(words) <= PHRASES
    if not words:
        assert milliseconds < 1500 or milliseconds > 1000 * MAX_SECONDS
        return
    assert words[-1] == phrases.LEFT
    off = abs(1000 * spoken_seconds(words[words[0] == phrases.ABOUT : -1]) - milliseconds)
    if words[0] == phrases.ABOUT:
        assert 1000 < off <= max(0.125 * milliseconds, 2500)
    else:
        assert off <= (500 if milliseconds <= 20_000 else 1000)


@given(st.integers(0, 20_000), st.integers(0, 20_000))
def test_rounds_are_spoken_exactly_or_not_at_all(current: int, total: int) -> None:
    if words := phrases.rounds(total):
        assert spoken_number(words[0].lower().split()[0]) == total
    if words := round_of(current, total):
        assert [spoken_number(word.strip(".").split()[-1]) for word in words] == [current, total]
        assert 1 <= current <= total
    assert bool(phrases.rounds(total)) == (1 <= total <= phrases.MAX_SPOKEN_ROUNDS)


@pytest.mark.parametrize("seconds", [5, 10, 15, 20, 25, 30, 45, 60, 70, 75, 80, 90, 100, 105, 120, 135, 150, 165])
def test_the_steps_of_a_sessions_keys_are_one_phrase(seconds: int) -> None:
    assert len(short_length(seconds)) == 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, ("One second.",)),
        (0, ()),
        (45, ("Forty-five seconds.",)),
        (60, ("One minute.",)),
        (90, ("One minute thirty.",)),
        (120, ("Two minutes.",)),
        (127, ("Two minutes.", "Seven seconds.")),
        (605, ("Ten minutes.", "Five seconds.")),
        (1260, ()),  # there is no clip of twenty-one
        (3600, ("One hour.",)),
        (4500, ("One hour.", "Fifteen minutes.")),
        (4501, ()),
        (130, ("Two minutes.", "Ten seconds.")),
        (5400, ("One hour.", "Thirty minutes.")),
        (10_800, ("Three hours.",)),
    ],
)
def test_lengths_in_words(seconds: int, words: tuple[str, ...]) -> None:
    assert length(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0, "zero"), (13, "thirteen"), (20, "twenty"), (21, "twenty-one"), (59, "fifty-nine")]
)
def test_numbers_in_words(value: int, words: str) -> None:
    assert number(value) == words


def test_rounds_are_numbered_as_far_as_there_are_clips() -> None:
    most = phrases.MAX_SPOKEN_ROUNDS
    assert round_of(2, 4) == ("Round two", "of four.")
    assert round_of(1, most + 1) == phrases.rounds(most + 1) == phrases.rounds(0) == ()
    assert round_of(1, 1) == ()
    for total in range(1, most + 1):
        assert set(phrases.rounds(total)) <= PHRASES
        for current in range(1, total + 1):
            assert set(round_of(current, total)) <= PHRASES


@given(st.data(), edited_schedules(), edits)
def test_every_edit_can_be_spoken_with_clips(data: st.DataObject, schedule: Schedule, edit: Edit) -> None:
    at = At(data.draw(st.integers(0, len(schedule) - 1)), 0)
    try:
        after = edit(schedule, at)
    except WorkoutError:
        return
    words = edit_phrases.edit(edit, schedule, after, at.index, phrases)
    assert 1 <= len(words) <= 3
    assert set(words) <= PHRASES
    heard_is_true(words, after, at.index)


def heard_is_true(words: tuple[str, ...], after: Schedule, index: int) -> None:
    """Check an edit's words against the schedule it made."""
    if words[0].endswith("rounds.") and words[0] not in (phrases.MORE_ROUNDS, phrases.FEWER_ROUNDS):
        loop = loop_at(after, index)
        places = [entry.place for entry in after.entries if entry.place and entry.place.loop == loop]
        assert spoken_number(words[0].lower().split()[0]) == max(place.round for place in places)
    elif words[0].endswith(":") and words[1:] and words[1] not in (phrases.LONGER, phrases.SHORTER):
        left = [entry.duration for entry in after.entries[index:] if phrases.NAMED[entry.phase] == words[0]]
        assert spoken_seconds(words[1:]) in {*left, sum(left)}


def test_an_edit_without_a_spoken_number_is_announced_by_its_direction() -> None:
    schedule = flatten(parse("12x(back 1m | fwd 1m), back 2m"))
    now = At(0, 1)
    for made, words in (
        (AddRounds(-1), ("Eleven rounds.",)),
        (AddRounds(1), ("There are more rounds now.",)),
        (AddToPhase(Phase.BACKWARD, 15), ("The backward bout:", "Longer.")),  # bouts of 1:15, and one of 2:15
        (AddToPhase(Phase.BACKWARD, -15), ("The backward bout:", "Shorter.")),
        (AddToPhase(Phase.FORWARD, 15), ("The forward bout:", "One minute fifteen.")),
        (AddToInterval(7), ("The backward bout:", "One minute.", "Seven seconds.")),
        (SetInterval(0, 21 * 60), ("The backward bout:", "Longer.")),
        (
            Combined((AddRounds(1), AddRounds(-1), AddToInterval(5))),
            ("The backward bout:", "One minute.", "Five seconds."),
        ),
    ):
        assert edit_phrases.edit(made, schedule, made(schedule, now), now.index, phrases) == words


@pytest.mark.parametrize(
    ("notation", "index", "into", "made", "words"),
    [
        # The bout that runs ends later than the others, and is not what the walker asked for.
        ("back 1m, back 1m", 0, 58, SetPhase(Phase.BACKWARD, 30), ("The backward bout:", "Thirty seconds.")),
        ("back 1m, back 50s", 0, 58, SetPhase(Phase.BACKWARD, 30), ("The backward bout:", "Thirty seconds.")),
        ("back 1m, fwd 1m", 0, 28, AddToPhase(Phase.BACKWARD, -15), ("The backward bout:", "Forty-five seconds.")),
        ("fwd 5s, back 1m, back 2m", 0, 0, AddToPhase(Phase.BACKWARD, 15), ("The backward bout:", "Longer.")),
        ("2x(back 1m), cool 1m", 0, 0, AddRounds(-1), ("One round.",)),
        ("2x(back 1m), cool 1m", 2, 0, SetInterval(2, 67), ("The cool-down:", "One minute.", "Seven seconds.")),
        # No rounds are left at all.
        ("2x(back 1m), cool 1m", 0, 0, Combined((AddRounds(1), CoolDownNow())), ("There are fewer rounds now.",)),
        ("2x(back 1m), cool 1m, cool 30s", 0, 0, CoolDownNow(), ("The cool-down:", "One minute thirty.")),
        ("20x(back 1m), cool 1m", 0, 0, AddRounds(-1), ("There are fewer rounds now.",)),
        ("20x(back 1m), cool 1m", 0, 0, AddRounds(1), ("There are more rounds now.",)),
        # What has no effect that is heard.
        ("2x(back 1m), cool 1m", 0, 0, Combined((AddRounds(1), AddRounds(-1))), ("The workout has changed.",)),
        ("2x(back 1m), back 21m, cool 1m", 0, 0, Combined(()), ("The workout has changed.",)),
        (
            "back 1m, back 2m",
            0,
            0,
            Combined((AddToPhase(Phase.BACKWARD, 5), AddToPhase(Phase.BACKWARD, -5))),
            ("The backward bout:", "Two minutes."),
        ),
    ],
)
def test_what_is_said_of_an_edit(notation: str, index: int, into: int, made: Edit, words: tuple[str, ...]) -> None:
    schedule, at = flatten(parse(notation)), At(index, into)
    assert edit_phrases.edit(made, schedule, made(schedule, at), index, phrases) == words


def test_every_phase_has_its_words_and_its_sound() -> None:
    for phase in Phase:
        assert {phrases.IMPERATIVE[phase], phrases.NAMED[phase], phrases.RESUMING[phase]} <= PHRASES
        assert Sound.of(phase).value == phase.value


def test_captions() -> None:
    assert Cue(0, CueKind.WHERE, words=time_left(90_000)).text == "One minute thirty left."
    assert Cue(0, CueKind.WHERE, words=time_left(93_000)).text == "About one minute thirty left."
    assert Cue(0, CueKind.WHERE, words=("The backward bout:", *time_left(3_900_000))).text == (
        "The backward bout: one hour five minutes left."
    )
    assert Cue(0, CueKind.EDITED, words=("The turn:", *length(127))).text == "The turn: two minutes seven seconds."
    assert Cue(0, CueKind.PHASE, Sound.REST, ("Take a rest.",), label="drink").text == "Take a rest. drink"
    assert Cue(0, CueKind.PHASE, label="drink").text == "drink"
    assert Cue(0, CueKind.COUNT, Sound.TICK, caption="3").text == "3"


def test_beyond_an_hour_the_nearest_five_minutes_are_said() -> None:
    below, above = time_left(3_749_000), time_left(3_751_000)
    assert below != above
    assert spoken_seconds(below[1:-1]) == 3600
    assert spoken_seconds(above[1:-1]) == 3900


def test_a_phrase_without_a_clip_is_given_time_by_its_length() -> None:
    assert phrases.spoken_ms("Go", "heart") == 600
    assert phrases.spoken_ms("Hold both rails.", "no such voice") == 1650
    for voice, lengths in CLIP_MS.items():
        estimated = [phrases.spoken_ms(phrase, "no such voice") for phrase in lengths]
        assert sum(estimated) > sum(lengths.values()), voice  # rather too long than cut short


def test_cues_that_are_repeated_after_the_sound_was_lost() -> None:
    assert {CueKind.PHASE, CueKind.COUNT, CueKind.ANNOUNCE, CueKind.BAIL_OUT, CueKind.HOLDING} == SAFETY_KINDS


@pytest.mark.parametrize(("milliseconds", "words"), [(1499, ()), (1500, ("Two seconds.", phrases.LEFT))])
def test_the_time_left_is_spoken_while_there_is_enough_of_it(milliseconds: int, words: tuple[str, ...]) -> None:
    assert time_left(milliseconds) == words
