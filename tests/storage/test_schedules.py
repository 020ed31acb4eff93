"""A schedule is stored with the places of its intervals, in a stable format."""

from __future__ import annotations

import json

import pytest

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.storage.errors import UnreadableError
from retro_timer.storage.schedules import decode_schedule, encode_schedule

NOTATION = 'warm 30s, 2x(2x(back 1m @1.6km/h "eyes up" | rest 10s), turn 5s | fwd 1m), cool 1m'
KEPT = (
    b'{"entries":[["warm-up",30,null,"",null],["backward",60,1.6,"eyes up",[1,1,2,false,[0,1,2,false,null]]],'
    b'["rest",10,null,"",[1,1,2,true,[0,1,2,false,null]]],'
    b'["backward",60,1.6,"eyes up",[1,2,2,false,[0,1,2,false,null]]],["turn",5,null,"",[0,1,2,false,null]],'
    b'["forward",60,null,"",[0,1,2,true,null]],["backward",60,1.6,"eyes up",[2,1,2,false,[0,2,2,false,null]]],'
    b'["rest",10,null,"",[2,1,2,true,[0,2,2,false,null]]],'
    b'["backward",60,1.6,"eyes up",[2,2,2,false,[0,2,2,false,null]]],["turn",5,null,"",[0,2,2,false,null]],'
    b'["cool-down",60,null,"",null]],"betweens":{"0":"fwd 1m","1":"rest 10s","2":"rest 10s"}}'
)
"""As written by the version of November 2026."""


def test_a_schedule_of_november_2026_is_read_and_written_as_it_was() -> None:
    assert decode_schedule(KEPT) == flatten(parse(NOTATION))
    assert encode_schedule(flatten(parse(NOTATION))) == KEPT


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ((0, 0), "sideways", "`$.entries[0][0]`"),
        ((0, 1), 0, "a length is 1 second"),
        ((0, 1), "30", "`$.entries[0][1]`"),
        ((1, 2), 26.0, "a speed is"),
        ((1, 3), "\x07", "U+0007"),
        ((1, 4, 0), -1, ">= 0"),
        ((1, 4, 1), 0, ">= 1"),
        ((1, 4, 2), 10_001, "<= 10000"),
        ((1, 4, 4, 1), 0, ">= 1"),
        ((1,), ["rest", 10], "length 5"),
        ((1, 4), [0, 1, 2, False, None, 3], "length 5"),
    ],
)
def test_an_invalid_schedule_is_refused(place: tuple[int, ...], value: object, said: str) -> None:
    tree = json.loads(KEPT)
    at = tree["entries"]
    for index in place[:-1]:
        at = at[index]
    at[place[-1]] = value
    with pytest.raises(UnreadableError) as refused:
        decode_schedule(json.dumps(tree).encode())
    assert said in str(refused.value)
