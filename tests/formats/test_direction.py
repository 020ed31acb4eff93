"""What texts say about an interval, and how directions and turns are added to a file that has none."""

from __future__ import annotations

import pytest

from retro_timer.formats.assumptions import Assume, Assumptions
from retro_timer.formats.direction import Bout, direct
from retro_timer.formats.errors import DirectionUnknownError, FormatError
from retro_timer.formats.texts import Marked, describe, read_command, read_text, read_written
from retro_timer.scheduling.model import MAX_INTERVALS, Interval, Workout
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
        ([Bout(600), Bout(120)], "fwd 10m, turn 30s, back 2m"),
        ([Bout(600)], "turn 30s, back 10m"),
        # A set that is last but for one, and a set of all.
        ([Bout(60), Bout(30, work=True), Bout(20)], "fwd 1m, turn 30s, back 30s, turn 30s, fwd 20s"),
        ([Bout(30, work=True), Bout(20, work=False)], "turn 30s, back 30s, turn 30s, fwd 20s"),
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


@pytest.mark.parametrize(("seconds", "said"), [(120, False), (121, True)])
def test_a_bout_that_is_longer_than_may_be_assumed_is_continued_forward(seconds: int, said: bool) -> None:
    directed = direct([Bout(60), Bout(seconds, label="far")], Assumptions(Assume.ALTERNATE, longest=120))
    rest = ", turn 30s, fwd 1s" if said else ""
    assert format_notation(Workout(directed.blocks)) == f'fwd 1m, turn 30s, back 2m "far"{rest}'


def test_as_many_intervals_as_a_workout_has_are_directed() -> None:
    most = [Bout(1, Phase.FORWARD, place=f"line {number}") for number in range(1, MAX_INTERVALS + 1)]
    assert direct(most, Assumptions()).notes == ()
    with pytest.raises(FormatError, match=r"^line 10001: a workout has at most 10,000 intervals$"):
        direct([*most, Bout(1, Phase.FORWARD, place="line 10001"), Bout(1, place="line 10002")], Assumptions())


def test_the_first_interval_without_a_direction_is_named() -> None:
    bouts = [Bout(1, Phase.FORWARD, place="line 1"), Bout(1, place="line 2"), Bout(1, place="line 3")]
    with pytest.raises(DirectionUnknownError, match=r"^line 2: it does not say which way to walk"):
        direct(bouts, Assumptions())


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("Backward", Marked(Phase.BACKWARD)),
        ("backward at 2 km/h", Marked(Phase.BACKWARD, 2.0)),
        ("Forward at 2.5 km/h: tall", Marked(Phase.FORWARD, 2.5, "tall")),
        ("Turn: a\nb", Marked(Phase.TURN, None, "a b")),
        ("Backward at 99 km/h", Marked(None)),
        ("Walk backward!", Marked(None)),
        ("", Marked(None)),
    ],
)
def test_a_lap_is_named_as_we_write_it_or_says_nothing(text: str, read_as: Marked) -> None:
    assert read_written(text) == read_as


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("Walk backward!", Marked(Phase.BACKWARD)),
        ("Turn around", Marked(Phase.TURN)),
        ("Backward: small steps", Marked(Phase.BACKWARD, None, "small steps")),
        ("Backward, small steps", None),
        ("Small steps", None),
    ],
)
def test_a_command_is_only_a_direction(text: str, read_as: Marked | None) -> None:
    assert read_command(text) == read_as


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("Z2 Warmup", Phase.WARM_UP), ("warming up", Phase.WARM_UP), ("Warm-up fwd", Phase.WARM_UP),
        ("cooling down", Phase.COOL_DOWN), ("forward cool down", Phase.COOL_DOWN), ("FWD", Phase.FORWARD),
        ("retro", Phase.BACKWARD), ("Now walk backwards.", Phase.BACKWARD), ("back 2", Phase.BACKWARD),
        ("retro warm up", Phase.BACKWARD), ("turning around", Phase.TURN), ("turnaround", Phase.TURN),
        ("Keep walking forward!!", Phase.FORWARD), ("rest", Phase.REST), ("Rest 1", Phase.REST),
        ("upward", None), ("forward forward", None), ("", None), ("walk 'backward'", None), ("backward'", None),
    ],
)  # fmt: skip
def test_phase_words_with_what_may_stand_next_to_them(text: str, phase: Phase | None) -> None:
    marked = read_text(text, 60)
    assert (marked.phase, marked.label) == (phase, "" if phase else text)


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("Backward: backward all the way", Phase.BACKWARD),
        ("Backward. Then forward", None),
        ("Forward - forward, not fast", Phase.FORWARD),
        ("Forward: never stop", Phase.FORWARD),  # written like our own
        ("Forward, never mind", None),
        ("Forward. Never backward", None),
        ("Turn. Backward next", Phase.TURN),
        ("Backward. No rail", None),
        ("Backward. Ready?", None),
        ("Backward, don't stop", None),
        ("Backward, eyes on what's ahead", Phase.BACKWARD),
        ("Forward. Retro music", None),
        ("Turn, and never forward", Phase.TURN),
    ],
)
def test_what_follows_may_speak_of_the_same_direction_only(text: str, phase: Phase | None) -> None:
    assert read_text(text, 60).phase is phase


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
    turned = [Bout(60, Phase.WARM_UP), Bout(10, Phase.TURN), Bout(60), Bout(60)]
    assert direct(turned, Assumptions(Assume.ALTERNATE)).notes == (
        "the direction of 2 of 4 intervals is assumed (alternate)", "1 turn of 0:30 is added",
    )  # fmt: skip
    assert direct([Bout(600, Phase.BACKWARD)], Assumptions(Assume.ALTERNATE)).notes == ()
