"""A session in another process counts by itself exactly as the session does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.config.keymap import resolve as resolve_keys
from retro_timer.remote import snapshot
from retro_timer.remote.messages import SharedInterval, SharedSchedule, SharedSound
from retro_timer.remote.protocol import ProtocolError, decode_update, encode
from retro_timer.remote.remote_session import RemoteSession
from retro_timer.runtime.resolve import resolve
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.session.states import Rules, State
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.view_model import session_view

WALK = "warm 9s, 2x(turn 4s, back 8s, turn 4s | fwd 7s), cool 5s"
ACTIONS = ("pause", "skip", "back", "longer", "shorter", "turned", "undo", "rounds_more", "cool_down", "bail_out")


class Mirrored:
    """A session, and what another process knows of it."""

    def __init__(self, *, waits: bool = False) -> None:
        self.clock = FakeClock()
        config = SessionConfig(rules=Rules(lead_in=3, wait_at_turns=waits))
        self.runner = Runner(resolve(WALK), clock=self.clock, player=RecordingPlayer(), config=config)
        self.runner.start()
        welcome = snapshot.welcome(self.runner, "ab", self.clock, resolve_keys({}).keys, "soft")
        self.remote = RemoteSession(*(self.read(each) for each in (welcome, self.schedule(), self.state())))

    def read(self, message: Any) -> Any:  # noqa: ANN401  (a message, as it is read)
        """A message as the other process reads it."""
        return decode_update(encode(message))

    def schedule(self) -> SharedSchedule:
        """What is walked."""
        return snapshot.shared_schedule(self.runner.session.schedule)

    def state(self) -> Any:  # noqa: ANN401
        """Where it is."""
        return snapshot.shared_state(self.runner, self.clock, "", SharedSound("ok"))

    def send(self) -> None:
        """Send everything."""
        self.remote.take(self.read(self.schedule()))
        self.remote.take(self.read(self.state()))

    def same(self) -> bool:
        """Whether both show the same."""
        session, key = self.runner.session, resolve_keys({}).first
        return session_view(session, "", key) == session_view(self.remote, "", key)


@given(st.data(), st.booleans())
def test_it_shows_the_same_second_by_second(data: st.DataObject, waits: bool) -> None:
    """Messages come only after an action; everything that time does is counted."""
    both = Mirrored(waits=waits)
    for _ in range(data.draw(st.integers(1, 6))):
        for _ in range(data.draw(st.integers(1, 12))):
            both.clock.move(data.draw(st.sampled_from([250, 999, 1000, 1001, 3000])))
            both.runner.advance()
            session = both.runner.session
            stops = session.state is State.HOLDING or session.state.is_over
            if stops and both.remote.state is not session.state:
                both.send()  # what time alone does not tell: the session says so
            both.remote.advance(both.clock.now())
            assert both.same()
        both.runner.act(data.draw(st.sampled_from(ACTIONS)))
        both.send()
        assert both.same()


def test_it_knows_when_the_next_second_is_shown() -> None:
    both = Mirrored()
    both.clock.move(3_000)
    both.runner.advance()
    both.send()
    both.clock.move(1_250)
    both.remote.advance(both.clock.now())
    before = session_view(both.remote, "", str).countdown
    due = both.remote.next_second
    assert due == both.clock.now() + 750
    both.remote.advance(due - 1)
    assert session_view(both.remote, "", str).countdown == before
    both.remote.advance(due + 1)
    assert session_view(both.remote, "", str).countdown != before
    both.runner.act("pause")
    both.send()
    assert both.remote.next_second is None


def test_it_never_counts_backward() -> None:
    both = Mirrored()
    both.remote.advance(both.clock.now() + 10_000)
    position = both.remote.position
    both.remote.advance(both.clock.now())
    assert both.remote.position == position > 0


def test_without_news_it_counts_to_the_end_and_stays_there() -> None:
    both = Mirrored()
    both.remote.advance(both.clock.now() + 10**9)
    assert both.remote.left == 0
    assert both.remote.index == len(both.remote.schedule) - 1


@pytest.mark.parametrize(
    "change", [{"index": 99}, {"index": -1}, {"position": -1}, {"position": 10**9}, {"state": "x"}, {"phase": "up"},
               {"reason": "?"}]
)  # fmt: skip
def test_a_state_that_cannot_be_is_an_error(change: dict[str, Any]) -> None:
    both = Mirrored()
    with pytest.raises(ProtocolError):
        both.remote.take(replace(both.state(), **change))


@pytest.mark.parametrize(
    "intervals",
    [
        (),
        (SharedInterval("up", 10),),
        (SharedInterval("backward", 0),),
        (SharedInterval("backward", 10, label="\x1b[2J"),),
        (SharedInterval("backward", 10, round=3, rounds=2),),
        (SharedInterval("backward", 10, speed_kmh=float("inf")),),
    ],
)
def test_a_schedule_that_cannot_be_is_an_error(intervals: tuple[SharedInterval, ...]) -> None:
    both = Mirrored()
    with pytest.raises(ProtocolError):
        both.remote.take(SharedSchedule(intervals))


def test_a_schedule_that_ends_before_the_position_is_an_error() -> None:
    both = Mirrored()
    both.runner.act("skip")
    both.runner.act("skip")
    both.send()
    with pytest.raises(ProtocolError):
        both.remote.take(SharedSchedule((SharedInterval("backward", 1),)))


def test_a_rehearsal_runs_faster() -> None:
    both = Mirrored()
    fast = RemoteSession(replace(both.remote.welcome, rate=60), both.schedule(), both.state())
    fast.advance(both.clock.now() + 3_000 + 100)
    assert fast.position == 6_000
