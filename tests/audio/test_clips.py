"""The samples of a cue: its sound, and its words after one another, each at its volume."""

from __future__ import annotations

import pytest

from retro_timer.audio.clips import RATE, Clips
from retro_timer.audio.library import Library
from retro_timer.audio.options import SoundOptions
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.languages.english import HALFWAY, PAUSED, WORD_GAP_MS
from retro_timer.session.ports import VOICES, DueCue


def test_words_follow_each_other_after_a_breath_and_what_has_no_clip_is_left_out() -> None:
    clips = Clips(SoundOptions(), pytest.fail)
    cue = Cue(0, CueKind.PHASE, Sound.TURN, (HALFWAY, PAUSED))
    prepared = clips.prepare(7, DueCue(1000, cue))
    halfway, paused = (clips.prepare(1, DueCue(0, Cue(0, CueKind.HALFWAY, words=(each,)))) for each in cue.words)
    assert (prepared.ident, prepared.due_cue.cue) == (7, cue)
    assert len(prepared.words) == len(halfway.words) + RATE * WORD_GAP_MS // 1000 + len(paused.words)
    assert prepared.words[: len(halfway.words)] == halfway.words
    assert prepared.words[-len(paused.words) :] == paused.words
    assert not any(prepared.words[len(halfway.words) : -len(paused.words)])
    assert not halfway.sound
    assert prepared.joined == prepared.sound + prepared.words


def test_words_without_a_clip_are_left_out_and_reported() -> None:
    reported: list[str] = []
    clips = Clips(SoundOptions(), reported.append)
    known, unknown = (DueCue(0, Cue(0, CueKind.WHERE, words=words)) for words in ((HALFWAY,), ("Unheard.", HALFWAY)))
    assert clips.prepare(2, unknown).joined == clips.prepare(1, known).joined
    assert len(reported) == 1


def test_the_chosen_voice_says_the_words() -> None:
    cue = DueCue(0, Cue(0, CueKind.HALFWAY, words=(HALFWAY,)))
    said = {voice: Clips(SoundOptions(voice=voice), pytest.fail).prepare(1, cue).joined for voice in VOICES}
    for voice, samples in said.items():
        assert samples.tobytes() == Library(voice=voice).phrase(HALFWAY)
    assert len({samples.tobytes() for samples in said.values()}) == len(VOICES)


def test_sounds_and_words_have_volumes_of_their_own() -> None:
    cue = DueCue(0, Cue(0, CueKind.PHASE, Sound.TURN, (HALFWAY,)))
    full, quiet, mute = (
        Clips(SoundOptions(sounds_volume=sounds, voice_volume=voice), pytest.fail).prepare(1, cue)
        for sounds, voice in ((100, 100), (50, 25), (0, 0))
    )
    assert max(quiet.sound) == pytest.approx(max(full.sound) * 0.5, rel=0.02)
    assert max(quiet.words) == pytest.approx(max(full.words) * 0.25, rel=0.02)
    assert not any(mute.joined)


def test_the_click_is_the_sound_of_a_step() -> None:
    clips = Clips(SoundOptions(), pytest.fail)
    step = clips.prepare(1, DueCue(0, Cue(0, CueKind.SOUND, Sound.STEP)))
    assert clips.click == step.sound
    assert len(clips.click) > 0
