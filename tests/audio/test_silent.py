"""The player that needs no output."""

from __future__ import annotations

from retro_timer.audio.silent import SilentPlayer
from retro_timer.session.ports import MetronomeSpan


def test_without_sound_there_is_no_metronome() -> None:
    player = SilentPlayer()
    player.click([MetronomeSpan(90, 1000, 61_000)])
    assert not player.has_metronome
