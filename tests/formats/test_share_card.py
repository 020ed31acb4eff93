"""Share cards, character by character."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from retro_timer.formats.share_card import card, write_ascii_card, write_card
from tests.formats.sessions import walked_session


def rows(text: str) -> list[str]:
    return [line[2:-2] for line in text.splitlines()]


def test_the_profile_has_the_phase_at_the_middle_of_each_column() -> None:
    two_to_one = rows(card(walked_session("back 40s, turn 10s, rest 10s, fwd 20s, cool 32s")))[7]
    assert two_to_one == "█" * 20 + "▃" * 5 + "·" * 5 + "▁" * 26
    plain = rows(card(walked_session("warm 7s, back 7s, turn 7s, rest 7s, fwd 7s"), ascii_only=True))[7]
    assert plain == "_" * 11 + "#" * 11 + "+" * 12 + "." * 11 + "_" * 11


def test_a_pause_does_not_lengthen_the_profile() -> None:
    paused = walked_session("back 1m, fwd 1m", pause_at=20, pause_for=500)
    assert rows(card(paused))[7] == "█" * 28 + "▁" * 28


@pytest.mark.parametrize(
    ("notation", "end_at", "facts"),
    [
        ("back 1m, fwd 1m", None, "longest backward 1:00                           complete"),
        ("2x(back 1m | fwd 1m)", None, "longest backward 1:00       rounds 2 of 2       complete"),
        ("back 1m, fwd 1m", 10 + 119.9, "longest backward 1:00                        99 % walked"),
        ("fwd 1m", 10 + 30, "longest backward 0:00                        50 % walked"),
    ],
)
def test_facts_are_spread_over_the_width(notation: str, end_at: float | None, facts: str) -> None:
    assert rows(card(walked_session(notation, end_at=end_at)))[5] == facts


@pytest.mark.parametrize(("share", "said"), [(0.8, "complete"), (0.799, "79 % walked")])
def test_a_finished_session_is_complete_if_most_of_what_was_planned_was_walked(share: float, said: str) -> None:
    session = walked_session("back 1m, turn 5s, fwd 1m")
    totals = replace(session.summary.totals, completion=share, incomplete=1)
    session = replace(session, summary=replace(session.summary, totals=totals))
    assert rows(card(session))[5].endswith(f"  {said}")


def test_times_are_in_whole_seconds_walked() -> None:
    assert rows(card(walked_session("back 1m, turn 30s, fwd 90s", end_at=10 + 95.9)))[4] == (
        "▼ backward 1:00       ▲ forward 0:05      ↻ turning 0:30"
    )


@pytest.mark.parametrize(
    ("name", "fitted", "plain"),
    [
        ("", "Backward walk", "Backward walk"),
        ("n" * 56, "n" * 56, "n" * 56),
        ("n" * 57, "n" * 55 + "…", "n" * 55 + "~"),
        ("後" * 28, "後" * 28, "?" * 28),
        ("後" * 29, "後" * 27 + " …", "?" * 29),
        ("Çafé ﬁ", "Çafé ﬁ", "Cafe fi"),
    ],
)
def test_a_name_is_cut_to_the_width_and_written_in_ascii(name: str, fitted: str, plain: str) -> None:
    assert rows(card(walked_session("back 5s", name=name)))[2].rstrip() == fitted
    assert rows(card(walked_session("back 5s", name=name), ascii_only=True))[2].rstrip() == plain


def test_only_names_that_lose_letters_are_noted() -> None:
    assert write_ascii_card(walked_session("back 5s", name="~ tilde")).notes == ()
    assert write_ascii_card(walked_session("back 5s", name="é")).notes != ()
    assert write_card(walked_session("back 5s", name="後")).notes == ()


def test_the_parts_of_a_walk_add_up() -> None:
    session = walked_session("back 1m, turn 30s, fwd 90s")
    parts = replace(session.summary.totals, backward=1_900, turn=400, forward=11_700)
    walked = replace(session, summary=replace(session.summary, totals=parts))
    assert rows(card(walked))[4] == "▼ backward 0:01       ▲ forward 0:12      ↻ turning 0:01", "0:14 in all"
