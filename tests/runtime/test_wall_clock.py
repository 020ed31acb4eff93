"""The times of a session are those of the wall clock, whatever stopped the session's own clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from retro_timer.formats.activity import laps_of, points_of, stops_of
from retro_timer.formats.tcx import write_tcx
from retro_timer.runtime import runner as runners
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import NOTICE
from retro_timer.session.events import PauseReason
from retro_timer.session.states import Rules, State
from retro_timer.storage.rows import wrong_sums
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock, RecordingPlayer

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from retro_timer.session.history import StoredSession

WORKOUT = "back 20s @1.6km/h, fwd 40s @3.2km/h"


class Walk:
    """A walk on a clock moved by hand, in as many runs of the program as it takes."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.clock = FakeClock()
        self._run()

    def _run(self) -> None:
        self.store = Store(self.directory, self.clock)
        (found,) = self.store.interrupted() or (None,)
        rules = Rules(lead_in=0, resume_lead_in=0)
        self.runner = Runner(
            parse(WORKOUT), clock=self.clock, player=RecordingPlayer(), config=SessionConfig(rules), interrupted=found
        )
        self.runner.keep(self.store)
        self.runner.start()

    def on(self, seconds: int) -> datetime:
        """Let time pass; returns the wall clock's."""
        self.clock.move(seconds * 1000)
        self.runner.advance()
        return self.clock.wall()

    def resume(self) -> datetime:
        """Resume; returns when the position goes on."""
        self.runner.act("pause")
        return self.on(NOTICE)

    def killed(self, seconds: int, set_by: timedelta = timedelta()) -> None:
        """Kill the program, set the wall clock, and start the program again later."""
        assert self.runner.journal is not None
        self.runner.journal.flush()
        self.runner.journal.close()
        self.store.close()
        self.clock.started += set_by
        self.clock.move(seconds * 1000)
        self._run()

    def slept(self, seconds: int) -> None:
        """Close the lid."""
        self.clock.sleep(seconds * 1000)
        self.runner.advance()

    def kept(self) -> StoredSession:
        """The session in the history."""
        self.runner.close()
        (summary,) = self.store.history.page()
        session = self.store.history.session(summary.uuid)
        assert session is not None
        self.store.close()
        return session


def test_laps_stops_and_points_are_at_their_moments(tmp_path: Path) -> None:
    walk = Walk(tmp_path)
    began = walk.clock.wall()
    stops = [walk.on(5)]
    walk.killed(60)
    stops.append(walk.resume())
    stops.append(walk.on(5))
    walk.killed(3600)
    stops.append(walk.resume())
    turned = walk.on(10)
    stops.append(walk.on(10))
    walk.slept(480)
    walk.on(2)
    stops.append(walk.resume())
    stops.append(walk.on(10))
    walk.runner.act("pause")
    walk.on(7)
    walk.slept(90)
    stops.append(walk.resume())
    ended = walk.on(20)
    assert walk.runner.session.state is State.FINISHED

    session = walk.kept()
    backward, forward = laps_of(session)
    assert (backward.started, backward.ended, forward.started, forward.ended) == (began, turned, turned, ended)
    assert [*stops_of(session)] == [*zip(stops[::2], stops[1::2], strict=True)]
    points = points_of(session, (backward, forward))
    assert points[1][-1].moment == ended - timedelta(seconds=1)
    assert write_tcx(session).data.count(b"<Time>") == 2 * 2 + len(points[0]) + len(points[1])
    assert wrong_sums(session) == ""
    assert [pause.reason for pause in session.pauses] == [
        PauseReason.INTERRUPTED, PauseReason.INTERRUPTED, PauseReason.SLEEP, PauseReason.WALKER
    ]  # fmt: skip
    assert session.summary.spent == walk.runner.session.spent
    assert session.summary.away == 0


def test_a_sleep_after_the_end_is_part_of_the_pause_when_the_end_is_undone(tmp_path: Path) -> None:
    walk = Walk(tmp_path)
    walk.on(10)
    walk.runner.act("quit")
    walk.on(2)
    walk.slept(3600)
    walk.on(1)
    walk.runner.act("undo")
    walk.on(10)
    assert walk.runner.session.spent.paused == 3_603_000 + NOTICE * 1000
    assert wrong_sums(walk.kept()) == ""


def test_a_clock_that_runs_on_in_sleep_is_not_counted_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runners, "STOPS_IN_SLEEP", False)
    walk = Walk(tmp_path)
    walk.on(5)
    walk.slept(100)
    assert walk.runner.session.pause_reason is PauseReason.SLEEP
    assert walk.runner.session.spent.paused == 0
    walk.kept()


@pytest.mark.parametrize("set_by", [timedelta(hours=-2), timedelta(days=20_000)])
def test_a_wall_clock_set_to_any_time_leaves_a_session_that_can_be_read(tmp_path: Path, set_by: timedelta) -> None:
    walk = Walk(tmp_path)
    walk.on(5)
    walk.killed(1, set_by)
    walk.resume()
    walk.on(55)
    assert wrong_sums(walk.kept()) == ""


def test_the_interruption_of_a_session_of_an_older_version_is_where_it_was(tmp_path: Path) -> None:
    walk = Walk(tmp_path)
    began = walk.clock.wall()
    walk.on(5)
    walk.killed(0)
    walk.resume()
    turned = walk.on(15)
    ended = walk.on(40)
    session = walk.kept()
    old = replace(session, summary=replace(session.summary, away=60_000))
    minute = timedelta(minutes=1)
    backward, forward = laps_of(old)
    assert (backward.started, forward.started, forward.ended) == (began, turned + minute, ended + minute)
    [(stopped, went_on)] = stops_of(old)
    assert (stopped, went_on) == (began + timedelta(seconds=5), began + timedelta(seconds=5 + NOTICE) + minute)
    assert points_of(old, (backward, forward))[0][3].moment == began + timedelta(seconds=4)
