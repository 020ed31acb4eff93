"""The recording of a session in docs/: what is heard in it. How it is encoded is not looked at."""

from __future__ import annotations

import importlib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import retro_timer
from retro_timer.audio.tones import SAMPLE_RATE
from retro_timer.session.cue import CueKind
from retro_timer.session.ports import VOICES

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(retro_timer.__file__).parent.parent


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("record_session")


def test_a_session_is_heard_from_the_lead_in_to_the_end(script: ModuleType) -> None:
    cues = script.cues(VOICES[0])
    texts = [due.cue.text for due in cues]
    for text in ("Get ready. Walk backward.", "3", "2", "1", "Hold on to the rail.", "You are halfway."):
        assert text in texts
    phases = [due.cue.words[0] for due in cues if due.cue.kind is CueKind.PHASE]
    assert phases == ["Walk backward.", "Turn around.", "Walk forward."]
    assert texts[-1].startswith("Workout complete.")


@pytest.mark.parametrize("voice", VOICES)
class TestPlaced:
    def test_every_cue_has_its_clips(self, script: ModuleType, voice: str) -> None:
        parts = script.placed(voice)
        assert [part.cue for part in parts] == [due.cue for due in script.cues(voice)]
        assert all(part.samples for part in parts)

    def test_only_silences_are_shortened_and_counts_are_not(self, script: ModuleType, voice: str) -> None:
        parts = script.placed(voice)
        for (before, part), (due, later) in zip(pairwise(parts), pairwise(script.cues(voice)), strict=True):
            ends = before.at + 1000 * len(before.samples) // SAMPLE_RATE
            assert part.at - before.at <= later.due - due.due
            assert ends <= part.at <= ends + 1000
            if before.cue.kind is CueKind.COUNT:
                assert part.at - before.at == 1000

    def test_it_is_short(self, script: ModuleType, voice: str) -> None:
        assert 20 < len(script.mixed(script.placed(voice))) / SAMPLE_RATE < 40


def test_it_is_in_docs_and_the_readme_links_it(script: ModuleType) -> None:
    assert script.RECORDING.read_bytes()[:4] == b"fLaC"
    assert script.RECORDING.stat().st_size <= 300_000
    assert "(docs/session.flac)" in (ROOT / "README.md").read_text(encoding="utf-8")
