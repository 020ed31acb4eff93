from __future__ import annotations

from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio import protocol
from retro_timer.audio.choose import Found
from retro_timer.audio.dependencies import Dependencies
from retro_timer.audio.options import SoundOptions
from retro_timer.audio.supervisor import (
    BACKOFF_MS,
    OPEN_MS,
    SILENT_MS,
    SLOW_OPEN_MS,
    SLOW_START_MS,
    TICK_MS,
    Supervisor,
)
from retro_timer.session.ports import MetronomeSpan, SoundState
from tests.audio.cues import phase, tick

if TYPE_CHECKING:
    from collections.abc import Callable

BOTH = (
    Found("miniaudio", usable=True),
    Found("simpleaudio", usable=False, missing="None."),
    Found("system", usable=True),
)


class FakeChild:
    pid = 4711

    def __init__(self, hear: Callable[[protocol.Message | None], None]) -> None:
        self.hear = hear
        self.sent: list[protocol.Message] = []
        self.alive = True

    def send(self, line: bytes) -> None:
        message = protocol.decode(line)
        assert message is not None
        self.sent.append(message)

    def end(self, timeout_s: float) -> None:
        assert timeout_s <= 0.5
        self.alive = False

    def kill(self) -> None:
        self.alive = False

    def kinds(self) -> list[object]:
        return [message["is"] for message in self.sent]


class House:
    """A supervisor with a clock moved by hand and fake children."""

    def __init__(
        self, backend: str = "auto", found: tuple[Found, ...] = BOTH, *, bell: bool = False, far_end: bool = False
    ) -> None:
        self.now = 1_000_000
        self.children: list[FakeChild] = []
        self.shown: list[tuple[SoundState, str]] = []
        self.preset_id: list[int] = []
        self.logged: list[str] = []
        self.inbox: SimpleQueue[Callable[[Supervisor], None]] = SimpleQueue()
        dependencies = Dependencies(
            show=lambda state, detail: self.shown.append((state, detail)),
            log=self.logged.append,
            clock=lambda: self.now,
            ring=(lambda: self.preset_id.append(self.now)) if bell else None,
            find_backends=lambda: found,
            launch=self._launch,
        )
        self.supervisor = Supervisor(SoundOptions(backend=backend, far_end=far_end), self.inbox, dependencies)
        self.supervisor.begin()

    def _launch(self, hear: Callable[[protocol.Message | None], None]) -> FakeChild:
        self.children.append(FakeChild(hear))
        return self.children[-1]

    @property
    def child(self) -> FakeChild:
        return self.children[-1]

    @property
    def state(self) -> SoundState:
        return self.shown[-1][0]

    def says(self, kind: str, **fields: object) -> None:
        self.child.hear({"is": kind, **fields})
        self.work()

    def work(self) -> None:
        while not self.inbox.empty():
            self.supervisor.do(self.inbox.get())

    def wait(self, milliseconds: int, *, beats: bool = False) -> None:
        for _ in range(milliseconds // 50):
            self.now += 50
            if beats:
                self.child.hear({"is": "beat"})
            self.work()
            self.supervisor.check(self.now)


def test_it_is_starting_until_the_output_is_open() -> None:
    house = House()
    assert house.shown == []
    house.says("open", what="miniaudio on PulseAudio")
    assert house.shown[-1] == (SoundState.OK, "miniaudio on PulseAudio")


def test_over_ssh_the_sound_is_at_the_far_end() -> None:
    house = House(far_end=True)
    house.says("open", what="miniaudio on PulseAudio")
    assert house.shown[-1] == (SoundState.OK, "miniaudio on PulseAudio, on the remote machine (SSH)")


def test_cues_sent_before_the_output_is_open_are_played_once_it_is() -> None:
    house = House()
    house.supervisor.send((tick(house.now + 400), phase(house.now + 900)))
    assert house.child.kinds() == ["options"]
    house.wait(300, beats=True)
    house.says("open", what="x")
    assert house.child.kinds() == ["options", "mute", "play", "play"]


def test_a_child_that_falls_silent_is_replaced_within_two_seconds() -> None:
    house = House()
    house.says("open", what="x")
    house.wait(5000, beats=True)
    assert len(house.children) == 1
    first = house.child
    house.wait(SILENT_MS + 250)
    assert house.state is SoundState.LOST
    assert not first.alive
    assert len(house.children) == 2


def test_each_loss_is_counted_once() -> None:
    house = House()
    house.says("open", what="x")
    for times in (1, 2, 3):
        house.says("lost", why="the sound server stopped taking sound")
        house.says("waiting", why="no sound server")
        house.wait(3000, beats=True)
        assert house.supervisor.losses == times
        house.says("open", what="x")
        assert house.supervisor.losses == times


def test_lost_cues_that_still_matter_are_sent_to_the_next_child() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.send((phase(house.now + 100), tick(house.now + 200), tick(house.now + 60_000)))
    house.wait(500, beats=True)
    house.says("lost", why="the sound server stopped taking sound")
    assert house.state is SoundState.LOST
    house.wait(2000, beats=True)
    house.says("open", what="x")
    played = [message for message in house.child.sent if message["is"] == "play"]
    assert [(message["kind"], message["due"]) for message in played] == [
        ("phase", house.now),
        ("count", 1_000_000 + 60_000),
    ]
    assert [state for state, _ in house.shown][-2:] == [SoundState.LOST, SoundState.OK]


def test_a_message_of_an_abandoned_child_is_ignored() -> None:
    house = House()
    first = house.child
    house.says("lost", why="x")
    first.hear({"is": "open", "what": "x"})
    house.work()
    assert house.shown == []


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


def test_a_missing_backend_is_replaced_by_the_next() -> None:
    house = House()
    house.says("unavailable", why="miniaudio cannot be loaded.")
    house.wait(100)
    assert house.child.sent[0]["backend"] == "system"
    house.says("open", what="paplay")
    assert house.shown[-1] == (SoundState.OK, "paplay (miniaudio cannot be loaded. Instead: system.)")


def test_a_backend_that_crashes_its_child_is_replaced_by_the_next() -> None:
    house = House()
    for _ in range(3):
        house.child.hear(None)
        house.work()
        house.wait(2500)
    assert house.child.sent[0]["backend"] == "system"


@pytest.mark.parametrize(("bell", "state"), [(True, SoundState.BELL), (False, SoundState.NONE)])
def test_with_no_backend_left_there_is_the_bell_or_nothing(bell: bool, state: SoundState) -> None:
    house = House(bell=bell)
    house.says("unavailable", why="No.")
    house.wait(100)
    house.says("unavailable", why="Nor that.")
    assert house.shown[-1] == (state, "Nor that.")


def test_without_an_output_the_screen_says_so_and_the_child_keeps_trying() -> None:
    house = House()
    house.says("waiting", why="miniaudio found no output.")
    assert house.shown[-1] == (SoundState.NONE, "miniaudio found no output.")
    house.wait(5000, beats=True)
    house.says("open", what="x")
    assert house.state is SoundState.OK
    assert len(house.children) == 1


def test_a_server_that_does_not_respond_is_reported_and_retried() -> None:
    house = House()
    house.wait(SLOW_OPEN_MS + 100, beats=True)
    assert house.shown[-1] == (SoundState.NONE, "the sound server does not answer")
    assert len(house.children) == 1


def test_a_slow_server_is_reported_when_its_time_is_over_and_not_before() -> None:
    house = House()
    house.wait(SLOW_OPEN_MS, beats=True)
    assert house.shown == []
    house.wait(50, beats=True)
    assert house.shown == [(SoundState.NONE, "the sound server does not answer")]


def test_the_bell_rings_for_phases_and_ticks_without_a_better_output() -> None:
    house = House("bell", bell=True)
    begin = house.now
    house.supervisor.send((tick(begin + 1000), tick(begin + 2000), phase(begin + 3000)))
    house.wait(4000)
    assert house.state is SoundState.BELL
    assert house.preset_id == [begin + 1000, begin + 2000, begin + 3000]
    house.supervisor.mute(True)
    house.supervisor.send((tick(house.now + 500),))
    house.wait(1000)
    assert len(house.preset_id) == 3


def test_off_is_off() -> None:
    house = House("off", bell=True)
    house.supervisor.send((tick(house.now),))
    house.wait(500)
    assert house.shown == [(SoundState.OFF, "switched off")]
    assert house.children == []
    assert house.preset_id == []


def test_muted_survives_the_child() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.mute(True)
    assert house.state is SoundState.MUTED
    house.says("lost", why="x")
    house.wait(500)
    house.says("open", what="x")
    assert house.state is SoundState.MUTED
    assert {"is": "mute", "on": True} in house.child.sent


def test_closing_waits_for_the_current_cue_only_when_draining() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.close(drain=True)
    assert not house.supervisor.over
    house.says("drained")
    assert house.supervisor.over
    assert not house.child.alive


@pytest.mark.parametrize("drain", [True, False])
def test_closing_without_sound_waits_for_nothing(drain: bool) -> None:
    house = House()
    house.supervisor.close(drain=drain)
    assert house.supervisor.over


def test_closing_does_not_wait_for_ever_for_a_child_that_never_drains() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.close(drain=True)
    house.wait(9500, beats=True)
    assert house.supervisor.over


def test_closing_while_the_sound_is_lost_starts_no_other_child() -> None:
    house = House()
    house.says("open", what="x")
    house.says("lost", why="x")
    house.supervisor.close(drain=False)
    house.wait(3000)
    assert house.supervisor.over
    assert len(house.children) == 1


@pytest.mark.parametrize("ends", ["lost", "ended"])
def test_a_child_that_is_lost_while_draining_is_not_replaced(ends: str) -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.close(drain=True)
    if ends == "lost":
        house.says("lost", why="x")
    else:
        house.child.hear(None)
        house.work()
    assert house.supervisor.over
    house.wait(3000)
    assert len(house.children) == 1
    assert house.logged == []


@pytest.mark.parametrize("sounding", [True, False])
def test_the_child_has_to_cancel_and_cancelled_cues_are_not_sent_again(sounding: bool) -> None:
    house = House()
    house.supervisor.send((phase(house.now - 10), tick(house.now + 400)))
    house.supervisor.cancel(sounding=sounding)
    assert house.child.sent[-1] == {"is": "cancel", "sounding": sounding}
    house.says("open", what="x")
    current = [] if sounding else [1]  # what may be sounding is silenced, or repeated
    assert [ident for ident, _ in played(house.child)] == current
    assert house.logged == []


def test_an_error_in_a_request_does_not_end_the_sound() -> None:
    house = House()
    house.inbox.put(partial(Supervisor.send, cues=None))  # type: ignore[arg-type]  # what is wrong with it
    house.work()
    assert "The player failed" in house.logged[-1]


def test_a_machine_on_which_no_program_can_be_started_is_reported() -> None:
    def no_process(_: object) -> FakeChild:
        raise OSError(11, "Resource temporarily unavailable")

    shown: list[SoundState] = []
    logged: list[str] = []
    dependencies = Dependencies(
        show=lambda state, _: shown.append(state),
        log=logged.append,
        clock=lambda: 0,
        find_backends=lambda: BOTH,
        launch=no_process,
    )
    Supervisor(SoundOptions(), SimpleQueue(), dependencies).begin()
    assert shown == [SoundState.NONE]
    assert "Resource temporarily unavailable" in logged[0]


STRETCH = MetronomeSpan(90, 1_000_500, 1_060_500)


def clicks_of(child: FakeChild) -> list[object]:
    return [message["spans"] for message in child.sent if message["is"] == "click"]


def test_clicks_asked_for_before_the_output_is_open_are_made_once_it_is() -> None:
    house = House()
    house.supervisor.click((STRETCH,))
    assert clicks_of(house.child) == []
    house.says("open", what="x")
    assert clicks_of(house.child) == [[[90, 1_000_500, 1_060_500]]]


def test_a_new_child_continues_the_clicks_of_the_lost_one() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.click((STRETCH,))
    house.says("lost", why="the server went away")
    house.wait(500)
    house.says("open", what="x")
    assert len(house.children) == 2
    assert clicks_of(house.child) == [[[90, 1_000_500, 1_060_500]]]


def test_cancelled_clicks_are_not_played_by_a_new_child() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.click((STRETCH,))
    house.supervisor.click(())
    house.says("lost", why="the server went away")
    house.wait(500)
    house.says("open", what="x")
    assert clicks_of(house.children[0])[-1] == []
    assert clicks_of(house.child) == []


def test_a_backend_that_cannot_mix_has_no_metronome_and_says_so_once() -> None:
    house = House("system")
    house.says("open", what="aplay")
    house.supervisor.click((STRETCH,))
    house.supervisor.click(())
    house.supervisor.click((STRETCH,))
    assert not house.supervisor.has_metronome
    assert clicks_of(house.child) == []
    assert house.logged == ["No metronome with system: it cannot mix sounds."]


@pytest.mark.parametrize(("backend", "has_metronome"), [("auto", True), ("bell", False), ("off", False)])
def test_there_is_a_metronome_if_the_backend_mixes(backend: str, has_metronome: bool) -> None:
    assert House(backend).supervisor.has_metronome is has_metronome


def test_there_is_no_metronome_after_the_mixing_backend_was_abandoned() -> None:
    house = House()
    house.says("unavailable", why="miniaudio cannot be loaded.")
    assert not house.supervisor.has_metronome


def played(child: FakeChild) -> list[tuple[object, object]]:
    return [(message["id"], message["due"]) for message in child.sent if message["is"] == "play"]


def test_a_phase_that_the_child_dropped_is_repeated_counted_and_logged() -> None:
    house = House()
    house.says("open", what="miniaudio on PulseAudio")
    due = house.now
    house.supervisor.send((phase(due, "Walk backward."),))
    house.wait(1500, beats=True)
    house.says("dropped", id=1, why="too late")
    assert played(house.child) == [(1, due), (1, house.now)]
    assert house.logged == ['Not heard: phase, "Walk backward." (too late; said late)']
    assert house.shown[-1] == (SoundState.OK, "miniaudio on PulseAudio; 1 cue not heard in time (too late)")
    house.says("dropped", id=1, why="too late")
    assert len(house.logged) == 1, "it is one cue, however often it is tried"
    assert house.supervisor.missed == (), "it is said late"
    house.says("started", id=1, at=house.now, late=0.0)
    house.says("done", id=1)
    assert len(played(house.child)) == 3, "once as sent, and late for each time it was dropped"


def test_a_tick_that_the_child_dropped_is_counted_and_logged_but_not_repeated() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.send((tick(house.now),))
    house.says("dropped", id=1, why="too many at once")
    assert len(played(house.child)) == 1
    assert house.logged == ['Not heard: count, "" (too many at once)']
    assert house.supervisor.missed == (tick(0).cue,)


def test_a_phase_that_could_not_be_spoken_for_ten_seconds_is_missed_once() -> None:
    house = House()
    house.says("open", what="x")
    sent = phase(house.now, "Walk backward.")
    house.supervisor.send((sent,))
    for _ in range(8):
        house.wait(1500, beats=True)
        house.says("dropped", id=1, why="too late")
    assert house.supervisor.missed == (sent.cue,)
    assert house.shown[-1] == (SoundState.OK, "x; 1 cue not heard in time (too late)")
    assert len(house.logged) == 2


@pytest.mark.parametrize(("muted", "why"), [(True, "too late"), (False, "begun already")])
def test_cancelled_or_already_played_cues_are_not_missed(muted: bool, why: str) -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.mute(muted)
    house.supervisor.send((phase(house.now),))
    house.says("dropped", id=1, why=why)
    assert len(played(house.child)) == 1
    assert house.logged == []


def test_cues_due_while_the_sound_was_lost_are_counted() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.send((tick(house.now + 1000), tick(house.now + 60_000)))
    house.says("lost", why="the server went away")
    house.wait(5000, beats=True)
    house.says("open", what="x")
    assert house.logged[-1] == 'Not heard: count, "" (there was no sound)'
    assert house.shown[-1] == (SoundState.OK, "x; 1 cue not heard in time (there was no sound)")


def test_without_any_sound_nothing_is_missed() -> None:
    house = House("bell", bell=True)
    house.supervisor.send((phase(house.now + 500),))
    house.wait(70_000)
    assert house.logged == []


@pytest.mark.parametrize(
    ("speaks", "beats", "after"),
    [(False, False, SLOW_START_MS), (True, False, SILENT_MS), (True, True, OPEN_MS)],
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
    assert delays == [max(50, delay) for delay in (*BACKOFF_MS, BACKOFF_MS[-1])]  # it looks every 50 ms
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
    house.child.hear(None)
    house.work()
    house.wait(3000)
    assert house.child.sent[0]["backend"] == "miniaudio"


class Waits:
    """An inbox for a running supervisor: waiting turns the clock, and each wait is noted."""

    def __init__(self, house: House, *, over_at: int) -> None:
        self.house = house
        self.over_at = over_at
        self.waits: list[float] = []
        self.late: dict[int, int] = {}  # by the number of the wait, milliseconds for which the process was stopped

    def get(self, timeout: float) -> Callable[[Supervisor], None]:
        self.waits.append(timeout)
        self.house.now += round(timeout * 1000) + self.late.get(len(self.waits), 0)
        if self.house.now >= self.over_at:
            return lambda supervisor: supervisor.close(drain=False)
        if not self.house.inbox.empty():
            return self.house.inbox.get()
        raise Empty

    def put(self, what: Callable[[Supervisor], None]) -> None:
        self.house.inbox.put(what)


def running(house: House, *, over_after: int, late: dict[int, int] | None = None) -> Waits:
    inbox = Waits(house, over_at=house.now + over_after)
    inbox.late = late or {}
    house.supervisor._inbox = inbox  # type: ignore[assignment]
    house.supervisor.run()
    return inbox


def test_it_looks_four_times_a_second() -> None:
    house = House()
    inbox = running(house, over_after=2000)
    assert inbox.waits == [0, *[TICK_MS / 1000] * 8]
    assert house.supervisor.over


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
