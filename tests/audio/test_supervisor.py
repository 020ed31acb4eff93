"""The supervisor of the child process: what it starts, what it replaces, and what the screen says."""

from __future__ import annotations

from functools import partial
from queue import SimpleQueue

import pytest

from retro_timer.audio.dependencies import Dependencies
from retro_timer.audio.options import SoundOptions
from retro_timer.audio.supervisor import Supervisor
from retro_timer.session.ports import SoundState
from tests.audio.cues import phase, tick
from tests.audio.supervised import BOTH, FakeChild, House


def test_it_is_starting_until_the_output_is_open() -> None:
    house = House()
    assert house.shown == []
    house.says("open", what="miniaudio on PulseAudio")
    assert house.shown[-1] == (SoundState.OK, "miniaudio on PulseAudio")


def test_the_process_that_plays_is_known_while_there_is_one() -> None:
    house = House()
    assert house.supervisor.pid == 4711
    house.says("open", what="x")
    house.says("lost", why="x")
    assert house.supervisor.pid is None


@pytest.mark.parametrize(("backend", "state"), [("off", SoundState.OFF), ("bell", SoundState.NONE)])
def test_where_nothing_plays_muting_changes_nothing(backend: str, state: SoundState) -> None:
    house = House(backend)
    for muted in (True, False):
        house.supervisor.mute(muted)
    assert [shown for shown, _ in house.shown] == [state]


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
    house.wait(1750)
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


@pytest.mark.parametrize("last_words", ["lost", "unavailable"])
def test_a_message_of_an_abandoned_child_is_ignored(last_words: str) -> None:
    house = House()
    first = house.child
    house.says(last_words, why="x")
    first.hear({"is": "open", "what": "x"})
    house.work()
    assert house.shown == []


def test_until_it_is_open_again_a_lost_sound_stays_lost() -> None:
    house = House()
    house.says("open", what="x")
    house.says("lost", why="it stopped")
    house.supervisor.mute(True)
    assert house.shown[-1] == (SoundState.LOST, "it stopped; starting it again")
    house.wait(50)
    house.says("waiting", why="no sound server")
    assert house.shown[-1] == (SoundState.LOST, "no sound server")


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
    house.wait(20_000)
    assert [child.alive for child in house.children] == [False, False]  # there is nothing more to try


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
    house.wait(2100, beats=True)
    assert house.shown[-1] == (SoundState.NONE, "the sound server does not answer")
    assert len(house.children) == 1


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
    for muted in (True, False, True):
        house.supervisor.mute(muted)
        assert house.child.sent[-1] == {"is": "mute", "on": muted}
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
    assert house.child.sent[-1] == {"is": "drain"}
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


def test_an_error_in_a_request_does_not_end_the_sound() -> None:
    house = House()
    house.inbox.put(partial(Supervisor.send, cues=None))  # type: ignore[arg-type]  # what is wrong with it
    house.work()
    assert "The player failed" in house.logged[-1]


def test_a_child_that_cannot_be_started_is_tried_again() -> None:
    house = House()
    house.says("open", what="x")
    house.says("lost", why="x")
    house.refuses = OSError(11, "Resource temporarily unavailable")
    house.wait(50)
    assert house.shown[-1] == (SoundState.LOST, "the player could not be started; starting it again")
    house.refuses = None
    house.wait(200)
    assert len(house.children) == 1
    house.wait(50)
    assert len(house.children) == 2
    house.says("open", what="x")
    assert house.state is SoundState.OK


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
