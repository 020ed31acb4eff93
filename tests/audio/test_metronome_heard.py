"""The real sound of the metronome: each test records what a private sound server plays."""

from __future__ import annotations

import os
import signal
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio.tones import STEPS
from retro_timer.clock import SystemClock, now_ms
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.scheduling.notation import parse
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.metronome import MetronomeOptions
from retro_timer.session.ports import DueCue, MetronomeSpan, SoundState
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings
from tests.audio.test_heard import NEAR, child_of, playing
from tests.audio.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.session.ports import Player
    from tests.sound_server import Recording, SoundServer

pytestmark = pytest.mark.sound

CLICK_HZ = STEPS[Sound.STEP][0].hz
A_STEP = 500
TEMPO = 60_000 // A_STEP
EVEN = 5.0
"""How much longer or shorter than the others a step may be, in ms: 2, plus the error of the recording."""
MOST = 0.9
"""The share of steps that must be even: a busy machine lets the output stutter now and then."""


def clicks(recording: Recording) -> list[float]:
    return recording.onsets(CLICK_HZ, least=200)


def assert_even(heard: Sequence[float]) -> None:
    steps = [later - earlier for earlier, later in pairwise(heard)]
    even = [step for step in steps if abs(step - A_STEP) <= EVEN]
    assert len(even) >= MOST * len(steps), f"{[round(step, 1) for step in steps]}"


def walk(runner: Runner, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        runner.advance()
        time.sleep(min(left, runner.next_delay() or left))


def runner_of(notation: str, player: Player) -> Runner:
    """A session with the clicks only."""
    return Runner(
        parse(notation), clock=SystemClock(), player=player, config=SessionConfig(
            Rules(lead_in=0), CueSettings(off=frozenset(CueKind)), MetronomeOptions(on=True, tempo=TEMPO)
        ),
    )  # fmt: skip


@pytest.mark.alone
def test_clicks_are_even_and_on_time(sound_server: SoundServer) -> None:
    with sound_server.record() as recorder, playing() as player:
        begin = now_ms() + 700
        player.click([MetronomeSpan(TEMPO, begin, begin + 10_000)])
        time.sleep(11.5)
        heard = clicks(recorder.stop())
    assert len(heard) == pytest.approx(20, abs=2)
    assert_even(heard)
    assert heard[0] == pytest.approx(begin, abs=NEAR)
    assert heard[-1] == pytest.approx(begin + 19 * A_STEP, abs=NEAR)


@pytest.mark.slow
@pytest.mark.alone
def test_clicks_do_not_drift(sound_server: SoundServer) -> None:
    with sound_server.record() as recorder, playing() as player:
        begin = now_ms() + 500
        player.click([MetronomeSpan(TEMPO, begin, begin + 75_000)])
        time.sleep(76)
        heard = clicks(recorder.stop())
    late = [(moment - begin + A_STEP / 2) % A_STEP - A_STEP / 2 for moment in heard]
    assert len(heard) == pytest.approx(150, abs=3)
    assert_even(heard)
    # 50 seconds from middle to middle. The output's estimate of its moments moves by some ms after a gap of silence.
    settled, last = sorted(late[20:50]), sorted(late[-30:])
    assert last[15] == pytest.approx(settled[15], abs=8)
    assert abs(last[15]) <= 15


def test_a_session_clicks_on_the_belt_but_not_in_a_turn_or_a_pause(sound_server: SoundServer) -> None:
    with sound_server.record() as recorder, playing() as player:
        time.sleep(1)  # the estimate of the output's latency is better by then
        runner = runner_of("back 4s, turn 3s, fwd 60s", player)
        begin = now_ms()
        runner.start()
        walk(runner, 10.2)
        runner.act("pause")
        walk(runner, 2)
        recording = recorder.stop()
    heard = clicks(recording)
    backward = [moment for moment in heard if moment < begin + 5500]
    forward = [moment for moment in heard if moment > begin + 5500]
    assert len(backward) in (7, 8), "the first is due at once, and may be too late"
    assert len(forward) in (7, 8)
    assert_even(backward)
    assert_even(forward)
    assert forward[0] == pytest.approx(begin + 7000, abs=NEAR)
    assert recording.loudest(begin + 4000 + NEAR, begin + 7000 - NEAR) < 50
    assert recording.loudest(begin + 10_700, now_ms()) < 50


def test_a_child_that_is_killed_is_replaced_and_clicks_continue_in_step(sound_server: SoundServer) -> None:
    with playing() as player, sound_server.record() as recorder:
        begin = now_ms() + 300
        player.click([MetronomeSpan(TEMPO, begin, begin + 60_000)])
        eventually(lambda: len(clicks(recorder.so_far())) > 1)
        first = child_of(player)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: player.pid not in (None, first) and player.state is SoundState.OK)
        back = now_ms() + 300
        eventually(lambda: any(moment > back for moment in clicks(recorder.so_far())))
        heard = [moment for moment in clicks(recorder.stop()) if moment > back]
    assert (heard[0] - begin + A_STEP / 2) % A_STEP - A_STEP / 2 == pytest.approx(0, abs=NEAR)


def test_muted_it_is_silent_and_unmuted_it_continues(sound_server: SoundServer) -> None:
    with sound_server.record() as recorder, playing() as player:
        begin = now_ms() + 300
        player.click([MetronomeSpan(TEMPO, begin, begin + 60_000)])
        time.sleep(1)
        player.mute(True)
        muted = now_ms() + 400
        time.sleep(2)
        silent_until = now_ms()
        player.mute(False)
        time.sleep(2)
        recording = recorder.stop()
    assert recording.loudest(muted, silent_until) < 50
    assert any(moment > silent_until for moment in clicks(recording))


def test_a_click_does_not_drown_the_voice(sound_server: SoundServer) -> None:
    with sound_server.record() as recorder, playing() as player:
        begin = now_ms() + 700
        player.send([DueCue(begin + 400, Cue(0, CueKind.PHASE, words=("Walk backward.",)))])
        player.click([MetronomeSpan(TEMPO, begin, begin + 1000)])
        time.sleep(2.5)
        recording = recorder.stop()
    first = clicks(recording)[0]
    alone = recording.loudest(first - 50, first + 100)
    said = recording.loudest(first + 400, first + 1400)
    assert 0 < 2 * alone < said
