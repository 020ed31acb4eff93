"""Each shipped sound is what its steps say, to the hertz and the millisecond, whatever its loudness."""

from __future__ import annotations

import importlib
import math
from operator import mul
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import retro_timer
from retro_timer.audio.library import Library
from retro_timer.audio.tones import STEPS
from retro_timer.session.cue import Sound
from retro_timer.session.ports import SOUND_SETS
from tests.audio.measuring import samples_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

SCRIPTS = Path(retro_timer.__file__).parent.parent / "scripts"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("render_sounds")


def dot(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(map(mul, one, other))


@pytest.mark.parametrize("sound_set", SOUND_SETS)
@pytest.mark.parametrize("sound", list(Sound))
def test_a_sound_is_its_steps(sound: Sound, sound_set: str, script: ModuleType) -> None:
    timbre = script.TIMBRES[sound_set]
    decay = script.DECAYS.get(sound, timbre.decay)
    steps = [sample for step in STEPS[sound] for sample in script.render_step(step, timbre, decay)]
    shipped = samples_of(Library(sound_set, report=pytest.fail).sound(sound))
    assert len(shipped) == len(steps)
    alike = dot(shipped, steps) / math.sqrt(dot(shipped, shipped) * dot(steps, steps))
    assert alike == pytest.approx(1, abs=1e-7)


@pytest.mark.parametrize("sound_set", SOUND_SETS)
@pytest.mark.parametrize("sound", [Sound.TICK, Sound.REST, Sound.REFUSED])
def test_a_sound_is_rendered_again_sample_for_sample(sound: Sound, sound_set: str, script: ModuleType) -> None:
    rendered = script.render(sound, script.TIMBRES[sound_set])
    assert [round(32_767 * sample) for sample in rendered] == list(samples_of(Library(sound_set).sound(sound)))
