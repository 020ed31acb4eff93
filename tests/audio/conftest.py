"""A private sound server for tests that record sound."""

from __future__ import annotations

import importlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.requirements_present import require_programs
from tests.sound_server import SoundServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


@pytest.fixture
def waveforms() -> ModuleType:
    """What the renderers use to measure."""
    return importlib.import_module("retro_timer.audio.rendering.waveforms")


@pytest.fixture
def sound_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    """A private PulseAudio with a null sink, used by every process that the test starts."""
    require_programs("pulseaudio", "parec", "pactl")
    # pytest's own directories have names too long for a socket.
    with tempfile.TemporaryDirectory(prefix="rt-") as home, SoundServer(Path(home)) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server
