"""The player's child process, without an output."""

from __future__ import annotations

import subprocess
import sys

LOADS_FOR_EVER = """
import io, os
from retro_timer.audio import child, protocol
from retro_timer.audio.options import SoundOptions

read, write = os.pipe()

def first_message(*_):
    print(protocol.decode(os.read(read, 10_000).splitlines(True)[0])["is"], flush=True)
    os._exit(0)

child.Clips = first_message
child.Child(io.BytesIO(protocol.encode_options(SoundOptions("miniaudio"))), write).run()
"""


def test_it_shows_that_it_lives_while_it_still_loads_the_sounds() -> None:
    """The parent replaces a child that says nothing for long, and would do so again and again."""
    done = subprocess.run(
        [sys.executable, "-c", LOADS_FOR_EVER], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "beat\n"
