"""The step metronome: where it clicks, and where it must not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.edits import AddToInterval
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.actions import Steps, session_action
from retro_timer.session.conductor import Conductor
from retro_timer.session.engine import Session
from retro_timer.session.events import CueHeard
from retro_timer.session.metronome import Course, Metronome, MetronomeOptions, clicks_ahead
from retro_timer.session.ports import MetronomeSpan
from retro_timer.session.states import Rules
from retro_timer.testing import RecordingPlayer
from tests.session.listening import START

tempos = st.integers(30, 200)


class Counting(RecordingPlayer):
    """Counts the updates of the clicks."""

    def __init__(self) -> None:
        super().__init__()
        self.updates = 0

    def click(self, spans: object) -> None:
        self.updates += 1
        super().click(spans)  # type: ignore[arg-type]  # handed on


class StoredSession:
    """A session with a metronome at 120 steps a minute, advanced every second."""

    def __init__(self, notation: str, *, on: bool = True, tempo: int = 120, **rules: int | bool) -> None:
        self.now = START
        self.player = Counting()
        self.session = Session(flatten(parse(notation)), Rules(**{"lead_in": 0, **rules}))  # type: ignore[arg-type]
        self.conductor = Conductor(self.session, self.player, click=MetronomeOptions(on, tempo))
        self.conductor.call(self.now, self.session.start)

    def after(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1000
            self.conductor.advance(self.now)

    def act(self, name: str) -> list[str]:
        act = session_action(name).act
        assert act is not None
        events = act(self.conductor, self.now, Steps())
        return [event.cue.text for event in events if isinstance(event, CueHeard)]

    @property
    def clicks(self) -> list[tuple[int, int]]:
        """The clicks, in seconds since the first moment."""
        return [((each.begin - START) // 1000, (each.until - START) // 1000) for each in self.player.clicks]


# The grid


@given(
    tempos,
    st.integers(0, 10**9),
    st.integers(0, 40_000),
    st.lists(st.floats(0, 3000, allow_nan=False), min_size=1, max_size=40),
)
def test_each_click_comes_once_however_time_is_cut_and_none_drifts(
    tempo: int, begin: int, lasts: int, spans: list[float]
) -> None:
    stretch = MetronomeSpan(tempo, begin, begin + lasts)
    edges = [begin - 1500.0]
    for span in spans:
        edges.append(edges[-1] + span)
    heard = [moment for start, end in pairwise(edges) for moment in stretch.moments(start, end)]
    every = [begin + n * 60_000 / tempo for n in range(lasts * tempo // 60_000 + 2)]
    assert heard == [moment for moment in every if edges[0] <= moment < min(edges[-1], begin + lasts)]


# The course


def test_it_is_off_unless_asked_for() -> None:
    walk = StoredSession("back 60s, turn 10s, fwd 20s", on=False)
    walk.after(100)
    assert walk.player.updates == 0


def test_it_clicks_where_the_belt_moves_and_not_in_turns_and_rests() -> None:
    walk = StoredSession("warm 5s, turn 2s, back 3s, rest 2s, fwd 2s, cool 9s")
    assert walk.clicks == [(0, 5), (7, 10), (12, 23)]


def test_consecutive_phases_on_the_belt_are_one_span() -> None:
    walk = StoredSession("warm 7s, fwd 8s, cool 9s", tempo=70)
    walk.after(10)
    assert walk.clicks == [(0, 24)]


def test_it_does_not_click_in_the_lead_in_but_is_sent_ahead() -> None:
    assert StoredSession("back 60s", lead_in=10).clicks == [(10, 70)]


def test_an_undisturbed_session_sends_each_span_once() -> None:
    walk = StoredSession("3x(back 60s, turn 30s)")
    walk.after(280)
    assert walk.player.updates == 3


def test_a_pause_stops_it_and_the_lead_in_after_it_is_silent() -> None:
    walk = StoredSession("back 60s", resume_lead_in=5)
    walk.after(10)
    walk.act("pause")
    assert walk.clicks == []
    walk.after(7)
    walk.act("pause")
    assert walk.clicks == [(22, 72)]
    walk.after(20)
    assert walk.clicks == [(22, 72)]


def test_a_skip_restarts_the_click_at_the_new_position() -> None:
    walk = StoredSession("back 60s, fwd 60s")
    walk.after(10)
    walk.act("skip")
    assert walk.clicks == [(10, 70)]
    walk.after(1)
    walk.act("back")
    assert walk.clicks == [(11, 71)]


def test_an_edit_does_not_break_the_step() -> None:
    walk = StoredSession("back 60s, turn 10s, fwd 60s")
    walk.after(20)
    walk.conductor.call(walk.now, lambda now: walk.session.edit(now, AddToInterval(10)))
    assert walk.clicks == [(0, 70)]
    walk.after(40)
    assert walk.clicks == [(0, 70)]


def test_clicks_after_a_waiting_turn_are_not_sent_before_the_walker_has_turned() -> None:
    walk = StoredSession("turn 5s, back 60s", wait_at_turns=True)
    walk.after(20)
    assert walk.player.updates == 0
    walk.act("turned")
    assert walk.clicks == [(23, 83)]


def test_the_end_and_a_bail_out_silence_it() -> None:
    for action in ("quit", "bail_out"):
        walk = StoredSession("back 60s")
        walk.after(10)
        walk.act(action)
        assert walk.clicks == []


# The key


def test_the_key_switches_it_and_the_screen_says_so() -> None:
    walk = StoredSession("back 60s", on=False, tempo=90)
    walk.after(10)
    sent = len(walk.player.queued)
    assert walk.act("metronome") == ["Metronome 90."]
    assert walk.clicks == [(0, 60)]
    assert walk.act("metronome") == ["Metronome off."]
    assert walk.clicks == []
    assert len(walk.player.queued) == sent, "the voice has no words for it"


def test_it_can_be_switched_while_time_is_stopped() -> None:
    walk = StoredSession("back 60s", on=False, tempo=90)
    walk.after(10)
    walk.act("pause")
    assert walk.act("metronome") == ["Metronome 90."]
    assert walk.clicks == []
    walk.act("pause")
    assert walk.clicks == [(15, 65)]


def test_without_a_metronome_the_key_says_so() -> None:
    walk = StoredSession("back 60s", on=False)
    walk.player.has_metronome = False
    assert walk.act("metronome") == ["This sound output has no metronome."]
    assert not walk.conductor.click.on


@pytest.mark.parametrize("tempo", [29, 201])
def test_an_impossible_tempo_is_refused(tempo: int) -> None:
    with pytest.raises(ValueError, match="30 to 200"):
        MetronomeOptions(tempo=tempo)


def test_it_clicks_from_the_first_moment_of_all() -> None:
    session, player = Session(flatten(parse("back 60s")), Rules(lead_in=0)), RecordingPlayer()
    conductor = Conductor(session, player, click=MetronomeOptions(on=True, tempo=120))
    conductor.call(0, session.start)
    assert player.clicks == (MetronomeSpan(120, 0, 60_000),)


def test_the_spans_that_the_player_has() -> None:
    player = RecordingPlayer()
    metronome = Metronome(player, MetronomeOptions(on=True, tempo=100))
    schedule = flatten(parse("back 10s, fwd 10s, turn 5s, back 10s, turn 5s, back 10s"))
    metronome.keep(1_000, Course(schedule, 0, offset=1_000, since=1_000), until=26_000)
    assert metronome.spans == player.clicks
    assert list(player.clicks) == [MetronomeSpan(100, 1_000, 21_000)]
    metronome.keep(1_000, Course(schedule, 0, offset=1_000, since=1_000), until=26_001)
    assert list(player.clicks) == [MetronomeSpan(100, 1_000, 21_000), MetronomeSpan(100, 26_000, 36_000)]
    metronome.keep(2_000, None, until=17_000)
    assert metronome.spans == player.clicks
    assert list(player.clicks) == []


@pytest.mark.parametrize(
    ("index", "since", "spans"),
    [
        (0, 0, [(0, 20), (25, 35)]),
        (1, 12_000, [(12, 20), (25, 35)]),
        (1, 4_000, [(4, 20), (25, 35)]),
        (2, 22_000, [(25, 35)]),
        (3, 25_000, [(25, 35)]),
        (3, 34_999, [(34.999, 35)]),
        (3, 35_000, []),
    ],
)
def test_where_it_clicks_from_a_moment_on(index: int, since: int, spans: list[tuple[float, float]]) -> None:
    schedule = flatten(parse("back 10s, fwd 10s, turn 5s, back 10s"))
    found = clicks_ahead(Course(schedule, index, offset=0, since=since), until=100_000, tempo=60)
    assert [(span.begin / 1000, span.until / 1000) for span in found] == spans
    assert all(span.tempo == 60 for span in found)


def test_a_span_begins_with_the_first_of_consecutive_phases_on_the_belt() -> None:
    schedule = flatten(parse("turn 5s, back 10s, fwd 10s, turn 5s"))
    for index, since, begin in ((2, 7_000, 7_000), (2, 1_000, 5_000), (1, 1_000, 5_000), (2, 20_000, 20_000)):
        (span,) = clicks_ahead(Course(schedule, index, offset=0, since=since), until=100_000, tempo=60)
        assert (span.begin, span.until) == (begin, 25_000)


def test_a_click_at_the_end_of_a_span_is_none() -> None:
    span = MetronomeSpan(60, 1_000, 3_000)
    assert list(span.moments(0, 10_000)) == [1_000, 2_000]
    assert list(span.moments(1_000, 2_000)) == [1_000]
    assert list(span.moments(1_000.5, 2_000.5)) == [2_000]
    assert list(span.moments(3_000, 9_000)) == []
    assert list(MetronomeSpan(90, 0, 2_000).moments(0, 2_000)) == [0, 2_000 / 3, 4_000 / 3]


def test_the_defaults_and_the_limits_of_the_tempo() -> None:
    assert MetronomeOptions() == MetronomeOptions(on=False, tempo=90)
    for tempo in (30, 200):
        assert MetronomeOptions(tempo=tempo).tempo == tempo
    for tempo in (29, 201):
        with pytest.raises(ValueError, match=f"^tempo is 30 to 200, not {tempo}$"):
            MetronomeOptions(tempo=tempo)
