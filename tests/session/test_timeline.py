"""The cue timeline: which cues are due when, which are dropped, and which never are."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import preset
from retro_timer.scheduling.schedule import Schedule, flatten
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.languages import english
from retro_timer.session.languages.english import COMPLETE, IMPERATIVE, every_phrase
from retro_timer.session.ports import VOICES
from retro_timer.session.timeline import CueSettings, CueTimeline
from tests.session.timelines import everything, heard, timeline
from tests.session.understanding import spoken_seconds
from tests.strategies import cue_settings, edited_schedules, edits, ladders, places, walkable, workouts

if TYPE_CHECKING:
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.model import Workout

ALWAYS = frozenset({CueKind.COUNT, CueKind.PHASE})
schedules = edited_schedules(st.one_of(ladders(st.integers(1, 200)), walkable()))


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


def test_halfway_and_one_minute_left() -> None:
    assert heard(timeline("back 59s"), CueKind.HALFWAY, CueKind.ONE_MINUTE) == []
    assert heard(timeline("back 61s"), CueKind.HALFWAY, CueKind.ONE_MINUTE) == [(30.5, "You are halfway.")]
    assert heard(timeline("back 119s"), CueKind.ONE_MINUTE) == []
    assert heard(timeline("back 3m"), CueKind.HALFWAY, CueKind.ONE_MINUTE) == [
        (90, "You are halfway."),
        (120, "One minute left."),
    ]
    assert heard(timeline("turn 2m"), CueKind.HALFWAY) == []


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
