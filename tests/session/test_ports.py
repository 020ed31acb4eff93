"""What can be chosen about the sound, and its limits."""

from __future__ import annotations

from retro_timer.session import ports


def test_what_can_be_chosen_begins_with_the_default() -> None:
    assert ("auto", *ports.OUTPUTS, "bell", "off") == ports.BACKENDS
    assert (ports.SOUND_SETS[0], ports.VOICES[0], ports.COUNTS[0]) == ("soft", "heart", "ticks")
    assert (ports.COACHING[0], ports.BELT_PAUSES[0]) == ("off", "off")


def test_how_much_the_sound_can_be_shifted() -> None:
    assert ports.MAX_OFFSET_MS == 500  # half a second earlier
    assert ports.MAX_PRE_ROLL_MS == 2_000
