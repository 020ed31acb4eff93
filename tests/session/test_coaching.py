"""Coaching: no silence is too long, nothing is said twice running, and praise has its place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import LADDER, preset
from retro_timer.scheduling.schedule import Schedule, flatten
from retro_timer.session.coaching import CLEAR, LONG_SILENCE, NEAR, CoachedTimeline, silences
from retro_timer.session.cue import Cue, CueKind
from retro_timer.session.languages import english as phrases
from retro_timer.session.ports import VOICES
from retro_timer.session.states import SECOND
from retro_timer.session.timeline import CueSettings
from tests.session.coached import FEW, MANY, everything
from tests.session.understanding import spoken_seconds
from tests.strategies import cue_settings, edited_schedules, ladders, walkable

COACHING = frozenset({CueKind.TECHNIQUE, CueKind.TIME_LEFT, CueKind.ENCOURAGED, CueKind.ROUND})
LONGEST = {"few": 90 * SECOND, "many": 60 * SECOND}
schedules = edited_schedules(st.one_of(ladders(st.integers(1, 400)), walkable()))
coached_settings = st.builds(
    lambda settings, amount, every: replace(settings, coaching=amount, time_left_every=every),
    cue_settings,
    st.sampled_from(["few", "many"]),
    st.sampled_from([0, 1, 2, 5, 30]),
)


def of_kind(cues: tuple[Cue, ...], kind: CueKind) -> list[tuple[float, str]]:
    return [(cue.at / SECOND, cue.text) for cue in cues if cue.kind is kind]


# What holds for any schedule and any settings


@pytest.mark.parametrize("amount", LONGEST)
@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("every", [0, 5])
@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("name", [each.id for each in LADDER])
def test_no_preset_is_silent_for_long(name: str, voice: str, every: int, waits: bool, amount: str) -> None:
    schedule = flatten(preset(name))
    settings = CueSettings(coaching=amount, waits_at_turns=waits, time_left_every=every, voice=voice)
    silent = silences(settings, everything(schedule, settings), 0, schedule.total * SECOND)
    assert max(silence.length for silence in silent) <= LONGEST[amount]


@given(schedules, st.sampled_from(["few", "many"]), st.sampled_from(VOICES))
def test_no_interval_is_silent_for_long(schedule: Schedule, amount: str, voice: str) -> None:
    for index in range(len(schedule)):
        settings = CueSettings(coaching=amount, voice=voice)
        cues = CoachedTimeline(schedule, settings).of_interval(index)
        silent = silences(settings, cues, schedule.starts[index] * SECOND, schedule.starts[index + 1] * SECOND)
        assert max(silence.length for silence in silent) <= LONGEST[amount]


@given(schedules, coached_settings)
def test_technique_and_the_time_left_stay_clear_of_every_other_cue(schedule: Schedule, settings: CueSettings) -> None:
    cues = everything(schedule, settings)
    for cue, following in pairwise(cues):
        room = following.at - cue.at - settings.duration_ms(cue)
        if CueKind.TECHNIQUE in (cue.kind, following.kind):
            assert room >= CLEAR
        elif CueKind.TIME_LEFT in (cue.kind, following.kind):
            assert room >= NEAR
        elif cue.words:
            assert room >= 0


@given(schedules, coached_settings)
def test_coaching_moves_no_other_cue(schedule: Schedule, settings: CueSettings) -> None:
    others = tuple(cue for cue in everything(schedule, settings) if cue.kind not in COACHING)
    assert others == everything(schedule, replace(settings, coaching="off"))


@given(schedules, coached_settings)
def test_what_coaching_says_has_clips_and_is_at_most_two_pieces(schedule: Schedule, settings: CueSettings) -> None:
    for cue in everything(schedule, settings):
        if cue.kind in COACHING:
            assert 1 <= len(cue.words) <= 2
            assert set(cue.words) <= set(phrases.every_phrase())
            assert cue.sound is None


@given(schedules, coached_settings)
def test_the_time_left_is_right(schedule: Schedule, settings: CueSettings) -> None:
    for cue in everything(schedule, settings):
        if cue.kind is CueKind.TIME_LEFT:
            assert cue.words[1] == phrases.UNTIL_END
            assert spoken_seconds(cue.words[:1]) == schedule.total - cue.at // SECOND
            assert cue.at % SECOND == 0


@given(schedules, coached_settings)
def test_the_same_schedule_is_coached_in_the_same_way(schedule: Schedule, settings: CueSettings) -> None:
    whole = everything(schedule, settings)
    later = CoachedTimeline(schedule, settings)
    middle = schedule.total * SECOND // 2
    assert later.between(middle, schedule.total * SECOND + 1) == tuple(cue for cue in whole if cue.at >= middle)


def test_what_there_is_to_say_of_each_phase_differs() -> None:
    assert set(phrases.TECHNIQUE) == set(Phase)
    for words in phrases.TECHNIQUE.values():
        assert len(set(words)) == len(words) >= 2


# One situation at a time


def test_few_speak_once_in_the_longest_silence_of_an_interval_and_many_in_each() -> None:
    schedule = flatten(parse("back 4m"))  # halfway at 2:00, a minute left at 3:00
    few, many = (of_kind(everything(schedule, settings), CueKind.TECHNIQUE) for settings in (FEW, MANY))
    assert [int(at // 60) for at, _ in few] == [1]
    assert [int(at // 60) for at, _ in many] == [1, 2, 3]
    assert of_kind(everything(schedule, CueSettings()), CueKind.TECHNIQUE) == []


def test_a_silence_of_forty_seconds_is_left_alone() -> None:
    for seconds in range(30, 120):
        cues = everything(flatten(parse(f"rest {seconds}s")), MANY)
        before = everything(flatten(parse(f"rest {seconds}s")), CueSettings())
        long = max(silence.length for silence in silences(MANY, before, 0, seconds * SECOND)) > LONG_SILENCE
        assert bool(of_kind(cues, CueKind.TECHNIQUE)) is long


def test_which_round_begins_is_said_until_the_last() -> None:
    schedule = flatten(parse("warm 60s, 3x(turn 30s, back 60s, turn 30s | fwd 60s), cool 60s"))
    cues = everything(schedule, FEW)
    assert [text for _, text in of_kind(cues, CueKind.ROUND)] == ["Round one of three.", "Round two of three."]
    assert [text for _, text in of_kind(cues, CueKind.LAST_ROUND)] == ["This is the last round."]
    assert 60 <= of_kind(cues, CueKind.ROUND)[0][0] < 75
    assert of_kind(everything(schedule, CueSettings()), CueKind.ROUND) == []
    off = replace(FEW, off=frozenset({CueKind.ROUND}))
    assert of_kind(everything(schedule, off), CueKind.ROUND) == []


def test_the_time_left_is_said_as_often_as_wanted() -> None:
    schedule = flatten(preset("builder"))  # 20 minutes
    said = of_kind(everything(schedule, replace(FEW, time_left_every=5)), CueKind.TIME_LEFT)
    assert len(said) == 3
    for (at, text), minutes in zip(said, (15, 10, 5), strict=True):
        assert abs(20 * 60 - at - minutes * 60) <= 60
        assert text.endswith("until the end.")
    assert of_kind(everything(schedule, FEW), CueKind.TIME_LEFT) == []


# To the second


def only(kind: CueKind, *others: CueKind, **settings: int | str) -> CueSettings:
    """Settings in which all kinds but some are off."""
    off = frozenset(CueKind) - {kind, *others}
    return CueSettings(off=off, **{"coaching": "many", **settings})  # type: ignore[arg-type]  # by name


def at_seconds(notation: str, settings: CueSettings, kind: CueKind) -> list[float]:
    return [at for at, _ in of_kind(everything(flatten(parse(notation)), settings), kind)]


@pytest.mark.parametrize(
    ("seconds", "many", "few"),
    [
        (40, [], []),
        (41, [20.5], [20.5]),
        (80, [40], [40]),
        (90, [45], [45]),
        (119, [59.5], [59.5]),
        (120, [40, 80], [60]),
        (160, [40, 80, 120], [80]),
        (180, [45, 90, 135], [90]),
        (181, [45.25, 90.5, 135.75], [60.333, 120.666]),
        (271, [45.166, 90.333, 135.5, 180.666, 225.833], [67.75, 135.5, 203.25]),
    ],
)
def test_how_often_a_silence_is_used(seconds: int, many: list[float], few: list[float]) -> None:
    for coaching, expected in (("many", many), ("few", few)):
        settings = only(CueKind.TECHNIQUE, coaching=coaching)
        assert at_seconds(f"rest {seconds}s", settings, CueKind.TECHNIQUE) == expected


@pytest.mark.usefixtures("estimated_lengths")
@pytest.mark.parametrize(
    ("seconds", "few"),
    [
        (100, [25]),
        (180, [45]),
        (183, [45.75]),
        (184, [46, 138.825]),  # the other one, too, would be silent for more than a minute and a half
    ],
)
def test_few_speak_in_other_silences_only_where_they_are_very_long(seconds: int, few: list[float]) -> None:
    settings = only(CueKind.TECHNIQUE, CueKind.HALFWAY, coaching="few")
    assert at_seconds(f"back {seconds}s", settings, CueKind.TECHNIQUE) == few


def test_each_interval_begins_with_another_technique_than_the_one_before() -> None:
    settings = only(CueKind.TECHNIQUE)
    tall, pace, hands = "Stand tall.", "Go at a pace where you can talk.", "Light hands on the rail."
    said = of_kind(everything(flatten(parse("10x(fwd 50s)")), settings), CueKind.TECHNIQUE)
    assert [text for _, text in said] == [tall, pace, hands, tall, hands, tall, pace, hands, pace, hands]
    said = of_kind(everything(flatten(parse("fwd 160s, fwd 50s")), settings), CueKind.TECHNIQUE)
    assert [text for _, text in said] == [tall, pace, hands, pace]


@pytest.mark.usefixtures("estimated_lengths")
def test_the_silences_between_cues() -> None:
    cues = everything(flatten(parse("back 200s")), only(CueKind.HALFWAY, CueKind.ONE_MINUTE))
    assert [(cue.at, MANY.duration_ms(cue)) for cue in cues] == [(100_000, 1650), (140_000, 1275 + 120 + 825)]
    assert silences(MANY, cues, 500, 200_000) == [(500, 100_000), (101_650, 140_000), (142_220, 200_000)]
    assert [silence.length for silence in silences(MANY, cues, 500, 200_000)] == [99_500, 38_350, 57_780]
    assert silences(MANY, [], 3, 7) == [(3, 7)]


CROWDED = "rest 5s"
"""An interval in which nothing has room: two seconds of silence, the time left, and two more."""


@pytest.mark.usefixtures("estimated_lengths")
@pytest.mark.parametrize(
    ("later", "said"),
    [
        (0, "Three minutes until the end."),
        (15, "Two minutes forty-five until the end."),
        (-15, "Three minutes fifteen until the end."),
        (30, "Two minutes thirty until the end."),
        (-30, "Three minutes thirty until the end."),
        (60, "Two minutes until the end."),
        (-60, "Four minutes until the end."),
    ],
)
def test_the_time_left_is_said_somewhat_earlier_or_later_where_there_is_room(later: int, said: str) -> None:
    settings = only(CueKind.TIME_LEFT, time_left_every=3)
    schedule = flatten(parse(f"40x({CROWDED}), rest 35s, {(160 - later) // 5}x({CROWDED})"))
    assert of_kind(everything(schedule, settings), CueKind.TIME_LEFT) == [(215, said)]


@pytest.mark.usefixtures("estimated_lengths")
@pytest.mark.parametrize(
    ("before", "said_at"),
    [
        (12, 212),  # twelve seconds after what was before
        (11, 241),  # not so clear: half a minute later is better
    ],
)
def test_the_time_left_keeps_clear_of_the_change_before_it_if_it_can(before: int, said_at: int) -> None:
    settings = only(CueKind.TIME_LEFT, time_left_every=3)
    schedule = flatten(parse(f"40x({CROWDED}), rest {before + 16}s, rest 35s, {(180 - 51) // 3}x(rest 3s)"))
    assert [at for at, _ in of_kind(everything(schedule, settings), CueKind.TIME_LEFT)] == [said_at]


@pytest.mark.usefixtures("estimated_lengths")
@pytest.mark.parametrize(("after", "said_at"), [(16, 213), (15, 243)])
def test_the_time_left_keeps_clear_of_the_change_after_it_if_it_can(after: int, said_at: int) -> None:
    """It takes 3.12 seconds."""
    settings = only(CueKind.TIME_LEFT, time_left_every=3)
    schedule = flatten(parse(f"40x({CROWDED}), rest {13 + after}s, rest {50 - after}s, 26x({CROWDED})"))
    assert [at for at, _ in of_kind(everything(schedule, settings), CueKind.TIME_LEFT)] == [said_at]


@pytest.mark.usefixtures("estimated_lengths")
@pytest.mark.parametrize(("before", "after", "said_at"), [(2, 6, [202]), (1, 7, []), (2, 5, []), (3, 6, [203])])
def test_the_time_left_is_two_seconds_away_from_anything_else_at_least(
    before: int, after: int, said_at: list[float]
) -> None:
    settings = only(CueKind.TIME_LEFT, time_left_every=3)
    schedule = flatten(parse(f"40x({CROWDED}), rest {before + after}s, {180 - after}x(rest 1s)"))
    assert [at for at, _ in of_kind(everything(schedule, settings), CueKind.TIME_LEFT)] == said_at


@pytest.mark.usefixtures("estimated_lengths")
def test_the_time_left_is_said_every_so_many_minutes_but_not_at_the_ends() -> None:
    schedule = flatten(parse("rest 6m"))
    every = {
        minutes: of_kind(everything(schedule, only(CueKind.TIME_LEFT, time_left_every=minutes)), CueKind.TIME_LEFT)
        for minutes in (0, 1, 2, 3, 5, 6)
    }
    assert every == {
        0: [],
        1: [
            (60, "Five minutes until the end."),
            (120, "Four minutes until the end."),
            (180, "Three minutes until the end."),
            (240, "Two minutes until the end."),
            (300, "One minute until the end."),
        ],
        2: [(120, "Four minutes until the end."), (240, "Two minutes until the end.")],
        3: [(180, "Three minutes until the end.")],
        5: [(60, "Five minutes until the end.")],
        6: [],
    }
    schedule = flatten(parse("rest 361s"))
    assert of_kind(everything(schedule, only(CueKind.TIME_LEFT, time_left_every=6)), CueKind.TIME_LEFT) == [
        (31, "Five minutes thirty until the end.")
    ]


@pytest.mark.parametrize(("seconds", "said"), [(7, []), (8, [65]), (9, [65])])
def test_praise_ends_with_its_interval(seconds: int, said: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases, "CLIP_MS", {"heart": {phrases.HALF_DONE: 3_000, phrases.LONGEST_YET: 2_000}})
    assert at_seconds(f"back 60s, rest {seconds}s", only(CueKind.ENCOURAGED), CueKind.ENCOURAGED) == said


@pytest.mark.parametrize(("milliseconds", "said"), [(5_000, [65]), (5_001, [67])])
def test_praise_may_follow_other_words_at_once(
    milliseconds: int, said: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = {"Take a rest.": milliseconds - 700 - 120, "Thirty seconds.": 0}
    monkeypatch.setattr(phrases, "CLIP_MS", {"heart": clips})
    assert at_seconds("back 60s, rest 30s", only(CueKind.ENCOURAGED, CueKind.PHASE), CueKind.ENCOURAGED) == said


@pytest.mark.usefixtures("written_lengths")
@pytest.mark.parametrize(
    ("turn", "after"),
    [("30s", 5), ('30s "Drink some water now and then"', 7), ("16s", 9), ('18s "Drink some water now and then"', 11)],
)
def test_praise_waits_until_there_is_room_for_it(turn: str, after: int) -> None:
    cues = everything(flatten(parse(f"back 60s, turn {turn}, fwd 60s")), FEW)
    assert [cue.at for cue in cues if cue.kind is CueKind.ENCOURAGED] == [(60 + after) * SECOND]


@pytest.mark.parametrize("notation", ["rest 30s", "back 60s", "fwd 60s, rest 30s"])
def test_only_a_bout_is_praised(notation: str) -> None:
    assert at_seconds(notation, only(CueKind.ENCOURAGED), CueKind.ENCOURAGED) == []
