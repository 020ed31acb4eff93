from __future__ import annotations

from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio import wire
from retro_timer.audio.choose import Found
from retro_timer.audio.options import SoundOptions
from retro_timer.audio.supervisor import SILENT_MS, SLOW_OPEN_MS, Supervisor
from retro_timer.audio.surroundings import Surroundings
from retro_timer.session.ports import Clicks, SoundState
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

    def __init__(self, hear: Callable[[wire.Message | None], None]) -> None:
        self.hear = hear
        self.sent: list[wire.Message] = []
        self.alive = True

    def send(self, line: bytes) -> None:
        message = wire.decode(line)
        assert message is not None
        self.sent.append(message)

    def end(self, patience_s: float) -> None:
        assert patience_s <= 0.5
        self.alive = False

    def kill(self) -> None:
        self.alive = False

    def kinds(self) -> list[object]:
        return [message["is"] for message in self.sent]


class House:
    """A supervisor whose clock is turned by hand, and whose children are played by the test."""

    def __init__(self, backend: str = "auto", found: tuple[Found, ...] = BOTH, *, bell: bool = False) -> None:
        self.now = 1_000_000
        self.children: list[FakeChild] = []
        self.shown: list[tuple[SoundState, str]] = []
        self.rung: list[int] = []
        self.logged: list[str] = []
        self.inbox: SimpleQueue[Callable[[Supervisor], None]] = SimpleQueue()
        surroundings = Surroundings(
            show=lambda state, detail: self.shown.append((state, detail)),
            log=self.logged.append,
            clock=lambda: self.now,
            ring=(lambda: self.rung.append(self.now)) if bell else None,
            look_around=lambda: found,
            launch=self._launch,
        )
        self.supervisor = Supervisor(SoundOptions(backend=backend), self.inbox, surroundings)
        self.supervisor.begin()

    def _launch(self, hear: Callable[[wire.Message | None], None]) -> FakeChild:
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
            self.supervisor.look(self.now)


def test_it_is_starting_until_the_output_is_open() -> None:
    house = House()
    assert house.shown == []
    house.says("open", what="miniaudio on PulseAudio")
    assert house.shown[-1] == (SoundState.OK, "miniaudio on PulseAudio")


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


def test_what_was_lost_and_still_counts_is_sent_to_the_next_child() -> None:
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


def test_a_word_of_a_child_that_was_given_up_counts_for_nothing() -> None:
    house = House()
    first = house.child
    house.says("lost", why="x")
    first.hear({"is": "open", "what": "x"})
    house.work()
    assert house.shown == []


def test_a_child_that_keeps_dying_is_started_ever_more_rarely() -> None:
    house = House()
    house.says("open", what="x")
    house.says("lost", why="x")
    for _ in range(20):
        house.wait(1000)
        if house.child.alive:
            house.says("open", what="x")
            house.says("lost", why="x")
    assert 5 <= len(house.children) <= 20


def test_a_backend_that_is_not_there_gives_way_to_the_next() -> None:
    house = House()
    house.says("unavailable", why="miniaudio cannot be loaded.")
    house.wait(100)
    assert house.child.sent[0]["backend"] == "system"
    house.says("open", what="paplay")
    assert house.shown[-1] == (SoundState.OK, "paplay (miniaudio cannot be loaded. Instead: system.)")


def test_a_backend_that_crashes_its_child_gives_way_to_the_next() -> None:
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


def test_without_an_output_the_screen_says_so_and_the_child_waits_on() -> None:
    house = House()
    house.says("waiting", why="miniaudio found no output.")
    assert house.shown[-1] == (SoundState.NONE, "miniaudio found no output.")
    house.wait(5000, beats=True)
    house.says("open", what="x")
    assert house.state is SoundState.OK
    assert len(house.children) == 1


def test_a_server_that_does_not_answer_is_said_and_waited_for() -> None:
    house = House()
    house.wait(SLOW_OPEN_MS + 100, beats=True)
    assert house.shown[-1] == (SoundState.NONE, "the sound server does not answer")
    assert len(house.children) == 1


def test_the_bell_rings_for_phases_and_ticks_while_there_is_nothing_better() -> None:
    house = House("bell", bell=True)
    begin = house.now
    house.supervisor.send((tick(begin + 1000), tick(begin + 2000), phase(begin + 3000)))
    house.wait(4000)
    assert house.state is SoundState.BELL
    assert house.rung == [begin + 1000, begin + 2000, begin + 3000]
    house.supervisor.mute(True)
    house.supervisor.send((tick(house.now + 500),))
    house.wait(1000)
    assert len(house.rung) == 3


def test_off_is_off() -> None:
    house = House("off", bell=True)
    house.supervisor.send((tick(house.now),))
    house.wait(500)
    assert house.shown == [(SoundState.OFF, "switched off")]
    assert house.children == []
    assert house.rung == []


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


def test_closing_waits_for_what_sounds_only_when_it_is_to_be_drained() -> None:
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


def test_a_child_that_never_drains_is_not_waited_for_for_ever() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.close(drain=True)
    house.wait(9500, beats=True)
    assert house.supervisor.over


def test_something_wrong_with_a_request_does_not_end_the_sound() -> None:
    house = House()
    house.inbox.put(partial(Supervisor.send, cues=None))  # type: ignore[arg-type]  # what is wrong with it
    house.work()
    assert "could not do what was asked" in house.logged[-1]


def test_a_machine_on_which_nothing_can_be_started_is_said() -> None:
    def no_process(_: object) -> FakeChild:
        raise OSError(11, "Resource temporarily unavailable")

    shown: list[SoundState] = []
    logged: list[str] = []
    surroundings = Surroundings(
        show=lambda state, _: shown.append(state),
        log=logged.append,
        clock=lambda: 0,
        look_around=lambda: BOTH,
        launch=no_process,
    )
    Supervisor(SoundOptions(), SimpleQueue(), surroundings).begin()
    assert shown == [SoundState.NONE]
    assert "Resource temporarily unavailable" in logged[0]


STRETCH = Clicks(90, 1_000_500, 1_060_500)


def clicks_of(child: FakeChild) -> list[object]:
    return [message["stretches"] for message in child.sent if message["is"] == "click"]


def test_clicks_asked_for_before_the_output_is_open_are_made_once_it_is() -> None:
    house = House()
    house.supervisor.click((STRETCH,))
    assert clicks_of(house.child) == []
    house.says("open", what="x")
    assert clicks_of(house.child) == [[[90, 1_000_500, 1_060_500]]]


def test_a_new_child_goes_on_clicking_where_the_last_one_was_lost() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.click((STRETCH,))
    house.says("lost", why="the server went away")
    house.wait(500)
    house.says("open", what="x")
    assert len(house.children) == 2
    assert clicks_of(house.child) == [[[90, 1_000_500, 1_060_500]]]


def test_clicks_that_were_taken_back_are_not_made_by_a_new_child() -> None:
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
    assert house.logged == ["There is no metronome with system: it cannot mix."]


@pytest.mark.parametrize(("backend", "has_metronome"), [("auto", True), ("bell", False), ("off", False)])
def test_there_is_a_metronome_where_something_mixes(backend: str, has_metronome: bool) -> None:
    assert House(backend).supervisor.has_metronome is has_metronome


def test_there_is_no_metronome_once_the_backend_that_mixes_was_given_up() -> None:
    house = House()
    house.says("unavailable", why="miniaudio cannot be loaded.")
    assert not house.supervisor.has_metronome
