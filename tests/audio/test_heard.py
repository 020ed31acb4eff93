"""Real sound: each test records what a private sound server plays."""

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
from retro_timer.clock import SystemClock, now_ms
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.scheduling.notation import parse
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.events import CueHeard
from retro_timer.session.languages import english as phrases
from retro_timer.session.ports import DueCue, SoundState
from retro_timer.session.states import Rules
from tests.audio.cues import tick
from tests.audio.waiting import eventually
from tests.requirements_present import require_modules
from tests.session.understanding import spoken_seconds
from tests.sound_recognition import recognized, recognized_phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sound_server import SoundServer

pytestmark = pytest.mark.sound

NEAR = 120.0
"""How far off an onset may be, in ms: the tests check that it is in its place, the benchmark how exactly."""


@contextmanager
def playing(backend: str = "miniaudio", **options: int) -> Iterator[SoundPlayer]:
    logged: list[str] = []
    player = SoundPlayer(SoundOptions(backend, **options), log=logged.append)  # type: ignore[arg-type]
    player.start()
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
def test_each_sound_is_played_at_its_moment(sound_server: SoundServer, backend: str) -> None:
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
            player.send(
                [
                    DueCue(
                        now_ms(),
                        Cue(
                            0,
                            CueKind.COMPLETE,
                            Sound.COMPLETE,
                            ("Workout complete. Slow the belt. Hold the rail. Step off.",),
                        ),
                    )
                ]
            )
            begun = now_ms()
            player.close(drain=True)
            took = now_ms() - begun
        time.sleep(0.3)
        recording = recorder.stop()
    assert took > 1500
    assert recording.loudest(begun + took - 700, begun + took + 300) > 500


@pytest.mark.parametrize("backend", ["miniaudio", "simpleaudio", "system"])
def test_playing_continues_after_the_sound_server_restarts(sound_server: SoundServer, backend: str) -> None:
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


def test_playing_continues_after_the_sound_server_is_thawed(sound_server: SoundServer) -> None:
    with playing() as player:
        sound_server.freeze()
        eventually(lambda: player.state is SoundState.LOST)
        time.sleep(1)
        sound_server.thaw()
        eventually(lambda: player.state is SoundState.OK)
        assert loud(sound_server, tick(now_ms() + 400), player)


@pytest.mark.parametrize("how", ["SIGKILL", "SIGSTOP"])
def test_a_child_that_is_killed_or_stopped_is_replaced_and_repeats_the_phase(
    sound_server: SoundServer, how: str
) -> None:
    with playing() as player, sound_server.record() as recorder:
        first = child_of(player)
        os.kill(first, signal.Signals[how])
        player.send([DueCue(now_ms() + 50, Cue(0, CueKind.PHASE, Sound.BACKWARD))])
        eventually(lambda: player.pid not in (None, first) and player.state is SoundState.OK)
        # By its first tone: on a busy machine the new output may stutter, and what is heard is not told apart whole.
        eventually(lambda: bool(recorder.so_far().onsets(STEPS[Sound.BACKWARD][0].hz)))


def test_a_server_that_starts_later_is_found(sound_server: SoundServer) -> None:
    sound_server.kill()
    player = SoundPlayer(SoundOptions("miniaudio"))
    player.start()
    eventually(lambda: player.state is SoundState.NONE)
    sound_server.start()
    eventually(lambda: player.state is SoundState.OK)
    assert loud(sound_server, tick(now_ms() + 400), player)
    player.close(drain=False)


def test_a_thousand_cues_within_a_second_cause_no_error(sound_server: SoundServer) -> None:
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


@contextmanager
def walking(notation: str, *, wait_at_turns: bool = False) -> Iterator[Runner]:
    """A session in real time, without a screen."""
    clock = SystemClock()
    player = SoundPlayer(SoundOptions("miniaudio"), log=lambda _: None)
    player.start()
    eventually(lambda: player.state is SoundState.OK)
    rules = Rules(lead_in=0, wait_at_turns=wait_at_turns)
    runner = Runner(parse(notation), clock=clock, player=player, config=SessionConfig(rules))
    runner.start()
    try:
        yield runner
    finally:
        runner.close()


def walk_on(runner: Runner, until: float) -> list[CueHeard]:
    """Walk in real time until a moment (monotonic ms); returns the cues."""
    said: list[CueHeard] = []
    while now_ms() < until:
        said += [event for event in runner.advance() if isinstance(event, CueHeard)]
        time.sleep(max(0.0, min(runner.next_delay() or 0.1, (until - now_ms()) / 1000)))
    return said


def test_after_an_outage_the_voice_says_where_the_walker_is(sound_server: SoundServer) -> None:
    """The change happens while there is no sound, less than ten seconds before it returns."""
    with walking("fwd 5s, back 40s") as runner:
        begun = now_ms()
        walk_on(runner, begun + 2_000)
        sound_server.kill()
        walk_on(runner, begun + 9_000)
        sound_server.start()
        with sound_server.record() as recorder:
            said = list[CueHeard]()
            while not (found := [event for event in said if event.cue.text.startswith("The backward bout:")]):
                assert now_ms() < begun + 30_000, said
                said += walk_on(runner, now_ms() + 200)
            walk_on(runner, now_ms() + 4_000)  # until it has been said
            recording = recorder.stop()
    assert "Sound is back." in [event.cue.text for event in said]
    [spoken] = found
    # The recorder may have missed the first words. What is said to be left is left when it is heard.
    number = spoken.cue.words[-2]
    heard = recognized_phrases(recording, phrases.every_phrase())
    heard_at = next(at for at, phrase in heard if phrase == number)
    about = phrases.ABOUT in spoken.cue.words
    if about:  # it is true when "about" begins
        heard_at -= phrases.spoken_ms(phrases.ABOUT, "heart") + phrases.WORD_GAP_MS
    left = 45_000 - (heard_at - begun)
    assert abs(1000 * spoken_seconds((number,)) - left) <= (2_500 if about else 1_000) + NEAR


def test_the_last_words_of_a_session_that_is_ended_early_are_spoken(sound_server: SoundServer) -> None:
    with sound_server.record() as recorder:
        with walking("back 60s") as runner:
            walk_on(runner, now_ms() + 4_000)
            ended = now_ms()
            runner.act("quit")
        time.sleep(0.3)
        recording = recorder.stop()
    assert recording.loudest(ended - 500, ended) < 50
    duration = phrases.spoken_ms(phrases.ENDED, "heart")
    assert recording.loudest(ended + duration // 2, ended + duration + 200) > 500  # to the last word


def test_a_turn_is_resumed_through_a_count_after_a_bail_out(sound_server: SoundServer) -> None:
    """The walker was told to step off: no instruction is given before the ticks are over."""
    with sound_server.record() as recorder, walking("turn 7s, fwd 40s") as runner:
        begun = now_ms()
        walk_on(runner, begun + 2_000)
        runner.act("bail_out")
        walk_on(runner, begun + 6_000)
        resumed = now_ms()
        runner.act("pause")
        walk_on(runner, resumed + 11_000)
        heard = recognized(recorder.stop())
    after = [((at - resumed) / 1000, sound) for at, sound in heard if at > resumed]
    count = (Sound.TICK_THREE, Sound.TICK_TWO, Sound.TICK)
    wanted = [*zip((2, 3, 4), count, strict=True), (5, Sound.TURN), *zip((7, 8, 9), count, strict=True)]
    wanted += [(10, Sound.FORWARD)]
    assert [sound for _, sound in after] == [sound for _, sound in wanted]
    for (at, _), (due, _) in zip(after, wanted, strict=True):
        assert at == pytest.approx(due, abs=NEAR / 1000 + 0.1)


def test_a_confirmed_turn_sounds_the_ticks_and_then_the_phase(sound_server: SoundServer) -> None:
    """No instruction is repeated, and no words overlap the ticks."""
    with sound_server.record() as recorder, walking("turn 2s, fwd 40s", wait_at_turns=True) as runner:
        begun = now_ms()
        waiting = walk_on(runner, begun + 15_000)
        confirmed = now_ms()
        runner.act("turned")
        walk_on(runner, confirmed + 5_000)
        recording = recorder.stop()
    asked = [event.cue.text for event in waiting if event.cue.kind is CueKind.HOLDING]
    assert asked == [phrases.HAVE_YOU_TURNED] * 2
    turns = [at for at, sound in recognized(recording) if sound is Sound.TURN]
    assert len(turns) == 1
    after = [((at - confirmed) / 1000, sound) for at, sound in recognized(recording) if at > confirmed - NEAR]
    assert [sound for _, sound in after] == [Sound.TICK_THREE, Sound.TICK_TWO, Sound.TICK, Sound.FORWARD]
    for (at, _), due in zip(after, (0, 1, 2, 3), strict=True):
        assert at == pytest.approx(due, abs=NEAR / 1000 + 0.1)
    # Between the ticks it is silent.
    for second in (0, 1, 2):
        assert recording.loudest(confirmed + 1000 * second + 500, confirmed + 1000 * second + 850) < 50
