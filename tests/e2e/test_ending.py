"""A signal ends the program within two seconds, whatever it waits for; also, sound that is ready late."""

from __future__ import annotations

import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.terminal import PROGRAM, terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sound_server import SoundServer

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.sound,
    pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals"),
]
WALK = ("run", "back 1m", "--audio", "miniaudio", "--lead-in", "0")
HANGS = (
    sys.executable,
    "-c",
    """
import sys, time
from retro_timer.__main__ import main
from retro_timer.storage.journal import Journal
Journal.close = lambda *_: time.sleep(600)
sys.argv[0] = "retro-timer"
sys.exit(main())
""",
)
"""The program on a disk that hangs after the end of the session."""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=str)
@pytest.mark.parametrize("program", [PROGRAM, HANGS], ids=["frozen-sound", "frozen-sound-and-disk"])
def test_a_signal_ends_a_program_that_hangs(
    tmp_path: Path, sound_server: SoundServer, number: int, program: tuple[str, ...]
) -> None:
    with terminal(WALK, tmp_path, environment=sound_server.environment, program=program) as running:
        running.wait_for("sound ok")
        sound_server.freeze()
        running.signal(number)
        begun = time.monotonic()
        assert running.wait() == 128 + number
        assert time.monotonic() - begun < 2.5
        assert not running.restored()
        sound_server.thaw()


@pytest.mark.parametrize("program", [PROGRAM, HANGS], ids=["frozen-sound", "frozen-sound-and-disk"])
def test_sigterm_ends_a_plain_session_that_hangs(
    tmp_path: Path, sound_server: SoundServer, program: tuple[str, ...]
) -> None:
    with terminal([*WALK, "--plain"], tmp_path, environment=sound_server.environment, program=program) as running:
        running.wait_for("BACKWARD")
        sound_server.freeze()
        running.signal(signal.SIGTERM)
        begun = time.monotonic()
        assert running.wait() == 143
        assert time.monotonic() - begun < 2.5
        sound_server.thaw()


def test_the_first_start_goes_on_when_the_sound_is_ready_late(tmp_path: Path, sound_server: SoundServer) -> None:
    sound_server.freeze()
    with terminal([], tmp_path, environment={**sound_server.environment, "HOME": str(tmp_path)}) as running:
        running.wait_for("I have read this")
        running.send("\r")
        running.wait_for("CAN YOU HEAR IT?")
        sound_server.thaw()
        running.wait_for("I can hear it")
        running.read(0)
        until = time.monotonic() + 7  # the whole sound check, each part of which is shown by a timer
        while time.monotonic() < until:
            assert running.read(0.2), "it ended"
        running.send("\r")
        running.wait_for("walk now")
        running.answer("\r")  # earlier, it would count as the repeat of a held key
        running.wait_for("sound ok")
        running.signal(signal.SIGTERM)
        assert running.wait() == 143
