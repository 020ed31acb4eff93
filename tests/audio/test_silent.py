"""Players that need no output."""

from __future__ import annotations

from retro_timer.audio.silent import PacedPlayer, SilentPlayer
from retro_timer.clock import RehearsalClock
from retro_timer.session.ports import Clicks
from retro_timer.testing import FakeClock, RecordingPlayer


def test_in_a_rehearsal_stretches_are_shorter_and_the_tempo_is_the_walkers() -> None:
    player = RecordingPlayer()
    clock = FakeClock(now=1000)
    paced = PacedPlayer(player, RehearsalClock(clock, 60))
    paced.click([Clicks(90, 1000, 61_000), Clicks(90, 121_000, 181_000)])
    assert player.clicks == (Clicks(90, 1000, 2000), Clicks(90, 3000, 4000))
    assert paced.has_metronome


def test_without_sound_there_is_no_metronome() -> None:
    player = SilentPlayer()
    player.click([Clicks(90, 1000, 61_000)])
    assert not player.has_metronome
