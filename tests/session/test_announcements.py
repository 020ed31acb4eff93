"""What is announced of each event, and the answer to "Where am I?"."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.edits import AddToInterval
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.announcements import begun, of_event, recovered, resuming, where
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.engine import Session
from retro_timer.session.events import Event, IntervalStarted, Paused, PauseReason, Refused, Started
from retro_timer.session.languages import english
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings
from tests.session.walking import T, session_of, walking

LAST_CHANGE, NAMED = "The last change is canceled.", "The backward bout:"


@pytest.mark.usefixtures("written_lengths")
@pytest.mark.parametrize(
    ("ticks", "skipped_at", "words"),
    [
        (3, 5, (LAST_CHANGE, NAMED, "About", "Fifty-five seconds.", "Left.")),
        (3, 53, (LAST_CHANGE, NAMED, "Five seconds.", "Left.")),
        (3, 54, ()),
        (0, 54, (LAST_CHANGE, NAMED, "Four seconds.", "Left.")),
        (0, 57, (LAST_CHANGE, NAMED)),
        (5, 50, (LAST_CHANGE, NAMED, "Eight seconds.", "Left.")),
        (5, 52, ()),
    ],
)
def test_the_interval_that_undo_returns_to_is_named_if_there_is_time(
    ticks: int, skipped_at: int, words: tuple[str, ...]
) -> None:
    session = Session(flatten(parse("back 60s, fwd 60s")), Rules(lead_in=0))
    session.start(0)
    session.skip(skipped_at * 1000 + 1)
    (started,) = (event for event in session.undo(skipped_at * 1000 + 500) if isinstance(event, IntervalStarted))
    cue = of_event(started, session, CueSettings(ticks=ticks))
    assert cue is not None
    assert cue.words == words
    assert cue.caption == ("" if words else NAMED)


ROUNDS = "warm 60s, 2x(turn 30s, back 60s), cool 60s"


def answers(session: Session, left: int | None = None) -> list[str]:
    """The answer to "Where am I?", as it is said when so many milliseconds of the interval are left."""
    made = [answer(session.interval_left if left is None else left) for answer in where(session, 7, CueSettings())]
    assert all((cue.at, cue.kind, cue.phase) == (7, CueKind.WHERE, session.entry.phase) for cue in made if cue)
    return [cue.text for cue in made if cue]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (0, ["The warm-up:", "One minute left.", "Next is a turn.", "Five minutes until the end."]),
        (
            100_000,
            [
                "The backward bout:",
                "Fifty seconds left.",
                "Next is a turn.",
                "Round one of two.",
                "About three minutes fifteen until the end.",
            ],
        ),
        (
            220_000,
            [
                "The backward bout:",
                "Twenty seconds left.",
                "Next is the cool-down.",
                "Round two of two.",
                "One minute twenty until the end.",
            ],
        ),
        (240_000, ["The cool-down:", "One minute left.", "This is the last interval."]),
        (299_000, ["The cool-down:", "This is the last interval."]),
    ],
)
def test_where_the_walker_is(at: int, said: list[str]) -> None:
    assert answers(walking(ROUNDS, at=at)) == said


def test_an_answer_that_comes_after_its_interval_says_nothing_of_it() -> None:
    session = walking(ROUNDS, at=100_000)
    assert answers(session, left=0) == []
    assert answers(session, left=1) == [
        "The backward bout:",
        "Next is a turn.",
        "Round one of two.",
        "Two minutes thirty until the end.",
    ]


def test_where_in_a_pause() -> None:
    session = walking(ROUNDS, at=240_000)
    session.pause(T + 240_000)
    assert answers(session) == [
        "The session is paused.",
        "The cool-down:",
        "One minute left.",
        "This is the last interval.",
        "Press the space bar to resume.",
    ]


def test_where_before_the_first_interval_and_after_a_turn_that_waited() -> None:
    session = session_of("turn 5s, back 60s", wait_at_turns=True)
    session.start(T)
    assert answers(session) == [
        "The turn:",
        "Five seconds left.",
        "Next is a backward bout.",
        "About one minute until the end.",
    ]
    session.advance(T + 15_000)
    assert answers(session) == ["Press enter when you have turned."]
    session.turned(T + 16_000)
    assert answers(session) == ["The backward bout:"]
    session.pause(T + 17_000)
    assert answers(session) == ["The session is paused.", "Press the space bar to resume."]


@pytest.mark.parametrize(
    ("lead_in", "words"),
    [
        (0, None),
        (2_999, ("Get ready.",)),
        (3_000, ("Get ready.",)),
        (3_001, ("Get ready.", "Walk backward.")),
        (10_000, ("Get ready.", "Walk backward.")),
    ],
)
def test_the_start_names_the_phase_if_there_is_time_before_the_count(
    lead_in: int, words: tuple[str, ...] | None
) -> None:
    session = session_of("back 60s")
    cue = of_event(Started(moment=T, at=0, lead_in=lead_in), session, CueSettings())
    assert cue == (Cue(0, CueKind.READY, words=words, phase=Phase.BACKWARD) if words else None)


PAUSED = ("The session is paused.", "Press the space bar to resume.")


@pytest.mark.parametrize(
    ("reason", "cue"),
    [
        (PauseReason.WALKER, Cue(5, CueKind.PAUSED, Sound.PAUSED, PAUSED)),
        (PauseReason.STOPPED, Cue(5, CueKind.PAUSED, Sound.PAUSED, PAUSED)),
        (PauseReason.SLEEP, Cue(5, CueKind.PAUSED, Sound.PAUSED, ("The computer was asleep.", *PAUSED))),
        (PauseReason.BELT, Cue(5, CueKind.PAUSED, Sound.PAUSED, ("The belt has stopped.", *PAUSED))),
        (PauseReason.BAIL_OUT, Cue(5, CueKind.BAIL_OUT, Sound.ATTENTION, ("Hold the rail. Step off.",))),
        (PauseReason.INTERRUPTED, None),
        (PauseReason.REOPENED, None),
    ],
)
def test_what_is_said_of_a_pause(reason: PauseReason, cue: Cue | None) -> None:
    assert of_event(Paused(moment=T, at=5, reason=reason), walking(at=5), CueSettings()) == cue


def announced(events: tuple[Event, ...], session: Session) -> list[Cue]:
    return [cue for event in events if (cue := of_event(event, session, CueSettings()))]


def test_what_is_said_of_everything_else() -> None:
    session = walking("turn 5s, back 60s, fwd 60s", at=2_000, wait_at_turns=True)
    asks = Cue(5_000, CueKind.HOLDING, Sound.ATTENTION, ("Press enter when you have turned.",), phase=Phase.TURN)
    assert announced(session.advance(T + 5_000), session) == [asks]
    assert announced(session.advance(T + 15_000), session) == [asks]
    # Its opening says the rest.
    assert announced(session.turned(T + 16_000), session) == []
    assert announced(session.advance(T + 19_000), session) == []
    assert announced(session.edit(T + 20_000, AddToInterval(15)), session) == [
        Cue(6_000, CueKind.EDITED, words=("The backward bout:", "One minute fifteen."), phase=Phase.BACKWARD)
    ]
    assert announced(session.skip(T + 21_000), session) == []
    assert announced(session.end(T + 22_000), session) == [
        Cue(81_000, CueKind.ENDED, words=("The session is over. Slow the belt. Hold the rail. Step off.",))
    ]
    assert announced((Refused(moment=T, at=9, why="No."),), session) == [
        Cue(9, CueKind.REFUSED, Sound.REFUSED, caption="No.")
    ]
    session = walking("back 5s", at=4_000)
    assert announced(session.advance(T + 5_000), session) == []


@pytest.mark.usefixtures("estimated_lengths")
@pytest.mark.parametrize(("ticks", "lead_in", "named"), [(3, 5, False), (2, 5, True), (3, 6, True), (0, 3, True)])
def test_a_lead_in_names_its_phase_if_there_is_room_before_the_count(ticks: int, lead_in: int, named: bool) -> None:
    session = walking("back 60s", at=5_000, resume_lead_in=lead_in)
    session.pause(T + 5_000)
    session.resume(T + 6_000)
    cue = Cue(5_000, CueKind.RESUMING, words=("Resuming: backward in",), phase=Phase.BACKWARD)
    assert CueSettings().duration_ms(cue) == 450 + 75 * 21
    assert resuming(session, 5_000, CueSettings(ticks=ticks)) == (cue if named else None)


@pytest.mark.parametrize(("milliseconds", "named"), [(2000, True), (2001, False)])
def test_the_name_of_a_lead_in_may_end_where_the_count_begins(
    milliseconds: int, named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(english, "CLIP_MS", {"heart": {"Resuming: backward in": milliseconds}})
    session = walking("back 60s", at=5_000, resume_lead_in=5)
    session.pause(T + 5_000)
    session.resume(T + 6_000)
    assert (resuming(session, 5_000, CueSettings(ticks=3)) is not None) is named
    silent = CueSettings(ticks=3, off=frozenset({CueKind.COUNT}))
    assert resuming(session, 5_000, silent) is not None


@pytest.mark.parametrize(
    ("milliseconds", "left"),
    [(1180, ("Fifty-five seconds.", "Left.")), (1181, ("About", "Fifty-five seconds.", "Left."))],
)
def test_the_time_left_is_that_of_the_moment_it_is_said(
    milliseconds: int, left: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(english, "CLIP_MS", {"heart": {"The backward bout:": milliseconds}})
    session = walking("back 60s", at=4_000)
    cue = begun(session, 9, CueSettings())
    assert (cue.at, cue.kind, cue.sound, cue.phase) == (9, CueKind.PHASE, Sound.BACKWARD, Phase.BACKWARD)
    assert cue.words == ("The backward bout:", *left)


def now(session: Session, left: int | None = None) -> Cue | None:
    """What is said after "Sound is back."."""
    about, what = recovered(session, 7, "Sound is back.", CueSettings())
    assert about(0) == Cue(7, CueKind.SOUND, words=("Sound is back.",))
    return what(session.interval_left if left is None else left)


@pytest.mark.usefixtures("estimated_lengths")
def test_what_to_do_when_the_sound_is_back() -> None:
    session = walking("turn 5s, back 60s, fwd 60s", at=2_000, wait_at_turns=True)
    assert now(session) == Cue(7, CueKind.PHASE, words=("The turn:", "Two seconds.", "Left."), phase=Phase.TURN)
    assert now(session, left=1) == Cue(7, CueKind.PHASE, words=("The turn:",), phase=Phase.TURN)
    assert now(session, left=0) is None
    session.advance(T + 5_000)
    asks = Cue(7, CueKind.HOLDING, words=("Press enter when you have turned.",), phase=Phase.TURN)
    assert now(session) == asks
    session.turned(T + 6_000)
    named = Cue(7, CueKind.PHASE, words=("The backward bout:",), phase=Phase.BACKWARD)
    assert now(session) == named
    assert now(session, left=-1) is None  # the count is over by then
    session.advance(T + 9_000 + 10_000)
    assert now(session) == Cue(
        7, CueKind.PHASE, words=("The backward bout:", "About", "Fifty seconds.", "Left."), phase=Phase.BACKWARD
    )
    session.pause(T + 20_000)
    assert now(session) == Cue(7, CueKind.PAUSED, words=PAUSED)
    session.pause(T + 20_000, PauseReason.BAIL_OUT)
    assert now(session) == Cue(7, CueKind.BAIL_OUT, words=("Hold the rail. Step off.",))
    session.end(T + 21_000)
    assert now(session) == Cue(
        7, CueKind.WHERE, words=("The session is over. Slow the belt. Hold the rail. Step off.",), phase=Phase.BACKWARD
    )
    session = walking("back 5s", at=6_000)
    assert now(session) == Cue(
        7, CueKind.WHERE, words=("Workout complete. Slow the belt. Hold the rail. Step off.",), phase=Phase.BACKWARD
    )


@pytest.mark.parametrize(("milliseconds", "has_room"), [(3_000, True), (3_001, False)])
def test_an_interval_that_undo_returned_to_is_named_up_to_the_count(
    milliseconds: int, has_room: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = 700 + 3 * english.WORD_GAP_MS  # the sound, and the silence between four phrases
    monkeypatch.setattr(
        english, "CLIP_MS", {"heart": {LAST_CHANGE: 0, NAMED: 0, "Five seconds.": milliseconds - own, "Left.": 0}}
    )
    session = Session(flatten(parse("back 60s, fwd 60s")), Rules(lead_in=0))
    session.start(0)
    session.skip(54_000)
    (started,) = (event for event in session.undo(54_000) if isinstance(event, IntervalStarted))
    cue = of_event(started, session, CueSettings(ticks=3))
    assert cue is not None
    assert bool(cue.words) is has_room


def test_an_interval_that_undo_begins_anew_has_its_own_opening() -> None:
    session = walking("back 60s, fwd 60s", at=60_000)
    session.back(T + 60_100)
    session.skip(T + 60_200)
    (started,) = (event for event in session.undo(T + 60_300) if isinstance(event, IntervalStarted))
    cue = of_event(started, session, CueSettings())
    assert cue is not None
    session.pause(T + 60_400)
    assert of_event(started, session, CueSettings()) is None
