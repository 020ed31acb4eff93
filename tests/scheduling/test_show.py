"""A workout as text and as JSON."""

from __future__ import annotations

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.show import as_json, as_lines, totals

WORKOUT = parse('warm 1m, 2x(turn 5s, back 30s @2.0km/h "slowly" | fwd 90s), cool 1h "home"', name="Mine")


def test_a_workout_in_lines() -> None:
    assert as_lines(WORKOUT) == [
        "Mine",
        'warm 1m, 2x(turn 5s, back 30s @2.0km/h "slowly" | fwd 1m30s), cool 1h "home"',
        "1:03:40 total, 1:00 backward (2 %), longest bout 0:30",
        "",
        "    0:00  warm-up       1:00",
        "    1:00  turn          0:05  round 1 of 2",
        "    1:05  backward      0:30  round 1 of 2      2.0 km/h  slowly",
        "    1:35  forward       1:30  round 1 of 2",
        "    3:05  turn          0:05  round 2 of 2",
        "    3:10  backward      0:30  round 2 of 2      2.0 km/h  slowly",
        "    3:40  cool-down  1:00:00                    home",
    ]
    assert as_lines(parse("fwd 90s")) == [
        "fwd 1m30s",
        "1:30 total, 0:00 backward (0 %)",
        "",
        "    0:00  forward       1:30",
    ]


def test_the_share_and_the_longest_bout() -> None:
    assert totals(parse("back 1m, fwd 1m")) == "2:00 total, 1:00 backward (50 %), longest bout 1:00"
    assert totals(parse("back 1m, back 30s, turn 30s, back 1m")) == (
        "3:00 total, 2:30 backward (83 %), longest bout 1:30"
    )
    assert totals(parse("turn 10s, fwd 20s")) == "0:30 total, 0:00 backward (0 %)"


def test_a_workout_for_programs() -> None:
    shown = as_json(parse('fwd 1m, 2x(back 30s @2.0km/h "slowly")', name="Mine"))
    plain = {"round": None, "rounds": None, "label": None, "speed_kmh": None}
    bout = {"phase": "backward", "duration": 30, "rounds": 2, "label": "slowly", "speed_kmh": 2.0}
    assert shown == {
        "name": "Mine",
        "notation": 'fwd 1m, 2x(back 30s @2.0km/h "slowly")',
        "total_seconds": 120,
        "backward_seconds": 60,
        "intervals": [
            {"index": 0, "phase": "forward", "start": 0, "duration": 60, **plain},
            {"index": 1, "start": 60, "round": 1, **bout},
            {"index": 2, "start": 90, "round": 2, **bout},
        ],
    }
    assert as_json(parse("fwd 1m"))["name"] is None
