"""The plan over weeks of walking: simulated walkers, and any history at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.scheduling.units import BACKWARD_CAP_KMH
from retro_timer.session.history import NextDay
from retro_timer.training.case import Verdict
from retro_timer.training.levels import LADDER_ORDER
from retro_timer.training.plan import PlanChoices
from tests.training.simulation import STEADY_WEEKS, advise, done, simulate, standing
from tests.training.walks import LEVELS, TOP, next_day_advice, on, walks


def three_a_week(day: int) -> bool:
    return day % 7 in (0, 2, 4)


def test_a_steady_walker_is_consistent_in_eight_weeks() -> None:
    diary = simulate(8 * 7, lambda day, entry, _: entry if three_a_week(day) else None)
    assert diary.presets_by_week() == STEADY_WEEKS
    assert [advice.week for advice in diary.advice[::7]] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert advise(diary.walks, on(56)).preset_id == "beyond"


def test_a_walker_with_gaps_repeats_and_steps_back() -> None:
    away = {*range(14, 25), *range(32, 50)}
    diary = simulate(70, lambda day, entry, _: entry if three_a_week(day) and day not in away else None)
    by_day = {walk.day: walk.preset for walk in diary.walks}
    assert by_day[on(11)] == "starter"
    assert diary.advice[19].rule == "short gap"
    assert diary.advice[25].rule == "long gap"
    assert by_day[on(25)] == "first-try"
    assert diary.advice[50].rule == "long gap"


def test_a_walker_in_pain_skips_repeats_and_never_moves_up_in_pain() -> None:
    diary = simulate(
        56,
        lambda day, entry, _: replace(entry, pain_after=5 if 14 <= day < 28 else 1) if three_a_week(day) else None,
        lambda day: 6 if day == 16 else 2,
    )
    assert diary.advice[16].action is Verdict.SKIP
    in_pain = {walk.preset for walk in diary.walks if on(14) <= walk.day <= on(28)}
    assert in_pain == {"foundation"}
    assert next(walk.day for walk in diary.walks if walk.preset == "builder") > on(28)


def test_a_walker_who_overdoes_it_steps_back_each_time() -> None:
    hard = {"builder": 8, "ten-minutes": 9}
    diary = simulate(
        84, lambda day, entry, _: replace(entry, effort=hard.get(entry.preset or "", 3)) if three_a_week(day) else None
    )
    assert "ten-minutes" not in diary.preset_ids()
    weeks = diary.presets_by_week()
    assert weeks[3][0] == "builder"
    assert weeks[3][1] == "foundation"
    assert diary.preset_ids().count("builder") >= 2


OUTCOMES = st.fixed_dictionaries(
    {
        "effort": st.none() | st.integers(0, 10),
        "as_planned": st.booleans(),
        "stumble": st.none() | st.booleans(),
        "fall": st.none() | st.sampled_from([False, False, False, True]),
        "pain_after": st.none() | st.integers(0, 10),
        "next_day": st.none() | st.sampled_from(list(NextDay)),
    }
)


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from([*LADDER_ORDER, None, "my-own"]), OUTCOMES),
        min_size=0,
        max_size=25,
    ),
    st.integers(0, 30),
    st.sampled_from(list(LADDER_ORDER)),
)
def test_any_history_gives_advice_at_most_one_level_away(
    history: list[tuple[int, str | None, dict[str, object]]], later: int, start: str
) -> None:
    day, entries = 0, []
    for gap, preset_id, outcome in history:
        day += gap
        entries.append(replace(done(on(day), preset_id), **outcome))
    today = on(day + later)
    choices = PlanChoices(start=start)
    advice = advise(entries, today, choices)
    assert advice == advise(entries, today, choices)
    assert advice.sentence.endswith(".")
    assert "\n" not in advice.sentence
    if advice.action is Verdict.STOP:
        assert advice.preset_id is None
        return
    at = standing(entries, start)
    assert advice.preset_id is not None
    first = advice.next_action is Verdict.START
    assert first or advice.week in {
        LEVELS[max(0, at.index + step)].week for step in (-1, 0, 1) if at.index + step <= TOP
    }
    if advice.next_action is Verdict.ADVANCE:
        assert all(p.as_planned and (p.effort or 0) <= 4 and not p.stumble for p in at.done[-LEVELS[at.index].good :])
    if advice.backward is not None:
        assert advice.backward.high <= BACKWARD_CAP_KMH


def test_a_walker_who_starts_with_first_try_is_not_sent_to_floor_first() -> None:
    """The first start offers First Try: the plan goes on from there, with two sessions more to walk in week 1."""
    advice = next_day_advice(walks("first-try"), PlanChoices())
    assert (advice.action, advice.preset_id, advice.week) == (Verdict.REPEAT, "first-try", 1)
    assert next_day_advice(walks("first-try", "first-try", "first-try"), PlanChoices()).preset_id == "starter"
