"""The cue timeline: which cues are due when, which are dropped, and which never are."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import preset
from retro_timer.scheduling.schedule import Schedule, flatten
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.languages import english
from retro_timer.session.languages.english import COMPLETE, IMPERATIVE, every_phrase
from retro_timer.session.ports import VOICES
from retro_timer.session.timeline import CueSettings, CueTimeline
from tests.session.understanding import spoken_seconds
from tests.strategies import cue_settings, edited_schedules, edits, ladders, places, walkable, workouts

if TYPE_CHECKING:
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.model import Workout

ALWAYS = frozenset({CueKind.COUNT, CueKind.PHASE})
schedules = edited_schedules(st.one_of(ladders(st.integers(1, 200)), walkable()))


def timeline(notation: str, **settings: int | bool | str | frozenset[CueKind] | tuple[str, ...]) -> CueTimeline:
    return CueTimeline(flatten(parse(notation)), CueSettings(**settings))  # type: ignore[arg-type]  # by name


def everything(cues: CueTimeline) -> tuple[Cue, ...]:
    return cues.between(0, cues.schedule.total * 1000 + 1)


def heard(cues: CueTimeline, *kinds: CueKind) -> list[tuple[float, str]]:
    """The cues of some kinds or all, with their seconds."""
    return [(cue.at / 1000, cue.text) for cue in everything(cues) if not kinds or cue.kind in kinds]


# Properties of all schedules and settings


@given(schedules, cue_settings)
def test_cues_are_in_order_and_within_the_session(schedule: Schedule, settings: CueSettings) -> None:
    cues = everything(CueTimeline(schedule, settings))
    assert [cue.at for cue in cues] == sorted(cue.at for cue in cues)
    assert all(0 <= cue.at <= schedule.total * 1000 for cue in cues)
    assert all(cue.sound or cue.words for cue in cues)
    assert all(len(cue.words) <= 2 for cue in cues)


@given(schedules, cue_settings)
def test_the_phase_sound_and_the_count_are_never_dropped(schedule: Schedule, settings: CueSettings) -> None:
    cues = everything(CueTimeline(schedule, replace(settings, off=settings.off - ALWAYS)))
    openings = [(cue.at, cue.sound) for cue in cues if cue.kind is CueKind.PHASE]
    assert openings == [
        (start * 1000, Sound.of(entry.phase)) for start, entry in zip(schedule.starts, schedule, strict=False)
    ]
    expected = []
    for index, entry in enumerate(schedule):
        end, last = schedule.starts[index + 1], index + 1 == len(schedule)
        if entry.phase is Phase.TURN and settings.waits_at_turns and not last:
            continue
        ticks = min(settings.ticks, entry.duration - 1)
        expected += [(end - left) * 1000 for left in range(ticks, 0, -1)]
    counts = [cue for cue in cues if cue.kind is CueKind.COUNT]
    assert [cue.at for cue in counts] == expected
    assert all(cue.sound is Sound.of_tick(int(cue.caption)) and not cue.words for cue in counts)


@given(schedules, cue_settings)
def test_nothing_that_is_spoken_overlaps(schedule: Schedule, settings: CueSettings) -> None:
    """Not with other words, the count or the next sound."""
    cues = everything(CueTimeline(schedule, settings))
    for cue, following in pairwise(cues):
        if cue.words or cue.kind is CueKind.PHASE:
            assert cue.at + settings.duration_ms(cue) <= following.at


@given(schedules, cue_settings, st.sampled_from(CueKind))
def test_each_kind_can_be_switched_off_by_itself(schedule: Schedule, settings: CueSettings, kind: CueKind) -> None:
    off = everything(CueTimeline(schedule, replace(settings, off=settings.off | {kind})))
    assert not [cue for cue in off if cue.kind in settings.off | {kind}]


@given(st.data(), schedules, cue_settings)
def test_spans_join(data: st.DataObject, schedule: Schedule, settings: CueSettings) -> None:
    cues = CueTimeline(schedule, settings)
    edges = st.sampled_from([cue.at for cue in everything(cues)] or [0])
    moment = st.one_of(st.integers(-1000, schedule.total * 1000 + 5000), edges)
    first, middle, last = sorted(data.draw(st.tuples(moment, moment, moment)))
    assert cues.between(first, middle) + cues.between(middle, last) == cues.between(first, last)
    assert cues.between(middle, middle) == ()


@given(st.data(), schedules, edits, cue_settings)
def test_an_edit_keeps_the_cues_of_unchanged_intervals(
    data: st.DataObject, schedule: Schedule, edit: Edit, settings: CueSettings
) -> None:
    """The cues of an interval stay the same, at its new time, if it and its neighbours are unchanged."""
    at = data.draw(places(schedule))
    try:
        after = edit(schedule, at)
    except WorkoutError:
        assume(False)
        return
    before, now = CueTimeline(schedule, settings), CueTimeline(after, settings)
    for index in range(min(len(schedule), len(after))):
        around = slice(max(0, index - 1), index + 3)
        if schedule.entries[around] != after.entries[around] or (index == 0) != (around.start == index):
            continue
        moved = (after.starts[index] - schedule.starts[index]) * 1000
        assert now.of_interval(index) == tuple(replace(cue, at=cue.at + moved) for cue in before.of_interval(index))


@given(workouts(plain=True), cue_settings)
def test_everything_spoken_has_a_clip(workout: Workout, settings: CueSettings) -> None:
    cues = everything(CueTimeline(flatten(workout), settings))
    assert {words for cue in cues for words in cue.words} <= set(every_phrase())


@given(schedules, cue_settings)
def test_spoken_times_are_true(schedule: Schedule, settings: CueSettings) -> None:
    for cue in everything(CueTimeline(schedule, settings)):
        position = schedule.position_at(cue.at // 1000)
        if cue.kind is CueKind.PHASE and cue.words[1:]:
            assert spoken_seconds(cue.words[1:]) == schedule[position.index].duration
        if cue.kind not in (CueKind.ANNOUNCE, CueKind.ONE_MINUTE):
            continue
        assert spoken_seconds(cue.words[:1]) == position.left
        if cue.kind is CueKind.ANNOUNCE:
            last = position.index + 1 == len(schedule)
            assert cue.words[1] == ("Almost done." if last else IMPERATIVE[schedule[position.index + 1].phase])
            assert cue.phase is (None if last else schedule[position.index + 1].phase)


@given(ladders(st.integers(13, 200)))
def test_with_thirteen_seconds_every_change_is_announced_ten_before_it(workout: Workout) -> None:
    schedule = flatten(workout)
    announced = [cue.at for cue in everything(CueTimeline(schedule)) if cue.kind is CueKind.ANNOUNCE]
    assert announced == [(start - 10) * 1000 for start in schedule.starts[1:]]


# A preset, heard from beginning to end


@pytest.mark.usefixtures("written_lengths")
def test_first_try_to_its_first_bout() -> None:
    cues = CueTimeline(flatten(preset("first-try")))
    heard_so_far = cues.between(0, 215_000)
    assert [(cue.at / 1000, cue.kind.value, cue.sound and cue.sound.value, cue.text) for cue in heard_so_far] == [
        (0, "phase", "warm-up", "Start your warm-up. Two minutes."),
        (60, "one-minute", None, "One minute left."),
        (110, "announce", None, "Ten seconds. Turn around."),
        (117, "count", "tick-three", "3"),
        (118, "count", "tick-two", "2"),
        (119, "count", "tick", "1"),
        (120, "phase", "turn", "Turn around. Thirty seconds."),
        (122.58, "rail", None, "Hold on to the rail."),
        (140, "announce", None, "Ten seconds. Walk backward."),
        (147, "count", "tick-three", "3"),
        (148, "count", "tick-two", "2"),
        (149, "count", "tick", "1"),
        (150, "phase", "backward", "Walk backward. One minute."),
        (180, "halfway", None, "You are halfway."),
        (200, "announce", None, "Ten seconds. Turn around."),
        (207, "count", "tick-three", "3"),
        (208, "count", "tick-two", "2"),
        (209, "count", "tick", "1"),
        (210, "phase", "turn", "Turn around. Thirty seconds."),
        (212.58, "rail", None, "Hold on to the rail."),
    ]  # fmt: skip


def test_the_end_is_almost_done_and_complete() -> None:
    cues = timeline("back 30s")
    assert heard(cues, CueKind.ANNOUNCE, CueKind.COMPLETE) == [(20, "Ten seconds. Almost done."), (30, COMPLETE)]
    assert everything(cues)[-1].sound is Sound.COMPLETE


def test_complete_belongs_to_what_begins_at_the_end() -> None:
    cues = timeline("back 30s")
    assert not [cue for cue in cues.between(0, 30_000) if cue.kind is CueKind.COMPLETE]
    assert [cue.kind for cue in cues.between(30_000, 30_001)] == [CueKind.COMPLETE]
    assert cues.between(30_001, 99_000) == ()


# Each kind


def test_the_last_round_is_announced_once_where_it_begins() -> None:
    cues = timeline("warm 20s, 3x(turn 20s, back 20s | fwd 20s), cool 20s")
    assert heard(cues, CueKind.LAST_ROUND) == [(145, "This is the last round.")]
    assert heard(timeline("1x(turn 20s, back 20s)"), CueKind.LAST_ROUND) == []


def test_the_last_round_of_an_inner_repeat_is_not_the_last() -> None:
    cues = timeline("2x(turn 20s, 3x(back 20s))")
    assert heard(cues, CueKind.LAST_ROUND) == [(85, "This is the last round.")]
    assert heard(timeline("1x(3x(back 20s))"), CueKind.LAST_ROUND) == [(45, "This is the last round.")]


@pytest.mark.usefixtures("written_lengths")
def test_the_last_round_is_announced_sooner_if_another_announcement_is_in_the_way() -> None:
    assert heard(timeline("2x(turn 11s)"), CueKind.LAST_ROUND, CueKind.ANNOUNCE) == [
        (6, "Five seconds. Turn around."),
        (14, "This is the last round."),
        (16, "Six seconds. Almost done."),
    ]


@pytest.mark.usefixtures("written_lengths")
@pytest.mark.parametrize(
    ("kind", "notation", "settings", "after"),
    [
        (CueKind.LAST_ROUND, "3x(back 5s)", {"ticks": 0}, 3),
        (CueKind.LAST_ROUND, "3x(back 7s)", {"ticks": 0}, 5),
        (CueKind.LAST_ROUND, "3x(turn 5s)", {"ticks": 0}, 3),
        (CueKind.LAST_ROUND, "3x(turn 20s, back 3s)", {}, 5),
        (CueKind.LAST_ROUND, "3x(turn 9s)", {"ticks": 0}, 7),
        (CueKind.RAIL, "3x(turn 6s)", {"ticks": 0}, 4.2),
        (CueKind.RAIL, "3x(turn 13s)", {}, 7),
        (CueKind.ROUND, "3x(back 8s)", {"coaching": "few", "ticks": 0}, 5),
        (CueKind.ROUND, "3x(back 9s)", {"coaching": "few", "ticks": 0}, 7),
        (CueKind.ROUND, "3x(back 12s @1.6km/h)", {"coaching": "few", "ticks": 0}, 9),
        (CueKind.ROUND, "3x(back 14s @1.6km/h)", {"coaching": "few", "ticks": 0}, 11),
    ],
)
def test_what_has_no_room_right_after_the_opening_comes_some_seconds_into_the_interval(
    kind: CueKind, notation: str, settings: dict[str, Any], after: float
) -> None:
    cues = timeline(notation, **settings)
    starts = [start for start in cues.schedule.starts if start != cues.schedule.total]
    said = [at - max(start for start in starts if start <= at) for at, _ in heard(cues, kind)]
    assert said
    assert said[-1] == pytest.approx(after, abs=1e-6)


@pytest.mark.usefixtures("written_lengths")
@pytest.mark.parametrize(
    ("notation", "said_at"),
    [
        ("warm 20s, turn 30s, back 1m", [22.58]),  # after the words at the start of the turn
        ("warm 20s, turn 15s, back 1m", [22.79]),
        ("warm 20s, turn 5s, back 1m", [13]),  # ahead of a turn that is too short
        ("warm 20s, turn 2s, turn 2s, back 1m", [13]),
        ("turn 3s, back 1m, turn 1s", [56]),
        ("back 1m", []),
    ],
)
def test_the_rail_is_held_in_or_before_each_turn(notation: str, said_at: list[float]) -> None:
    assert heard(timeline(notation), CueKind.RAIL) == [(at, "Hold on to the rail.") for at in said_at]


@pytest.mark.usefixtures("written_lengths")
@pytest.mark.parametrize(
    ("announce", "before", "lead"),
    [(10, 11, [7]), (6, 11, [8]), (8, 11, [6]), (6, 9, [8]), (8, 7, []), (10, 8, [7]), (7, 11, [5])],
)
def test_the_rail_is_held_seven_six_five_or_eight_seconds_before_a_short_turn(
    announce: int, before: int, lead: list[int]
) -> None:
    cues = timeline(f"warm {before}s, turn 5s, back 1m", announce=announce, go_words=("Go.",))
    assert [before - at for at, _ in heard(cues, CueKind.RAIL)] == lead


@pytest.mark.usefixtures("written_lengths")
@pytest.mark.parametrize(
    ("forward", "announced", "speed"), [(15, 10, []), (16, 11, [6]), (20, 15, [10]), (21, 16, [6])]
)
def test_nothing_is_said_as_an_interval_begins_in_place_of_its_opening(
    forward: int, announced: int, speed: list[float]
) -> None:
    """With go words alone there would be room for what leads to the next interval."""
    cues = timeline(f"warm 5s, fwd {forward}s, turn 30s, back 60s @1.0mph", go_words=("Go.",))
    assert [at for at, _ in heard(cues, CueKind.SPEED)] == speed
    assert heard(cues, CueKind.ANNOUNCE)[0] == (announced, "Ten seconds. Turn around.")


@given(st.lists(st.tuples(st.integers(13, 60), st.integers(1, 60), st.integers(13, 60)), min_size=1, max_size=4))
def test_every_turn_has_its_rail(lengths: list[tuple[int, int, int]]) -> None:
    rounds = [f"fwd {before}s, turn {turn}s, back {after}s" for before, turn, after in lengths]
    assert len(heard(timeline(", ".join(rounds)), CueKind.RAIL)) == len(rounds)


def test_labels_can_be_left_unspoken() -> None:
    spoken, silent = (timeline('back 30s "eyes up"', labels=labels).of_interval(0)[0] for labels in (True, False))
    assert (spoken.label, spoken.text) == ("eyes up", "Walk backward. Thirty seconds. eyes up")
    assert (silent.label, silent.text) == ("", "Walk backward. Thirty seconds.")


def test_the_speed_is_set_before_the_turn_that_leads_to_a_bout_with_one() -> None:
    planned = "fwd 60s, turn 30s, back 60s @1.0mph"
    for imperial, said in ((True, "one point zero miles"), (False, "one point six kilometers")):
        cues = timeline(planned, imperial=imperial)
        assert heard(cues, CueKind.SPEED, CueKind.TARGET) == [(40, f"Set the speed to {said} an hour.")]
    too_fast = timeline("fwd 60s, turn 30s, back 60s @20km/h")
    assert heard(too_fast, CueKind.SPEED) == [(40, "Set the speed before you turn.")]
    for without in ("fwd 60s, turn 30s, back 60s", "fwd 60s, back 60s @1km/h", "back 60s, turn 30s, fwd 60s @1km/h"):
        assert heard(timeline(without), CueKind.SPEED) == []


@pytest.mark.parametrize("notation", ["back 60s @2km/h", "fwd 60s @2km/h, back 60s", "warm 20s, rest 60s @2km/h"])
def test_a_speed_that_no_turn_leads_to_is_said_as_its_interval_begins(notation: str) -> None:
    cues = timeline(notation)
    ((at, text),) = heard(cues, CueKind.TARGET)
    begins = next(
        start for start, entry in zip(cues.schedule.starts, cues.schedule, strict=False) if entry.interval.speed_kmh
    )
    assert begins < at < begins + 5
    assert text == "Set the speed to two point zero kilometers an hour."


@pytest.mark.parametrize(("announce", "at"), [(10, 40), (20, 35), (25, 40), (22, 40), (30, 40)])
def test_the_speed_is_spoken_next_to_the_announcement(announce: int, at: int) -> None:
    cues = timeline("fwd 60s, turn 30s, back 60s @1.0mph", announce=announce)
    assert [when for when, _ in heard(cues, CueKind.SPEED)] == [at]


def test_halfway_and_one_minute_left() -> None:
    assert heard(timeline("back 59s"), CueKind.HALFWAY, CueKind.ONE_MINUTE) == []
    assert heard(timeline("back 61s"), CueKind.HALFWAY, CueKind.ONE_MINUTE) == [(30.5, "You are halfway.")]
    assert heard(timeline("back 119s"), CueKind.ONE_MINUTE) == []
    assert heard(timeline("back 3m"), CueKind.HALFWAY, CueKind.ONE_MINUTE) == [
        (90, "You are halfway."),
        (120, "One minute left."),
    ]
    assert heard(timeline("turn 2m"), CueKind.HALFWAY) == []


def test_a_label_is_spoken_last_if_there_is_room() -> None:
    (opening,) = [cue for cue in everything(timeline('back 20s "eyes up"')) if cue.kind is CueKind.PHASE]
    assert (opening.label, opening.text) == ("eyes up", "Walk backward. Twenty seconds. eyes up")
    (opening,) = [cue for cue in everything(timeline(f'back 8s "{"x" * 80}"')) if cue.kind is CueKind.PHASE]
    assert (opening.label, opening.text) == ("", "Walk backward. Eight seconds.")
    (opening,) = [cue for cue in everything(timeline(f'back 20s "{"眼" * 60}"')) if cue.kind is CueKind.PHASE]
    assert opening.label == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "Turn around."), (2, "Turn around."), (5, "Turn around."), (7, "Turn around. Seven seconds.")],
)
def test_words_are_dropped_in_a_short_interval(seconds: int, said: str) -> None:
    opening = timeline(f"turn {seconds}s, back 9s").of_interval(0)[0]
    assert (opening.kind, opening.sound, opening.text) == (CueKind.PHASE, Sound.TURN, said)
    assert bool(opening.words) == (seconds > 2)


# Settings


@pytest.mark.parametrize(("ticks", "at"), [(0, []), (1, [19]), (3, [17, 18, 19]), (10, list(range(10, 20)))])
def test_the_number_of_ticks(ticks: int, at: list[int]) -> None:
    assert [when for when, _ in heard(timeline("back 20s", ticks=ticks), CueKind.COUNT)] == at


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("ticks", [1, 3, 10])
def test_a_spoken_count_says_numbers_at_the_same_moments(ticks: int, voice: str) -> None:
    cues = timeline("back 20s", ticks=ticks, spoken_count=True, voice=voice)
    words = ["Ten.", "Nine.", "Eight.", "Seven.", "Six.", "Five.", "Four.", "Three.", "Two.", "One."]
    assert heard(cues, CueKind.COUNT) == list(zip(range(20 - ticks, 20), words[-ticks:], strict=True))
    numbers = [cue for cue in everything(cues) if cue.kind is CueKind.COUNT]
    assert all(cue.sound is None and cues.settings.duration_ms(cue) < 900 for cue in numbers)


@pytest.mark.parametrize(
    ("settings", "announced"),
    [
        ({}, (50, "Ten seconds. Turn around.")),
        ({"announce": 5}, (55, "Five seconds. Turn around.")),
        ({"announce": 30}, (30, "Thirty seconds. Turn around.")),
        ({"announce": 10, "belt_lead": 5}, (45, "Fifteen seconds. Turn around.")),
        ({"announce": 23}, (35, "Twenty-five seconds. Turn around.")),  # the next length that can be said
        ({"announce": 10, "ticks": 10}, (48, "Twelve seconds. Turn around.")),  # before the count begins
        ({"announce": 5, "ticks": 5}, (53, "Seven seconds. Turn around.")),
    ],
)
def test_how_far_ahead_a_change_is_announced(settings: dict[str, int], announced: tuple[int, str]) -> None:
    assert heard(timeline("back 60s, turn 60s", **settings), CueKind.ANNOUNCE)[0] == announced


@pytest.mark.parametrize(("seconds", "said_at"), [(8, 3), (10, 5), (12, 7), (13, 3), (60, 50)])
def test_a_change_is_announced_late_rather_than_never(seconds: int, said_at: int) -> None:
    assert heard(timeline(f"turn {seconds}s, back 60s"), CueKind.ANNOUNCE)[0][0] == said_at


@pytest.mark.usefixtures("written_lengths")
def test_a_turn_that_waits_counts_down_to_nothing() -> None:
    cues = timeline("turn 30s, back 30s, turn 30s", waits_at_turns=True)
    assert [(at, text) for at, text in heard(cues) if at < 30] == [
        (0, "Turn around. Thirty seconds."),
        (2.58, "Hold on to the rail."),
    ]
    assert [cues.waits(index) for index in range(3)] == [True, False, False]
    assert heard(cues, CueKind.ANNOUNCE)[-1] == (80, "Ten seconds. Almost done.")


@pytest.mark.parametrize(
    "wrong", [{"ticks": -1}, {"ticks": 11}, {"announce": 4}, {"announce": 31}, {"belt_lead": -1}, {"belt_lead": 31}]
)
def test_settings_out_of_bounds_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        CueSettings(**wrong)  # type: ignore[arg-type]  # by name


def test_looking_ahead_computes_only_the_intervals_in_range(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    of_interval = CueTimeline.of_interval

    def spy(cues: CueTimeline, index: int) -> tuple[Cue, ...]:
        looked.append(index)
        return of_interval(cues, index)

    monkeypatch.setattr(CueTimeline, "of_interval", spy)
    timeline("5000x(back 10s, fwd 10s)").between(50_000_000, 50_015_000)
    assert len(looked) == 2


def test_settings_may_be_at_their_limits() -> None:
    for ticks, announce, belt_lead in ((0, 5, 0), (10, 30, 30)):
        settings = CueSettings(ticks=ticks, announce=announce, belt_lead=belt_lead)
        assert (settings.ticks, settings.announce, settings.belt_lead) == (ticks, announce, belt_lead)


# To the millisecond


@pytest.mark.parametrize(
    ("cue", "milliseconds"),
    [
        (Cue(0, CueKind.COUNT, Sound.TICK), 700),
        (Cue(0, CueKind.PHASE, words=("Go.",)), 675),
        (Cue(0, CueKind.PHASE, Sound.TURN, ("Go.", "Go.", "Go.")), 700 + 3 * 675 + 2 * 120),
        (Cue(0, CueKind.PHASE, label="eyes"), 4 * 90),
        (Cue(0, CueKind.PHASE, words=("Go.",), label="眼 a\uff21"), 675 + 2 * 250 + 2 * 90),
        (Cue(0, CueKind.WHERE), 0),
    ],
)
@pytest.mark.usefixtures("estimated_lengths")
def test_how_long_a_cue_takes(cue: Cue, milliseconds: int) -> None:
    assert CueSettings().duration_ms(cue) == milliseconds


@pytest.mark.usefixtures("estimated_lengths")
@pytest.mark.parametrize(
    ("notation", "ticks", "said_at"),
    [
        ("turn 11s, back 60s", 3, [4]),
        ("turn 11s, back 60s", 4, []),
        ("turn 10s, back 60s", 3, []),
        ("turn 10s, back 60s", 0, [5]),
        ("turn 14s, back 60s", 3, [7]),
        ("back 11s, turn 60s", 3, [5]),
    ],
)
def test_a_change_is_announced_five_six_or_seven_seconds_ahead_where_there_is_no_room_earlier(
    notation: str, ticks: int, said_at: list[float]
) -> None:
    cues = timeline(notation, ticks=ticks)
    assert [at for at, _ in heard(cues, CueKind.ANNOUNCE) if at < cues.schedule.starts[1]] == said_at


@pytest.mark.parametrize(
    ("forward", "words", "announce", "lead"),
    [(60, 3_000, 10, 20), (60, 3_000, 20, 25), (60, 4_850, 20, 25), (60, 4_851, 20, 30), (35, 5_000, 20, 15)],
)
def test_the_speed_is_set_twenty_to_thirty_or_fifteen_seconds_ahead(
    forward: int, words: int, announce: int, lead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = {"Set the speed before you turn.": words, "Turn around.": 1_000, "Walk forward.": 4_500}
    monkeypatch.setattr(english, "CLIP_MS", {"heart": {**clips, "Twenty seconds.": 1_000, "Ten seconds.": 1_000}})
    cues = timeline(f"fwd {forward}s, turn 30s, back 60s @20km/h", announce=announce)
    assert [forward - at for at, _ in heard(cues, CueKind.SPEED)] == [lead]


@pytest.mark.parametrize(("opening", "said_at"), [(9_850, 10), (9_851, None)])
def test_a_cue_may_begin_a_moment_after_another_and_end_a_moment_before_the_count(
    opening: int, said_at: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = {"Take a rest.": opening - 700 - 120, "Twenty seconds.": 0, "Ten seconds.": 1_000, "Almost done.": 1_000}
    monkeypatch.setattr(english, "CLIP_MS", {"heart": clips})
    cues = [cue.at / 1000 for cue in everything(timeline("rest 20s", ticks=0)) if cue.kind is CueKind.ANNOUNCE]
    assert said_at in (cues[0], None)
    assert (cues[0] == 10) is (said_at == 10)


def test_cues_are_those_of_the_right_interval_at_its_edges() -> None:
    cues = timeline("rest 10s, rest 10s", off=frozenset(CueKind) - {CueKind.PHASE})
    assert [cue.at for cue in cues.between(0, 10_000)] == [0]
    assert [cue.at for cue in cues.between(0, 10_001)] == [0, 10_000]
    assert [cue.at for cue in cues.between(1, 10_001)] == [10_000]
    assert [cue.at for cue in cues.between(10_000, 10_001)] == [10_000]
    assert [cue.at for cue in cues.between(-5_000, 1)] == [0]
    assert cues.between(10_001, 90_000) == ()


def test_the_defaults_of_the_cues() -> None:
    settings = CueSettings()
    assert (settings.off, settings.ticks, settings.announce, settings.belt_lead) == (frozenset(), 3, 10, 0)
    assert (settings.labels, settings.waits_at_turns, settings.own_key, settings.own_pause_key) == (
        True, False, False, False,
    )  # fmt: skip
    assert (settings.coaching, settings.time_left_every, settings.spoken_count, settings.imperial) == (
        "off", 0, False, False,
    )  # fmt: skip
    assert (settings.voice, settings.go_words, settings.ticks_heard) == ("heart", (), 3)
    assert CueSettings(ticks=7, off=frozenset({CueKind.COUNT})).ticks_heard == 0


@pytest.mark.usefixtures("estimated_lengths")
def test_a_label_without_room_delays_nothing_after_the_opening() -> None:
    long = "眼" * 60  # fifteen seconds
    cues = timeline(f'3x(back 20s "{long}")', coaching="few")
    assert [at for at, _ in heard(cues, CueKind.ROUND)] == [4.045, 24.045]
    cues = timeline(f'turn 20s "{long}", back 20s')
    assert [at for at, _ in heard(cues, CueKind.RAIL)] == [3.895]


@pytest.mark.parametrize(
    ("notation", "said"),
    [
        ("turn 30s, back 60s @2km/h", 1),  # nothing before the turn said it
        ("fwd 30s, turn 30s, back 60s @2km/h", 0),
        ("warm 20s, rest 20s, rest 60s @2km/h", 1),
        ("rest 60s @2km/h", 1),
    ],
)
def test_a_speed_is_said_once(notation: str, said: int) -> None:
    cues = timeline(notation)
    assert len(heard(cues, CueKind.TARGET)) == said
    assert len(heard(cues, CueKind.SPEED)) == 1 - said
