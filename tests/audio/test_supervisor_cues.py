"""The supervisor and what is to be heard: the metronome, and cues that the child dropped."""

from __future__ import annotations

import pytest

from retro_timer.session.ports import MetronomeSpan, SoundState
from tests.audio.cues import phase, tick
from tests.audio.supervised import FakeChild, House


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


def test_what_the_loss_cut_off_is_repeated() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.send((phase(house.now),))
    house.says("started", id=1)
    house.says("lost", why="the server went away")
    house.wait(1500)
    house.says("open", what="x")
    assert played(house.child) == [(1, house.now)]


def test_what_the_child_has_played_is_neither_repeated_nor_missed() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.send((phase(house.now), phase(house.now + 10), tick(house.now + 20)))
    for ident in (1, 2, 3):
        house.says("started", id=ident)
        house.says("done", id=ident)
    house.says("lost", why="the server went away")
    house.wait(1500)
    house.says("open", what="x")
    assert house.child.kinds() == ["options", "mute"]
    assert house.logged == ["The sound was lost: the server went away."]


def test_a_cue_waits_for_the_output_of_the_next_backend() -> None:
    house = House()
    house.says("open", what="x")
    house.says("unavailable", why="No.")
    house.wait(50)
    house.supervisor.send((tick(house.now + 500),))
    assert house.child.kinds() == ["options"]
    house.says("open", what="y")
    assert house.child.kinds() == ["options", "mute", "play"]


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


def test_a_cue_of_a_long_outage_is_counted_after_a_minute() -> None:
    house = House()
    house.says("open", what="x")
    missed = 'Not heard: count, "" (there was no sound)'
    house.supervisor.send((tick(house.now + 1000), tick(house.now + 90_000)))
    house.says("lost", why="x")
    house.wait(61_000)
    assert missed not in house.logged
    house.wait(100)
    assert house.logged.count(missed) == 1
    assert house.supervisor.missed == (tick(0).cue,)


def test_a_cue_that_is_being_played_is_not_missed_however_long_it_takes() -> None:
    house = House()
    house.says("open", what="x")
    house.supervisor.send((tick(house.now + 1000),))
    house.wait(70_000, beats=True)
    assert house.logged == []


def test_without_any_sound_nothing_is_missed() -> None:
    house = House("bell", bell=True)
    house.supervisor.send((phase(house.now + 500),))
    house.wait(70_000)
    assert house.logged == []
