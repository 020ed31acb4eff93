"""Real sound, recorded: each test listens to what a private sound server plays."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio.doctor import Trial
from retro_timer.audio.options import SoundOptions
from retro_timer.audio.player import SoundPlayer
from retro_timer.audio.tones import STEPS
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.ports import DueCue, SoundState
from tests.audio.cues import tick
from tests.requirements_present import require_modules
from tests.sound_recognition import recognized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sound_server import SoundServer

pytestmark = pytest.mark.sound

NEAR = 120.0
"""How far off an onset may be, in ms: a test says that it is heard in its place, the benchmark how exactly."""


def now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


@contextmanager
def playing(backend: str = "miniaudio", **options: int) -> Iterator[SoundPlayer]:
    logged: list[str] = []
    player = SoundPlayer(SoundOptions(backend, **options), log=logged.append)  # type: ignore[arg-type]
    try:
        eventually(lambda: player.state is SoundState.OK)
        yield player
    finally:
        player.close(drain=False)


def child_of(player: SoundPlayer) -> int:
    assert player.pid is not None
    return player.pid


def loud(server: SoundServer, cue: DueCue, player: SoundPlayer, seconds: float = 1.0) -> bool:
    with server.record() as recorder:
        player.send([cue])
        time.sleep(seconds)
        return recorder.stop().loudest(cue.due - 50, now_ms()) > 500


@pytest.mark.parametrize("backend", ["miniaudio", "simpleaudio", "system"])
def test_each_sound_is_heard_in_its_place(sound_server: SoundServer, backend: str) -> None:
    if backend == "simpleaudio":
        require_modules("simpleaudio")
    sounds = (Sound.BACKWARD, Sound.TURN, Sound.FORWARD, Sound.COOL_DOWN)
    with sound_server.record() as recorder, playing(backend) as player:
        begin = now_ms() + 1000
        sent = [DueCue(begin + 1000 * n, Cue(0, CueKind.PHASE, sound)) for n, sound in enumerate(sounds)]
        player.send(sent)
        time.sleep(1 + len(sounds) + 0.5)
        heard = recognized(recorder.stop())
    assert [sound for _, sound in heard] == list(sounds)
    for (at, _), cue in zip(heard, sent, strict=True):
        assert at == pytest.approx(cue.due, abs=NEAR)


def test_cancelled_cues_are_never_heard(sound_server: SoundServer) -> None:
    with sound_server.record() as recorder, playing() as player:
        due = now_ms() + 700
        player.send([tick(due), tick(due + 300)])
        time.sleep(0.3)
        player.cancel()
        time.sleep(1)
        assert recorder.stop().loudest(due - 200, due + 600) < 50


def test_the_last_cue_is_heard_to_its_end_when_closing_drains(sound_server: SoundServer) -> None:
    with sound_server.record() as recorder:
        with playing() as player:
            player.send([DueCue(now_ms(), Cue(0, CueKind.COMPLETE, Sound.COMPLETE, ("Workout complete. Well done.",)))])
            begun = now_ms()
            player.close(drain=True)
            took = now_ms() - begun
        time.sleep(0.3)
        recording = recorder.stop()
    assert took > 1500
    assert recording.loudest(begun + took - 700, begun + took + 300) > 500


@pytest.mark.parametrize("backend", ["miniaudio", "simpleaudio", "system"])
def test_a_sound_server_that_dies_and_comes_back_is_played_to_again(sound_server: SoundServer, backend: str) -> None:
    if backend == "simpleaudio":
        require_modules("simpleaudio")
    with playing(backend) as player:
        player.send([DueCue(now_ms(), Cue(0, CueKind.PHASE, Sound.BACKWARD, ("Walk backward.",)))])
        time.sleep(0.3)
        sound_server.kill()
        if backend == "miniaudio":
            eventually(lambda: player.state is SoundState.LOST)
        else:
            player.send([tick(now_ms() + 50)])  # these notice when they play
            eventually(lambda: player.state is not SoundState.OK)
        sound_server.start()
        eventually(lambda: player.state is SoundState.OK)
        assert loud(sound_server, tick(now_ms() + 400), player)


def test_a_frozen_sound_server_is_noticed_and_closing_does_not_wait_for_it(sound_server: SoundServer) -> None:
    with playing() as player:
        sound_server.freeze()
        eventually(lambda: player.state is SoundState.LOST)
        begun = now_ms()
        player.close(drain=True)
        assert now_ms() - begun < 3000
        sound_server.thaw()


def test_a_thawed_sound_server_is_played_to_again(sound_server: SoundServer) -> None:
    with playing() as player:
        sound_server.freeze()
        eventually(lambda: player.state is SoundState.LOST)
        time.sleep(1)
        sound_server.thaw()
        eventually(lambda: player.state is SoundState.OK)
        assert loud(sound_server, tick(now_ms() + 400), player)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_child_that_is_killed_or_stopped_is_replaced_and_the_phase_said_again(
    sound_server: SoundServer, how: signal.Signals
) -> None:
    with playing() as player, sound_server.record() as recorder:
        first = child_of(player)
        os.kill(first, how)
        player.send([DueCue(now_ms() + 50, Cue(0, CueKind.PHASE, Sound.BACKWARD))])
        eventually(lambda: player.pid not in (None, first) and player.state is SoundState.OK)
        # By its first tone: on a busy machine the new output may stutter, and what is heard is not told apart whole.
        eventually(lambda: bool(recorder.so_far().onsets(STEPS[Sound.BACKWARD][0].hz)))


def test_a_server_that_comes_later_is_found(sound_server: SoundServer) -> None:
    sound_server.kill()
    player = SoundPlayer(SoundOptions("miniaudio"))
    eventually(lambda: player.state is SoundState.NONE)
    sound_server.start()
    eventually(lambda: player.state is SoundState.OK)
    assert loud(sound_server, tick(now_ms() + 400), player)
    player.close(drain=False)


def test_a_thousand_cues_within_a_second_are_survived(sound_server: SoundServer) -> None:
    with playing() as player:
        begin = now_ms() + 200
        for n in range(1000):
            player.send([tick(begin + n)])
        time.sleep(2)
        assert player.state is SoundState.OK
        assert loud(sound_server, tick(now_ms() + 400), player)


def test_doctor_plays_every_sound(sound_server: SoundServer) -> None:
    with sound_server.record() as recorder, Trial(SoundOptions("miniaudio")) as trial:
        outcomes = [trial.play(sound) for sound in (Sound.TURN, Sound.COMPLETE)]
        time.sleep(0.3)
        heard = [sound for _, sound in recognized(recorder.stop())]
    assert trial.opened.what == "miniaudio on PulseAudio"
    assert all(outcome.heard for outcome in outcomes)
    assert heard == [Sound.TURN, Sound.COMPLETE]
