"""Where the words of an interval have room: the announcement, the rail, the last round, speeds and labels."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.languages import english
from tests.session.timelines import everything, heard, timeline


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
