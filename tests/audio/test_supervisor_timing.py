"""When the supervisor looks after its child, and how long it waits for it."""

from __future__ import annotations

from queue import Empty
from typing import TYPE_CHECKING

import pytest

from retro_timer.session.ports import SoundState
from tests.audio.cues import tick
from tests.audio.supervised import House

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.audio.supervisor import Supervisor

BACKOFF_MS = (0, 250, 500, 1000, 2000)


def test_a_child_that_keeps_dying_is_restarted_less_and_less_often() -> None:
    house = House()
    house.says("open", what="x")
    house.says("lost", why="x")
    for _ in range(20):
        house.wait(1000)
        if house.child.alive:
            house.says("open", what="x")
            house.says("lost", why="x")
    assert 5 <= len(house.children) <= 20


def test_a_slow_server_is_reported_when_its_time_is_over_and_not_before() -> None:
    house = House()
    house.wait(2000, beats=True)
    assert house.shown == []
    house.wait(50, beats=True)
    assert house.shown == [(SoundState.NONE, "the sound server does not answer")]


@pytest.mark.parametrize(
    ("speaks", "beats", "after"),
    [(False, False, 6000), (True, False, 1500), (True, True, 15_000)],
    ids=["says nothing", "falls silent", "never opens"],
)
def test_a_child_is_replaced_when_its_time_is_over_and_not_before(speaks: bool, beats: bool, after: int) -> None:
    house = House()
    if speaks:
        house.says("beat")
    house.wait(after, beats=beats)
    assert (len(house.children), house.child.alive) == (1, True)
    house.wait(50, beats=beats)
    assert not house.children[0].alive
    house.wait(50, beats=beats)
    assert len(house.children) == 2


def test_each_loss_delays_the_next_child_more_until_the_sound_has_lasted() -> None:
    house = House()
    delays = []
    for _ in range(6):
        house.says("open", what="x")
        house.says("lost", why="x")
        lost, before = house.now, len(house.children)
        while len(house.children) == before:
            house.wait(50)
        delays.append(house.now - lost)
    assert delays == [max(50, delay) for delay in (*BACKOFF_MS, 2000)]  # it looks every 50 ms
    house.says("open", what="x")
    house.wait(10_050, beats=True)
    house.says("lost", why="x")
    house.wait(50)
    assert house.child.alive


def test_a_sound_that_lasted_ten_seconds_at_most_forgives_no_loss() -> None:
    house = House()
    house.says("open", what="x")
    house.says("lost", why="x")
    house.wait(50)
    house.says("open", what="x")
    house.wait(10_000, beats=True)
    house.says("lost", why="x")
    house.wait(BACKOFF_MS[1] - 50)
    assert len(house.children) == 2
    house.wait(50)
    assert len(house.children) == 3


def test_two_crashes_are_forgiven_by_a_sound() -> None:
    house = House()
    for _ in range(2):
        house.child.hear(None)
        house.work()
        house.wait(2500)
    house.says("open", what="x")
    house.says("lost", why="x")
    house.wait(3000)
    for backend in ("miniaudio", "miniaudio", "system"):
        house.child.hear(None)
        house.work()
        house.wait(3000)
        assert house.child.sent[0]["backend"] == backend


class Waits:
    """An inbox for a running supervisor: waiting turns the clock, and each wait is noted."""

    def __init__(self, house: House, *, over_at: int) -> None:
        self.house = house
        self.over_at = over_at
        self.waits: list[float] = []
        self.asked: dict[int, tuple[int, Callable[[Supervisor], None]]] = {}  # by the number, after how long, and what
        self.late: dict[int, int] = {}  # by the number of the wait, milliseconds for which the process was stopped

    def get(self, timeout: float) -> Callable[[Supervisor], None]:
        self.waits.append(timeout)
        if len(self.waits) in self.asked:
            after, what = self.asked[len(self.waits)]
            self.house.now += after
            return what
        self.house.now += round(timeout * 1000) + self.late.get(len(self.waits), 0)
        if self.house.now >= self.over_at:
            return lambda supervisor: supervisor.close(drain=False)
        if not self.house.inbox.empty():
            return self.house.inbox.get()
        raise Empty

    def put(self, what: Callable[[Supervisor], None]) -> None:
        self.house.inbox.put(what)


def running(
    house: House,
    *,
    over_after: int,
    late: dict[int, int] | None = None,
    asked: dict[int, tuple[int, Callable[[Supervisor], None]]] | None = None,
) -> Waits:
    inbox = Waits(house, over_at=house.now + over_after)
    inbox.late, inbox.asked = late or {}, asked or {}
    house.supervisor._inbox = inbox  # type: ignore[assignment]
    house.supervisor.run()
    return inbox


def test_it_looks_four_times_a_second() -> None:
    house = House()
    inbox = running(house, over_after=2000)
    assert inbox.waits == [0, *[0.25] * 8]
    assert house.supervisor.over


def test_it_looks_as_often_however_much_it_is_asked() -> None:
    inbox = running(House(), over_after=900, asked={2: (50, lambda _: None), 3: (60, lambda _: None)})
    assert inbox.waits == pytest.approx([0, 0.25, 0.2, 0.14, 0.25, 0.25, 0.25])


def test_it_wakes_for_the_bell() -> None:
    house = House("bell", bell=True)
    begin = house.now
    house.supervisor.send((tick(begin + 130), tick(begin + 600)))
    inbox = running(house, over_after=1000)
    assert house.preset_id == [begin + 130, begin + 600]
    assert inbox.waits == pytest.approx([0, 0.13, 0.25, 0.22, 0.25, 0.25])


def test_after_a_stop_of_its_own_the_child_has_its_time_again() -> None:
    stopped, waited = House(), House()
    running(stopped, over_after=8500, late={2: 7000})
    assert stopped.logged == []  # no child was lost
    running(waited, over_after=8500)
    assert waited.logged == ["The sound was lost: the player did not answer."]


def test_a_bell_that_is_asked_for_between_two_looks_rings_in_time() -> None:
    house = House("bell", bell=True)
    begin = house.now
    ask = {2: (50, lambda supervisor: supervisor.send((tick(begin + 100), tick(begin + 220))))}
    inbox = running(house, over_after=400, asked=ask)
    assert house.preset_id == [begin + 100, begin + 220]
    assert inbox.waits == pytest.approx([0, 0.25, 0.05, 0.12, 0.25])


def test_something_asked_for_meanwhile_does_not_delay_the_next_look() -> None:
    house = House("bell", bell=True)
    begin = house.now
    house.inbox.put(lambda supervisor: supervisor.send((tick(begin + 100),)))
    running(house, over_after=1000)
    assert house.preset_id == [begin + 100]


def test_the_next_backend_may_crash_as_often_as_the_first() -> None:
    house = House()
    for _ in range(5):
        house.child.hear(None)
        house.work()
        house.wait(2500)
    assert house.child.sent[0]["backend"] == "system"
    assert house.child.alive


def looks(house: House, after: int) -> None:
    """It looks after its child at a moment after the last one."""
    house.now += after
    house.supervisor.check(house.now)


@pytest.mark.parametrize(
    ("says", "limit"),
    [((), 6000), (("beat",), 1500), (("open",), 1500), (("open", "beat"), 1500)],
    ids=["says nothing", "does not open", "opened", "opened and spoke"],
)
def test_a_child_may_be_silent_to_the_millisecond(says: tuple[str, ...], limit: int) -> None:
    house = House()
    for kind in says:
        house.says(kind)
    looks(house, limit + bool(says))  # what is heard as it starts counts as heard a millisecond later
    assert house.child.alive
    looks(house, 1)
    assert not house.child.alive
    assert house.logged == ["The sound was lost: the player did not answer."]


def test_a_slow_server_is_reported_and_replaced_to_the_millisecond() -> None:
    house = House()
    for after, shown, alive in (
        (1000, 0, True),
        (1000, 0, True),
        (1, 1, True),
        *[(1000, 1, True)] * 12,
        (999, 1, True),
    ):
        house.says("beat")
        looks(house, after)
        assert (len(house.shown), house.child.alive) == (shown, alive)
    house.says("beat")
    looks(house, 1)
    assert not house.child.alive
    assert house.logged == ["The sound was lost: the sound server did not answer."]


def test_a_child_is_started_again_to_the_millisecond() -> None:
    house = House()
    for number, delay in enumerate((*BACKOFF_MS, 2000), start=1):
        house.says("open", what="x")
        house.says("lost", why="x")
        if delay:
            looks(house, delay - 1)
            assert len(house.children) == number
        looks(house, min(delay, 1))
        assert len(house.children) == number + 1


def test_a_sound_that_lasted_ten_seconds_is_forgiven_to_the_millisecond() -> None:
    for lasted, delay in ((10_000, 250), (10_001, 0)):
        house = House()
        house.says("open", what="x")
        house.says("lost", why="x")
        looks(house, 0)
        house.says("open", what="x")
        house.now += lasted
        house.says("beat")
        looks(house, 0)
        house.says("lost", why="x")
        looks(house, 0)
        assert len(house.children) == (3 if delay == 0 else 2)


def test_closing_waits_nine_seconds_for_a_cue() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.close(drain=True)
    house.now += 8999
    house.says("beat")
    looks(house, 0)
    assert not house.supervisor.over
    looks(house, 1)
    assert house.supervisor.over
    assert not house.child.alive


@pytest.mark.parametrize(("late", "lost"), [(1000, True), (1001, False)])
def test_a_look_that_is_more_than_a_second_late_shows_that_the_program_itself_was_stopped(
    late: int, lost: bool
) -> None:
    house = House()
    running(house, over_after=9000, late=dict.fromkeys(range(2, 20), late))
    assert bool(house.logged) is lost
