"""Coaching: no silence is too long, nothing is said twice running, and praise is earned."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.scheduling.edits import AddToInterval
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import LADDER, preset
from retro_timer.scheduling.schedule import Schedule, flatten
from retro_timer.session.announcer import RECAP_AFTER
from retro_timer.session.coaching import CLEAR, LONG_SILENCE, NEAR, CoachedTimeline, silences
from retro_timer.session.cue import Cue, CueKind
from retro_timer.session.events import PauseReason
from retro_timer.session.languages import english as phrases
from retro_timer.session.ports import VOICES
from retro_timer.session.states import SECOND
from retro_timer.session.timeline import CueSettings
from tests.session.listening import Listener, listening
from tests.session.understanding import spoken_seconds
from tests.strategies import cue_settings, edited_schedules, ladders, walkable

COACHING = frozenset({CueKind.TECHNIQUE, CueKind.TIME_LEFT, CueKind.ENCOURAGED, CueKind.ROUND})
LONGEST = {"few": 90 * SECOND, "many": 60 * SECOND}
FEW, MANY = CueSettings(coaching="few"), CueSettings(coaching="many")
schedules = edited_schedules(st.one_of(ladders(st.integers(1, 400)), walkable()))
coached_settings = st.builds(
    lambda settings, amount, every: replace(settings, coaching=amount, time_left_every=every),
    cue_settings,
    st.sampled_from(["few", "many"]),
    st.sampled_from([0, 1, 2, 5, 30]),
)


def everything(schedule: Schedule, settings: CueSettings) -> tuple[Cue, ...]:
    return CoachedTimeline(schedule, settings).between(0, schedule.total * SECOND + 1)


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


@pytest.mark.parametrize(
    ("bouts", "praised"),
    [
        ((60, 65), [(3, phrases.LONGEST_YET)]),
        ((60, 64), []),
        ((60, 60), [(1, phrases.HALF_DONE)]),
        ((61, 60), [(1, phrases.HALF_DONE)]),
        ((60, 61, 60), [(3, phrases.HALF_DONE)]),
        ((70, 70, 70), [(3, phrases.HALF_DONE)]),
        ((60, 60, 60, 60), [(3, phrases.HALF_DONE)]),
        ((60,), []),
    ],
)
def test_what_is_praised(bouts: tuple[int, ...], praised: list[tuple[int, str]]) -> None:
    listener = listening(", ".join(f"back {seconds}s, turn 30s" for seconds in bouts) + ", fwd 30s", FEW)
    listener.finish()
    assert praise(listener) == praised


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


@pytest.mark.parametrize("notation", ["rest 30s", "back 60s", "fwd 60s, rest 30s"])
def test_only_a_bout_is_praised(notation: str) -> None:
    assert at_seconds(notation, only(CueKind.ENCOURAGED), CueKind.ENCOURAGED) == []


# A session, heard


def walked(listener: Listener, until: int) -> None:
    """Walk on to a position in seconds."""
    while listener.session.position < until * SECOND and not listener.session.state.is_over:
        listener.after(1000)


@pytest.mark.parametrize("amount", ["few", "many"])
@pytest.mark.parametrize("name", ["starter", "consistent", "beyond"])
def test_no_technique_is_heard_twice_running(name: str, amount: str) -> None:
    listener = Listener(flatten(preset(name)), listening().session.rules, CueSettings(coaching=amount))
    listener.after(0, listener.session.start)
    listener.finish()
    heard = [text for _, text in listener.heard_of(CueKind.TECHNIQUE)]
    assert len(heard) >= 4
    assert all(one != other for one, other in pairwise(heard))


def test_going_back_does_not_repeat_the_technique() -> None:
    listener = listening("back 3m", MANY)
    walked(listener, 60)
    listener.after(0, listener.session.back)
    walked(listener, 60)
    first, second = (text for _, text in listener.heard_of(CueKind.TECHNIQUE))
    assert (first, second) == ("Eyes on a fixed point.", "Small steps, feet close to the belt.")


@pytest.mark.parametrize("command", ["pause", "skip", "back", "end"])
def test_what_changes_the_course_takes_coaching_back(command: str) -> None:
    listener = listening("back 3m, turn 30s, fwd 30s", MANY)
    (at,) = [cue.at for cue in everything(listener.session.schedule, MANY) if cue.kind is CueKind.TECHNIQUE][:1]
    walked(listener, at // SECOND - 2)
    assert CueKind.TECHNIQUE in [due_cue.cue.kind for due_cue in listener.player.queued]
    listener.after(0, getattr(listener.session, command))
    assert CueKind.TECHNIQUE not in [due_cue.cue.kind for due_cue in listener.player.queued]


def test_a_turn_that_waits_is_not_coached_beyond_its_end() -> None:
    listener = listening("turn 30s, back 3m", MANY, wait_at_turns=True)
    walked(listener, 30)
    listener.walk(120_000)
    assert listener.heard_of(CueKind.TECHNIQUE) == []


def test_an_edit_plans_coaching_again() -> None:
    listener = listening("back 3m", MANY)
    walked(listener, 10)
    listener.after(0, lambda now: listener.session.edit(now, AddToInterval(180)))
    listener.finish()
    expected = [cue for cue in everything(listener.session.schedule, MANY) if cue.kind is CueKind.TECHNIQUE]
    heard = [cue for _, cue in listener.heard if cue.kind is CueKind.TECHNIQUE]
    assert [cue.at for cue in heard] == [cue.at for cue in expected]


BOUTS = "back 60s, turn 30s, back 90s, turn 30s, back 90s, turn 30s, fwd 30s"


def praise(listener: Listener) -> list[tuple[int, str]]:
    """What was praised, by the index of the interval in which it was."""
    schedule = listener.session.schedule
    return [
        (schedule.position_at(cue.at // SECOND).index, cue.text)
        for _, cue in listener.heard
        if cue.kind is CueKind.ENCOURAGED
    ]


def test_the_longest_bout_and_half_of_it_are_praised_once() -> None:
    listener = listening(BOUTS, FEW)
    listener.finish()
    assert praise(listener) == [(3, phrases.LONGEST_YET)]
    listener = listening("back 60s, turn 30s, back 60s, turn 30s, fwd 30s", FEW)
    listener.finish()
    assert praise(listener) == [(1, phrases.HALF_DONE)]


@pytest.mark.usefixtures("written_lengths")
@pytest.mark.parametrize(
    ("turn", "after"),
    [("30s", 5), ('30s "Drink some water now and then"', 7), ("16s", 9), ('18s "Drink some water now and then"', 11)],
)
def test_praise_waits_until_there_is_room_for_it(turn: str, after: int) -> None:
    cues = everything(flatten(parse(f"back 60s, turn {turn}, fwd 60s")), FEW)
    assert [cue.at for cue in cues if cue.kind is CueKind.ENCOURAGED] == [(60 + after) * SECOND]


def test_a_longer_bout_of_an_earlier_session_is_remembered() -> None:
    listener = listening(BOUTS, FEW)
    listener.conductor.remember_longest(90 * SECOND)
    listener.finish()
    assert praise(listener) == [(3, phrases.HALF_DONE)]
    listener = listening(BOUTS, FEW)
    listener.conductor.remember_longest(30 * SECOND)
    listener.finish()
    assert praise(listener) == [(1, phrases.LONGEST_YET), (3, phrases.LONGEST_YET)]


def test_a_bout_that_was_skipped_is_not_praised() -> None:
    listener = listening(BOUTS, FEW)
    walked(listener, 120)
    listener.after(0, listener.session.skip)
    listener.finish()
    assert (3, phrases.LONGEST_YET) not in praise(listener)


def test_a_bout_with_a_pause_is_not_praised_as_the_longest() -> None:
    listener = listening("back 60s, turn 30s, back 90s, turn 30s, fwd 5m", FEW)
    walked(listener, 120)
    listener.after(0, listener.session.pause)
    listener.after(9000, listener.session.resume)
    listener.finish()
    assert (3, phrases.LONGEST_YET) not in praise(listener)
    assert listener.session.backward.longest == 60 * SECOND


# What was walked


def recap(listener: Listener) -> list[str]:
    listener.walk(20_000)
    return [cue.text for _, cue in listener.heard if cue.kind is CueKind.RECAP]


def test_the_recap_follows_what_to_do_and_ends_with_what_to_do() -> None:
    listener = listening("back 60s, turn 30s, back 60s")
    listener.finish()
    (said,) = recap(listener)
    assert said.startswith("You walked backward for two minutes. Your longest bout so far: one minute. Well done.")
    assert said.endswith("Step off when the belt stops.")
    complete = next(
        due + listener.settings.duration_ms(cue) for due, cue in listener.heard if cue.kind is CueKind.COMPLETE
    )
    assert next(due for due, cue in listener.heard if cue.kind is CueKind.RECAP) >= complete + RECAP_AFTER


def test_the_longest_bout_so_far_may_be_an_earlier_one() -> None:
    listener = listening("back 60s, turn 30s, back 60s")
    listener.conductor.remember_longest(90 * SECOND)
    listener.finish()
    assert "Your longest bout so far: one minute thirty." in recap(listener)[0]


def test_the_recap_counts_what_the_history_counts() -> None:
    listener = listening("back 60s, turn 30s, fwd 60s")
    walked(listener, 30)
    listener.after(0, listener.session.back)
    walked(listener, 40)
    listener.after(0, listener.session.pause)
    listener.after(9000, listener.session.resume)
    listener.finish()
    assert recap(listener)[0].startswith(
        "You walked backward for one minute thirty. Your longest bout so far: forty seconds."
    )


def test_the_recap_says_the_seconds_that_are_shown() -> None:
    listener = listening("back 60s, turn 30s, fwd 60s")
    walked(listener, 14)
    listener.after(900, listener.session.end)
    said = recap(listener)[0]
    assert said.startswith("You walked backward for fourteen seconds."), said


def test_a_session_ended_early_has_its_recap_too() -> None:
    listener = listening("back 60s, turn 30s, fwd 60s")
    walked(listener, 75)
    listener.after(0, listener.session.end)
    assert recap(listener)[0].startswith("You walked backward for one minute.")
    ended = next(due + listener.settings.duration_ms(cue) for due, cue in listener.heard if cue.kind is CueKind.ENDED)
    assert next(due for due, cue in listener.heard if cue.kind is CueKind.RECAP) >= ended + RECAP_AFTER


def test_where_nothing_was_walked_backward_nothing_is_claimed() -> None:
    listener = listening("fwd 30s")
    listener.finish()
    assert recap(listener) == [phrases.WELL_DONE]
    listener = listening("fwd 30s", lead_in=10)
    listener.after(1000, lambda now: listener.session.pause(now, PauseReason.BAIL_OUT))
    listener.after(0, listener.session.end)
    assert recap(listener) == []
