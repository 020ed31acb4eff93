"""What texts say about an interval, and how directions and turns are added to a file that has none."""

from __future__ import annotations

import pytest

from retro_timer.formats.assumptions import Assume, Assumptions
from retro_timer.formats.direction import Bout, direct
from retro_timer.formats.texts import Marked, describe, read_command, read_text
from retro_timer.scheduling.model import Interval, Workout
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.phases import Phase


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("back 1m", "Backward"),
        ("back 1m @3.2km/h", "Backward at 3.2 km/h"),
        ("back 1m @1.0mph", "Backward at 1.0 mph"),
        ('cool 1m @2.0km/h "eyes up"', "Cool-down at 2.0 km/h: eyes up"),
        ('turn 5s "hold: the rail"', "Turn: hold: the rail"),
    ],
)
def test_what_is_described_is_read_back(notation: str, text: str) -> None:
    (interval,) = parse(notation).blocks
    assert isinstance(interval, Interval)
    assert describe(interval) == text
    assert read_command(text) == Marked(interval.phase, interval.speed_kmh, interval.label)
    bare = Interval(interval.phase, interval.duration, None, interval.label)
    assert describe(interval, speed=False) == describe(bare)


@pytest.mark.parametrize(
    ("text", "seconds", "phase"),
    [
        ("walk forward, then backward", 60, None),
        ("backward, not forward", 60, None),
        ("turn around", 600, Phase.TURN),
        ("turn and walk backward", 60, Phase.TURN),
        ("turn and walk backward", 61, Phase.BACKWARD),
        ("warm up backward", 60, Phase.BACKWARD),
        ("warm up slowly", 60, Phase.WARM_UP),
        ("cool down slowly", 60, Phase.COOL_DOWN),
        ("breathe", 60, None),
        ("Forward easy", 60, Phase.FORWARD),
        ("Backward bout 2 of 4", 60, Phase.BACKWARD),
        ("Walk backward, eyes up", 60, Phase.BACKWARD),
        ("Forward (easy)", 60, Phase.FORWARD),
        ("Bring your leg forward", 60, None),
        ("Never walk backward here", 60, None),
        ("Backward - no!", 60, None),
        ("Don't walk backward", 60, None),
        ("Get ready to walk backward", 60, None),
        ("Warm up, walking backward", 60, None),
        ("Back straight", 60, None),
        ("Rest your hands on the rail", 60, None),
        ("Forward lean", 60, None),
        ("Turn up the incline", 60, None),
        ("Backward?", 60, None),
    ],
)
def test_whole_phase_words_count_and_prose_does_not(text: str, seconds: int, phase: Phase | None) -> None:
    assert read_text(text, seconds) == Marked(phase, label="" if text in ("turn around", "warm up backward") else text)


def walked(bouts: list[Bout], assume: Assume | None = None) -> str:
    return format_notation(Workout(direct(bouts, Assumptions(assume)).blocks))


def test_turns_are_added_only_where_a_direction_is_assumed() -> None:
    known = [Bout(60, Phase.BACKWARD), Bout(30, Phase.FORWARD)]
    assert walked(known) == walked(known, Assume.ALTERNATE) == "back 1m, fwd 30s"
    assert walked([*known, Bout(20)], Assume.FORWARD) == "turn 30s, back 1m, turn 30s, fwd 30s, fwd 20s"


def test_a_turn_that_is_there_is_not_added_again_and_a_rest_faces_as_before() -> None:
    bouts = [
        Bout(10, Phase.TURN), Bout(60, Phase.BACKWARD), Bout(5, Phase.REST), Bout(40, Phase.BACKWARD),
        Bout(5, Phase.REST), Bout(15, Phase.TURN), Bout(30), Bout(20),
    ]  # fmt: skip
    assert walked(bouts, Assume.FORWARD) == (
        "turn 10s, back 1m, rest 5s, back 40s, rest 5s, turn 15s, fwd 30s, fwd 20s"
    )


def test_bouts_alternate_after_those_that_are_known() -> None:
    bouts = [Bout(60), Bout(50), Bout(40, Phase.BACKWARD), Bout(30), Bout(20, Phase.COOL_DOWN), Bout(10)]
    assert walked(bouts, Assume.ALTERNATE) == (
        "fwd 1m, turn 30s, back 50s, back 40s, turn 30s, fwd 30s, cool 20s, turn 30s, back 10s"
    )


def test_work_is_backward_and_recovery_is_not() -> None:
    pairs = [Bout(60, work=True, group=1), Bout(30, work=False, group=1), Bout(20), Bout(10)]
    assert walked(pairs, Assume.ALTERNATE) == (
        "turn 30s, back 1m, turn 30s, fwd 30s, turn 30s, back 20s, turn 30s, fwd 10s"
    )


def test_rounds_are_found_within_a_group() -> None:
    same = [Bout(60, Phase.BACKWARD, group=number) for number in (0, 0, 1, 1)]
    assert walked(same) == "2x(back 1m), 2x(back 1m)"
    assert walked([Bout(60, Phase.BACKWARD)] * 4) == "4x(back 1m)"
    assert walked([Bout(5, Phase.TURN)] * 3) == "turn 5s, turn 5s, turn 5s"


@pytest.mark.parametrize(
    ("bouts", "expected"),
    [
        # A first bout without a tag is a warm-up.
        ([Bout(600), Bout(120), Bout(60)], "fwd 10m, turn 30s, back 2m, turn 30s, fwd 1m"),
        ([Bout(600)], "turn 30s, back 10m"),
        # So is everything before the first set, and what is last is a cool-down.
        (
            [Bout(300), Bout(60), *[Bout(30, repeated=True, group=1)] * 4, Bout(40), Bout(50)],
            "fwd 5m, fwd 1m, 2x(turn 30s, back 30s, turn 30s, fwd 30s), turn 30s, back 40s, turn 30s, fwd 50s",
        ),
        # A set at the end has no cool-down behind it.
        (
            [Bout(60), *[Bout(30, repeated=True)] * 2, Bout(20, repeated=True)],
            "fwd 1m, turn 30s, back 30s, turn 30s, fwd 30s, turn 30s, back 20s",
        ),
        # A set at the beginning begins backward.
        ([*[Bout(30, repeated=True)] * 2, Bout(50)], "turn 30s, back 30s, turn 30s, fwd 30s, fwd 50s"),
        # With a warm-up in the file, nothing else is one.
        ([Bout(60, Phase.WARM_UP), Bout(40), Bout(50)], "warm 1m, turn 30s, back 40s, turn 30s, fwd 50s"),
    ],
)
def test_alternating_never_begins_backward_after_an_untagged_warm_up(bouts: list[Bout], expected: str) -> None:
    assert walked(bouts, Assume.ALTERNATE) == expected


def test_assumed_bouts_can_be_limited_and_the_total_stays_but_for_the_turns() -> None:
    bouts = [Bout(60, Phase.WARM_UP), Bout(600, speed_kmh=2.0, label="steady"), Bout(60)]
    directed = direct(bouts, Assumptions(Assume.ALTERNATE, longest=120))
    assert format_notation(Workout(directed.blocks)) == (
        'warm 1m, turn 30s, back 2m @2.0km/h "steady", turn 30s, fwd 8m @2.0km/h, fwd 1m'
    )
    just_as_long = direct([Bout(60, Phase.WARM_UP), Bout(120)], Assumptions(Assume.ALTERNATE, longest=120))
    assert format_notation(Workout(just_as_long.blocks)) == "warm 1m, turn 30s, back 2m"
    # What a file says is not changed.
    known = [Bout(600, Phase.BACKWARD), Bout(60)]
    directed = direct(known, Assumptions(Assume.ALTERNATE, longest=120))
    assert format_notation(Workout(directed.blocks)) == "turn 30s, back 10m, turn 30s, fwd 1m"


def test_what_was_decided_is_noted() -> None:
    bouts = [Bout(60, Phase.WARM_UP), Bout(181), Bout(60)]
    assert direct(bouts, Assumptions(Assume.ALTERNATE)).notes == (
        "the direction of 2 of 3 intervals is assumed (alternate)",
        "2 turns of 0:30 are added",
        "the longest backward bout is 3:01, more than 3:00 at a time; --longest 3:00 limits it",
    )
    assert direct([Bout(60, Phase.WARM_UP), Bout(180)], Assumptions(Assume.ALTERNATE)).notes[1:] == (
        "1 turn of 0:30 is added",
    )
    assert direct(bouts, Assumptions(Assume.FORWARD)).notes == (
        "the direction of 2 of 3 intervals is assumed (forward)",
    )
    assert direct([Bout(600, Phase.BACKWARD)], Assumptions(Assume.ALTERNATE)).notes == ()
